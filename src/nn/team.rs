//! The threads that work on one network.
//!
//! In: work cut into pieces that touch nothing of each other. Out: the work done, by one thread or by several: every piece is
//! computed alike whoever does it, so that the number of threads changes no bit.

use rayon::prelude::*;
use rayon::{ThreadPool, ThreadPoolBuilder};

/// One thread, or a pool of several.
#[derive(Debug, Default)]
pub struct Team {
    pool: Option<ThreadPool>,
}

impl Team {
    /// A team of so many threads; of one where the system gives no more.
    pub fn new(threads: usize) -> Self {
        Self { pool: (threads > 1).then(|| ThreadPoolBuilder::new().num_threads(threads).build().ok()).flatten() }
    }

    /// Threads that work at once.
    pub fn threads(&self) -> usize {
        self.pool.as_ref().map_or(1, ThreadPool::current_num_threads)
    }

    /// Cuts `values` into pieces of `length` and calls `work(index, piece)` for each.
    pub(super) fn pieces<T: Send>(&self, values: &mut [T], length: usize, work: impl Fn(usize, &mut [T]) + Sync) {
        let length = length.max(1);
        match &self.pool {
            None => values.chunks_mut(length).enumerate().for_each(|(index, piece)| work(index, piece)),
            Some(pool) => pool.install(|| {
                values.par_chunks_mut(length).enumerate().for_each(|(index, piece)| work(index, piece));
            }),
        }
    }

    /// As [`Self::pieces`], for two slices that are cut alike: `work(index, piece of a, piece of b)`.
    pub(super) fn pairs<A: Send, B: Send>(
        &self,
        a: (&mut [A], usize),
        b: (&mut [B], usize),
        work: impl Fn(usize, &mut [A], &mut [B]) + Sync,
    ) {
        let (a_length, b_length) = (a.1.max(1), b.1.max(1));
        match &self.pool {
            None => {
                let pieces = a.0.chunks_mut(a_length).zip(b.0.chunks_mut(b_length));
                pieces.enumerate().for_each(|(index, (a, b))| work(index, a, b));
            }
            Some(pool) => pool.install(|| {
                let pieces = a.0.par_chunks_mut(a_length).zip(b.0.par_chunks_mut(b_length));
                pieces.enumerate().for_each(|(index, (a, b))| work(index, a, b));
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_piece_is_worked_on_once_whatever_the_number_of_threads() {
        for threads in [1, 2, 3] {
            let team = Team::new(threads);
            assert_eq!(team.threads(), threads);
            let mut values = vec![0.0; 10];
            team.pieces(&mut values, 4, |index, piece| piece.iter_mut().for_each(|value| *value += index as f32 + 1.0));
            assert_eq!(values, [1.0, 1.0, 1.0, 1.0, 2.0, 2.0, 2.0, 2.0, 3.0, 3.0]);
            let mut others = vec![0.0; 3];
            team.pairs((&mut values, 4), (&mut others, 1), |_, piece, sum| sum[0] = piece.iter().sum());
            assert_eq!(others, [4.0, 8.0, 6.0]);
        }
    }
}

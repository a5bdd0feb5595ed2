//! How far the trials are, and how long the rest may take.
//!
//! In: counts and epochs from all workers, without a lock. Out: figures for the display alone: the clock that is read here
//! influences no result.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering::Relaxed};
use std::time::{Duration, Instant};

/// The parts that a trial's progress is counted in.
const PARTS: usize = 1000;

/// Counts of trials, and the share of each running one.
#[derive(Debug)]
pub(super) struct Tally {
    total: AtomicUsize,
    /// Finished before this run, or by another process.
    stored: AtomicUsize,
    finished: AtomicUsize,
    /// Thousandths of each worker's trial.
    running: Vec<AtomicU32>,
    begin: OnceLock<Instant>,
}

impl Tally {
    pub fn new(workers: usize) -> Self {
        Self {
            total: AtomicUsize::new(0),
            stored: AtomicUsize::new(0),
            finished: AtomicUsize::new(0),
            running: (0..workers).map(|_| AtomicU32::new(0)).collect(),
            begin: OnceLock::new(),
        }
    }

    /// Takes in counts, at first and whenever more is known; says whether they are new.
    pub fn plan(&self, total: usize, stored: usize) -> bool {
        let before = (self.total.swap(total, Relaxed), self.stored.swap(stored, Relaxed));
        let is_first = self.begin.set(Instant::now()).is_ok();
        is_first || before != (total, stored)
    }

    pub fn advance(&self, worker: usize, epoch: usize, epochs: usize) {
        if let Some(share) = self.running.get(worker) {
            share.store((PARTS * epoch.min(epochs) / epochs.max(1)) as u32, Relaxed);
        }
    }

    pub fn finish(&self, worker: usize) {
        self.advance(worker, 0, 1);
        self.finished.fetch_add(1, Relaxed);
    }

    /// Another process has finished a trial.
    pub fn skip(&self) {
        self.stored.fetch_add(1, Relaxed);
    }

    pub fn total(&self) -> usize {
        self.total.load(Relaxed)
    }

    pub fn stored(&self) -> usize {
        self.stored.load(Relaxed)
    }

    /// Trials that need no work any more.
    pub fn done(&self) -> usize {
        self.stored() + self.finished.load(Relaxed)
    }

    pub fn is_complete(&self) -> bool {
        self.done() >= self.total()
    }

    pub fn elapsed(&self) -> Duration {
        self.begin.get().map(Instant::elapsed).unwrap_or_default()
    }

    /// The time that the rest takes at the speed so far; `None` before anything was done.
    pub fn time_left(&self) -> Option<Duration> {
        let running: u32 = self.running.iter().map(|share| share.load(Relaxed)).sum();
        let trained = self.finished.load(Relaxed) as f64 + f64::from(running) / PARTS as f64;
        let rest = self.total().saturating_sub(self.stored()) as f64 - trained;
        time_left(self.elapsed(), trained, rest)
    }
}

fn time_left(elapsed: Duration, trained: f64, rest: f64) -> Option<Duration> {
    let seconds = elapsed.as_secs_f64() * rest.max(0.0) / trained;
    (trained > 0.0).then(|| Duration::try_from_secs_f64(seconds).ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rest_takes_as_long_as_what_was_done() {
        let left = |trained, rest| time_left(Duration::from_secs(10), trained, rest);
        assert_eq!(left(5.0, 15.0), Some(Duration::from_secs(30)));
        assert_eq!(left(5.0, 0.0), Some(Duration::ZERO));
        assert_eq!(left(0.0, 15.0), None);
    }

    #[test]
    fn counts_stored_and_finished_trials() {
        let tally = Tally::new(2);
        assert!(tally.plan(10, 3));
        tally.advance(1, 50, 100);
        tally.finish(1);
        assert_eq!((tally.total(), tally.stored(), tally.done(), tally.is_complete()), (10, 3, 4, false));
        (0..5).for_each(|_| tally.finish(0));
        tally.skip();
        assert_eq!((tally.stored(), tally.done()), (4, 10));
        assert!(tally.is_complete());
        assert!(!tally.plan(10, 4) && tally.plan(12, 4) && !tally.is_complete());
        tally.plan(10, 4);
        assert_eq!(tally.time_left(), Some(Duration::ZERO));
    }

    #[test]
    fn a_worker_that_is_not_known_and_no_epochs_do_no_harm() {
        let tally = Tally::new(1);
        tally.plan(1, 0);
        tally.advance(7, 1, 1);
        tally.advance(0, 5, 0);
        assert_eq!(tally.time_left(), None);
    }
}

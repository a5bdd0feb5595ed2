//! How much a run may still take up: so many trials, so much time.
//!
//! In: limits of the command line. Out: whether another trial may begin. What is running when a limit is reached is
//! finished; what is left stays for the next run, so that no result depends on a limit.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Instant;

/// What is left of the limits, for all threads and all experiments of a run.
#[derive(Debug, Default)]
pub struct Budget {
    trials: Option<AtomicUsize>,
    end: Option<Instant>,
    refused: AtomicBool,
}

impl Budget {
    /// So many trials, and none from `end` on; no limit where there is nothing.
    pub fn new(trials: Option<usize>, end: Option<Instant>) -> Self {
        Self { trials: trials.map(AtomicUsize::new), end, refused: AtomicBool::new(false) }
    }

    /// Takes up another trial, if that is allowed.
    pub fn take(&self) -> bool {
        let in_time = self.end.is_none_or(|end| Instant::now() < end);
        let one_less = |left: usize| left.checked_sub(1);
        let is_taken = in_time
            && self
                .trials
                .as_ref()
                .is_none_or(|left| left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, one_less).is_ok());
        self.refused.fetch_or(!is_taken, Ordering::Relaxed);
        is_taken
    }

    /// Whether a trial was refused.
    pub fn is_spent(&self) -> bool {
        self.refused.load(Ordering::Relaxed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gives_out_as_many_trials_as_it_has_and_then_says_so() {
        let budget = Budget::new(Some(2), None);
        assert_eq!([budget.take(), budget.take(), budget.is_spent()], [true, true, false]);
        assert_eq!([budget.take(), budget.is_spent()], [false, true]);
    }

    #[test]
    fn gives_out_nothing_once_the_time_is_over() {
        let budget = Budget::new(Some(2), Some(Instant::now()));
        assert_eq!([budget.take(), budget.is_spent()], [false, true]);
    }

    #[test]
    fn without_limits_there_is_no_end() {
        let budget = Budget::default();
        assert!((0..100).all(|_| budget.take()) && !budget.is_spent());
    }
}

//! Into how many tasks a sweep is packed.
//!
//! In: what is to be trained, and what the cluster has. Out: a number of shards. A task of minutes hides what the engine
//! spends on starting it; several for each slot level out what takes longer than others.

/// Tasks for each slot, so that a slot whose tasks were short takes over from one whose tasks were long.
const PER_SLOT: usize = 4;

/// The shortest that a task should be, in seconds: engines take up to some seconds to start one.
const SHORTEST: f64 = 120.0;

/// What is to be packed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Packing {
    /// Trials to be trained.
    pub trials: usize,
    /// Seconds that a trial takes on one processor, on the mean.
    pub seconds: f64,
    /// Trials that a task trains at a time.
    pub jobs: usize,
    /// Tasks that run at a time.
    pub slots: usize,
}

impl Packing {
    /// The number of shards: about four for each slot, but none shorter than some minutes, and none with fewer trials than
    /// it can train at a time.
    pub fn shards(&self) -> usize {
        let jobs = self.jobs.max(1);
        let by_slots = self.slots.max(1).saturating_mul(PER_SLOT);
        let total = self.trials as f64 * self.seconds / jobs as f64;
        // A float beyond the range becomes the largest number, one that is none 0.
        let by_time = (total / SHORTEST) as usize;
        by_slots.min(by_time).min(self.trials.div_ceil(jobs)).max(1)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const TYPICAL: Packing = Packing { trials: 4800, seconds: 60.0, jobs: 4, slots: 50 };

    #[test]
    fn a_slot_has_four_tasks() {
        // 72,000 seconds for tasks of four processors: 200 tasks of six minutes.
        assert_eq!(TYPICAL.shards(), 200);
        assert_eq!(Packing { slots: 1, ..TYPICAL }.shards(), 4);
    }

    #[test]
    fn no_task_is_shorter_than_two_minutes() {
        // 1,200 seconds in all.
        assert_eq!(Packing { seconds: 1.0, ..TYPICAL }.shards(), 10);
        assert_eq!(Packing { seconds: 0.001, ..TYPICAL }.shards(), 1);
    }

    #[test]
    fn no_task_has_fewer_trials_than_it_trains_at_a_time() {
        assert_eq!(Packing { trials: 10, seconds: 3600.0, ..TYPICAL }.shards(), 3);
    }

    proptest! {
        #[test]
        fn there_is_a_task_whatever_was_estimated(
            trials in 0usize..100_000, seconds in prop::num::f64::ANY, jobs in 0usize..100, slots in 0usize..100_000,
        ) {
            let shards = Packing { trials, seconds, jobs, slots }.shards();
            prop_assert!(shards >= 1 && shards <= trials.max(1));
        }
    }
}

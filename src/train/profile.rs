//! Where the time of training goes.
//!
//! In: laps of a stopwatch, by any number of threads. Out: seconds by phase. Without a profile no clock is read.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

/// A part of the work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// Rows are encoded into a batch.
    Gather,
    /// Outputs are computed.
    Forward,
    /// Gradients are computed.
    Backward,
    /// The optimizer moves the weights.
    Optimizer,
    /// What the recipe adds to plain training: transforms, masks, penalties, rules, surgeries.
    Remedies,
    /// Metrics are measured.
    Evaluation,
    /// Results are written.
    Writing,
}

impl Phase {
    /// All phases, in the order of a step.
    pub const ALL: [Phase; 7] = [
        Phase::Gather,
        Phase::Forward,
        Phase::Backward,
        Phase::Optimizer,
        Phase::Remedies,
        Phase::Evaluation,
        Phase::Writing,
    ];

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Phase::Gather => "gather",
            Phase::Forward => "forward",
            Phase::Backward => "backward",
            Phase::Optimizer => "optimizer",
            Phase::Remedies => "remedies",
            Phase::Evaluation => "evaluation",
            Phase::Writing => "writing",
        }
    }
}

/// Time by phase, summed over threads.
#[derive(Debug, Default)]
pub struct Profile {
    nanoseconds: [AtomicU64; Phase::ALL.len()],
}

impl Profile {
    /// Adds what has passed since `start`.
    pub fn add(&self, phase: Phase, start: Instant) {
        let passed = u64::try_from(start.elapsed().as_nanos()).unwrap_or(u64::MAX);
        self.nanoseconds[phase as usize].fetch_add(passed, Ordering::Relaxed);
    }

    /// Seconds of a phase.
    pub fn seconds(&self, phase: Phase) -> f64 {
        self.nanoseconds[phase as usize].load(Ordering::Relaxed) as f64 * 1e-9
    }
}

/// A stopwatch of one thread, which stands still where there is no profile.
pub(super) struct Stopwatch<'a> {
    profile: Option<(&'a Profile, Instant)>,
}

impl<'a> Stopwatch<'a> {
    /// Starts.
    pub fn start(profile: Option<&'a Profile>) -> Self {
        Self { profile: profile.map(|profile| (profile, Instant::now())) }
    }

    /// Gives the time since the last lap to a phase.
    pub fn lap(&mut self, phase: Phase) {
        if let Some((profile, since)) = &mut self.profile {
            profile.add(phase, *since);
            *since = Instant::now();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn laps_are_added_to_their_phase_and_to_no_other() {
        let profile = Profile::default();
        let mut watch = Stopwatch::start(Some(&profile));
        std::thread::sleep(std::time::Duration::from_millis(2));
        watch.lap(Phase::Forward);
        assert!(profile.seconds(Phase::Forward) >= 0.002);
        assert_eq!(profile.seconds(Phase::Backward), 0.0);
        Stopwatch::start(None).lap(Phase::Backward);
    }
}

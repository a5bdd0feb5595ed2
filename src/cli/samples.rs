//! What the trials of an experiment will cost, measured on some of its cells.
//!
//! In: a session. Out: an estimate for each cell, or for one of several alike in place; and the mean over all trials.

use super::session::Session;
use crate::data::folds;
use crate::lab::{Estimate, estimate};

/// The estimate of a cell.
pub(super) struct Sample {
    /// Which one.
    pub cell: usize,
    /// Trials that it stands for.
    pub stands_for: usize,
    /// What one of them costs, where that can be told.
    pub estimate: Option<Estimate>,
}

/// An estimate for each cell, or for some of them where they are many; under halving for those that are trained in full.
pub(super) fn estimates(session: &Session) -> Vec<Sample> {
    /// Enough to see a sweep's range, few enough to be quick.
    const MEASURED: usize = 16;
    let experiment = &session.experiment;
    let cells: Vec<usize> =
        (0..experiment.cells.len()).filter(|&cell| experiment.is_last_rung(&experiment.cells[cell])).collect();
    let samples = cells.chunks(cells.len().div_ceil(MEASURED)).map(|chunk| {
        let cell = chunk[0];
        let folds = folds(&experiment.cells[cell].settings.data) as usize;
        let trial = session.trials.iter().find(|trial| trial.cell == cell).expect("a cell has at least one trial");
        let stands_for = chunk.len() * experiment.seeds.len() * folds;
        Sample { cell, stands_for, estimate: estimate(&session.job(trial)) }
    });
    samples.collect()
}

/// What a trial costs on the mean.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Mean {
    /// Trials that the mean is over; those without an estimate are left out.
    pub trials: usize,
    /// Seconds on one core; 0 where there is no estimate.
    pub seconds: f64,
}

/// The mean over all trials that the samples stand for.
pub(super) fn mean(samples: &[Sample]) -> Mean {
    let known = samples.iter().filter_map(|sample| Some((sample.stands_for, sample.estimate.as_ref()?.seconds)));
    let (trials, total) = known.fold((0, 0.0), |(trials, total), (stands_for, seconds)| {
        (trials + stands_for, total + stands_for as f64 * seconds)
    });
    Mean { trials, seconds: total / trials.max(1) as f64 }
}

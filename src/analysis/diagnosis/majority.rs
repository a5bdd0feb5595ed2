//! What the curves of a variant say together.
//!
//! In: the [`Diagnosed`] trials of each cell that is compared. Out: each diagnosis in the light of the best of them, and per
//! cell the [`MajorityDiagnosis`]: what most of its trials have, with the medians of its figures over those.

use std::collections::BTreeMap;

use super::numbers::median;
use super::{Diagnosis, Finding, Held, Scores};

/// A trial with its diagnosis.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::analysis) struct Diagnosed {
    /// Its place among the stored trials, in the order of the plan.
    pub place: usize,
    pub seed: u64,
    pub fold: u32,
    pub held: Held,
    pub finding: Finding,
}

/// Looks at every trial of cells on the same rows beside the trial of the same seed and fold of the cell that has, on
/// average, the best score on the rows held out.
pub(in crate::analysis) fn beside_each_other(cells: &mut [&mut [Diagnosed]]) {
    let score = |cell: &[Diagnosed]| {
        let scores: Vec<f64> = cell.iter().filter_map(|trial| trial.finding.end.held_out).collect();
        super::super::mean(&scores)
    };
    // The first of equal ones.
    let best = cells.iter().enumerate().filter_map(|(place, cell)| Some((place, score(cell)?))).fold(
        None,
        |best: Option<(usize, f64)>, found| if best.is_some_and(|best| best.1 >= found.1) { best } else { Some(found) },
    );
    let Some((best, _)) = best else { return };
    let reference: BTreeMap<(u64, u32), Scores> =
        cells[best].iter().map(|trial| ((trial.seed, trial.fold), trial.finding.end)).collect();
    for trial in cells.iter_mut().flat_map(|cell| cell.iter_mut()) {
        if let Some(&reference) = reference.get(&(trial.seed, trial.fold)) {
            trial.finding = trial.finding.beside(reference);
        }
    }
}

/// The diagnosis that most trials of a variant have; of equally many the first of [`Diagnosis`]. Figures are medians over
/// the trials that have it, by the names of [`Finding`].
#[derive(Debug, Clone, PartialEq)]
pub struct MajorityDiagnosis {
    /// What it is.
    pub diagnosis: Diagnosis,
    /// How many trials have it.
    pub times: usize,
    /// How many trials were diagnosed.
    pub of: usize,
    /// How many have each diagnosis; without those that none has.
    pub counts: Vec<(Diagnosis, usize)>,
    /// Which rows are held out.
    pub held: Held,
    /// How many epochs count.
    pub epochs: Option<f64>,
    /// The epoch of the lowest held-out loss.
    pub onset_epoch: Option<f64>,
    /// The lowest level of the held-out loss.
    pub lowest_loss: Option<f64>,
    /// Its level at the end.
    pub final_loss: Option<f64>,
    /// The rise from the one to the other, as a share.
    pub rise: Option<f64>,
    /// The change within the last fifth, as a share.
    pub trend: Option<f64>,
    /// The standard error of that.
    pub trend_error: Option<f64>,
    /// The standard deviation from epoch to epoch, as a share.
    pub scatter: Option<f64>,
    /// The training loss at the end, as a share of the untrained network's.
    pub train_loss_left: Option<f64>,
    /// The held-out score at the epoch of the lowest held-out loss.
    pub onset_score: Option<f64>,
    /// The scores at the end.
    pub end: Scores,
    /// The score of a guess on the training rows.
    pub guess: Option<f64>,
    /// The epoch whose network is handed out, where that is not the last.
    pub kept_epoch: Option<f64>,
    /// The best variant's, where that decided in any trial.
    pub reference: Scores,
}

impl MajorityDiagnosis {
    /// Of the trials of a cell; `None` where there are none.
    pub(in crate::analysis) fn of(trials: &[Diagnosed]) -> Option<Self> {
        let mut counts = BTreeMap::new();
        trials.iter().for_each(|trial| *counts.entry(trial.finding.diagnosis).or_insert(0) += 1);
        let (&diagnosis, &times) = counts.iter().min_by_key(|(_, times)| std::cmp::Reverse(**times))?;
        let having: Vec<&Finding> =
            trials.iter().map(|trial| &trial.finding).filter(|found| found.diagnosis == diagnosis).collect();
        let middle = |figure: fn(&Finding) -> Option<f64>| {
            let values: Vec<f64> = having.iter().filter_map(|found| figure(found)).collect();
            Some(median(&values)).filter(|value| value.is_finite())
        };
        Some(Self {
            diagnosis,
            times,
            of: trials.len(),
            held: trials.first()?.held,
            epochs: middle(|found| Some(found.epochs as f64)),
            onset_epoch: middle(|found| found.onset_epoch.map(f64::from)),
            lowest_loss: middle(|found| found.lowest_loss),
            final_loss: middle(|found| found.final_loss),
            rise: middle(|found| found.rise),
            trend: middle(|found| found.trend),
            trend_error: middle(|found| found.trend_error),
            scatter: middle(|found| found.scatter),
            train_loss_left: middle(|found| found.train_loss_left),
            onset_score: middle(|found| found.onset_score),
            guess: middle(|found| found.guess),
            kept_epoch: middle(|found| found.kept_epoch.map(f64::from)),
            end: Scores { train: middle(|found| found.end.train), held_out: middle(|found| found.end.held_out) },
            reference: Scores {
                train: middle(|found| found.reference?.train),
                held_out: middle(|found| found.reference?.held_out),
            },
            counts: counts.into_iter().collect(),
        })
    }
}

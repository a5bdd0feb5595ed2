//! The stored trials, reduced to what comparisons need.
//!
//! In: [`Results`], read once, record by record. Out: the [`Outcomes`] of each cell of the plan: figures of the chosen epoch
//! of the trials that ended with a network, how many did not, and what the curves of all say.

use std::collections::BTreeMap;

use super::diagnosis::{Curve, Diagnosed, beside_each_other};
use super::figures::Figures;
use super::pairing::Score;
use super::statistics::Overlap;
use crate::lab::{PlannedTrial, Record, Resampling, Results, Rows, Status, StoreError};

/// The trials of a cell.
#[derive(Debug, Default)]
pub(super) struct Outcomes {
    /// Those that ended with a network.
    pub counted: Vec<Outcome>,
    pub diverged: usize,
    pub failed: usize,
    /// The curves of all that did not crash.
    pub curves: Vec<Diagnosed>,
}

/// A trial that ended with a network.
#[derive(Debug)]
pub(super) struct Outcome {
    pub seed: u64,
    pub fold: u32,
    /// Those of the chosen epoch.
    pub figures: KeptFigures,
    pub best_epoch: Option<f64>,
    pub chosen_epoch: Option<f64>,
    pub parameters: Option<f64>,
    pub sparsity: Option<f64>,
    pub nonzero_parameters: f64,
    pub rows: Rows,
}

/// Figures that are kept of every trial, of which there may be a hundred thousand: one number each.
#[derive(Debug)]
pub(super) struct KeptFigures(Box<[f64]>);

impl From<Figures> for KeptFigures {
    fn from(figures: Figures) -> Self {
        Self(figures.values.into_iter().map(|value| value.unwrap_or(f64::NAN)).collect())
    }
}

impl KeptFigures {
    /// How many there are, with those that are missing.
    pub fn count(&self) -> usize {
        self.0.len()
    }

    /// A figure, where there is that.
    pub fn get(&self, column: usize) -> Option<f64> {
        self.0.get(column).copied().filter(|value| value.is_finite())
    }

    /// All in their order.
    pub fn to_vec(&self) -> Vec<Option<f64>> {
        (0..self.count()).map(|column| self.get(column)).collect()
    }
}

/// The outcomes of every cell of the plan, in its order.
///
/// # Errors
/// If a record cannot be read.
pub(super) fn collect(results: &Results) -> Result<Vec<Outcomes>, StoreError> {
    let mut cells = empty(results);
    for (place, found) in results.records().enumerate() {
        let (plan, record) = found?;
        let cell = &mut cells[plan.cell];
        let diagnosed = Curve::of(&record).and_then(|curve| {
            let (seed, fold, held, finding) = (plan.seed, plan.fold, curve.held, curve.diagnose()?);
            Some(Diagnosed { place, seed, fold, held, finding })
        });
        cell.curves.extend(diagnosed);
        match record.status {
            Status::Ok | Status::StoppedEarly => cell.counted.push(Outcome::of(plan, &record, results)),
            Status::Diverged => cell.diverged += 1,
            Status::Failed => cell.failed += 1,
        }
    }
    let mut groups: BTreeMap<(usize, &str), Vec<&mut [Diagnosed]>> = BTreeMap::new();
    for (key, cell) in results.cells.iter().zip(&mut cells) {
        groups.entry((key.shared_point, &key.split)).or_default().push(&mut cell.curves);
    }
    groups.into_values().for_each(|mut group| beside_each_other(&mut group));
    Ok(cells)
}

/// Room for the trials of each cell: no more than they take, since there may be a hundred thousand.
fn empty(results: &Results) -> Vec<Outcomes> {
    let mut trials = vec![0; results.cells.len()];
    results.trials.iter().for_each(|trial| trials[trial.cell] += 1);
    let room = |&trials: &usize| Outcomes {
        counted: Vec::with_capacity(trials),
        curves: Vec::with_capacity(trials),
        ..Outcomes::default()
    };
    trials.iter().map(room).collect()
}

impl Outcome {
    fn of(plan: &PlannedTrial, record: &Record, results: &Results) -> Self {
        let row = record.chosen_epoch.and_then(|epoch| record.curve.row_of(epoch));
        Self {
            seed: plan.seed,
            fold: plan.fold,
            figures: Figures::chosen(record, results).into(),
            best_epoch: record.best_epoch.map(f64::from),
            chosen_epoch: record.chosen_epoch.map(f64::from),
            parameters: row.map(|row| record.curve.parameters[row] as f64),
            sparsity: row.map(|row| record.curve.sparsity[row]).filter(|sparsity| sparsity.is_finite()),
            nonzero_parameters: record.nonzero_parameters as f64,
            rows: record.rows,
        }
    }

    /// A figure of it, where it has that.
    pub fn score(&self, column: usize) -> Option<Score> {
        Some(Score { seed: self.seed, fold: self.fold, value: self.figures.get(column)? })
    }
}

impl Outcomes {
    /// A figure of every trial that has it.
    pub fn scores(&self, column: usize) -> Vec<Score> {
        self.counted.iter().filter_map(|outcome| outcome.score(column)).collect()
    }
}

/// How far trials share training rows. The share of test rows is that of all trials together: folds differ by a row.
pub(super) fn overlap(resampling: Resampling, cells: &[Outcomes]) -> Overlap {
    let rows = || cells.iter().flat_map(|cell| &cell.counted).map(|outcome| outcome.rows);
    let (test, train) = (rows().map(|rows| rows.test).sum::<u64>(), rows().map(|rows| rows.outside_test).sum::<u64>());
    match resampling {
        Resampling::Holdout if train > 0 => Overlap::Resampled { test_per_train: test as f64 / train as f64 },
        Resampling::Kfold if train > 0 => Overlap::Folds { test_per_train: test as f64 / train as f64 },
        _ => Overlap::None,
    }
}

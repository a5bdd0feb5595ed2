//! The plan of an experiment together with what is stored of it: all that analysis and report work on.
//!
//! In: an experiment with its trials in the order of the plan, and the [`Store`]. Out: the records in the order of the plan,
//! one at a time.

use std::borrow::Cow;
use std::collections::HashSet;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::halving::Halving;
use super::record::{Record, Status};
use super::store::{Store, StoreError};
use crate::data::{DataSettings, Task};
use crate::experiment::{Experiment, Trial};
use crate::metric::{Metric, further_names};
use crate::train::metric_names;

/// An experiment's plan and its stored trials.
#[derive(Debug, Clone)]
pub struct Results {
    /// The experiment's name.
    pub experiment: String,
    /// What is predicted.
    pub task: Task,
    /// The names of the metrics of every epoch, the loss first, then the one that gaps are of.
    pub metrics: Vec<String>,
    /// The names of the metrics that are measured once, at the chosen epoch.
    pub further: Vec<String>,
    /// The metric by which variants are compared and the points of a sweep chosen.
    pub metric: Metric,
    /// How the test rows of different trials relate to each other.
    pub resampling: Resampling,
    /// The swept keys, full dotted; each is a column.
    pub axes: Vec<String>,
    /// The names of the variants.
    pub variants: Vec<String>,
    /// The variant that the others are compared with.
    pub baseline: usize,
    /// Every variant at every point.
    pub cells: Vec<CellKey>,
    /// Every trial, in the order of the plan; under halving those that are decided so far. Two may have one identity, where
    /// variants come out the same.
    pub trials: Vec<PlannedTrial>,
    /// Which trials are run, where that depends on results.
    pub halving: Option<Halving>,
    /// How many trials there will be beside those, once their results are known, that are not stored yet.
    pub to_come: usize,
    /// What is finished.
    pub store: Store,
}

/// A variant at a point: one row of the comparison.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CellKey {
    /// The variant's place among [`Results::variants`].
    pub variant: usize,
    /// The value of each axis as it is written in a config; `None` where the variant does not sweep it.
    pub swept: Vec<Option<String>>,
    /// Cells with the same number have the same shared values, and are compared.
    pub shared_point: usize,
    /// What decides which rows are test rows, as text: only cells where it is the same are compared seed by seed. Shared by
    /// those, since there may be a hundred thousand.
    pub split: Arc<str>,
}

/// A trial of the plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlannedTrial {
    /// Its cell's place among [`Results::cells`].
    pub cell: usize,
    /// Its seed.
    pub seed: u64,
    /// Its fold, 0 without folds.
    pub fold: u32,
    /// Its identity.
    pub id: String,
}

impl From<&Trial> for PlannedTrial {
    fn from(trial: &Trial) -> Self {
        Self { cell: trial.cell, seed: trial.seed, fold: trial.fold, id: trial.id.to_string() }
    }
}

/// How far a planned trial is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// It has a result: figures, or that it diverged.
    Done,
    /// It crashed, and may be tried again.
    Failed,
    /// Nothing is stored of it.
    Missing,
}

/// How the test rows of different trials relate to each other, which decides what an interval may claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Resampling {
    /// One test set for all: differences are between runs of the optimisation only.
    Fixed,
    /// A split per seed: the training sets overlap.
    Holdout,
    /// Cross-validation: the training sets overlap.
    Kfold,
}

/// What decides which rows are test rows, as text.
fn split_of(settings: &DataSettings) -> String {
    let DataSettings { path, test_path, target, task, split, .. } = settings;
    format!("{path:?} {test_path:?} {target:?} {task:?} {split:?}")
}

/// The text, the same one for all that are equal.
fn shared(known: &mut HashSet<Arc<str>>, text: String) -> Arc<str> {
    if let Some(found) = known.get(text.as_str()) {
        return found.clone();
    }
    let text: Arc<str> = text.into();
    known.insert(text.clone());
    text
}

/// How the test rows of the trials of these settings relate to each other.
pub fn resampling(settings: &DataSettings) -> Resampling {
    let split = &settings.split;
    if split.folds.is_some() {
        Resampling::Kfold
    } else if split.seed.is_some() || split.column.is_some() || settings.test_path.is_some() {
        Resampling::Fixed
    } else {
        Resampling::Holdout
    }
}

impl Results {
    /// The results of an experiment with these trials, which predicts `task`.
    ///
    /// # Errors
    /// If which trials are run depends on a record that cannot be read.
    pub fn of(experiment: &Experiment, trials: &[Trial], task: Task, store: Store) -> Result<Self, StoreError> {
        let mut splits: HashSet<Arc<str>> = HashSet::new();
        let cells = experiment.cells.iter().map(|cell| CellKey {
            variant: cell.variant,
            swept: cell.swept.clone(),
            shared_point: cell.shared_point,
            split: shared(&mut splits, split_of(&cell.settings.data)),
        });
        let mut results = Self {
            experiment: experiment.name.clone(),
            task,
            metrics: metric_names(task).iter().map(|&name| name.to_owned()).collect(),
            further: further_names(task),
            metric: experiment.metric(task),
            resampling: resampling(&experiment.cells[0].settings.data),
            axes: experiment.axes.clone(),
            variants: experiment.variants.iter().map(|variant| variant.name.clone()).collect(),
            baseline: experiment.baseline,
            cells: cells.collect(),
            halving: Halving::of(experiment, trials, experiment.metric(task)),
            to_come: 0,
            trials: trials.iter().map(PlannedTrial::from).collect(),
            store,
        };
        results.decide()?;
        Ok(results)
    }

    /// Takes in what was stored since; returns how many trials are new.
    ///
    /// # Errors
    /// If the store cannot be read.
    pub fn rescan(&mut self) -> Result<usize, StoreError> {
        let new = self.store.rescan()?;
        if new > 0 {
            self.decide()?;
        }
        Ok(new)
    }

    /// Reads the whole store again: to be called where a record is not found in its place any more.
    ///
    /// # Errors
    /// If the store cannot be read.
    pub fn reread(&mut self) -> Result<(), StoreError> {
        self.store.reread()?;
        self.decide()
    }

    fn decide(&mut self) -> Result<(), StoreError> {
        if let Some(halving) = &self.halving {
            let decided = halving.decide(&self.store, |id| self.store.contains(id))?;
            self.trials = decided.places.iter().map(|&place| halving.trial(place).into()).collect();
            self.to_come = decided.to_come - decided.ahead;
        }
        Ok(())
    }

    /// What is compared: all, but under halving the last rungs alone, without the column of their epochs.
    pub fn compared(&self) -> Cow<'_, Self> {
        let Some(halving) = &self.halving else { return Cow::Borrowed(self) };
        let mut compared = self.clone();
        let kept: Vec<usize> = (0..self.cells.len()).filter(|&cell| halving.is_last_rung(cell)).collect();
        compared.axes.pop();
        compared.cells = kept.iter().map(|&cell| self.cells[cell].clone()).collect();
        for cell in &mut compared.cells {
            cell.swept.pop();
        }
        compared.trials.retain(|trial| halving.is_last_rung(trial.cell));
        for trial in &mut compared.trials {
            trial.cell = kept.binary_search(&trial.cell).expect("what is not on a last rung was left out");
        }
        compared.halving = None;
        Cow::Owned(compared)
    }

    /// The stored trials in the order of the plan, read one at a time; those missing are skipped.
    pub fn records(&self) -> impl Iterator<Item = Result<(&PlannedTrial, Record), StoreError>> {
        self.records_where(|_| true)
    }

    /// Those of them whose trials are wanted; the others are not read.
    pub fn records_where(
        &self,
        is_wanted: impl Fn(&PlannedTrial) -> bool,
    ) -> impl Iterator<Item = Result<(&PlannedTrial, Record), StoreError>> {
        let stored = self.trials.iter().filter(move |trial| is_wanted(trial) && self.store.contains(&trial.id));
        stored.map(|trial| Ok((trial, self.store.get(&trial.id)?)))
    }

    /// The epochs that the stored trials of the plan took; equal ones were trained once.
    ///
    /// # Errors
    /// If a record cannot be read.
    pub fn epochs_spent(&self) -> Result<u64, StoreError> {
        let mut seen = HashSet::new();
        let epochs = |record: Record| record.curve.epoch.last().copied().map_or(0, u64::from);
        let stored = self.trials.iter().filter(|trial| self.store.contains(&trial.id) && seen.insert(&trial.id));
        stored.map(|trial| self.store.get(&trial.id).map(epochs)).sum()
    }

    /// How many planned trials are not stored.
    pub fn missing(&self) -> usize {
        self.to_come + self.trials.iter().filter(|trial| !self.store.contains(&trial.id)).count()
    }

    /// Whether a planned trial is done, failed or missing.
    pub fn state(&self, trial: &PlannedTrial) -> State {
        match self.store.status(&trial.id) {
            None => State::Missing,
            Some(Status::Failed) => State::Failed,
            Some(_) => State::Done,
        }
    }

    /// The name of the metric that comparisons use.
    pub fn metric(&self) -> &'static str {
        self.metric.name()
    }

    /// The metric that `gap` is about, and that comparisons use unless they are told otherwise.
    pub fn usual_metric(&self) -> &'static str {
        Metric::of(self.task).name()
    }

    /// Compares by the metric of this name (`loss`, or `test_loss`). Returns whether there is one.
    pub fn compare_by(&mut self, name: &str) -> bool {
        let name = name.strip_prefix("test_").unwrap_or(name);
        let found = Metric::from_name(name).filter(|metric| metric.is_of(self.task));
        self.metric = found.unwrap_or(self.metric);
        found.is_some()
    }

    /// The name of a cell's variant.
    pub fn variant_of(&self, cell: &CellKey) -> &str {
        &self.variants[cell.variant]
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use tempfile::TempDir;

    use super::super::record::METRICS_CLASSIFICATION;
    use super::super::record::tests::example;
    use super::super::writer::StoreWriter;
    use super::*;

    /// Results of variants `none` and `dropout`, two seeds each; `make` turns (cell, seed) into the record, or none.
    pub(crate) fn results(make: impl Fn(usize, u64) -> Option<Record>) -> (TempDir, Results) {
        let folder = tempfile::tempdir().unwrap();
        let mut writer = StoreWriter::create(folder.path());
        let mut trials = Vec::new();
        for cell in 0..2 {
            for seed in 0..2 {
                let id = format!("{cell}{seed}");
                if let Some(record) = make(cell, seed) {
                    let record = Record { trial: id.clone(), seed, fold: 0, ..record };
                    writer.append(&record.to_line()).unwrap();
                }
                trials.push(PlannedTrial { cell, seed, fold: 0, id });
            }
        }
        let results = Results {
            experiment: "toy".to_owned(),
            task: Task::Classification,
            metrics: METRICS_CLASSIFICATION.map(str::to_owned).to_vec(),
            further: Vec::new(),
            metric: Metric::Accuracy,
            resampling: Resampling::Holdout,
            axes: vec!["remedies.dropout.hidden".to_owned()],
            variants: vec!["none".to_owned(), "dropout".to_owned()],
            baseline: 0,
            cells: vec![
                CellKey { variant: 0, swept: vec![None], shared_point: 0, split: "".into() },
                CellKey { variant: 1, swept: vec![Some("0.5".to_owned())], shared_point: 0, split: "".into() },
            ],
            trials,
            halving: None,
            to_come: 0,
            store: Store::open(folder.path()).unwrap(),
        };
        (folder, results)
    }

    #[test]
    fn yields_what_is_stored_in_the_order_of_the_plan_and_counts_the_rest() {
        let (_folder, mut results) = results(|cell, seed| (cell + seed as usize != 1).then(|| example("")));
        results.trials.reverse();
        let ids: Vec<String> = results.records().map(|found| found.unwrap().1.trial).collect();
        assert_eq!(ids, ["11", "00"]);
        assert_eq!(results.missing(), 2);
    }

    #[test]
    fn another_metric_than_the_usual_is_compared_where_there_is_one() {
        let (_folder, mut results) = results(|_, _| None);
        assert_eq!(results.metric(), "accuracy");
        assert!(!results.compare_by("rmse"));
        assert_eq!(results.metric(), "accuracy");
        assert!(results.compare_by("test_loss"));
        assert_eq!((results.metric(), results.usual_metric()), ("loss", "accuracy"));
    }

    #[test]
    fn planned_trials_of_one_identity_yield_the_record_each() {
        let (_folder, mut results) = results(|_, _| Some(example("")));
        results.trials[3].id = "00".to_owned();
        let cells: Vec<(usize, String)> =
            results.records().map(|found| found.map(|(plan, record)| (plan.cell, record.trial)).unwrap()).collect();
        assert_eq!(cells[3], (1, "00".to_owned()));
    }
}

//! What one trial sees of a data set.
//!
//! In: the data set, shared with all other trials, the settings, the trial's seed and fold. Out: the rows of each part with
//! their targets, and an encoder fitted on the training rows.

use std::sync::Arc;

use super::check::check_sizes;
use super::dataset::Dataset;
use super::encoder::Encoder;
use super::error::DataError;
use super::labels::{TargetScale, add_noise};
use super::preprocessing::{Preprocessing, ReadingSettings, TargetEncoding};
use super::settings::{DataSettings, TrainRows};
use super::split::{self, data_seed, shuffled_groups, split};
use super::stratify::nested_order;
use super::{Targets, Task};
use crate::random::{Purpose, StreamKey};

/// The data of a trial, and what is odd about it.
#[derive(Debug)]
pub struct Prepared {
    /// The data.
    pub data: TrialData,
    /// Lowercase fragments that name the file, the same for every trial of these settings.
    pub warnings: Vec<String>,
}

/// The data of a trial.
#[derive(Debug)]
pub struct TrialData {
    /// The rows to train on, their labels with noise where noise is asked for.
    pub train: Part,
    /// The rows to choose by; maybe none.
    pub validation: Part,
    /// The rows to judge by.
    pub test: Part,
    dataset: Arc<Dataset>,
    encoder: Encoder,
    target_scale: TargetScale,
    corrupted: Vec<usize>,
    rows_outside_test: usize,
    image: Option<[usize; 2]>,
}

/// Some rows of a data set.
#[derive(Debug, Clone, PartialEq)]
pub struct Part {
    /// Rows of the data set, ascending, which is their order in the file.
    pub rows: Vec<usize>,
    /// The target of each.
    pub targets: Targets,
}

/// Splits a data set for a trial and fits the encoder. `fold` counts the folds of all repeats, from 0, and is 0 without folds.
///
/// Which rows and labels a trial sees depends on `seed` only where nothing else fixes the split (`data.split.seed`, folds, a
/// test file, a split column): otherwise all seeds train on the same data.
///
/// # Errors
/// Where no row is left for training or test, there are fewer training rows than asked for, or a number is missing that must
/// not be.
pub fn prepare(dataset: &Arc<Dataset>, settings: &DataSettings, seed: u64, fold: u32) -> Result<Prepared, DataError> {
    let seed = data_seed(dataset, &settings.split, seed);
    let parts = split(dataset, &settings.split, seed, fold);
    check_sizes(&parts, settings)?;
    let rows_outside_test = parts.train.len() + parts.validation.len();
    let train = keep_train_rows(dataset, parts.train, settings, seed, fold);
    let encoder = Encoder::fit(dataset, &train, settings.impute, settings.scaling)?;
    let target_scale = TargetScale::fit(&dataset.target, &train, settings.scaling);
    let part = |rows: Vec<usize>| Part { targets: target_scale.targets(&dataset.target, &rows), rows };
    let mut train = part(train);
    let mut noise = StreamKey::new(seed, Purpose::LabelNoise).step(u64::from(fold)).open();
    let corrupted = add_noise(&mut train.targets, dataset.outputs(), settings.label_noise, &mut noise);
    let data = TrialData {
        train,
        validation: part(parts.validation),
        test: part(parts.test),
        dataset: Arc::clone(dataset),
        encoder,
        target_scale,
        corrupted,
        rows_outside_test,
        image: settings.image.as_deref().and_then(|sides| sides.try_into().ok()),
    };
    Ok(Prepared { data, warnings: split::warnings(dataset, &settings.split) })
}

/// The training rows that `data.train_rows` keeps, ascending.
fn keep_train_rows(
    dataset: &Dataset,
    mut rows: Vec<usize>,
    settings: &DataSettings,
    seed: u64,
    fold: u32,
) -> Vec<usize> {
    match settings.train_rows {
        None => rows,
        Some(TrainRows::First { first }) => {
            rows.truncate(first);
            rows
        }
        Some(TrainRows::Stratified(count)) => {
            let mut stream = StreamKey::new(seed, Purpose::TrainRows).step(u64::from(fold)).open();
            let groups = shuffled_groups(dataset, rows.into_iter(), settings.split.stratify, &mut stream);
            let mut kept: Vec<usize> = nested_order(&groups).take(count).collect();
            kept.sort_unstable();
            kept
        }
    }
}

impl TrialData {
    /// The same trial with the training rows at these positions, which may repeat, and with no others: neither validation nor
    /// test rows. Encoder and scales stay those of all training rows.
    pub fn resampled(&self, positions: &[usize]) -> TrialData {
        let mut targets = self.train.targets.none_of();
        self.train.targets.choose(positions, &mut targets);
        let corrupted = |&place: &usize| self.corrupted.binary_search(&positions[place]).is_ok();
        let none = || Part { rows: Vec::new(), targets: self.train.targets.none_of() };
        TrialData {
            train: Part { rows: positions.iter().map(|&position| self.train.rows[position]).collect(), targets },
            validation: none(),
            test: none(),
            dataset: Arc::clone(&self.dataset),
            encoder: self.encoder.clone(),
            target_scale: self.target_scale,
            corrupted: (0..positions.len()).filter(corrupted).collect(),
            rows_outside_test: self.rows_outside_test,
            image: self.image,
        }
    }

    /// Inputs of the network: one per numeric column, and one per category of the training rows.
    pub fn inputs(&self) -> usize {
        self.encoder.width()
    }

    /// Outputs of the network: one for each class, or one.
    pub fn outputs(&self) -> usize {
        self.dataset.outputs()
    }

    /// Classification or regression.
    pub fn task(&self) -> Task {
        self.dataset.task()
    }

    /// Writes a row of the data set, imputed, scaled and one-hot, into `out`, which is [`inputs`](Self::inputs) long.
    pub fn encode(&self, row: usize, out: &mut [f32]) {
        self.encoder.encode(self.dataset.row(row), out);
    }

    /// Original units per scaled unit of the target; 1 for classification.
    pub fn target_scale(&self) -> f64 {
        self.target_scale.scale
    }

    /// The value, in original units, that is 0 in scaled units; 0 for classification.
    pub fn target_shift(&self) -> f64 {
        self.target_scale.shift
    }

    /// Positions in the training part whose label is noise, ascending.
    pub fn corrupted(&self) -> &[usize] {
        &self.corrupted
    }

    /// The targets of [`corrupted`](Self::corrupted) before the noise, in the same order and units.
    pub fn true_targets_of_corrupted(&self) -> Targets {
        let rows: Vec<usize> = self.corrupted.iter().map(|&position| self.train.rows[position]).collect();
        self.target_scale.targets(&self.dataset.target, &rows)
    }

    /// Training and validation rows, before `data.train_rows` cut them.
    pub fn rows_outside_test(&self) -> usize {
        self.rows_outside_test
    }

    /// Rows and columns of the image that each row is, where `data.image` says so.
    pub fn image(&self) -> Option<[usize; 2]> {
        self.image
    }

    /// The data set that the rows belong to.
    pub fn dataset(&self) -> &Arc<Dataset> {
        &self.dataset
    }

    /// How a row of a table becomes inputs, and an output a prediction; `settings` are those that this was prepared by.
    pub fn preprocessing(&self, settings: &DataSettings) -> Preprocessing {
        let TargetScale { shift, scale } = self.target_scale;
        Preprocessing {
            reading: ReadingSettings { missing: settings.missing.clone(), dialect: settings.dialect() },
            columns: self.encoder.describe(&self.dataset, &self.train.rows, settings.impute),
            target: TargetEncoding { name: self.dataset.target_name().to_owned(), shift, scale },
        }
    }

    /// The fitted encoder.
    pub fn encoder(&self) -> &Encoder {
        &self.encoder
    }
}

#[cfg(test)]
mod tests;

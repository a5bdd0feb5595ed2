//! One trial from settings to record.
//!
//! In: checked settings, the data set, seed and fold. Out: a [`Record`], and the network (or those that vote) where it is to be kept. What goes
//! wrong in a trial becomes a record of status `failed`, so that the rest of the sweep goes on.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Instant;

use super::finals::Finals;
use super::record::{Curve, FORMAT, Measurement, Record, Rows, Status};
use crate::data::{Dataset, TrialData, prepare};
use crate::experiment::{SEMANTICS, TrialSettings};
use crate::model::{Description, Normalization, to_safetensors};
use crate::nn::{Ensemble, Gate, InitializationError, Loss, Team};
use crate::recipe::{Recipe, TrainingRows};
use crate::remedies::Context;
use crate::train::measures::{self, Measures, Subject};
use crate::train::{Control, Ending, EpochRow, Interrupted, Outcome, Scores, evaluation_gates, metric_names, train};

/// The version that is written into records and models.
const VERSION: &str = env!("CARGO_PKG_VERSION");

/// What is to be trained.
#[derive(Debug, Clone)]
pub struct Job {
    /// The trial's identity.
    pub id: String,
    /// The data set.
    pub dataset: Arc<Dataset>,
    /// Everything else.
    pub settings: Arc<TrialSettings>,
    /// The trial's seed.
    pub seed: u64,
    /// The trial's fold, 0 without folds.
    pub fold: u32,
    /// Whether the network is kept.
    pub save_model: bool,
}

/// Work of a step, in multiplications of a forward pass, from which on it pays to share it among threads: about a tenth of a
/// millisecond.
const WORTH_SHARING: usize = 8_000_000;

/// A finished trial.
#[derive(Debug)]
pub struct Finished {
    /// What goes into the store.
    pub record: Record,
    /// The bytes of the network's file, where it is kept.
    pub model: Option<Vec<u8>>,
}

impl Job {
    /// Whether a step of this network is work enough to be shared by several threads.
    pub fn is_large(&self) -> bool {
        let sizes = self.settings.model.sizes(self.dataset.columns().len(), self.dataset.outputs());
        let weights: usize = sizes.windows(2).map(|pair| pair[0].saturating_mul(pair[1])).sum();
        weights.saturating_mul(self.settings.train.batch_size.of(self.dataset.rows())) >= WORTH_SHARING
    }

    /// Trains, by `threads` threads. Whatever goes wrong, a panic included, becomes a failed record.
    pub fn run(&self, threads: usize, control: Control<'_>) -> Result<Finished, Interrupted> {
        let start = Instant::now();
        let result = catch_unwind(AssertUnwindSafe(|| self.train(&Team::new(threads), control)))
            .unwrap_or_else(|panic| Ok(Err(said(&*panic))));
        let mut finished = result?.unwrap_or_else(|error| Finished { record: self.failed(error), model: None });
        finished.record.seconds = start.elapsed().as_secs_f64();
        Ok(finished)
    }

    fn train(&self, team: &Team, control: Control<'_>) -> Result<Result<Finished, String>, Interrupted> {
        let prepared = match prepare(&self.dataset, &self.settings.data, self.seed, self.fold) {
            Ok(prepared) => prepared,
            Err(error) => return Ok(Err(error.to_string())),
        };
        let data = &prepared.data;
        let recipe = recipe(&self.settings, data);
        let initial = match initial(&self.settings, data, &recipe, self.seed) {
            Ok(ensemble) => ensemble,
            Err(error) => return Ok(Err(error.to_string())),
        };
        let checked = initial.members.iter().try_for_each(|network| network.check_norm(recipe.norm));
        if let Err(error) = checked {
            return Ok(Err(error.to_string()));
        }
        let outcome = train(team, data, initial, &recipe, self.seed, control)?;
        let subject = Subject {
            team,
            data,
            model: &self.settings.model,
            recipe: &recipe,
            outcome: &outcome,
            seed: self.seed,
            settings: &self.settings.measure,
            cancelled: control.cancelled,
        };
        let measures = subject.measure()?;
        // A diverged network is of no use to anyone.
        let keep = self.save_model && outcome.ending != Ending::Diverged;
        let model = keep.then(|| self.model(data, &recipe, &outcome));
        Ok(Ok(Finished { record: self.record(data, &outcome, measures), model }))
    }

    fn record(&self, data: &TrialData, outcome: &Outcome, measures: Measures) -> Record {
        Record {
            status: match outcome.ending {
                Ending::Completed => Status::Ok,
                Ending::StoppedEarly => Status::StoppedEarly,
                Ending::Diverged => Status::Diverged,
            },
            curve: curve(&outcome.history.rows),
            chosen_epoch: Some(outcome.chosen_epoch as u32),
            best_epoch: outcome.best_epoch.map(|epoch| epoch as u32),
            onset_epoch: outcome.onset_epoch.map(|epoch| epoch as u32),
            nonzero_parameters: outcome.chosen().nonzero_parameters as u64,
            finals: outcome.finals.as_ref().map(Finals::of),
            measures: measures.figures.into_iter().map(measurement).collect(),
            times: measures.times.into_iter().map(measurement).collect(),
            rows: Rows {
                train: data.train.rows.len() as u64,
                validation: data.validation.rows.len() as u64,
                test: data.test.rows.len() as u64,
                outside_test: data.rows_outside_test() as u64,
            },
            ..self.blank()
        }
    }

    /// The record of a trial of which nothing is known but why it failed.
    fn failed(&self, error: String) -> Record {
        Record { error: Some(error), ..self.blank() }
    }

    /// A record that says which trial it is, and nothing of how it went.
    fn blank(&self) -> Record {
        let task = self.dataset.task();
        Record {
            format: FORMAT,
            trial: self.id.clone(),
            seed: self.seed,
            fold: self.fold,
            status: Status::Failed,
            error: None,
            task,
            metrics: metric_names(task).iter().map(|&name| name.to_owned()).collect(),
            curve: Curve::default(),
            chosen_epoch: None,
            best_epoch: None,
            onset_epoch: None,
            nonzero_parameters: 0,
            rows: Rows::default(),
            seconds: 0.0,
            finals: None,
            measures: Vec::new(),
            times: Vec::new(),
            warnings: Vec::new(),
            version: VERSION.to_owned(),
            semantics: SEMANTICS,
            data: self.dataset.hash().to_owned(),
        }
    }

    fn model(&self, data: &TrialData, recipe: &Recipe, outcome: &Outcome) -> Vec<u8> {
        let members = &outcome.ensemble.members;
        let description = Description {
            version: VERSION.to_owned(),
            trial: self.id.clone(),
            task: data.task(),
            activation: self.settings.model.activation,
            loss: recipe.loss.choice(),
            norm: recipe.norm.map(Normalization::of),
            members: (members.len() > 1).then_some(members.len()),
            classes: self.dataset.class_names().to_vec(),
            preprocessing: data.preprocessing(&self.settings.data),
        };
        let gates: Vec<Vec<Gate>> = members.iter().map(|network| evaluation_gates(recipe, network)).collect();
        to_safetensors(&outcome.ensemble, &gates, &description)
    }
}

/// The recipe of a trial: plain training, and what its remedies write into it, in the order of the registry.
pub fn recipe(settings: &TrialSettings, data: &TrialData) -> Recipe {
    let mut recipe = Recipe::new(settings.train.clone(), Loss::new(settings.train.loss, data.task()));
    let context = Context {
        model: &settings.model,
        train: &settings.train,
        rows: TrainingRows::of(data),
        has_validation: !data.validation.rows.is_empty(),
        remedies: &settings.remedy_names(),
    };
    for configured in &settings.remedies {
        configured.remedy.contribute(&context, &mut recipe);
    }
    recipe
}

/// The networks that training begins with: one for each member of the recipe.
///
/// # Errors
/// If initial weights cannot be taken from their file.
pub fn initial(
    settings: &TrialSettings,
    data: &TrialData,
    recipe: &Recipe,
    seed: u64,
) -> Result<Ensemble, InitializationError> {
    Ensemble::initialized(&settings.model, data.inputs(), data.outputs(), seed, recipe.members())
}

/// A history column by column.
fn curve(rows: &[EpochRow]) -> Curve {
    let columns = |scores: &dyn Fn(&EpochRow) -> Option<&Scores>| -> Vec<Vec<f64>> {
        let rows: Vec<&Scores> = rows.iter().filter_map(scores).collect();
        let metrics = rows.first().map_or(0, |scores| scores.0.len());
        (0..metrics).map(|metric| rows.iter().map(|scores| scores.0[metric]).collect()).collect()
    };
    Curve {
        epoch: rows.iter().map(|row| row.epoch as u32).collect(),
        train: columns(&|row| Some(&row.train)),
        validation: columns(&|row| row.validation.as_ref()),
        test: columns(&|row| row.test.as_ref()),
        learning_rate: rows.iter().map(|row| row.learning_rate).collect(),
        penalty: rows.iter().map(|row| row.penalty).collect(),
        sparsity: rows.iter().map(|row| row.sparsity).collect(),
        parameters: rows.iter().map(|row| row.parameters as u64).collect(),
    }
}

fn measurement(found: measures::Measurement) -> Measurement {
    let measures::Measurement { measure, layer, at, value } = found;
    Measurement { measure: measure.to_owned(), layer: layer.map(|layer| layer as u32), at, value }
}

/// What a panic said.
fn said(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().map(String::as_str).or_else(|| panic.downcast_ref::<&str>().copied());
    format!("panicked: {}", text.unwrap_or("without a message"))
}

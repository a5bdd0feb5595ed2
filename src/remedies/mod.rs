//! The remedies against overfitting: checked settings that write into a [`Recipe`].
//!
//! In: a remedy's settings as the config gives them. Out: its contribution to the recipe of a trial. The training loop
//! knows recipes only; a remedy of strength zero writes nothing, so that it is bit-identical to no remedy.
//!
//! A new remedy is one file, in the room of what it contributes to, and one line in [`REGISTRY`], which feeds the config's
//! parser, the schema, `overfit remedies` and the checks that every remedy must pass.

mod data;
mod ensemble;
mod network;
mod objective;
mod schedule;
mod update;

use std::fmt;

use serde_json::Value;
use thiserror::Error;

use crate::data::Task;
use crate::nn::ModelSettings;
use crate::recipe::{Recipe, TrainSettings, TrainingRows};
use crate::schema::{Default, Field, Interval, Kind, Table, nearest};

/// Every remedy, in the order in which they are listed, and in which they write into a recipe. Where the order within a slot
/// matters, it is said where the slot's room is: see `data` for the transforms of a batch.
pub const REGISTRY: &[&Entry] = &[
    &network::dropout::ENTRY,
    &network::batch_norm::ENTRY,
    &network::layer_norm::ENTRY,
    &network::activity_l1::ENTRY,
    &network::kl_sparsity::ENTRY,
    &network::l0::ENTRY,
    &network::sparse_connection::ENTRY,
    &objective::l1::ENTRY,
    &objective::l2::ENTRY,
    &objective::weight_elimination::ENTRY,
    &objective::biased_decay::ENTRY,
    &update::weight_decay::ENTRY,
    &update::group_lasso::ENTRY,
    &update::max_norm::ENTRY,
    &update::sam::ENTRY,
    &schedule::prune::ENTRY,
    &schedule::early_stopping::ENTRY,
    &data::smote::ENTRY,
    &data::image::ENTRY,
    &data::noise::ENTRY,
    &data::feature_mask::ENTRY,
    &data::mixup::ENTRY,
    &objective::label_smoothing::ENTRY,
    &objective::class_weights::ENTRY,
    &ensemble::swa::ENTRY,
    &ensemble::ema::ENTRY,
    &ensemble::bagging::ENTRY,
    &ensemble::snapshots::ENTRY,
];

/// What the registry knows of a remedy.
#[derive(Debug)]
pub struct Entry {
    /// The key under `remedies`.
    pub name: &'static str,
    /// What it does, in at most 60 characters: a line of a list beside the name.
    pub idea: &'static str,
    /// The rule, in plain text.
    pub formula: &'static str,
    /// What of training it touches, and when.
    pub touches: &'static str,
    /// Where it comes from.
    pub source: &'static str,
    /// Its parameters.
    pub table: &'static Table,
    /// Makes the remedy of checked settings, in which every default is filled in.
    pub make: fn(&Value) -> Box<dyn Remedy>,
}

/// The entry of that name.
pub fn find(name: &str) -> Option<&'static Entry> {
    REGISTRY.iter().find(|entry| entry.name == name).copied()
}

/// A remedy with checked settings.
pub trait Remedy: fmt::Debug + Send + Sync {
    /// Whether its strength is zero: it changes nothing, whatever its side settings say.
    fn is_off(&self) -> bool;

    /// Refuses what does not go with this experiment, by the key below `remedies.<name>` that is to blame.
    fn check(&self, context: &Context) -> Result<(), Refusal> {
        let _ = context;
        Ok(())
    }

    /// Writes into the recipe of a trial. Called only where the remedy is on and its check has passed.
    fn contribute(&self, context: &Context, recipe: &mut Recipe);
}

/// What a remedy may know of the trial that it works in.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// The shape of the network.
    pub model: &'a ModelSettings,
    /// Epochs, batches, optimizer.
    pub train: &'a TrainSettings,
    /// The rows to train on.
    pub rows: TrainingRows<'a>,
    /// Whether any row is held out for validation.
    pub has_validation: bool,
    /// The names of all remedies that are on.
    pub remedies: &'a [&'static str],
}

/// Why a remedy does not go with an experiment.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{reason}")]
pub struct Refusal {
    /// The key below the remedy's name, empty for the remedy as a whole.
    pub key: &'static str,
    /// A lowercase fragment that fits behind the key: "must be ..., found ...".
    pub reason: String,
}

/// The parameter λ of a penalty or a decay, with what is usual.
const fn lambda(doc: &'static str) -> Field {
    Field { name: "lambda", kind: Kind::Number(Interval::NOT_NEGATIVE), default: Default::Required, doc }
}

/// The parameter that lets a penalty or a decay hold for the biases too.
const BIASES: Field = Field {
    name: "biases",
    kind: Kind::Boolean,
    default: Default::Toml("false"),
    doc: "hold for the biases too, not for the weights alone",
};

/// Refuses a remedy that works on hidden units where there are none.
fn needs_hidden_layer(context: &Context) -> Result<(), Refusal> {
    if context.model.hidden.is_empty() {
        return Err(Refusal { key: "", reason: "needs a hidden layer, found model.hidden = []".to_owned() });
    }
    Ok(())
}

/// Refuses a regression: the remedy as a whole is about classes.
fn needs_classes(context: &Context) -> Result<(), Refusal> {
    match context.rows.task() {
        Task::Classification => Ok(()),
        Task::Regression => Err(Refusal { key: "", reason: "needs a classification, found a regression".to_owned() }),
    }
}

/// `, did you mean "<name>"?` for a name that is none of `known`, or nothing where no name is near.
fn nearest_hint(name: &str, known: &[&str]) -> String {
    nearest(name, known).map(|near| format!(", did you mean {near:?}?")).unwrap_or_default()
}

/// Reads checked settings into a remedy's own type.
///
/// # Panics
/// If the settings do not fit: the table in the entry and the type then contradict each other.
fn settings<T: serde::de::DeserializeOwned>(name: &str, value: &Value) -> T {
    serde_json::from_value(value.clone()).unwrap_or_else(|error| {
        panic!("the table of {name} lets through what its type does not take: {error}: {value}")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_of_names_and_ideas_fits_eighty_columns() {
        let widest = REGISTRY.iter().map(|entry| entry.name.len()).max().unwrap_or(0);
        for entry in REGISTRY {
            assert!(widest + 2 + entry.idea.len() <= 80, "{}: {}", entry.name, entry.idea);
        }
    }

    #[test]
    fn every_name_is_in_the_registry_once() {
        for entry in REGISTRY {
            assert_eq!(REGISTRY.iter().filter(|other| other.name == entry.name).count(), 1, "{}", entry.name);
            assert_eq!(find(entry.name).map(|found| found.name), Some(entry.name));
        }
    }
}

//! What one has to know of a saved network to use it: the metadata of its file.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::data::{Preprocessing, Task};
use crate::nn::{Activation, LossChoice, NormKind};

/// The metadata key of a [`Description`].
pub(super) const KEY: &str = "overfit";

/// What one has to know of a saved network to use it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Description {
    /// The version of the program that trained it.
    pub version: String,
    /// The trial that it is the network of.
    pub trial: String,
    /// What it predicts.
    pub task: Task,
    /// The activation of its hidden layers.
    pub activation: Activation,
    /// What its outputs stand for: of `cross_entropy` softmax gives the probabilities, of `binary_cross_entropy` a sigmoid each.
    pub loss: LossChoice,
    /// How many networks the file holds, where there are several: the mean of what they predict is what counts, of classes the
    /// mean of their probabilities.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub members: Option<usize>,
    /// How its hidden layers were normalised in training; left out where they were not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub norm: Option<Normalization>,
    /// The classes, in the order of the outputs; empty for a regression.
    pub classes: Vec<String>,
    /// How a row of the table becomes inputs, and an output a prediction.
    pub preprocessing: Preprocessing,
}

/// How the hidden layers of a saved network were normalised.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Normalization {
    /// The kind, with its constants.
    #[serde(flatten)]
    pub kind: NormKind,
    /// Whether it is in the weights and biases (batch norm), so that the file holds `Linear` layers alone; else it has tensors
    /// of its own, and needs the constants.
    pub folded: bool,
}

impl Normalization {
    /// What there is to say of a network that was trained so.
    pub fn of(kind: NormKind) -> Self {
        Self { kind, folded: kind.is_batch() }
    }
}

/// What stands in the metadata.
#[derive(Serialize, Deserialize)]
pub(super) struct Note<'a> {
    #[serde(flatten)]
    pub description: Cow<'a, Description>,
    /// Where the file predicts otherwise than its trial did: how.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inference: Option<String>,
}

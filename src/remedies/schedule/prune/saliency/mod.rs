//! What matters least: a score for every weight or neuron, the lowest of which go first.
//!
//! In: a network and its training rows. Out: scores, layer by layer. One file per method.

mod activation;
mod magnitude;
mod obd;
mod random;
mod snip;

use serde::Deserialize;

use crate::nn::{Layer, Network};
use crate::recipe::Operation;

/// `remedies.prune.method`
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Method {
    Magnitude,
    Random,
    Activation,
    Snip,
    Obd,
    /// Weights go one at a time, and the others move: there are no scores to choose by, see [`super::obs`].
    Obs,
}

/// `remedies.prune.structure`
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Structure {
    Weight,
    Neuron,
}

/// `remedies.prune.norm`
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Norm {
    L1,
    L2,
}

/// A score for every weight (unit · inputs + input) or neuron of one layer, pruned or not.
pub(super) type Scores = Vec<f64>;

/// How scores are found.
#[derive(Debug, Clone, Copy)]
pub(super) struct Saliency {
    pub method: Method,
    pub structure: Structure,
    /// Of a neuron's incoming weights, for [`Method::Magnitude`].
    pub norm: Norm,
    /// Rows of the batch, for [`Method::Snip`].
    pub batch_size: usize,
}

impl Saliency {
    /// The scores of the weights of every layer, or of the neurons of every hidden layer.
    pub fn scores(&self, operation: &Operation<'_>) -> Vec<Scores> {
        let layers = subject(operation.network, self.structure);
        match self.method {
            Method::Magnitude => magnitude::scores(layers, self.structure, self.norm),
            Method::Random => random::scores(layers, self.structure, operation.moment),
            Method::Activation => activation::scores(operation),
            Method::Snip => snip::scores(operation, self.structure, self.batch_size),
            Method::Obd => obd::scores(operation, self.structure),
            Method::Obs => unreachable!("after each weight that obs removes all scores are others"),
        }
    }
}

/// The layers that may lose something.
fn subject(network: &Network, structure: Structure) -> &[Layer] {
    match structure {
        Structure::Weight => &network.layers,
        Structure::Neuron => &network.layers[..network.layers.len() - 1],
    }
}

//! By magnitude (Han 2015): |w|, for a neuron the norm of its incoming weights (Li 2017).

use super::{Norm, Scores, Structure};
use crate::nn::Layer;

/// The scores of each layer. The Euclidean norm is not rooted, which changes no order.
pub(super) fn scores(layers: &[Layer], structure: Structure, norm: Norm) -> Vec<Scores> {
    let of_layer = |layer: &Layer| match structure {
        Structure::Weight => layer.weights.iter().map(|w| f64::from(w.abs())).collect(),
        Structure::Neuron => layer.units().map(|unit| size(unit, norm)).collect(),
    };
    layers.iter().map(of_layer).collect()
}

fn size(weights: &[f32], norm: Norm) -> f64 {
    match norm {
        Norm::L1 => weights.iter().map(|&w| f64::from(w.abs())).sum(),
        Norm::L2 => weights.iter().map(|&w| f64::from(w) * f64::from(w)).sum(),
    }
}

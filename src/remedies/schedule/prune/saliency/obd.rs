//! Optimal Brain Damage (LeCun 1989): h·w²/2, h = ∂²L/∂w² over all training rows, L the mean data loss without dropout: how
//! much the loss would rise, to second order at a minimum, if a weight were gone. Below 0 where the loss bends down. For a
//! neuron the sum over its incoming weights. Batch norm is in the weights, as it is at test time.

use super::{Scores, Structure, subject};
use crate::nn::{Curvature, Layer, diagonal_hessian};
use crate::recipe::Operation;

/// The scores of each layer.
pub(super) fn scores(operation: &Operation<'_>, structure: Structure) -> Vec<Scores> {
    let folded = operation.network.folded();
    let (network, rows) = (folded.as_ref().unwrap_or(operation.network), operation.rows);
    let curvatures = diagonal_hessian(network, operation.loss, rows.targets(), |row, values| rows.encode(row, values));
    let layers = subject(network, structure).iter().zip(&curvatures);
    let of_layer = |(layer, curvature): (&Layer, &Curvature)| -> Scores {
        let scores = curvature.saliencies(layer);
        match structure {
            Structure::Weight => scores,
            Structure::Neuron => scores.chunks(layer.inputs()).map(|unit| unit.iter().sum()).collect(),
        }
    };
    layers.map(of_layer).collect()
}

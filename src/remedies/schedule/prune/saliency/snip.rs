//! SNIP (Lee 2019): |w·∂L/∂w| on one batch, L the mean data loss without dropout: how much the loss would change, to first
//! order, if a weight were gone. For a neuron the sum over its incoming weights. Batch norm goes by that batch.

use super::{Scores, Structure, subject};
use crate::nn::{Gate, Gradient, Layer, Objective, Pass};
use crate::random::Purpose;
use crate::recipe::Operation;

/// The scores of each layer, by `batch_size` training rows drawn without replacement.
pub(super) fn scores(operation: &Operation<'_>, structure: Structure, batch_size: usize) -> Vec<Scores> {
    let gradients = gradients(operation, &batch(operation, batch_size));
    let layers = subject(operation.network, structure).iter().zip(&gradients);
    let of_layer = |(layer, gradient): (&Layer, &Gradient)| -> Scores {
        let pairs = layer.weights.iter().zip(&gradient.weights);
        let scores: Scores = pairs.map(|(&w, &g)| (f64::from(w) * f64::from(g)).abs()).collect();
        match structure {
            Structure::Weight => scores,
            Structure::Neuron => scores.chunks(layer.inputs()).map(|unit| unit.iter().sum()).collect(),
        }
    };
    layers.map(of_layer).collect()
}

/// The positions of the rows of the batch.
fn batch(operation: &Operation<'_>, size: usize) -> Vec<usize> {
    let mut positions: Vec<usize> = (0..operation.rows.count()).collect();
    operation.moment.key(Purpose::Saliency).open().shuffle(&mut positions);
    positions.truncate(size);
    positions
}

/// ∂L/∂w on the rows at these positions.
fn gradients(operation: &Operation<'_>, positions: &[usize]) -> Vec<Gradient> {
    let (network, rows, team) = (&*operation.network, operation.rows, operation.team);
    let mut targets = rows.targets().none_of();
    rows.targets().choose(positions, &mut targets);
    let gates = vec![Gate::Open; network.layers.len()];
    let mut gradients: Vec<Gradient> = network.layers.iter().map(Gradient::zeros).collect();
    let mut pass = Pass::new(network, positions.len());
    pass.load(team, positions.len(), |row, values| rows.encode(positions[row], values));
    pass.forward(team, network, &gates);
    pass.backward(team, network, &gates, &Objective::mean(operation.loss, &targets), &mut gradients);
    gradients
}

//! By activation: the mean of |h| over the training rows, h what a neuron gives, without dropout.

use super::Scores;
use crate::nn::{Activity, Gate, PANEL, Pass};
use crate::recipe::Operation;

/// Rows that go through the network at once.
const ROWS: usize = 8 * PANEL;

/// The scores of the neurons of every hidden layer. Sums run in f64 in the order of the rows.
pub(super) fn scores(operation: &Operation<'_>) -> Vec<Scores> {
    let folded = operation.network.folded();
    let (network, rows) = (folded.as_ref().unwrap_or(operation.network), operation.rows);
    let gates = vec![Gate::Open; network.layers.len()];
    let mut pass = Pass::new(network, ROWS.min(rows.count()));
    let hidden = &network.layers[..network.layers.len() - 1];
    let mut sums: Vec<Scores> = hidden.iter().map(|layer| vec![0.0; layer.outputs()]).collect();
    for first in (0..rows.count()).step_by(ROWS) {
        let count = ROWS.min(rows.count() - first);
        pass.load(operation.team, count, |row, values| rows.encode(first + row, values));
        pass.forward(operation.team, network, &gates);
        for (layer, sums) in sums.iter_mut().enumerate() {
            pass.add_statistics(layer, &Magnitude, sums);
        }
    }
    let all = rows.count() as f64;
    sums.iter_mut().flatten().for_each(|sum| *sum /= all);
    sums
}

/// Σ over the neurons of the mean |h|, as a term whose statistic is |h|.
#[derive(Debug)]
struct Magnitude;

impl Activity for Magnitude {
    fn statistic(&self, h: f32) -> f32 {
        h.abs()
    }

    fn statistic_slope(&self, h: f32) -> f32 {
        if h == 0.0 { 0.0 } else { h.signum() }
    }

    fn value(&self, mean: f64) -> f64 {
        mean
    }

    fn slope(&self, _: f64) -> f64 {
        1.0
    }
}

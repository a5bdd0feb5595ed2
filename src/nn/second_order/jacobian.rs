//! Gradients of a network's outputs in its parameters, row by row.
//!
//! In: what rows left behind on their way forward. Out: the vectors Jᵀv, v the factors of the loss's curvature at the
//! outputs, over the parameters that are asked for.

use ndarray::{Array2, ArrayViewMut1};

use super::trace::{Trace, Weights, back};
use crate::nn::{Loss, Network};

/// A weight or bias of a network.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Parameter {
    /// Its layer.
    pub layer: usize,
    /// The unit that it belongs to.
    pub unit: usize,
    /// The input that it weighs; one past the last for a bias.
    pub input: usize,
    /// Where a weight lies in its layer, unit · inputs + input; none for a bias.
    pub place: Option<usize>,
}

impl Parameter {
    /// The weights that are not pruned and the biases, layer by layer.
    pub fn all(network: &Network) -> Vec<Self> {
        let mut all = Vec::new();
        for (layer, settings) in network.layers.iter().enumerate() {
            let (outputs, inputs) = settings.weights.dim();
            let lives =
                |unit: usize, input: usize| settings.mask.as_ref().is_none_or(|mask| mask[[unit, input]] != 0.0);
            for unit in 0..outputs {
                let live = (0..inputs).filter(|&input| lives(unit, input));
                all.extend(live.map(|input| Self { layer, unit, input, place: Some(unit * inputs + input) }));
            }
            all.extend((0..outputs).map(|unit| Self { layer, unit, input: inputs, place: None }));
        }
        all
    }

    /// Its value in `network`.
    pub fn value(&self, network: &Network) -> f64 {
        let layer = &network.layers[self.layer];
        f64::from(if self.place.is_some() { layer.weights[[self.unit, self.input]] } else { layer.bias[self.unit] })
    }

    /// Its value in `network`, to be changed.
    pub fn value_mut<'a>(&self, network: &'a mut Network) -> &'a mut f32 {
        let layer = &mut network.layers[self.layer];
        if self.place.is_some() { &mut layer.weights[[self.unit, self.input]] } else { &mut layer.bias[self.unit] }
    }
}

/// The vectors Jᵀv of some rows.
#[derive(Debug)]
pub(super) struct Jacobian {
    /// The row that each vector belongs to.
    rows: Vec<usize>,
    /// ∂(vᵀ·outputs)/∂z of each layer: [vectors, outputs]
    deltas: Vec<Array2<f64>>,
}

impl Jacobian {
    /// Those of the rows of `trace`, with the factors v of `loss` at their outputs.
    pub fn of(weights: &Weights, trace: &Trace, loss: Loss) -> Self {
        let (mut rows, mut flat) = (Vec::new(), Vec::new());
        for (row, z) in trace.outputs.outer_iter().enumerate() {
            for factor in loss.output_factors(&z.to_vec()) {
                rows.push(row);
                flat.extend(factor);
            }
        }
        let last = Array2::from_shape_vec((rows.len(), trace.outputs.ncols()), flat)
            .expect("each factor has as many numbers as there are outputs");
        let mut deltas = vec![last];
        for index in (1..weights.matrices.len()).rev() {
            let mut before = back(&deltas[deltas.len() - 1], &weights.matrices[index]);
            for (mut deltas, &row) in before.outer_iter_mut().zip(&rows) {
                deltas *= &trace.firsts[index - 1].row(row);
            }
            deltas.push(before);
        }
        deltas.reverse();
        Self { rows, deltas }
    }

    /// How many vectors there are.
    pub fn vectors(&self) -> usize {
        self.rows.len()
    }

    /// Writes a vector's elements for `parameters` into `values`, as many.
    pub fn write(&self, vector: usize, trace: &Trace, parameters: &[Parameter], values: &mut ArrayViewMut1<'_, f64>) {
        let row = self.rows[vector];
        for (value, parameter) in values.iter_mut().zip(parameters) {
            let delta = self.deltas[parameter.layer][[vector, parameter.unit]];
            let inputs = &trace.inputs[parameter.layer];
            *value = if parameter.place.is_some() { delta * inputs[[row, parameter.input]] } else { delta };
        }
    }
}

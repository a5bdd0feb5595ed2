//! Some rows on their way through a network, forward and back, in double precision.
//!
//! In: a network and rows of inputs. Out: what flows into each layer, how each hidden unit's activation bends there, and
//! what comes out; and the way back of anything that is linear in the outputs.

use ndarray::{Array1, Array2, Zip};

use super::product::add_product;
use super::slopes::Slopes;
use crate::nn::{Activation, Network};

/// Rows that go through a network together.
pub(super) const CHUNK: usize = 32;

/// A network's weights in double precision.
#[derive(Debug)]
pub(super) struct Weights {
    /// W of each layer: [outputs, inputs]
    pub matrices: Vec<Array2<f64>>,
    biases: Vec<Array1<f64>>,
    activation: Activation,
}

/// What some rows leave behind on their way forward.
#[derive(Debug)]
pub(super) struct Trace {
    /// What flows into each layer: [rows, inputs]
    pub inputs: Vec<Array2<f64>>,
    /// f′(z) of each hidden layer: [rows, units]
    pub firsts: Vec<Array2<f64>>,
    /// f″(z) of each hidden layer: [rows, units]
    pub seconds: Vec<Array2<f64>>,
    /// z of the last layer: [rows, outputs]
    pub outputs: Array2<f64>,
}

impl Weights {
    /// Those of `network`.
    pub fn of(network: &Network) -> Self {
        Self {
            matrices: network.layers.iter().map(|layer| layer.weights.mapv(f64::from)).collect(),
            biases: network.layers.iter().map(|layer| layer.bias.mapv(f64::from)).collect(),
            activation: network.activation,
        }
    }

    /// Takes `rows` rows, the first of which is number `first` to `fill`, through the network.
    pub fn trace(&self, first: usize, rows: usize, fill: &mut impl FnMut(usize, &mut [f32])) -> Trace {
        let mut row = vec![0.0f32; self.matrices[0].ncols()];
        let mut batch = Array2::zeros((rows, row.len()));
        for (position, mut values) in batch.outer_iter_mut().enumerate() {
            fill(first + position, &mut row);
            values.iter_mut().zip(&row).for_each(|(value, &x)| *value = f64::from(x));
        }
        let (mut inputs, mut firsts, mut seconds) = (vec![batch], Vec::new(), Vec::new());
        let mut outputs = self.sums(0, &inputs[0]);
        for index in 1..self.matrices.len() {
            let (mut slopes, mut bends) = (Array2::zeros(outputs.dim()), Array2::zeros(outputs.dim()));
            Zip::from(&mut outputs).and(&mut slopes).and(&mut bends).for_each(|z, slope, bend| {
                let at = Slopes::of(self.activation, *z);
                (*z, *slope, *bend) = (at.value, at.first, at.second);
            });
            inputs.push(outputs);
            firsts.push(slopes);
            seconds.push(bends);
            outputs = self.sums(index, &inputs[index]);
        }
        Trace { inputs, firsts, seconds, outputs }
    }

    /// z = W·x + b of one layer: [rows, outputs], of `inputs` [rows, inputs]
    fn sums(&self, index: usize, inputs: &Array2<f64>) -> Array2<f64> {
        let bias = &self.biases[index];
        let mut sums = Array2::from_shape_fn((inputs.nrows(), bias.len()), |(_, unit)| bias[unit]);
        add_product(&mut sums, inputs.view(), self.matrices[index].t());
        sums
    }
}

/// Takes `deltas` [rows, outputs] back through a layer's `weights` [outputs, inputs]: [rows, inputs]
pub(super) fn back(deltas: &Array2<f64>, weights: &Array2<f64>) -> Array2<f64> {
    let mut before = Array2::zeros((deltas.nrows(), weights.ncols()));
    add_product(&mut before, deltas.view(), weights.view());
    before
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nn::second_order::fixtures::problem;
    use crate::nn::{Gate, Loss, Pass, Team};

    #[test]
    fn outputs_are_those_of_the_pass_in_single_precision() {
        for activation in Activation::ALL {
            let problem = problem(&[5, 4], 3, 40, activation, Loss::CrossEntropy);
            let (team, network) = (Team::default(), &problem.network);
            let mut pass = Pass::new(network, 40);
            pass.load(&team, 40, |row, values| values.copy_from_slice(&problem.rows[row]));
            pass.forward(&team, network, &[Gate::Open, Gate::Open, Gate::Open]);
            let trace = Weights::of(network).trace(30, 10, &mut |row, values| problem.fill(row, values));
            for (position, outputs) in trace.outputs.outer_iter().enumerate() {
                for (found, &wanted) in outputs.iter().zip(pass.output(30 + position)) {
                    assert!((found - f64::from(wanted)).abs() < 1e-5, "{activation:?}: {found} {wanted}");
                }
            }
        }
    }
}

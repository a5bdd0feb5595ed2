//! How the outputs of a batch answer to its inputs.
//!
//! In: the slope of some function of each row's outputs. Out: the gradient of that function by the row's inputs, carried back
//! through the layers as a training step carries its deltas, and through the first layer too.

use ndarray::{ArrayView1, s};

use super::super::kernels::{PANEL, Panel, Scalars, Start, product};
use super::super::layer::slice;
use super::super::{Gate, Network, Team};
use super::Pass;

impl Pass {
    /// ∂f/∂x of every row of the batch, at the outputs z of the last forward pass with this network and these gates.
    /// `slope(row, ∂f/∂z)` writes how f changes with the row's outputs (before softmax or sigmoid): `[outputs]`;
    /// `see(row, ∂f/∂x)` gets the gradient: `[inputs]`, row after row.
    pub fn input_gradients(
        &mut self,
        team: &Team,
        network: &Network,
        gates: &[Gate],
        slope: impl Fn(usize, &mut [f32]),
        mut see: impl FnMut(usize, ArrayView1<'_, f32>),
    ) {
        self.set_output_deltas(slope);
        for index in (1..network.layers.len()).rev() {
            self.hidden_deltas(team, index, network, &gates[index], &[]);
        }
        let first = &network.layers[0];
        let length = first.inputs() * PANEL;
        let transposed = Scalars { values: slice(&first.weights), row: 1, step: first.inputs() };
        let mut gradients = vec![0.0; self.panels() * length];
        team.pieces(&mut gradients, length, |panel, gradients| {
            let behind = Panel { values: self.deltas[0].panel(panel), row: PANEL, columns: PANEL };
            product(Start::Zero, transposed, behind, first.outputs(), first.inputs(), gradients, PANEL);
            gates[0].apply(panel * length, gradients);
        });
        for row in 0..self.rows {
            let panel = &gradients[row / PANEL * length..][..length];
            see(row, ArrayView1::from(panel).slice_move(s![row % PANEL..;PANEL]));
        }
    }

    /// Writes what `slope` says of each row into the deltas of the last layer; lanes without a row become 0.
    fn set_output_deltas(&mut self, slope: impl Fn(usize, &mut [f32])) {
        let last = self.deltas.len() - 1;
        let (rows, panels, length) = (self.rows, self.panels(), self.deltas[last].length());
        let mut slopes = vec![0.0; length / PANEL];
        let deltas = self.deltas[last].first_mut(panels);
        deltas.fill(0.0);
        for row in 0..rows {
            slope(row, &mut slopes);
            let lane = &mut deltas[row / PANEL * length + row % PANEL..];
            lane.iter_mut().step_by(PANEL).zip(&slopes).for_each(|(delta, &slope)| *delta = slope);
        }
    }
}

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::*;
    use crate::nn::{Activation, Initialization, Layer, ModelSettings};

    #[test]
    fn the_gradient_of_a_tiny_network_worked_by_hand() {
        // z = 4·relu(2a − b) + 5·relu(a + 3b), with the second unit's gate at ½: at (1, 1) both units are on, at (−1, −3)
        // the first alone.
        let network = Network::new(
            vec![
                Layer::new(array![[2.0, -1.0], [1.0, 3.0]], array![0.0, 0.0]),
                Layer::new(array![[4.0, 5.0]], array![0.0]),
            ],
            Activation::Relu,
        );
        let half = [vec![1.0; PANEL], vec![0.5; PANEL]].concat();
        let gates = [Gate::Scale(3.0), Gate::Mask(half)];
        let rows = [[1.0f32, 1.0], [-1.0, -3.0]];
        let (team, mut pass) = (Team::default(), Pass::new(&network, 2));
        pass.load(&team, 2, |row, values| values.copy_from_slice(&rows[row]));
        pass.forward(&team, &network, &gates);
        let mut found = Vec::new();
        pass.input_gradients(&team, &network, &gates, |_, slopes| slopes[0] = 1.0, |_, x| found.push(x.to_vec()));
        // 3·(4·(2, −1) + ½·5·(1, 3)) and 3·4·(2, −1)
        assert_eq!(found, [[31.5, 10.5], [24.0, -12.0]]);
    }

    #[test]
    fn gradients_agree_with_central_differences_whatever_the_number_of_threads() {
        let init = Initialization::Normal { normal: 0.4, biases: true };
        let settings = ModelSettings { hidden: vec![35, 20], activation: Activation::Tanh, init };
        let network = Network::initialized(&settings, 6, 3, 1).expect("no file is read");
        let gates = vec![Gate::Open, Gate::Scale(0.5), Gate::Open];
        let value = |row: usize, input: usize| ((row * 5 + input * 3) % 7) as f32 * 0.3 - 0.9;
        let rows = 40;
        let slopes = [0.5, -1.0, 2.0];
        let f = |moved: Option<(usize, f32)>, row: usize| {
            let (team, mut pass) = (Team::default(), Pass::new(&network, 1));
            pass.load(&team, 1, |_, values| {
                values.iter_mut().enumerate().for_each(|(input, x)| *x = value(row, input));
                if let Some((input, step)) = moved {
                    values[input] += step;
                }
            });
            pass.forward(&team, &network, &gates);
            pass.output(0).iter().zip(slopes).map(|(&z, slope)| f64::from(z) * slope).sum::<f64>()
        };
        let gradients = |threads: usize| {
            let (team, mut pass) = (Team::new(threads), Pass::new(&network, rows));
            pass.load(&team, rows, |row, values| {
                values.iter_mut().enumerate().for_each(|(input, x)| *x = value(row, input));
            });
            pass.forward(&team, &network, &gates);
            let mut found = Vec::new();
            let write = |_, z: &mut [f32]| z.iter_mut().zip(slopes).for_each(|(z, slope)| *z = slope as f32);
            pass.input_gradients(&team, &network, &gates, write, |_, x| found.push(x.to_vec()));
            found
        };
        let found = gradients(1);
        assert_eq!(found, gradients(3));
        for row in [0, 31, 39] {
            for (input, &gradient) in found[row].iter().enumerate() {
                let difference = (f(Some((input, 1e-2)), row) - f(Some((input, -1e-2)), row)) / 2e-2;
                assert!((f64::from(gradient) - difference).abs() < 1e-3, "row {row}, input {input}");
            }
        }
    }
}

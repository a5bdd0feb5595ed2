//! One pass of a batch through a network, forward and backward.
//!
//! In: rows of inputs (row by row, as they are gathered), gates, targets. Out: outputs, scores, and the gradient of the
//! batch's mean loss. All buffers are made once, for a network's shape and a number of rows.

use ndarray::{ArrayView1, ArrayViewMut2, s};

use super::kernels::{self, PANEL, Panel, Scalars, Start, product};
use super::layer::{Gradient, Layer, slice, slice_mut};
use super::panels::{Panels, turn_from};
use super::{Gate, Loss, Network, RowScore, Team};
use crate::data::Targets;

/// The buffers of a pass.
#[derive(Debug)]
pub struct Pass {
    /// Rows of the batch that is loaded.
    rows: usize,
    /// The batch row by row: [rows, inputs padded to whole panels].
    batch: Vec<f32>,
    /// What flows into each layer, behind its gate.
    inputs: Vec<Panels>,
    /// The pre-activations z of each layer.
    sums: Vec<Panels>,
    /// f(z) of each hidden layer, before the next gate.
    activations: Vec<Panels>,
    /// ∂J/∂z of each layer.
    deltas: Vec<Panels>,
    /// Scratch: some layer's inputs row by row, [panels, 32, inputs padded to whole panels].
    flat: Vec<f32>,
}

/// Columns rounded up to whole panels.
fn padded(columns: usize) -> usize {
    columns.next_multiple_of(PANEL)
}

impl Pass {
    /// Buffers for passes of up to `rows` rows through networks of this one's shape.
    pub fn new(network: &Network, rows: usize) -> Self {
        let (layers, hidden) = (&network.layers, &network.layers[..network.layers.len() - 1]);
        let widest = layers.iter().map(|layer| padded(layer.inputs())).max().unwrap_or(0);
        let outputs = |layer: &Layer| Panels::new(layer.outputs(), rows);
        Self {
            rows: 0,
            batch: vec![0.0; rows * padded(network.inputs())],
            inputs: layers.iter().map(|layer| Panels::new(layer.inputs(), rows)).collect(),
            sums: layers.iter().map(outputs).collect(),
            activations: hidden.iter().map(outputs).collect(),
            deltas: layers.iter().map(outputs).collect(),
            flat: vec![0.0; rows.next_multiple_of(PANEL) * widest],
        }
    }

    /// Whether the buffers are of this network's shape.
    pub fn fits(&self, network: &Network) -> bool {
        self.sums.len() == network.layers.len()
            && self.sums.iter().zip(&network.layers).all(|(sums, layer)| sums.units() == layer.outputs())
            && self.inputs[0].units() == network.inputs()
    }

    /// Makes the buffers those of a network with the same inputs and as many layers, of other sizes. The loaded batch stays.
    pub fn reshape(&mut self, network: &Network) {
        for (index, layer) in network.layers.iter().enumerate() {
            self.inputs[index].reshape(layer.inputs(), self.rows);
            self.sums[index].reshape(layer.outputs(), self.rows);
            self.deltas[index].reshape(layer.outputs(), self.rows);
            if let Some(activations) = self.activations.get_mut(index) {
                activations.reshape(layer.outputs(), self.rows);
            }
        }
    }

    /// Loads a batch of `rows` rows, each written by `fill(row, values)`.
    pub fn load(&mut self, team: &Team, rows: usize, fill: impl Fn(usize, &mut [f32]) + Sync) {
        let inputs = self.inputs[0].units();
        let width = padded(inputs);
        self.rows = rows;
        team.pieces(&mut self.batch[..rows * width], PANEL * width, |panel, flat| {
            for (lane, values) in flat.chunks_exact_mut(width).enumerate() {
                fill(panel * PANEL + lane, &mut values[..inputs]);
            }
        });
    }

    /// The loaded batch: [rows, inputs]. What is written here is what the next forward pass sees.
    pub fn batch_mut(&mut self) -> ArrayViewMut2<'_, f32> {
        let inputs = self.inputs[0].units();
        let (rows, width) = (self.rows, padded(inputs));
        ArrayViewMut2::from_shape((rows, width), &mut self.batch[..rows * width])
            .expect("the buffer has room for the rows that were loaded")
            .slice_move(s![.., ..inputs])
    }

    /// Computes the outputs of the loaded batch. `gates` has one gate per layer.
    pub fn forward(&mut self, team: &Team, network: &Network, gates: &[Gate]) {
        for (index, layer) in network.layers.iter().enumerate() {
            self.fill_inputs(team, index, &gates[index]);
            self.fill_sums(team, index, layer);
            if index < self.activations.len() {
                let sums = &self.sums[index];
                let length = sums.length();
                let panels = self.rows.div_ceil(PANEL);
                team.pieces(self.activations[index].first_mut(panels), length, |panel, h| {
                    network.activation.forward(sums.panel(panel), h);
                });
            }
        }
    }

    /// What flows into a layer: the batch or the activations of the layer before, through the gate.
    fn fill_inputs(&mut self, team: &Team, index: usize, gate: &Gate) {
        let (panels, length) = (self.panels(), self.inputs[index].length());
        let width = padded(self.inputs[0].units());
        let batch = &self.batch[..self.rows * width];
        let before = index.checked_sub(1).map(|before| &self.activations[before]);
        team.pieces(self.inputs[index].first_mut(panels), length, |panel, x| {
            match before {
                Some(before) => x.copy_from_slice(before.panel(panel)),
                None => {
                    let flat = &batch[panel * PANEL * width..];
                    turn_from(&flat[..flat.len().min(PANEL * width)], width, x);
                }
            }
            gate.apply(panel * length, x);
        });
    }

    /// z = W·x + b
    fn fill_sums(&mut self, team: &Team, index: usize, layer: &Layer) {
        let (panels, length) = (self.panels(), self.sums[index].length());
        let inputs = &self.inputs[index];
        let weights = Scalars { values: slice(&layer.weights), row: layer.inputs(), step: 1 };
        let start = Start::Rows(slice(&layer.bias));
        team.pieces(self.sums[index].first_mut(panels), length, |panel, z| {
            let x = Panel { values: inputs.panel(panel), row: PANEL };
            product(start, weights, x, layer.inputs(), layer.outputs(), z, PANEL);
        });
    }

    /// Calls `each` with the score of each row of the batch, in order; row i's target is number `first + i`.
    pub fn scores(&self, loss: Loss, targets: &Targets, first: usize, mut each: impl FnMut(RowScore)) {
        let outputs = &self.sums[self.sums.len() - 1];
        for panel in 0..self.panels() {
            loss.score(outputs.panel(panel), self.lanes(panel), targets, first + panel * PANEL, &mut each);
        }
    }

    /// The outputs of one row of the batch, before softmax or sigmoid: [outputs].
    pub fn output(&self, row: usize) -> ArrayView1<'_, f32> {
        let outputs = &self.sums[self.sums.len() - 1];
        ArrayView1::from(outputs.panel(row / PANEL)).slice_move(s![row % PANEL..;PANEL])
    }

    /// The gradient of the batch's mean loss, into `gradients`, one per layer; row i's target is number i.
    pub fn backward(
        &mut self,
        team: &Team,
        network: &Network,
        gates: &[Gate],
        loss: Loss,
        targets: &Targets,
        gradients: &mut [Gradient],
    ) {
        self.output_deltas(loss, targets);
        for (index, layer) in network.layers.iter().enumerate().rev() {
            self.weight_gradient(team, index, layer, &mut gradients[index]);
            if index > 0 {
                self.hidden_deltas(team, index, network, &gates[index]);
            }
        }
    }

    /// Panels that hold rows of the batch.
    fn panels(&self) -> usize {
        self.rows.div_ceil(PANEL)
    }

    /// Lanes of a panel that hold rows of the batch.
    fn lanes(&self, panel: usize) -> usize {
        (self.rows - panel * PANEL).min(PANEL)
    }

    /// ∂J/∂z of the last layer, J the mean over the batch.
    fn output_deltas(&mut self, loss: Loss, targets: &Targets) {
        let last = self.sums.len() - 1;
        let weight = 1.0 / self.rows as f32;
        let (panels, rows, length) = (self.panels(), self.rows, self.deltas[last].length());
        let deltas = self.deltas[last].first_mut(panels).chunks_exact_mut(length);
        for (panel, deltas) in deltas.enumerate() {
            let lanes = (rows - panel * PANEL).min(PANEL);
            loss.gradient(self.sums[last].panel(panel), lanes, targets, panel * PANEL, weight, deltas);
        }
    }

    /// ∂J/∂W = Σ_s δ_s·x_sᵀ and ∂J/∂b = Σ_s δ_s over the samples, in their order for W, by a fixed tree for b.
    fn weight_gradient(&mut self, team: &Team, index: usize, layer: &Layer, gradient: &mut Gradient) {
        /// Units whose gradient is one piece of work: a multiple of what the product takes at once.
        const UNITS: usize = 48;
        let (inputs, width, panels) = (layer.inputs(), padded(layer.inputs()), self.panels());
        let from = &self.inputs[index];
        let flat_length = PANEL * width;
        let rows = self.rows;
        team.pieces(&mut self.flat[..panels * flat_length], flat_length, |panel, flat| {
            from.turn_into(panel, (rows - panel * PANEL).min(PANEL), flat, width);
        });
        let (flat, deltas) = (&self.flat, &self.deltas[index]);
        let weights = (slice_mut(&mut gradient.weights), UNITS * inputs);
        let bias = (slice_mut(&mut gradient.bias), UNITS);
        team.pairs(weights, bias, |piece, weights, bias| {
            bias.fill(0.0);
            for panel in 0..panels {
                let deltas = &deltas.panel(panel)[piece * UNITS * PANEL..][..bias.len() * PANEL];
                let flat = &flat[panel * flat_length..][..flat_length];
                let lanes = (rows - panel * PANEL).min(PANEL);
                let start = if panel == 0 { Start::Zero } else { Start::Continue };
                add_products(start, deltas, flat, lanes, inputs, weights);
                for (bias, deltas) in bias.iter_mut().zip(deltas.chunks_exact(PANEL)) {
                    *bias += tree_sum(deltas);
                }
            }
        });
    }

    /// ∂J/∂z of the layer in front of layer `index`: (Wᵀδ), through the gate, times f′(z).
    fn hidden_deltas(&mut self, team: &Team, index: usize, network: &Network, gate: &Gate) {
        let layer = &network.layers[index];
        let panels = self.panels();
        let (front, back) = self.deltas.split_at_mut(index);
        let (sums, activations) = (&self.sums[index - 1], &self.activations[index - 1]);
        let length = sums.length();
        let transposed = Scalars { values: slice(&layer.weights), row: 1, step: layer.inputs() };
        team.pieces(front[index - 1].first_mut(panels), length, |panel, deltas| {
            let behind = Panel { values: back[0].panel(panel), row: PANEL };
            product(Start::Zero, transposed, behind, layer.outputs(), layer.inputs(), deltas, PANEL);
            gate.apply(panel * length, deltas);
            network.activation.backward(sums.panel(panel), activations.panel(panel), deltas);
            kernels::flush(deltas);
        });
    }
}

/// Adds Σ_s δ_s·x_sᵀ over the samples of a panel to the gradient of some units: `deltas` [units, 32], `flat` [lanes, inputs
/// padded to whole panels], `weights` [units, inputs].
fn add_products(start: Start<'_>, deltas: &[f32], flat: &[f32], lanes: usize, inputs: usize, weights: &mut [f32]) {
    let (units, width) = (deltas.len() / PANEL, padded(inputs));
    let scalars = Scalars { values: deltas, row: PANEL, step: 1 };
    for column in (0..width).step_by(PANEL) {
        let flat = Panel { values: &flat[column..], row: width };
        let weights = &mut weights[column..];
        if column + PANEL <= inputs {
            product(start, scalars, flat, lanes, units, weights, inputs);
        } else {
            add_tail(start, scalars, flat, lanes, units, weights, inputs);
        }
    }
}

/// The product for the last columns of a matrix, which are fewer than a panel: c is [rows, `c_row`] from those columns on.
fn add_tail(start: Start<'_>, a: Scalars<'_>, b: Panel<'_>, depth: usize, rows: usize, c: &mut [f32], c_row: usize) {
    /// Rows that are computed at once, into a block with room for whole panels.
    const BLOCK: usize = 12;
    let columns = c_row % PANEL;
    let mut block = [0.0; BLOCK * PANEL];
    for first in (0..rows).step_by(BLOCK) {
        let count = BLOCK.min(rows - first);
        for (row, sums) in block.chunks_exact_mut(PANEL).take(count).enumerate() {
            sums[..columns].copy_from_slice(&c[(first + row) * c_row..][..columns]);
        }
        let scalars = Scalars { values: &a.values[first * a.row..], ..a };
        product(start, scalars, b, depth, count, &mut block, PANEL);
        for (row, sums) in block.chunks_exact(PANEL).take(count).enumerate() {
            c[(first + row) * c_row..][..columns].copy_from_slice(&sums[..columns]);
        }
    }
}

/// The sum of a panel's lanes by a fixed binary tree.
fn tree_sum(lanes: &[f32]) -> f32 {
    let mut sums = [0.0; PANEL];
    sums.copy_from_slice(lanes);
    let mut width = PANEL / 2;
    while width > 0 {
        for lane in 0..width {
            sums[lane] += sums[lane + width];
        }
        width /= 2;
    }
    sums[0]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nn::{Activation, Initialization, InitializationRule, ModelSettings};
    use crate::random::{Purpose, Stream, StreamKey};

    const ACTIVATIONS: [Activation; 7] = [
        Activation::Relu,
        Activation::LeakyRelu,
        Activation::Gelu,
        Activation::Silu,
        Activation::Tanh,
        Activation::Sigmoid,
        Activation::Identity,
    ];

    /// A random problem: network, rows of inputs, targets, gates.
    struct Problem {
        network: Network,
        rows: Vec<Vec<f32>>,
        targets: Targets,
        gates: Vec<Gate>,
        loss: Loss,
    }

    fn problem(
        hidden: &[usize],
        inputs: usize,
        rows: usize,
        activation: Activation,
        loss: Loss,
        gated: bool,
    ) -> Problem {
        let mut stream = StreamKey::new(9, Purpose::InputNoise).step((inputs * 1000 + rows) as u64).open();
        let outputs = if matches!(loss, Loss::HalfMse | Loss::Mse) { 1 } else { 3 };
        let init = Initialization::Normal { normal: 0.4, biases: true };
        let settings = ModelSettings { hidden: hidden.to_vec(), activation, init };
        let network = Network::initialized(&settings, inputs, outputs, 4).expect("no file is read");
        let mut numbers = |n: usize| -> Vec<f32> { (0..n).map(|_| stream.normal() as f32).collect() };
        let matrix = (0..rows).map(|_| numbers(inputs)).collect();
        let targets = match outputs {
            1 => Targets::Values(numbers(rows)),
            _ => Targets::Classes((0..rows).map(|row| (row * 7 % 3) as u32).collect()),
        };
        let gates = network.layers.iter().map(|layer| gate(layer.inputs(), rows, gated, &mut stream)).collect();
        Problem { network, rows: matrix, targets, gates, loss }
    }

    fn gate(units: usize, rows: usize, gated: bool, stream: &mut Stream) -> Gate {
        if !gated {
            return Gate::Open;
        }
        let factors = rows.div_ceil(PANEL) * units * PANEL;
        Gate::Mask((0..factors).map(|_| if stream.uniform() < 0.3 { 0.0 } else { 1.0 / 0.7 }).collect())
    }

    impl Problem {
        fn pass(&self) -> (Pass, Vec<Gradient>) {
            self.pass_by(&Team::default())
        }

        fn pass_by(&self, team: &Team) -> (Pass, Vec<Gradient>) {
            let mut pass = Pass::new(&self.network, self.rows.len());
            pass.load(team, self.rows.len(), |row, values| values.copy_from_slice(&self.rows[row]));
            pass.forward(team, &self.network, &self.gates);
            let mut gradients: Vec<Gradient> = self.network.layers.iter().map(Gradient::zeros).collect();
            pass.backward(team, &self.network, &self.gates, self.loss, &self.targets, &mut gradients);
            (pass, gradients)
        }

        /// The outputs of a row, by loops that are obviously right, in f64.
        fn plain_outputs(&self, network: &Network, row: usize) -> Vec<f64> {
            let mut values: Vec<f64> = self.rows[row].iter().map(|&x| f64::from(x)).collect();
            for (index, layer) in network.layers.iter().enumerate() {
                if let Gate::Mask(factors) = &self.gates[index] {
                    for (unit, value) in values.iter_mut().enumerate() {
                        let place = row / PANEL * layer.inputs() * PANEL + unit * PANEL + row % PANEL;
                        *value *= f64::from(factors[place]);
                    }
                }
                let sums = layer.weights.outer_iter().zip(&layer.bias).map(|(weights, &bias)| {
                    let products = weights.iter().zip(&values).map(|(&weight, value)| f64::from(weight) * value);
                    f64::from(bias) + products.sum::<f64>()
                });
                let last = index + 1 == network.layers.len();
                values = sums.map(|z| if last { z } else { plain_activation(network.activation, z) }).collect();
            }
            values
        }

        fn plain_loss(&self, network: &Network) -> f64 {
            let losses = (0..self.rows.len()).map(|row| {
                let z = self.plain_outputs(network, row);
                match (&self.targets, self.loss) {
                    (Targets::Values(values), Loss::HalfMse) => 0.5 * (z[0] - f64::from(values[row])).powi(2),
                    (Targets::Values(values), _) => (z[0] - f64::from(values[row])).powi(2),
                    (Targets::Classes(classes), Loss::CrossEntropy) => {
                        z.iter().map(|z| z.exp()).sum::<f64>().ln() - z[classes[row] as usize]
                    }
                    (Targets::Classes(classes), _) => (0..z.len())
                        .map(|k| {
                            if k == classes[row] as usize {
                                (1.0 + (-z[k]).exp()).ln()
                            } else {
                                (1.0 + z[k].exp()).ln()
                            }
                        })
                        .sum(),
                }
            });
            losses.sum::<f64>() / self.rows.len() as f64
        }
    }

    fn plain_activation(activation: Activation, z: f64) -> f64 {
        match activation {
            Activation::Relu => z.max(0.0),
            Activation::LeakyRelu => {
                if z > 0.0 {
                    z
                } else {
                    0.01 * z
                }
            }
            Activation::Gelu => 0.5 * z * (1.0 + libm::erf(z / 2f64.sqrt())),
            Activation::Silu => z / (1.0 + (-z).exp()),
            Activation::Tanh => z.tanh(),
            Activation::Sigmoid => 1.0 / (1.0 + (-z).exp()),
            Activation::Identity => z,
        }
    }

    #[test]
    fn outputs_agree_with_plain_loops_for_odd_sizes() {
        for (hidden, inputs, rows) in
            [(&[][..], 1, 1), (&[1][..], 3, 2), (&[7, 5][..], 31, 33), (&[32][..], 32, 32), (&[70, 33][..], 65, 130)]
        {
            for activation in ACTIVATIONS {
                for gated in [false, true] {
                    let problem = problem(hidden, inputs, rows, activation, Loss::CrossEntropy, gated);
                    let (pass, _) = problem.pass();
                    for row in 0..rows {
                        let plain = problem.plain_outputs(&problem.network, row);
                        for (found, wanted) in pass.output(row).iter().zip(plain) {
                            let close = (f64::from(*found) - wanted).abs() < 1e-4 * wanted.abs().max(1.0);
                            assert!(close, "{hidden:?} {inputs} {rows} {activation:?}: {found} {wanted}");
                        }
                    }
                }
            }
        }
    }

    /// Small, so that few units cross the kink of relu; a power of two, so that little of it is rounded away.
    const STEP: f32 = 1.0 / 8192.0;

    #[test]
    fn gradients_agree_with_central_differences() {
        let losses = [Loss::CrossEntropy, Loss::BinaryCrossEntropy, Loss::HalfMse, Loss::Mse];
        for (index, activation) in ACTIVATIONS.into_iter().enumerate() {
            for (hidden, rows) in [(&[][..], 5), (&[6][..], 3), (&[9, 4][..], 40)] {
                let problem = problem(hidden, 4, rows, activation, losses[index % 4], index % 2 == 0);
                let (_, gradients) = problem.pass();
                for (layer, gradient) in gradients.iter().enumerate() {
                    // The central difference of the plain loss when `moves` moves one number of the layer.
                    let difference = |moves: &dyn Fn(&mut Layer, f32)| {
                        let at = |step: f32| {
                            let mut moved = problem.network.clone();
                            moves(&mut moved.layers[layer], step);
                            problem.plain_loss(&moved)
                        };
                        (at(STEP) - at(-STEP)) / f64::from(2.0 * STEP)
                    };
                    let close = |found: f32, wanted: f64| {
                        let error = (f64::from(found) - wanted).abs();
                        assert!(
                            error < 1e-3 * wanted.abs().max(0.1),
                            "{activation:?} {hidden:?}, {layer}: {found} {wanted}"
                        );
                    };
                    let (outputs, inputs) = gradient.weights.dim();
                    for place in [[0, 0], [outputs - 1, inputs - 1], [outputs / 2, inputs / 2]] {
                        close(gradient.weights[place], difference(&|layer, step| layer.weights[place] += step));
                    }
                    close(gradient.bias[0], difference(&|layer, step| layer.bias[0] += step));
                }
            }
        }
    }

    #[test]
    fn a_second_smaller_batch_sees_nothing_of_the_first() {
        let problem = problem(&[8], 5, 40, Activation::Relu, Loss::CrossEntropy, false);
        let (mut pass, _) = problem.pass();
        let targets = Targets::Classes(vec![1, 2, 0]);
        let team = Team::default();
        let mut fresh = Pass::new(&problem.network, 3);
        let gradient = |pass: &mut Pass| {
            pass.load(&team, 3, |row, values| values.copy_from_slice(&problem.rows[row]));
            pass.forward(&team, &problem.network, &problem.gates);
            let mut gradients: Vec<Gradient> = problem.network.layers.iter().map(Gradient::zeros).collect();
            pass.backward(&team, &problem.network, &problem.gates, problem.loss, &targets, &mut gradients);
            gradients
        };
        assert_eq!(gradient(&mut pass), gradient(&mut fresh));
    }

    #[test]
    fn a_removed_dead_unit_changes_no_output() {
        let settings = ModelSettings {
            hidden: vec![6, 5],
            activation: Activation::Relu,
            init: Initialization::Rule(InitializationRule::KaimingUniform),
        };
        let mut network = Network::initialized(&settings, 4, 3, 2).expect("no file is read");
        network.layers[0].weights.row_mut(2).fill(0.0);
        let outputs = |network: &Network| {
            let mut pass = Pass::new(network, 1);
            pass.load(&Team::default(), 1, |_, values| values.copy_from_slice(&[0.3, -1.0, 0.7, 2.0]));
            pass.forward(&Team::default(), network, &vec![Gate::Open; network.layers.len()]);
            pass.output(0).to_vec()
        };
        let before = outputs(&network);
        network.remove_units(0, &[2]);
        assert_eq!(before, outputs(&network));
    }

    #[test]
    fn any_number_of_threads_gives_the_same_bits() {
        let problem = problem(&[70, 130], 65, 130, Activation::Tanh, Loss::CrossEntropy, true);
        let (alone, gradients) = problem.pass();
        for threads in [2, 3] {
            let (pass, by_team) = problem.pass_by(&Team::new(threads));
            assert_eq!(gradients, by_team, "{threads} threads");
            (0..130).for_each(|row| assert_eq!(alone.output(row), pass.output(row), "{threads} threads, row {row}"));
        }
    }
}

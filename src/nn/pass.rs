//! One pass of a batch through a network, forward and backward.
//!
//! In: rows of inputs (row by row, as they are gathered), gates, targets. Out: outputs, scores, and the gradient of the
//! batch's mean loss. All buffers are made once, for a network's shape and a number of rows. Batch norm goes by the figures of
//! the batch, as in training: a network is evaluated [`folded`](Network::folded).

mod activities;
mod input_gradients;
mod normalization;

use ndarray::{ArrayView1, ArrayViewMut2, s};

use super::kernels::{self, PANEL, Panel, Scalars, Start, product};
use super::layer::{Gradient, Layer, slice, slice_mut};
use super::panels::{Panels, turn_from};
use super::{Activity, Gate, Loss, Network, Objective, RowScore, Team};
use crate::data::Targets;
use activities::add_activity;
use normalization::Normalization;

/// A batch as a pass takes it, kept for further passes.
#[derive(Debug)]
pub struct KeptBatch {
    rows: usize,
    turned: Panels,
}

/// The buffers of a pass.
#[derive(Debug)]
pub struct Pass {
    /// Rows of the batch that is loaded.
    rows: usize,
    /// The batch row by row: [rows, inputs padded to whole panels].
    batch: Vec<f32>,
    /// The batch in panels.
    turned: Panels,
    /// What flows into each layer, behind its gate, where the gate changes it.
    inputs: Vec<Panels>,
    /// The pre-activations of each layer: z, or y = γ·ẑ + β where it is normalised.
    sums: Vec<Panels>,
    /// What is kept of the normalisation of each layer, where there is one.
    normalizations: Vec<Normalization>,
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
            turned: Panels::new(network.inputs(), rows),
            inputs: layers.iter().map(|layer| Panels::new(layer.inputs(), rows)).collect(),
            sums: layers.iter().map(outputs).collect(),
            normalizations: layers.iter().map(|_| Normalization::default()).collect(),
            activations: hidden.iter().map(outputs).collect(),
            deltas: layers.iter().map(outputs).collect(),
            flat: vec![0.0; rows.next_multiple_of(PANEL) * widest],
        }
    }

    /// Whether the buffers are of this network's shape.
    pub fn fits(&self, network: &Network) -> bool {
        self.sums.len() == network.layers.len()
            && self.sums.iter().zip(&network.layers).all(|(sums, layer)| sums.units() == layer.outputs())
            && self.turned.units() == network.inputs()
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
        let inputs = self.turned.units();
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
        let inputs = self.turned.units();
        let (rows, width) = (self.rows, padded(inputs));
        ArrayViewMut2::from_shape((rows, width), &mut self.batch[..rows * width])
            .expect("the buffer has room for the rows that were loaded")
            .slice_move(s![.., ..inputs])
    }

    /// The loaded batch, for passes that see it again and again.
    pub fn keep(&mut self, team: &Team) -> KeptBatch {
        self.turn(team);
        KeptBatch { rows: self.rows, turned: self.turned.clone() }
    }

    /// Computes the outputs of the loaded batch. `gates` has one gate per layer.
    pub fn forward(&mut self, team: &Team, network: &Network, gates: &[Gate]) {
        self.turn(team);
        // Taken out, so that it can be read while the other buffers are written.
        let turned = std::mem::take(&mut self.turned);
        self.forward_from(team, network, gates, &turned);
        self.turned = turned;
    }

    /// Computes the outputs of a batch that was kept, instead of the loaded one. No backward pass can follow.
    pub fn forward_kept(&mut self, team: &Team, network: &Network, gates: &[Gate], batch: &KeptBatch) {
        self.rows = batch.rows;
        self.forward_from(team, network, gates, &batch.turned);
    }

    fn forward_from(&mut self, team: &Team, network: &Network, gates: &[Gate], batch: &Panels) {
        for (index, layer) in network.layers.iter().enumerate() {
            if !gates[index].is_open() {
                self.fill_inputs(team, index, &gates[index], batch);
            }
            self.fill_sums(team, index, layer, &gates[index], batch);
            if let Some(norm) = &layer.norm {
                self.normalize(team, index, norm);
            }
            if index < self.activations.len() {
                let sums = &self.sums[index];
                let length = sums.length();
                let panels = self.rows.div_ceil(PANEL);
                let sampled = gates[index].sampled(layer);
                let inputs = &self.inputs[index];
                team.pieces(self.activations[index].first_mut(panels), length, |panel, h| match &sampled {
                    Some(sampled) => sampled.means(network.activation, inputs.panel(panel), sums.panel(panel), h),
                    None => network.activation.forward(sums.panel(panel), h),
                });
            }
        }
    }

    /// Turns the loaded batch into panels.
    fn turn(&mut self, team: &Team) {
        let (panels, length, width) = (self.panels(), self.turned.length(), padded(self.turned.units()));
        let batch = &self.batch[..self.rows * width];
        team.pieces(self.turned.first_mut(panels), length, |panel, x| {
            let flat = &batch[panel * PANEL * width..];
            turn_from(&flat[..flat.len().min(PANEL * width)], width, x);
        });
    }

    /// What flows into a layer: the batch or the activations of the layer before, through the gate.
    fn fill_inputs(&mut self, team: &Team, index: usize, gate: &Gate, batch: &Panels) {
        let (panels, length) = (self.panels(), self.inputs[index].length());
        let from = index.checked_sub(1).map_or(batch, |before| &self.activations[before]);
        team.pieces(self.inputs[index].first_mut(panels), length, |panel, x| {
            gate.pass(panel * length, from.panel(panel), x);
        });
    }

    /// z = W·x + b
    fn fill_sums(&mut self, team: &Team, index: usize, layer: &Layer, gate: &Gate, batch: &Panels) {
        let (panels, rows, length) = (self.panels(), self.rows, self.sums[index].length());
        let inputs = match index.checked_sub(1) {
            _ if !gate.is_open() => &self.inputs[index],
            None => batch,
            Some(before) => &self.activations[before],
        };
        let weights = Scalars { values: slice(&layer.weights), row: layer.inputs(), step: 1 };
        let start = Start::Rows(slice(&layer.bias));
        team.pieces(self.sums[index].first_mut(panels), length, |panel, z| {
            if let Gate::Connect(connections) = gate {
                return connections.sums(panel, layer, inputs.panel(panel), z);
            }
            let columns = computed(lanes(rows, panel));
            let x = Panel { values: inputs.panel(panel), row: PANEL, columns };
            product(start, weights, x, layer.inputs(), layer.outputs(), z, PANEL);
        });
    }

    /// Calls `each` with the score of each row of the batch, in order; row i's target is number `first + i`.
    pub fn scores(&self, loss: Loss, targets: &Targets, first: usize, mut each: impl FnMut(RowScore)) {
        let outputs = &self.sums[self.sums.len() - 1];
        for panel in 0..self.panels() {
            loss.score(outputs.panel(panel), lanes(self.rows, panel), targets, first + panel * PANEL, &mut each);
        }
    }

    /// The outputs of one row of the batch, before softmax or sigmoid: `[outputs]`.
    pub fn output(&self, row: usize) -> ArrayView1<'_, f32> {
        let outputs = &self.sums[self.sums.len() - 1];
        ArrayView1::from(outputs.panel(row / PANEL)).slice_move(s![row % PANEL..;PANEL])
    }

    /// The gradient of the objective on the loaded batch, into `gradients`, one per layer; row i's target is number i.
    pub fn backward(
        &mut self,
        team: &Team,
        network: &Network,
        gates: &[Gate],
        objective: &Objective<'_>,
        gradients: &mut [Gradient],
    ) {
        self.output_deltas(objective);
        for (index, layer) in network.layers.iter().enumerate().rev() {
            self.weight_gradient(team, index, layer, &gates[index], &mut gradients[index]);
            if index > 0 {
                self.hidden_deltas(team, index, network, &gates[index], objective.activities);
            }
        }
    }

    /// Panels that hold rows of the batch.
    fn panels(&self) -> usize {
        self.rows.div_ceil(PANEL)
    }

    /// ∂J/∂z of the last layer, J the mean over the batch.
    fn output_deltas(&mut self, objective: &Objective<'_>) {
        let last = self.sums.len() - 1;
        let Objective { loss, targets, row_weights, .. } = *objective;
        let weight = 1.0 / row_weights.map_or(self.rows as f32, total);
        let (panels, rows, length) = (self.panels(), self.rows, self.deltas[last].length());
        let deltas = self.deltas[last].first_mut(panels).chunks_exact_mut(length);
        for (panel, deltas) in deltas.enumerate() {
            let lanes = lanes(rows, panel);
            loss.gradient(self.sums[last].panel(panel), lanes, targets, panel * PANEL, weight, deltas);
            if let Some(row_weights) = row_weights {
                let row_weights = &row_weights[panel * PANEL..][..lanes];
                for deltas in deltas.chunks_exact_mut(PANEL) {
                    deltas.iter_mut().zip(row_weights).for_each(|(delta, weight)| *delta *= weight);
                }
            }
        }
    }

    /// ∂J/∂W = Σ_s δ_s·x_sᵀ and ∂J/∂b = Σ_s δ_s over the samples, in their order for W, by a fixed tree for b; ∂J/∂γ and ∂J/∂β.
    fn weight_gradient(&mut self, team: &Team, index: usize, layer: &Layer, gate: &Gate, gradient: &mut Gradient) {
        /// Units whose gradient is one piece of work: a multiple of what the product takes at once.
        const UNITS: usize = 48;
        let (inputs, panels, rows) = (layer.inputs(), self.panels(), self.rows);
        let flat_length = PANEL * padded(inputs);
        let from = match index.checked_sub(1) {
            _ if !gate.is_open() => Some(&self.inputs[index]),
            None => None,
            Some(before) => Some(&self.activations[before]),
        };
        if let Some(from) = from {
            team.pieces(&mut self.flat[..panels * flat_length], flat_length, |panel, flat| {
                from.turn_into(panel, flat, padded(inputs));
            });
        }
        // The batch lies row by row already.
        let flat = if from.is_some() { &self.flat } else { &self.batch };
        let deltas = &self.deltas[index];
        let weights = (slice_mut(&mut gradient.weights), UNITS * inputs);
        let bias = (slice_mut(&mut gradient.bias), UNITS);
        team.pairs(weights, bias, |piece, weights, bias| {
            bias.fill(0.0);
            for panel in 0..panels {
                let deltas = &deltas.panel(panel)[piece * UNITS * PANEL..][..bias.len() * PANEL];
                let start = if panel == 0 { Start::Zero } else { Start::Continue };
                let (flat, lanes) = (&flat[panel * flat_length..], lanes(rows, panel));
                match gate {
                    Gate::Connect(connections) => {
                        connections.add_products(
                            panel,
                            piece * UNITS,
                            deltas,
                            &flat[..lanes * padded(inputs)],
                            weights,
                        );
                    }
                    _ => add_products(start, deltas, flat, lanes, inputs, weights),
                }
                kernels::add_row_sums(deltas, bias);
            }
        });
        if let Some(norm) = &mut gradient.norm {
            self.norm_gradient(index, norm);
        }
        if layer.norm.as_ref().is_some_and(|norm| norm.kind.is_batch()) {
            // Batch norm takes the mean away, and with it the bias: what its sums come to is rounding, which an optimizer that
            // divides by its size would take for a gradient.
            gradient.bias.fill(0.0);
        }
    }

    /// ∂J/∂z of the layer in front of layer `index`: (Wᵀδ), through the gate, plus the terms of the activities, times f′(y), and
    /// back through the normalisation.
    fn hidden_deltas(
        &mut self,
        team: &Team,
        index: usize,
        network: &Network,
        gate: &Gate,
        activities: &[Box<dyn Activity>],
    ) {
        let layer = &network.layers[index];
        let slopes: Vec<Vec<f64>> = activities.iter().map(|term| self.slopes(index - 1, term.as_ref())).collect();
        let (panels, rows) = (self.panels(), self.rows);
        let (front, back) = self.deltas.split_at_mut(index);
        let (sums, activations) = (&self.sums[index - 1], &self.activations[index - 1]);
        let length = sums.length();
        let transposed = Scalars { values: slice(&layer.weights), row: 1, step: layer.inputs() };
        team.pieces(front[index - 1].first_mut(panels), length, |panel, deltas| {
            let lanes = lanes(rows, panel);
            if let Gate::Connect(connections) = gate {
                connections.deltas(panel, layer, back[0].panel(panel), deltas);
            } else {
                let columns = computed(lanes);
                if columns < PANEL {
                    // A batch before may have left something in the other lanes.
                    deltas.fill(0.0);
                }
                let behind = Panel { values: back[0].panel(panel), row: PANEL, columns };
                product(Start::Zero, transposed, behind, layer.outputs(), layer.inputs(), deltas, PANEL);
                gate.apply(panel * length, deltas);
            }
            for (term, slopes) in activities.iter().zip(&slopes) {
                add_activity(term.as_ref(), slopes, activations.panel(panel), lanes, deltas);
            }
            network.activation.backward(sums.panel(panel), activations.panel(panel), deltas);
            kernels::flush(deltas);
        });
        if let Some(norm) = &network.layers[index - 1].norm {
            self.normalized_deltas(team, index - 1, norm);
        }
    }
}

/// Adds Σ_s δ_s·x_sᵀ over the samples of a panel to the gradient of some units: `deltas` [units, 32], `flat` [lanes, inputs
/// padded to whole panels], `weights` [units, inputs].
fn add_products(start: Start<'_>, deltas: &[f32], flat: &[f32], lanes: usize, inputs: usize, weights: &mut [f32]) {
    let (units, width) = (deltas.len() / PANEL, padded(inputs));
    let scalars = Scalars { values: deltas, row: PANEL, step: 1 };
    for column in (0..inputs).step_by(PANEL) {
        let flat = Panel { values: &flat[column..], row: width, columns: PANEL.min(inputs - column) };
        product(start, scalars, flat, lanes, units, &mut weights[column..], inputs);
    }
}

/// Lanes of a panel that hold samples, of `rows` in all.
fn lanes(rows: usize, panel: usize) -> usize {
    (rows - panel * PANEL).min(PANEL)
}

/// Σ of the weights of some rows, in their order.
fn total(weights: &[f32]) -> f32 {
    weights.iter().map(|&weight| f64::from(weight)).sum::<f64>() as f32
}

/// Columns of a panel that are computed where `lanes` of them hold samples: half of it, or all.
fn computed(lanes: usize) -> usize {
    if lanes <= PANEL / 2 { PANEL / 2 } else { PANEL }
}

#[cfg(test)]
mod tests;

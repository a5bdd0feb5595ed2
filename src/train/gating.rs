//! Learnt gates in training: drawn for a batch, and moved against their gradient.
//!
//! In: a network with gates, the moment. Out: the network behind gates as they were drawn, at which the gradient is taken; then
//! the gradients of weights and gates. One draw holds for all rows of a batch, as in the paper's code by default: a gate is
//! then a factor of a column of the weights, so that G = ∂J/∂(W·z) says all: ∂J/∂W = G·z and ∂J/∂z_j = Σ_i G_ij W_ij.

use ndarray::Axis;

use crate::nn::{DrawnGate, Gradient, Layer, LearnedGates, Network};
use crate::random::Purpose;
use crate::recipe::{LearnedGating, Moment, Recipe};

/// The gates of one trial.
pub(super) struct Gating {
    rule: LearnedGating,
    /// The network behind its gates.
    gated: Network,
    /// The gates of the step, layer by layer.
    drawn: Vec<Vec<DrawnGate>>,
    /// ∂J/∂log α, layer by layer.
    gradients: Vec<Vec<f32>>,
}

impl Gating {
    /// Puts gates in front of the layers of `network`, where the recipe asks for that: log α ~ N(logit(1 − rate), 0.01²).
    pub fn install(recipe: &Recipe, network: &mut Network, origin: Moment) -> Option<Self> {
        /// The standard deviation of log α at first (the reference code's).
        const SPREAD: f64 = 0.01;
        let rule = recipe.gates?;
        let mean = libm::log((1.0 - rule.initial_rate) / rule.initial_rate);
        let layers = network.layers.len();
        for (index, layer) in network.layers.iter_mut().enumerate() {
            // Behind the streams of the steps.
            let mut stream = origin.key(Purpose::Gates).layer(layers + index).open();
            let log_alpha = (0..layer.inputs()).map(|_| (mean + SPREAD * stream.normal()) as f32);
            layer.gates = Some(LearnedGates::new(log_alpha.collect()));
        }
        let drawn = vec![Vec::new(); layers];
        Some(Self { rule, gated: network.bare(), drawn, gradients: vec![Vec::new(); layers] })
    }

    /// The network behind the gates as they were drawn last.
    pub fn network(&self) -> &Network {
        &self.gated
    }

    /// Goes to the weights of `network`, behind the gates of `trained` drawn anew. The two differ where noise is on the weights.
    pub fn draw(&mut self, network: &Network, trained: &Network, moment: Moment) {
        for (index, (drawn, layer)) in self.drawn.iter_mut().zip(&trained.layers).enumerate() {
            drawn.clear();
            if let Some(gates) = &layer.gates {
                let mut stream = moment.key(Purpose::Gates).layer(index).open();
                drawn.extend(gates.draw(|| stream.uniform()));
            }
        }
        self.close(network);
    }

    /// Goes to the weights of `network`, behind the gates as they were drawn.
    fn close(&mut self, network: &Network) {
        for ((gated, layer), drawn) in self.gated.layers.iter_mut().zip(&network.layers).zip(&self.drawn) {
            gated.weights.clone_from(&layer.weights);
            gated.bias.clone_from(&layer.bias);
            // Dropout that follows pruning counts what is left.
            gated.mask.clone_from(&layer.mask);
            gated.norm.clone_from(&layer.norm);
            gated.units_mut().for_each(|unit| multiply(unit, drawn));
        }
    }

    /// Turns the gradients at the network that was drawn from `network` into those of its weights, and keeps those of log α.
    pub fn split(&mut self, network: &Network, gradients: &mut [Gradient]) {
        for (index, (layer, gradient)) in network.layers.iter().zip(gradients).enumerate() {
            let drawn = &self.drawn[index];
            let mut sums = vec![0.0; drawn.len()];
            for (weights, gradient) in layer.units().zip(gradient.units_mut()) {
                for ((sum, &weight), &slope) in sums.iter_mut().zip(weights).zip(&*gradient) {
                    *sum += f64::from(slope) * f64::from(weight);
                }
                multiply(gradient, drawn);
            }
            let of_log_alpha = sums.iter().zip(drawn).map(|(sum, gate)| (sum * gate.slope) as f32);
            self.gradients[index].clear();
            self.gradients[index].extend(of_log_alpha);
        }
    }

    /// Moves the gates against their gradient and that of their penalty; the weights have been moved before.
    pub fn update(&mut self, recipe: &Recipe, learning_rate: f64, network: &mut Network) {
        let clock = network.clock;
        for (layer, gradient) in network.layers.iter_mut().zip(&mut self.gradients) {
            let Some(gates) = &layer.gates else { continue };
            let gates = gates.probabilities().zip(weights_behind(layer));
            for (gradient, (open, weights)) in gradient.iter_mut().zip(gates) {
                *gradient += (self.rule.lambda * weights * open * (1.0 - open)) as f32;
            }
            layer.update_gates(&recipe.train.optimizer, &clock, learning_rate, gradient);
        }
    }
}

/// The penalty: λ Σ P(z ≠ 0) · weights behind the gate.
pub(super) fn penalty(recipe: &Recipe, network: &Network) -> f64 {
    let Some(rule) = recipe.gates else { return 0.0 };
    let expected = |layer: &Layer| -> f64 {
        let open = layer.gates.iter().flat_map(LearnedGates::probabilities);
        open.zip(weights_behind(layer)).map(|(open, weights)| open * weights).sum()
    };
    rule.lambda * network.layers.iter().map(expected).sum::<f64>()
}

/// The number of weights behind each gate of a layer: what was pruned costs nothing. `[inputs]`
fn weights_behind(layer: &Layer) -> Vec<f64> {
    match &layer.mask {
        None => vec![layer.outputs() as f64; layer.inputs()],
        Some(mask) => mask.axis_iter(Axis(1)).map(|column| column.iter().map(|&kept| f64::from(kept)).sum()).collect(),
    }
}

fn multiply(values: &mut [f32], gates: &[DrawnGate]) {
    values.iter_mut().zip(gates).for_each(|(value, gate)| *value *= gate.factor as f32);
}

#[cfg(test)]
mod tests;

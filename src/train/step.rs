//! One step of training: the recipe's order, executed.
//!
//! In: the positions of a batch among the training rows. Out: a network that has moved. See `recipe` for the order.

use super::profile::{Phase, Stopwatch};
use super::thinning::Thinning;
use crate::data::{Targets, TrialData};
use crate::nn::{Gate, Gradient, Layer, Network, PANEL, Pass, Team};
use crate::random::{Purpose, StreamKey};
use crate::recipe::{Dropout, MaskScope, Moment, Recipe, Rescale, WeightRule};

/// Executes the steps of one trial.
pub(super) struct Stepper<'a> {
    team: &'a Team,
    data: &'a TrialData,
    recipe: &'a Recipe,
    seed: u64,
    batch_size: usize,
    pass: Pass,
    gates: Vec<Gate>,
    gradients: Vec<Gradient>,
    targets: Targets,
}

impl<'a> Stepper<'a> {
    pub fn new(team: &'a Team, data: &'a TrialData, recipe: &'a Recipe, seed: u64, network: &mut Network) -> Self {
        let batch_size = recipe.train.batch_size.of(data.train.rows.len());
        network.prepare(&recipe.train.optimizer);
        Self {
            team,
            data,
            recipe,
            seed,
            batch_size,
            pass: Pass::new(network, batch_size),
            gates: vec![Gate::Open; network.layers.len()],
            gradients: network.layers.iter().map(Gradient::zeros).collect(),
            targets: data.train.targets.none_of(),
        }
    }

    pub fn steps_per_epoch(&self) -> usize {
        self.data.train.rows.len().div_ceil(self.batch_size)
    }

    /// The learning rate of step `batch` (from 0) of `epoch` (from 1).
    pub fn learning_rate(&self, epoch: usize, batch: usize) -> f64 {
        let train = &self.recipe.train;
        train.learning_rate * train.schedule.factor(epoch, train.epochs, batch, self.steps_per_epoch())
    }

    /// Step `batch` of `epoch`; `order` holds the positions of all training rows.
    pub fn step(
        &mut self,
        network: &mut Network,
        order: &[usize],
        epoch: usize,
        batch: usize,
        time: &mut Stopwatch<'_>,
    ) {
        let first = batch * self.batch_size;
        let positions = &order[first..(first + self.batch_size).min(order.len())];
        let step = ((epoch - 1) * self.steps_per_epoch() + batch) as u64;
        let moment = Moment { seed: self.seed, step };
        let learning_rate = self.learning_rate(epoch, batch);
        self.fit_buffers(network);

        self.gather(positions);
        time.lap(Phase::Gather);
        for transform in &self.recipe.batch_transforms {
            transform.apply(&mut self.pass.batch_mut(), moment);
        }
        let mut thinning = None;
        if let Some(dropout) = &self.recipe.dropout {
            draw_gates(dropout, network, positions.len(), moment, &mut self.gates);
            if dropout.mask == MaskScope::Batch {
                thinning = Some(Thinning::draw(dropout, network, moment));
            }
        }
        time.lap(Phase::Remedies);
        let (team, loss) = (self.team, self.recipe.loss);
        if let Some(mut thinning) = thinning {
            thinning.gradients(team, &mut self.pass, &self.gates, loss, &self.targets, &mut self.gradients);
        } else {
            self.pass.forward(team, network, &self.gates);
            time.lap(Phase::Forward);
            self.pass.backward(team, network, &self.gates, loss, &self.targets, &mut self.gradients);
        }
        time.lap(Phase::Backward);
        self.add_penalties(network);
        if let Some(limit) = self.recipe.train.gradient_clip {
            clip(&mut self.gradients, limit);
        }
        apply_rules(&self.recipe.decays, learning_rate, network);
        time.lap(Phase::Remedies);
        network.update(&self.recipe.train.optimizer, learning_rate, &self.gradients);
        time.lap(Phase::Optimizer);
        apply_rules(&self.recipe.proximals, learning_rate, network);
        apply_rules(&self.recipe.constraints, learning_rate, network);
        network.layers.iter_mut().for_each(Layer::apply_mask);
        time.lap(Phase::Remedies);
    }

    /// Makes the buffers anew after units have left.
    fn fit_buffers(&mut self, network: &Network) {
        let fits = |(gradient, layer): (&Gradient, &Layer)| gradient.weights.dim() == layer.weights.dim();
        if !self.gradients.iter().zip(&network.layers).all(fits) {
            self.pass = Pass::new(network, self.batch_size);
            self.gradients = network.layers.iter().map(Gradient::zeros).collect();
        }
    }

    /// Loads the rows at these positions, and their targets.
    fn gather(&mut self, positions: &[usize]) {
        let train = &self.data.train;
        self.pass.load(self.team, positions.len(), |row, values| self.data.encode(train.rows[positions[row]], values));
        train.targets.choose(positions, &mut self.targets);
    }

    fn add_penalties(&mut self, network: &Network) {
        for penalty in &self.recipe.penalties {
            for (layer, gradient) in network.layers.iter().zip(&mut self.gradients) {
                for (weights, gradient) in layer.units().zip(gradient.units_mut()) {
                    penalty.add_gradient(weights, gradient);
                }
                if penalty.biases() {
                    for (bias, gradient) in layer.bias.iter().zip(gradient.bias.iter_mut()) {
                        penalty.add_gradient(std::slice::from_ref(bias), std::slice::from_mut(gradient));
                    }
                }
            }
        }
    }
}

/// Sets every gate that drops: a mask with a draw for each row, or, where hidden units leave for the whole batch, the scale of
/// those that stay. Inputs are masked either way.
fn draw_gates(dropout: &Dropout, network: &Network, rows: usize, moment: Moment, gates: &mut [Gate]) {
    for (index, (gate, &rate)) in gates.iter_mut().zip(&dropout.rates).enumerate() {
        if rate == 0.0 {
            continue;
        }
        let kept = if dropout.rescale == Rescale::Train { (1.0 / (1.0 - rate)) as f32 } else { 1.0 };
        let key = moment.key(Purpose::Dropout).layer(index);
        let units = network.layers[index].inputs();
        let panels = rows.div_ceil(PANEL);
        match (dropout.mask, index) {
            (MaskScope::Row, _) => gate.draw(key, rate, kept, panels * units * PANEL),
            (MaskScope::Batch, 0) => *gate = Gate::Mask(same_for_all(key, rate, kept, units).repeat(panels)),
            (MaskScope::Batch, _) => *gate = Gate::Scale(kept),
        }
    }
}

/// A panel of factors that are the same for every row: [units, 32].
fn same_for_all(key: StreamKey, rate: f64, kept: f32, units: usize) -> Vec<f32> {
    let mut stream = key.open();
    (0..units).flat_map(|_| [if stream.uniform() < rate { 0.0 } else { kept }; PANEL]).collect()
}

/// Scales the whole gradient down to `limit` where its norm is larger (PyTorch's `clip_grad_norm_`).
fn clip(gradients: &mut [Gradient], limit: f64) {
    /// Keeps the quotient finite (PyTorch's constant).
    const GUARD: f64 = 1e-6;
    let square = |values: &mut dyn Iterator<Item = &f32>| values.map(|&g| f64::from(g) * f64::from(g)).sum::<f64>();
    let norm = gradients.iter().map(|g| square(&mut g.weights.iter()) + square(&mut g.bias.iter())).sum::<f64>();
    let factor = limit / (libm::sqrt(norm) + GUARD);
    if factor < 1.0 {
        for gradient in gradients {
            gradient.weights.mapv_inplace(|g| g * factor as f32);
            gradient.bias.mapv_inplace(|g| g * factor as f32);
        }
    }
}

/// Applies each rule to the incoming weights of every unit, and to the biases where it holds for them.
fn apply_rules(rules: &[Box<dyn WeightRule>], learning_rate: f64, network: &mut Network) {
    for rule in rules {
        for layer in &mut network.layers {
            layer.units_mut().for_each(|unit| rule.apply(learning_rate, unit));
            if rule.biases() {
                layer.bias.iter_mut().for_each(|bias| rule.apply(learning_rate, std::slice::from_mut(bias)));
            }
        }
    }
}

//! One step of training: the recipe's order, executed.
//!
//! In: the positions of a batch among the training rows. Out: a network that has moved. See `recipe` for the order.

use super::displacement::Displacement;
use super::gating::Gating;
use super::masks::{Masks, Place};
use super::profile::{Phase, Stopwatch};
use super::rows::Rows;
use super::soft_targets::SoftTargets;
use super::thinning::Thinning;
use crate::data::{Targets, TrialData};
use crate::nn::{Gate, Gradient, Layer, Network, NormKind, Objective, Pass, Team, add_normal};
use crate::random::Purpose;
use crate::recipe::{Batch, Moment, Recipe};

/// Executes the steps of one trial.
pub(super) struct Stepper<'a> {
    team: &'a Team,
    rows: Rows<'a>,
    recipe: &'a Recipe,
    /// Trial and member, at step 0.
    origin: Moment,
    batch_size: usize,
    pass: Pass,
    gates: Vec<Gate>,
    masks: Option<Masks<'a>>,
    gradients: Vec<Gradient>,
    targets: Targets,
    soft: SoftTargets,
    /// Where the gradient is taken, if not at the weights.
    displacement: Option<Displacement>,
    /// The gates that are learnt, if there are any.
    gating: Option<Gating>,
}

impl<'a> Stepper<'a> {
    pub fn new(team: &'a Team, data: &'a TrialData, recipe: &'a Recipe, origin: Moment, network: &mut Network) -> Self {
        let rows = Rows::new(data, recipe, origin);
        let batch_size = recipe.train.batch_size.of(rows.count());
        if let Some(kind) = recipe.norm {
            network.normalize(kind);
        }
        let gating = Gating::install(recipe, network, origin);
        network.prepare(&recipe.train.optimizer);
        Self {
            team,
            recipe,
            origin,
            batch_size,
            pass: Pass::new(network, batch_size),
            gates: vec![Gate::Open; network.layers.len()],
            masks: Masks::new(recipe, rows.count().div_ceil(batch_size)),
            gradients: network.layers.iter().map(Gradient::zeros).collect(),
            targets: data.train.targets.none_of(),
            rows,
            soft: SoftTargets::new(recipe, data.outputs()),
            displacement: Displacement::new(recipe, network),
            gating,
        }
    }

    /// How many rows an epoch goes through.
    pub fn rows(&self) -> usize {
        self.rows.count()
    }

    pub fn steps_per_epoch(&self) -> usize {
        self.rows().div_ceil(self.batch_size)
    }

    /// The learning rate of step `batch` (from 0) of `epoch` (from 1).
    pub fn learning_rate(&self, epoch: usize, batch: usize) -> f64 {
        let train = &self.recipe.train;
        let stretch = self.recipe.stretch(epoch);
        let factor = train.schedule.factor(epoch - stretch.start, stretch.epochs, batch, self.steps_per_epoch());
        let cycle = self.recipe.cycle_factor(epoch, batch, self.steps_per_epoch());
        train.learning_rate * factor * cycle * self.recipe.rate_factor(epoch)
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
        let moment = self.origin.at(step);
        let learning_rate = self.learning_rate(epoch, batch);
        self.fit_buffers(network);

        self.gather(positions);
        time.lap(Phase::Gather);
        for transform in &self.recipe.batch_transforms {
            transform.apply(&mut Batch { inputs: self.pass.batch_mut(), targets: &mut self.targets }, moment);
        }
        self.soft.apply(&mut self.targets);
        if let Some(displacement) = &mut self.displacement {
            displacement.set(network, self.recipe.weight_noise, moment);
        }
        if let Some(gating) = &mut self.gating {
            gating.draw(gradient_point(None, self.displacement.as_ref(), network), network, moment);
        }
        let point = gradient_point(self.gating.as_ref(), self.displacement.as_ref(), network);
        let mut thinning = None;
        if let Some(masks) = &mut self.masks {
            let place = Place { epoch, batch, rows: positions.len() };
            masks.draw(point, place, moment, &mut self.gates);
            thinning = masks.thin(point, place, moment);
        }
        time.lap(Phase::Remedies);
        self.differentiate(network, thinning.as_mut(), time);
        self.pass.update_running_figures(network, None);
        if let Some(displacement) = self.displacement.as_mut().filter(|_| self.recipe.ascent > 0.0) {
            displacement.climb(self.recipe.ascent, &mut self.gradients);
            if let Some(thinning) = &mut thinning {
                thinning.follow(displacement.network());
            }
            time.lap(Phase::Remedies);
            self.differentiate(network, thinning.as_mut(), time);
        }
        if let Some(gating) = &mut self.gating {
            gating.split(gradient_point(None, self.displacement.as_ref(), network), &mut self.gradients);
            time.lap(Phase::Backward);
        }
        self.add_penalties(network);
        if let Some(limit) = self.recipe.train.gradient_clip {
            clip(&mut self.gradients, limit);
        }
        self.add_gradient_noise(moment);
        self.recipe.decays.iter().for_each(|rule| rule.apply(learning_rate, network));
        time.lap(Phase::Remedies);
        network.update(&self.recipe.train.optimizer, learning_rate, &self.gradients);
        if let Some(gating) = &mut self.gating {
            gating.update(self.recipe, learning_rate, network);
        }
        time.lap(Phase::Optimizer);
        self.recipe.proximals.iter().for_each(|rule| rule.apply(learning_rate, network));
        self.recipe.constraints.iter().for_each(|rule| rule.apply(learning_rate, network));
        network.layers.iter_mut().for_each(Layer::apply_mask);
        time.lap(Phase::Remedies);
    }

    /// The share that dropout has dropped so far in front of each layer; see [`Masks::dropped`].
    pub fn dropped(&self) -> Vec<Option<f64>> {
        self.masks.as_ref().map_or_else(|| vec![None; self.gates.len()], Masks::dropped)
    }

    /// The gradient of the loaded batch, at the point where it is to be taken, behind the gates that were drawn.
    fn differentiate(&mut self, network: &Network, thinning: Option<&mut Thinning>, time: &mut Stopwatch<'_>) {
        let point = gradient_point(self.gating.as_ref(), self.displacement.as_ref(), network);
        let objective = Objective {
            loss: self.recipe.loss,
            targets: &self.targets,
            row_weights: self.soft.row_weights(),
            activities: &self.recipe.activities,
        };
        if let Some(thinning) = thinning {
            thinning.gradients(self.team, &mut self.pass, &self.gates, &objective, &mut self.gradients);
        } else {
            self.pass.forward(self.team, point, &self.gates);
            time.lap(Phase::Forward);
            self.pass.backward(self.team, point, &self.gates, &objective, &mut self.gradients);
        }
        time.lap(Phase::Backward);
    }

    /// Makes batch norm's running figures those of the training rows in their order, without dropout, noise and changes of a
    /// batch: the mean of the batches' figures, as PyTorch's `update_bn` does it.
    pub fn renew_running_figures(&mut self, network: &mut Network) {
        if !network.norm().is_some_and(NormKind::is_batch) {
            return;
        }
        self.fit_buffers(network);
        let gates = vec![Gate::Open; network.layers.len()];
        let positions: Vec<usize> = (0..self.rows()).collect();
        // A last batch of a single row has no figures.
        let batches = positions.chunks(self.batch_size).filter(|batch| batch.len() > 1);
        for (seen, batch) in batches.enumerate() {
            self.gather(batch);
            self.pass.forward(self.team, network, &gates);
            self.pass.update_running_figures(network, Some(1.0 / (seen + 1) as f64));
        }
    }

    fn add_gradient_noise(&mut self, moment: Moment) {
        if self.recipe.gradient_noise > 0.0 {
            let layers = self.gradients.len();
            for (index, gradient) in self.gradients.iter_mut().enumerate() {
                let key = moment.key(Purpose::GradientNoise);
                // The streams of the biases are behind those of the weights, and so on.
                for (part, values) in gradient.parts_mut().enumerate() {
                    add_normal(key.layer(part * layers + index), self.recipe.gradient_noise, values);
                }
            }
        }
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
        self.pass.load(self.team, positions.len(), |row, values| self.rows.write(positions[row], values));
        self.rows.targets().choose(positions, &mut self.targets);
    }

    fn add_penalties(&mut self, network: &Network) {
        for penalty in &self.recipe.penalties {
            for (layer, gradient) in network.layers.iter().zip(&mut self.gradients) {
                for (weights, gradient) in layer.units().zip(gradient.units_mut()) {
                    penalty.add_gradient(weights, gradient);
                }
                if penalty.biases() {
                    let parts = layer.parts().zip(gradient.parts_mut()).skip(1);
                    for (bias, gradient) in parts.flat_map(|(values, gradients)| values.iter().zip(gradients)) {
                        penalty.add_gradient(std::slice::from_ref(bias), std::slice::from_mut(gradient));
                    }
                }
            }
        }
    }
}

/// Where the gradient is taken: behind the learnt gates, beside the weights, or at them.
fn gradient_point<'p>(
    gating: Option<&'p Gating>,
    displacement: Option<&'p Displacement>,
    network: &'p Network,
) -> &'p Network {
    match (gating, displacement) {
        (Some(gating), _) => gating.network(),
        (None, Some(displacement)) => displacement.network(),
        (None, None) => network,
    }
}

/// Scales the whole gradient down to `limit` where its norm is larger (PyTorch's `clip_grad_norm_`).
fn clip(gradients: &mut [Gradient], limit: f64) {
    /// Keeps the quotient finite (PyTorch's constant).
    const GUARD: f64 = 1e-6;
    let square = gradients.iter().map(Gradient::squared_norm).sum();
    let factor = limit / (libm::sqrt(square) + GUARD);
    if factor < 1.0 {
        for values in gradients.iter_mut().flat_map(Gradient::parts_mut).flatten() {
            *values *= factor as f32;
        }
    }
}

#[cfg(test)]
mod tests;

//! Dropout drawn: the gates of a step, and those of a sub-model.
//!
//! In: the rule of dropout, the network, the moment. Out: a gate in front of every layer, the network that is left where units
//! leave for a whole batch, and the count of what was dropped.

use super::thinning::Thinning;
use crate::nn::{Connections, Gate, Layer, Network, PANEL};
use crate::random::{Purpose, StreamKey};
use crate::recipe::{Dropout, DropoutKind, MaskScope, Moment, Recipe, Rescale};

/// Draws the gates of one trial.
pub(super) struct Masks<'a> {
    recipe: &'a Recipe,
    rule: &'a Dropout,
    steps_per_epoch: usize,
    /// Whether what is dropped for a whole batch leaves the computation. Where units are normalised it does not: under layer norm
    /// the others would give something else without it, and batch norm's running figures are those of all units.
    thins: bool,
    /// The rates of the epoch, before the schedule.
    settled: Vec<f64>,
    /// The rates of the step.
    rates: Vec<f64>,
    counts: Vec<Count>,
}

/// What became of the units (or connections) in front of a layer, each counted once for every row of every step.
#[derive(Debug, Clone, Copy, Default)]
struct Count {
    dropped: u64,
    all: u64,
}

/// The batch of a step.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    /// Its epoch, from 1.
    pub epoch: usize,
    /// Its number in the epoch, from 0.
    pub batch: usize,
    /// Its rows.
    pub rows: usize,
}

impl<'a> Masks<'a> {
    /// `None` where the recipe drops nothing.
    pub fn new(recipe: &'a Recipe, steps_per_epoch: usize) -> Option<Self> {
        let rule = recipe.dropout.as_ref()?;
        let counts = vec![Count::default(); rule.rates.len()];
        let thins = rule.mask == MaskScope::Batch && recipe.norm.is_none();
        Some(Self { recipe, rule, steps_per_epoch, thins, settled: Vec::new(), rates: Vec::new(), counts })
    }

    /// Sets every gate: a mask with a draw for each row or, where hidden units leave for the whole batch, the scale of those that
    /// stay. Inputs are masked either way.
    pub fn draw(&mut self, network: &Network, place: Place, moment: Moment, gates: &mut [Gate]) {
        // Structure changes between epochs only.
        if place.batch == 0 || self.settled.is_empty() {
            self.settled = self.recipe.dropout_rates(network);
        }
        let stretch = self.recipe.stretch(place.epoch);
        let factor = self.rule.schedule.factor(stretch, place.epoch, place.batch, self.steps_per_epoch);
        self.rates.clear();
        self.rates.extend(self.settled.iter().map(|rate| rate * factor));
        let panels = place.rows.div_ceil(PANEL);
        for (index, (gate, layer)) in gates.iter_mut().zip(&network.layers).enumerate() {
            let key = moment.key(Purpose::Dropout).layer(index);
            match self.rule.mask {
                MaskScope::Row => draw_for_rows(self.rule, self.rates[index], key, layer, panels, gate),
                MaskScope::Batch if index == 0 || !self.thins => {
                    draw_for_all(self.rule, self.rates[index], key, layer, panels, gate);
                }
                MaskScope::Batch => *gate = Gate::Scale(kept(self.rule, self.rates[index])),
            }
            let possible = match self.rule.kind {
                DropoutKind::Connect { .. } => layer.weights.len(),
                DropoutKind::Bernoulli | DropoutKind::Gaussian => layer.inputs(),
            };
            self.counts[index].all += (possible * place.rows) as u64;
            if self.rule.kind != DropoutKind::Gaussian {
                self.counts[index].dropped += gate.closed(layer.inputs(), place.rows);
            }
        }
    }

    /// The network of the units that stay for the whole batch, where they do so. Belongs to the gates drawn last.
    pub fn thin(&mut self, network: &Network, place: Place, moment: Moment) -> Option<Thinning> {
        let thinning = self.thins.then(|| Thinning::draw(&self.rates, network, moment))?;
        for (count, dropped) in self.counts[1..].iter_mut().zip(thinning.dropped(network)) {
            count.dropped += (dropped * place.rows) as u64;
        }
        Some(thinning)
    }

    /// The share of units (or connections) in front of each layer that was dropped, over all rows of all steps; nothing where
    /// there is no dropout, or only its noise.
    pub fn dropped(&self) -> Vec<Option<f64>> {
        let share = |(count, &rate): (&Count, &f64)| {
            let drops = rate > 0.0 && self.rule.kind != DropoutKind::Gaussian && count.all > 0;
            drops.then(|| count.dropped as f64 / count.all as f64)
        };
        self.counts.iter().zip(&self.rule.rates).map(share).collect()
    }
}

/// The gates of sub-model `number`: one thinned network, the same for all of `rows` rows, as training drew them at random; by
/// streams of their own, which do not depend on the number of rows. `None` where the recipe drops nothing.
///
/// The rates are those that were asked for, after what pruning took and without a schedule. What is kept is multiplied as in
/// training. Such gates take the place of [`super::evaluation_gates`] in a [`crate::nn::Pass`] over up to `rows` rows.
pub fn submodel_gates(recipe: &Recipe, network: &Network, rows: usize, seed: u64, number: u64) -> Option<Vec<Gate>> {
    let rule = recipe.dropout.as_ref()?;
    let key = StreamKey::new(seed, Purpose::Submodels).step(number);
    let rates = recipe.dropout_rates(network);
    let gate = |(index, (layer, &rate)): (usize, (&Layer, &f64))| {
        let mut gate = Gate::Open;
        draw_for_all(rule, rate, key.layer(index), layer, rows.div_ceil(PANEL), &mut gate);
        gate
    };
    Some(network.layers.iter().zip(&rates).enumerate().map(gate).collect())
}

/// By what is multiplied in training what is kept.
fn kept(rule: &Dropout, rate: f64) -> f32 {
    if rule.rescale == Rescale::Train { (1.0 / (1.0 - rate)) as f32 } else { 1.0 }
}

/// The standard deviation of gaussian dropout.
fn deviation(rate: f64) -> f64 {
    libm::sqrt(rate / (1.0 - rate))
}

/// A gate with a draw for each row.
fn draw_for_rows(rule: &Dropout, rate: f64, key: StreamKey, layer: &Layer, panels: usize, gate: &mut Gate) {
    let length = panels * layer.inputs() * PANEL;
    match rule.kind {
        _ if rate == 0.0 => *gate = Gate::Open,
        DropoutKind::Bernoulli => gate.draw(key, rate, kept(rule, rate), length),
        DropoutKind::Gaussian => gate.draw_normal(key, deviation(rate), length),
        DropoutKind::Connect { .. } => gate.draw_connections(key, rate, kept(rule, rate), layer, panels),
    }
}

/// A gate that is the same for every row.
fn draw_for_all(rule: &Dropout, rate: f64, key: StreamKey, layer: &Layer, panels: usize, gate: &mut Gate) {
    if rate == 0.0 {
        *gate = Gate::Open;
        return;
    }
    let (mut stream, kept) = (key.open(), kept(rule, rate));
    *gate = match rule.kind {
        DropoutKind::Connect { .. } => {
            let words = (0..layer.weights.len()).map(|_| if stream.uniform() < rate { 0 } else { u32::MAX });
            Gate::Connect(Connections::new(layer, kept, words.collect::<Vec<u32>>().repeat(panels)))
        }
        kind => {
            let mut factor = || match kind {
                DropoutKind::Gaussian => (1.0 + deviation(rate) * stream.normal()) as f32,
                _ if stream.uniform() < rate => 0.0,
                _ => kept,
            };
            let panel: Vec<f32> = (0..layer.inputs()).flat_map(|_| [factor(); PANEL]).collect();
            Gate::Mask(panel.repeat(panels))
        }
    };
}

#[cfg(test)]
mod tests;

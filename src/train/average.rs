//! The average of the networks of a training, which is handed out in their place.
//!
//! In: the network behind each step and each epoch. Out: the network that one would hand out if training ended there: the
//! average once it has begun, the network itself before. Means are kept in f64.

use crate::nn::Network;
use crate::recipe::{Average, Recipe};

/// The average of one trial.
pub(super) struct Averager<'a> {
    recipe: &'a Recipe,
    rule: Average,
    /// The mean so far, in the parts of the network.
    mean: Vec<Vec<f64>>,
    /// How many networks of epochs are in it.
    epochs: usize,
    /// The average as a network: of the structure that the trained network had behind the last epoch.
    network: Network,
}

impl<'a> Averager<'a> {
    /// `None` where the recipe averages nothing.
    pub fn new(recipe: &'a Recipe, network: &Network) -> Option<Self> {
        let rule = recipe.average?;
        Some(Self { recipe, rule, mean: numbers(network), epochs: 0, network: network.bare() })
    }

    /// Sees the network behind a step.
    pub fn step(&mut self, network: &Network) {
        if let Average::OfSteps { decay } = self.rule {
            self.approach(network, 1.0 - decay);
        }
    }

    /// Sees the network behind an epoch and its surgeries. The average has not been trained: `renew` makes batch norm's running
    /// figures its own.
    pub fn behind(&mut self, epoch: usize, network: &Network, renew: impl FnOnce(&mut Network)) {
        let restarts = self.recipe.stretch(epoch + 1).start == epoch;
        if restarts || !self.network.has_structure_of(network) {
            self.begin(network);
        } else if self.rule.takes(epoch, self.recipe.stretch(epoch)) {
            self.epochs += 1;
            match self.epochs {
                1 => self.mean = numbers(network),
                count => self.approach(network, 1.0 / count as f64),
            }
        }
        if self.has_begun() {
            for (values, mean) in self.network.parts_mut().zip(&self.mean) {
                values.iter_mut().zip(mean).for_each(|(value, &mean)| *value = mean as f32);
            }
            renew(&mut self.network);
        }
    }

    /// What the last epoch would hand out, where `network` is the one behind it.
    pub fn handed_out<'n>(&'n self, network: &'n Network) -> &'n Network {
        if self.has_begun() { &self.network } else { network }
    }

    /// As [`Self::handed_out`], at the end.
    pub fn into_handed_out(self, network: Network) -> Network {
        if self.has_begun() { self.network } else { network }
    }

    fn has_begun(&self) -> bool {
        match self.rule {
            Average::OfEpochs { .. } => self.epochs > 0,
            Average::OfSteps { .. } => true,
        }
    }

    /// Begins anew, as the network itself: what was averaged before had another structure or another training behind it.
    fn begin(&mut self, network: &Network) {
        self.mean = numbers(network);
        self.epochs = 0;
        self.network = network.bare();
    }

    /// Takes the mean this share of the way to the network.
    fn approach(&mut self, network: &Network, share: f64) {
        for (mean, values) in self.mean.iter_mut().zip(network.parts()) {
            mean.iter_mut().zip(values).for_each(|(mean, &value)| *mean += share * (f64::from(value) - *mean));
        }
    }
}

/// All parameters, in the parts of the network.
fn numbers(network: &Network) -> Vec<Vec<f64>> {
    network.parts().map(|part| part.iter().map(|&value| f64::from(value)).collect()).collect()
}

#[cfg(test)]
mod tests;

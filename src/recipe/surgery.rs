//! Changes of a network's structure in the course of training.

use std::fmt::Debug;

use super::{Moment, TrainingRows};
use crate::nn::{Loss, Network, Team};

/// A change of the network's structure for good.
pub trait Surgery: Debug + Send + Sync {
    /// Whether it operates after the updates of this epoch (0: before training).
    fn is_due(&self, epoch: usize) -> bool;
    /// The last epoch at which it is planned to operate; 0 where it waits for what training brings.
    fn last_epoch(&self) -> usize;
    /// The epochs behind which training begins anew, ascending: with a fresh optimizer and learning-rate schedule.
    fn restarts(&self) -> &[usize] {
        &[]
    }
    /// Operates.
    fn operate(&self, operation: &mut Operation<'_>);
}

/// What lies on the table of a surgery. It shows no row of validation or test.
#[derive(Debug)]
pub struct Operation<'a> {
    /// The network. Its units leave by [`Operation::remove_units`] only.
    pub network: &'a mut Network,
    /// The network before training, with the same units; there is one where the recipe has restarts.
    pub initial: Option<&'a mut Network>,
    /// The rows that it is trained on.
    pub rows: TrainingRows<'a>,
    /// The data loss.
    pub loss: Loss,
    /// The threads to work with.
    pub team: &'a Team,
    /// The epoch, as the step of the random streams.
    pub moment: Moment,
}

impl Operation<'_> {
    /// The epoch after whose updates the operation takes place.
    pub fn epoch(&self) -> usize {
        self.moment.step as usize
    }

    /// Takes units of a hidden layer out, of the initial network too.
    ///
    /// # Panics
    /// As [`Network::remove_units`] does.
    pub fn remove_units(&mut self, layer: usize, units: &[usize]) {
        self.network.remove_units(layer, units);
        if let Some(initial) = &mut self.initial {
            initial.remove_units(layer, units);
        }
    }

    /// Takes every weight and bias that is left back to its value before training.
    ///
    /// # Panics
    /// If there is no initial network: the surgery then has no restarts.
    pub fn rewind(&mut self) {
        let initial = self.initial.as_ref().expect("a recipe with restarts keeps the initial network");
        for (layer, initial) in self.network.layers.iter_mut().zip(&initial.layers) {
            layer.weights.assign(&initial.weights);
            layer.bias.assign(&initial.bias);
            layer.apply_mask();
        }
    }
}

/// A stretch of training with one optimizer state and one run of the learning-rate schedule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stretch {
    /// Epochs before it.
    pub start: usize,
    /// Its epochs.
    pub epochs: usize,
}

/// A change of the learning rate beside its schedule.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RateChange {
    /// It holds for all epochs behind this one.
    pub after_epoch: usize,
    /// By which the rate is multiplied.
    pub factor: f64,
}

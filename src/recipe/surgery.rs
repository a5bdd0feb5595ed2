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
    /// Bytes that an operation on this network takes for a while beside it.
    fn bytes(&self, network: &Network) -> usize {
        let _ = network;
        0
    }
    /// Multiplications that all its operations take, where they are more than a few passes over the rows: for what a trial is
    /// expected to cost. `network` is not trained yet; `rows` are the training rows.
    fn work(&self, network: &Network, rows: usize) -> f64 {
        let _ = (network, rows);
        0.0
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

    /// Takes every weight, bias and learnt gate that is left back to its value before training, and the normalisation with its
    /// running figures.
    ///
    /// # Panics
    /// If there is no initial network: the surgery then has no restarts.
    pub fn rewind(&mut self) {
        let initial = self.initial.as_ref().expect("a recipe with restarts keeps the initial network");
        for (layer, initial) in self.network.layers.iter_mut().zip(&initial.layers) {
            layer.weights.assign(&initial.weights);
            layer.bias.assign(&initial.bias);
            layer.gates.clone_from(&initial.gates);
            if let (Some(norm), Some(initial)) = (&mut layer.norm, &initial.norm) {
                norm.assign(initial);
            }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recipe::{Recipe, TrainSettings};

    /// A plan without an operation.
    #[derive(Debug)]
    struct Planned {
        last: usize,
        restarts: Vec<usize>,
    }

    impl Surgery for Planned {
        fn is_due(&self, epoch: usize) -> bool {
            epoch == self.last
        }

        fn last_epoch(&self) -> usize {
            self.last
        }

        fn restarts(&self) -> &[usize] {
            &self.restarts
        }

        fn operate(&self, _: &mut Operation<'_>) {}
    }

    /// A recipe of 30 epochs with surgeries that restart behind these epochs.
    fn recipe(restarts: &[&[usize]]) -> Recipe {
        let train: TrainSettings = serde_json::from_value(serde_json::json!({
            "epochs": 30, "batch_size": 1, "optimizer": { "kind": "sgd" }, "learning_rate": 1.0,
            "schedule": { "kind": "constant", "warmup": 0.0 }, "shuffle": true,
        }))
        .expect("settings of a training");
        let mut recipe = Recipe::new(train, Loss::HalfMse);
        for restarts in restarts {
            let last = restarts.last().copied().unwrap_or(25);
            recipe.surgeries.push(Box::new(Planned { last, restarts: restarts.to_vec() }));
        }
        recipe
    }

    fn stretches(recipe: &Recipe, epochs: [usize; 4]) -> [(usize, usize); 4] {
        epochs.map(|epoch| recipe.stretch(epoch)).map(|stretch| (stretch.start, stretch.epochs))
    }

    #[test]
    fn without_a_restart_the_training_is_one_stretch() {
        assert_eq!(stretches(&recipe(&[]), [1, 2, 29, 30]), [(0, 30); 4]);
        assert_eq!(stretches(&recipe(&[&[]]), [1, 2, 29, 30]), [(0, 30); 4]);
    }

    #[test]
    fn a_stretch_begins_behind_a_restart_and_ends_with_the_next() {
        let recipe = recipe(&[&[10, 24]]);
        assert_eq!(stretches(&recipe, [1, 10, 11, 24]), [(0, 10), (0, 10), (10, 14), (10, 14)]);
        assert_eq!(stretches(&recipe, [25, 26, 29, 30]), [(24, 6); 4]);
    }

    #[test]
    fn the_restarts_of_all_surgeries_count_and_the_last_of_them_is_the_last() {
        let recipe = recipe(&[&[], &[20], &[5]]);
        assert_eq!(stretches(&recipe, [5, 6, 20, 21]), [(0, 5), (5, 15), (5, 15), (20, 10)]);
        assert_eq!(recipe.last_surgery(), 25);
    }

    #[test]
    fn the_changes_of_the_rate_behind_an_epoch_multiply() {
        let mut recipe = recipe(&[]);
        recipe.rate_changes.push(RateChange { after_epoch: 4, factor: 0.5 });
        recipe.rate_changes.push(RateChange { after_epoch: 8, factor: 0.1 });
        assert_eq!([1, 4, 5, 8, 9].map(|epoch| recipe.rate_factor(epoch)), [1.0, 1.0, 0.5, 0.5, 0.5 * 0.1]);
    }
}

//! The eye on training and validation: when to stop, and which networks to keep.
//!
//! In: the training and validation scores of each epoch. Out: stop or go on, the best epoch, the networks to restore. Test
//! figures never come here.

use super::history::Scores;
use super::member::Candidate;
use crate::nn::Ensemble;
use crate::recipe::{Monitor, Recipe, Stopping};
use crate::stopping::{Errors, lowest};

/// What follows from an epoch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    Continue,
    Stop,
}

/// The figures that count, and the best ensemble so far.
pub(super) struct Watch {
    stopping: Option<Stopping>,
    /// The first epoch that counts: behind epoch 0, and not before the last structural change.
    first: usize,
    /// The validation losses from that epoch on.
    losses: Vec<f64>,
    monitored: Monitored,
    best: Option<(usize, Ensemble)>,
}

/// What the stopping rule sees.
struct Monitored {
    figure: Monitor,
    /// The first epoch that it sees.
    first: usize,
    training: Vec<f64>,
    validation: Vec<f64>,
}

impl Watch {
    pub fn new(recipe: &Recipe) -> Self {
        let first = recipe.last_surgery().max(1);
        let monitored = Monitored {
            figure: recipe.stopping.map_or(Monitor::ValidationLoss, |stopping| stopping.monitor),
            first: recipe.stopping.map_or(first, |stopping| stopping.start_epoch.max(first)),
            training: Vec::new(),
            validation: Vec::new(),
        };
        Self { stopping: recipe.stopping, first, losses: Vec::new(), monitored, best: None }
    }

    /// Sees an epoch, behind which these networks would be handed out.
    pub fn see(
        &mut self,
        epoch: usize,
        training: &Scores,
        validation: Option<&Scores>,
        handed_out: &[Candidate<'_>],
    ) -> Verdict {
        let Some(validation) = validation.filter(|_| epoch >= self.first) else { return Verdict::Continue };
        self.losses.push(validation.loss());
        if epoch < self.monitored.first {
            return Verdict::Continue;
        }
        self.monitored.see(training, validation);
        let Some(stopping) = self.stopping else { return Verdict::Continue };
        let errors = self.monitored.errors();
        if stopping.restore_best && stopping.criterion.best(errors.validation) == Some(errors.validation.len() - 1) {
            self.best = Some((
                epoch,
                Ensemble { members: handed_out.iter().map(|candidate| candidate.network.clone()).collect() },
            ));
        }
        if stopping.criterion.stops_at(errors).is_some() { Verdict::Stop } else { Verdict::Continue }
    }

    /// The epoch of the best monitored validation figure, of the lowest loss where no rule monitors another.
    pub fn best_epoch(&self) -> Option<usize> {
        lowest(&self.monitored.validation).map(|index| self.monitored.first + index)
    }

    /// The epoch of the lowest validation loss among those that count.
    pub fn onset_epoch(&self) -> Option<usize> {
        lowest(&self.losses).map(|index| self.first + index)
    }

    /// The networks to go back to, and its epoch, where the recipe asks for that.
    pub fn restored(self) -> Option<(usize, Ensemble)> {
        self.best
    }
}

impl Monitored {
    fn see(&mut self, training: &Scores, validation: &Scores) {
        self.training.push(error(self.figure, training));
        self.validation.push(error(self.figure, validation));
    }

    fn errors(&self) -> Errors<'_> {
        Errors { training: &self.training, validation: &self.validation }
    }
}

/// A figure as an error, which falls when things get better.
fn error(figure: Monitor, scores: &Scores) -> f64 {
    match figure {
        Monitor::ValidationLoss => scores.loss(),
        Monitor::ValidationAccuracy => 1.0 - scores.accuracy(),
    }
}

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::*;
    use crate::data::Task;
    use crate::nn::{Activation, Layer, Loss, Network};
    use crate::recipe::TrainSettings;
    use crate::stopping::Criterion;

    /// The epochs of the best figure, of the lowest loss and of the network that is restored, for validation losses and
    /// accuracies from epoch 1 on. The only weight of the network is the number of the epoch.
    fn watched(start_epoch: usize, monitor: Monitor, validation: &[[f64; 2]]) -> [Option<usize>; 3] {
        let train: TrainSettings = serde_json::from_value(serde_json::json!({
            "epochs": 9, "batch_size": 1, "optimizer": { "kind": "sgd" }, "learning_rate": 1.0,
            "schedule": { "kind": "constant", "warmup": 0.0 }, "shuffle": true,
        }))
        .unwrap();
        let mut recipe = Recipe::new(train, Loss::new(None, Task::Classification));
        let criterion = Criterion::Patience { patience: 100, min_delta: 0.0 };
        recipe.stopping = Some(Stopping { criterion, monitor, start_epoch, restore_best: true });
        let mut watch = Watch::new(&recipe);
        for (index, scores) in validation.iter().enumerate() {
            let scores = Scores(scores.to_vec());
            let network = Network::new(vec![Layer::new(array![[(index + 1) as f32]], array![0.0])], Activation::Relu);
            assert_eq!(
                watch.see(index + 1, &scores, Some(&scores), &[Candidate { network: &network, penalty: 0.0 }]),
                Verdict::Continue
            );
        }
        let (best, onset) = (watch.best_epoch(), watch.onset_epoch());
        let restored = watch.restored().map(|(epoch, ensemble)| {
            assert_eq!(ensemble.members[0].layers[0].weights[[0, 0]], epoch as f32);
            epoch
        });
        [best, onset, restored]
    }

    const SCORES: [[f64; 2]; 5] = [[0.3, 0.5], [0.1, 0.6], [0.2, 0.9], [0.4, 0.9], [0.3, 0.7]];

    #[test]
    fn the_lowest_loss_and_the_highest_accuracy_have_epochs_of_their_own() {
        assert_eq!(watched(1, Monitor::ValidationLoss, &SCORES), [Some(2), Some(2), Some(2)]);
        assert_eq!(watched(1, Monitor::ValidationAccuracy, &SCORES), [Some(3), Some(2), Some(3)]);
    }

    #[test]
    fn epochs_before_the_start_are_not_monitored_but_count_for_the_onset() {
        assert_eq!(watched(4, Monitor::ValidationLoss, &SCORES), [Some(5), Some(2), Some(5)]);
        assert_eq!(watched(4, Monitor::ValidationAccuracy, &SCORES), [Some(4), Some(2), Some(4)]);
        assert_eq!(watched(6, Monitor::ValidationLoss, &SCORES), [None, Some(2), None]);
    }
}

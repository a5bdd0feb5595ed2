//! The eye on training and validation: when to stop, and which network to keep.
//!
//! In: the validation scores of each epoch. Out: stop or go on, the best epoch, the network to restore. Test figures never
//! come here.

use super::history::Scores;
use crate::nn::Network;
use crate::recipe::{Recipe, Stopping};
use crate::stopping::lowest;

/// What follows from an epoch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    Continue,
    Stop,
}

/// The validation losses that count, and the best network so far.
pub(super) struct Watch {
    stopping: Option<Stopping>,
    /// The first epoch that counts: behind epoch 0, and not before the last structural change.
    first: usize,
    losses: Vec<f64>,
    best: Option<(usize, Network)>,
}

impl Watch {
    pub fn new(recipe: &Recipe) -> Self {
        Self { stopping: recipe.stopping, first: recipe.last_surgery().max(1), losses: Vec::new(), best: None }
    }

    /// Sees an epoch.
    pub fn see(&mut self, epoch: usize, validation: Option<&Scores>, network: &Network) -> Verdict {
        let Some(validation) = validation.filter(|_| epoch >= self.first) else { return Verdict::Continue };
        self.losses.push(validation.loss());
        let Some(stopping) = self.stopping else { return Verdict::Continue };
        if stopping.restore_best && stopping.criterion.best(&self.losses) == Some(self.losses.len() - 1) {
            self.best = Some((epoch, network.clone()));
        }
        if stopping.criterion.stops_at(&self.losses).is_some() { Verdict::Stop } else { Verdict::Continue }
    }

    /// The epoch of the lowest validation loss among those that count.
    pub fn onset_epoch(&self) -> Option<usize> {
        lowest(&self.losses).map(|index| self.first + index)
    }

    /// The network to go back to, and its epoch, where the recipe asks for that.
    pub fn restored(self) -> Option<(usize, Network)> {
        self.best
    }
}

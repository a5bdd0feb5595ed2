//! Where surgeries operate.
//!
//! In: a network behind the updates of an epoch. Out: the network changed by the surgeries that are due. They see training
//! rows only.

use crate::data::TrialData;
use crate::nn::{Network, Team};
use crate::recipe::{Moment, Operation, Recipe, TrainingRows};

/// What surgeries need beside the network.
pub(super) struct Theatre<'a> {
    team: &'a Team,
    rows: TrainingRows<'a>,
    recipe: &'a Recipe,
    seed: u64,
    /// The network before training, where the recipe goes back to it.
    initial: Option<Network>,
}

impl<'a> Theatre<'a> {
    /// `network` is not trained yet.
    pub fn new(team: &'a Team, data: &'a TrialData, recipe: &'a Recipe, seed: u64, network: &Network) -> Self {
        let goes_back = recipe.surgeries.iter().any(|surgery| !surgery.restarts().is_empty());
        let initial = goes_back.then(|| network.clone());
        Self { team, rows: TrainingRows::of(data), recipe, seed, initial }
    }

    /// Lets the surgeries operate that are due after the updates of `epoch`; where training begins anew behind it, the
    /// optimizer forgets.
    pub fn operate(&mut self, network: &mut Network, epoch: usize) {
        for surgery in self.recipe.surgeries.iter().filter(|surgery| surgery.is_due(epoch)) {
            surgery.operate(&mut Operation {
                network,
                initial: self.initial.as_mut(),
                rows: self.rows,
                loss: self.recipe.loss,
                team: self.team,
                moment: Moment { seed: self.seed, step: epoch as u64 },
            });
            if surgery.restarts().contains(&epoch) {
                network.forget();
            }
        }
    }
}

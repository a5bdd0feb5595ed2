//! One network in training: its weights, and all that moves them.
//!
//! In: the rows that it is trained on, a recipe, the streams of its trial and member. Out: the network (of snapshots, networks)
//! that one would hand out if training ended behind an epoch. Most trials have one member; those of an ensemble know nothing of
//! each other.

use std::time::Instant;

use super::average::Averager;
use super::evaluate::penalty;
use super::profile::{Phase, Stopwatch};
use super::step::Stepper;
use super::theatre::Theatre;
use super::{Control, Interrupted};
use crate::data::TrialData;
use crate::nn::{Network, Team};
use crate::random::Purpose;
use crate::recipe::{Moment, Recipe};

/// A network that one would hand out.
#[derive(Clone, Copy)]
pub(super) struct Candidate<'n> {
    /// With learnt gates and batch norm in its weights.
    pub network: &'n Network,
    /// The penalties on the weights that it was trained with.
    pub penalty: f64,
}

/// The network as it was behind a cycle.
struct Snapshot {
    network: Network,
    penalty: f64,
}

/// A network in training.
pub(super) struct Member<'a> {
    recipe: &'a Recipe,
    /// Trial and member, at step 0.
    origin: Moment,
    network: Network,
    stepper: Stepper<'a>,
    /// The positions of the rows, in the order of the epoch.
    order: Vec<usize>,
    theatre: Theatre<'a>,
    average: Option<Averager<'a>>,
    /// What would be handed out, with its learnt gates and batch norm in its weights, where it has such.
    folded: Option<Network>,
    /// The network as it was behind the cycles of its learning rate, the oldest first.
    snapshots: Vec<Snapshot>,
    /// Whether what is handed out is not what it was behind the epoch before.
    is_new: bool,
}

impl<'a> Member<'a> {
    /// The member at epoch 0, behind the surgeries that are due there. `data` are the rows that it is trained on.
    pub fn new(team: &'a Team, data: &'a TrialData, recipe: &'a Recipe, origin: Moment, mut network: Network) -> Self {
        let stepper = Stepper::new(team, data, recipe, origin, &mut network);
        let mut theatre = Theatre::new(team, data, recipe, origin, &network);
        theatre.operate(&mut network, 0);
        Self {
            recipe,
            origin,
            order: (0..stepper.rows()).collect(),
            theatre,
            average: Averager::new(recipe, &network),
            folded: network.folded(),
            snapshots: Vec::new(),
            is_new: true,
            stepper,
            network,
        }
    }

    /// Takes the steps of an epoch, and says how many seconds they took.
    ///
    /// # Errors
    /// If training is called off.
    pub fn train(&mut self, epoch: usize, control: Control<'_>, time: &mut Stopwatch<'_>) -> Result<f64, Interrupted> {
        if self.recipe.train.shuffle {
            self.order.iter_mut().enumerate().for_each(|(position, place)| *place = position);
            self.origin.at(epoch as u64).key(Purpose::BatchOrder).open().shuffle(&mut self.order);
        }
        time.lap(Phase::Gather);
        let start = Instant::now();
        for batch in 0..self.stepper.steps_per_epoch() {
            if control.is_cancelled() {
                return Err(Interrupted);
            }
            self.stepper.step(&mut self.network, &self.order, epoch, batch, time);
            if let Some(average) = &mut self.average {
                average.step(&self.network);
                time.lap(Phase::Remedies);
            }
        }
        Ok(start.elapsed().as_secs_f64())
    }

    /// Lets the surgeries operate that are due behind the steps of an epoch, and settles what is handed out there.
    pub fn settle(&mut self, epoch: usize) {
        self.theatre.operate(&mut self.network, epoch);
        if let Some(average) = &mut self.average {
            average.behind(epoch, &self.network, |average| self.stepper.renew_running_figures(average));
        }
        self.folded = self.unfolded().folded();
        let takes_snapshot = self.recipe.takes_snapshot(epoch);
        if takes_snapshot {
            let Candidate { network, penalty } = self.alone();
            let snapshot = Snapshot { network: network.bare(), penalty };
            self.snapshots.push(snapshot);
        }
        self.is_new = takes_snapshot || self.snapshots.is_empty();
    }

    /// Whether what is handed out is not what it was behind the epoch before.
    pub fn is_new(&self) -> bool {
        self.is_new
    }

    /// What one would hand out if training ended here: at least one network.
    pub fn handed_out(&self) -> Vec<Candidate<'_>> {
        match self.snapshots.is_empty() {
            true => vec![self.alone()],
            false => {
                self.snapshots.iter().map(|&Snapshot { ref network, penalty }| Candidate { network, penalty }).collect()
            }
        }
    }

    /// The network that one would hand out alone. Penalties are on its weights in front of the gates.
    fn alone(&self) -> Candidate<'_> {
        let unfolded = self.unfolded();
        Candidate { network: self.folded.as_ref().unwrap_or(unfolded), penalty: penalty(self.recipe, unfolded) }
    }

    /// The network that one would hand out alone, with its gates and batch norm beside its weights.
    fn unfolded(&self) -> &Network {
        self.average.as_ref().map_or(&self.network, |average| average.handed_out(&self.network))
    }

    /// As [`Self::handed_out`], at the end.
    pub fn into_handed_out(self) -> Vec<Network> {
        if !self.snapshots.is_empty() {
            return self.snapshots.into_iter().map(|snapshot| snapshot.network).collect();
        }
        match (self.folded, self.average) {
            (Some(folded), _) => vec![folded],
            (None, Some(average)) => vec![average.into_handed_out(self.network)],
            (None, None) => vec![self.network],
        }
    }

    /// The learning rate of the last step of an epoch (from 1), of the first one for epoch 0.
    pub fn learning_rate(&self, epoch: usize) -> f64 {
        match epoch {
            0 => self.stepper.learning_rate(1, 0),
            _ => self.stepper.learning_rate(epoch, self.stepper.steps_per_epoch() - 1),
        }
    }

    /// The share that dropout has dropped so far in front of each layer; nothing where it drops none. `[layers]`
    pub fn dropped(&self) -> Vec<Option<f64>> {
        self.stepper.dropped()
    }
}

#[cfg(test)]
mod tests;

//! The one epoch loop: a recipe is executed on the rows of a trial.
//!
//! In: a trial's data, networks at epoch 0, a recipe, a seed. Out: an [`Outcome`]: the metrics epoch by epoch, the chosen
//! epoch and what is handed out there: mostly one network, which is the average of the trained ones where the recipe asks for
//! that, or several that vote. Members of an ensemble are trained one after the other within each epoch. No remedy is known here,
//! and nothing of the test rows flows into a decision: what decides sees the watch, which is fed with training and validation
//! figures only.

mod activity_sums;
mod average;
mod bootstrap;
mod committee;
mod displacement;
mod evaluate;
mod gating;
mod history;
mod masks;
pub mod measures;
mod member;
mod predictions;
mod profile;
mod rows;
mod soft_targets;
mod step;
mod theatre;
mod thinning;
mod watch;

use std::sync::atomic::{AtomicBool, Ordering};

use ndarray::{Array, Dimension};
use thiserror::Error;

pub use evaluate::evaluation_gates;
pub use history::{EpochRow, Finals, History, Scores, metric_names};
pub use masks::submodel_gates;
pub use profile::{Phase, Profile};

use crate::data::TrialData;
use crate::nn::{Ensemble, Network, Team};
use crate::recipe::{Moment, Recipe};
use bootstrap::bags;
use evaluate::Evaluator;
use member::{Candidate, Member};
use profile::Stopwatch;
use watch::{Verdict, Watch};

/// How a trial ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// All epochs were trained.
    Completed,
    /// Early stopping ended it.
    StoppedEarly,
    /// A loss was no longer finite; the history ends before.
    Diverged,
}

/// What training gave.
#[derive(Debug)]
pub struct Outcome {
    /// How it ended.
    pub ending: Ending,
    /// The metrics epoch by epoch, from epoch 0.
    pub history: History,
    /// The epoch whose weights the trial ends with.
    pub chosen_epoch: usize,
    /// The epoch of the best monitored validation value: a diagnosis, which selects nothing.
    pub best_epoch: Option<usize>,
    /// The epoch of the lowest validation loss, behind which the network overfits.
    pub onset_epoch: Option<usize>,
    /// The share of units (or connections) in front of each layer that dropout dropped, counted over all rows of all steps;
    /// nothing where it drops none. Of several networks the mean. `[layers]`
    pub dropped: Vec<Option<f64>>,
    /// The seconds that the steps of each epoch took, those of all networks, from epoch 1: neither surgeries nor metrics. By
    /// the clock, so that no two runs agree on it: nothing that is to be reproducible may follow from it.
    pub epoch_seconds: Vec<f64>,
    /// What of a classification is measured once, at the chosen epoch; nothing of a diverged trial.
    pub finals: Option<Finals>,
    /// What is handed out: the network of the chosen epoch, or several that vote; of a diverged trial what diverged, which is
    /// of no use.
    pub ensemble: Ensemble,
}

impl Outcome {
    /// The row of the chosen epoch.
    pub fn chosen(&self) -> &EpochRow {
        &self.history.rows[self.chosen_epoch]
    }
}

/// Training was called off from outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("interrupted")]
pub struct Interrupted;

/// The way to and from the one who waits for a trial.
#[derive(Clone, Copy)]
pub struct Control<'a> {
    /// Each may be set from outside to call the training off.
    pub cancelled: &'a [&'a AtomicBool],
    /// Called after each epoch with its number.
    pub on_epoch: &'a (dyn Fn(usize) + Sync),
    /// Where the time is noted, if it is to be known.
    pub profile: Option<&'a Profile>,
}

impl Control<'_> {
    /// Whether the training was called off.
    fn is_cancelled(&self) -> bool {
        self.cancelled.iter().any(|flag| flag.load(Ordering::Relaxed))
    }
}

/// Trains the networks of `initial`, one for each member of the recipe, by the threads of `team`. `seed` opens the random streams.
///
/// # Errors
/// If training is called off.
///
/// # Panics
/// If there are not as many networks as the recipe has members.
pub fn train(
    team: &Team,
    data: &TrialData,
    initial: Ensemble,
    recipe: &Recipe,
    seed: u64,
    control: Control<'_>,
) -> Result<Outcome, Interrupted> {
    assert_eq!(initial.members.len(), recipe.members(), "each member begins with a network of its own");
    let mut history = History::new(data.task());
    let mut watch = Watch::new(recipe);
    let mut evaluator = Evaluator::new(team, data, recipe, &initial.members[0]);
    let mut time = Stopwatch::start(control.profile);
    let bags = bags(data, recipe, seed);
    let member = |(number, network): (usize, Network)| {
        let origin = Moment { seed, member: number as u32, step: 0 };
        Member::new(team, bags.get(number).unwrap_or(data), recipe, origin, network)
    };
    let mut members: Vec<Member<'_>> = initial.members.into_iter().enumerate().map(member).collect();

    history.push(evaluator.measure(&handed_out(&members), 0, members[0].learning_rate(0)));
    time.lap(Phase::Evaluation);
    let (mut ending, epochs) = match history.last().losses_are_finite() {
        true => (Ending::Completed, recipe.train.epochs),
        false => (Ending::Diverged, 0),
    };
    let mut epoch_seconds = Vec::new();
    for epoch in 1..=epochs {
        let mut seconds = 0.0;
        for member in &mut members {
            seconds += member.train(epoch, control, &mut time)?;
            member.settle(epoch);
            time.lap(Phase::Remedies);
        }
        let (handed_out, learning_rate) = (handed_out(&members), members[0].learning_rate(epoch));
        // Mostly the last epoch is the chosen one, whose predictions need not be made twice.
        evaluator.keep_predictions(epoch == epochs);
        let row = match members.iter().any(Member::is_new) {
            true => evaluator.measure(&handed_out, epoch, learning_rate),
            false => EpochRow { epoch, learning_rate, ..history.last().clone() },
        };
        time.lap(Phase::Evaluation);
        if !row.losses_are_finite() {
            ending = Ending::Diverged;
            break;
        }
        let verdict = watch.see(epoch, &row.train, row.validation.as_ref(), &handed_out);
        history.push(row);
        epoch_seconds.push(seconds);
        (control.on_epoch)(epoch);
        if verdict == Verdict::Stop {
            ending = Ending::StoppedEarly;
            break;
        }
    }
    let (best_epoch, onset_epoch) = (watch.best_epoch(), watch.onset_epoch());
    let dropped = mean_dropped(&members);
    let (chosen_epoch, ensemble) = watch.restored().unwrap_or_else(|| {
        let networks = members.into_iter().flat_map(Member::into_handed_out).collect();
        (history.last().epoch, Ensemble { members: networks })
    });
    let finals = (ending != Ending::Diverged).then(|| {
        let networks: Vec<&Network> = ensemble.members.iter().collect();
        evaluator.finals(&networks, chosen_epoch == history.last().epoch)
    });
    time.lap(Phase::Evaluation);
    let finals = finals.flatten();
    Ok(Outcome { ending, history, chosen_epoch, best_epoch, onset_epoch, dropped, epoch_seconds, finals, ensemble })
}

/// What one would hand out if training ended here, member by member.
fn handed_out<'m>(members: &'m [Member<'_>]) -> Vec<Candidate<'m>> {
    members.iter().flat_map(Member::handed_out).collect()
}

/// The share that dropout has dropped in front of each layer, the mean over the members. `[layers]`
fn mean_dropped(members: &[Member<'_>]) -> Vec<Option<f64>> {
    let all: Vec<_> = members.iter().map(Member::dropped).collect();
    let mean = |layer: usize| {
        let sum: Option<f64> = all.iter().map(|shares| shares[layer]).sum();
        sum.map(|sum| sum / all.len() as f64)
    };
    (0..all[0].len()).map(mean).collect()
}

/// The numbers of weights, biases or their gradients, which never lie otherwise than one behind the other.
fn slice_mut<D: Dimension>(values: &mut Array<f32, D>) -> &mut [f32] {
    values.as_slice_mut().expect("weights and gradients are kept row by row")
}

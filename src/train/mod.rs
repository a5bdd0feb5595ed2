//! The one epoch loop: a recipe is executed on the rows of a trial.
//!
//! In: a trial's data, a network at epoch 0, a recipe, a seed. Out: an [`Outcome`]: the metrics epoch by epoch, the chosen
//! epoch and its network, which is the average of the trained ones where the recipe asks for that. No remedy is known here,
//! and nothing of the test rows flows into a decision: what decides sees the watch, which is fed with training and validation
//! figures only.

mod activity_sums;
mod average;
mod displacement;
mod evaluate;
mod gating;
mod history;
mod masks;
pub mod measures;
mod profile;
mod rows;
mod soft_targets;
mod step;
mod theatre;
mod thinning;
mod watch;

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use ndarray::{Array, Dimension};
use thiserror::Error;

pub use evaluate::evaluation_gates;
pub use history::{EpochRow, History, Scores, metric_names};
pub use masks::submodel_gates;
pub use profile::{Phase, Profile};

use crate::data::TrialData;
use crate::nn::{Network, Team};
use crate::random::{Purpose, StreamKey};
use crate::recipe::Recipe;
use average::Averager;
use evaluate::Evaluator;
use profile::Stopwatch;
use step::Stepper;
use theatre::Theatre;
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

/// What training one network gave.
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
    /// nothing where it drops none. `[layers]`
    pub dropped: Vec<Option<f64>>,
    /// The seconds that the steps of each epoch took, from epoch 1: neither surgeries nor metrics. By the clock, so that no
    /// two runs agree on it: nothing that is to be reproducible may follow from it.
    pub epoch_seconds: Vec<f64>,
    /// The network of the chosen epoch; of a diverged trial the one that diverged, which is of no use.
    pub network: Network,
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

/// Trains `network` as `recipe` says, by the threads of `team`. `seed` opens the random streams.
pub fn train(
    team: &Team,
    data: &TrialData,
    mut network: Network,
    recipe: &Recipe,
    seed: u64,
    control: Control<'_>,
) -> Result<Outcome, Interrupted> {
    let epochs = recipe.train.epochs;
    let mut history = History::new(data.task());
    let mut watch = Watch::new(recipe);
    let mut evaluator = Evaluator::new(team, data, recipe, &network);
    let mut stepper = Stepper::new(team, data, recipe, seed, &mut network);
    let mut order: Vec<usize> = (0..stepper.rows()).collect();
    let mut ending = Ending::Completed;

    let mut time = Stopwatch::start(control.profile);
    let mut theatre = Theatre::new(team, data, recipe, seed, &network);
    theatre.operate(&mut network, 0);
    let mut average = Averager::new(recipe, &network);
    history.push(evaluator.measure(&network, network.folded().as_ref(), 0, stepper.learning_rate(1, 0)));
    time.lap(Phase::Evaluation);
    if !history.last().losses_are_finite() {
        return Ok(Outcome {
            ending: Ending::Diverged,
            history,
            chosen_epoch: 0,
            best_epoch: None,
            onset_epoch: None,
            dropped: stepper.dropped(),
            epoch_seconds: Vec::new(),
            network,
        });
    }
    let mut epoch_seconds = Vec::new();
    for epoch in 1..=epochs {
        if recipe.train.shuffle {
            order.iter_mut().enumerate().for_each(|(position, place)| *place = position);
            StreamKey::new(seed, Purpose::BatchOrder).step(epoch as u64).open().shuffle(&mut order);
        }
        time.lap(Phase::Gather);
        let start = Instant::now();
        for batch in 0..stepper.steps_per_epoch() {
            if control.cancelled.iter().any(|flag| flag.load(Ordering::Relaxed)) {
                return Err(Interrupted);
            }
            stepper.step(&mut network, &order, epoch, batch, &mut time);
            if let Some(average) = &mut average {
                average.step(&network);
                time.lap(Phase::Remedies);
            }
        }
        let seconds = start.elapsed().as_secs_f64();
        theatre.operate(&mut network, epoch);
        let handed_out = match &mut average {
            Some(average) => average.behind(epoch, &network),
            None => &network,
        };
        let folded = handed_out.folded();
        time.lap(Phase::Remedies);
        let last_rate = stepper.learning_rate(epoch, stepper.steps_per_epoch() - 1);
        let row = evaluator.measure(handed_out, folded.as_ref(), epoch, last_rate);
        time.lap(Phase::Evaluation);
        if !row.losses_are_finite() {
            ending = Ending::Diverged;
            break;
        }
        let verdict = watch.see(epoch, &row.train, row.validation.as_ref(), folded.as_ref().unwrap_or(handed_out));
        history.push(row);
        epoch_seconds.push(seconds);
        (control.on_epoch)(epoch);
        if verdict == Verdict::Stop {
            ending = Ending::StoppedEarly;
            break;
        }
    }
    let network = match average {
        Some(average) => average.into_handed_out(network),
        None => network,
    };
    let (best_epoch, onset_epoch) = (watch.best_epoch(), watch.onset_epoch());
    let network = network.folded().unwrap_or(network);
    let (chosen_epoch, network) = watch.restored().unwrap_or((history.last().epoch, network));
    let dropped = stepper.dropped();
    Ok(Outcome { ending, history, chosen_epoch, best_epoch, onset_epoch, dropped, epoch_seconds, network })
}

/// The numbers of weights, biases or their gradients, which never lie otherwise than one behind the other.
fn slice_mut<D: Dimension>(values: &mut Array<f32, D>) -> &mut [f32] {
    values.as_slice_mut().expect("weights and gradients are kept row by row")
}

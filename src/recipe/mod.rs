//! What training shall do: a plain description with a slot for each kind of contribution.
//!
//! In: what the remedies write. Out: a [`Recipe`], which the training loop executes without knowing any remedy.
//!
//! Before the first step, `row_transforms` add rows to those that training goes through, each looking at the rows of the
//! data alone.
//!
//! # The order of a step
//!
//! 1. the batch is gathered; `batch_transforms` change its inputs and targets, in the order in which they were written (see
//!    the registry of the remedies)
//! 2. targets: `label_smoothing`, then the rows' weights by `class_weights`
//! 3. forward and backward at the weights, with `weight_noise` on a copy of them, behind learnt `gates`; a `norm` in front of
//!    the activations, by the figures of the batch; `dropout` between the layers, `activities` join the gradient on its way
//!    back. Batch norm's running figures follow. With `ascent` once more, from the same batch with the same noise and dropout,
//!    at the point that lies so far up this gradient; that second gradient goes on, its figures do not
//! 4. the gradients of `penalties` are added
//! 5. the whole gradient is clipped (`train.gradient_clip`); then `gradient_noise`
//! 6. `decays`, then the optimizer, of the learnt gates too: a decay shrinks the weights that the gradient was taken at, as
//!    AdamW does, so that with plain SGD it equals an L2 penalty
//! 7. `proximals`, then `constraints`
//! 8. what was pruned is set to 0 again
//!
//! After the last step of an epoch the `surgeries` that are due change the network. Then the metrics are measured, of the
//! `average` once it has begun, else of the network itself, and `stopping` sees those of training and validation. What is
//! measured is what is handed out, with learnt gates and batch norm folded into its weights; surgeries see and change the
//! network that is trained. An average under batch norm gets running figures of its own: those of the training rows.
//!
//! Where `voting` asks for several networks, each goes this way for itself, epoch by epoch beside the others, and what is
//! measured and handed out is their vote.

mod average;
mod batch;
mod dropout;
mod gates;
mod measure;
mod rows;
mod settings;
mod stopping;
mod surgery;
mod training_rows;
mod voting;
mod weights;

pub use average::Average;
pub use batch::{Batch, BatchTransform};
pub use dropout::{Dropout, DropoutKind, DropoutSchedule, MaskScope, Rescale};
pub use gates::LearnedGating;
pub use measure::{
    Compression, DropKind, DropKinds, FeatureDrop, Fit, MEASURE_FIELDS, MeasureSettings, Sensitivity, Submodels,
};
pub use rows::{AddedRows, RowTransform};
pub use settings::{BatchSize, FullBatch, TRAIN_FIELDS, TrainSettings};
pub use stopping::{Monitor, Stopping};
pub use surgery::{Operation, RateChange, Stretch, Surgery};
pub use training_rows::TrainingRows;
pub use voting::Voting;
pub use weights::{Penalty, WeightRule};

use crate::nn::{Activity, Loss, NormKind};
use crate::random::{Purpose, StreamKey};

/// What training shall do.
#[derive(Debug)]
pub struct Recipe {
    /// Epochs, batches, optimizer, learning rate.
    pub train: TrainSettings,
    /// The data loss.
    pub loss: Loss,
    /// What adds rows to those that training goes through.
    pub row_transforms: Vec<Box<dyn RowTransform>>,
    /// Changes of a batch's inputs and targets, in this order.
    pub batch_transforms: Vec<Box<dyn BatchTransform>>,
    /// Share ε of a target that is spread evenly over all classes; 0 is none.
    pub label_smoothing: f64,
    /// How much a row of each class counts in the loss; all alike where not given. `[classes]`
    pub class_weights: Option<Vec<f64>>,
    /// Standard deviation of Gaussian noise on the weights at which the gradient is taken; 0 is none.
    pub weight_noise: f64,
    /// How far up the gradient lies the point at which the gradient is taken that moves the weights; 0 is at the weights.
    pub ascent: f64,
    /// How what hidden units sum up is normalised.
    pub norm: Option<NormKind>,
    /// Units or connections dropped at random.
    pub dropout: Option<Dropout>,
    /// Whether the rates of dropout shrink with the connections that pruning leaves: rate·√(kept/all) (Han 2015).
    pub dropout_follows_pruning: bool,
    /// Gates that are learnt beside the weights.
    pub gates: Option<LearnedGating>,
    /// Terms of the objective that look at what hidden units give.
    pub activities: Vec<Box<dyn Activity>>,
    /// Terms added to the mean data loss, through their gradients.
    pub penalties: Vec<Box<dyn Penalty>>,
    /// Standard deviation of Gaussian noise on the gradient; 0 is none.
    pub gradient_noise: f64,
    /// Shrinkage of the weights beside the gradient, before the optimizer moves them.
    pub decays: Vec<Box<dyn WeightRule>>,
    /// Proximal steps of penalties that have no gradient at 0.
    pub proximals: Vec<Box<dyn WeightRule>>,
    /// Projections back to what is allowed.
    pub constraints: Vec<Box<dyn WeightRule>>,
    /// Changes of the network's structure.
    pub surgeries: Vec<Box<dyn Surgery>>,
    /// Changes of the learning rate beside its schedule.
    pub rate_changes: Vec<RateChange>,
    /// The average that is handed out in place of the network.
    pub average: Option<Average>,
    /// The networks that are handed out together, where one alone is not.
    pub voting: Option<Voting>,
    /// When to stop before the last epoch, and which epoch's network to hand out.
    pub stopping: Option<Stopping>,
}

impl Recipe {
    /// Plain training.
    pub fn new(train: TrainSettings, loss: Loss) -> Self {
        Self {
            train,
            loss,
            row_transforms: Vec::new(),
            batch_transforms: Vec::new(),
            label_smoothing: 0.0,
            class_weights: None,
            weight_noise: 0.0,
            ascent: 0.0,
            norm: None,
            dropout: None,
            dropout_follows_pruning: false,
            gates: None,
            activities: Vec::new(),
            penalties: Vec::new(),
            gradient_noise: 0.0,
            decays: Vec::new(),
            proximals: Vec::new(),
            constraints: Vec::new(),
            surgeries: Vec::new(),
            rate_changes: Vec::new(),
            average: None,
            voting: None,
            stopping: None,
        }
    }

    /// The epoch of the last planned change of structure, 0 where there is none: stopping and the choice of a best epoch begin
    /// there.
    pub fn last_surgery(&self) -> usize {
        self.surgeries.iter().map(|surgery| surgery.last_epoch()).max().unwrap_or(0)
    }

    /// The stretch of training that `epoch` (from 1) belongs to.
    pub fn stretch(&self, epoch: usize) -> Stretch {
        let restarts = || self.surgeries.iter().flat_map(|surgery| surgery.restarts()).copied();
        let start = restarts().filter(|&restart| restart < epoch).max().unwrap_or(0);
        let end = restarts().filter(|&restart| restart >= epoch).min().unwrap_or(self.train.epochs);
        Stretch { start, epochs: end - start }
    }

    /// The factor by which rate changes have changed the learning rate in `epoch`.
    pub fn rate_factor(&self, epoch: usize) -> f64 {
        self.rate_changes.iter().filter(|change| epoch > change.after_epoch).map(|change| change.factor).product()
    }
}

/// The step of a trial, by which random parts find their stream.
#[derive(Debug, Clone, Copy)]
pub struct Moment {
    /// The trial's seed.
    pub seed: u64,
    /// The member of an ensemble, 0 for a single network.
    pub member: u32,
    /// Steps (or for surgeries, epochs) before this one.
    pub step: u64,
}

impl Moment {
    /// The same trial and member at another step.
    pub fn at(self, step: u64) -> Self {
        Self { step, ..self }
    }

    /// The key of the random numbers that are drawn at this moment for `purpose`.
    pub fn key(self, purpose: Purpose) -> StreamKey {
        StreamKey::new(self.seed, purpose).member(self.member).step(self.step)
    }
}

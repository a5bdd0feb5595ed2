//! What training shall do: a plain description with a slot for each kind of contribution.
//!
//! In: what the remedies write. Out: a [`Recipe`], which the training loop executes without knowing any remedy.
//!
//! # The order of a step
//!
//! 1. the batch is gathered; `batch_transforms` change it
//! 2. forward and backward, with `dropout` between the layers
//! 3. the gradients of `penalties` are added
//! 4. the whole gradient is clipped (`train.gradient_clip`)
//! 5. `decays`, then the optimizer: a decay shrinks the weights that the gradient was taken at, as AdamW does, so that with
//!    plain SGD it equals an L2 penalty
//! 6. `proximals`, then `constraints`
//! 7. what was pruned is set to 0 again
//!
//! After the last step of an epoch the `surgeries` that are due change the network; then its metrics are measured, and
//! `stopping` sees those of training and validation.

mod settings;

use std::fmt::Debug;

use ndarray::ArrayViewMut2;

pub use settings::{BatchSize, FullBatch, TRAIN_FIELDS, TrainSettings};

use crate::nn::{Loss, Network};
use crate::random::{Purpose, StreamKey};
use crate::stopping::Criterion;

/// What training shall do.
#[derive(Debug)]
pub struct Recipe {
    /// Epochs, batches, optimizer, learning rate.
    pub train: TrainSettings,
    /// The data loss.
    pub loss: Loss,
    /// Changes of a batch's inputs, in this order.
    pub batch_transforms: Vec<Box<dyn BatchTransform>>,
    /// Units dropped at random.
    pub dropout: Option<Dropout>,
    /// Terms added to the mean data loss, through their gradients.
    pub penalties: Vec<Box<dyn Penalty>>,
    /// Shrinkage of the weights beside the gradient, before the optimizer moves them.
    pub decays: Vec<Box<dyn WeightRule>>,
    /// Proximal steps of penalties that have no gradient at 0.
    pub proximals: Vec<Box<dyn WeightRule>>,
    /// Projections back to what is allowed.
    pub constraints: Vec<Box<dyn WeightRule>>,
    /// Changes of the network's structure.
    pub surgeries: Vec<Box<dyn Surgery>>,
    /// When to stop before the last epoch, and which epoch's network to hand out.
    pub stopping: Option<Stopping>,
}

impl Recipe {
    /// Plain training.
    pub fn new(train: TrainSettings, loss: Loss) -> Self {
        Self {
            train,
            loss,
            batch_transforms: Vec::new(),
            dropout: None,
            penalties: Vec::new(),
            decays: Vec::new(),
            proximals: Vec::new(),
            constraints: Vec::new(),
            surgeries: Vec::new(),
            stopping: None,
        }
    }

    /// The epoch of the last structural change, 0 where there is none: stopping and the choice of a best epoch begin there.
    pub fn last_surgery(&self) -> usize {
        self.surgeries.iter().map(|surgery| surgery.last_epoch()).max().unwrap_or(0)
    }
}

/// The step of a trial, by which random parts find their stream.
#[derive(Debug, Clone, Copy)]
pub struct Moment {
    /// The trial's seed.
    pub seed: u64,
    /// Steps (or for surgeries, epochs) before this one.
    pub step: u64,
}

impl Moment {
    /// The key of the random numbers that are drawn at this moment for `purpose`.
    pub fn key(self, purpose: Purpose) -> StreamKey {
        StreamKey::new(self.seed, purpose).step(self.step)
    }
}

/// A change of the inputs of a batch, in training only.
pub trait BatchTransform: Debug + Send + Sync {
    /// Changes `inputs`: [rows, inputs], scaled.
    fn apply(&self, inputs: &mut ArrayViewMut2<'_, f32>, moment: Moment);
}

/// A term of the objective J = mean data loss + Σ penalties.
///
/// It is computed unit by unit, from the weights that feed the unit.
pub trait Penalty: Debug + Send + Sync {
    /// Whether the biases are penalised too.
    fn biases(&self) -> bool;
    /// The term's value.
    fn value(&self, incoming: &[f32]) -> f64;
    /// Adds ∂value/∂w to `gradient`, which is as long as `incoming`.
    fn add_gradient(&self, incoming: &[f32], gradient: &mut [f32]);
}

/// A rule that changes weights outside the gradient, unit by unit.
pub trait WeightRule: Debug + Send + Sync {
    /// Whether the rule holds for the biases too.
    fn biases(&self) -> bool {
        false
    }
    /// Changes the weights that feed one unit; `learning_rate` is that of the step.
    fn apply(&self, learning_rate: f64, incoming: &mut [f32]);
    /// The value of the penalty that the rule stands for, 0 where it stands for none.
    fn value(&self, incoming: &[f32]) -> f64 {
        let _ = incoming;
        0.0
    }
}

/// Units dropped at random: in training every unit in front of a layer is kept with probability 1 − rate.
#[derive(Debug, Clone, PartialEq)]
pub struct Dropout {
    /// The rate in front of each layer: the inputs', then each hidden layer's.
    pub rates: Vec<f64>,
    /// Where the loss of units is made up for.
    pub rescale: Rescale,
    /// For whom a unit is dropped.
    pub mask: MaskScope,
}

/// For whom a unit is dropped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MaskScope {
    /// For each row by a draw of its own.
    Row,
    /// For all rows of a batch at once: hidden units then leave the matrix product.
    Batch,
}

/// Where the loss of dropped units is made up for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rescale {
    /// In training: what is kept is multiplied by 1/(1 − rate).
    Train,
    /// At test time: everything is multiplied by 1 − rate, as in the paper.
    Test,
    /// Nowhere: at test time the sums are 1/(1 − rate) too large.
    None,
}

/// A change of the network's structure for good.
pub trait Surgery: Debug + Send + Sync {
    /// Whether it operates after the updates of this epoch (0: before training).
    fn is_due(&self, epoch: usize) -> bool;
    /// The last epoch at which it operates.
    fn last_epoch(&self) -> usize;
    /// Operates.
    fn operate(&self, network: &mut Network, moment: Moment);
}

/// When to stop.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Stopping {
    /// The rule, applied to the validation losses.
    pub criterion: Criterion,
    /// Whether the trial ends with the weights of the best epoch, also where the stop never fired.
    pub restore_best: bool,
}

//! What is known of a trial, epoch by epoch.

use crate::data::Task;
use crate::metric::Classified;

/// The names of a task's metrics, in the order of [`Scores`].
pub fn metric_names(task: Task) -> &'static [&'static str] {
    match task {
        Task::Classification => &["loss", "accuracy"],
        Task::Regression => &["loss", "r2", "rmse"],
    }
}

/// The metrics of one part of the data, in the order of [`metric_names`]. The loss is the mean data loss with hard labels;
/// rmse is in the target's original units. A metric that is not defined (r2 of a constant target) is NaN.
#[derive(Debug, Clone, PartialEq)]
pub struct Scores(pub Vec<f64>);

impl Scores {
    /// The mean data loss.
    pub fn loss(&self) -> f64 {
        self.0[0]
    }

    /// The share of right predictions, of a classification.
    pub fn accuracy(&self) -> f64 {
        self.0[1]
    }
}

/// What is known of a classification at the chosen epoch beside its curve: figures of what is handed out, part by part.
#[derive(Debug, Clone, PartialEq)]
pub struct Finals {
    /// Of the training rows, their labels with noise where noise was put on them.
    pub train: Classified,
    /// Of the validation rows, if there are any.
    pub validation: Option<Classified>,
    /// Of the test rows.
    pub test: Option<Classified>,
}

/// One epoch: the network that one would hand out if training ended there, or the vote of several.
#[derive(Debug, Clone, PartialEq)]
pub struct EpochRow {
    /// Number of the epoch; 0 is the network before training.
    pub epoch: usize,
    /// On all training rows, in evaluation mode.
    pub train: Scores,
    /// On the validation rows, if there are any.
    pub validation: Option<Scores>,
    /// On the test rows.
    pub test: Option<Scores>,
    /// The learning rate of the epoch's last step.
    pub learning_rate: f64,
    /// Σ of the penalties in the objective; of several networks the mean.
    pub penalty: f64,
    /// 1 − weights that are not 0 / weights at epoch 0; of several networks over all of them.
    pub sparsity: f64,
    /// Weights and biases that the network has, or all networks have.
    pub parameters: usize,
    /// Those that are not 0.
    pub nonzero_parameters: usize,
}

impl EpochRow {
    /// Whether the losses that training may look at are finite.
    pub fn losses_are_finite(&self) -> bool {
        self.train.loss().is_finite() && self.validation.as_ref().is_none_or(|scores| scores.loss().is_finite())
    }
}

/// The epochs of a trial, from epoch 0 on, without gaps.
#[derive(Debug, Clone, PartialEq)]
pub struct History {
    /// The task, which names the metrics.
    pub task: Task,
    /// One row per epoch.
    pub rows: Vec<EpochRow>,
}

impl History {
    /// No epochs yet.
    pub(super) fn new(task: Task) -> Self {
        Self { task, rows: Vec::new() }
    }

    pub(super) fn push(&mut self, row: EpochRow) {
        self.rows.push(row);
    }

    /// The last epoch.
    pub fn last(&self) -> &EpochRow {
        self.rows.last().expect("epoch 0 is measured before anything else")
    }
}

//! When to stop, and what to hand out.

use serde::Deserialize;

use crate::stopping::Criterion;

/// When to stop.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Stopping {
    /// The rule.
    pub criterion: Criterion,
    /// What the rule is applied to.
    pub monitor: Monitor,
    /// The first epoch that the rule sees; epoch 0 and epochs before the last planned surgery it never sees.
    pub start_epoch: usize,
    /// Whether the trial ends with the weights of the best epoch, also where the stop never fired.
    pub restore_best: bool,
}

/// The figure whose errors a stopping rule sees, of the training rows too where the rule looks at them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Monitor {
    /// The mean data loss.
    ValidationLoss,
    /// The share of wrong predictions: 1 − accuracy.
    ValidationAccuracy,
}

//! When to stop, and what to hand out.

use crate::stopping::Criterion;

/// When to stop.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Stopping {
    /// The rule, applied to the validation losses.
    pub criterion: Criterion,
    /// Whether the trial ends with the weights of the best epoch, also where the stop never fired.
    pub restore_best: bool,
}

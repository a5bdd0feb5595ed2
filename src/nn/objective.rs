//! What a gradient is the gradient of.

use super::{Activity, Loss};
use crate::data::Targets;

/// J = Σ weight·loss / Σ weight over the rows of a batch, plus the terms of the hidden units.
#[derive(Debug, Clone, Copy)]
pub struct Objective<'a> {
    /// The data loss.
    pub loss: Loss,
    /// The target of each row of the batch.
    pub targets: &'a Targets,
    /// How much each row counts; all alike where not given.
    pub row_weights: Option<&'a [f32]>,
    /// Terms that look at what hidden units give.
    pub activities: &'a [Box<dyn Activity>],
}

impl<'a> Objective<'a> {
    /// The mean loss of the rows.
    pub fn mean(loss: Loss, targets: &'a Targets) -> Self {
        Self { loss, targets, row_weights: None, activities: &[] }
    }
}

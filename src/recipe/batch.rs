//! Changes of the rows of a batch.

use std::fmt::Debug;

use ndarray::ArrayViewMut2;

use super::Moment;
use crate::data::Targets;

/// The batch of a step, in training only.
#[derive(Debug)]
pub struct Batch<'a> {
    /// Encoded and scaled: [rows, inputs]
    pub inputs: ArrayViewMut2<'a, f32>,
    /// The target of each row; [`Targets::to_shares`] makes classes soft.
    pub targets: &'a mut Targets,
}

/// A change of the inputs of a batch, and of its targets where they change along. Measured figures never see it.
pub trait BatchTransform: Debug + Send + Sync {
    /// Changes the batch.
    fn apply(&self, batch: &mut Batch<'_>, moment: Moment);
}

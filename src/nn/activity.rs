//! Terms of the objective that look at what hidden units give.

use std::fmt::Debug;

/// A term Σ over all hidden units of value(mean over the rows of statistic(h)), h what the unit gives to a row, before
/// dropout.
///
/// A unit that is dropped for a whole batch gives nothing in it, and has no term there.
/// In training the mean runs over the rows of a batch; the reported penalty is that of all training rows.
pub trait Activity: Debug + Send + Sync {
    /// What is averaged of a unit's activation.
    fn statistic(&self, h: f32) -> f32;
    /// ∂statistic/∂h
    fn statistic_slope(&self, h: f32) -> f32;
    /// The term of one unit, from the mean of its statistic.
    fn value(&self, mean: f64) -> f64;
    /// ∂value/∂mean
    fn slope(&self, mean: f64) -> f64;
}

//! Rows that training goes through beside those of the data.

use std::fmt::Debug;

use super::{Moment, TrainingRows};
use crate::data::Targets;

/// Rows made up for training.
#[derive(Debug, Clone, PartialEq)]
pub struct AddedRows {
    /// Encoded and scaled, one row behind the other: [rows, inputs]
    pub inputs: Vec<f32>,
    /// The target of each row, of the same kind as those of the data.
    pub targets: Targets,
}

/// A change of the rows that training goes through, once, before its first step. Metrics, penalties per row and surgeries
/// see the rows of the data alone.
pub trait RowTransform: Debug + Send + Sync {
    /// The rows that are trained on beside `rows`, maybe none.
    fn added(&self, rows: TrainingRows<'_>, moment: Moment) -> AddedRows;
}

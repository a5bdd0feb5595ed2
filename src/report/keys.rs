//! The columns that say what a row is about: `experiment, variant, <swept keys>`.

use super::cells::{swept, text};
use crate::lab::Results;

/// The names of the columns.
pub(super) fn names(results: &Results) -> Vec<String> {
    ["experiment", "variant"]
        .into_iter()
        .map(str::to_owned)
        .chain(results.axes.iter().map(|axis| text(axis).into_owned()))
        .collect()
}

/// The values of the columns for a cell of the plan.
pub(super) fn values(results: &Results, cell: usize) -> Vec<String> {
    let key = &results.cells[cell];
    let named = [text(&results.experiment), text(results.variant_of(key))];
    named
        .into_iter()
        .chain(key.swept.iter().map(|value| swept(value.as_deref())))
        .map(|value| value.into_owned())
        .collect()
}

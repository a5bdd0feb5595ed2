//! The columns that say what a row is about: `experiment, variant, <swept keys>`.

use super::cells::Cell;
use crate::lab::Results;

/// The names of the columns.
pub(super) fn names(results: &Results) -> Vec<String> {
    ["experiment", "variant"].into_iter().map(str::to_owned).chain(results.axes.iter().cloned()).collect()
}

/// The values of the columns for a cell of the plan.
pub(super) fn values(results: &Results, cell: usize) -> Vec<Cell<'_>> {
    let key = &results.cells[cell];
    let named = [&*results.experiment, results.variant_of(key)].map(Cell::from);
    named.into_iter().chain(key.swept.iter().map(|value| Cell::swept(value.as_deref()))).collect()
}

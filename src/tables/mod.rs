//! Tables of results that are given by hand: those that were written here, and those of other programs.
//!
//! In: CSV files. Out: scores to compare, or curves to apply stopping criteria to, and an error that names file, line and column
//! where a cell does not hold what it has to.

mod curves;
mod lines;
mod scores;

pub use curves::{Curves, CurvesError, read_curves};
pub use lines::TableError;
pub use scores::{Scores, ScoresError, read_scores};

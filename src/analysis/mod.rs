//! What the results say, in numbers.
//!
//! In: [`Results`](crate::lab::Results), the plan with its stored records. Out: a [`Summary`] with the mean figures of every
//! variant at every point, and its paired difference from the baseline; and where points were swept, the figures of those
//! that validation chooses. Nothing is called best here by a test figure.

mod figures;
mod measured;
mod outcomes;
mod pairing;
mod selection;
mod statistics;
mod summary;

pub use figures::{Figures, generalization_loss, measure_names};
pub use measured::{Columns, MeasuredTable, measured};
pub use pairing::{Difference, Score, differences, paired_difference};
pub use selection::{Selected, Winner};
pub use statistics::{
    CONFIDENCE, Estimate, Interval, Overlap, interval_of_mean, mean, standard_deviation, student_t_quantile,
};
pub use summary::{CellSummary, Summary};

//! What has been run, and what is to be run.
//!
//! In: the trials that an experiment asks for. Out: a [`Record`] for each finished one, kept in the [`Store`]; and
//! [`Results`], the plan together with the store, which is all that analysis and report ever see.

mod budget;
pub mod cluster;
mod difference;
mod estimate;
mod finals;
mod halving;
mod library;
mod line_error;
mod models;
mod numbers;
mod plausible;
mod record;
mod results;
mod shard;
mod store;
mod sweep;
mod trial;
mod watch;
mod writer;

pub use budget::Budget;
pub use difference::Difference;
pub use estimate::{Estimate, estimate, row_bytes, training_bytes};
pub use finals::{FinalPart, Finals};
pub use halving::{Decided, Halving};
pub use library::Library;
pub use models::{model_path, unplanned_models};
pub use record::{Curve, FORMAT, METRICS_CLASSIFICATION, METRICS_REGRESSION, Measurement, Part, Record, Rows, Status};
pub use results::{CellKey, PlannedTrial, Resampling, Results, State, resampling};
pub use shard::{MOST_SHARDS, Shard};
pub use store::{
    Conflict, Expected, Fault, PLOTS, Store, StoreError, Unplanned, Unreadable, has_store, last_stored,
    remove_leftovers,
};
pub use sweep::{Event, Staffing, Sweep, SweepError, Tally};
pub use trial::{Finished, Job, recipe};
pub use watch::{Wanted, Watch};
pub use writer::StoreWriter;

#[cfg(test)]
pub(crate) use record::tests::example as example_record;
#[cfg(test)]
pub(crate) use results::tests::results as example_results;

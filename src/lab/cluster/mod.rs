//! A sweep as array jobs of Slurm: what is to be submitted, as text, and what its commands answer, read.
//!
//! In: how much is to be trained, what the cluster has, what is queued. Out: [`Packing`] into shards, [`Array`]s of their
//! tasks, scripts and arguments of `sbatch`; and the [`Queue`]. Pure functions: the command line runs the commands. What is
//! done is never asked here: that is what the store says.

mod array;
mod capacity;
mod options;
mod packing;
mod queue;
mod sbatch;
mod script;
mod shell;

pub use array::{Array, arrays, ranges};
pub use capacity::{USUAL_MAX_ARRAY_SIZE, cpus, max_array_size};
pub use options::Options;
pub use packing::Packing;
pub use queue::{Phase, QUEUE_FORMAT, Queue, QueueParts, QueuedTask};
pub use sbatch::{Submission, job_id};
pub use script::{FOLDER, LOGS, MERGE, ScriptName, Task, fingerprint, merge_script, plan_name};
pub use shell::quoted;

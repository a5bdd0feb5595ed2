//! `overfit submit`: its arguments.

use clap::{Args, ValueEnum};

use super::ExperimentArguments;
use super::run::at_least_one;
use crate::lab::MOST_SHARDS;

/// `overfit submit`
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
        overfit submit my.toml --engine slurm --dry-run    (shows scripts and commands; needs no Slurm)\n  \
        overfit submit my.toml --engine slurm\n  \
        overfit submit my.toml --engine slurm --seeds 50 --jobs 4 --max-running 20\n  \
        overfit submit my.toml --engine slurm -- --partition=long --time=2:00:00 --mem-per-cpu=2G\n  \
        overfit status results/my    (how far it is, and what the queue says)\n\n\
        What is behind -- goes to sbatch, for tasks and merge job alike. --jobs N asks for N processors for each task and \
        trains so many trials at a time, one where it is not given. The settings are written down: what is changed in the \
        config afterwards is not trained.\n\n\
        The same command again submits only what is neither stored nor to be expected of a task that runs or is pending; one \
        that is held is not waited for. Other engines run `overfit run CONFIG --shard I/N` themselves.")]
pub struct SubmitArguments {
    /// Which experiments.
    #[command(flatten)]
    pub experiment: ExperimentArguments,

    /// What runs the tasks
    #[arg(long, value_enum)]
    pub engine: Engine,

    /// Divide the plan into N tasks [default: about four for each slot of the cluster, none shorter than two minutes]
    #[arg(long, value_name = "N", value_parser = shards)]
    pub shards: Option<usize>,

    /// At most K tasks at a time
    #[arg(long, value_name = "K", value_parser = at_least_one)]
    pub max_running: Option<usize>,

    /// Train again what failed before; otherwise a failed trial counts as done
    #[arg(long)]
    pub retry_failed: bool,

    /// Submit what is not stored, whatever is queued; a trial that is trained twice does no harm
    #[arg(long)]
    pub force: bool,

    /// Print scripts and commands; write and submit nothing
    #[arg(long)]
    pub dry_run: bool,

    /// Options for sbatch
    #[arg(last = true, value_name = "SBATCH ARGUMENTS", allow_hyphen_values = true)]
    pub sbatch: Vec<String>,
}

/// `--engine`
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Engine {
    /// Slurm, by its command sbatch.
    Slurm,
}

/// A number of shards.
fn shards(text: &str) -> Result<usize, String> {
    at_least_one(text)
        .ok()
        .filter(|count| *count <= MOST_SHARDS)
        .ok_or_else(|| format!("must be a whole number from 1 to {MOST_SHARDS}"))
}

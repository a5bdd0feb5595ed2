//! What `run` and `check` have in common.

use std::path::PathBuf;

use clap::Args;

use crate::metric::Metric;

/// What `run` and `check` have in common.
#[derive(Debug, Args)]
pub struct ExperimentArguments {
    /// Configs: TOML or JSON
    #[arg(required = true, value_name = "CONFIG")]
    pub configs: Vec<PathBuf>,

    /// Folder for the results [default: results/NAME]; with several configs a folder in it for each
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,

    /// Trials at a time [default: all cores]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    pub jobs: Option<u16>,

    /// Seeds 0..N in place of the config's
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=1_000_000))]
    pub seeds: Option<u64>,

    /// The figure that variants are compared and the points of a sweep chosen by [default: accuracy, or r2]
    #[arg(long, value_name = "METRIC", value_parser = Metric::NAMES)]
    pub metric: Option<String>,

    /// Set any key of the config; may be repeated
    #[arg(long, value_name = "KEY.PATH=VALUE")]
    pub set: Vec<String>,
}

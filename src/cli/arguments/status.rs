//! `overfit status`: its arguments.

use std::path::PathBuf;

use clap::Args;

use super::FormatArgument;

/// `overfit status`
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  overfit status results/quickstart\n  \
        overfit status results/quickstart --format json    (names every trial that failed or is missing)")]
pub struct StatusArguments {
    /// Folder of results
    #[arg(value_name = "DIR")]
    pub folder: PathBuf,

    /// How the counts are printed
    #[arg(long, value_enum, default_value_t)]
    pub format: FormatArgument,
}

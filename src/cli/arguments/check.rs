//! `overfit check`: its arguments.

use clap::Args;

use super::ExperimentArguments;

/// `overfit check`
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  overfit check my.toml --set data.train_rows=200")]
pub struct CheckArguments {
    /// Which experiments.
    #[command(flatten)]
    pub experiment: ExperimentArguments,
}

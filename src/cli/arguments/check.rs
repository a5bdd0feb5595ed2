//! `overfit check`: its arguments.

use clap::Args;

use super::ExperimentArguments;

/// `overfit check`
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
        overfit check my.toml\n  \
        overfit check configs/*.toml\n  \
        overfit check my.toml --set data.train_rows=200    (what would be with fewer rows)")]
pub struct CheckArguments {
    /// Which experiments.
    #[command(flatten)]
    pub experiment: ExperimentArguments,
}

//! The command line as it is written.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use super::progress::Mode;
use crate::report::Format;

/// A laboratory that compares remedies against overfitting on your own CSV data.
///
/// An experiment is a TOML or JSON file: data, network, training, and the variants to compare. Every variant is trained with
/// several seeds on the same splits, initial weights and batches, so that their differences are paired.
#[derive(Debug, Parser)]
#[command(name = "overfit", version, max_term_width = 100, arg_required_else_help = true)]
#[command(
    after_help = "Exit codes: 0 all is well; 1 something failed while running; 2 the command line, a config or the \
                        data is wrong, and nothing was written; 130 interrupted: the same command goes on from there."
)]
pub struct Arguments {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// A command.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Train every trial that has no stored result yet, write the results, print the comparison
    #[command(after_help = "Examples:\n  \
        overfit run configs/quickstart.toml\n  \
        overfit run my.toml --seeds 20 --jobs 4\n  \
        overfit run my.toml --set train.epochs=200 --set remedies.dropout.hidden=0.3 --out results/longer\n  \
        overfit run my.toml --format csv > comparison.csv\n\n\
        The same command again trains only what is missing: widen a sweep, add seeds, go on after Ctrl-C.")]
    Run(RunArguments),
    /// Validate, and print the plan: data, rows, networks, trials, expected time and memory; train nothing
    #[command(after_help = "Example:\n  overfit check my.toml --set data.train_rows=200")]
    Check(CheckArguments),
    /// List every remedy, or explain one: formula, parameters, defaults, range, source
    #[command(after_help = "Examples:\n  overfit remedies\n  overfit remedies dropout")]
    Remedies(RemediesArguments),
}

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

    /// Set any key of the config; may be repeated
    #[arg(long, value_name = "KEY.PATH=VALUE")]
    pub set: Vec<String>,
}

/// `overfit run`
#[derive(Debug, Args)]
pub struct RunArguments {
    /// Which experiments.
    #[command(flatten)]
    pub experiment: ExperimentArguments,

    /// Ignore stored trials: train all again, in place of what is stored of them
    #[arg(long)]
    pub fresh: bool,

    /// End with the first trial that fails; otherwise it is recorded and the rest goes on
    #[arg(long)]
    pub fail_fast: bool,

    /// How the comparison is printed
    #[arg(long, value_enum, default_value_t)]
    pub format: FormatArgument,

    /// No progress and no table; warnings and errors only
    #[arg(long, short)]
    pub quiet: bool,

    /// Say on stderr where the time went: gather, forward, backward, optimizer, remedies, evaluation, writing
    #[arg(long)]
    pub profile: bool,

    /// How progress is shown on stderr
    #[arg(long, value_enum, default_value_t)]
    pub progress: Mode,
}

/// `overfit check`
#[derive(Debug, Args)]
pub struct CheckArguments {
    /// Which experiments.
    #[command(flatten)]
    pub experiment: ExperimentArguments,
}

/// `overfit remedies`
#[derive(Debug, Args)]
pub struct RemediesArguments {
    /// The remedy to explain
    pub name: Option<String>,

    /// How the list is printed
    #[arg(long, value_enum, default_value_t)]
    pub format: FormatArgument,
}

/// `--format`
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum FormatArgument {
    /// A table for the screen.
    #[default]
    Table,
    /// Markdown.
    Markdown,
    /// CSV.
    Csv,
    /// JSON with full precision.
    Json,
}

impl From<FormatArgument> for Format {
    fn from(argument: FormatArgument) -> Self {
        match argument {
            FormatArgument::Table => Format::Table,
            FormatArgument::Markdown => Format::Markdown,
            FormatArgument::Csv => Format::Csv,
            FormatArgument::Json => Format::Json,
        }
    }
}

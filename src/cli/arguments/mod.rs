//! The command line as it is written: a file for each command.

mod check;
mod compare;
mod completions;
mod derived;
mod experiment;
mod format;
mod init;
mod merge;
mod predict;
mod remedies;
mod replay;
mod report;
mod run;
mod schema;
mod status;
mod submit;

pub use check::CheckArguments;
pub use compare::CompareArguments;
pub use completions::CompletionsArguments;
pub use derived::DerivedArguments;
pub use experiment::ExperimentArguments;
pub use format::FormatArgument;
pub use init::InitArguments;
pub use merge::MergeArguments;
pub use predict::PredictArguments;
pub use remedies::RemediesArguments;
pub use replay::ReplayArguments;
pub use report::ReportArguments;
pub use run::RunArguments;
pub use schema::SchemaArguments;
pub use status::StatusArguments;
pub use submit::SubmitArguments;

use clap::{Parser, Subcommand};

/// A laboratory that compares remedies against overfitting on your own CSV data.
///
/// An experiment is a TOML or JSON file: data, network, training, and the variants to compare. Every variant is trained with
/// several seeds on the same splits, initial weights and batches, so that their differences are paired.
#[derive(Debug, Parser)]
#[command(name = "overfit", version, max_term_width = 100, arg_required_else_help = true)]
#[command(after_help = "First steps:\n  \
                        overfit init my.csv         (looks at your table and writes my.toml)\n  \
                        overfit check my.toml       (what will be trained, and how long it takes)\n  \
                        overfit run my.toml         (trains, prints the comparison, writes results/my/)\n  \
                        overfit remedies dropout    (explains a remedy; without a name lists all)\n\n\
                        `overfit COMMAND --help` has examples of each command.\n\n\
                        Exit codes: 0 all is well; 1 something failed while running; 2 the command line, a config or the \
                        data is wrong, and nothing was written; 3 trials are missing; 4 two results of one trial differ; \
                        130 interrupted: the same command goes on from there.")]
pub struct Arguments {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// A command.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Train every trial that has no stored result yet, write the results, print the comparison
    Run(RunArguments),
    /// Validate, and print the plan: data, rows, networks, trials, expected time and memory; train nothing
    Check(CheckArguments),
    /// Judge results that are there already: of one experiment or several, of this program or of any other
    Compare(CompareArguments),
    /// Apply stopping criteria to recorded curves: when they would have stopped, with what; train nothing
    Replay(ReplayArguments),
    /// Submit a sweep as an array job of a cluster's engine, and return
    Submit(SubmitArguments),
    /// Join what shards or machines have stored, and write the derived files
    Merge(MergeArguments),
    /// Count done, failed and missing trials by variant, from the files of a folder alone
    Status(StatusArguments),
    /// Write again all that is derived from stored results; train nothing
    Report(ReportArguments),
    /// Look at a CSV file and write a commented config for it, which runs as it is
    Init(InitArguments),
    /// Apply a saved network to the rows of a file: predictions, and the probability of each class, as CSV
    Predict(PredictArguments),
    /// List every remedy, or explain one: formula, parameters, defaults, range, source
    Remedies(RemediesArguments),
    /// Print the JSON Schema of a config, with which editors complete and check it
    Schema(SchemaArguments),
    /// Print a script with which a shell completes commands and options: bash, elvish, fish, powershell, zsh
    Completions(CompletionsArguments),
}

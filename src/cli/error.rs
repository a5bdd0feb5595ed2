//! How a command ends.

use std::io;
use std::path::{Path, PathBuf};

use thiserror::Error;

use crate::data::DataError;
use crate::experiment::ConfigErrors;
use crate::lab::{Conflict, StoreError, SweepError};
use crate::model::ModelError;
use crate::report::{PredictionsError, ReportError};
use crate::tables::{CurvesError, ScoresError};

/// Why a command did not do what was asked.
#[derive(Debug, Error)]
pub enum CliError {
    /// The command line is wrong.
    #[error("{0}")]
    Usage(String),
    /// A config is wrong.
    #[error(transparent)]
    Config(#[from] ConfigErrors),
    /// The data is wrong.
    #[error(transparent)]
    Data(#[from] DataError),
    /// A saved network is wrong.
    #[error(transparent)]
    Model(#[from] ModelError),
    /// Scores to compare are wrong.
    #[error(transparent)]
    Scores(#[from] ScoresError),
    /// Curves to replay are wrong.
    #[error(transparent)]
    Curves(#[from] CurvesError),
    /// Initial weights or the like do not fit the data.
    #[error("{0}")]
    Setup(String),
    /// The store cannot be read or written.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Results cannot be written.
    #[error(transparent)]
    Report(#[from] ReportError),
    /// The sweep could not go on.
    #[error(transparent)]
    Sweep(#[from] SweepError),
    /// Nothing can be printed.
    #[error("cannot write to standard output: {0}")]
    Output(#[from] io::Error),
    /// Trials failed.
    #[error("{failed} of {trials} trials failed; trials.csv and the warnings above say why")]
    TrialsFailed {
        /// How many failed.
        failed: usize,
        /// How many were run.
        trials: usize,
    },
    /// Shards are missing.
    #[error("{}", missing_trials(folder, *trials, missing, *to_come))]
    Missing {
        /// Where they were looked for.
        folder: PathBuf,
        /// How many trials there should be.
        trials: usize,
        /// The names of those that are missing.
        missing: Vec<String>,
        /// How many more halving decides on once these are there.
        to_come: usize,
    },
    /// Two results of one trial contradict each other.
    #[error("{}", conflicting_results(.0))]
    Conflicts(Vec<Conflict>),
    /// Jobs could not be submitted, or their scripts not be written.
    #[error("{0}")]
    Submission(String),
    /// The user called it off.
    #[error("interrupted: what was finished is stored, and the same command goes on from there")]
    Interrupted,
}

impl CliError {
    /// The exit code that scripts rely on.
    pub fn exit_code(&self) -> u8 {
        match self {
            CliError::Scores(_)
            | CliError::Model(_)
            | CliError::Curves(_)
            | CliError::Usage(_)
            | CliError::Config(_)
            | CliError::Data(_)
            | CliError::Setup(_) => 2,
            CliError::Missing { .. } => 3,
            CliError::Conflicts(_) => 4,
            CliError::Interrupted => 130,
            // Whoever reads our output has gone: nobody is left to be told.
            CliError::Output(error) if error.kind() == io::ErrorKind::BrokenPipe => 0,
            _ => 1,
        }
    }

    /// Whether stored trials changed while they were read, so that reading them again may go well.
    pub fn is_passing(&self) -> bool {
        match self {
            CliError::Store(error) | CliError::Report(ReportError::Read(error)) => error.is_passing(),
            _ => false,
        }
    }

    /// Whether there is anyone to tell.
    pub fn is_silent(&self) -> bool {
        matches!(self, CliError::Output(error) if error.kind() == io::ErrorKind::BrokenPipe)
    }
}

impl From<PredictionsError> for CliError {
    fn from(error: PredictionsError) -> Self {
        match error {
            PredictionsError::Data(error) => CliError::Data(error),
            PredictionsError::Write(error) => CliError::Output(error),
            PredictionsError::File(error) => CliError::Report(error),
        }
    }
}

/// A list longer than this is not read by people; `overfit status --format json` has all.
const LISTED: usize = 100;

fn missing_trials(folder: &Path, trials: usize, missing: &[String], to_come: usize) -> String {
    let (named, folder) = (missing.len(), folder.display());
    let head = format!("{} of {trials} trials are missing in {folder}:", named + to_come);
    let more = format!("and {} more: overfit status --format json names all", named.saturating_sub(LISTED));
    let list = lines(head, missing, more);
    match to_come {
        0 => list,
        _ => format!("{list}\n  and {to_come} on which halving decides by the results of these"),
    }
}

fn conflicting_results(conflicts: &[Conflict]) -> String {
    let (head, lines_of) = match conflicts.len() {
        1 => ("two results of a trial differ, and neither is chosen: remove the wrong line", "this trial"),
        _ => ("two results of some trials differ, and neither is chosen: remove the wrong lines", "these trials"),
    };
    let head = format!(
        "{head}, or all lines of {lines_of}, and `overfit run` trains what is missing (with --fresh it trains all again):"
    );
    let more = format!("and {} more", conflicts.len().saturating_sub(LISTED));
    lines(head, &conflicts.iter().map(ToString::to_string).collect::<Vec<_>>(), more)
}

/// The head, and below it one item a line, as far as people read; then `more`.
fn lines(head: String, items: &[String], more: String) -> String {
    let shown = items.iter().take(LISTED).cloned();
    let rest = (items.len() > LISTED).then_some(more);
    std::iter::once(head).chain(shown.chain(rest).map(|item| format!("  {item}"))).collect::<Vec<_>>().join("\n")
}

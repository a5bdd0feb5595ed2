//! How a command ends.

use std::io;
use std::process::ExitCode;

use thiserror::Error;

use super::scores_csv::ScoresError;
use crate::data::DataError;
use crate::experiment::ConfigErrors;
use crate::lab::{StoreError, SweepError};
use crate::report::ReportError;

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
    /// Scores to compare are wrong.
    #[error(transparent)]
    Scores(#[from] ScoresError),
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
    /// The user called it off.
    #[error("interrupted: what was finished is stored, and the same command goes on from there")]
    Interrupted,
}

impl CliError {
    /// The exit code that scripts rely on.
    pub fn exit_code(&self) -> ExitCode {
        match self {
            CliError::Scores(_) | CliError::Usage(_) | CliError::Config(_) | CliError::Data(_) | CliError::Setup(_) => {
                ExitCode::from(2)
            }
            CliError::Interrupted => ExitCode::from(130),
            // Whoever reads our output has gone: nobody is left to be told.
            CliError::Output(error) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
            _ => ExitCode::from(1),
        }
    }

    /// Whether there is anyone to tell.
    pub fn is_silent(&self) -> bool {
        matches!(self, CliError::Output(error) if error.kind() == io::ErrorKind::BrokenPipe)
    }
}

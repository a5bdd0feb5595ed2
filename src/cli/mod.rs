//! The command line: the only place that prints, and the only one that knows the environment.
//!
//! In: what the user typed. Out: results on standard output, progress and warnings on standard error, an exit code.

mod arguments;
mod check;
mod compare;
mod conclusion;
mod curves_csv;
mod derived;
mod disagreement;
mod error;
mod folder;
mod interrupt;
mod memory;
mod merge;
mod paragraph;
mod plan;
mod progress;
mod remedies;
mod replay;
mod report;
mod run;
mod scores_csv;
mod session;
mod status;
mod stored;
mod table_csv;

use std::io::Write;
use std::process::ExitCode;

use clap::Parser;

use arguments::{Arguments, Command};
use error::CliError;

use crate::nn::Instructions;
use crate::report::harmless;

/// Does what the command line says.
pub fn main() -> ExitCode {
    match dispatch(Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            if !error.is_silent() {
                // Where standard error is closed, the exit code is all that is left to say it with.
                let text: Vec<String> = error.to_string().lines().map(harmless).collect();
                note(&format!("error: {}", text.join("\n")));
            }
            error.exit_code()
        }
    }
}

fn dispatch(arguments: Arguments) -> Result<(), CliError> {
    choose_kernels()?;
    match arguments.command {
        Command::Run(arguments) => run::run(&arguments),
        Command::Check(arguments) => check::check(&arguments),
        Command::Compare(arguments) => compare::compare(&arguments),
        Command::Replay(arguments) => replay::replay(&arguments),
        Command::Merge(arguments) => merge::merge(&arguments),
        Command::Status(arguments) => status::status(&arguments),
        Command::Report(arguments) => report::report(&arguments),
        Command::Remedies(arguments) => remedies::remedies(&arguments),
    }
}

/// `OVERFIT_KERNELS` names the instructions to compute with, for tests of what every machine must agree on.
fn choose_kernels() -> Result<(), CliError> {
    match std::env::var_os("OVERFIT_KERNELS") {
        Some(name) => Instructions::choose(&name.to_string_lossy())
            .map_err(|error| CliError::Usage(format!("OVERFIT_KERNELS {error}"))),
        None => Ok(()),
    }
}

/// Writes a line to standard error. Where that is closed, nobody waits for it.
fn note(line: &str) {
    let _ = writeln!(std::io::stderr(), "{line}");
}

/// Writes text to standard output.
fn print(text: &str) -> Result<(), CliError> {
    let mut out = std::io::stdout().lock();
    out.write_all(text.as_bytes())?;
    Ok(out.flush()?)
}

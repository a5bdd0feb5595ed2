//! The command line: the only place that prints, and the only one that knows the environment.
//!
//! In: what the user typed. Out: results on standard output, progress and warnings on standard error, an exit code.

mod arguments;
mod check;
mod compare;
mod completions;
mod conclusion;
mod curves_on_screen;
mod derived;
mod disagreement;
mod error;
mod folder;
mod init;
mod interrupt;
mod inventory;
mod merge;
mod notes;
mod paragraph;
mod plan;
mod predict;
mod progress;
mod remedies;
mod replay;
mod report;
mod run;
mod samples;
mod schema;
mod session;
mod slurm;
mod stage;
mod status;
mod stored;
mod submit;

use std::ffi::OsString;
use std::io::Write;
use std::process::ExitCode;

use clap::error::{ContextKind, ContextValue};
use clap::{CommandFactory, Parser};

use arguments::{Arguments, Command};
use error::CliError;

use crate::nn::Instructions;
use crate::schema::nearest;

/// Does what the command line says.
pub fn main() -> ExitCode {
    if asks_for_events(std::env::args_os().skip(1)) {
        notes::become_events();
    }
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(mut error) => {
            suggest_command(&mut error);
            return say(&error);
        }
    };
    match dispatch(arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            if !error.is_silent() {
                notes::error(&error);
            }
            ExitCode::from(error.exit_code())
        }
    }
}

/// Whether the command line has `--progress json`, even one that is wrong otherwise.
fn asks_for_events(arguments: impl Iterator<Item = OsString>) -> bool {
    let arguments: Vec<OsString> = arguments.take_while(|argument| argument != "--").collect();
    arguments.iter().any(|argument| argument == "--progress=json")
        || arguments.windows(2).any(|pair| pair[0] == "--progress" && pair[1] == "json")
}

/// Puts the nearest command beside one that there is not, where the parser itself found none near enough, as for `rnu`.
fn suggest_command(error: &mut clap::Error) {
    let wrong = match error.get(ContextKind::InvalidSubcommand) {
        Some(ContextValue::String(wrong)) if error.get(ContextKind::SuggestedSubcommand).is_none() => wrong.clone(),
        _ => return,
    };
    let command = Arguments::command();
    let names: Vec<&str> = command.get_subcommands().map(clap::Command::get_name).collect();
    if let Some(near) = nearest(&wrong, &names) {
        error.insert(ContextKind::SuggestedSubcommand, ContextValue::Strings(vec![near.to_owned()]));
    }
}

/// Help and version are results; what is wrong with the command line is an error.
fn say(parsed: &clap::Error) -> ExitCode {
    let exit_code = u8::try_from(parsed.exit_code()).unwrap_or(2);
    if parsed.use_stderr() && notes::are_events() {
        notes::usage(&parsed.to_string(), exit_code);
    } else {
        // Where nobody reads, the exit code is all that is left to say.
        let _ = parsed.print();
    }
    ExitCode::from(exit_code)
}

fn dispatch(arguments: Arguments) -> Result<(), CliError> {
    choose_kernels()?;
    match arguments.command {
        Command::Run(arguments) => run::run(&arguments),
        Command::Check(arguments) => check::check(&arguments),
        Command::Compare(arguments) => compare::compare(&arguments),
        Command::Replay(arguments) => replay::replay(&arguments),
        Command::Submit(arguments) => submit::submit(&arguments),
        Command::Merge(arguments) => merge::merge(&arguments),
        Command::Status(arguments) => status::status(&arguments),
        Command::Report(arguments) => report::report(&arguments),
        Command::Init(arguments) => init::init(&arguments),
        Command::Remedies(arguments) => remedies::remedies(&arguments),
        Command::Predict(arguments) => predict::predict(&arguments),
        Command::Schema(_) => schema::schema(),
        Command::Completions(arguments) => completions::completions(&arguments),
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

/// Writes text to standard output.
fn print(text: &str) -> Result<(), CliError> {
    let mut out = std::io::stdout().lock();
    out.write_all(text.as_bytes())?;
    Ok(out.flush()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_are_asked_for_in_either_spelling_and_before_names_of_files() {
        let asks = |line: &str| asks_for_events(line.split(' ').map(OsString::from));
        assert!(asks("run a.toml --progress json") && asks("run --progress=json --bogus"));
        assert!(!asks("run a.toml --progress plain json") && !asks("run -- --progress json"));
    }
}

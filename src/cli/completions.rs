//! `overfit completions`: a script with which a shell completes commands, options and their values.
//!
//! In: the declared command line. Out: a script of the shell's own.

use clap::CommandFactory;
use clap_complete::generate;

use super::arguments::{Arguments, CompletionsArguments};
use super::error::CliError;
use super::print;

pub(super) fn completions(arguments: &CompletionsArguments) -> Result<(), CliError> {
    let mut command = Arguments::command();
    let name = command.get_name().to_owned();
    let mut script = Vec::new();
    generate(arguments.shell, &mut command, name, &mut script);
    print(&String::from_utf8_lossy(&script))
}

//! What several tests of the program need: to run it, and to read what it wrote.
#![allow(dead_code, reason = "each test is a crate of its own, and uses some of this")]

use std::collections::HashMap;
use std::path::Path;
use std::process::{Command, Output, Stdio};

/// What a run of the program gave.
pub struct Run {
    /// What it printed on standard output.
    pub stdout: String,
    /// What it printed on standard error.
    pub stderr: String,
    /// How it ended; `None` if by a signal.
    pub code: Option<i32>,
}

impl Run {
    /// Fails unless the program ended with this code.
    #[track_caller]
    pub fn code(self, wanted: i32) -> Self {
        assert_eq!(self.code, Some(wanted), "stdout: {}\nstderr: {}", self.stdout, self.stderr);
        self
    }

    /// Fails unless all went well.
    #[track_caller]
    pub fn success(self) -> Self {
        self.code(0)
    }
}

impl From<Output> for Run {
    fn from(output: Output) -> Self {
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("the program writes UTF-8");
        Self { stdout: text(output.stdout), stderr: text(output.stderr), code: output.status.code() }
    }
}

/// The program with these arguments, not yet started, without a terminal.
pub fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_overfit"));
    command.args(arguments).stdin(Stdio::null()).env_remove("CLICOLOR_FORCE").env_remove("OVERFIT_KERNELS");
    command
}

/// Runs the program with these arguments.
pub fn overfit(arguments: &[&str]) -> Run {
    command(arguments).output().expect("the program was built").into()
}

/// The rows of a CSV file, by the names of the columns.
pub fn read_csv(path: &Path) -> Vec<HashMap<String, String>> {
    let mut reader = csv::Reader::from_path(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    reader.deserialize().map(|row| row.expect("our own CSV is well formed")).collect()
}

//! Lines on standard error beside the display of progress: warnings, remarks, and why the program ends.
//!
//! In: text, which is made harmless here. Out: lines for people; or, where events are asked for (`--progress json`), one JSON
//! object a line, so that a program that reads them never meets anything else.

use std::io::Write;
use std::sync::atomic::{AtomicBool, Ordering};

use super::error::CliError;
use super::progress::{Kind, event};
use crate::report::harmless;

/// Whether events are asked for.
static EVENTS: AtomicBool = AtomicBool::new(false);

/// From now on every line is an event, the report of a panic too.
pub(super) fn become_events() {
    EVENTS.store(true, Ordering::Relaxed);
    std::panic::set_hook(Box::new(|panic| warning(&panic.to_string().replace('\n', " "))));
}

/// Whether every line is an event.
pub(super) fn are_events() -> bool {
    EVENTS.load(Ordering::Relaxed)
}

/// Something that the user may want to know.
pub(super) fn message(text: &str) {
    note(Kind::Message, text);
}

/// The same in several lines.
pub(super) fn lines(text: &str) {
    write(Kind::Message, &harmless_lines(text), None);
}

/// Something that the user should know.
pub(super) fn warning(text: &str) {
    note(Kind::Warning, text);
}

/// Why the program ends. Where standard error is closed, the exit code is all that is left to say it with.
pub(super) fn error(error: &CliError) {
    let text = harmless_lines(&error.to_string());
    let kind = if matches!(error, CliError::Interrupted) { Kind::Interrupted } else { Kind::Error };
    write(kind, &text, Some(error.exit_code()));
}

/// Says why the program ends, and ends it. Behind that no other thread says anything.
pub(super) fn end(error: &CliError) -> ! {
    let _last = std::io::stderr().lock();
    self::error(error);
    std::process::exit(error.exit_code().into());
}

/// What is wrong with the command line, in the words of its parser.
pub(super) fn usage(text: &str, exit_code: u8) {
    write(Kind::Error, &harmless_lines(text.trim_start_matches("error: ").trim_end()), Some(exit_code));
}

/// A line: names in it come from configs and data, and must not begin another one.
fn note(kind: Kind, text: &str) {
    write(kind, &harmless(text), None);
}

fn harmless_lines(text: &str) -> String {
    text.lines().map(harmless).collect::<Vec<_>>().join("\n")
}

fn write(kind: Kind, text: &str, exit_code: Option<u8>) {
    let line = match are_events() {
        true => format!("{}\n", event(kind, text, exit_code)),
        false => kind.line(text),
    };
    // Where standard error is closed, nobody waits for it.
    let _ = std::io::stderr().write_all(line.as_bytes());
}

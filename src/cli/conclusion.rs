//! The end of `run`, `merge` and `report`: all that is derived from the store is written, and the comparison printed.

use std::collections::HashSet;
use std::io::IsTerminal;
use std::path::Path;

use super::arguments::FormatArgument;
use super::error::CliError;
use super::{print, progress};
use crate::analysis::{Summary, measured};
use crate::experiment::{Contents, Trial};
use crate::lab::{Results, Store, Unplanned};
use crate::report::{self, Format, Style, comparison, measured_tables, spent};

/// How often files are written again because another process has stored more meanwhile, and is not finished itself.
const AGAIN: usize = 3;

/// Writes what is derived from the results into their folder. Where two processes end at the same time, the files hold what
/// both have stored, whichever writes last.
///
/// # Errors
/// If two results of a trial differ, or the disk fails.
pub(super) fn write(results: &mut Results, folder: &Path) -> Result<Summary, CliError> {
    let mut again = 0;
    loop {
        refuse_conflicts(&results.store)?;
        let summary = Summary::of(&results.compared()).map_err(CliError::Store)?;
        report::write_all(results, &summary, folder)?;
        again += 1;
        // Who is still at work writes all again at the end.
        if results.rescan()? == 0 || again > AGAIN && results.missing() > 0 {
            return Ok(summary);
        }
    }
}

/// Prints the comparison, and what was measured.
pub(super) fn show(results: &Results, summary: &Summary, format: FormatArgument) -> Result<(), CliError> {
    let (style, format) = (style(), Format::from(format));
    let compared = results.compared();
    print(&comparison(&compared, summary, format, style))?;
    print(&spent(results, format, style).map_err(CliError::Store)?)?;
    print(&measured_tables(&compared, summary, &measured(&compared).map_err(CliError::Store)?, format, style))
}

/// What standard output can show.
pub(super) fn style() -> Style {
    let terminal = std::io::stdout().is_terminal();
    // 80 columns where it is none.
    let width = terminal_size::terminal_size_of(std::io::stdout()).map_or(80, |(width, _)| width.0);
    Style { width, colour: progress::colour_allowed(terminal) }
}

/// Two results of one trial that differ in more than time are an error: neither is chosen.
pub(super) fn refuse_conflicts(store: &Store) -> Result<(), CliError> {
    match store.conflicts()? {
        conflicts if conflicts.is_empty() => Ok(()),
        conflicts => Err(CliError::Conflicts(conflicts)),
    }
}

/// What the store holds that the plan does not ask for.
pub(super) fn unplanned(store: &Store, trials: &[Trial], contents: &Contents) -> Unplanned {
    let ids: Vec<String> = trials.iter().map(|trial| trial.id.to_string()).collect();
    let planned: HashSet<&str> = ids.iter().map(String::as_str).collect();
    store.unplanned(&planned, contents.semantics(), &contents.data_hashes())
}

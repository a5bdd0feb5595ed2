//! The end of `run`, `merge` and `report`: the comparison is printed, unless results contradict each other.

use std::collections::HashSet;
use std::io::IsTerminal;

use super::arguments::FormatArgument;
use super::error::CliError;
use super::{print, progress};
use crate::analysis::{Summary, measured};
use crate::experiment::{Contents, Trial};
use crate::lab::{Results, Store, Unplanned};
use crate::report::{Format, Style, comparison, measured_tables, spent};

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

/// Two results of one trial that differ in more than time are an error: neither is chosen. Trials outside the plan do not
/// matter here.
pub(super) fn refuse_conflicts(store: &Store) -> Result<(), CliError> {
    match store.conflicts()?.into_iter().filter(|conflict| conflict.is_planned).collect::<Vec<_>>() {
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

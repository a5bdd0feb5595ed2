//! The end of `run`, `merge` and `report`: the comparison is printed, unless results contradict each other.

use std::collections::HashSet;
use std::io::IsTerminal;
use std::path::Path;

use super::arguments::FormatArgument;
use super::curves_on_screen::{Place, Wish};
use super::error::CliError;
use super::{notes, print, progress};
use crate::analysis::{Summary, measured};
use crate::experiment::{Contents, Trial};
use crate::lab::{Results, State, Store, Unplanned};
use crate::report::{Format, Spent, Style, beside, comparison, learning_curves, measured_tables};

/// Prints the comparison, what was measured, and the learning curves where they are wanted.
pub(super) fn show(results: &Results, summary: &Summary, format: FormatArgument, curves: Wish) -> Result<(), CliError> {
    let (style, format) = (style(), Format::from(format));
    let compared = results.compared();
    let place = Place::of(curves, format, std::io::stdout().is_terminal(), style);
    if summary.oracle.as_ref().is_some_and(Vec::is_empty) {
        notes::warning("--oracle chooses nothing: no variant has several points with figures");
    }
    let spent = Spent::of(results)?;
    let table = |style: Style| comparison(&compared, summary, spent.as_ref(), format, style);
    print(&match place {
        Place::Beside { table: left, curves } => {
            beside(&table(left), left.width, &learning_curves(&compared, summary, curves)?)
        }
        Place::Below(_) | Place::Nowhere => table(style),
    })?;
    print(&spent.map(|spent| spent.sentence(format, style)).unwrap_or_default())?;
    print(&measured_tables(&compared, summary, &measured(&compared)?, format, style))?;
    match place {
        Place::Below(style) => print(&paragraph(&learning_curves(&compared, summary, style)?)),
        Place::Beside { .. } | Place::Nowhere => Ok(()),
    }
}

/// The lines below an empty one; nothing of none.
fn paragraph(lines: &[String]) -> String {
    if lines.is_empty() { String::new() } else { format!("\n{}\n", lines.join("\n")) }
}

/// A warning of the trials that failed or are missing, whatever else is shown.
pub(super) fn warn_of_absent(results: &Results, folder: &Path) {
    let failed = results.trials.iter().filter(|trial| results.state(trial) == State::Failed).count();
    let counts = [(failed, "failed"), (results.missing(), "missing")];
    let absent: Vec<String> =
        counts.iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("{count} {what}")).collect();
    if !absent.is_empty() {
        let (trials, folder) = (results.trials.len() + results.to_come, folder.display());
        notes::warning(&format!("of {trials} trials {}; `overfit status {folder}` says more", absent.join(", ")));
    }
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

//! What the user should know of a store before and after it is used: lines that count for nothing, results outside the plan.
//!
//! In: the store, the plan, the folder. Out: notes, each a warning or a mere message.

use std::collections::HashSet;
use std::path::Path;

use super::notes;
use super::plan::Plan;
use crate::lab::{Conflict, Store, StoreError, Unplanned, Unreadable, unplanned_models};
use crate::report;

/// What is said to the user.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Note {
    /// Worth knowing.
    Message(String),
    /// Something may be wrong.
    Warning(String),
}

/// What becomes of a trial whose line counts for nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    /// It is trained in this run.
    RunAgain,
    /// Nothing is trained here.
    Missing,
    /// Every trial of the plan is stored without that line.
    NotNeeded,
}

/// What was found in reading the store since it was last asked.
pub(super) fn findings(store: &mut Store, fate: Fate) -> Vec<Note> {
    let lines = store.take_unreadable().into_iter().map(|found| lines_note(&found, fate)).collect::<Vec<_>>();
    lines.into_iter().chain(store.take_warnings().into_iter().map(Note::Warning)).collect()
}

fn lines_note(found: &Unreadable, fate: Fate) -> Note {
    let its = found.lines == 1;
    match fate {
        Fate::RunAgain => {
            let what = if its { "its trial is run again" } else { "their trials are run again" };
            Note::Warning(format!("{found}: {what} unless stored elsewhere"))
        }
        Fate::Missing => {
            let what = if its { "its trial is missing" } else { "their trials are missing" };
            Note::Warning(format!("{found}: {what} unless stored elsewhere"))
        }
        Fate::NotNeeded => {
            let what = if its { "it does no harm" } else { "they do no harm" };
            Note::Message(format!("{found}; {what}, every trial of the plan is stored elsewhere"))
        }
    }
}

/// What is stored that the plan does not ask for.
///
/// # Errors
/// If a record cannot be read.
pub(super) fn beside(store: &Store, plan: Plan<'_>, folder: &Path) -> Result<Vec<Note>, StoreError> {
    let mut notes = Vec::new();
    let ids: Vec<String> = plan.trials.iter().map(|trial| trial.id.to_string()).collect();
    let planned: HashSet<&str> = ids.iter().map(String::as_str).collect();
    let unplanned = store.unplanned(&planned, plan.contents.semantics(), &plan.contents.data_hashes());
    if let Some(text) = report::unplanned(unplanned) {
        notes.push(match unplanned {
            // That settings change is what a sweep is for; that data or meanings do may be a surprise.
            Unplanned { data: 0, semantics: 0, .. } => Note::Message(text),
            Unplanned { semantics: 0, .. } => Note::Warning(text),
            _ => Note::Warning(format!("{text}; what the plan lacks of it must be run with this version")),
        });
    }
    match unplanned_models(folder, &planned) {
        0 => {}
        1 => notes.push(Note::Message("1 network in models/ belongs to a trial outside the plan: kept".to_owned())),
        count => {
            notes.push(Note::Message(format!("{count} networks in models/ belong to trials outside the plan: kept")))
        }
    }
    let outside: Vec<Conflict> = store.conflicts()?.into_iter().filter(|conflict| !conflict.is_planned).collect();
    if let Some(first) = outside.first() {
        let count = match outside.len() {
            1 => "a trial outside the plan has two results that differ".to_owned(),
            count => format!("{count} trials outside the plan have two results each that differ"),
        };
        let [one, other] = &first.places;
        notes.push(Note::Warning(format!(
            "{count} (first: {one} and {other}): nothing here depends on it; before their settings are used again, remove \
             one of the two lines, or both"
        )));
    }
    Ok(notes)
}

impl Note {
    /// What it says.
    pub fn into_text(self) -> String {
        match self {
            Note::Message(text) | Note::Warning(text) => text,
        }
    }
}

/// Says the notes on standard error; messages only where they are wanted.
pub(super) fn say(notes: Vec<Note>, quiet: bool) {
    for found in notes {
        match found {
            Note::Warning(text) => notes::warning(&text),
            Note::Message(text) if !quiet => notes::message(&text),
            Note::Message(_) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lab::Fault;

    #[test]
    fn lines_that_nothing_depends_on_are_no_warning() {
        let found = |lines| Unreadable {
            path: "x.jsonl".into(),
            fault: Fault::Unreadable,
            lines,
            first: 3,
            reason: "cut off".to_owned(),
        };
        assert_eq!(
            lines_note(&found(12), Fate::RunAgain),
            Note::Warning(
                "12 lines of x.jsonl cannot be read (first: line 3, cut off): their trials are run again unless stored \
                 elsewhere"
                    .to_owned()
            )
        );
        assert_eq!(
            lines_note(&found(1), Fate::Missing),
            Note::Warning(
                "line 3 of x.jsonl cannot be read (cut off): its trial is missing unless stored elsewhere".to_owned()
            )
        );
        assert!(matches!(lines_note(&found(1), Fate::NotNeeded), Note::Message(_)));
    }
}

//! What `check` says of the folder of results: how much of the plan is stored in it already, and what else.
//!
//! In: a session and the results so far. Out: a sentence; nothing where nothing is stored.

use std::collections::HashSet;

use super::error::CliError;
use super::session::Session;
use super::stored::{self, Note};
use crate::lab::{PlannedTrial, Results, State};

/// What is stored, in a sentence.
///
/// # Errors
/// If a stored result cannot be read.
pub(super) fn sentence(session: &Session, results: &Results) -> Result<Option<String>, CliError> {
    let beside = stored::beside(&results.store, session.plan(), &session.folder)?;
    let conflicts = results.store.conflicts()?.iter().filter(|conflict| conflict.is_planned).count();
    let mut seen = HashSet::new();
    let distinct: Vec<&PlannedTrial> = results.trials.iter().filter(|trial| seen.insert(&trial.id)).collect();
    let count = |state: State| distinct.iter().filter(|trial| results.state(trial) == state).count();
    let (failed, missing) = (count(State::Failed), count(State::Missing));
    let stored = distinct.len() - missing;
    if stored == 0 && beside.is_empty() {
        return Ok(None);
    }
    let of_these = if failed > 0 { format!(", of which {failed} failed") } else { String::new() };
    let mut parts = vec![format!("{stored} of {} trials{of_these}", distinct.len() + results.to_come)];
    parts.extend(beside.into_iter().map(Note::into_text));
    if conflicts > 0 {
        let folder = session.folder.display();
        parts.push(format!("results of one trial that differ: {conflicts} (`overfit status {folder}` names them)"));
    }
    Ok(Some(parts.join("; ")))
}

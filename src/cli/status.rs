//! `overfit status`: how far an experiment is, from the files of its folder alone; and what is queued of it, where there is a
//! queue.

use std::collections::HashSet;

use super::arguments::StatusArguments;
use super::error::CliError;
use super::folder::ResultsFolder;
use super::stored::{self, Fate};
use super::{conclusion, notes, print, slurm};
use crate::experiment::canonical;
use crate::lab::cluster::{FOLDER, Queue, fingerprint};
use crate::lab::{Results, State};
use crate::report::{self, Queued};

pub(super) fn status(arguments: &StatusArguments) -> Result<(), CliError> {
    let folder = ResultsFolder::open(&arguments.folder)?;
    // The queue first: what ends meanwhile is then seen as stored.
    let queue = queue(&folder);
    let mut results = folder.results(folder.open_store()?)?;
    let fate = if results.missing() == 0 { Fate::NotNeeded } else { Fate::Missing };
    stored::say(stored::findings(&mut results.store, fate), false);
    let unplanned = conclusion::unplanned(&results.store, &folder.trials, &folder.resolved.contents);
    let queued = queue.map(|queue| queued(queue, &folder, &results));
    let (format, style) = (arguments.format.into(), conclusion::style());
    print(&report::status(&results, unplanned, queued.as_ref(), format, style)?)?;
    conclusion::refuse_conflicts(&results.store)
}

/// What is queued of a folder whose trials were ever submitted; nothing where that cannot be told.
fn queue(folder: &ResultsFolder) -> Option<Queue> {
    if !folder.path.join(FOLDER).is_dir() {
        return None;
    }
    slurm::queue(&canonical(&folder.path).to_string_lossy()).unwrap_or_else(|error| {
        notes::warning(&format!("what is queued is not known: {error}"));
        None
    })
}

/// What the queue says of the trials that are missing.
fn queued(queue: Queue, folder: &ResultsFolder, results: &Results) -> Queued {
    let parts = queue.parts(&fingerprint(&folder.trials), &folder.resolved.experiment, &folder.trials, false);
    let ids: HashSet<String> = parts.trials.iter().map(ToString::to_string).collect();
    let missing = results.trials.iter().filter(|trial| results.state(trial) == State::Missing);
    Queued { expected: missing.filter(|trial| ids.contains(&trial.id)).count(), queue }
}

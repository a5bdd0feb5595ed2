//! `overfit status`: how far an experiment is, from the files of its folder alone.

use super::arguments::StatusArguments;
use super::error::CliError;
use super::folder::ResultsFolder;
use super::stored::{self, Fate};
use super::{conclusion, print};
use crate::report;

pub(super) fn status(arguments: &StatusArguments) -> Result<(), CliError> {
    let folder = ResultsFolder::open(&arguments.folder)?;
    let mut results = folder.results(folder.open_store()?)?;
    let fate = if results.missing() == 0 { Fate::NotNeeded } else { Fate::Missing };
    stored::say(stored::findings(&mut results.store, fate), false);
    let unplanned = conclusion::unplanned(&results.store, &folder.trials, &folder.resolved.contents);
    print(&report::status(&results, unplanned, arguments.format.into(), conclusion::style())?)?;
    conclusion::refuse_conflicts(&results.store)
}

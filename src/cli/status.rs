//! `overfit status`: how far an experiment is, from the files of its folder alone.

use super::arguments::StatusArguments;
use super::error::CliError;
use super::folder::ResultsFolder;
use super::{conclusion, note, print};
use crate::lab::Store;
use crate::report::{self, harmless};

pub(super) fn status(arguments: &StatusArguments) -> Result<(), CliError> {
    let folder = ResultsFolder::open(&arguments.folder)?;
    let mut results = folder.results(Store::open(&folder.path)?)?;
    for warning in results.store.take_warnings() {
        note(&format!("warning: {}", harmless(&warning)));
    }
    let unplanned = conclusion::unplanned(&results.store, &folder.trials, &folder.resolved.contents);
    print(&report::status(&results, unplanned, arguments.format.into(), conclusion::style())?)?;
    conclusion::refuse_conflicts(&results.store)
}

//! `overfit report`: writes again what is derived from stored results.

use super::arguments::ReportArguments;
use super::conclusion;
use super::error::CliError;
use super::folder::ResultsFolder;
use super::note;
use crate::lab::{Store, remove_leftovers};
use crate::report::harmless;

pub(super) fn report(arguments: &ReportArguments) -> Result<(), CliError> {
    // All folders are checked before anything is written.
    let folders: Result<Vec<_>, CliError> =
        arguments.folders.iter().map(|folder| ResultsFolder::open(folder)).collect();
    for folder in folders? {
        remove_leftovers(&folder.path);
        let mut results = folder.results(Store::open(&folder.path)?)?;
        for warning in results.store.take_warnings() {
            note(&format!("warning: {}", harmless(&warning)));
        }
        let summary = conclusion::write(&mut results, &folder.path)?;
        if !arguments.quiet {
            conclusion::show(&results, &summary, arguments.format)?;
            note(&format!("written to {}", harmless(&folder.path.display().to_string())));
        }
    }
    Ok(())
}

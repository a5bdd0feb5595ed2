//! `overfit report`: writes again what is derived from stored results.

use super::arguments::ReportArguments;
use super::conclusion;
use super::curves_on_screen::Wish;
use super::derived::{Derived, Written};
use super::error::CliError;
use super::folder::ResultsFolder;
use super::notes;
use super::stored::{self, Fate, Note};
use crate::analysis::Terms;
use crate::lab::{Results, remove_leftovers};
use crate::metric::Metric;

pub(super) fn report(arguments: &ReportArguments) -> Result<(), CliError> {
    // All folders are checked before anything is written.
    let folders: Result<Vec<_>, CliError> =
        arguments.folders.iter().map(|folder| ResultsFolder::open(folder)).collect();
    for folder in folders? {
        remove_leftovers(&folder.path);
        let mut results = folder.results(folder.open_store()?)?;
        results.metric = metric(arguments, &results)?;
        let fate = if results.missing() == 0 { Fate::NotNeeded } else { Fate::Missing };
        stored::say(stored::findings(&mut results.store, fate), arguments.quiet);
        stored::say(stored::beside(&results.store, folder.plan(), &folder.path)?, arguments.quiet);
        let terms = Terms { oracle: arguments.oracle, ..Terms::default() };
        let derived = Derived::of(&folder).on(terms).written(arguments.derived);
        let Written { summary, warnings } = derived.write(&mut results)?;
        stored::say(warnings.into_iter().map(Note::Warning).collect(), arguments.quiet);
        conclusion::warn_of_absent(&results, &folder.path);
        if !arguments.quiet {
            conclusion::show(&results, &summary, arguments.format, Wish::WhereTheyFit)?;
            notes::message(&format!("written to {}", folder.path.display()));
        }
    }
    Ok(())
}

/// The metric that is asked for, or that of the config.
fn metric(arguments: &ReportArguments, results: &Results) -> Result<Metric, CliError> {
    match arguments.metric.as_deref().and_then(Metric::from_name) {
        None => Ok(results.metric),
        Some(metric) if metric.is_of(results.task) => Ok(metric),
        Some(metric) => Err(CliError::Usage(format!(
            "--metric must be one that {} has, which is a {}, found {}",
            results.experiment,
            results.task.name(),
            metric.name()
        ))),
    }
}

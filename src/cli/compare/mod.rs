//! `overfit compare`: judges results that are there already, of this program or of any other.
//!
//! One folder of results gives the comparison that `run` and `report` print, by another metric, baseline or region of
//! practical equivalence if one is asked for. Several, or scores of a CSV, are data sets that say something together.

mod names;
mod remarks;
mod several;
mod sources;

use super::arguments::{CompareArguments, FormatArgument};
use super::conclusion;
use super::curves_on_screen::Wish;
use super::error::CliError;
use super::stored::{self, Fate};
use crate::analysis::{Summary, Terms};
use crate::lab::Results;
use crate::report::PAGE;
use sources::{Folder, Source};

pub(super) fn compare(arguments: &CompareArguments) -> Result<(), CliError> {
    if arguments.plot && arguments.format != FormatArgument::Table {
        return Err(CliError::Usage(
            "--plot is for the screen, and must not be given with another --format than table".to_owned(),
        ));
    }
    let mut sources = sources::open(&arguments.results)?;
    for folder in sources.iter_mut().filter_map(Source::folder) {
        let fate = if folder.results.missing() == 0 { Fate::NotNeeded } else { Fate::Missing };
        stored::say(stored::findings(&mut folder.results.store, fate), true);
        conclusion::refuse_conflicts(&folder.results.store)?;
        apply(folder, arguments)?;
    }
    match sources.as_slice() {
        [Source::Folder(folder)] if arguments.html.is_some() => Err(CliError::Usage(format!(
            "--html is for several experiments, or scores; the page of one folder is {}",
            folder.path.join(PAGE).display()
        ))),
        [Source::Folder(folder)] => one(&folder.results, arguments),
        _ if arguments.plot => Err(CliError::Usage(
            "--plot draws the curves of one folder of results, which must have its folder trials".to_owned(),
        )),
        _ => several::compare(&sources, arguments),
    }
}

/// Metric and resampling as they are asked for.
fn apply(folder: &mut Folder, arguments: &CompareArguments) -> Result<(), CliError> {
    let results = &mut folder.results;
    if let Some(metric) = &arguments.metric
        && !results.compare_by(metric)
    {
        let known: Vec<&str> = results.metrics.iter().chain(&results.further).map(String::as_str).collect();
        let trials = folder.path.join(sources::TRIALS);
        return Err(CliError::Usage(format!(
            "--metric must be one of {} for {}, found \"{metric}\"; another column is compared trial by trial with: \
             overfit compare {} --metric {metric}",
            known.join(", "),
            folder.path.display(),
            trials.display()
        )));
    }
    if let Some(resampling) = arguments.resampling {
        results.resampling = resampling.into();
    }
    Ok(())
}

/// A folder for itself.
fn one(results: &Results, arguments: &CompareArguments) -> Result<(), CliError> {
    let mut results = results.clone();
    if let Some(wanted) = &arguments.baseline {
        let known: Vec<&str> = results.variants.iter().map(String::as_str).collect();
        results.baseline = names::place(wanted, &known)?;
    }
    let terms = Terms { rope: arguments.rope, oracle: arguments.oracle };
    let summary = Summary::of(&results.compared(), terms)?;
    let wish = if arguments.plot { Wish::Always } else { Wish::Never };
    conclusion::show(&results, &summary, arguments.format, wish)
}

//! `overfit compare`: judges results that are there already, of this program or of any other.

use std::path::PathBuf;

use super::arguments::CompareArguments;
use super::error::CliError;
use super::folder::file_in;
use super::{conclusion, note, print, scores_csv};
use crate::analysis::{ExperimentScores, Study};
use crate::report::{Format, harmless, study};

/// What holds the scores in a folder of results.
const TRIALS: &str = "trials.csv";

pub(super) fn compare(arguments: &CompareArguments) -> Result<(), CliError> {
    let paths: Vec<PathBuf> = arguments.results.iter().map(|path| file_in(path, TRIALS)).collect::<Result<_, _>>()?;
    let resampling = arguments.resampling.map(Into::into);
    let scores = scores_csv::read(&paths, arguments.metric.as_deref(), resampling)?;
    for warning in &scores.warnings {
        note(&format!("warning: {}", harmless(warning)));
    }
    let baseline = baseline(&scores.experiments, arguments.baseline.as_deref())?;
    let found = Study::of(&scores.experiments, &scores.metric, &baseline, arguments.rope);
    print(&study(&found, Format::from(arguments.format), conclusion::style()))
}

/// The variant that is asked for, or the first that there is.
fn baseline(experiments: &[ExperimentScores], wanted: Option<&str>) -> Result<String, CliError> {
    let mut names: Vec<&str> = Vec::new();
    for variant in experiments.iter().flat_map(|experiment| &experiment.variants) {
        if !names.contains(&variant.name.as_str()) {
            names.push(&variant.name);
        }
    }
    match wanted {
        None => Ok(names.first().copied().unwrap_or_default().to_owned()),
        Some(wanted) if names.contains(&wanted) => Ok(wanted.to_owned()),
        Some(wanted) => Err(CliError::Usage(format!(
            "--baseline must be a variant, found \"{wanted}\"; there are {}",
            names.iter().map(|name| format!("\"{name}\"")).collect::<Vec<_>>().join(", ")
        ))),
    }
}

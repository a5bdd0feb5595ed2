//! `overfit compare`: judges results that are there already, of this program or of any other.

use std::io::IsTerminal;
use std::path::{Path, PathBuf};

use super::arguments::CompareArguments;
use super::error::CliError;
use super::{note, print, progress, scores_csv};
use crate::analysis::{ExperimentScores, Study};
use crate::report::{Format, Style, harmless, study};

/// What holds the scores in a folder of results.
const TRIALS: &str = "trials.csv";

pub(super) fn compare(arguments: &CompareArguments) -> Result<(), CliError> {
    let paths: Vec<PathBuf> = arguments.results.iter().map(|path| scores_in(path)).collect::<Result<_, _>>()?;
    let resampling = arguments.resampling.map(Into::into);
    let scores = scores_csv::read(&paths, arguments.metric.as_deref(), resampling)?;
    for warning in &scores.warnings {
        note(&format!("warning: {}", harmless(warning)));
    }
    let baseline = baseline(&scores.experiments, arguments.baseline.as_deref())?;
    let found = Study::of(&scores.experiments, &scores.metric, &baseline, arguments.rope);
    print(&study(&found, Format::from(arguments.format), style()))
}

/// The file with the scores: the path itself, or what a folder has of them.
fn scores_in(path: &Path) -> Result<PathBuf, CliError> {
    if !path.is_dir() {
        return Ok(path.to_owned());
    }
    match path.join(TRIALS) {
        trials if trials.is_file() => Ok(trials),
        _ => Err(CliError::Usage(format!("{} must be a folder of results, found no {TRIALS} in it", path.display()))),
    }
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

/// What standard output can show: 80 columns where it is no terminal.
fn style() -> Style {
    let width = terminal_size::terminal_size_of(std::io::stdout()).map_or(80, |(width, _)| width.0);
    Style { width, colour: progress::colour_allowed(std::io::stdout().is_terminal()) }
}

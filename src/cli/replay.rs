//! `overfit replay`: stopping criteria applied to recorded curves; trains nothing.

use std::path::PathBuf;

use super::arguments::ReplayArguments;
use super::error::CliError;
use super::folder::file_in;
use super::{conclusion, print};
use crate::report::{Format, replay as written};
use crate::stopping::Criterion;
use crate::tables::read_curves;

/// What holds the curves in a folder of results.
const CURVES: &str = "curves.csv";

pub(super) fn replay(arguments: &ReplayArguments) -> Result<(), CliError> {
    let paths: Vec<PathBuf> = arguments.curves.iter().map(|path| file_in(path, CURVES)).collect::<Result<_, _>>()?;
    let looks_at_training = |criterion: &Criterion| matches!(criterion, Criterion::ProgressQuotient { .. });
    let training = arguments.criterion.iter().any(looks_at_training);
    let read = read_curves(&paths, arguments.metric.as_deref(), training)?;
    let format = Format::from(arguments.format);
    print(&written(&read.curves, &read.metric, &arguments.criterion, format, conclusion::style()))
}

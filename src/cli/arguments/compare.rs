//! `overfit compare`: its arguments.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::FormatArgument;
use crate::analysis::ROPE;
use crate::lab::Resampling;

/// `overfit compare`
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
        overfit compare results/iris --metric loss --baseline dropout    (one folder: as `report` shows it)\n  \
        overfit compare results/iris --plot\n  \
        overfit compare results/iris results/digits results/heart --baseline none --html together.html\n  \
        overfit compare scores.csv --metric test_accuracy --resampling kfold\n  \
        overfit compare scores.csv --rope 0.005 --format json\n\n\
        Of several folders a swept variant counts with the points that validation chose; each folder is a data set.\n\n\
        A CSV has the columns experiment, variant, seed and a metric, perhaps fold, n_train (all rows outside the test part) \
        and n_test; commas or semicolons between cells. Of folds that the seeds share only the mean of the seeds counts; \
        whether they do is seen from the scores, which then resemble each other fold by fold, and said if not. Repeats of a \
        cross-validation may as well go on counting folds. With --resampling holdout each row counts.")]
pub struct CompareArguments {
    /// Folders of results, or CSV files of scores
    #[arg(required = true, value_name = "DIR|CSV")]
    pub results: Vec<PathBuf>,

    /// The metric to compare, as loss, or a column of the CSV [default: test_accuracy, or test_r2]; of losses and errors the
    /// lower is the better
    #[arg(long, value_name = "COLUMN")]
    pub metric: Option<String>,

    /// The variant that the others are compared with [default: the config's, or the first]
    #[arg(long, value_name = "VARIANT")]
    pub baseline: Option<String>,

    /// How the trials of an experiment relate to each other [default: as the config says; for a CSV kfold where there are folds, holdout where there are
    /// n_train and n_test, otherwise fixed]
    #[arg(long, value_enum)]
    pub resampling: Option<ResamplingArgument>,

    /// Differences up to this size, in the metric's unit, are taken for none
    #[arg(long, value_name = "SIZE", default_value_t = ROPE, value_parser = size, allow_negative_numbers = true)]
    pub rope: f64,

    /// Choose the points of a sweep by their test figures too, beside the honest choice by validation: what an oracle would
    /// reach; optimistic, and no estimate of anything
    #[arg(long)]
    pub oracle: bool,

    /// Write a page with charts too: of several experiments, or of scores
    #[arg(long, value_name = "FILE")]
    pub html: Option<PathBuf>,

    /// Draw the learning curves of a folder in characters, too
    #[arg(long)]
    pub plot: bool,

    /// How the comparison is printed
    #[arg(long, value_enum, default_value_t)]
    pub format: FormatArgument,
}

/// `--resampling`
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ResamplingArgument {
    /// One test set for all seeds.
    Fixed,
    /// A split of its own for each seed (and fold).
    Holdout,
    /// Cross-validation.
    Kfold,
}

impl From<ResamplingArgument> for Resampling {
    fn from(argument: ResamplingArgument) -> Self {
        match argument {
            ResamplingArgument::Fixed => Resampling::Fixed,
            ResamplingArgument::Holdout => Resampling::Holdout,
            ResamplingArgument::Kfold => Resampling::Kfold,
        }
    }
}

/// A size of differences.
fn size(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(size) if size.is_finite() && size >= 0.0 => Ok(size),
        _ => Err("must be a number from 0".to_owned()),
    }
}

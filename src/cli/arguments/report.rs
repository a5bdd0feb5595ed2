//! `overfit report`: its arguments.

use std::path::PathBuf;

use clap::Args;

use super::{DerivedArguments, FormatArgument};
use crate::metric::Metric;

/// `overfit report`
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  overfit report results/quickstart\n  \
        overfit report results/quickstart --metric balanced_accuracy")]
pub struct ReportArguments {
    /// Folders of results
    #[arg(required = true, value_name = "DIR")]
    pub folders: Vec<PathBuf>,

    /// Choose the points of a sweep by their test figures too, beside the honest choice by validation: what an oracle would
    /// reach; optimistic, and no estimate of anything
    #[arg(long)]
    pub oracle: bool,

    /// The figure to compare and choose by in place of the config's [default: that of the config]
    #[arg(long, value_name = "METRIC", value_parser = Metric::NAMES)]
    pub metric: Option<String>,

    /// How files are written.
    #[command(flatten)]
    pub derived: DerivedArguments,

    /// How the comparison is printed
    #[arg(long, value_enum, default_value_t)]
    pub format: FormatArgument,

    /// No table; warnings and errors only
    #[arg(long, short)]
    pub quiet: bool,
}

//! `overfit merge`: its arguments.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

use super::run::duration;
use super::{DerivedArguments, FormatArgument};

/// `overfit merge`
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
        overfit merge part0 part1 part2 part3 --out results/all\n  \
        overfit merge results/shared    (shards that ran in one folder)\n  \
        overfit merge results/shared --wait 90s    (on a network file system, right after the shards)\n\n\
        Exit code 3 with a list where trials are missing (what there is was joined), 4 where two results of one trial \
        differ in more than time (nothing was written).")]
pub struct MergeArguments {
    /// Folders of results of one experiment
    #[arg(required = true, value_name = "DIR")]
    pub folders: Vec<PathBuf>,

    /// Folder to join them in; not needed for a single folder, which stays where it is
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,

    /// While trials are missing, look again for so long (90s, 5m): a network file system shows late what others wrote
    #[arg(long, value_name = "TIME", value_parser = duration)]
    pub wait: Option<Duration>,

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

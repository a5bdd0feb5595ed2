//! `overfit init`: its arguments.

use std::path::PathBuf;

use clap::Args;

/// `overfit init`
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
        overfit init houses.csv    (writes houses.toml)\n  \
        overfit init houses.csv configs/houses.toml --target price\n  \
        overfit init houses.csv - | less\n\n\
        The target is guessed: a column called target, class, label or the like, else the last one that can be predicted. \
        The config says which and why, and what else was seen in the file.")]
pub struct InitArguments {
    /// The data: .csv or .tsv, also .gz
    #[arg(value_name = "DATA.csv")]
    pub data: PathBuf,

    /// The column to predict [default: guessed]
    #[arg(long, value_name = "COLUMN")]
    pub target: Option<String>,

    /// The config to write, - for standard output [default: the data's stem, in the current folder]
    #[arg(value_name = "CONFIG")]
    pub config: Option<PathBuf>,

    /// The same as CONFIG
    #[arg(long, value_name = "CONFIG", conflicts_with = "config")]
    pub out: Option<PathBuf>,

    /// Write over a config that is there
    #[arg(long)]
    pub force: bool,
}

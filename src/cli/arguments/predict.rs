//! `overfit predict`: its arguments.

use std::path::PathBuf;

use clap::Args;

/// `overfit predict`
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
        overfit predict results/my/models/0123456789abcdef0123.safetensors new.csv > predictions.csv\n  \
        overfit predict model.safetensors new.csv --keep id --out predictions.csv\n\n\
        A run keeps its networks where the config says `save.models = \"final\"`; the column trial of trials.csv names them.\n\n\
        A row of predictions for each row of the data, in the same order: the columns that --keep names, prediction, and for \
        classes probability_CLASS of each. A regression predicts in the units of the file. The data needs the columns that the \
        network was trained on, by name and in any order; others are left out. Where it has the target too, the score is said \
        on stderr. Cells are read, filled in, scaled and encoded as in training; what training did not see is counted and said.")]
pub struct PredictArguments {
    /// A saved network: .safetensors
    #[arg(value_name = "MODEL")]
    pub model: PathBuf,

    /// The rows to predict: .csv or .tsv, also .gz
    #[arg(value_name = "DATA.csv")]
    pub data: PathBuf,

    /// A column of the data to copy in front, such as an id; may be repeated
    #[arg(long, value_name = "COLUMN")]
    pub keep: Vec<String>,

    /// Write the predictions into a file, whole or not at all [default: standard output]
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
}

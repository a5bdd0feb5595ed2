//! `overfit replay`: its arguments.

use std::path::PathBuf;

use clap::Args;

use super::FormatArgument;
use crate::stopping::Criterion;

/// `overfit replay`
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
        overfit replay results/quickstart\n  \
        overfit replay results/quickstart --criterion patience:5 --criterion patience:20 --criterion gl:2\n  \
        overfit replay curves.csv --criterion up:3 --format csv    (a row per trial and criterion)\n\n\
        patience:EPOCHS[:MIN_DELTA], gl:ALPHA, pq:ALPHA[:STRIP] and up:STRIPS[:STRIP] are the rules that `overfit remedies \
        early_stopping` explains; a strip has 5 epochs where not given. They see validation_loss from epoch 1 on, pq \
        train_loss too. Curves that end early themselves, or whose networks are pruned on the way, say less than curves to \
        the end.\n\n\
        A CSV has the columns epoch, validation_loss and a test metric, for pq train_loss, and for several trials what tells \
        them apart: experiment, variant, swept keys, seed, fold.")]
pub struct ReplayArguments {
    /// Folders of results, or CSV files of curves
    #[arg(required = true, value_name = "DIR|CURVES.csv")]
    pub curves: Vec<PathBuf>,

    /// A rule, as patience:10, gl:5, pq:0.5 or up:3; may be repeated
    #[arg(
        long,
        value_name = "RULE",
        default_values = ["patience:10", "gl:5", "pq:0.5", "up:3"],
        value_parser = str::parse::<Criterion>
    )]
    pub criterion: Vec<Criterion>,

    /// The column to show at the best epoch [default: test_accuracy, test_r2 or test_loss]
    #[arg(long, value_name = "COLUMN")]
    pub metric: Option<String>,

    /// How the result is printed
    #[arg(long, value_enum, default_value_t)]
    pub format: FormatArgument,
}

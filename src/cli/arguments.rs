//! The command line as it is written.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser, Subcommand, ValueEnum};

use super::progress::Mode;
use crate::analysis::ROPE;
use crate::lab::{Resampling, Shard};
use crate::metric::Metric;
use crate::report::Format;
use crate::stopping::Criterion;

/// A laboratory that compares remedies against overfitting on your own CSV data.
///
/// An experiment is a TOML or JSON file: data, network, training, and the variants to compare. Every variant is trained with
/// several seeds on the same splits, initial weights and batches, so that their differences are paired.
#[derive(Debug, Parser)]
#[command(name = "overfit", version, max_term_width = 100, arg_required_else_help = true)]
#[command(
    after_help = "Exit codes: 0 all is well; 1 something failed while running; 2 the command line, a config or the \
                        data is wrong, and nothing was written; 3 trials are missing; 4 two results of one trial differ; \
                        130 interrupted: the same command goes on from there."
)]
pub struct Arguments {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// A command.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Train every trial that has no stored result yet, write the results, print the comparison
    #[command(after_help = "Examples:\n  \
        overfit run configs/quickstart.toml\n  \
        overfit run my.toml --seeds 20 --jobs 4\n  \
        overfit run my.toml --set train.epochs=200 --set remedies.dropout.hidden=0.3 --out results/longer\n  \
        overfit run my.toml --format csv > comparison.csv\n  \
        overfit run my.toml --max-time 30m    (the same command goes on with the rest)\n  \
        overfit run my.toml --shard 0/4 --out part0    (and 1/4, 2/4, 3/4 elsewhere; then: overfit merge)\n\n\
        The same command again trains only what is missing: widen a sweep, add seeds, go on after Ctrl-C.\n\
        Several processes may share a folder: each leaves out what another has stored.")]
    Run(RunArguments),
    /// Validate, and print the plan: data, rows, networks, trials, expected time and memory; train nothing
    #[command(after_help = "Example:\n  overfit check my.toml --set data.train_rows=200")]
    Check(CheckArguments),
    /// Judge results that are there already: of one experiment or several, of this program or of any other
    #[command(after_help = "Examples:\n  \
        overfit compare results/iris --metric loss --baseline dropout    (one folder: as `report` shows it)\n  \
        overfit compare results/iris results/digits results/heart --baseline none\n  \
        overfit compare scores.csv --metric test_accuracy --resampling kfold\n  \
        overfit compare scores.csv --rope 0.005 --format json\n\n\
        Of several folders a swept variant counts with the points that validation chose; each folder is a data set.\n\n\
        A CSV has the columns experiment, variant, seed and a metric, perhaps fold, n_train (all rows outside the test part) \
        and n_test. Folds of one number are the same rows in all seeds, so that only the mean of the seeds counts; repeats of \
        a cross-validation go on counting folds, or are compared by --resampling holdout, where each row counts.")]
    Compare(CompareArguments),
    /// Apply stopping criteria to recorded curves: when they would have stopped, with what; train nothing
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
    Replay(ReplayArguments),
    /// Join what shards or machines have stored, and write the derived files
    #[command(after_help = "Examples:\n  \
        overfit merge part0 part1 part2 part3 --out results/all\n  \
        overfit merge results/shared    (shards that ran in one folder)\n\n\
        Exit code 3 with a list where trials are missing (what there is was joined), 4 where two results of one trial \
        differ in more than time (nothing was written).")]
    Merge(MergeArguments),
    /// Count done, failed and missing trials by variant, from the files of a folder alone
    #[command(after_help = "Examples:\n  overfit status results/quickstart\n  \
        overfit status results/quickstart --format json    (names every trial that failed or is missing)")]
    Status(StatusArguments),
    /// Write again all that is derived from stored results; train nothing
    #[command(after_help = "Examples:\n  overfit report results/quickstart\n  \
        overfit report results/quickstart --metric balanced_accuracy")]
    Report(ReportArguments),
    /// Look at a CSV file and write a commented config for it, which runs as it is
    #[command(after_help = "Examples:\n  \
        overfit init houses.csv    (writes houses.toml)\n  \
        overfit init houses.csv configs/houses.toml --target price\n  \
        overfit init houses.csv - | less\n\n\
        The target is guessed: a column called target, class, label or the like, else the last one that can be predicted. \
        The config says which and why, and what else was seen in the file.")]
    Init(InitArguments),
    /// List every remedy, or explain one: formula, parameters, defaults, range, source
    #[command(after_help = "Examples:\n  overfit remedies\n  overfit remedies dropout")]
    Remedies(RemediesArguments),
}

/// What `run` and `check` have in common.
#[derive(Debug, Args)]
pub struct ExperimentArguments {
    /// Configs: TOML or JSON
    #[arg(required = true, value_name = "CONFIG")]
    pub configs: Vec<PathBuf>,

    /// Folder for the results [default: results/NAME]; with several configs a folder in it for each
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,

    /// Trials at a time [default: all cores]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    pub jobs: Option<u16>,

    /// Seeds 0..N in place of the config's
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=1_000_000))]
    pub seeds: Option<u64>,

    /// The figure that variants are compared and the points of a sweep chosen by [default: accuracy, or r2]
    #[arg(long, value_name = "METRIC", value_parser = Metric::NAMES)]
    pub metric: Option<String>,

    /// Set any key of the config; may be repeated
    #[arg(long, value_name = "KEY.PATH=VALUE")]
    pub set: Vec<String>,
}

/// `overfit run`
#[derive(Debug, Args)]
pub struct RunArguments {
    /// Which experiments.
    #[command(flatten)]
    pub experiment: ExperimentArguments,

    /// Ignore stored trials: train all again, in place of what is stored of them
    #[arg(long)]
    pub fresh: bool,

    /// Train again what failed before; otherwise a failed trial counts as done
    #[arg(long)]
    pub retry_failed: bool,

    /// Train part I of N, from 0: every trial is in one of them; `overfit merge` joins them
    #[arg(long, value_name = "I/N", value_parser = str::parse::<Shard>)]
    pub shard: Option<Shard>,

    /// Begin at most N trials, over all configs of the command together, then end well; the same command goes on with the rest
    #[arg(long, value_name = "N", value_parser = at_least_one)]
    pub max_trials: Option<usize>,

    /// Begin no trial after this time (90s, 30m, 2h), finish those that run, then end well; the same command goes on
    #[arg(long, value_name = "TIME", value_parser = duration)]
    pub max_time: Option<Duration>,

    /// Choose the points of a sweep by their test figures too, beside the honest choice by validation: what an oracle would
    /// reach; optimistic, and no estimate of anything
    #[arg(long)]
    pub oracle: bool,

    /// End with the first trial that fails; otherwise it is recorded and the rest goes on
    #[arg(long)]
    pub fail_fast: bool,

    /// How the comparison is printed
    #[arg(long, value_enum, default_value_t)]
    pub format: FormatArgument,

    /// No progress and no table; warnings and errors only
    #[arg(long, short)]
    pub quiet: bool,

    /// Say on stderr where the time went: gather, forward, backward, optimizer, remedies, evaluation, writing
    #[arg(long)]
    pub profile: bool,

    /// How progress is shown on stderr
    #[arg(long, value_enum, default_value_t)]
    pub progress: Mode,
}

/// `overfit check`
#[derive(Debug, Args)]
pub struct CheckArguments {
    /// Which experiments.
    #[command(flatten)]
    pub experiment: ExperimentArguments,
}

/// `overfit compare`
#[derive(Debug, Args)]
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

    /// How the comparison is printed
    #[arg(long, value_enum, default_value_t)]
    pub format: FormatArgument,
}

/// `overfit replay`
#[derive(Debug, Args)]
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

/// `overfit merge`
#[derive(Debug, Args)]
pub struct MergeArguments {
    /// Folders of results of one experiment
    #[arg(required = true, value_name = "DIR")]
    pub folders: Vec<PathBuf>,

    /// Folder to join them in; not needed for a single folder, which stays where it is
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,

    /// How the comparison is printed
    #[arg(long, value_enum, default_value_t)]
    pub format: FormatArgument,

    /// No table; warnings and errors only
    #[arg(long, short)]
    pub quiet: bool,
}

/// `overfit status`
#[derive(Debug, Args)]
pub struct StatusArguments {
    /// Folder of results
    #[arg(value_name = "DIR")]
    pub folder: PathBuf,

    /// How the counts are printed
    #[arg(long, value_enum, default_value_t)]
    pub format: FormatArgument,
}

/// `overfit report`
#[derive(Debug, Args)]
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

    /// How the comparison is printed
    #[arg(long, value_enum, default_value_t)]
    pub format: FormatArgument,

    /// No table; warnings and errors only
    #[arg(long, short)]
    pub quiet: bool,
}

/// `overfit init`
#[derive(Debug, Args)]
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

/// `overfit remedies`
#[derive(Debug, Args)]
pub struct RemediesArguments {
    /// The remedy to explain
    pub name: Option<String>,

    /// How the list is printed
    #[arg(long, value_enum, default_value_t)]
    pub format: FormatArgument,
}

/// `--format`
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum FormatArgument {
    /// A table for the screen.
    #[default]
    Table,
    /// Markdown.
    Markdown,
    /// CSV.
    Csv,
    /// JSON with full precision.
    Json,
}

impl From<FormatArgument> for Format {
    fn from(argument: FormatArgument) -> Self {
        match argument {
            FormatArgument::Table => Format::Table,
            FormatArgument::Markdown => Format::Markdown,
            FormatArgument::Csv => Format::Csv,
            FormatArgument::Json => Format::Json,
        }
    }
}

/// A whole number from 1 on.
fn at_least_one(text: &str) -> Result<usize, String> {
    text.parse().ok().filter(|number| *number > 0).ok_or_else(|| "must be a whole number of at least 1".to_owned())
}

/// A number with its unit: `90s`, `30m`, `1.5h`.
fn duration(text: &str) -> Result<Duration, String> {
    let seconds = text.char_indices().next_back().and_then(|(at, unit)| {
        let number: f64 = text[..at].parse().ok()?;
        let factor = match unit {
            's' => 1.0,
            'm' => 60.0,
            'h' => 3600.0,
            _ => return None,
        };
        Some(number * factor)
    });
    let duration =
        seconds.filter(|seconds| *seconds > 0.0).and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
    duration
        .ok_or_else(|| "must be a time of more than nothing with its unit s, m or h, as 90s, 30m or 1.5h".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_has_a_number_and_a_unit() {
        let seconds = |text| duration(text).map(|duration| duration.as_secs_f64());
        assert_eq!([seconds("90s"), seconds("30m"), seconds("1.5h")], [Ok(90.0), Ok(1800.0), Ok(5400.0)]);
        for text in ["", "s", "30", "30d", "-1s", "0m", "infh", "nanh", "1e300h", "1 m", "½"] {
            assert!(duration(text).is_err(), "{text}");
        }
    }
}

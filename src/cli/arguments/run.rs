//! `overfit run`: its arguments.

use std::time::Duration;

use clap::Args;

use super::{DerivedArguments, ExperimentArguments, FormatArgument};
use crate::cli::progress::Mode;
use crate::lab::Shard;

/// `overfit run`
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
        overfit run configs/quickstart.toml\n  \
        overfit run my.toml --seeds 20 --jobs 4\n  \
        overfit run my.toml --set train.epochs=200 --set remedies.dropout.hidden=0.3 --out results/longer\n  \
        overfit run my.toml --format csv > comparison.csv\n  \
        overfit run my.toml --max-time 30m    (the same command goes on with the rest)\n  \
        overfit run my.toml --shard 0/4 --out part0    (and 1/4, 2/4, 3/4 elsewhere; then: overfit merge)\n\n\
        The same command again trains only what is missing: widen a sweep, add seeds, go on after Ctrl-C.\n\
        Several processes may share a folder: each leaves out what another has stored.")]
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

    /// Store trials and write nothing that is derived from them: `overfit merge` or `overfit report` does so later
    #[arg(long)]
    pub store_only: bool,

    /// How files are written.
    #[command(flatten)]
    pub derived: DerivedArguments,

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

/// A whole number from 1 on.
pub(super) fn at_least_one(text: &str) -> Result<usize, String> {
    text.parse().ok().filter(|number| *number > 0).ok_or_else(|| "must be a whole number of at least 1".to_owned())
}

/// A number with its unit: `90s`, `30m`, `1.5h`.
pub(super) fn duration(text: &str) -> Result<Duration, String> {
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

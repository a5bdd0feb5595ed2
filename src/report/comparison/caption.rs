//! What must be known to read the comparison: of which epoch the figures are, over what they are means, what the intervals
//! and verdicts claim, and what is left out.

use std::collections::BTreeSet;

use super::judged;
use super::label::harmless;
use crate::analysis::{Overlap, Summary, lower_is_better};
use crate::lab::Results;

/// The sentences below the table, one paragraph each.
pub(super) fn caption(results: &Results, summary: &Summary) -> Vec<String> {
    let mut lines = vec![means(results)];
    if results.variants.len() > 1 {
        lines.push(differences(results, summary));
        lines.extend(judged::caption(results, summary));
    }
    lines.extend(sizes(summary));
    lines.extend(unmeasured(results, summary));
    lines.extend(absent(summary));
    lines.extend(untuned(summary));
    lines
}

fn means(results: &Results) -> String {
    let count = |number: usize, what: &str| format!("{number} {what}{}", if number == 1 { "" } else { "s" });
    let seeds = results.trials.iter().map(|trial| trial.seed).collect::<BTreeSet<_>>().len();
    let folds = results.trials.iter().map(|trial| trial.fold).collect::<BTreeSet<_>>().len();
    let over =
        if folds > 1 { format!("{} x {}", count(seeds, "seed"), count(folds, "fold")) } else { count(seeds, "seed") };
    let (metric, usual) = (results.metric(), results.usual_metric());
    let units = match metric {
        "accuracy" => "accuracy; gap and difference in percentage points".to_owned(),
        "r2" => "r2; rmse in the target's unit".to_owned(),
        _ => format!("{metric}; gap: of {usual}{}", if usual == "accuracy" { ", in percentage points" } else { "" }),
    };
    let better = if lower_is_better(metric) { format!(" Of {metric} less is better.") } else { String::new() };
    format!(
        "Means over {over} at the chosen epoch (the last, or the best by validation where early stopping restores it): \
         {units}. gap: train minus test.{better}"
    )
}

fn differences(results: &Results, summary: &Summary) -> String {
    let baseline = harmless(&results.variants[results.baseline]);
    if summary.cells.iter().all(|cell| cell.difference.is_none()) {
        return format!(
            "No difference is shown: no trial has a single partner of the same seed, fold and shared values in \"{baseline}\"."
        );
    }
    let claim = match summary.overlap {
        Overlap::Resampled { .. } => "95% interval, corrected for overlapping resamples (Nadeau and Bengio)",
        Overlap::Folds { .. } => {
            "95% interval over the folds, of which the mean of the seeds counts, corrected for overlapping resamples \
             (Nadeau and Bengio)"
        }
        Overlap::None => {
            "95% interval over seeds on one fixed test set (not corrected: it is about the optimisation only)"
        }
    };
    let lacking =
        summary.cells.iter().filter_map(|cell| cell.difference).any(|difference| difference.interval.is_none());
    let no_interval = if lacking { " Without ±: fewer than two pairs, or no spread." } else { "" };
    let metric = results.metric();
    format!(
        "difference: test {metric} minus that of the baseline \"{baseline}\", paired by seed and fold; ±: {claim}.{no_interval}"
    )
}

fn sizes(summary: &Summary) -> Option<String> {
    let sparse = summary.cells.iter().any(|cell| cell.sparsity.is_some_and(|sparsity| sparsity > 0.0));
    sparse.then(|| "size: weights and biases that are left, in brackets the share of them that is not 0.".to_owned())
}

/// Why no table of tuned variants follows.
fn untuned(summary: &Summary) -> Option<String> {
    summary.is_untuned.then(|| {
        "note: no variant is tuned: there are points to choose among, but no validation rows to choose by \
         (data.split.validation = 0). --oracle chooses by test figures instead, which is optimistic."
            .to_owned()
    })
}

/// Trials of earlier versions have not every figure, and an area needs rows of every class.
fn unmeasured(results: &Results, summary: &Summary) -> Option<String> {
    let trials: usize = summary.cells.iter().map(|cell| cell.n).sum();
    let known: usize = (0..summary.cells.len()).map(|cell| summary.estimate(cell, &summary.metric).n).sum();
    let (without, metric) = (trials - known.min(trials), results.metric());
    (without > 0).then(|| {
        format!("note: {without} of {trials} trials have no test {metric}: it is not defined, or an earlier version stored them.")
    })
}

fn absent(summary: &Summary) -> Option<String> {
    let total = |count: fn(&crate::analysis::CellSummary) -> usize| summary.cells.iter().map(count).sum::<usize>();
    let counts = [
        (total(|cell| cell.diverged), "diverged"),
        (total(|cell| cell.failed), "failed"),
        (summary.missing, "missing"),
    ];
    let absent: Vec<String> = counts.iter().filter(|(n, _)| *n > 0).map(|(n, what)| format!("{n} {what}")).collect();
    (!absent.is_empty()).then(|| format!("note: trials that are in no figure here: {}.", absent.join(", ")))
}

//! The comparison's figures as a person reads them.
//!
//! In: the summary. Out: titles and rows of short texts. Accuracies are percent with one decimal, their differences
//! percentage points; other metrics have three decimals. The rmse stands beside r2. Intervals are symmetric, hence ±.

use super::label::label;
use crate::analysis::{CellSummary, Difference, Interval, Summary};
use crate::lab::Results;

/// What stands where there is no figure.
pub(in crate::report) const NONE: &str = "-";

/// How figures of a metric are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unit {
    /// In percent, differences in percentage points.
    Percent,
    /// With three decimals.
    Plain,
    /// With four digits, in whatever unit the target has.
    Digits,
}

impl Unit {
    /// That of a metric.
    pub fn of(metric: &str) -> Self {
        match metric {
            "accuracy" | "balanced_accuracy" | "f1" => Unit::Percent,
            "rmse" => Unit::Digits,
            _ => Unit::Plain,
        }
    }
}

/// The metric whose differences stand beside the rmse.
const BESIDE_RMSE: &str = "r2";

/// The titles of the columns; the first column is text, the others are numbers.
pub(super) fn titles(results: &Results) -> Vec<String> {
    let mut titles = vec!["variant".to_owned()];
    titles.extend(["train", "test"].map(|part| match results.metric() {
        "accuracy" => part.to_owned(),
        metric => format!("{part} {}", metric.replace('_', " ")),
    }));
    titles.extend(["gap", "difference"].map(str::to_owned));
    titles.extend((results.metric() == BESIDE_RMSE).then(|| "test rmse".to_owned()));
    titles.extend(["best epoch", "size"].map(str::to_owned));
    titles
}

/// One row per cell of the plan.
pub(super) fn rows(results: &Results, summary: &Summary) -> Vec<Vec<String>> {
    // Under halving a point may have been left behind in every seed and fold.
    let is_planned = |figures: &CellSummary| figures.n + figures.diverged + figures.failed + figures.missing > 0;
    let cells = (0..summary.cells.len()).filter(|&cell| is_planned(&summary.cells[cell]));
    cells.map(|cell| row(results, summary, cell)).collect()
}

fn row(results: &Results, summary: &Summary, cell: usize) -> Vec<String> {
    let figures = &summary.cells[cell];
    let mean = |measure: &str| summary.estimate(cell, measure).mean;
    let unit = Unit::of(results.metric());
    let metric = |part: &str| score(unit, mean(&format!("{part}_{}", results.metric())));
    let mut row = vec![label(results, cell, figures), metric("train"), metric("test")];
    row.push(points(Unit::of(results.usual_metric()), mean("gap")));
    row.push(difference(unit, figures.difference, figures.is_baseline));
    if results.metric() == BESIDE_RMSE {
        row.push(shown(mean("test_rmse"), significant));
    }
    row.extend([shown(figures.best_epoch, |epoch| format!("{epoch:.0}")), size(figures)]);
    row
}

/// A figure of a metric.
pub(super) fn score(unit: Unit, value: Option<f64>) -> String {
    let sign = if unit == Unit::Percent { "%" } else { "" };
    shown(value, |value| format!("{}{sign}", in_units(unit, value)))
}

/// A difference of scores.
pub(super) fn points(unit: Unit, value: Option<f64>) -> String {
    shown(value, |value| in_units(unit, value))
}

/// How far a score is above the baseline's.
pub(super) fn difference(unit: Unit, difference: Option<Difference>, is_baseline: bool) -> String {
    match (difference, is_baseline) {
        (Some(difference), _) => with_interval(unit, difference.mean, difference.interval),
        (None, true) => "baseline".to_owned(),
        (None, false) => NONE.to_owned(),
    }
}

fn shown(value: Option<f64>, write: impl Fn(f64) -> String) -> String {
    value.map_or(NONE.to_owned(), |value| without_negative_zero(write(value)))
}

/// Percentage points, or the figure as it is.
fn in_units(unit: Unit, value: f64) -> String {
    match unit {
        Unit::Percent => format!("{:.1}", 100.0 * value),
        Unit::Plain => format!("{value:.3}"),
        Unit::Digits => significant(value),
    }
}

pub(super) fn with_interval(unit: Unit, mean: f64, interval: Option<Interval>) -> String {
    let mean = without_negative_zero(in_units(unit, mean));
    let signed = if mean.starts_with('-') { mean } else { format!("+{mean}") };
    match interval {
        Some(interval) => format!("{signed} ± {}", in_units(unit, (interval.high - interval.low) / 2.0)),
        None => signed,
    }
}

/// A difference that rounds to nothing has no sign.
fn without_negative_zero(text: String) -> String {
    match text.strip_prefix('-') {
        Some(rest) if !rest.contains(|c: char| ('1'..='9').contains(&c)) => rest.to_owned(),
        _ => text,
    }
}

/// Four significant digits, for numbers in whatever unit the target has.
pub(in crate::report) fn significant(value: f64) -> String {
    match value.abs() {
        size if size >= 1e6 || size > 0.0 && size < 1e-3 => format!("{value:.2e}"),
        size if size >= 1e3 => format!("{value:.0}"),
        size if size >= 1e2 => format!("{value:.1}"),
        size if size >= 1e1 => format!("{value:.2}"),
        size if size >= 1.0 => format!("{value:.3}"),
        _ => format!("{value:.4}"),
    }
}

/// Parameters, and in brackets the share that is not 0 where some weights are.
fn size(figures: &CellSummary) -> String {
    let Some(parameters) = figures.parameters else { return NONE.to_owned() };
    let share = 100.0 * figures.nonzero_parameters.unwrap_or(parameters) / parameters;
    if figures.sparsity.unwrap_or(0.0) > 0.0 && share < 99.5 {
        format!("{} ({share:.0}%)", count(parameters))
    } else {
        count(parameters)
    }
}

fn count(number: f64) -> String {
    let rounded = number.round() as u64;
    match rounded {
        0..=999 => rounded.to_string(),
        1_000..=99_999 => format!("{},{:03}", rounded / 1000, rounded % 1000),
        100_000..=999_499 => format!("{:.0}k", number / 1e3),
        999_500..=999_499_999 => format!("{:.2}M", number / 1e6),
        _ => format!("{:.2}G", number / 1e9),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accuracies_are_points_and_r2_is_r2() {
        let interval = Some(Interval { low: -0.003, high: 0.027 });
        assert_eq!(with_interval(Unit::Percent, 0.012, interval), "+1.2 ± 1.5");
        assert_eq!(with_interval(Unit::Plain, 0.012, interval), "+0.012 ± 0.015");
        assert_eq!(with_interval(Unit::Percent, -0.25, None), "-25.0");
    }

    #[test]
    fn nothing_has_no_sign() {
        assert_eq!(shown(Some(-0.0001), |value| in_units(Unit::Percent, value)), "0.0");
        assert_eq!(with_interval(Unit::Plain, -1e-9, None), "+0.000");
    }

    #[test]
    fn sizes_stay_short() {
        let counts = [0.0, 999.4, 1000.0, 85_002.0, 266_610.0, 999_499.6, 1_238_730.0, 2.5e9].map(count);
        assert_eq!(counts, ["0", "999", "1,000", "85,002", "267k", "1.00M", "1.24M", "2.50G"]);
        let pruned = CellSummary {
            parameters: Some(1000.0),
            nonzero_parameters: Some(400.0),
            sparsity: Some(0.6),
            ..CellSummary::default()
        };
        assert_eq!(size(&pruned), "1,000 (40%)");
        assert_eq!(size(&CellSummary { nonzero_parameters: Some(1000.0), ..pruned.clone() }), "1,000");
        assert_eq!(size(&CellSummary::default()), "-");
    }

    #[test]
    fn numbers_of_any_size_have_four_digits() {
        let texts = [123_456.0, 123.456, 12.345_6, 1.0, 0.0123, 0.0, 1.5e7, 2e-5].map(significant);
        assert_eq!(texts, ["123456", "123.5", "12.35", "1.000", "0.0123", "0.0000", "1.50e7", "2.00e-5"]);
    }
}

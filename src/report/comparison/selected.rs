//! The variants at the points that validation chose, as a table for people.
//!
//! In: the summary. Out: titles, rows and the sentences below. In brackets stands how often a point was chosen.

use super::label::{harmless, point};
use super::rows::{difference, points, score};
use crate::analysis::{Selected, Summary};
use crate::lab::Results;

/// What stands above the table.
pub(super) const HEADING: &str = "tuned on validation: each variant at the points chosen in each seed and fold";

/// The titles of the columns; the first column is text, the others are numbers.
pub(super) fn titles() -> Vec<&'static str> {
    vec!["variant: most chosen", "points", "validation", "test", "gap", "difference", "optimism"]
}

/// One row per tuned variant.
pub(super) fn rows(results: &Results, summary: &Summary) -> Vec<Vec<String>> {
    summary.selected.iter().map(|selected| row(results, summary, selected)).collect()
}

fn row(results: &Results, summary: &Summary, selected: &Selected) -> Vec<String> {
    let mean = |measure: &str| summary.estimate_in(&selected.measures, measure).mean;
    let metric = |part: &str| score(results.task, mean(&format!("{part}_{}", results.metric())));
    vec![
        name(results, selected),
        selected.points.to_string(),
        metric("validation"),
        metric("test"),
        points(results.task, mean("gap")),
        difference(results.task, selected.difference, selected.is_baseline),
        points(results.task, selected.optimism.mean),
    ]
}

/// `dropout: hidden=0.3 (4/5)`
pub(super) fn name(results: &Results, selected: &Selected) -> String {
    let mut words = vec![results.variants[selected.variant].clone()];
    words.extend(point(&results.axes, &selected.given));
    let mut name = words.join(" ");
    if let Some(&(cell, times)) = selected.chosen().first().filter(|_| selected.points > 1) {
        let swept = &results.cells[cell].swept;
        let chosen = swept.iter().zip(&selected.given).map(|(value, given)| value.clone().filter(|_| given.is_none()));
        let chosen = point(&results.axes, &chosen.collect::<Vec<_>>()).join(" ");
        name.push_str(&format!(": {chosen} ({times}/{})", selected.winners.len()));
    }
    harmless(&name)
}

/// The sentences below the table, one paragraph each.
pub(super) fn caption(results: &Results, summary: &Summary) -> Vec<String> {
    let metric = results.metric();
    let baseline = harmless(&results.variants[results.baseline]);
    let mut paragraphs = vec![format!(
        "In each seed and fold the point with the best validation {metric} (then the lowest validation loss) stands for its \
         variant; no test figure was looked at for that. In brackets: how often the point was chosen. difference: from \
         \"{baseline}\", chosen likewise. optimism: validation minus test of what was chosen."
    )];
    let counts = || summary.selected.iter().map(|selected| selected.points);
    if counts().max() != counts().min() {
        paragraphs.push(
            "note: the variants were chosen from different numbers of points (column points): more points are more chances."
                .to_owned(),
        );
    }
    paragraphs
}

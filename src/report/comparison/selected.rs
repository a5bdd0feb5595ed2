//! The variants at the points that were chosen for them, as tables for people.
//!
//! In: the summary. Out: a [`Tuned`] for the choice by validation, and one for the oracle's where that was asked for: titles,
//! rows, the sentences below, and the verdicts. In brackets stands how often a point was chosen.

use super::judged::{self, unit};
use super::label::{harmless, point};
use super::rows::{Unit, difference, points, score};
use crate::analysis::{ChosenBy, Selected, Summary, lower_is_better};
use crate::lab::Results;

/// What there is to say of variants that were tuned.
pub(super) struct Tuned {
    /// What stands above the table.
    pub heading: &'static str,
    /// The titles of the columns; the first column is text, the others are numbers.
    pub titles: Vec<String>,
    /// One row per tuned variant.
    pub rows: Vec<Vec<String>>,
    /// The sentences below the table, one paragraph each.
    pub caption: Vec<String>,
    /// What stands above the verdicts.
    pub heading_judged: &'static str,
    /// The verdicts: a row for each tuned variant that is compared with the baseline.
    pub judged: Vec<Vec<String>>,
}

/// Why no figure of an oracle is one to rely on.
pub(in crate::report) const ORACLE: &str = "oracle: chosen by the test figures themselves, which no honest tuning can see. Its figures are optimistic: they are no \
     estimate of anything, and not to be reported as one.";

/// The honest choice, then that of the oracle; nothing of a choice that could not be made.
pub(super) fn tables(results: &Results, summary: &Summary) -> Vec<Tuned> {
    let honest = (ChosenBy::Validation, &summary.selected);
    let oracle = summary.oracle.as_ref().map(|selected| (ChosenBy::Oracle, selected));
    let all = std::iter::once(honest).chain(oracle).filter(|(_, selected)| !selected.is_empty());
    all.map(|(chosen_by, selected)| tuned(results, summary, chosen_by, selected)).collect()
}

fn tuned(results: &Results, summary: &Summary, chosen_by: ChosenBy, selected: &[Selected]) -> Tuned {
    let verdict = |selected: &Selected| {
        Some(judged::row(name(results, selected), &selected.judgement?, unit(results.resampling)))
    };
    let (heading, heading_judged) = match chosen_by {
        ChosenBy::Validation => (
            "tuned on validation: each variant at the points chosen in each seed and fold",
            "tuned on validation, judged by the test figures",
        ),
        ChosenBy::Oracle => (
            "oracle: each variant at the points with the best test figures in each seed and fold",
            "oracle: judged by the test figures that chose the points",
        ),
    };
    Tuned {
        heading,
        titles: titles(chosen_by),
        rows: selected.iter().map(|selected| row(results, summary, selected)).collect(),
        caption: caption(results, chosen_by, selected),
        heading_judged,
        judged: selected.iter().filter_map(verdict).collect(),
    }
}

fn titles(chosen_by: ChosenBy) -> Vec<String> {
    let titles = match chosen_by {
        ChosenBy::Validation => {
            ["variant: most chosen", "points", "validation", "test", "gap", "difference", "optimism"]
        }
        ChosenBy::Oracle => ["oracle: most chosen", "points", "validation", "test", "gap", "difference", "gain"],
    };
    titles.map(str::to_owned).to_vec()
}

fn row(results: &Results, summary: &Summary, selected: &Selected) -> Vec<String> {
    let mean = |measure: &str| summary.estimate_in(&selected.measures, measure).mean;
    let (metric, unit) = (results.metric(), Unit::of(results.metric()));
    let figure = |part: &str| mean(&format!("{part}_{metric}"));
    let last = match selected.chosen_by {
        ChosenBy::Validation => selected.optimism.mean,
        ChosenBy::Oracle => above_honest(summary, selected, metric),
    };
    vec![
        name(results, selected),
        selected.points.to_string(),
        score(unit, figure("validation")),
        score(unit, figure("test")),
        points(Unit::of(results.usual_metric()), mean("gap")),
        difference(unit, selected.difference, selected.is_baseline),
        points(unit, last),
    ]
}

/// By how much the oracle's test figure is better than that of the honest choice.
fn above_honest(summary: &Summary, oracle: &Selected, metric: &str) -> Option<f64> {
    let test = |selected: &Selected| summary.estimate_in(&selected.measures, &format!("test_{metric}")).mean;
    let is_same = |other: &&Selected| (other.variant, &other.given) == (oracle.variant, &oracle.given);
    let above = test(oracle)? - test(summary.selected.iter().find(is_same)?)?;
    Some(if lower_is_better(metric) { -above } else { above })
}

/// `dropout: hidden=0.3 (4/5)`
pub(in crate::report) fn name(results: &Results, selected: &Selected) -> String {
    let oracle = (selected.chosen_by == ChosenBy::Oracle).then(|| "oracle".to_owned());
    let mut words: Vec<String> = oracle.into_iter().chain([results.variants[selected.variant].clone()]).collect();
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
fn caption(results: &Results, chosen_by: ChosenBy, selected: &[Selected]) -> Vec<String> {
    let metric = results.metric();
    let baseline = harmless(&results.variants[results.baseline]);
    let mut paragraphs = match chosen_by {
        ChosenBy::Validation => {
            let optimism = if lower_is_better(metric) { "test minus validation" } else { "validation minus test" };
            vec![format!(
                "In each seed and fold the point with the best validation {metric} (then the lowest validation loss) stands \
                 for its variant; no test figure was looked at for that. In brackets: how often the point was chosen. \
                 difference: from \"{baseline}\", chosen likewise. optimism: {optimism} of what was chosen."
            )]
        }
        ChosenBy::Oracle => vec![format!(
            "{ORACLE} In brackets: how often the point was chosen. difference: from \"{baseline}\", chosen likewise. gain: \
             by how much the oracle's test {metric} is better than that of the choice by validation."
        )],
    };
    let counts = || selected.iter().map(|selected| selected.points);
    if counts().max() != counts().min() {
        paragraphs.push(
            "note: the variants were chosen from different numbers of points (column points): more points are more chances."
                .to_owned(),
        );
    }
    paragraphs
}

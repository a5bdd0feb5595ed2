//! What each remedy is worth at each value of a dial: a table of variants by values.
//!
//! In: the summary of an experiment with a [`Dial`]. Out: a heading, titles and rows: the baseline's test figure and its gap,
//! and below them the differences from it. A star marks what is significant after the correction for all rows of the
//! long table, which the verdicts use too.

use super::label::harmless;
use super::rows::{NONE, Unit, points, score, with_interval};
use crate::analysis::{Dial, LEVEL, Summary};
use crate::lab::Results;

/// The table, where the experiment has a dial.
pub(super) struct DialTable {
    pub heading: String,
    pub titles: Vec<String>,
    pub rows: Vec<Vec<String>>,
    pub caption: String,
}

/// The table of an experiment with a dial; `None` without one.
pub(super) fn table(results: &Results, summary: &Summary) -> Option<DialTable> {
    let dial = Dial::of(results)?;
    let baseline = harmless(&results.variants[results.baseline]);
    let name = harmless(dial.axis.rsplit('.').next().unwrap_or(&dial.axis));
    let titles = std::iter::once(name.clone()).chain(dial.values.iter().map(|value| harmless(value))).collect();
    let unit = Unit::of(results.metric());
    let own = |what: &str, shown: &dyn Fn(usize) -> String| {
        let cells = dial.cells[results.baseline].iter().map(|&cell| shown(cell));
        std::iter::once(format!("{baseline}, {what}")).chain(cells).collect::<Vec<_>>()
    };
    let mean = |cell: usize, measure: &str| summary.estimate(cell, measure).mean;
    let test = own("test", &|cell| score(unit, mean(cell, &format!("test_{}", results.metric()))));
    let gap = own("gap", &|cell| points(Unit::of(results.usual_metric()), mean(cell, "gap")));
    let others = (0..results.variants.len()).filter(|&variant| variant != results.baseline);
    let benefit = others.map(|variant| {
        let cells = dial.cells[variant].iter().map(|&cell| difference(results, summary, cell));
        std::iter::once(harmless(&results.variants[variant])).chain(cells).collect()
    });
    Some(DialTable {
        heading: format!("difference from \"{baseline}\" by {name}"),
        titles,
        rows: [test, gap].into_iter().chain(benefit).collect(),
        caption: format!(
            "*: p < {LEVEL}, corrected for all {} differences.",
            summary.cells.iter().filter(|cell| cell.judgement.is_some()).count()
        ),
    })
}

fn difference(results: &Results, summary: &Summary, cell: usize) -> String {
    let figures = &summary.cells[cell];
    let Some(difference) = figures.difference else { return NONE.to_owned() };
    let p = figures.judgement.and_then(|judgement| judgement.p_adjusted);
    let star = if p.is_some_and(|p| p < LEVEL) { "*" } else { " " };
    format!("{}{star}", with_interval(Unit::of(results.metric()), difference.mean, difference.interval))
}

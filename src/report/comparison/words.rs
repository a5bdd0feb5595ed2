//! Figures of the comparison as they stand in a sentence.
//!
//! In: the summary. Out: short texts: `87.3%`, `+3.5 ± 2.0 points`, `p = 0.012`.

use super::rows::{Unit, points, score, with_interval};
use crate::analysis::{Difference, Estimate, Selected, Summary};
use crate::lab::Results;

/// Mean scores and the gap.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::report) struct Scored {
    pub train: String,
    pub test: String,
    pub gap: String,
}

impl Scored {
    /// Those of a cell of the plan.
    pub fn of_cell(results: &Results, summary: &Summary, cell: usize) -> Self {
        Self::of(results, summary, &summary.cells[cell].measures)
    }

    /// Those of the points that were chosen for a variant.
    pub fn of_selected(results: &Results, summary: &Summary, selected: &Selected) -> Self {
        Self::of(results, summary, &selected.measures)
    }

    fn of(results: &Results, summary: &Summary, estimates: &[Estimate]) -> Self {
        let (metric, usual) = (results.metric(), results.usual_metric());
        let mean = |measure: &str| summary.estimate_in(estimates, measure).mean;
        let named = |part: &str| {
            let shown = score(Unit::of(metric), mean(&format!("{part}_{metric}")));
            if Unit::of(metric) == Unit::Percent { shown } else { format!("{} {shown}", metric.replace('_', " ")) }
        };
        let unit = Unit::of(usual);
        Self { train: named("train"), test: named("test"), gap: with_unit(unit, points(unit, mean("gap"))) }
    }
}

/// A difference of the test figure with its interval.
pub(in crate::report) fn difference_in_words(results: &Results, difference: &Difference) -> String {
    let unit = Unit::of(results.metric());
    with_unit(unit, with_interval(unit, difference.mean, difference.interval))
}

fn with_unit(unit: Unit, number: String) -> String {
    if unit == Unit::Percent { format!("{number} points") } else { number }
}

/// A p-value as an equation.
pub(in crate::report) fn p_in_words(p: f64) -> String {
    if p < 0.001 { "p < 0.001".to_owned() } else { format!("p = {p:.3}") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::Terms;
    use crate::lab::{example_record, example_results};

    #[test]
    fn figures_stand_with_their_units() {
        let (_folder, results) = example_results(|cell, _| {
            let mut record = example_record("");
            record.curve.test[1][1] = [0.75, 0.8][cell];
            Some(record)
        });
        let summary = Summary::of(&results, Terms::default()).unwrap();
        let Scored { train, test, gap } = Scored::of_cell(&results, &summary, 0);
        assert_eq!((train.as_str(), test.as_str(), gap.as_str()), ("100.0%", "75.0%", "25.0 points"));
        let difference = summary.cells[1].difference.unwrap();
        assert_eq!(difference_in_words(&results, &difference), "+5.0 points");
        assert_eq!((p_in_words(0.0123), p_in_words(1e-9)), ("p = 0.012".to_owned(), "p < 0.001".to_owned()));
    }
}

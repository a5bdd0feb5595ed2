//! What the differences come to, as a table for people: p-value, probabilities, verdict.
//!
//! In: judgements. Out: titles, rows of short texts whose first and last columns are words, and the sentences that say how to
//! read them. The rules behind the words stand in [`analysis::judge`](crate::analysis::judge).

use super::label::label;
use super::rows::{NONE, Unit};
use crate::analysis::{Doubt, Judgement, LEVEL, Overlap, SMALLER, SURE, Summary, Verdict};
use crate::lab::{Resampling, Results};

/// What stands above the table.
pub(super) const HEADING: &str = "judged by the test figures";

/// The titles of the columns; the first and the last are words, the others numbers.
pub(in crate::report) fn titles() -> Vec<String> {
    ["variant", "p", "better", "same", "worse", "verdict"].map(str::to_owned).to_vec()
}

/// A row for each cell of the plan that is compared with the baseline.
pub(super) fn rows(results: &Results, summary: &Summary) -> Vec<Vec<String>> {
    let judged = summary.cells.iter().enumerate().filter_map(|(cell, figures)| {
        Some(row(label(results, cell, figures), &figures.judgement?, unit(results.resampling)))
    });
    judged.collect()
}

/// A row of the table: a name and what is judged of it.
pub(in crate::report) fn row(name: String, judgement: &Judgement, unit: &str) -> Vec<String> {
    let probability = |part: fn(&crate::analysis::Probabilities) -> f64| {
        judgement.probabilities.map_or(NONE.to_owned(), |found| percent(part(&found)))
    };
    vec![
        name,
        p_value(judgement.p_adjusted),
        probability(|found| found.better),
        probability(|found| found.equivalent),
        probability(|found| found.worse),
        line(judgement.verdict, unit),
    ]
}

/// What there may be more of.
pub(in crate::report) fn unit(resampling: Resampling) -> &'static str {
    match resampling {
        Resampling::Fixed | Resampling::Holdout => "seed",
        Resampling::Kfold => "fold",
    }
}

/// The verdict in a line: its name, and what is in the way of one.
pub(in crate::report) fn line(verdict: Verdict, unit: &str) -> String {
    match verdict {
        Verdict::CantTell(doubt) => format!("{}: {}", verdict.name(), reason(doubt, unit)),
        _ => verdict.name().to_owned(),
    }
}

/// Why nothing can be told, and what would help.
pub(in crate::report) fn reason(doubt: Doubt, unit: &str) -> String {
    match doubt {
        Doubt::Single => format!("undefined with one {unit}"),
        Doubt::NoSpread => "undefined without spread".to_owned(),
        Doubt::Identical => format!("equal in every {unit}"),
        Doubt::TooFew(least) => format!("fewer than {least} {unit}s cannot show any"),
        Doubt::More(1) => format!("about 1 more {unit}"),
        Doubt::More(more) => format!("about {} more {unit}s", rounded(more)),
        Doubt::Never => format!("no number of {unit}s can show it"),
    }
}

/// Two digits: the number rests on mean and spread of a few trials.
fn rounded(number: usize) -> usize {
    let mut unit = 1;
    while number / unit >= 100 {
        unit *= 10;
    }
    number.div_ceil(unit) * unit
}

/// A p-value with three decimals.
pub(in crate::report) fn p_value(p: Option<f64>) -> String {
    match p {
        None => NONE.to_owned(),
        Some(p) if p < 0.001 => "<0.001".to_owned(),
        Some(p) => format!("{p:.3}"),
    }
}

fn percent(probability: f64) -> String {
    format!("{:.0}%", 100.0 * probability)
}

/// How the table is to be read; nothing where nothing is compared.
pub(super) fn caption(results: &Results, summary: &Summary) -> Option<String> {
    summary.cells.iter().any(|cell| cell.judgement.is_some()).then(|| {
        let rope = match Unit::of(results.metric()) {
            Unit::Percent => format!("{} percentage points", shortest(100.0 * summary.rope)),
            Unit::Plain | Unit::Digits => shortest(summary.rope),
        };
        let same = match results.metric() {
            "accuracy" | "r2" => String::new(),
            metric => format!(" \"accuracy\" in a verdict stands for {metric}."),
        };
        format!("{} {}{same}", test(summary.overlap), rules(&rope))
    })
}

/// Which test the p-values are of.
pub(in crate::report) fn test(overlap: Overlap) -> &'static str {
    match overlap {
        Overlap::None => {
            "p: paired t-test over the seeds of one fixed test set (about the optimisation only: other test rows may \
             decide otherwise), corrected by Holm for all rows of the table."
        }
        Overlap::Resampled { .. } => {
            "p: corrected resampled t-test (Nadeau and Bengio), corrected by Holm for all rows of the table."
        }
        Overlap::Folds { .. } => {
            "p: corrected resampled t-test (Nadeau and Bengio) over the folds, of which the mean of the seeds counts, \
             corrected by Holm for all rows of the table."
        }
    }
}

/// What the words mean.
pub(in crate::report) fn rules(rope: &str) -> String {
    format!(
        "better, same, worse: the probability that the true difference is above, within or below ±{rope}. Verdict, the \
         first that holds: generalises better (test better, p < {LEVEL}); smaller gap only because it learns less (train \
         worse with p < {LEVEL}, test not better); same accuracy (same at least {:.0}%), smaller network ({:.0}% fewer \
         parameters that are not 0); worse (test worse, p < {LEVEL}); can't tell, and what would show a difference of \
         this size, if not more data alone.",
        100.0 * SURE,
        100.0 * (1.0 - SMALLER)
    )
}

/// A number without the roundings of its last digits.
pub(in crate::report) fn shortest(value: f64) -> String {
    let rounded: f64 = format!("{value:.9}").parse().unwrap_or(value);
    rounded.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_doubt_says_what_would_help() {
        let line = |doubt| line(Verdict::CantTell(doubt), "seed");
        assert_eq!(line(Doubt::More(1)), "can't tell: about 1 more seed");
        assert_eq!(line(Doubt::More(37)), "can't tell: about 37 more seeds");
        assert_eq!(line(Doubt::More(1234)), "can't tell: about 1300 more seeds");
        assert_eq!(line(Doubt::Never), "can't tell: no number of seeds can show it");
        assert_eq!(line(Doubt::Single), "can't tell: undefined with one seed");
    }

    #[test]
    fn small_p_values_are_not_zero() {
        let texts = [Some(0.0004), Some(0.0014), Some(0.9999), None].map(p_value);
        assert_eq!(texts, ["<0.001", "0.001", "1.000", "-"]);
    }

    #[test]
    fn sizes_are_written_without_roundings() {
        assert_eq!([100.0 * 0.01, 100.0 * 0.007, 0.01, 0.0].map(shortest), ["1", "0.7", "0.01", "0"]);
    }
}

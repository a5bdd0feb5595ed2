//! What the curves say, as a table for people: the variants whose curves do not simply fit, a line each.
//!
//! In: the summary. Out: a heading, titles, rows whose first and last columns are words, and the sentences below. The rules
//! behind the words stand in [`analysis::diagnose`](crate::analysis::diagnose).

use super::label::label;
use super::rows::{NONE, Unit, points, score, significant};
use crate::analysis::{Diagnosis, FEWEST, Held, MajorityDiagnosis, Summary};
use crate::lab::Results;

/// The least gap in accuracy (r2) that is worth a line where the held-out loss does not suffer from it.
const WIDE: f64 = 0.05;

/// The titles of the columns; the first and the last are words.
pub(super) fn titles() -> Vec<String> {
    ["variant", "trials", "diagnosis"].map(str::to_owned).to_vec()
}

/// A row for each cell of which there is more to say than that it fits, in three trials of four at least; none where no
/// curve is long enough to say anything.
pub(in crate::report) fn rows(results: &Results, summary: &Summary) -> Vec<Vec<String>> {
    if is_too_short(summary) {
        return Vec::new();
    }
    let telling = summary.cells.iter().enumerate().filter_map(|(cell, figures)| {
        let found = figures.diagnosis.as_ref().filter(|found| !simply_fits(found))?;
        let name = label(results, cell, figures);
        let told = format!("{}{}", line(found, results.usual_metric()), others(found));
        Some(vec![name, format!("{}/{}", found.times, found.of), told])
    });
    telling.collect()
}

/// What stands above the table.
pub(super) fn heading(summary: &Summary) -> String {
    format!("diagnosed by the {} loss, epoch by epoch", held(summary).name())
}

/// How the table is to be read, or why there is none; nothing where nothing was trained.
pub(super) fn caption(summary: &Summary) -> Option<String> {
    if is_too_short(summary) {
        return Some(format!("No curve is diagnosed: fewer than {FEWEST} epochs count."));
    }
    let diagnosed = summary.cells.iter().filter_map(|cell| cell.diagnosis.as_ref());
    let (fitting, others): (Vec<_>, Vec<_>) = diagnosed.partition(|found| simply_fits(found));
    if others.is_empty() {
        return fitting
            .first()
            .map(|found| format!("Diagnosed by the {} loss: every variant fits.", found.held.name()));
    }
    let others = match fitting.len() {
        0 => String::new(),
        1 => " The one variant that is not listed fits.".to_owned(),
        others => format!(" The {others} that are not listed fit."),
    };
    let held = match held(summary) {
        Held::Validation => "",
        Held::Test => " Without validation rows the test rows tell; nothing is chosen by that.",
    };
    Some(format!("trials: how many have the diagnosis, whose figures are medians over those.{others}{held}"))
}

fn is_too_short(summary: &Summary) -> bool {
    let mut diagnosed = summary.cells.iter().filter_map(|cell| cell.diagnosis.as_ref()).peekable();
    diagnosed.peek().is_some() && diagnosed.all(|found| found.diagnosis == Diagnosis::TooShort)
}

fn held(summary: &Summary) -> Held {
    let diagnosed = summary.cells.iter().filter_map(|cell| cell.diagnosis.as_ref());
    diagnosed.map(|found| found.held).min().unwrap_or(Held::Validation)
}

/// Most agree that it fits, and there is no gap that would make a reader wonder.
fn simply_fits(found: &MajorityDiagnosis) -> bool {
    found.diagnosis == Diagnosis::Fits && 4 * found.times >= 3 * found.of && gap(found).is_none_or(|gap| gap < WIDE)
}

fn gap(found: &MajorityDiagnosis) -> Option<f64> {
    Some(found.end.train? - found.end.held_out?)
}

/// What most of the other trials have, where there are many of those.
fn others(found: &MajorityDiagnosis) -> String {
    let others = found.counts.iter().filter(|(diagnosis, _)| *diagnosis != found.diagnosis);
    match others.max_by_key(|(_, count)| count) {
        Some((diagnosis, count)) if 4 * found.times < 3 * found.of => format!(" ({count}: {})", diagnosis.name()),
        _ => String::new(),
    }
}

/// The diagnosis in a line: the word, and the figures that it rests on; `metric` names the scores.
fn line(found: &MajorityDiagnosis, metric: &str) -> String {
    let unit = Unit::of(metric);
    let name = found.diagnosis.name();
    let percent = |share: Option<f64>| share.map_or(NONE.to_owned(), |share| in_percent(share.abs()));
    let epochs = found.epochs.map_or(NONE.to_owned(), |epochs| format!("{epochs:.0}"));
    match found.diagnosis {
        Diagnosis::Overfits => {
            let epoch = |epoch: Option<f64>| epoch.map_or(NONE.to_owned(), |epoch| format!("{epoch:.0}"));
            let loss = |loss: Option<f64>| loss.map_or(NONE.to_owned(), significant);
            let (from, to) = (score(unit, found.onset_score), score(unit, found.end.held_out));
            let kept = match found.kept_epoch {
                Some(kept) => format!("; epoch {kept:.0} is kept"),
                None => String::new(),
            };
            format!(
                "{name} from epoch {}: loss {} → {}, {} {from} → {to}{kept}",
                epoch(found.onset_epoch),
                loss(found.lowest_loss),
                loss(found.final_loss),
                metric,
            )
        }
        Diagnosis::Underfits if found.reference.train.is_some() => {
            let best = found.reference;
            let of = |value| score(unit, value);
            format!(
                "{name}: train {}, {} {}; the best variant {}, {}",
                of(found.end.train),
                found.held.name(),
                of(found.end.held_out),
                of(best.train),
                of(best.held_out)
            )
        }
        Diagnosis::Underfits => {
            let guess =
                found.guess.map_or(String::new(), |guess| format!("; a guess gets {}", score(unit, Some(guess))));
            format!("{name}: train {}{guess}", score(unit, found.end.train))
        }
        Diagnosis::StillImproving => {
            format!("{name}: loss -{} in the last fifth; more epochs are needed", percent(found.trend))
        }
        Diagnosis::Unstable => format!("{name}: loss jumps by {} from epoch to epoch", percent(found.scatter)),
        Diagnosis::TooShort => format!("{name}: epochs that count: {epochs}"),
        Diagnosis::Diverges => format!("{name}: training makes the loss worse, or ends it"),
        Diagnosis::Fits => match gap(found).filter(|&gap| gap >= WIDE) {
            Some(gap) => format!(
                "{name}, with a gap: train minus {} {}, which costs no {} loss",
                found.held.name(),
                points(unit, Some(gap)),
                found.held.name()
            ),
            None => name.to_owned(),
        },
    }
}

fn in_percent(share: f64) -> String {
    format!("{:.0}%", 100.0 * share)
}

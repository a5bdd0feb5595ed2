//! The name of a row: `dropout hidden=0.5 (1 diverged)`; and of a trial: `dropout hidden=0.5 seed 3`.
//!
//! In: a cell or a trial of the plan. Out: one line of harmless text: names come from config files, and may hold anything.

use crate::analysis::CellSummary;
use crate::lab::{PlannedTrial, Resampling, Results};
pub use crate::schema::harmless;

/// The name of a cell, with what is missing of its trials.
pub(super) fn label(results: &Results, cell: usize, figures: &CellSummary) -> String {
    let mut words = words(results, cell);
    let counts = [(figures.diverged, "diverged"), (figures.failed, "failed"), (figures.missing, "missing")];
    let absent: Vec<String> = counts.iter().filter(|(n, _)| *n > 0).map(|(n, what)| format!("{n} {what}")).collect();
    if !absent.is_empty() {
        words.push(format!("({})", absent.join(", ")));
    }
    harmless(&words.join(" "))
}

/// The name of a trial.
pub fn trial_label(results: &Results, trial: &PlannedTrial) -> String {
    let mut words = words(results, trial.cell);
    words.push(format!("seed {}", trial.seed));
    if results.resampling == Resampling::Kfold {
        words.push(format!("fold {}", trial.fold));
    }
    harmless(&words.join(" "))
}

/// The name of a cell by itself.
pub fn cell_name(results: &Results, cell: usize) -> String {
    harmless(&words(results, cell).join(" "))
}

/// The name of a variant at some values of the axes.
pub fn name_of(results: &Results, variant: usize, values: &[Option<String>]) -> String {
    let name = std::iter::once(results.variants[variant].clone());
    harmless(&name.chain(point(&results.axes, values)).collect::<Vec<_>>().join(" "))
}

/// The variant and the values of its axes.
fn words(results: &Results, cell: usize) -> Vec<String> {
    let key = &results.cells[cell];
    let mut words = vec![results.variant_of(key).to_owned()];
    words.extend(point(&results.axes, &key.swept));
    words
}

/// The values of the axes that have one: `hidden=0.5`. Names are as short as they can be among those of this row.
pub(super) fn point(axes: &[String], values: &[Option<String>]) -> Vec<String> {
    let swept: Vec<(&str, &str)> =
        axes.iter().zip(values).filter_map(|(axis, value)| Some((axis.as_str(), value.as_deref()?))).collect();
    let names: Vec<&str> = swept.iter().map(|&(axis, _)| axis).collect();
    swept.iter().enumerate().map(|(place, (_, value))| format!("{}={value}", short_name(&names, place))).collect()
}

/// The end of a dotted key, as long as it takes to tell it from the other axes.
fn short_name<'a>(axes: &[&'a str], axis: usize) -> &'a str {
    let name = axes[axis];
    let dots = name.rmatch_indices('.').map(|(at, _)| &name[at + 1..]);
    let ends_so = |end: &str| axes.iter().filter(|other| **other == end || other.ends_with(&format!(".{end}"))).count();
    dots.into_iter().find(|end| ends_so(end) == 1).unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lab::example_results;

    #[test]
    fn names_variant_point_and_what_is_missing() {
        let (_folder, mut results) = example_results(|_, _| None);
        let figures = CellSummary { diverged: 2, missing: 1, ..CellSummary::default() };
        assert_eq!(label(&results, 1, &figures), "dropout hidden=0.5 (2 diverged, 1 missing)");
        assert_eq!(label(&results, 0, &CellSummary::default()), "none");
        assert_eq!(trial_label(&results, &results.trials[3]), "dropout hidden=0.5 seed 1");
        results.resampling = Resampling::Kfold;
        assert_eq!(trial_label(&results, &results.trials[0]), "none seed 0 fold 0");
        results.variants[0] = "a\nb\u{1b}[31m".to_owned();
        assert_eq!(label(&results, 0, &CellSummary::default()), "a\u{fffd}b\u{fffd}[31m");
    }

    #[test]
    fn keys_are_shortened_as_far_as_they_stay_distinct() {
        let axes = ["remedies.l1.lambda", "remedies.l2.lambda", "train.epochs", "seeds"];
        let short: Vec<&str> = (0..4).map(|axis| short_name(&axes, axis)).collect();
        assert_eq!(short, ["l1.lambda", "l2.lambda", "epochs", "seeds"]);
    }

    #[test]
    fn an_axis_that_has_no_value_here_makes_no_name_longer() {
        let axes = ["remedies.l1.lambda", "remedies.l2.lambda"].map(str::to_owned);
        assert_eq!(point(&axes, &[None, Some("0.1".to_owned())]), ["lambda=0.1"]);
        let both = [Some("0.2".to_owned()), Some("0.1".to_owned())];
        assert_eq!(point(&axes, &both), ["l1.lambda=0.2", "l2.lambda=0.1"]);
    }
}

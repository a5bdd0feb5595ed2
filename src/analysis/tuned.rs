//! The scores of an experiment with one entry for each variant, so that variants are matched by name over experiments.
//!
//! In: stored [`Results`]. Out: [`Tuned`]: a variant that was not swept with the scores of its trials, a swept one with those
//! of the point that was chosen within each seed and fold. Axes under `data` say what is compared: each of their values is an
//! experiment of its own.

use super::outcomes::{Outcomes, collect, overlap};
use super::pairing::Score;
use super::scores::{ExperimentScores, VariantScores};
use super::selection::{ChosenBy, Columns, Group, Winner, groups};
use super::statistics::mean;
use crate::lab::{Results, StoreError};

/// An experiment whose variants are tuned.
#[derive(Debug, Clone, PartialEq)]
pub struct Tuned {
    /// Its scores; several where keys under `data` are swept.
    pub experiments: Vec<ExperimentScores>,
    /// Each variant with the number of points that it was chosen from.
    pub points: Vec<(String, usize)>,
    /// Whether a variant has points to choose among and no figure to choose by.
    pub is_blind: bool,
}

/// Reads all stored trials once, and chooses among the points of each variant.
///
/// # Errors
/// If a record cannot be read.
pub fn tuned(results: &Results, chosen_by: ChosenBy) -> Result<Tuned, StoreError> {
    let outcomes = collect(results)?;
    let mut tuned = Tuned { experiments: Vec::new(), points: Vec::new(), is_blind: false };
    // Results have the figures of their own metric.
    let Some(columns) = Columns::of(results, chosen_by) else { return Ok(tuned) };
    let overlap = overlap(results.resampling, &outcomes);
    for group in groups(results) {
        let variant = scores(results, &group, &outcomes, columns);
        let is_any_counted = group.cells.iter().any(|&cell| !outcomes[cell].counted.is_empty());
        tuned.is_blind |= group.is_choice() && variant.test.is_empty() && is_any_counted;
        if tuned.points.iter().all(|(name, _)| *name != variant.name) {
            tuned.points.push((variant.name.clone(), group.cells.len()));
        }
        let name = name(results, &group);
        match tuned.experiments.iter_mut().find(|experiment| experiment.name == name) {
            Some(experiment) => experiment.variants.push(variant),
            None => tuned.experiments.push(ExperimentScores {
                name,
                resampling: results.resampling,
                overlap,
                variants: vec![variant],
            }),
        }
    }
    Ok(tuned)
}

/// The experiment, with the values that are given to it.
fn name(results: &Results, group: &Group) -> String {
    let given = results.axes.iter().zip(&group.given);
    let given = given.filter_map(|(axis, value)| Some(format!(" {axis}={}", value.as_deref()?)));
    std::iter::once(results.experiment.clone()).chain(given).collect()
}

/// The scores of a variant: of its only point, or of the winners among its points.
fn scores(results: &Results, group: &Group, outcomes: &[Outcomes], columns: Columns) -> VariantScores {
    let name = results.variants[group.variant].clone();
    if let [only] = group.cells[..] {
        let sizes: Vec<f64> = outcomes[only].counted.iter().map(|outcome| outcome.nonzero_parameters).collect();
        let (test, train) = (outcomes[only].scores(columns.test), outcomes[only].scores(columns.train));
        return VariantScores { name, test, train, size: mean(&sizes) };
    }
    let winners = group.winners(outcomes, columns);
    let of = |column: usize| {
        let score =
            |winner: &Winner| Some(Score { seed: winner.seed, fold: winner.fold, value: winner.figures[column]? });
        winners.iter().filter_map(score).collect()
    };
    let sizes: Vec<f64> = winners.iter().map(|winner| winner.nonzero_parameters).collect();
    VariantScores { name, test: of(columns.test), train: of(columns.train), size: mean(&sizes) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lab::{example_record, example_results};

    /// The variant `none` at two points; validation prefers the first, the test rows the second.
    fn results(axis: &str, validates: bool) -> (tempfile::TempDir, Results) {
        let (folder, mut results) = example_results(|cell, _| {
            let mut record = example_record("");
            record.curve.validation[1][1] = [0.9, 0.6][cell];
            record.curve.test[1][1] = [0.7, 0.8][cell];
            if !validates {
                record.curve.validation.clear();
            }
            Some(record)
        });
        results.axes = vec![axis.to_owned()];
        results.cells[0].swept = vec![Some("0.3".to_owned())];
        results.cells[1].variant = 0;
        (folder, results)
    }

    fn first_test_score(tuned: &Tuned) -> f64 {
        tuned.experiments[0].variants[0].test[0].value
    }

    #[test]
    fn a_swept_variant_has_one_entry_with_the_scores_of_the_chosen_points() {
        let (_folder, results) = results("remedies.dropout.hidden", true);
        let honest = tuned(&results, ChosenBy::Validation).unwrap();
        assert_eq!((honest.experiments.len(), honest.experiments[0].variants.len()), (1, 1));
        assert_eq!(honest.points, [("none".to_owned(), 2)]);
        assert_eq!(first_test_score(&honest), 0.7);
        assert_eq!(first_test_score(&tuned(&results, ChosenBy::Oracle).unwrap()), 0.8);
    }

    #[test]
    fn values_of_the_data_are_experiments_of_their_own() {
        let (_folder, results) = results("data.train_rows", false);
        let found = tuned(&results, ChosenBy::Validation).unwrap();
        let names: Vec<&str> = found.experiments.iter().map(|experiment| experiment.name.as_str()).collect();
        assert_eq!(names, ["toy data.train_rows=0.3", "toy data.train_rows=0.5"]);
        assert_eq!((found.experiments[1].variants[0].test[0].value, found.is_blind), (0.8, false));
    }

    #[test]
    fn without_validation_figures_nothing_is_chosen_honestly() {
        let (_folder, results) = results("remedies.dropout.hidden", false);
        assert!(tuned(&results, ChosenBy::Validation).unwrap().is_blind);
        let oracle = tuned(&results, ChosenBy::Oracle).unwrap();
        assert_eq!((oracle.is_blind, first_test_score(&oracle)), (false, 0.8));
    }
}

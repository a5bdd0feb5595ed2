//! Winners by hand, and what the choice may not see.

use proptest::prelude::*;
use tempfile::TempDir;

use super::super::figures::Figures;
use super::super::statistics::mean;
use super::super::verdict::{ROPE, Verdict};
use super::*;
use crate::lab::{CellKey, Rows, example_results};

/// Figures of one trial: validation loss, validation accuracy, test accuracy.
type Trial = (f64, f64, f64);

fn outcome(seed: u64, (loss, validation, test): Trial) -> Outcome {
    let values = [0.1, loss, 0.5, 1.0, validation, test, 1.0 - test, 0.4];
    Outcome {
        seed,
        fold: 0,
        figures: Figures { values: values.map(Some).to_vec() }.into(),
        best_epoch: None,
        chosen_epoch: None,
        parameters: None,
        sparsity: None,
        nonzero_parameters: 0.0,
        rows: Rows::default(),
    }
}

/// Cells of the variants 0 (the baseline) and 1, each with the values of its axes.
fn results(cells: &[(usize, &[Option<&str>])]) -> (TempDir, Results) {
    let (folder, mut results) = example_results(|_, _| None);
    let key = |&(variant, swept): &(usize, &[Option<&str>])| CellKey {
        variant,
        swept: swept.iter().map(|value| value.map(str::to_owned)).collect(),
        shared_point: 0,
        split: "".into(),
    };
    results.cells = cells.iter().map(key).collect();
    (folder, results)
}

/// What validation chooses among these trials, one per seed from 0 on for every cell.
fn selected(results: &Results, trials: &[&[Trial]]) -> Vec<Selected> {
    chosen(results, trials, ChosenBy::Validation)
}

/// What is chosen among these trials, one per seed from 0 on for every cell.
fn chosen(results: &Results, trials: &[&[Trial]], chosen_by: ChosenBy) -> Vec<Selected> {
    let outcomes: Vec<Outcomes> = trials
        .iter()
        .map(|trials| Outcomes {
            counted: trials.iter().enumerate().map(|(seed, &trial)| outcome(seed as u64, trial)).collect(),
            ..Outcomes::default()
        })
        .collect();
    select(results, &outcomes, chosen_by, Overlap::None, ROPE)
}

const ONE_AXIS: [(usize, &[Option<&str>]); 3] = [(0, &[None]), (1, &[Some("0.3")]), (1, &[Some("0.5")])];

#[test]
fn within_each_seed_the_best_validation_accuracy_stands_for_the_variant() {
    let (_folder, results) = results(&ONE_AXIS);
    let found = selected(
        &results,
        &[
            &[(0.5, 0.7, 0.6), (0.5, 0.7, 0.8)],
            &[(0.5, 0.8, 0.7), (0.5, 0.85, 0.9)],
            &[(0.5, 0.9, 0.6), (0.5, 0.8, 0.95)],
        ],
    );
    let [baseline, dropout] = &found[..] else { panic!("two variants") };
    assert_eq!((baseline.is_baseline, baseline.points, baseline.difference), (true, 1, None));
    assert_eq!(dropout.winners.iter().map(|winner| winner.cell).collect::<Vec<_>>(), [2, 1]);
    assert_eq!(dropout.chosen(), [(1, 1), (2, 1)]);
    // Test accuracies .6 and .9 beside the baseline's .6 and .8; validation .9 and .85.
    assert!(matches!(dropout.judgement.unwrap().verdict, Verdict::CantTell(_)));
    let difference = dropout.difference.unwrap();
    assert_eq!(difference.pairs, 2);
    assert!((difference.mean - 0.05).abs() < 1e-15);
    assert!((dropout.measures[5].mean.unwrap() - 0.75).abs() < 1e-15);
    assert!((dropout.optimism.mean.unwrap() - 0.125).abs() < 1e-15);
}

#[test]
fn equal_accuracies_are_told_apart_by_the_loss_and_equal_losses_by_the_plan() {
    let (_folder, results) = results(&ONE_AXIS);
    let winners = |a: Trial, b: Trial| selected(&results, &[&[(0.5, 0.5, 0.5)], &[a], &[b]])[1].winners[0].cell;
    assert_eq!(winners((0.4, 0.8, 0.0), (0.3, 0.8, 0.0)), 2);
    assert_eq!(winners((0.3, 0.8, 0.0), (0.3, 0.8, 1.0)), 1);
}

#[test]
fn a_trial_without_a_validation_figure_is_not_chosen() {
    let (_folder, results) = results(&ONE_AXIS);
    let found = selected(&results, &[&[(0.5, 0.5, 0.5)], &[(0.4, f64::NAN, 1.0)], &[(0.4, 0.2, 0.1)]]);
    assert_eq!(found[1].winners[0].cell, 2);
}

#[test]
fn the_most_frequent_choice_comes_first() {
    let (_folder, results) = results(&ONE_AXIS);
    let (low, high) = ((0.5, 0.5, 0.5), (0.5, 0.6, 0.5));
    let found = selected(&results, &[&[low; 3], &[high, low, low], &[low, high, high]]);
    assert_eq!(found[1].chosen(), [(2, 2), (1, 1)]);
}

#[test]
fn among_values_of_the_data_nothing_is_chosen() {
    let cells: [(usize, &[Option<&str>]); 6] = [
        (0, &[Some("100"), None]),
        (1, &[Some("100"), Some("0.3")]),
        (1, &[Some("100"), Some("0.5")]),
        (0, &[Some("900"), None]),
        (1, &[Some("900"), Some("0.3")]),
        (1, &[Some("900"), Some("0.5")]),
    ];
    let (_folder, mut results) = results(&cells);
    results.axes = ["data.train_rows", "remedies.dropout.hidden"].map(str::to_owned).to_vec();
    let tests = [0.5, 0.6, 0.7, 0.8, 0.95, 0.9];
    let trials: Vec<[Trial; 1]> = tests.map(|test| [(0.5, test, test)]).to_vec();
    let found = selected(&results, &trials.iter().map(<[Trial; 1]>::as_slice).collect::<Vec<_>>());
    let differences: Vec<Option<f64>> =
        found.iter().map(|selected| selected.difference.map(|found| (found.mean * 100.0).round())).collect();
    assert_eq!(differences, [None, Some(20.0), None, Some(15.0)]);
    assert_eq!(found[3].given, [Some("900".to_owned()), None]);
    assert_eq!(found[3].points, 2);
}

#[test]
fn without_points_or_without_validation_nothing_is_chosen() {
    let (_folder, with_points) = results(&ONE_AXIS);
    let blind = (f64::NAN, f64::NAN, 0.5);
    assert_eq!(selected(&with_points, &[&[blind], &[blind], &[blind]]), []);
    let (_folder, single) = results(&ONE_AXIS[..2]);
    assert_eq!(selected(&single, &[&[(0.5, 0.5, 0.5)], &[(0.5, 0.5, 0.5)]]), []);
}

#[test]
fn an_oracle_chooses_by_test_figures_and_says_so() {
    let (_folder, results) = results(&ONE_AXIS);
    // Validation prefers the first point, the test rows the second.
    let trials: [&[Trial]; 3] = [&[(0.5, 0.7, 0.6)], &[(0.5, 0.9, 0.5)], &[(0.5, 0.6, 0.8)]];
    let honest = selected(&results, &trials);
    let oracle = chosen(&results, &trials, ChosenBy::Oracle);
    let cells = |found: &[Selected]| found.iter().map(|variant| variant.winners[0].cell).collect::<Vec<_>>();
    assert_eq!((cells(&honest), cells(&oracle)), (vec![0, 1], vec![0, 2]));
    assert_eq!((honest[1].chosen_by.name(), oracle[1].chosen_by.name()), ("validation", "oracle"));
    assert!((oracle[1].difference.unwrap().mean - 0.2).abs() < 1e-15);
}

#[test]
fn an_oracle_needs_no_validation_rows() {
    let (_folder, results) = results(&ONE_AXIS);
    let blind = |test: f64| (f64::NAN, f64::NAN, test);
    let trials: [&[Trial]; 3] = [&[blind(0.5)], &[blind(0.6)], &[blind(0.4)]];
    assert_eq!(chosen(&results, &trials, ChosenBy::Oracle)[1].winners[0].cell, 1);
}

#[test]
fn of_losses_the_lowest_is_chosen() {
    let (_folder, mut results) = results(&ONE_AXIS);
    assert!(results.compare_by("loss"));
    let found = selected(&results, &[&[(0.5, 0.5, 0.5)], &[(0.7, 0.9, 0.5)], &[(0.3, 0.1, 0.5)]]);
    assert_eq!(found[1].winners[0].cell, 2);
    // Every trial has the test loss 0.5: a validation loss below it flatters.
    assert!((found[1].optimism.mean.unwrap() - 0.2).abs() < 1e-15);
}

proptest! {
    #[test]
    fn test_figures_choose_nothing(
        figures in prop::collection::vec((0.0..1.0f64, 0.0..1.0f64, 0.0..1.0f64), 6),
        others in prop::collection::vec(0.0..1.0f64, 6),
    ) {
        let (_folder, results) = results(&ONE_AXIS);
        let cells = |trials: &[Trial]| {
            let found = selected(&results, &trials.chunks(2).collect::<Vec<_>>());
            found.iter().flat_map(|variant| variant.winners.iter().map(|winner| winner.cell)).collect::<Vec<_>>()
        };
        let changed: Vec<Trial> = figures.iter().zip(&others).map(|(trial, &test)| (trial.0, trial.1, test)).collect();
        prop_assert_eq!(cells(&figures), cells(&changed));
    }

    #[test]
    fn the_winners_validation_accuracy_is_at_least_that_of_any_point(
        figures in prop::collection::vec((0.0..1.0f64, 0.0..1.0f64, 0.0..1.0f64), 9),
    ) {
        let (_folder, results) = results(&ONE_AXIS);
        let found = selected(&results, &figures.chunks(3).collect::<Vec<_>>());
        let winners = found[1].measures[4].mean.unwrap();
        for cell in [1, 2] {
            let point = mean(&figures[3 * cell..3 * cell + 3].iter().map(|trial| trial.1).collect::<Vec<_>>()).unwrap();
            prop_assert!(winners >= point - 1e-12);
        }
    }
}

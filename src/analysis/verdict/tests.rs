//! Verdicts on planted cases: figures whose truth is known.

use proptest::prelude::*;

use super::super::pairing::{Score, paired_difference};
use super::*;

/// The seeds of the planted cases, and how far seed and remedy let a figure vary.
const WOBBLE: [f64; 8] = [0.4, -0.9, 0.1, 0.8, -0.3, -0.6, 0.7, -0.2];

/// A difference of this mean, whose seeds vary by about `spread`.
fn difference(mean: f64, spread: f64) -> Difference {
    let score = |seed: usize, value: f64| Score { seed: seed as u64, fold: 0, value };
    let own: Vec<Score> =
        WOBBLE.iter().enumerate().map(|(seed, wobble)| score(seed, 0.8 + mean + spread * wobble)).collect();
    let baseline: Vec<Score> = (0..WOBBLE.len()).map(|seed| score(seed, 0.8)).collect();
    paired_difference(&own, &baseline, Overlap::None).unwrap()
}

fn case(test: (f64, f64), train: (f64, f64)) -> Case {
    Case { test: difference(test.0, test.1), train: Some(difference(train.0, train.1)), size: Some(1.0) }
}

fn verdict_of(case: Case) -> Verdict {
    judge(&[Some(case)], Overlap::None, ROPE, false)[0].unwrap().verdict
}

#[test]
fn a_clear_gain_on_the_test_rows_generalises_better_whatever_training_does() {
    assert_eq!(verdict_of(case((0.05, 0.02), (-0.10, 0.02))), Verdict::GeneralisesBetter);
    assert_eq!(verdict_of(case((0.05, 0.02), (0.01, 0.02))), Verdict::GeneralisesBetter);
}

#[test]
fn a_gap_that_shrinks_while_the_test_figure_does_not_rise_is_learning_less() {
    assert_eq!(verdict_of(case((-0.001, 0.02), (-0.10, 0.02))), Verdict::LearnsLess);
    assert_eq!(verdict_of(case((-0.05, 0.02), (-0.20, 0.02))), Verdict::LearnsLess);
    assert_eq!(verdict_of(case((-0.001, 0.02), (-0.20, 0.0))), Verdict::LearnsLess);
}

#[test]
fn a_clear_loss_without_a_smaller_gap_is_worse() {
    assert_eq!(verdict_of(case((-0.05, 0.02), (0.0, 0.02))), Verdict::Worse);
    assert_eq!(verdict_of(case((-0.10, 0.02), (-0.05, 0.02))), Verdict::Worse);
    assert_eq!(verdict_of(Case { train: None, ..case((-0.05, 0.02), (-0.20, 0.02)) }), Verdict::Worse);
}

#[test]
fn the_same_needs_a_probability_of_95_percent_and_not_only_a_large_p_value() {
    let same = case((0.001, 0.005), (0.0, 0.01));
    assert_eq!(verdict_of(same), Verdict::Same);
    assert_eq!(verdict_of(Case { size: Some(0.4), ..same }), Verdict::SameSmaller);
    assert_eq!(verdict_of(Case { size: Some(0.995), ..same }), Verdict::Same);
    let wide = case((0.001, 0.05), (0.0, 0.01));
    assert!(wide.test.p_value.unwrap() > 0.9);
    assert!(matches!(verdict_of(Case { size: Some(0.4), ..wide }), Verdict::CantTell(Doubt::More(_))));
}

#[test]
fn what_is_surely_worse_by_less_than_anyone_cares_for_is_the_same() {
    let slightly = case((-0.003, 0.003), (0.0, 0.01));
    assert!(slightly.test.p_value.unwrap() < 0.05);
    assert_eq!(verdict_of(slightly), Verdict::Same);
    assert_eq!(verdict_of(Case { size: Some(0.4), ..slightly }), Verdict::SameSmaller);
    let judged = judge(&[Some(slightly)], Overlap::None, 0.002, false)[0].unwrap();
    assert_eq!(judged.verdict, Verdict::Worse, "to someone who cares for less");
}

#[test]
fn what_cannot_be_told_says_why() {
    let doubt = |test: Difference| verdict_of(Case { test, train: None, size: None });
    let scores = |values: &[f64]| -> Vec<Score> {
        let seeds = values.iter().enumerate();
        seeds.map(|(seed, &value)| Score { seed: seed as u64, fold: 0, value }).collect()
    };
    let of = |own: &[f64]| paired_difference(&scores(own), &scores(&[0.5, 0.7, 0.9]), Overlap::None).unwrap();
    assert_eq!(doubt(of(&[0.6])), Verdict::CantTell(Doubt::Single));
    assert_eq!(doubt(of(&[0.6, 0.8, 1.0])), Verdict::CantTell(Doubt::NoSpread));
    assert_eq!(doubt(of(&[0.5, 0.7, 0.9])), Verdict::CantTell(Doubt::Identical));
    assert!(matches!(doubt(of(&[0.6, 0.8, 0.9])), Verdict::CantTell(Doubt::More(1..))));
    let overlap = Overlap::Resampled { test_per_train: 0.25 };
    let small = paired_difference(&scores(&[0.6, 0.6, 1.0]), &scores(&[0.5, 0.7, 0.9]), overlap).unwrap();
    let judged = judge(&[Some(Case { test: small, train: None, size: None })], overlap, ROPE, false);
    assert_eq!(judged[0].unwrap().verdict, Verdict::CantTell(Doubt::Never));
}

#[test]
fn more_rows_make_a_lone_finding_weaker() {
    // p is about .03: enough alone, not beside another row.
    let close = Case { train: None, ..case((0.012, 0.023), (0.0, 0.01)) };
    let p = close.test.p_value.unwrap();
    assert!((0.025..0.05).contains(&p), "{p}");
    assert_eq!(verdict_of(close), Verdict::GeneralisesBetter);
    let beside = judge(&[Some(close), None, Some(case((0.0, 0.02), (0.0, 0.02)))], Overlap::None, ROPE, false);
    let judged = beside[0].unwrap();
    assert!((judged.p_adjusted.unwrap() - 2.0 * p).abs() < 1e-12);
    assert!(matches!(judged.verdict, Verdict::CantTell(Doubt::More(1..))));
    assert_eq!(beside[1], None);
}

#[test]
fn of_losses_the_lower_is_the_better() {
    let judged = judge(&[Some(case((-0.05, 0.02), (0.1, 0.02)))], Overlap::None, ROPE, true)[0].unwrap();
    assert_eq!(judged.verdict, Verdict::GeneralisesBetter);
    assert!(judged.probabilities.unwrap().better > 0.95);
}

#[test]
fn the_probabilities_of_the_published_example() {
    let distribution = StudentMean { mean: 0.7, error: 0.241_190_66, freedom: 9.0 };
    let found = Probabilities::of(distribution, 1.0);
    assert!((found.equivalent - 0.877_48).abs() < 5e-6, "{found:?}");
    assert!((found.better - 0.122_49).abs() < 5e-6, "{found:?}");
    // SciPy: stats.t(9, .7, .24119066).cdf(-1)
    assert!((found.worse - 2.998352878096055e-05).abs() < 1e-12, "{found:?}");
}

proptest! {
    #[test]
    fn probabilities_sum_to_one_and_the_other_side_mirrors_them(
        mean in -1.0..1.0f64, error in 0.001..1.0f64, freedom in 1u32..40, rope in 0.0..0.5f64
    ) {
        let distribution = StudentMean { mean, error, freedom: f64::from(freedom) };
        let found = Probabilities::of(distribution, rope);
        let other = Probabilities::of(StudentMean { mean: -mean, ..distribution }, rope);
        prop_assert!((found.better + found.equivalent + found.worse - 1.0).abs() < 1e-9);
        prop_assert_eq!((found.better, found.worse), (other.worse, other.better));
    }
}

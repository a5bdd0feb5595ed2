//! Several data sets, against published examples and by hand.

use super::super::scores::VariantScores;
use super::super::statistics::Overlap;
use super::super::verdict::{Doubt, ROPE, Verdict};
use super::*;
use crate::lab::Resampling;

/// Experiments of one trial per variant, from rows of scores.
fn experiments(blocks: &[Vec<f64>]) -> Vec<ExperimentScores> {
    let variant = |(place, &value): (usize, &f64)| VariantScores {
        name: format!("v{place}"),
        test: vec![Score { seed: 0, fold: 0, value }],
        train: Vec::new(),
        size: None,
    };
    let experiment = |(set, block): (usize, &Vec<f64>)| ExperimentScores {
        name: format!("s{set}"),
        resampling: Resampling::Fixed,
        overlap: Overlap::None,
        variants: block.iter().enumerate().map(variant).collect(),
    };
    blocks.iter().enumerate().map(experiment).collect()
}

#[test]
fn demsars_example_from_scores_to_ranks_tests_and_groups() {
    let found = across(&experiments(&demsar::blocks()), "v0", ROPE, false);
    let ranks: Vec<String> = found.variants.iter().map(|variant| format!("{:.3}", variant.rank.unwrap())).collect();
    assert_eq!(ranks, ["3.143", "2.000", "2.893", "1.964"]);
    assert_eq!(format!("{:.2}", found.friedman.unwrap().chi_square), "9.28");
    // CD is 1.25: nothing but that the best and the worst differ by 1.18 is known.
    assert_eq!((found.sets, found.groups), (14, vec![vec![3, 1, 2, 0]]));
    let against = found.variants[1].against.unwrap();
    assert_eq!((against.wins, against.ties, against.losses), (10, 2, 2));
    assert_eq!((against.signed_rank.plus, against.signed_rank.minus), (93.0, 12.0));
    assert!((against.difference.p_value.unwrap() - 0.010_968_496_564_224_73).abs() < 1e-12);
    // The p-values of the three tests, in the same way: 0.010968, 0.850582, 0.014330.
    assert!((against.judgement.p_adjusted.unwrap() - 0.032_905_489_692_674_19).abs() < 1e-9);
    assert_eq!(found.variants[0].against, None);
}

#[test]
fn a_set_that_lacks_a_variant_ranks_none_but_still_pairs_the_others() {
    let mut sets = experiments(&[vec![0.5, 0.6, 0.7], vec![0.5, 0.6, 0.4], vec![0.5, 0.4, 0.9]]);
    sets[1].variants.remove(2);
    let found = across(&sets, "v0", ROPE, false);
    assert_eq!((found.sets, found.incomplete.as_slice()), (2, ["s1".to_owned()].as_slice()));
    let counts: Vec<usize> =
        found.variants.iter().filter_map(|variant| Some(variant.against?.difference.pairs)).collect();
    assert_eq!(counts, [3, 2]);
    assert_eq!(found.variants[2].rank, Some(1.0));
}

#[test]
fn too_few_sets_for_any_significance_are_said() {
    let block = |base: f64| vec![base, base + 0.1 + base / 100.0];
    let verdict = |sets: u32| {
        let blocks: Vec<Vec<f64>> = (0..sets).map(|set| block(0.3 + 0.05 * f64::from(set))).collect();
        across(&experiments(&blocks), "v0", ROPE, false).variants[1].against.unwrap().judgement.verdict
    };
    assert_eq!(verdict(5), Verdict::CantTell(Doubt::TooFew(6)));
    assert_eq!(verdict(6), Verdict::GeneralisesBetter);
}

#[test]
fn of_losses_the_lower_wins() {
    let found = across(&experiments(&[vec![0.5, 0.4], vec![0.5, 0.3], vec![0.5, 0.5]]), "v0", ROPE, true);
    let against = found.variants[1].against.unwrap();
    assert_eq!((against.wins, against.ties, against.losses), (2, 1, 0));
    assert_eq!((found.variants[0].rank, found.variants[1].rank), (Some(5.5 / 3.0), Some(3.5 / 3.0)));
}

#[test]
fn of_a_single_experiment_ranks_are_those_within_seeds_and_nothing_is_tested() {
    let mut only = experiments(&[vec![0.5, 0.6]]);
    let score = |seed, value| Score { seed, fold: 0, value };
    // By the means v1 would be the first.
    only[0].variants[0].test = vec![score(0, 0.5), score(1, 0.8), score(2, 0.8), score(3, 0.8)];
    only[0].variants[1].test = vec![score(2, 0.7), score(1, 0.7), score(0, 1.0), score(3, 0.7)];
    let found = across(&only, "v0", ROPE, false);
    assert_eq!((found.variants[0].rank, found.variants[1].rank), (Some(1.25), Some(1.75)));
    assert_eq!((found.sets, found.friedman, found.critical_difference), (1, None, None));
}

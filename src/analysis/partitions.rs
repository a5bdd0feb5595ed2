//! Do the seeds of a cross-validation share their folds?
//!
//! In: scores of several seeds and folds that were made elsewhere, where nothing says whether fold 3 of one seed has the test
//! rows of fold 3 of another. Out: whether it looks so. The rows of a fold make it easy or hard, so that scores of shared folds
//! resemble each other over the seeds; a one-way analysis of variance of the scores by fold sees that. What it does not see
//! is too weak to mislead: then counting each trial, as for [resamples](super::Overlap::Resampled), is the more careful way.

use std::collections::BTreeMap;

use statrs::distribution::{ContinuousCDF, FisherSnedecor};

use super::scores::VariantScores;
use super::statistics::{largest, mean};

/// Folds that are not shared look as if they were no more often than this.
const LEVEL: f64 = 0.001;

/// Sums of squares that are no larger than this share of the largest square are roundings.
const ROUNDING: f64 = 1e-20;

/// Whether the seeds of these variants share their folds; so they do where no fold has several seeds.
pub fn share_folds(variants: &[VariantScores]) -> bool {
    let sums: Vec<Sums> = variants.iter().map(Sums::of).collect();
    let total = |part: fn(&Sums) -> f64| sums.iter().map(part).sum::<f64>();
    // Variants that see the same rows vary together: many say hardly more than one, and count as that.
    let most = |part: fn(&Sums) -> f64| sums.iter().map(part).fold(0.0, f64::max);
    let (freedom, others) = (most(|sums| sums.freedom), most(|sums| sums.others));
    if freedom < 1.0 || others < 1.0 {
        return true;
    }
    let (between, within) = (total(|sums| sums.between), total(|sums| sums.within));
    if within <= ROUNDING * total(|sums| sums.scale) {
        return true;
    }
    let ratio = (between / freedom) / (within / others);
    FisherSnedecor::new(freedom, others).is_ok_and(|fisher| fisher.sf(ratio) < LEVEL)
}

/// Squares of one variant: of the means of folds around that of all, and of scores around the mean of their fold.
struct Sums {
    between: f64,
    within: f64,
    freedom: f64,
    others: f64,
    scale: f64,
}

impl Sums {
    fn of(variant: &VariantScores) -> Self {
        let all: Vec<f64> = variant.test.iter().map(|score| score.value).collect();
        let mut folds: BTreeMap<u32, Vec<f64>> = BTreeMap::new();
        variant.test.iter().for_each(|score| folds.entry(score.fold).or_default().push(score.value));
        let grand = mean(&all).unwrap_or_default();
        let (mut between, mut within) = (0.0, 0.0);
        for scores in folds.values() {
            let own = mean(scores).unwrap_or_default();
            between += scores.len() as f64 * (own - grand) * (own - grand);
            within += scores.iter().map(|score| (score - own) * (score - own)).sum::<f64>();
        }
        let scale = all.len() as f64 * largest(&all) * largest(&all);
        let freedom = folds.len().saturating_sub(1) as f64;
        Self { between, within, freedom, others: (all.len() - folds.len()) as f64, scale }
    }
}

#[cfg(test)]
mod tests {
    use super::super::pairing::Score;
    use super::*;

    /// Scores of three folds and as many seeds as there are rows.
    fn variant(rows: &[[f64; 3]]) -> VariantScores {
        let score = |seed: usize, fold: usize| Score { seed: seed as u64, fold: fold as u32, value: rows[seed][fold] };
        let test = (0..rows.len()).flat_map(|seed| (0..3).map(move |fold| score(seed, fold))).collect();
        VariantScores { name: "v".to_owned(), test, train: Vec::new(), size: None }
    }

    #[test]
    fn folds_that_are_hard_for_every_seed_are_shared() {
        assert!(share_folds(&[variant(&[[0.9, 0.8, 0.7], [0.91, 0.79, 0.7], [0.9, 0.81, 0.72], [0.89, 0.8, 0.71]])]));
        // A learner without chance: the seeds of a fold agree.
        assert!(share_folds(&[variant(&[[0.9, 0.8, 0.7]; 2])]));
    }

    #[test]
    fn folds_whose_seeds_differ_as_much_as_any_are_not() {
        let own = [[0.9, 0.8, 0.7], [0.7, 0.9, 0.8], [0.8, 0.7, 0.9], [0.75, 0.85, 0.8]];
        assert!(!share_folds(&[variant(&own)]));
        assert!(!share_folds(&[variant(&own), variant(&own), variant(&own)]));
    }

    #[test]
    fn the_ratio_is_that_of_an_analysis_of_variance() {
        // SciPy: stats.f_oneway([1, 2, 3], [2, 4, 3], [6, 5, 7]): F = 13, p = 0.00659...
        let sums = Sums::of(&variant(&[[1.0, 2.0, 6.0], [2.0, 4.0, 5.0], [3.0, 3.0, 7.0]]));
        assert!(((sums.between / sums.freedom) / (sums.within / sums.others) - 13.0).abs() < 1e-12);
        assert!(!share_folds(&[variant(&[[1.0, 2.0, 6.0], [2.0, 4.0, 5.0], [3.0, 3.0, 7.0]])]));
    }

    #[test]
    fn one_seed_to_a_fold_shares_nothing_with_anyone() {
        assert!(share_folds(&[variant(&[[0.9, 0.1, 0.5]])]));
        assert!(share_folds(&[]));
    }
}

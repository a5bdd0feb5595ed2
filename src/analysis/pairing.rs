//! The difference between two variants, trial by trial of the same seed and fold.
//!
//! In: the scores of both. Out: the [`Difference`] of their means, with its interval and p-value. Trials of one seed and fold
//! share split, initial weights and the order of batches, so that their difference is that of the remedy.

use std::collections::BTreeMap;

use super::statistics::{Interval, Overlap, largest, mean};
use super::student::{StudentMean, all_zero};

/// The score of a trial.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Score {
    /// The trial's seed.
    pub seed: u64,
    /// The trial's fold.
    pub fold: u32,
    /// Its figure.
    pub value: f64,
}

/// How much one variant scores above another.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Difference {
    /// How many pairs of trials there are; at least one.
    pub pairs: usize,
    /// How many of them count as resamples of their own, J; at least one.
    pub resamples: usize,
    /// The mean difference over the resamples.
    pub mean: f64,
    /// Where the true difference is; `None` of a single resample, and without any spread.
    pub distribution: Option<StudentMean>,
    /// Its interval, likewise.
    pub interval: Option<Interval>,
    /// The two-sided p-value of no difference. 1 where all differences are 0; `None` of a single resample, and where all are
    /// equal and not 0: without spread no test can say how sure that is.
    pub p_value: Option<f64>,
    /// Cliff's δ: how much likelier a trial of one scores above a trial of the other than below it, in [-1, 1].
    pub cliffs_delta: f64,
}

impl Difference {
    /// The difference seen from the other side.
    pub fn negated(self) -> Self {
        Self {
            mean: -self.mean,
            distribution: self.distribution.map(|mean| StudentMean { mean: -mean.mean, ..mean }),
            interval: self.interval.map(|Interval { low, high }| Interval { low: -high, high: -low }),
            cliffs_delta: -self.cliffs_delta,
            ..self
        }
    }
}

/// Score minus baseline of every seed and fold that both have, in the order of `scores`.
pub fn differences(scores: &[Score], baseline: &[Score]) -> Vec<Score> {
    pairs(scores, baseline).into_iter().map(|(score, other)| Score { value: score.value - other, ..score }).collect()
}

/// How much `scores` are above `baseline`; `None` where no seed and fold has both.
pub fn paired_difference(scores: &[Score], baseline: &[Score], overlap: Overlap) -> Option<Difference> {
    let pairs = pairs(scores, baseline);
    let differences: Vec<Score> =
        pairs.iter().map(|(score, other)| Score { value: score.value - other, ..*score }).collect();
    let (own, others): (Vec<f64>, Vec<f64>) = pairs.iter().map(|(score, other)| (score.value, *other)).unzip();
    let scale = largest(&own).max(largest(&others));
    let resamples = overlap.resamples(&differences);
    let distribution = StudentMean::of(&resamples, scale, overlap);
    let no_difference = resamples.len() >= 2 && all_zero(&resamples, scale);
    Some(Difference {
        pairs: pairs.len(),
        resamples: resamples.len(),
        mean: mean(&resamples)?,
        distribution,
        interval: distribution.map(StudentMean::interval),
        p_value: distribution.map(StudentMean::p_value).or(no_difference.then_some(1.0)),
        cliffs_delta: cliffs_delta(&own, others),
    })
}

/// The scores that have a partner, with the partner's.
fn pairs(scores: &[Score], baseline: &[Score]) -> Vec<(Score, f64)> {
    let baseline: BTreeMap<(u64, u32), f64> =
        baseline.iter().map(|score| ((score.seed, score.fold), score.value)).collect();
    scores.iter().filter_map(|score| Some((*score, *baseline.get(&(score.seed, score.fold))?))).collect()
}

/// Pairs above minus pairs below, of all pairs of one of each.
fn cliffs_delta(own: &[f64], mut others: Vec<f64>) -> f64 {
    others.sort_by(f64::total_cmp);
    let below = |value: &f64| others.partition_point(|other| other < value);
    let not_above = |value: &f64| others.partition_point(|other| other <= value);
    let excess: i64 = own.iter().map(|value| below(value) as i64 - (others.len() - not_above(value)) as i64).sum();
    excess as f64 / (own.len() * others.len()) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scores(values: &[(u64, u32, f64)]) -> Vec<Score> {
        values.iter().map(|&(seed, fold, value)| Score { seed, fold, value }).collect()
    }

    fn by_seed(values: &[f64]) -> Vec<Score> {
        scores(&values.iter().enumerate().map(|(seed, &value)| (seed as u64, 0, value)).collect::<Vec<_>>())
    }

    #[test]
    fn pairs_by_seed_and_fold_and_leaves_out_what_has_no_partner() {
        let baseline = scores(&[(0, 0, 0.5), (0, 1, 0.25), (1, 0, 0.75), (7, 0, 0.0)]);
        let others = scores(&[(1, 0, 1.0), (0, 0, 0.5), (0, 1, 0.5), (8, 0, 1.0)]);
        assert_eq!(differences(&others, &baseline), scores(&[(1, 0, 0.25), (0, 0, 0.0), (0, 1, 0.25)]));
        let difference = paired_difference(&others, &baseline, Overlap::None).unwrap();
        assert_eq!((difference.pairs, difference.resamples), (3, 3));
        assert!((difference.mean - 1.0 / 6.0).abs() < 1e-15);
        // s = .25/√3, half-width t(.975; 2)·s/√3 = 4.302653·.083333; t = 2 with 2 degrees of freedom: p = 1 − 2/√6.
        assert!((difference.interval.unwrap().high - (1.0 / 6.0 + 0.358_554_394)).abs() < 1e-8);
        assert!((difference.p_value.unwrap() - (1.0 - 2.0 / 6.0_f64.sqrt())).abs() < 1e-12);
    }

    #[test]
    fn with_the_same_folds_for_all_seeds_the_folds_are_tested() {
        let baseline: Vec<Score> = (0..9).map(|at| Score { seed: at / 3, fold: (at % 3) as u32, value: 0.5 }).collect();
        let others: Vec<Score> = (baseline.iter())
            .map(|score| Score { value: 0.5 + 0.01 * f64::from(score.fold) + 0.001 * score.seed as f64, ..*score })
            .collect();
        let overlap = Overlap::Folds { test_per_train: 0.5 };
        let difference = paired_difference(&others, &baseline, overlap).unwrap();
        assert_eq!((difference.pairs, difference.resamples), (9, 3));
        // The folds' means are .001, .011 and .021: s = .01 and the error √(1/3 + 1/2)·.01.
        let distribution = difference.distribution.unwrap();
        assert_eq!(distribution.freedom, 2.0);
        assert!((distribution.error - (5.0_f64 / 6.0).sqrt() * 0.01).abs() < 1e-12);
    }

    #[test]
    fn is_none_without_a_pair() {
        assert_eq!(paired_difference(&scores(&[(0, 0, 1.0)]), &scores(&[(0, 1, 1.0)]), Overlap::None), None);
    }

    #[test]
    fn no_difference_at_all_has_the_p_value_1_and_a_constant_one_has_none() {
        let baseline = by_seed(&[0.5, 0.7, 0.9]);
        let same = paired_difference(&baseline, &baseline, Overlap::None).unwrap();
        assert_eq!((same.mean, same.interval, same.p_value), (0.0, None, Some(1.0)));
        // The three differences are not the same f64.
        let shifted = paired_difference(&by_seed(&[0.6, 0.8, 1.0]), &baseline, Overlap::None).unwrap();
        assert_eq!((shifted.interval, shifted.p_value), (None, None));
        let single = paired_difference(&by_seed(&[0.5]), &baseline, Overlap::None).unwrap();
        assert_eq!((single.pairs, single.p_value), (1, None));
    }

    #[test]
    fn cliffs_delta_counts_wins_over_all_pairs() {
        // Of 9 pairs 6 are won (3 over all, 2 over 0 and 1, 1 over 0), 1 lost (1 to 2) and 2 tied.
        let difference = paired_difference(&by_seed(&[3.0, 2.0, 1.0]), &by_seed(&[0.0, 1.0, 2.0]), Overlap::None);
        assert!((difference.unwrap().cliffs_delta - 5.0 / 9.0).abs() < 1e-15);
        assert!((difference.unwrap().negated().cliffs_delta + 5.0 / 9.0).abs() < 1e-15);
    }
}

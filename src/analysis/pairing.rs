//! The difference between two variants, trial by trial of the same seed and fold.
//!
//! In: the scores of both. Out: the [`Difference`] of their means, with its interval. Trials of one seed and fold share
//! split, initial weights and the order of batches, so that their difference is that of the remedy.

use std::collections::BTreeMap;

use super::statistics::{Interval, Overlap, interval_of_mean, mean};

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
    /// The mean difference.
    pub mean: f64,
    /// Its interval; `None` of fewer than two pairs, and without any spread.
    pub interval: Option<Interval>,
}

/// Score minus baseline of every seed and fold that both have, in the order of `scores`.
pub fn differences(scores: &[Score], baseline: &[Score]) -> Vec<f64> {
    let baseline: BTreeMap<(u64, u32), f64> =
        baseline.iter().map(|score| ((score.seed, score.fold), score.value)).collect();
    scores.iter().filter_map(|score| Some(score.value - baseline.get(&(score.seed, score.fold))?)).collect()
}

/// How much `scores` are above `baseline`; `None` where no seed and fold has both.
pub fn paired_difference(scores: &[Score], baseline: &[Score], overlap: Overlap) -> Option<Difference> {
    let differences = differences(scores, baseline);
    Some(Difference {
        pairs: differences.len(),
        mean: mean(&differences)?,
        interval: interval_of_mean(&differences, overlap),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scores(values: &[(u64, u32, f64)]) -> Vec<Score> {
        values.iter().map(|&(seed, fold, value)| Score { seed, fold, value }).collect()
    }

    #[test]
    fn pairs_by_seed_and_fold_and_leaves_out_what_has_no_partner() {
        let baseline = scores(&[(0, 0, 0.5), (0, 1, 0.25), (1, 0, 0.75), (7, 0, 0.0)]);
        let others = scores(&[(1, 0, 1.0), (0, 0, 0.5), (0, 1, 0.5), (8, 0, 1.0)]);
        assert_eq!(differences(&others, &baseline), [0.25, 0.0, 0.25]);
        let difference = paired_difference(&others, &baseline, Overlap::None).unwrap();
        assert_eq!(difference.pairs, 3);
        assert!((difference.mean - 1.0 / 6.0).abs() < 1e-15);
        // s = .25/√3, half-width t(.975; 2)·s/√3 = 4.302653·.083333.
        assert!((difference.interval.unwrap().high - (1.0 / 6.0 + 0.358_554_394)).abs() < 1e-8);
    }

    #[test]
    fn is_none_without_a_pair() {
        assert_eq!(paired_difference(&scores(&[(0, 0, 1.0)]), &scores(&[(0, 1, 1.0)]), Overlap::None), None);
    }

    #[test]
    fn a_constant_difference_has_no_interval() {
        let baseline = scores(&[(0, 0, 0.5), (1, 0, 0.7)]);
        let difference = paired_difference(&baseline, &baseline, Overlap::None).unwrap();
        assert_eq!((difference.mean, difference.interval), (0.0, None));
    }
}

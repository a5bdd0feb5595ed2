//! Mean, spread and interval of a few numbers.
//!
//! In: the same figure of several trials. Out: an [`Estimate`]. Sums run in the order of the numbers. Where a figure is not
//! defined (no numbers, one number, no spread) it is `None`, never 0 and never NaN.

use std::collections::BTreeMap;

use super::pairing::Score;
use super::student::StudentMean;

/// The confidence of every interval.
pub const CONFIDENCE: f64 = 0.95;

/// What is known of a figure from several trials.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Estimate {
    /// How many trials have the figure.
    pub n: usize,
    /// The arithmetic mean.
    pub mean: Option<f64>,
    /// The standard deviation of a sample (n − 1).
    pub sd: Option<f64>,
    /// Where the mean is, with [`CONFIDENCE`].
    pub interval: Option<Interval>,
}

/// An interval of numbers.
#[derive(Debug, Clone, Copy, PartialEq)]
#[expect(missing_docs, reason = "the ends")]
pub struct Interval {
    pub low: f64,
    pub high: f64,
}

/// How far the trials share training rows, which decides how uncertain their mean is: its variance is (1/J + overlap)·s².
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Overlap {
    /// One test set for all trials: each counts, and the overlap is 0.
    None,
    /// A resample of one data set per trial: each counts, and the overlap is n_test/n_train, after Nadeau and Bengio (2003).
    Resampled {
        /// n_test/n_train, with n_train all rows outside the test part.
        test_per_train: f64,
    },
    /// Folds of one data set, cut alike for all seeds: the seeds of a fold see the same rows, so that only their mean counts,
    /// and J is the number of folds (of all repeats). The overlap is that of resamples.
    Folds {
        /// n_test/n_train, with n_train all rows outside the test part.
        test_per_train: f64,
    },
}

impl Overlap {
    /// n_test/n_train where resamples overlap, otherwise 0.
    pub fn test_per_train(self) -> f64 {
        match self {
            Overlap::None => 0.0,
            Overlap::Resampled { test_per_train } | Overlap::Folds { test_per_train } => test_per_train,
        }
    }

    /// One number per resample, J of them: the score of a trial, or the mean of the seeds of a fold.
    pub fn resamples(self, scores: &[Score]) -> Vec<f64> {
        if !matches!(self, Overlap::Folds { .. }) {
            return scores.iter().map(|score| score.value).collect();
        }
        let mut folds: BTreeMap<u32, Vec<f64>> = BTreeMap::new();
        scores.iter().for_each(|score| folds.entry(score.fold).or_default().push(score.value));
        folds.values().filter_map(|values| mean(values)).collect()
    }
}

impl Estimate {
    /// The estimate from the scores of trials.
    pub fn of(scores: &[Score], overlap: Overlap) -> Self {
        let values: Vec<f64> = scores.iter().map(|score| score.value).collect();
        let resamples = overlap.resamples(scores);
        Self {
            n: values.len(),
            mean: mean(&values),
            sd: standard_deviation(&values),
            interval: StudentMean::of(&resamples, largest(&resamples), overlap).map(StudentMean::interval),
        }
    }
}

/// The arithmetic mean; `None` of no values.
pub fn mean(values: &[f64]) -> Option<f64> {
    (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
}

/// The standard deviation of a sample (n − 1); `None` of fewer than two values.
pub fn standard_deviation(values: &[f64]) -> Option<f64> {
    let mean = mean(values)?;
    let squares: f64 = values.iter().map(|value| (value - mean) * (value - mean)).sum();
    (values.len() >= 2).then(|| (squares / (values.len() - 1) as f64).sqrt())
}

/// The largest size of a value, which says how far roundings of it may reach.
pub(super) fn largest(values: &[f64]) -> f64 {
    values.iter().fold(0.0, |largest, value| value.abs().max(largest))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scores(values: &[f64]) -> Vec<Score> {
        let seeds = values.iter().enumerate();
        seeds.map(|(seed, &value)| Score { seed: seed as u64, fold: 0, value }).collect()
    }

    #[test]
    fn mean_deviation_and_interval_of_two() {
        let estimate = Estimate::of(&scores(&[2.0, 4.0]), Overlap::None);
        assert_eq!((estimate.n, estimate.mean), (2, Some(3.0)));
        assert_eq!(estimate.sd, Some(2.0_f64.sqrt()));
        // t(.975; 1) = 12.7062, and √2/√2 = 1.
        let interval = estimate.interval.unwrap();
        assert!((interval.high - 15.706_204_736).abs() < 1e-8, "{interval:?}");
        assert!((interval.low + 9.706_204_736).abs() < 1e-8, "{interval:?}");
    }

    #[test]
    fn too_few_values_or_no_spread_have_no_interval() {
        assert_eq!(Estimate::of(&[], Overlap::None), Estimate::default());
        let one = Estimate::of(&scores(&[1.0]), Overlap::None);
        assert_eq!(one, Estimate { n: 1, mean: Some(1.0), ..Estimate::default() });
        let tenth = Estimate::of(&scores(&[0.1; 3]), Overlap::None);
        assert_eq!((tenth.n, tenth.interval), (3, None));
        assert_eq!(Estimate::of(&scores(&[0.0; 5]), Overlap::None).interval, None);
    }

    #[test]
    fn the_seeds_of_a_fold_count_as_one_resample() {
        let of = |seed, fold, value| Score { seed, fold, value };
        let scores = [of(0, 0, 1.0), of(1, 0, 3.0), of(0, 1, 5.0), of(1, 1, 5.0), of(0, 2, 9.0)];
        let overlap = Overlap::Folds { test_per_train: 0.5 };
        assert_eq!(overlap.resamples(&scores), [2.0, 5.0, 9.0]);
        assert_eq!(Overlap::Resampled { test_per_train: 0.5 }.resamples(&scores), [1.0, 3.0, 5.0, 5.0, 9.0]);
        let estimate = Estimate::of(&scores, overlap);
        // t(.975; 2)·√(1/3 + 1/2)·s of 2, 5 and 9.
        let half = 4.302_652_729_911_27 * (5.0_f64 / 6.0).sqrt() * standard_deviation(&[2.0, 5.0, 9.0]).unwrap();
        assert_eq!(estimate.n, 5);
        assert!((estimate.interval.unwrap().high - (16.0 / 3.0 + half)).abs() < 1e-9, "{estimate:?}");
    }
}

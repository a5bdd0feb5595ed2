//! How many more resamples a difference needs before a test can show it.
//!
//! In: a difference that a test did not show. Out: [`Needed`]: the least number at which a mean and a spread as they were so
//! far are significant. New resamples have others: with so many the chance of significance is about one half, and it is an order
//! of size, not a promise. Where resamples overlap, the standard error has the floor s·√(n_test/n_train), which
//! no number of them goes below: such a difference needs more data, not more seeds.

use statrs::distribution::{ContinuousCDF, Normal};

use super::pairing::Difference;
use super::statistics::Overlap;
use super::student::student_t_quantile;

/// What would show a difference.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Needed {
    /// About so many resamples more.
    More(usize),
    /// No number of resamples.
    Never,
}

/// A search that goes on for longer finds nothing that anyone would train.
const MOST_RESAMPLES: usize = 1_000_000;

/// What shows this difference at the level `alpha`; `None` where nothing is known of its spread.
pub fn needed(difference: &Difference, overlap: Overlap, alpha: f64) -> Option<Needed> {
    let distribution = difference.distribution?;
    let (now, share) = (difference.resamples, overlap.test_per_train());
    let sd = distribution.error / (1.0 / now as f64 + share).sqrt();
    let probability = 1.0 - alpha / 2.0;
    let size = difference.mean.abs();
    let least = Normal::standard().inverse_cdf(probability) * sd * share.sqrt();
    // More numbers shrink quantile and error both: what is enough is found by halving.
    let is_enough = |count: usize| {
        let error = sd * (1.0 / count as f64 + share).sqrt();
        size >= student_t_quantile(probability, (count - 1) as f64) * error
    };
    if size <= least || !is_enough(MOST_RESAMPLES) {
        return Some(Needed::Never);
    }
    let (mut too_few, mut enough) = (now.max(1), MOST_RESAMPLES);
    while enough - too_few > 1 {
        let middle = too_few + (enough - too_few) / 2;
        if is_enough(middle) { enough = middle } else { too_few = middle }
    }
    Some(Needed::More(enough.saturating_sub(now)))
}

#[cfg(test)]
mod tests {
    use super::super::pairing::{Score, paired_difference};
    use super::*;

    /// Differences with this mean, a spread of 1 and overlap, of `count` seeds.
    fn difference(mean: f64, count: usize, overlap: Overlap) -> Difference {
        let sd = (count as f64 / (count - 1) as f64).sqrt();
        let score = |seed: usize, value| Score { seed: seed as u64, fold: 0, value };
        let own: Vec<Score> =
            (0..count).map(|seed| score(seed, mean + if seed % 2 == 0 { 1.0 / sd } else { -1.0 / sd })).collect();
        let baseline: Vec<Score> = (0..count).map(|seed| score(seed, 0.0)).collect();
        paired_difference(&own, &baseline, overlap).unwrap()
    }

    #[test]
    fn a_mean_of_half_its_spread_needs_eighteen_seeds() {
        // t(.975; 17)/√18 = .49729 and t(.975; 16)/√17 = .51416.
        let found = difference(0.5, 10, Overlap::None);
        assert_eq!(needed(&found, Overlap::None, 0.05), Some(Needed::More(8)));
        // Holm's level for the first of two: t(.9875; 22)/√23 = .50158, t(.9875; 23)/√24 = .48946.
        assert_eq!(needed(&found, Overlap::None, 0.025), Some(Needed::More(14)));
    }

    #[test]
    fn below_the_floor_no_number_of_seeds_is_enough() {
        // The floor: 1.96·1·√(1/4) = .98.
        let overlap = Overlap::Resampled { test_per_train: 0.25 };
        assert_eq!(needed(&difference(0.97, 4, overlap), overlap, 0.05), Some(Needed::Never));
        assert!(matches!(needed(&difference(1.05, 4, overlap), overlap, 0.05), Some(Needed::More(1..))));
        assert_eq!(needed(&difference(0.0, 4, Overlap::None), Overlap::None, 0.05), Some(Needed::Never));
    }

    #[test]
    fn what_is_needed_is_the_least_that_suffices() {
        let overlap = Overlap::Resampled { test_per_train: 0.1 };
        let Some(Needed::More(more)) = needed(&difference(0.8, 6, overlap), overlap, 0.05) else { panic!("some") };
        assert!(difference(0.8, 6 + more + more % 2, overlap).p_value.unwrap() < 0.05);
        assert!(difference(0.8, (6 + more - 1) & !1, overlap).p_value.unwrap() >= 0.05);
    }

    #[test]
    fn without_spread_nothing_is_known() {
        let score = |seed, value| Score { seed, fold: 0, value };
        let constant = [score(0, 1.0), score(1, 1.0)];
        let found = paired_difference(&constant, &constant, Overlap::None).unwrap();
        assert_eq!(needed(&found, Overlap::None, 0.05), None);
    }
}

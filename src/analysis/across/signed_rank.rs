//! Does a variant differ from the baseline over data sets? Wilcoxon's signed-rank test.
//!
//! In: one difference per data set. Out: the sums of ranks and the two-sided p-value. Zeros are ranked and their ranks split
//! between both sides, as Demšar (2006) has it. The p-value is exact where nothing ties and there are at most 50 data sets,
//! or at most 13; otherwise it is that of the normal approximation, its variance corrected for ties. These are SciPy's rules
//! (`wilcoxon(differences, zero_method="zsplit", correction=False)`).

use super::super::ranks::ranks;

/// The outcome of the test.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SignedRank {
    /// The sum of the ranks of differences above 0, with half of the zeros'.
    pub plus: f64,
    /// The sum of the ranks of differences below 0, with half of the zeros'.
    pub minus: f64,
    /// The two-sided p-value.
    pub p_value: f64,
}

/// So many differences are counted exactly if none tie.
const MOST_EXACT: usize = 50;
/// So many differences are counted exactly if some tie.
const MOST_EXACT_TIED: usize = 13;

/// Tests differences; `None` of none.
pub fn signed_rank(differences: &[f64]) -> Option<SignedRank> {
    let sizes: Vec<f64> = differences.iter().map(|difference| difference.abs()).collect();
    let ranks = ranks(&sizes, true);
    let sum = |wanted: fn(f64) -> bool| -> f64 {
        differences.iter().zip(&ranks).filter(|(difference, _)| wanted(**difference)).map(|(_, rank)| rank).sum()
    };
    let zeros = sum(|difference| difference == 0.0);
    let (plus, minus) =
        (sum(|difference| difference > 0.0) + zeros / 2.0, sum(|difference| difference < 0.0) + zeros / 2.0);
    let ties = tie_term(&ranks);
    let exact = if ties == 0.0 && zeros == 0.0 { MOST_EXACT } else { MOST_EXACT_TIED };
    let p_value = if differences.len() <= exact {
        let signed: Vec<f64> = (differences.iter().zip(&ranks))
            .filter(|(difference, _)| **difference != 0.0)
            .map(|(_, rank)| *rank)
            .collect();
        exact_p(&signed, plus.min(minus) - zeros / 2.0)
    } else {
        normal_p(differences.len() as f64, plus.min(minus), ties)
    };
    (!differences.is_empty()).then_some(SignedRank { plus, minus, p_value })
}

/// The least p-value that so many data sets can have.
pub fn least_p_value(sets: usize) -> f64 {
    2.0 * libm::exp2(-(sets as f64)).min(0.5)
}

/// Twice the share of all choices of signs whose sum of positive ranks is at most `smaller`.
fn exact_p(ranks: &[f64], smaller: f64) -> f64 {
    // Ranks are multiples of a half: their doubles are whole, and sums of them are places in a table.
    let doubled = |rank: f64| (2.0 * rank).round() as usize;
    let total: usize = ranks.iter().map(|&rank| doubled(rank)).sum();
    let mut shares = vec![0.0; total + 1];
    shares[0] = 1.0;
    for &rank in ranks {
        let step = doubled(rank);
        for sum in (0..=total).rev() {
            let with = if sum >= step { shares[sum - step] } else { 0.0 };
            shares[sum] = (shares[sum] + with) / 2.0;
        }
    }
    (2.0 * shares[..=doubled(smaller).min(total)].iter().sum::<f64>()).min(1.0)
}

fn normal_p(count: f64, smaller: f64, ties: f64) -> f64 {
    let mean = count * (count + 1.0) / 4.0;
    let variance = (count * (count + 1.0) * (2.0 * count + 1.0) - ties / 2.0) / 24.0;
    libm::erfc((mean - smaller) / (2.0 * variance).sqrt()).clamp(f64::MIN_POSITIVE, 1.0)
}

/// Σ(t³ − t) over groups of t equal ranks.
fn tie_term(ranks: &[f64]) -> f64 {
    let mut sorted = ranks.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.chunk_by(|a, b| a == b).map(|group| group.len() as f64).map(|size| size * size * size - size).sum()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::demsar;
    use super::*;

    fn test(differences: &[f64], plus: f64, minus: f64, p_value: f64) {
        let found = signed_rank(differences).unwrap();
        assert_eq!((found.plus, found.minus), (plus, minus));
        assert!((found.p_value - p_value).abs() < 1e-12, "{found:?}, expected {p_value}");
    }

    #[test]
    fn agrees_with_scipy_in_each_of_its_ways() {
        // SciPy: stats.wilcoxon(differences, zero_method="zsplit"). By hand: of 32 choices of signs 4 have a sum up to 3.
        test(&[0.5, -0.3, 0.8, 1.1, 0.9], 14.0, 1.0, 0.125);
        test(&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0], 21.0, 0.0, 0.03125);
        test(&[3.0, -1.0, 4.0, -1.0, 5.0, 9.0, 2.0, -6.0], 26.0, 10.0, 0.296_875);
        test(&[3.0, -1.0, 0.0, -1.0, 5.0, 9.0, 2.0, 0.0, 0.0], 33.0, 12.0, 0.25);
        test(
            &[
                0.746, 1.222, 0.73, -0.903, 1.305, 0.846, -0.137, 0.981, 0.765, 0.694, 0.428, 0.947, -0.336, 0.237,
                -0.082, 0.999, 0.44, 0.108, -0.382, 0.143,
            ],
            178.0,
            32.0,
            0.004_859_924_316_406_25,
        );
        test(
            &[0.0, 0.0, 2.0, 1.0, -2.0, -1.0, 0.0, 0.0, 1.0, 1.0, 3.0, -1.0, 0.0, 2.0, 1.0, 1.0, 0.0, -1.0],
            113.0,
            58.0,
            0.224_179_960_243_093_4,
        );
        let many: Vec<f64> = (0..55).map(|at| (f64::from(at) + 0.5) * if at % 3 == 0 { -1.0 } else { 1.0 }).collect();
        test(&many, 1008.0, 532.0, 0.046_141_730_893_837_97);
    }

    #[test]
    fn agrees_with_demsars_example() {
        let blocks = demsar::blocks();
        let differences: Vec<f64> =
            blocks.iter().map(|block| ((block[1] - block[0]) * 1000.0).round() / 1000.0).collect();
        let found = signed_rank(&differences).unwrap();
        assert_eq!((found.plus, found.minus), (93.0, 12.0));
        // SciPy: stats.wilcoxon(differences, zero_method="zsplit").pvalue
        assert!((found.p_value - 0.010_968_496_564_224_73).abs() < 1e-12, "{found:?}");
    }

    #[test]
    fn nothing_but_zeros_is_no_difference() {
        test(&[0.0; 4], 5.0, 5.0, 1.0);
        assert_eq!(signed_rank(&[]), None);
    }

    #[test]
    fn five_data_sets_cannot_reach_a_twentieth_and_six_can() {
        assert_eq!(least_p_value(5), 0.0625);
        assert_eq!(least_p_value(6), 0.03125);
        assert_eq!(signed_rank(&[1.0, 2.0, 3.0, 4.0, 5.0]).unwrap().p_value, 0.0625);
    }

    proptest! {
        #[test]
        fn both_sides_are_treated_alike(differences in prop::collection::vec(-5i32..6, 1..30)) {
            let differences: Vec<f64> = differences.into_iter().map(f64::from).collect();
            let negated: Vec<f64> = differences.iter().map(|difference| -difference).collect();
            let (found, other) = (signed_rank(&differences).unwrap(), signed_rank(&negated).unwrap());
            prop_assert_eq!((found.plus, found.minus, found.p_value), (other.minus, other.plus, other.p_value));
            let count = differences.len() as f64;
            prop_assert_eq!(found.plus + found.minus, count * (count + 1.0) / 2.0);
            prop_assert!(found.p_value > 0.0 && found.p_value <= 1.0);
        }
    }
}

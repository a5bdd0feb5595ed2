//! What a few trials say of their mean: Student's t.
//!
//! In: one number per resample. Out: a [`StudentMean`], St(J − 1; x̄, (1/J + overlap)·s²): its interval, the p-value that the
//! mean is 0, and the probability that it lies beyond a bound. For overlapping resamples these are the corrected resampled t
//! (Nadeau and Bengio 2003, "Inference for the generalization error") and the posterior of the correlated Bayesian t-test
//! (Benavoli, Corani, Demšar and Zaffalon 2017, "Time for a change"): the same distribution, read in two ways. For seeds on
//! one test set it is the paired t.

use statrs::distribution::{ContinuousCDF, StudentsT};

use super::statistics::{CONFIDENCE, Interval, Overlap, mean, standard_deviation};

/// Numbers that differ by no more than this share of the largest figure they were made of are equal but for roundings.
const ROUNDING: f64 = 1e-12;

/// Where a mean is, after J numbers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct StudentMean {
    /// The mean x̄ of the numbers.
    pub mean: f64,
    /// Its standard error √((1/J + overlap)·s²), above 0.
    pub error: f64,
    /// J − 1.
    pub freedom: f64,
}

impl StudentMean {
    /// The distribution after these numbers, which were made of figures of at most the size `scale`. `None` of fewer than two
    /// numbers, and of numbers without spread: those tell nothing of how uncertain they are.
    pub fn of(resamples: &[f64], scale: f64, overlap: Overlap) -> Option<Self> {
        let count = resamples.len() as f64;
        let (mean, sd) = (mean(resamples)?, standard_deviation(resamples)?);
        let error = (1.0 / count + overlap.test_per_train()).sqrt() * sd;
        (sd > ROUNDING * scale && error.is_finite()).then_some(Self { mean, error, freedom: count - 1.0 })
    }

    /// The interval that holds the mean with [`CONFIDENCE`].
    pub fn interval(self) -> Interval {
        let half = student_t_quantile(0.5 + CONFIDENCE / 2.0, self.freedom) * self.error;
        Interval { low: self.mean - half, high: self.mean + half }
    }

    /// The probability of a mean at least so far from 0 on either side if the true one is 0; never 0 itself.
    pub fn p_value(self) -> f64 {
        (2.0 * self.standard().cdf(-(self.mean / self.error).abs())).clamp(f64::MIN_POSITIVE, 1.0)
    }

    /// The posterior probability that the true mean is above `bound`.
    pub fn above(self, bound: f64) -> f64 {
        self.standard().cdf((self.mean - bound) / self.error)
    }

    fn standard(self) -> StudentsT {
        student_t(self.freedom)
    }
}

/// Whether all numbers are 0, but for roundings of figures of the size `scale`.
pub(super) fn all_zero(values: &[f64], scale: f64) -> bool {
    values.iter().all(|value| value.abs() <= ROUNDING * scale)
}

/// The value that Student's t with `freedom` degrees of freedom stays under with this probability.
///
/// # Panics
/// If `probability` is outside (0, 1) or `freedom` is not positive.
pub fn student_t_quantile(probability: f64, freedom: f64) -> f64 {
    assert!(0.0 < probability && probability < 1.0, "a probability of {probability} has no quantile");
    student_t(freedom).inverse_cdf(probability)
}

fn student_t(freedom: f64) -> StudentsT {
    StudentsT::new(0.0, 1.0, freedom).expect("degrees of freedom are positive")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Ten-fold differences in percentage points.
    const POINTS: [f64; 10] = [0.5, 1.2, 0.8, -0.3, 0.9, 1.5, 0.2, 0.7, 1.1, 0.4];
    const TENFOLD: Overlap = Overlap::Resampled { test_per_train: 1.0 / 9.0 };

    fn close(found: f64, expected: f64, tolerance: f64) {
        assert!((found - expected).abs() <= tolerance, "{found}, expected {expected}");
    }

    #[test]
    fn quantiles_of_student_t_agree_with_the_tables() {
        for (freedom, quantile) in [
            (1.0, 12.706_204_736_432_1),
            (2.0, 4.302_652_729_911_27),
            (4.0, 2.776_445_105_197_79),
            (9.0, 2.262_157_162_740_99),
            (29.0, 2.045_229_642_132_70),
            (99.0, 1.984_216_951_586_42),
            (999.0, 1.962_341_461_133_45),
        ] {
            close(student_t_quantile(0.975, freedom), quantile, 1e-9);
        }
    }

    #[test]
    fn the_corrected_test_of_the_worked_example() {
        let mean = StudentMean::of(&POINTS, 1.5, TENFOLD).unwrap();
        close(mean.mean / mean.error, 2.902_27, 5e-6);
        // SciPy: d = np.array(POINTS); t = d.mean() / np.sqrt((1/10 + 1/9) * d.var(ddof=1)); 2 * stats.t.sf(t, 9)
        close(mean.p_value(), 0.017_530_443_287_668_65, 1e-12);
        let interval = mean.interval();
        close((interval.high - interval.low) / 2.0, 0.5456, 5e-5);
        // SciPy: stats.t(9, d.mean(), np.sqrt((1/10 + 1/9) * d.var(ddof=1))).sf(1), and its .cdf(1) - .cdf(-1)
        close(mean.above(1.0), 0.122_491_332_904_986_89, 1e-12);
        close(mean.above(-1.0) - mean.above(1.0), 0.877_478_683_755_707_7, 1e-12);
    }

    #[test]
    fn without_overlap_it_is_the_paired_t_test() {
        let mean = StudentMean::of(&POINTS, 1.5, Overlap::None).unwrap();
        close(mean.mean / mean.error, 4.216_90, 5e-6);
        // SciPy: stats.ttest_1samp(POINTS, 0).pvalue
        close(mean.p_value(), 0.002_249_729_089_290_300_6, 1e-12);
    }

    #[test]
    fn a_p_value_is_never_zero() {
        let far: Vec<f64> = (0..100).map(|at| 1.0 + 1e-11 * f64::from(at % 2)).collect();
        assert!(StudentMean::of(&far, 1.0, Overlap::None).unwrap().p_value() > 0.0);
    }

    #[test]
    fn roundings_are_no_spread() {
        // .9 − .8 and 1.1 − 1 are not the same f64.
        let tenth = [0.9 - 0.8, 0.6 - 0.5, 1.1 - 1.0];
        assert!(tenth[0] != tenth[2]);
        assert_eq!(StudentMean::of(&tenth, 1.0, Overlap::None), None);
        assert_eq!(StudentMean::of(&[1.0], 1.0, Overlap::None), None);
        assert!(all_zero(&[0.0, 0.3 - 0.1 - 0.2], 1.0) && !all_zero(&tenth, 1.0));
    }

    proptest! {
        #[test]
        fn the_interval_is_centred_and_grows_with_the_overlap(
            values in prop::collection::vec(-1e3..1e3f64, 2..20), share in 0.01..2.0f64
        ) {
            prop_assume!(standard_deviation(&values).unwrap() > 1e-6);
            let plain = StudentMean::of(&values, 1e3, Overlap::None).unwrap();
            let wide = StudentMean::of(&values, 1e3, Overlap::Resampled { test_per_train: share }).unwrap();
            let (inner, outer) = (plain.interval(), wide.interval());
            prop_assert!(((inner.low + inner.high) / 2.0 - plain.mean).abs() < 1e-6);
            prop_assert!(outer.low < inner.low && inner.high < outer.high);
            prop_assert!(wide.p_value() >= plain.p_value());
        }

        #[test]
        fn an_interval_without_zero_is_a_p_value_under_a_twentieth(values in prop::collection::vec(-1.0..2.0f64, 2..20)) {
            prop_assume!(standard_deviation(&values).unwrap() > 1e-6);
            let mean = StudentMean::of(&values, 2.0, Overlap::None).unwrap();
            let Interval { low, high } = mean.interval();
            prop_assume!(low.abs().min(high.abs()) > 1e-9);
            prop_assert_eq!(low > 0.0 || high < 0.0, mean.p_value() < 0.05);
        }
    }
}

//! Mean, spread and interval of a few numbers.
//!
//! In: the same figure of several trials. Out: an [`Estimate`]. Sums run in the order of the numbers. Where a figure is not
//! defined (no numbers, one number, no spread) it is `None`, never 0 and never NaN.

use statrs::distribution::{ContinuousCDF, StudentsT};

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

/// How far the trials share training rows, which decides how uncertain their mean is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Overlap {
    /// Independent trials: the variance of the mean is s²/J.
    None,
    /// Resamples of one data set: (1/J + n_test/n_train)·s², after Nadeau and Bengio (2003).
    Resampled {
        /// n_test/n_train, with n_train all rows outside the test part.
        test_per_train: f64,
    },
}

impl Estimate {
    /// The estimate from some values.
    pub fn of(values: &[f64], overlap: Overlap) -> Self {
        Self {
            n: values.len(),
            mean: mean(values),
            sd: standard_deviation(values),
            interval: interval_of_mean(values, overlap),
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

/// The interval that holds the mean with [`CONFIDENCE`], by Student's t with J − 1 degrees of freedom. `None` of fewer than
/// two values, and of values without spread: those tell nothing of how uncertain they are.
pub fn interval_of_mean(values: &[f64], overlap: Overlap) -> Option<Interval> {
    let count = values.len() as f64;
    let (mean, sd) = (mean(values)?, standard_deviation(values)?);
    // Equal values may leave a spread of a few roundings of their mean.
    let spread = values.iter().any(|&value| value != values[0]) && sd > 1e-14 * mean.abs();
    let share = 1.0 / count
        + match overlap {
            Overlap::None => 0.0,
            Overlap::Resampled { test_per_train } => test_per_train,
        };
    let half = student_t_quantile(0.5 + CONFIDENCE / 2.0, count - 1.0) * share.sqrt() * sd;
    (spread && half.is_finite()).then_some(Interval { low: mean - half, high: mean + half })
}

/// The value that Student's t with `freedom` degrees of freedom stays under with this probability.
///
/// # Panics
/// If `probability` is outside (0, 1) or `freedom` is not positive.
pub fn student_t_quantile(probability: f64, freedom: f64) -> f64 {
    assert!(0.0 < probability && probability < 1.0, "a probability of {probability} has no quantile");
    StudentsT::new(0.0, 1.0, freedom).expect("degrees of freedom are positive").inverse_cdf(probability)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn mean_deviation_and_interval_of_two_and_four() {
        let estimate = Estimate::of(&[2.0, 4.0], Overlap::None);
        assert_eq!((estimate.n, estimate.mean), (2, Some(3.0)));
        assert_eq!(estimate.sd, Some(2.0_f64.sqrt()));
        // t(.975; 1) = 12.7062, and √2/√2 = 1.
        let interval = estimate.interval.unwrap();
        assert!((interval.high - 15.706_204_736).abs() < 1e-8, "{interval:?}");
        assert!((interval.low + 9.706_204_736).abs() < 1e-8, "{interval:?}");
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
            let found = student_t_quantile(0.975, freedom);
            assert!((found - quantile).abs() < 1e-9, "{freedom}: {found}");
        }
    }

    #[test]
    fn overlapping_resamples_widen_the_interval_to_the_published_value() {
        let points = [0.5, 1.2, 0.8, -0.3, 0.9, 1.5, 0.2, 0.7, 1.1, 0.4];
        let interval = interval_of_mean(&points, Overlap::Resampled { test_per_train: 1.0 / 9.0 }).unwrap();
        assert!(((interval.high - interval.low) / 2.0 - 0.5456).abs() < 5e-5, "{interval:?}");
        let naive = interval_of_mean(&points, Overlap::None).unwrap();
        // The naive t of 4.21690 is mean / (half-width / quantile).
        let t = 0.7 / ((naive.high - naive.low) / 2.0) * 2.262_157_162_740_99;
        assert!((t - 4.216_90).abs() < 5e-6, "{t}");
    }

    #[test]
    fn too_few_values_or_no_spread_have_no_interval() {
        assert_eq!(Estimate::of(&[], Overlap::None), Estimate::default());
        assert_eq!(Estimate::of(&[1.0], Overlap::None), Estimate { n: 1, mean: Some(1.0), ..Estimate::default() });
        let tenth = Estimate::of(&[0.1; 3], Overlap::None);
        assert_eq!((tenth.n, tenth.interval), (3, None));
        assert_eq!(interval_of_mean(&[0.0; 5], Overlap::None), None);
    }

    proptest! {
        #[test]
        fn the_interval_is_centred_on_the_mean_and_grows_with_the_overlap(
            values in prop::collection::vec(-1e3..1e3f64, 2..20), share in 0.01..2.0f64
        ) {
            prop_assume!(standard_deviation(&values).unwrap() > 1e-6);
            let mean = mean(&values).unwrap();
            let plain = interval_of_mean(&values, Overlap::None).unwrap();
            let wide = interval_of_mean(&values, Overlap::Resampled { test_per_train: share }).unwrap();
            prop_assert!(((plain.low + plain.high) / 2.0 - mean).abs() < 1e-6);
            prop_assert!(wide.low < plain.low && plain.high < wide.high);
        }
    }
}

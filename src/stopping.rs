//! Stopping criteria: when does a series of validation losses say "stop"?
//!
//! In: the validation losses of consecutive epochs, the first of which is the first that counts. Out: the index at which
//! training stops, if it does, and the index of the best epoch. Pure functions on numbers, used by the early-stopping
//! remedy while it trains and on recorded curves; they know neither networks nor data. A measure that grows when things get
//! better is passed negated.

/// When to stop.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Criterion {
    /// No improvement for `patience` epochs (0 acts as 1), as in Keras.
    Patience {
        /// Epochs without improvement that are waited for.
        patience: usize,
        /// By how much a loss must fall below the best to count as an improvement.
        min_delta: f64,
    },
}

impl Criterion {
    /// The first index at which the criterion stops.
    pub fn stops_at(&self, validation: &[f64]) -> Option<usize> {
        let Criterion::Patience { patience, min_delta } = *self;
        let (mut best, mut misses) = (f64::INFINITY, 0);
        for (index, &loss) in validation.iter().enumerate() {
            if loss < best - min_delta {
                (best, misses) = (loss, 0);
            } else {
                misses += 1;
                if misses >= patience.max(1) {
                    return Some(index);
                }
            }
        }
        None
    }

    /// The index whose network is handed out: the last that improved on the one before it by more than the criterion asks.
    pub fn best(&self, validation: &[f64]) -> Option<usize> {
        let Criterion::Patience { min_delta, .. } = *self;
        let mut best: Option<usize> = None;
        for (index, &loss) in validation.iter().enumerate() {
            if loss < best.map_or(f64::INFINITY, |best| validation[best]) - min_delta {
                best = Some(index);
            }
        }
        best
    }
}

/// The index of the lowest value, the first of equal ones; numbers that are none are passed over.
pub fn lowest(values: &[f64]) -> Option<usize> {
    let finite = values.iter().enumerate().filter(|(_, value)| !value.is_nan());
    finite.min_by(|a, b| a.1.total_cmp(b.1)).map(|(index, _)| index)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn patience(patience: usize) -> Criterion {
        Criterion::Patience { patience, min_delta: 0.0 }
    }

    /// The validation losses of the worked example, epochs 1 to 10.
    const LOSSES: [f64; 10] = [1.0, 0.8, 0.7, 0.72, 0.69, 0.71, 0.73, 0.74, 0.76, 0.78];

    #[test]
    fn patience_three_stops_at_epoch_eight_with_epoch_five_the_best() {
        assert_eq!(patience(3).stops_at(&LOSSES), Some(8 - 1));
        assert_eq!(patience(3).best(&LOSSES), Some(5 - 1));
        assert_eq!(patience(6).stops_at(&LOSSES), None);
    }

    #[test]
    fn keras_stops_after_the_same_epochs() {
        let losses = [10.0, 9.0, 8.0, 9.0, 8.9, 8.8, 8.7, 8.6, 8.5];
        for waited in 0..=3 {
            assert_eq!(patience(waited).stops_at(&losses), Some(waited.max(1) + 2), "patience {waited}");
        }
    }

    #[test]
    fn an_improvement_smaller_than_min_delta_is_none() {
        let criterion = Criterion::Patience { patience: 2, min_delta: 0.05 };
        assert_eq!(criterion.stops_at(&[1.0, 0.97, 0.96, 0.5]), Some(2));
        assert_eq!(criterion.best(&[1.0, 0.97, 0.94, 0.93]), Some(2));
    }

    #[test]
    fn a_loss_that_is_no_number_is_no_improvement() {
        assert_eq!(patience(2).stops_at(&[1.0, f64::NAN, f64::NAN, 0.5]), Some(2));
        assert_eq!(lowest(&[f64::NAN, 2.0, 1.0, 1.0]), Some(2));
        assert_eq!(lowest(&[f64::NAN]), None);
    }
}

//! Stopping criteria: when does a series of errors say "stop"?
//!
//! In: the [`Errors`] of consecutive epochs, the first of which is the first that counts. Out: the index at which training
//! stops, if it does, and the index of the best epoch. Pure functions on numbers, used by the early-stopping remedy while
//! it trains and on recorded curves; they know neither networks nor data. An error is a loss, or what grows when things get
//! worse: an accuracy is passed as 1 − accuracy.

mod patience;
mod prechelt;
mod written;

pub use prechelt::{generalization_loss, training_progress};
pub use written::CriterionError;

/// When to stop. E_va is the validation error, E_opt the lowest of it so far, E_tr the training error.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Criterion {
    /// No improvement for `patience` epochs (0 acts as 1), as in Keras.
    Patience {
        /// Epochs without improvement that are waited for.
        patience: usize,
        /// By how much an error must fall below the best to count as an improvement.
        min_delta: f64,
    },
    /// GL_α (Prechelt 1998): the first epoch whose generalisation loss 100·(E_va/E_opt − 1) exceeds α.
    GeneralizationLoss {
        /// α, in percent.
        alpha: f64,
    },
    /// PQ_α (Prechelt 1998): the first end of a strip of epochs at which the generalisation loss exceeds α times the
    /// progress of training within the strip.
    ProgressQuotient {
        /// α
        alpha: f64,
        /// Epochs in a strip, at least 1: k.
        strip: usize,
    },
    /// UP_s (Prechelt 1998): the first end of a strip behind s strips in a row, each of which ended with a larger validation
    /// error than the one before it.
    Rises {
        /// Strips in a row, at least 1: s.
        strips: usize,
        /// Epochs in a strip, at least 1: k.
        strip: usize,
    },
}

/// The errors of consecutive epochs, of the same number of epochs each.
#[derive(Debug, Clone, Copy)]
pub struct Errors<'a> {
    /// On the training rows; only [`Criterion::ProgressQuotient`] looks at them.
    pub training: &'a [f64],
    /// On the validation rows.
    pub validation: &'a [f64],
}

impl Criterion {
    /// The first index at which the criterion stops.
    pub fn stops_at(&self, errors: Errors<'_>) -> Option<usize> {
        match *self {
            Criterion::Patience { patience, min_delta } => patience::stops_at(errors.validation, patience, min_delta),
            Criterion::GeneralizationLoss { alpha } => prechelt::loss_exceeds(errors.validation, alpha),
            Criterion::ProgressQuotient { alpha, strip } => prechelt::quotient_exceeds(errors, alpha, strip),
            Criterion::Rises { strips, strip } => prechelt::rises(errors.validation, strips, strip),
        }
    }

    /// The index whose network is handed out: the lowest validation error; with patience the last that fell below the best
    /// before it by more than `min_delta`.
    pub fn best(&self, validation: &[f64]) -> Option<usize> {
        match *self {
            Criterion::Patience { min_delta, .. } => patience::best(validation, min_delta),
            _ => lowest(validation),
        }
    }
}

/// The index of the lowest value, the first of equal ones; numbers that are none are passed over.
pub fn lowest(values: &[f64]) -> Option<usize> {
    let finite = values.iter().enumerate().filter(|(_, value)| !value.is_nan());
    finite.min_by(|a, b| a.1.total_cmp(b.1)).map(|(index, _)| index)
}

/// The worked example of the criteria: epochs 1 to 10.
#[cfg(test)]
mod example {
    pub const VALIDATION: [f64; 10] = [1.0, 0.8, 0.7, 0.72, 0.69, 0.71, 0.73, 0.74, 0.76, 0.78];
    pub const TRAINING: [f64; 10] = [1.0, 0.75, 0.6, 0.52, 0.46, 0.42, 0.39, 0.37, 0.355, 0.345];
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::example::{TRAINING, VALIDATION};
    use super::*;

    const EXAMPLE: Errors<'_> = Errors { training: &TRAINING, validation: &VALIDATION };

    #[test]
    fn the_criteria_stop_at_the_epochs_of_the_worked_example() {
        let gl = |alpha| Criterion::GeneralizationLoss { alpha };
        let pq = |alpha| Criterion::ProgressQuotient { alpha, strip: 5 };
        let up = |strips| Criterion::Rises { strips, strip: 5 };
        for (criterion, epoch) in [
            (gl(2.0), Some(4)),
            (gl(5.0), Some(7)),
            (gl(14.0), None),
            (Criterion::Patience { patience: 3, min_delta: 0.0 }, Some(8)),
            (up(1), Some(10)),
            (up(2), None),
            (pq(0.5), None),
            // At the end of the second strip the quotient is 13.043/89.86 = 0.1452.
            (pq(0.145), Some(10)),
            (pq(0.146), None),
        ] {
            assert_eq!(criterion.stops_at(EXAMPLE).map(|index| index + 1), epoch, "{criterion:?}");
            assert_eq!(criterion.best(&VALIDATION).map(|index| index + 1), Some(5), "{criterion:?}");
        }
    }

    #[test]
    fn the_lowest_passes_over_what_is_no_number() {
        assert_eq!(lowest(&[f64::NAN, 2.0, 1.0, 1.0]), Some(2));
        assert_eq!(lowest(&[f64::NAN]), None);
    }

    fn criteria() -> impl Strategy<Value = Criterion> {
        prop_oneof![
            (0usize..6, 0.0..0.2).prop_map(|(patience, min_delta)| Criterion::Patience { patience, min_delta }),
            (0.1..50.0).prop_map(|alpha| Criterion::GeneralizationLoss { alpha }),
            (0.001..2.0, 1usize..6).prop_map(|(alpha, strip)| Criterion::ProgressQuotient { alpha, strip }),
            (1usize..4, 1usize..6).prop_map(|(strips, strip)| Criterion::Rises { strips, strip }),
        ]
    }

    proptest! {
        /// While it trains, a criterion sees the epochs so far only; on a recorded curve it sees them all.
        #[test]
        fn a_criterion_stops_at_the_same_epoch_whether_it_sees_the_rest_or_not(
            criterion in criteria(),
            errors in prop::collection::vec((0.0..2.0, 0.0..2.0), 1..40),
        ) {
            let (training, validation): (Vec<f64>, Vec<f64>) = errors.into_iter().unzip();
            let up_to = |epochs: usize| {
                criterion.stops_at(Errors { training: &training[..epochs], validation: &validation[..epochs] })
            };
            let first = (1..=validation.len()).find(|&epochs| up_to(epochs).is_some()).map(|epochs| epochs - 1);
            prop_assert_eq!(first, up_to(validation.len()));
        }

        /// Epoch by epoch the best one is new exactly where it is the last, so that one network at a time is kept.
        #[test]
        fn the_best_of_all_epochs_was_the_last_when_it_was_seen(
            criterion in criteria(),
            validation in prop::collection::vec(0.0..2.0, 1..40),
        ) {
            let is_new = |&epochs: &usize| criterion.best(&validation[..epochs]) == Some(epochs - 1);
            let last = (1..=validation.len()).rfind(is_new);
            prop_assert_eq!(last.map(|epochs| epochs - 1), criterion.best(&validation));
        }
    }
}

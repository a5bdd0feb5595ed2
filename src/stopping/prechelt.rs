//! The criteria of Prechelt, "Early stopping - but when?" (1998).
//!
//! A strip is k epochs in a row; the first one begins with the first epoch that counts.
//!
//! Where an error has reached 0 (all validation rows right, say), a quotient by it is taken as its limit: the
//! generalisation loss of a larger error is infinite, and that of 0 itself is 0. The progress quotient GL/P_k > α is
//! compared as GL > α·P_k, so that training which stands still stops as soon as anything is lost.

use super::Errors;

/// GL = 100·(error/lowest − 1), in percent, where `lowest` is the lowest validation error so far.
pub fn generalization_loss(error: f64, lowest: f64) -> f64 {
    if error == lowest { 0.0 } else { 100.0 * (error / lowest - 1.0) }
}

/// P_k = 1000·(mean/minimum − 1) of the training errors of a strip, in thousandths: how much training still moves.
pub fn training_progress(strip: &[f64]) -> f64 {
    let mean = strip.iter().sum::<f64>() / strip.len() as f64;
    let minimum = strip.iter().copied().fold(f64::INFINITY, f64::min);
    if mean == minimum { 0.0 } else { 1000.0 * (mean / minimum - 1.0) }
}

/// GL_α: the first index whose generalisation loss exceeds `alpha`.
pub(super) fn loss_exceeds(validation: &[f64], alpha: f64) -> Option<usize> {
    losses(validation).position(|loss| loss > alpha)
}

/// PQ_α: the first end of a strip whose generalisation loss exceeds `alpha` times the strip's progress.
pub(super) fn quotient_exceeds(errors: Errors<'_>, alpha: f64, strip: usize) -> Option<usize> {
    let ends = losses(errors.validation).enumerate().skip(strip - 1).step_by(strip);
    let stops = |&(end, loss): &(usize, f64)| loss > alpha * training_progress(&errors.training[end + 1 - strip..=end]);
    ends.into_iter().find(stops).map(|(end, _)| end)
}

/// UP_s: the first end of a strip behind `strips` strips in a row, each of which ended with a larger error than the one
/// before it. The first strip has none before it.
pub(super) fn rises(validation: &[f64], strips: usize, strip: usize) -> Option<usize> {
    let mut risen = 0;
    let ends = (strip - 1..validation.len()).step_by(strip);
    for end in ends.skip(1) {
        risen = if validation[end] > validation[end - strip] { risen + 1 } else { 0 };
        if risen >= strips {
            return Some(end);
        }
    }
    None
}

/// The generalisation loss of every epoch, against the lowest error up to it.
fn losses(validation: &[f64]) -> impl Iterator<Item = f64> {
    validation.iter().scan(f64::INFINITY, |lowest, &error| {
        *lowest = lowest.min(error);
        Some(generalization_loss(error, *lowest))
    })
}

#[cfg(test)]
mod tests {
    use super::super::example::{TRAINING, VALIDATION};
    use super::*;

    #[test]
    fn the_generalisation_losses_of_the_worked_example() {
        let found: Vec<f64> = losses(&VALIDATION).collect();
        for (epoch, wanted) in [(4, 2.857), (6, 2.899), (7, 5.797), (8, 7.246), (9, 10.145), (10, 13.043)] {
            assert!((found[epoch - 1] - wanted).abs() < 5e-4, "epoch {epoch}: {}", found[epoch - 1]);
        }
        for epoch in [1, 2, 3, 5] {
            assert_eq!(found[epoch - 1], 0.0, "epoch {epoch} is the best so far");
        }
    }

    #[test]
    fn the_progress_of_the_worked_example() {
        let found = TRAINING.windows(5).map(training_progress);
        for (found, wanted) in found.zip([447.83, 309.52, 225.64, 167.57, 123.94, 89.86]) {
            assert!((found - wanted).abs() < 5e-3, "{found}, not {wanted}");
        }
    }

    #[test]
    fn strips_that_rise_one_after_the_other_stop_and_others_do_not() {
        let errors = [9.0, 1.0, 0.0, 2.0, 9.0, 3.0, 9.0, 2.0, 0.0, 3.0, 0.0, 4.0];
        assert_eq!(rises(&errors, 1, 2), Some(3), "the first strip that ends higher than the one before it");
        assert_eq!(rises(&errors, 2, 2), Some(5));
        assert_eq!(rises(&errors, 3, 2), None, "the fourth strip falls");
        assert_eq!(rises(&errors, 1, 12), None, "the first strip has none before it");
    }

    #[test]
    fn an_error_of_zero_is_lost_at_once_and_kept_without_a_loss() {
        assert_eq!(loss_exceeds(&[0.5, 0.0, 0.0, 0.1], 1e9), Some(3));
        let both = |training: &[f64], validation: &[f64]| quotient_exceeds(Errors { training, validation }, 0.5, 2);
        assert_eq!(both(&[0.2, 0.0, 0.0, 0.0], &[0.5, 0.4, 0.4, 0.4]), None, "nothing is lost");
        assert_eq!(both(&[0.2, 0.0, 0.0, 0.0], &[0.5, 0.4, 0.4, 0.41]), Some(3), "training stands still");
        assert_eq!(both(&[0.2, 0.1, 0.1, 0.0], &[0.5, 0.0, 0.0, 0.1]), None, "training progresses infinitely");
    }

    #[test]
    fn an_epoch_that_is_no_number_stops_nothing() {
        assert_eq!(loss_exceeds(&[1.0, f64::NAN, 1.0], 1.0), None);
        assert_eq!(rises(&[1.0, f64::NAN, 1.0], 1, 1), None);
    }
}

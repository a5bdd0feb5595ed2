//! Patience, as in Keras' `EarlyStopping`: an epoch improves if its validation error < best − `min_delta`.

/// The first index that is the `patience`-th in a row without improvement; a patience of 0 acts as 1.
pub(super) fn stops_at(validation: &[f64], patience: usize, min_delta: f64) -> Option<usize> {
    let (mut best, mut misses) = (f64::INFINITY, 0);
    for (index, &error) in validation.iter().enumerate() {
        if error < best - min_delta {
            (best, misses) = (error, 0);
        } else {
            misses += 1;
            if misses >= patience.max(1) {
                return Some(index);
            }
        }
    }
    None
}

/// The index of the last improvement.
pub(super) fn best(validation: &[f64], min_delta: f64) -> Option<usize> {
    let mut best: Option<usize> = None;
    for (index, &error) in validation.iter().enumerate() {
        if error < best.map_or(f64::INFINITY, |best| validation[best]) - min_delta {
            best = Some(index);
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use super::super::example::VALIDATION;
    use super::*;

    #[test]
    fn patience_three_stops_at_epoch_eight_with_epoch_five_the_best() {
        assert_eq!(stops_at(&VALIDATION, 3, 0.0), Some(8 - 1));
        assert_eq!(best(&VALIDATION, 0.0), Some(5 - 1));
        assert_eq!(stops_at(&VALIDATION, 6, 0.0), None);
    }

    #[test]
    fn keras_stops_after_the_same_epochs() {
        let losses = [10.0, 9.0, 8.0, 9.0, 8.9, 8.8, 8.7, 8.6, 8.5];
        for patience in 0..=3 {
            assert_eq!(stops_at(&losses, patience, 0.0), Some(patience.max(1) + 2), "patience {patience}");
        }
    }

    #[test]
    fn an_improvement_smaller_than_min_delta_is_none() {
        assert_eq!(stops_at(&[1.0, 0.97, 0.96, 0.5], 2, 0.05), Some(2));
        assert_eq!(best(&[1.0, 0.97, 0.94, 0.93], 0.05), Some(2));
    }

    #[test]
    fn a_tie_is_no_improvement_and_the_first_of_equal_errors_is_the_best() {
        assert_eq!(stops_at(&[0.5, 0.5, 0.5, 0.4], 2, 0.0), Some(2));
        assert_eq!(best(&[0.5, 0.4, 0.4], 0.0), Some(1));
    }

    #[test]
    fn an_error_that_is_no_number_is_no_improvement() {
        assert_eq!(stops_at(&[1.0, f64::NAN, f64::NAN, 0.5], 2, 0.0), Some(2));
    }
}

//! The rungs of successive halving: how long trials are, and how many points are left on each.
//!
//! In: the number of points of a variant and the epochs of its full trials. Out: its [`Rung`]s. A rung has η times the epochs
//! of the one before, and is reached by one point in η; the last has all epochs. Who goes on is decided from results, in each
//! seed and fold by itself. (Jamieson and Talwalkar 2016.)

use std::fmt;

use serde::Serialize;

use super::sweep::Halving;

/// A rung; shown as `12 points for 1 epoch`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Rung {
    /// Epochs of its trials, which are ordinary trials of so many epochs: a schedule sees these.
    pub epochs: u64,
    /// How many points of the variant are on it, in each seed and fold.
    pub points: usize,
}

impl fmt::Display for Rung {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ending = |one: bool| if one { "" } else { "s" };
        let Self { epochs, points } = self;
        write!(f, "{points} point{} for {epochs} epoch{}", ending(*points == 1), ending(*epochs == 1))
    }
}

/// The rungs for so many points, the last one with `epochs`. A rung with one point decides nothing and is left out, but for
/// the last. `most_points` are those of the variant that has most: rungs are alike for all variants of equal epochs.
///
/// # Errors
/// If no shorter rung is possible: the largest `min_epochs` that leaves one.
pub(super) fn rungs(halving: Halving, points: usize, most_points: usize, epochs: u64) -> Result<Vec<Rung>, u64> {
    if points <= 1 {
        return Ok(vec![Rung { epochs, points }]);
    }
    let first = halving.min_epochs.unwrap_or_else(|| least_epochs(halving.eta, most_points, epochs));
    if first > epochs / halving.eta {
        return Err(epochs / halving.eta);
    }
    let mut rungs = Vec::new();
    let (mut length, mut left) = (first, points);
    // A rung that could not be followed by one of η times its epochs is the last, and has them all.
    while left > 1 && length <= epochs / halving.eta {
        rungs.push(Rung { epochs: length, points: left });
        length *= halving.eta;
        left = left.div_ceil(halving.eta as usize);
    }
    rungs.push(Rung { epochs, points: left });
    Ok(rungs)
}

/// The epochs of a first rung from which one point is left on the last, if there are epochs enough for that.
fn least_epochs(eta: u64, points: usize, epochs: u64) -> u64 {
    let (mut left, mut first) = (points, epochs);
    while left > 1 {
        left = left.div_ceil(eta as usize);
        first /= eta;
    }
    first.max(1)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn of(eta: u64, min_epochs: Option<u64>, points: usize, epochs: u64) -> Vec<(u64, usize)> {
        let rungs = rungs(Halving { eta, min_epochs }, points, points, epochs).unwrap();
        rungs.iter().map(|rung| (rung.epochs, rung.points)).collect()
    }

    #[test]
    fn nine_points_by_thirds_end_with_one() {
        assert_eq!(of(3, None, 9, 90), [(10, 9), (30, 3), (90, 1)]);
        assert_eq!(of(3, None, 10, 270), [(10, 10), (30, 4), (90, 2), (270, 1)]);
    }

    #[test]
    fn the_last_rung_has_all_epochs_and_may_have_several_points() {
        assert_eq!(of(3, Some(10), 100, 100), [(10, 100), (30, 34), (100, 12)]);
        assert_eq!(of(2, Some(50), 4, 100), [(50, 4), (100, 2)]);
    }

    #[test]
    fn a_rung_of_one_point_is_left_out_but_for_the_last() {
        assert_eq!(of(3, Some(1), 3, 81), [(1, 3), (81, 1)]);
        assert_eq!(of(3, Some(1), 1, 81), [(81, 1)]);
    }

    #[test]
    fn without_room_for_a_shorter_rung_it_says_what_would_leave_one() {
        assert_eq!(rungs(Halving { eta: 3, min_epochs: Some(40) }, 5, 5, 100), Err(33));
        assert_eq!(rungs(Halving { eta: 3, min_epochs: None }, 5, 5, 2), Err(0));
    }

    proptest! {
        #[test]
        fn epochs_grow_and_points_shrink(eta in 2u64..6, points in 2usize..500, epochs in 6u64..1000) {
            let rungs = of(eta, None, points, epochs);
            prop_assert_eq!(rungs[0].1, points);
            prop_assert_eq!(rungs.last().unwrap().0, epochs);
            for pair in rungs.windows(2) {
                prop_assert!(pair[1].0 >= pair[0].0 * eta && pair[1].1 < pair[0].1);
            }
        }
    }
}

//! Stopping criteria applied to curves that were recorded without them.
//!
//! In: [`RecordedCurve`]s. Out: for a criterion and a curve, where training would have stopped, which epoch's network it would
//! have handed out, and what that network does on the test rows; and the means of that over the trials of a variant, beside
//! training to the end, as Prechelt (1998) compared criteria. Test figures choose nothing.

use super::mean;
use crate::stopping::{Criterion, Errors};

/// The figures of a trial from epoch 1 on: a stopping rule does not see the untrained network.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct RecordedCurve {
    /// Names and values of what tells the trial from others: `experiment`, `variant`, swept keys, `seed`, `fold`, as far as
    /// they are known.
    pub keys: Vec<(String, String)>,
    /// Ascending; as many as there are of each figure below.
    pub epochs: Vec<usize>,
    /// The training error; NaN where none was recorded.
    pub training: Vec<f64>,
    /// The validation error; NaN where none was recorded.
    pub validation: Vec<f64>,
    /// The test metric.
    pub test: Vec<Option<f64>>,
}

impl RecordedCurve {
    /// What tells the variant at its point from others: all keys but seed and fold.
    pub fn variant(&self) -> Vec<(&str, &str)> {
        let of_variant = self.keys.iter().filter(|(name, _)| name != "seed" && name != "fold");
        of_variant.map(|(name, value)| (name.as_str(), value.as_str())).collect()
    }
}

/// What a criterion makes of a curve.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Replay {
    /// The epoch behind which it stops; `None` where it never does.
    pub stop_epoch: Option<usize>,
    /// The epoch whose network early stopping would restore: that of the lowest validation error until the stop. With
    /// [`Criterion::Patience`] and a `min_delta`, the last improvement.
    pub best_epoch: Option<usize>,
    /// The test metric at `best_epoch`.
    pub test: Option<f64>,
    /// Recorded epochs behind the stop; `None` where it never stops.
    pub epochs_saved: Option<usize>,
}

impl Replay {
    /// Applies a criterion to a curve.
    pub fn of(curve: &RecordedCurve, criterion: &Criterion) -> Self {
        let stop = criterion.stops_at(Errors { training: &curve.training, validation: &curve.validation });
        let seen = stop.map_or(curve.validation.len(), |stop| stop + 1);
        let best = criterion.best(&curve.validation[..seen]);
        let last = curve.epochs.last();
        Self {
            stop_epoch: stop.map(|stop| curve.epochs[stop]),
            best_epoch: best.map(|best| curve.epochs[best]),
            test: best.and_then(|best| curve.test[best]),
            epochs_saved: stop.zip(last).map(|(stop, last)| last - curve.epochs[stop]),
        }
    }
}

/// What a criterion makes of the trials of a variant.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MeanReplay {
    /// How many trials there are.
    pub trials: usize,
    /// In how many of them it stops.
    pub stopped: usize,
    /// Mean of the epochs saved over all trials; where it never stops none are.
    pub epochs_saved: Option<f64>,
    /// Mean test metric of the restored networks, over the trials that have both this and `end`.
    pub test: Option<f64>,
    /// Mean test metric at the last recorded epoch, over the same trials.
    pub end: Option<f64>,
}

impl MeanReplay {
    /// Applies a criterion to curves.
    pub fn of(curves: &[&RecordedCurve], criterion: &Criterion) -> Self {
        let replays: Vec<Replay> = curves.iter().map(|curve| Replay::of(curve, criterion)).collect();
        let saved: Vec<f64> = replays.iter().map(|replay| replay.epochs_saved.unwrap_or(0) as f64).collect();
        let both = replays.iter().zip(curves).filter_map(|(replay, curve)| replay.test.zip(*curve.test.last()?));
        let (test, end): (Vec<f64>, Vec<f64>) = both.unzip();
        Self {
            trials: curves.len(),
            stopped: replays.iter().filter(|replay| replay.stop_epoch.is_some()).count(),
            epochs_saved: mean(&saved),
            test: mean(&test),
            end: mean(&end),
        }
    }
}

/// The curves of each variant at each point, in the order in which they come first.
pub fn by_variant(curves: &[RecordedCurve]) -> Vec<Vec<&RecordedCurve>> {
    let mut places = std::collections::BTreeMap::new();
    let mut groups: Vec<Vec<&RecordedCurve>> = Vec::new();
    for curve in curves {
        let place = *places.entry(curve.variant()).or_insert_with(|| {
            groups.push(Vec::new());
            groups.len() - 1
        });
        groups[place].push(curve);
    }
    groups
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The worked example of the criteria: epochs 1 to 10, with a test metric of 0.1 at epoch 1, 0.2 at epoch 2, ...
    fn example(seed: &str) -> RecordedCurve {
        let key = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        RecordedCurve {
            keys: vec![key("variant", "v"), key("seed", seed)],
            epochs: (1..=10).collect(),
            training: vec![1.0, 0.75, 0.6, 0.52, 0.46, 0.42, 0.39, 0.37, 0.355, 0.345],
            validation: vec![1.0, 0.8, 0.7, 0.72, 0.69, 0.71, 0.73, 0.74, 0.76, 0.78],
            test: (1..=10).map(|epoch| Some(f64::from(epoch) / 10.0)).collect(),
        }
    }

    fn replayed(curve: &RecordedCurve, criterion: &str) -> (Option<usize>, Option<usize>, Option<f64>, Option<usize>) {
        let found = Replay::of(curve, &criterion.parse().unwrap());
        (found.stop_epoch, found.best_epoch, found.test, found.epochs_saved)
    }

    #[test]
    fn the_worked_example_stops_at_its_epochs_with_the_best_until_then() {
        let curve = example("0");
        // Epoch 5, the best of all, comes after this stop.
        assert_eq!(replayed(&curve, "gl:2"), (Some(4), Some(3), Some(0.3), Some(6)));
        assert_eq!(replayed(&curve, "gl:5"), (Some(7), Some(5), Some(0.5), Some(3)));
        assert_eq!(replayed(&curve, "patience:3"), (Some(8), Some(5), Some(0.5), Some(2)));
        assert_eq!(replayed(&curve, "up:1"), (Some(10), Some(5), Some(0.5), Some(0)));
        assert_eq!(replayed(&curve, "pq:0.5"), (None, Some(5), Some(0.5), None));
    }

    #[test]
    fn epochs_are_named_as_they_were_recorded() {
        let mut curve = example("0");
        curve.epochs = (1..=10).map(|epoch| 10 * epoch).collect();
        assert_eq!(replayed(&curve, "gl:5"), (Some(70), Some(50), Some(0.5), Some(30)));
    }

    #[test]
    fn a_curve_without_figures_never_stops_and_has_no_best() {
        let mut curve = example("0");
        curve.validation = vec![f64::NAN; 10];
        assert_eq!(replayed(&curve, "gl:5"), (None, None, None, None));
        assert_eq!(replayed(&RecordedCurve::default(), "patience:1"), (None, None, None, None));
    }

    #[test]
    fn means_count_what_never_stops_as_nothing_saved() {
        let mut falling = example("1");
        falling.validation = (0..10).map(|epoch| 1.0 - 0.05 * f64::from(epoch)).collect();
        falling.test[9] = Some(0.75);
        let curves = [example("0"), falling];
        let groups = by_variant(&curves);
        assert_eq!(groups.iter().map(Vec::len).collect::<Vec<_>>(), [2]);
        let found = MeanReplay::of(&groups[0], &"gl:5".parse().unwrap());
        assert_eq!((found.trials, found.stopped, found.epochs_saved), (2, 1, Some(1.5)));
        // 0.5 at epoch 5 and 0.75 at epoch 10, against 1.0 and 0.75 at the end.
        assert_eq!((found.test, found.end), (Some(0.625), Some(0.875)));
    }

    #[test]
    fn variants_come_in_the_order_of_the_curves() {
        let mut other = example("0");
        other.keys[0].1 = "a".to_owned();
        let curves = [example("0"), other, example("1")];
        let groups = by_variant(&curves);
        assert_eq!(
            groups.iter().map(|group| (group[0].variant(), group.len())).collect::<Vec<_>>(),
            [(vec![("variant", "v")], 2), (vec![("variant", "a")], 1)]
        );
    }
}

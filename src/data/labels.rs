//! The targets of a trial: scaled where they are values, and noisy where noise is asked for.
//!
//! In: the targets of the data set, the rows of a part. Out: [`Targets`] in the order of the rows. The scale is fitted on the
//! training rows alone, and noise is put on their labels alone.

use super::Targets;
use super::settings::Scaling;
use super::target::Target;
use crate::random::Stream;

/// scaled = (value − shift) / scale; 0 and 1 for classes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct TargetScale {
    pub(super) shift: f64,
    pub(super) scale: f64,
}

impl TargetScale {
    pub(super) fn fit(target: &Target, train: &[usize], scaling: Scaling) -> Self {
        let Target::Values(values) = target else { return Self { shift: 0.0, scale: 1.0 } };
        let count = train.len() as f64;
        let (shift, scale) = match scaling {
            Scaling::None => (0.0, 1.0),
            Scaling::Divide(divisor) => (0.0, divisor),
            Scaling::Standard => {
                let mean = train.iter().map(|&row| values[row]).sum::<f64>() / count;
                let variance =
                    train.iter().map(|&row| (values[row] - mean) * (values[row] - mean)).sum::<f64>() / count;
                (mean, variance.sqrt())
            }
            Scaling::Minmax => {
                let least = train.iter().map(|&row| values[row]).fold(f64::INFINITY, f64::min);
                let greatest = train.iter().map(|&row| values[row]).fold(f64::NEG_INFINITY, f64::max);
                (least, greatest - least)
            }
        };
        Self { shift, scale: if scale > 0.0 { scale } else { 1.0 } }
    }

    /// The targets of `rows`, in their order.
    pub(super) fn targets(&self, target: &Target, rows: &[usize]) -> Targets {
        match target {
            Target::Classes(classes, _) => Targets::Classes(rows.iter().map(|&row| classes[row]).collect()),
            Target::Values(values) => {
                Targets::Values(rows.iter().map(|&row| ((values[row] - self.shift) / self.scale) as f32).collect())
            }
        }
    }
}

/// Puts noise on a share of the labels (half a label is rounded to even) and says on which: their positions, ascending.
///
/// A class is replaced by another, drawn uniformly from the `classes` − 1 others. Values are exchanged among the chosen
/// rows, so that each gets the value of another of them. What a smaller share replaces, a greater replaces alike.
pub(super) fn add_noise(targets: &mut Targets, classes: usize, share: f64, stream: &mut Stream) -> Vec<usize> {
    let count = (share * targets.rows() as f64).round_ties_even() as usize;
    if count == 0 {
        return vec![]; // without the shuffling, which takes a while where rows are many
    }
    let mut chosen: Vec<usize> = (0..targets.rows()).collect();
    stream.shuffle(&mut chosen);
    chosen.truncate(count);
    match targets {
        Targets::Classes(labels) => {
            for &position in &chosen {
                let other = stream.below(classes - 1) as u32;
                labels[position] = if other < labels[position] { other } else { other + 1 };
            }
        }
        Targets::Values(values) => {
            for pair in chosen.windows(2) {
                values.swap(pair[0], pair[1]);
            }
        }
        Targets::Shares(_) => unreachable!("labels are hard until a batch of them is made soft"),
    }
    chosen.sort_unstable();
    chosen
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::random::{Purpose, StreamKey};

    fn stream(seed: u64) -> Stream {
        StreamKey::new(seed, Purpose::LabelNoise).open()
    }

    #[test]
    fn values_are_scaled_by_the_training_rows() {
        let target = Target::Values(vec![1.0, 3.0, 100.0]);
        let scale = |scaling| TargetScale::fit(&target, &[0, 1], scaling);
        assert_eq!(scale(Scaling::Standard), TargetScale { shift: 2.0, scale: 1.0 });
        assert_eq!(scale(Scaling::Minmax), TargetScale { shift: 1.0, scale: 2.0 });
        assert_eq!(scale(Scaling::None), TargetScale { shift: 0.0, scale: 1.0 });
        assert_eq!(scale(Scaling::Divide(4.0)), TargetScale { shift: 0.0, scale: 4.0 });
        assert_eq!(scale(Scaling::Minmax).targets(&target, &[2, 0]), Targets::Values(vec![49.5, 0.0]));
    }

    #[test]
    fn a_target_that_does_not_vary_has_scale_one() {
        let target = Target::Values(vec![5.0, 5.0]);
        assert_eq!(TargetScale::fit(&target, &[0, 1], Scaling::Standard), TargetScale { shift: 5.0, scale: 1.0 });
    }

    #[test]
    fn values_are_exchanged_and_none_is_lost() {
        let before: Vec<f32> = (0..10u8).map(f32::from).collect();
        let mut targets = Targets::Values(before.clone());
        let chosen = add_noise(&mut targets, 1, 0.5, &mut stream(0));
        let Targets::Values(mut after) = targets else { unreachable!() };
        let moved: Vec<usize> = (0..10).filter(|&row| before[row] != after[row]).collect();
        assert_eq!((moved, chosen.len()), (chosen, 5));
        after.sort_by(f32::total_cmp);
        assert_eq!(after, before);
    }

    proptest! {
        #[test]
        fn exactly_the_share_of_labels_becomes_another_class(
            labels in prop::collection::vec(0u32..4, 1..80), share in 0.0..=1.0f64, seed in 0u64..100,
        ) {
            let mut targets = Targets::Classes(labels.clone());
            let chosen = add_noise(&mut targets, 4, share, &mut stream(seed));
            let Targets::Classes(noisy) = targets else { unreachable!() };
            prop_assert!(noisy.iter().all(|&label| label < 4));
            let changed: Vec<usize> = (0..labels.len()).filter(|&row| labels[row] != noisy[row]).collect();
            prop_assert_eq!(changed.len(), (share * labels.len() as f64).round_ties_even() as usize);
            prop_assert_eq!(changed, chosen);
        }
    }
}

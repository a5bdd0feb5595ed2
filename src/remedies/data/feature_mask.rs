//! Features that are not known for a while.

use std::ops::Range;

use serde::Deserialize;

use super::features::features;
use crate::random::Purpose;
use crate::recipe::{Batch, BatchTransform, Moment, Recipe};
use crate::remedies::{Context, Entry, Remedy, settings};
use crate::schema::{Default, Field, Interval, Kind, Table};

pub(in crate::remedies) const ENTRY: Entry = Entry {
    name: "feature_mask",
    idea: "hide single features of single rows behind what is usual",
    formula: "with probability share, anew for every row, feature and batch: x_j <- mean of x_j over the training rows, or with \
              fill = \"permute\" x_j <- x_j of another row of the batch, drawn uniformly. A feature is a column: the one-hot \
              inputs of a category are hidden together, behind the shares of the categories or another row's category.",
    touches: "the scaled inputs of every training batch; never validation, test or the measured training figures; with \
              \"permute\" a batch of one row stays as it is",
    source: "Bahri et al., SCARF: self-supervised contrastive learning using random feature corruption, ICLR 2022 (permute); \
             Vincent et al., Extracting and composing robust features with denoising autoencoders, ICML 2008",
    table: &Table {
        fields: &[
            Field {
                name: "share",
                kind: Kind::Number(Interval::RATE),
                default: Default::Required,
                doc: "probability that a value is hidden; usual 0.1 to 0.2",
            },
            Field {
                name: "fill",
                kind: Kind::Choice(&["mean", "permute"]),
                default: Default::Toml("\"mean\""),
                doc: "what takes its place: the mean of the training rows, or another row's value",
            },
        ],
        short: Some("share"),
    },
    make: |value| Box::new(settings::<FeatureMask>("feature_mask", value)),
};

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
struct FeatureMask {
    share: f64,
    fill: Fill,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Fill {
    Mean,
    Permute,
}

impl Remedy for FeatureMask {
    fn is_off(&self) -> bool {
        self.share == 0.0
    }

    fn contribute(&self, context: &Context, recipe: &mut Recipe) {
        let features = features(&context.rows.inputs());
        let means = (self.fill == Fill::Mean).then(|| context.rows.means());
        recipe.batch_transforms.push(Box::new(Mask { share: self.share, features, means }));
    }
}

/// Hides features of a batch.
#[derive(Debug)]
struct Mask {
    share: f64,
    features: Vec<Range<usize>>,
    /// The mean of each input; without it another row's value is taken. `[inputs]`
    means: Option<Vec<f32>>,
}

impl BatchTransform for Mask {
    fn apply(&self, batch: &mut Batch<'_>, moment: Moment) {
        let key = moment.key(Purpose::FeatureMask);
        // The upper 53 bits of a word are uniform in [0, 2^53).
        let least_shown = (self.share * (1u64 << 53) as f64) as u64;
        let mut hidden = key.words().map(|word| word >> 11 < least_shown);
        match &self.means {
            Some(means) => {
                for mut row in batch.inputs.outer_iter_mut() {
                    for feature in &self.features {
                        if hidden.next() == Some(true) {
                            feature.clone().for_each(|input| row[input] = means[input]);
                        }
                    }
                }
            }
            None if batch.inputs.nrows() < 2 => {}
            None => {
                let before = batch.inputs.to_owned();
                let mut others = key.layer(1).open();
                for (index, mut row) in batch.inputs.outer_iter_mut().enumerate() {
                    for feature in &self.features {
                        if hidden.next() == Some(true) {
                            let other = others.below(before.nrows() - 1);
                            let other = other + usize::from(other >= index);
                            feature.clone().for_each(|input| row[input] = before[[other, input]]);
                        }
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use ndarray::Array2;
    use proptest::prelude::*;

    use super::*;
    use crate::data::Targets;

    fn masked(mask: &Mask, inputs: &Array2<f32>, step: u64) -> Array2<f32> {
        let mut inputs = inputs.clone();
        let mut batch = Batch { inputs: inputs.view_mut(), targets: &mut Targets::Values(Vec::new()) };
        mask.apply(&mut batch, Moment { seed: 5, member: 0, step });
        inputs
    }

    #[test]
    fn about_the_share_of_features_becomes_the_mean_and_the_rest_stays() {
        let mask = Mask { share: 0.2, features: vec![0..1, 1..3], means: Some(vec![10.0, 20.0, 30.0]) };
        let inputs = Array2::from_elem((10_000, 3), 1.0);
        let masked = masked(&mask, &inputs, 0);
        for row in masked.outer_iter() {
            assert!(row[0] == 1.0 || row[0] == 10.0, "{row}");
            assert!((row[1], row[2]) == (1.0, 1.0) || (row[1], row[2]) == (20.0, 30.0), "{row}");
        }
        for input in [0, 1] {
            let hidden = masked.column(input).iter().filter(|&&x| x != 1.0).count();
            assert!((1850..2150).contains(&hidden), "{hidden} of 10000 at input {input}");
        }
    }

    #[test]
    fn a_permuted_value_is_that_of_any_other_row() {
        let mask = Mask { share: 0.999_999, features: vec![0..1, 1..2], means: None };
        let inputs = Array2::from_shape_fn((4, 2), |(row, _)| row as f32);
        let mut from = [[0; 4]; 4];
        for step in 0..600 {
            let masked = masked(&mask, &inputs, step);
            masked.column(1).iter().enumerate().for_each(|(row, &value)| from[row][value as usize] += 1);
        }
        for (row, counts) in from.iter().enumerate() {
            assert!(counts[row] <= 1, "{counts:?} of row {row}");
            let others = counts.iter().enumerate().filter(|(other, _)| *other != row);
            assert!(others.into_iter().all(|(_, &count)| (150..250).contains(&count)), "{counts:?}");
        }
    }

    #[test]
    fn a_single_row_has_no_other_to_take_from() {
        let mask = Mask { share: 0.9, features: vec![0..1, 1..2], means: None };
        let inputs = Array2::from_elem((1, 2), 3.0);
        assert_eq!(masked(&mask, &inputs, 0), inputs);
    }

    proptest! {
        #[test]
        fn what_a_larger_share_leaves_a_smaller_leaves_too(small in 0.0..0.5f64, more in 0.0..0.5f64, step in 0u64..50) {
            let hidden = |share: f64| {
                let mask = Mask { share, features: vec![0..1, 1..2], means: Some(vec![1.0, 1.0]) };
                masked(&mask, &Array2::zeros((20, 2)), step)
            };
            let (few, many) = (hidden(small), hidden(small + more));
            prop_assert!(few.iter().zip(&many).all(|(few, many)| few <= many));
        }
    }
}

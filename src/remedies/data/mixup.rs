//! Mixtures of two rows, with their targets.

use ndarray::Axis;
use serde::Deserialize;

use crate::data::Targets;
use crate::random::Purpose;
use crate::recipe::{Batch, BatchTransform, Moment, Recipe};
use crate::remedies::{Context, Entry, Remedy, settings};
use crate::schema::{Default, Field, Interval, Kind, Table};

pub(in crate::remedies) const ENTRY: Entry = Entry {
    name: "mixup",
    idea: "train on mixtures of two rows and of their targets",
    formula: "lambda ~ Beta(alpha, alpha), one for each batch; x_i <- lambda x_i + (1 - lambda) x_p(i) and the same for y_i, p a \
              random permutation of the batch, y one-hot (regression: the scaled value). The cross entropy is then lambda \
              loss(y_i) + (1 - lambda) loss(y_p(i)), as in the paper's code. alpha -> 0 mixes nothing.",
    touches: "the scaled inputs and the targets of every training batch; never validation, test or the measured training \
              figures, whose labels stay hard",
    source: "Zhang et al., mixup: beyond empirical risk minimization, ICLR 2018, and its reference code",
    table: &Table {
        fields: &[Field {
            name: "alpha",
            kind: Kind::Number(Interval::closed(0.0, LARGEST_ALPHA)),
            default: Default::Required,
            doc: "parameter of the Beta distribution; usual 0.1 to 0.4, 1 is uniform, more mixes all by halves",
        }],
        short: Some("alpha"),
    },
    make: |value| Box::new(settings::<Mixup>("mixup", value)),
};

/// Here λ is 0.5 ± 0.01: more would say nothing new.
const LARGEST_ALPHA: f64 = 1000.0;

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
struct Mixup {
    alpha: f64,
}

impl Remedy for Mixup {
    fn is_off(&self) -> bool {
        self.alpha == 0.0
    }

    fn contribute(&self, context: &Context, recipe: &mut Recipe) {
        let classes = context.rows.classes().len();
        recipe.batch_transforms.push(Box::new(Mix { alpha: self.alpha, classes }));
    }
}

/// Mixes the rows of a batch.
#[derive(Debug)]
struct Mix {
    alpha: f64,
    /// 0 for a regression.
    classes: usize,
}

impl BatchTransform for Mix {
    fn apply(&self, batch: &mut Batch<'_>, moment: Moment) {
        let mut stream = moment.key(Purpose::Mixup).open();
        let lambda = stream.symmetric_beta(self.alpha) as f32;
        let mut partners: Vec<usize> = (0..batch.inputs.nrows()).collect();
        stream.shuffle(&mut partners);
        let mix = |own: &mut f32, other: &f32| *own = lambda * *own + (1.0 - lambda) * other;

        let others = batch.inputs.select(Axis(0), &partners);
        batch.inputs.zip_mut_with(&others, mix);
        if let Some(shares) = batch.targets.to_shares(self.classes) {
            let others = shares.select(Axis(0), &partners);
            shares.zip_mut_with(&others, mix);
        } else if let Targets::Values(values) = batch.targets {
            let others: Vec<f32> = partners.iter().map(|&partner| values[partner]).collect();
            values.iter_mut().zip(&others).for_each(|(own, other)| mix(own, other));
        }
    }
}

#[cfg(test)]
mod tests {
    use ndarray::{Array1, Array2};
    use proptest::prelude::*;

    use super::*;

    /// Rows whose only input is 1 at their own place: the mixed inputs say who was mixed with whom, and how much.
    fn mixed(alpha: f64, mut targets: Targets, step: u64) -> (Array2<f32>, Targets) {
        let mut inputs = Array2::eye(targets.rows());
        let mut batch = Batch { inputs: inputs.view_mut(), targets: &mut targets };
        Mix { alpha, classes: 3 }.apply(&mut batch, Moment { seed: 1, member: 0, step });
        (inputs, targets)
    }

    #[test]
    fn every_row_is_mixed_with_one_other_by_one_lambda_for_the_batch() {
        let (inputs, _) = mixed(1.0, Targets::Values(vec![0.0; 50]), 0);
        let lambda = inputs.diag().iter().copied().find(|&x| x < 1.0).expect("some row has a partner");
        for (row, values) in inputs.outer_iter().enumerate() {
            let parts: Vec<f32> = values.iter().copied().filter(|&x| x != 0.0).collect();
            assert!(parts == [1.0] || values[row] == lambda && parts.len() == 2, "row {row}: {parts:?}");
        }
        let (next, _) = mixed(1.0, Targets::Values(vec![0.0; 50]), 1);
        assert_ne!(inputs, next, "fresh in every step");
    }

    #[test]
    fn values_are_mixed_as_their_rows_are() {
        let values: Vec<f32> = (0..20).map(|row| (row * row) as f32).collect();
        let (inputs, targets) = mixed(0.4, Targets::Values(values.clone()), 3);
        let Targets::Values(found) = targets else { panic!("values stay values") };
        let wanted = inputs.dot(&Array1::from(values));
        assert!(wanted.iter().zip(&found).all(|(wanted, found)| (wanted - found).abs() < 1e-4));
    }

    proptest! {
        #[test]
        fn classes_become_the_shares_of_the_rows_in_the_mixture(
            classes in prop::collection::vec(0u32..3, 1..40), alpha in 0.01..10.0f64, step in 0u64..100,
        ) {
            let (inputs, targets) = mixed(alpha, Targets::Classes(classes.clone()), step);
            let mut hard = Targets::Classes(classes);
            let wanted = inputs.dot(&*hard.to_shares(3).unwrap());
            let Targets::Shares(found) = targets else { panic!("mixed classes are shares") };
            prop_assert!(wanted.iter().zip(&found).all(|(wanted, found)| (wanted - found).abs() < 1e-6));
            prop_assert!(found.outer_iter().all(|row| (row.sum() - 1.0).abs() < 1e-6));
        }
    }
}

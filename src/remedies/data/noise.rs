//! Gaussian noise on inputs, weights and gradient.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::nn::{PANEL, fill_normal};
use crate::random::Purpose;
use crate::recipe::{Batch, BatchTransform, Moment, Recipe};
use crate::remedies::{Context, Entry, Refusal, Remedy, nearest_hint, settings};
use crate::schema::{Default, Field, Interval, Kind, Table, shortened};

pub(in crate::remedies) const ENTRY: Entry = Entry {
    name: "noise",
    idea: "add fresh Gaussian noise to inputs, weights or gradient",
    formula: "input: x <- x + e, e ~ N(0, sigma^2), anew for every row and input. On average this adds (sigma^2/2) E|dy/dx|^2 \
              to half a squared error; for a linear model exactly (sigma^2/2) |w|^2. weight: the gradient is taken at w + e, \
              e anew for every batch, and moves w. gradient: g <- g + e, after clipping.",
    touches: "input: the scaled numeric inputs of every training batch, one-hot inputs stay 0 and 1; weight: a copy of the \
              weights without the biases; gradient: that of weights and biases; never validation, test or the measured \
              training figures",
    source: "Bishop, Training with noise is equivalent to Tikhonov regularization, Neural Computation 7, 1995; weight: Graves, \
             Practical variational inference for neural networks, NeurIPS 2011; gradient: Neelakantan et al., Adding \
             gradient noise improves learning for very deep networks, arXiv:1511.06807, 2015",
    table: &Table {
        fields: &[
            Field {
                name: "input",
                kind: DEVIATION,
                default: Default::Toml("0.0"),
                doc: "standard deviation on the numeric inputs, in scaled units; usual 0.05 to 0.5",
            },
            Field {
                name: "weight",
                kind: DEVIATION,
                default: Default::Toml("0.0"),
                doc: "standard deviation on the weights at which the gradient is taken; usual 0.01 to 0.1",
            },
            Field {
                name: "gradient",
                kind: DEVIATION,
                default: Default::Toml("0.0"),
                doc: "standard deviation on the gradient, the same in every step; usual 0.001 to 0.1",
            },
            Field {
                name: "features",
                kind: Kind::Map(&DEVIATION),
                default: Default::Toml("{}"),
                doc: "standard deviations of single numeric columns by name, in place of input",
            },
        ],
        short: Some("input"),
    },
    make: |value| Box::new(settings::<Noise>("noise", value)),
};

const DEVIATION: Kind = Kind::Number(Interval::NOT_NEGATIVE);

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Noise {
    input: f64,
    weight: f64,
    gradient: f64,
    features: BTreeMap<String, f64>,
}

impl Remedy for Noise {
    fn is_off(&self) -> bool {
        self.input == 0.0
            && self.weight == 0.0
            && self.gradient == 0.0
            && self.features.values().all(|&deviation| deviation == 0.0)
    }

    fn check(&self, context: &Context) -> Result<(), Refusal> {
        let inputs = context.rows.inputs();
        let numeric: Vec<&str> =
            inputs.iter().filter(|input| input.scaling.is_some()).map(|input| input.column.as_str()).collect();
        if self.input > 0.0 && numeric.is_empty() {
            let reason = "needs a numeric column, found categories only".to_owned();
            return Err(Refusal { key: "input", reason });
        }
        match self.features.keys().find(|name| !numeric.contains(&name.as_str())) {
            None => Ok(()),
            Some(name) => {
                let is_category = inputs.iter().any(|input| input.column == *name);
                let kind = if is_category { "the categorical column " } else { "" };
                let hint = if is_category { String::new() } else { nearest_hint(name, &numeric) };
                let reason =
                    format!("must name numeric columns of the inputs, found {kind}{:?}{hint}", shortened(name));
                Err(Refusal { key: "features", reason })
            }
        }
    }

    fn contribute(&self, context: &Context, recipe: &mut Recipe) {
        let deviation = |column: &str| *self.features.get(column).unwrap_or(&self.input);
        let inputs = context.rows.inputs();
        let deviations: Vec<f32> =
            inputs.iter().map(|input| input.scaling.map_or(0.0, |_| deviation(&input.column) as f32)).collect();
        if deviations.iter().any(|&deviation| deviation > 0.0) {
            recipe.batch_transforms.push(Box::new(InputNoise { deviations }));
        }
        recipe.weight_noise = self.weight;
        recipe.gradient_noise = self.gradient;
    }
}

/// Noise on the inputs of a batch.
#[derive(Debug)]
struct InputNoise {
    /// The standard deviation of each input. `[inputs]`
    deviations: Vec<f32>,
}

impl BatchTransform for InputNoise {
    /// Every input has its draw, those without noise too: a column's noise does not depend on which others have some.
    fn apply(&self, batch: &mut Batch<'_>, moment: Moment) {
        let mut normals = vec![0.0; self.deviations.len().next_multiple_of(PANEL)];
        for (index, mut row) in batch.inputs.outer_iter_mut().enumerate() {
            fill_normal(moment.key(Purpose::InputNoise), index * normals.len() / PANEL, &mut normals);
            for ((input, deviation), normal) in row.iter_mut().zip(&self.deviations).zip(&normals) {
                *input += deviation * normal;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use ndarray::Array2;

    use super::*;
    use crate::data::Targets;

    fn noisy(deviations: &[f32], mut inputs: Array2<f32>, step: u64) -> Array2<f32> {
        let noise = InputNoise { deviations: deviations.to_vec() };
        let mut batch = Batch { inputs: inputs.view_mut(), targets: &mut Targets::Values(Vec::new()) };
        noise.apply(&mut batch, Moment { seed: 3, member: 0, step });
        inputs
    }

    #[test]
    fn noise_has_the_deviation_of_its_column_and_is_fresh_in_every_step() {
        let deviations = [0.5, 0.0, 2.0];
        let first = noisy(&deviations, Array2::zeros((4000, 3)), 0);
        for (column, deviation) in deviations.into_iter().enumerate() {
            let square = first.column(column).iter().map(|&x| f64::from(x) * f64::from(x)).sum::<f64>() / 4000.0;
            let deviation = f64::from(deviation);
            assert!((square.sqrt() - deviation).abs() <= 0.03 * deviation, "{} of {deviation}", square.sqrt());
        }
        assert_eq!(first, noisy(&deviations, Array2::zeros((4000, 3)), 0));
        assert_ne!(first, noisy(&deviations, Array2::zeros((4000, 3)), 1));
        let alone = noisy(&[0.0, 0.0, 2.0], Array2::zeros((4000, 3)), 0);
        assert_eq!(first.column(2), alone.column(2), "whatever noise the others have");
    }

    #[test]
    fn a_linear_model_expects_half_the_variance_times_its_squared_norm_on_top() {
        // Half a squared error of w = (1.5, -2) at x = (1, 0.5), y = 0.2: ½(0.5 - 0.2)² = 0.045, and with σ = 0.3 on average
        // 0.045 + ½·0.09·(2.25 + 4) = 0.32625 (Bishop 1995).
        let rows = 200_000;
        let inputs = Array2::from_shape_fn((rows, 2), |(_, column)| [1.0, 0.5][column]);
        let errors = noisy(&[0.3, 0.3], inputs, 0);
        let loss = |row: ndarray::ArrayView1<'_, f32>| {
            let error = 1.5 * f64::from(row[0]) - 2.0 * f64::from(row[1]) - 0.2;
            0.5 * error * error
        };
        let mean = errors.outer_iter().map(loss).sum::<f64>() / rows as f64;
        assert!((mean - 0.326_25).abs() < 0.003, "{mean}");
    }
}

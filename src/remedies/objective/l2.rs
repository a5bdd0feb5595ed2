//! L2 penalty (ridge).

use serde::Deserialize;

use crate::nn;
use crate::recipe::{Penalty, Recipe};
use crate::remedies::{BIASES, Context, Entry, Remedy, lambda, settings};
use crate::schema::{Default, Field, Kind, Table};

pub(in crate::remedies) const ENTRY: Entry = Entry {
    name: "l2",
    idea: "penalise the squares of the weights: a smoother function",
    formula: "J = mean loss + (lambda/2) sum w^2, gradient lambda w: PyTorch's weight_decay with SGD. With scale = \"per_row\" \
              (lambda/2m) sum w^2 for m training rows: with half_mse the textbook's J = 1/2m [sum (h - y)^2 + lambda sum w^2]. \
              Keras' l2(a) is lambda = 2a; scikit-learn's alpha is lambda times the rows of a batch.",
    touches: "the gradient of all weights before the optimizer; biases only with biases = true",
    source: "Hoerl and Kennard, Ridge regression, Technometrics 12, 1970; Krogh and Hertz, NIPS 1991",
    table: &Table {
        fields: &[
            lambda("strength; usual 1e-5 to 1e-2"),
            Field {
                name: "scale",
                kind: Kind::Choice(&["plain", "per_row"]),
                default: Default::Toml("\"plain\""),
                doc: "plain: lambda as it is; per_row: divided by the number of training rows",
            },
            BIASES,
        ],
        short: Some("lambda"),
    },
    make: |value| Box::new(settings::<L2>("l2", value)),
};

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
struct L2 {
    lambda: f64,
    scale: Scale,
    biases: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Scale {
    Plain,
    PerRow,
}

impl Remedy for L2 {
    fn is_off(&self) -> bool {
        self.lambda == 0.0
    }

    fn contribute(&self, context: &Context, recipe: &mut Recipe) {
        let lambda = match self.scale {
            Scale::Plain => self.lambda,
            Scale::PerRow => self.lambda / context.rows.count() as f64,
        };
        recipe.penalties.push(Box::new(HalfSquares { lambda, biases: self.biases }));
    }
}

/// (λ/2)·Σw²
#[derive(Debug)]
struct HalfSquares {
    lambda: f64,
    biases: bool,
}

impl Penalty for HalfSquares {
    fn biases(&self) -> bool {
        self.biases
    }

    fn value(&self, incoming: &[f32]) -> f64 {
        0.5 * self.lambda * incoming.iter().map(|&w| f64::from(w) * f64::from(w)).sum::<f64>()
    }

    fn add_gradient(&self, incoming: &[f32], gradient: &mut [f32]) {
        nn::add_scaled(self.lambda as f32, incoming, gradient);
    }
}

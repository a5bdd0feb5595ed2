//! L1 penalty (lasso).

use serde::Deserialize;

use crate::nn::Network;
use crate::recipe::{Penalty, Recipe, WeightRule};
use crate::remedies::{BIASES, Context, Entry, Remedy, lambda, settings};
use crate::schema::{Default, Field, Kind, Table};

pub(in crate::remedies) const ENTRY: Entry = Entry {
    name: "l1",
    idea: "penalise the magnitudes of weights, so that many become 0",
    formula: "J = mean loss + lambda sum |w|. proximal: after each step w <- sign(w) max(|w| - eta lambda, 0), which makes exact \
              zeros (under Adam with the scalar learning rate eta: not the exact optimum of the penalised loss). subgradient: \
              lambda sign(w) joins the gradient, sign(0) = 0, and no weight becomes exactly 0.",
    touches: "all weights, after the optimizer (proximal) or in the gradient (subgradient); biases only with biases = true",
    source: "Tibshirani, Regression shrinkage and selection via the lasso, JRSS B 58, 1996",
    table: &Table {
        fields: &[
            lambda("strength; usual 1e-6 to 1e-3"),
            Field {
                name: "mode",
                kind: Kind::Choice(&["proximal", "subgradient"]),
                default: Default::Toml("\"proximal\""),
                doc: "proximal makes exact zeros, subgradient does not",
            },
            BIASES,
        ],
        short: Some("lambda"),
    },
    make: |value| Box::new(settings::<L1>("l1", value)),
};

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
struct L1 {
    lambda: f64,
    mode: Mode,
    biases: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Mode {
    Proximal,
    Subgradient,
}

impl Remedy for L1 {
    fn is_off(&self) -> bool {
        self.lambda == 0.0
    }

    fn contribute(&self, _: &Context, recipe: &mut Recipe) {
        match self.mode {
            Mode::Proximal => recipe.proximals.push(Box::new(*self)),
            Mode::Subgradient => recipe.penalties.push(Box::new(*self)),
        }
    }
}

impl L1 {
    /// λ·Σ|w|
    fn magnitude(&self, incoming: &[f32]) -> f64 {
        self.lambda * incoming.iter().map(|&w| f64::from(w.abs())).sum::<f64>()
    }
}

impl Penalty for L1 {
    fn biases(&self) -> bool {
        self.biases
    }

    fn value(&self, incoming: &[f32]) -> f64 {
        self.magnitude(incoming)
    }

    fn add_gradient(&self, incoming: &[f32], gradient: &mut [f32]) {
        let lambda = self.lambda as f32;
        for (gradient, &w) in gradient.iter_mut().zip(incoming) {
            if w != 0.0 {
                *gradient += lambda * w.signum();
            }
        }
    }
}

impl WeightRule for L1 {
    fn apply(&self, learning_rate: f64, network: &mut Network) {
        let threshold = (learning_rate * self.lambda) as f32;
        network.each_unit_mut(self.biases, |weights| shrink(weights, threshold));
    }

    fn value(&self, network: &Network) -> f64 {
        network.sum_over_units(self.biases, |weights| self.magnitude(weights))
    }
}

/// w ← sign(w)·max(|w| − threshold, 0)
fn shrink(weights: &mut [f32], threshold: f32) {
    for w in weights {
        *w = if w.abs() <= threshold { 0.0 } else { *w - threshold.copysign(*w) };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_proximal_step_shrinks_and_makes_exact_zeros() {
        let mut weights = [1.0, -1.0, 0.04, -0.05, 0.0];
        shrink(&mut weights, 0.05);
        assert_eq!(weights, [0.95, -0.95, 0.0, 0.0, 0.0]);
    }

    #[test]
    fn the_subgradient_of_zero_is_zero() {
        let l1 = L1 { lambda: 0.5, mode: Mode::Subgradient, biases: false };
        let mut gradient = [1.0; 4];
        l1.add_gradient(&[2.0, -3.0, 0.0, -0.0], &mut gradient);
        assert_eq!(gradient, [1.5, 0.5, 1.0, 1.0]);
        assert_eq!(Penalty::value(&l1, &[2.0, -3.0]), 2.5);
    }
}

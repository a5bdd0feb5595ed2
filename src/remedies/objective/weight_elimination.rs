//! Weight elimination.

use serde::Deserialize;

use crate::recipe::{Penalty, Recipe};
use crate::remedies::{BIASES, Context, Entry, Remedy, lambda, settings};
use crate::schema::{Default, Field, Interval, Kind, Table};

pub(in crate::remedies) const ENTRY: Entry = Entry {
    name: "weight_elimination",
    idea: "penalise how many weights are large rather than how large",
    formula: "J = mean loss + lambda sum (w/w0)^2 / (1 + (w/w0)^2), gradient lambda (2w/w0^2) / (1 + (w/w0)^2)^2. A weight far \
              below w0 is shrunk as by l2 with 2 lambda/w0^2; one far above w0 costs lambda whatever its size, and is left \
              alone. The pull is strongest at w = w0/sqrt(3).",
    touches: "the gradient of all weights before the optimizer; biases only with biases = true; no weight becomes exactly 0",
    source: "Weigend, Rumelhart and Huberman, Generalization by weight-elimination with application to forecasting, NIPS 3, 1991",
    table: &Table {
        fields: &[
            lambda("strength: what a large weight costs; usual 1e-5 to 1e-2"),
            Field {
                name: "w0",
                kind: Kind::Number(Interval::POSITIVE),
                default: Default::Toml("1.0"),
                doc: "size from which on a weight is large; usual: the size of a typical weight, about 1",
            },
            BIASES,
        ],
        short: Some("lambda"),
    },
    make: |value| Box::new(settings::<WeightElimination>("weight_elimination", value)),
};

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
struct WeightElimination {
    lambda: f64,
    w0: f64,
    biases: bool,
}

impl Remedy for WeightElimination {
    fn is_off(&self) -> bool {
        self.lambda == 0.0
    }

    fn contribute(&self, _: &Context, recipe: &mut Recipe) {
        recipe.penalties.push(Box::new(*self));
    }
}

impl WeightElimination {
    /// t = w/w0, held where its square is finite: beyond, a weight costs λ and has no gradient either way.
    fn relative(&self, w: f32) -> f64 {
        const LARGEST: f64 = 1e100;
        (f64::from(w) / self.w0).clamp(-LARGEST, LARGEST)
    }
}

impl Penalty for WeightElimination {
    fn biases(&self) -> bool {
        self.biases
    }

    fn value(&self, incoming: &[f32]) -> f64 {
        let cost = |t: f64| t * t / (1.0 + t * t);
        self.lambda * incoming.iter().map(|&w| cost(self.relative(w))).sum::<f64>()
    }

    fn add_gradient(&self, incoming: &[f32], gradient: &mut [f32]) {
        for (gradient, &w) in gradient.iter_mut().zip(incoming) {
            let t = self.relative(w);
            let slope = 2.0 * t / ((1.0 + t * t) * (1.0 + t * t)) / self.w0;
            *gradient += (self.lambda * slope) as f32;
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::remedies::objective::testing::{assert_gradient_is_of_value, gradient};

    const PLAIN: WeightElimination = WeightElimination { lambda: 0.5, w0: 2.0, biases: false };

    #[test]
    fn a_weight_of_size_w0_costs_half_of_lambda() {
        // t = 0, 1, -3: 0 + 1/2 + 9/10; slopes 2t/(1 + t²)²/w0: 0, 1/4, -3/100
        assert!((PLAIN.value(&[0.0, 2.0, -6.0]) - 0.5 * 1.4).abs() < 1e-12);
        assert_eq!(gradient(&PLAIN, &[0.0, 2.0, -6.0]), [0.0, 0.125, -0.015]);
    }

    #[test]
    fn a_weight_far_above_w0_costs_lambda_and_is_not_pulled() {
        for w0 in [1.0, 1e-300] {
            let rule = WeightElimination { w0, ..PLAIN };
            assert!((rule.value(&[3e38]) - 0.5).abs() < 1e-12, "w0 {w0}");
            assert_eq!(gradient(&rule, &[3e38]), [0.0], "w0 {w0}");
        }
    }

    proptest! {
        #[test]
        fn the_gradient_is_that_of_the_value(weights in prop::collection::vec(-4.0f32..4.0, 1..6), w0 in 0.2..5.0) {
            assert_gradient_is_of_value(&WeightElimination { w0, ..PLAIN }, &weights)?;
        }

        #[test]
        fn a_small_weight_is_shrunk_as_by_l2(w in -1e-3f32..1e-3) {
            let found = f64::from(gradient(&PLAIN, &[w])[0]);
            let wanted = 2.0 * 0.5 / 4.0 * f64::from(w);
            prop_assert!((found - wanted).abs() <= 1e-5 * wanted.abs(), "{} {}", found, wanted);
        }
    }
}

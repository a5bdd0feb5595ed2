//! Biased decay: weights of units that have little are shrunk most.

use serde::Deserialize;

use crate::recipe::{Penalty, Recipe};
use crate::remedies::{Context, Entry, Remedy, lambda, settings};
use crate::schema::{Default, Field, Kind, Table};

pub(in crate::remedies) const ENTRY: Entry = Entry {
    name: "biased_decay",
    idea: "decay the weights of a unit the more, the less it has",
    formula: "with s = sum |w| over the weights that feed a unit, J = mean loss + sum over the units of lambda s / (1 + lambda s) \
              (hyperbolic) or of 1 - exp(-lambda s) (exponential). Gradient of a weight: lambda sign(w) / (1 + lambda s)^2 or \
              lambda sign(w) exp(-lambda s), sign(0) = 0. Lambda is the strength and the scale of s in one: the pull is lambda on \
              a unit without weights, and falls once s exceeds 1/lambda, so that a large lambda spares all but tiny units.",
    touches: "the gradient of all weights of every unit of every layer before the optimizer; never biases; no weight becomes \
              exactly 0",
    source: "Hanson and Pratt, Comparing biases for minimal network construction with back-propagation, NIPS 1, 1989",
    table: &Table {
        fields: &[
            lambda(
                "strength on a unit without weights, and the inverse of the sum of |w| that is much; usual 1e-4 to 1e-2",
            ),
            Field {
                name: "form",
                kind: Kind::Choice(&["hyperbolic", "exponential"]),
                default: Default::Toml("\"hyperbolic\""),
                doc: "how the pull falls with the sum of |w|: as 1/(1 + lambda s)^2 or as exp(-lambda s)",
            },
        ],
        short: Some("lambda"),
    },
    make: |value| Box::new(settings::<BiasedDecay>("biased_decay", value)),
};

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
struct BiasedDecay {
    lambda: f64,
    form: Form,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Form {
    Hyperbolic,
    Exponential,
}

impl Remedy for BiasedDecay {
    fn is_off(&self) -> bool {
        self.lambda == 0.0
    }

    fn contribute(&self, _: &Context, recipe: &mut Recipe) {
        recipe.penalties.push(Box::new(*self));
    }
}

impl Penalty for BiasedDecay {
    /// A bias alone has no sum to be compared with.
    fn biases(&self) -> bool {
        false
    }

    fn value(&self, incoming: &[f32]) -> f64 {
        let scaled = self.lambda * sum_of_magnitudes(incoming);
        match self.form {
            Form::Hyperbolic => scaled / (1.0 + scaled),
            Form::Exponential => -libm::expm1(-scaled),
        }
    }

    fn add_gradient(&self, incoming: &[f32], gradient: &mut [f32]) {
        let scaled = self.lambda * sum_of_magnitudes(incoming);
        let pull = match self.form {
            Form::Hyperbolic => self.lambda / ((1.0 + scaled) * (1.0 + scaled)),
            Form::Exponential => self.lambda * libm::exp(-scaled),
        } as f32;
        for (gradient, &w) in gradient.iter_mut().zip(incoming) {
            if w != 0.0 {
                *gradient += pull.copysign(w);
            }
        }
    }
}

/// s = Σ|w|
fn sum_of_magnitudes(incoming: &[f32]) -> f64 {
    incoming.iter().map(|&w| f64::from(w.abs())).sum()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::remedies::objective::testing::{assert_gradient_is_of_value, gradient};

    fn decay(form: Form) -> BiasedDecay {
        BiasedDecay { lambda: 0.5, form }
    }

    #[test]
    fn a_unit_with_two_in_sum_is_pulled_by_the_worked_values() {
        // s = 2, λs = 1: pulls 0.5/2² and 0.5/e, values 1/2 and 1 - 1/e
        let weights = [1.5, -0.5, 0.0];
        assert_eq!(gradient(&decay(Form::Hyperbolic), &weights), [0.125, -0.125, 0.0]);
        assert_eq!(decay(Form::Hyperbolic).value(&weights), 0.5);
        let inverse = (-1.0f64).exp();
        let pull = (0.5 * inverse) as f32;
        assert_eq!(gradient(&decay(Form::Exponential), &weights), [pull, -pull, 0.0]);
        assert!((decay(Form::Exponential).value(&weights) - (1.0 - inverse)).abs() < 1e-12);
    }

    proptest! {
        #[test]
        fn the_gradient_is_that_of_the_value(
            // Away from 0, where |w| has a kink.
            weights in prop::collection::vec((0.01f32..4.0).prop_flat_map(|w| prop::sample::select(vec![w, -w])), 1..6),
            lambda in 0.01..3.0,
            hyperbolic: bool,
        ) {
            let form = if hyperbolic { Form::Hyperbolic } else { Form::Exponential };
            assert_gradient_is_of_value(&BiasedDecay { lambda, form }, &weights)?;
        }

        #[test]
        fn the_more_a_unit_has_the_less_it_is_pulled(w in 0.01f32..4.0, more in 0.01f32..4.0, hyperbolic: bool) {
            let form = if hyperbolic { Form::Hyperbolic } else { Form::Exponential };
            let pull = |others: f32| gradient(&decay(form), &[w, others])[0];
            prop_assert!(pull(more) < pull(0.0));
        }
    }
}

//! KL sparsity: sigmoid units that are rarely active.

use serde::Deserialize;

use crate::nn::{Activation, Activity};
use crate::recipe::Recipe;
use crate::remedies::{Context, Entry, Refusal, Remedy, lambda, needs_hidden_layer, settings};
use crate::schema::{Default, Field, Interval, Kind, Table};

pub(in crate::remedies) const ENTRY: Entry = Entry {
    name: "kl_sparsity",
    idea: "hold the mean activation of every sigmoid unit near rho",
    formula: "J = mean loss + lambda sum over the hidden units of KL(rho | r) = rho ln(rho/r) + (1-rho) ln((1-rho)/(1-r)), r the \
              unit's mean over the rows of the batch; lambda is the beta of the papers. Within 1e-6 of 0 and 1 the term goes \
              on as a straight line, so that a unit that is always off or on is still pulled back by a finite slope.",
    touches: "the gradient behind every hidden layer, before dropout's mask; needs model.activation = \"sigmoid\", since only \
              there is a mean activation the share of the time that a unit is on",
    source: "Ng, Sparse autoencoder, CS294A lecture notes, Stanford, 2011; beside dropout: Srivastava et al., JMLR 15, 2014",
    table: &Table {
        fields: &[
            lambda("strength, the papers' beta; usual 1e-4 to 1e-1"),
            Field {
                name: "rho",
                kind: Kind::Number(Interval::open(0.0, 1.0)),
                default: Default::Toml("0.05"),
                doc: "wanted mean activation; usual 0.01 to 0.1",
            },
        ],
        short: Some("lambda"),
    },
    make: |value| Box::new(settings::<KlSparsity>("kl_sparsity", value)),
};

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
struct KlSparsity {
    lambda: f64,
    rho: f64,
}

impl Remedy for KlSparsity {
    fn is_off(&self) -> bool {
        self.lambda == 0.0
    }

    fn check(&self, context: &Context) -> Result<(), Refusal> {
        needs_hidden_layer(context)?;
        let activation = context.model.activation;
        if activation == Activation::Sigmoid {
            return Ok(());
        }
        let found = serde_json::to_string(&activation).unwrap_or_else(|_| format!("{activation:?}"));
        let reason = format!(
            "needs model.activation = \"sigmoid\", whose means lie between 0 and 1 as rho does, found {found}; activity_l1 \
             goes with any"
        );
        Err(Refusal { key: "", reason })
    }

    fn contribute(&self, _: &Context, recipe: &mut Recipe) {
        recipe.activities.push(Box::new(*self));
    }
}

/// Distance from 0 and 1 at which the divergence goes over into its tangent.
const EDGE: f64 = 1e-6;

impl Activity for KlSparsity {
    fn statistic(&self, h: f32) -> f32 {
        h
    }

    fn statistic_slope(&self, _: f32) -> f32 {
        1.0
    }

    fn value(&self, mean: f64) -> f64 {
        let held = mean.clamp(EDGE, 1.0 - EDGE);
        let (rho, rest) = (self.rho, 1.0 - self.rho);
        let divergence = rho * libm::log(rho / held) + rest * libm::log(rest / (1.0 - held));
        self.lambda * divergence + self.slope(held) * (mean - held)
    }

    fn slope(&self, mean: f64) -> f64 {
        let held = mean.clamp(EDGE, 1.0 - EDGE);
        self.lambda * ((1.0 - self.rho) / (1.0 - held) - self.rho / held)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const TERM: KlSparsity = KlSparsity { lambda: 3.0, rho: 0.05 };

    #[test]
    fn the_divergence_of_a_half_from_a_twentieth_is_the_worked_value() {
        // 0.05 ln 0.1 + 0.95 ln 1.9 = 0.494631..., slope 1.9 - 0.1
        assert!((TERM.value(0.5) - 3.0 * (0.05 * 0.1f64.ln() + 0.95 * 1.9f64.ln())).abs() < 1e-12);
        assert!((TERM.value(0.5) / 3.0 - 0.494_631).abs() < 1e-6);
        assert!((TERM.slope(0.5) - 3.0 * 1.8).abs() < 1e-12);
    }

    #[test]
    fn a_unit_with_the_wanted_mean_costs_nothing() {
        assert!(TERM.value(0.05).abs() < 1e-15 && TERM.slope(0.05).abs() < 1e-13);
    }

    #[test]
    fn a_unit_that_is_always_off_or_on_is_pulled_back_by_a_finite_slope() {
        assert!(TERM.value(0.0).is_finite() && TERM.slope(0.0).is_finite() && TERM.slope(0.0) < -1e4);
        assert!(TERM.value(1.0).is_finite() && TERM.slope(1.0).is_finite() && TERM.slope(1.0) > 1e4);
        assert!(TERM.value(f64::NAN).is_nan() && TERM.slope(f64::NAN).is_nan(), "what diverged is seen");
    }

    proptest! {
        #[test]
        fn it_is_least_at_rho_and_its_slope_is_that_of_the_value(mean in 0.001..0.999, rho in 0.01..0.99) {
            let term = KlSparsity { rho, ..TERM };
            prop_assert!(term.value(mean) >= -1e-12);
            let step = 1e-6;
            let difference = (term.value(mean + step) - term.value(mean - step)) / (2.0 * step);
            prop_assert!((term.slope(mean) - difference).abs() < 1e-3 * difference.abs().max(1.0));
        }

        #[test]
        fn beyond_the_edge_the_slope_stays_that_of_the_value(part in 0.1..0.9f64, on: bool) {
            let (mean, step) = if on { (1.0 - part * EDGE, 1e-8) } else { (part * EDGE, 1e-8) };
            let difference = (TERM.value(mean + step) - TERM.value(mean - step)) / (2.0 * step);
            prop_assert!((TERM.slope(mean) - difference).abs() < 1e-3 * difference.abs());
        }
    }
}

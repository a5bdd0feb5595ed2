//! Sharpness-aware minimisation.

use serde::Deserialize;

use crate::recipe::Recipe;
use crate::remedies::{Context, Entry, Remedy, settings};
use crate::schema::{Default, Field, Interval, Kind, Table};

pub(in crate::remedies) const ENTRY: Entry = Entry {
    name: "sam",
    idea: "move by the gradient at the steepest point nearby",
    formula: "g1 = dL/dw at w; g2 = dL/dw at w + rho g1 / |g1|, with the norm over all weights and biases; the optimizer moves w \
              by g2. Where g1 is 0, g2 is g1. L is what the batch's pass gives: the data loss with label smoothing, class \
              weights and terms of activities. Penalties on the weights have no part in g1; their gradient is taken at w and \
              added to g2, as in the paper's objective.",
    touches: "the gradient of every step, at the price of a second pass: with the same batch, transforms, dropout and noise on \
              the weights (the climb begins at the noisy weights); clipping and gradient noise act on the sum behind it; \
              pruned weights stay 0 at both points",
    source: "Foret et al., Sharpness-aware minimization for efficiently improving generalization, ICLR 2021",
    table: &Table {
        fields: &[Field {
            name: "rho",
            kind: Kind::Number(Interval::NOT_NEGATIVE),
            default: Default::Required,
            doc: "length of the climb; usual 0.01 to 0.5, the paper's 0.05",
        }],
        short: Some("rho"),
    },
    make: |value| Box::new(settings::<Sam>("sam", value)),
};

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
struct Sam {
    rho: f64,
}

impl Remedy for Sam {
    fn is_off(&self) -> bool {
        self.rho == 0.0
    }

    fn contribute(&self, _: &Context, recipe: &mut Recipe) {
        recipe.ascent = self.rho;
    }
}

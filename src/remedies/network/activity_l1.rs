//! L1 penalty on activations.

use serde::Deserialize;

use crate::nn::Activity;
use crate::recipe::Recipe;
use crate::remedies::{Context, Entry, Refusal, Remedy, lambda, needs_hidden_layer, settings};
use crate::schema::Table;

pub(in crate::remedies) const ENTRY: Entry = Entry {
    name: "activity_l1",
    idea: "penalise what hidden units give, so that few are active",
    formula: "J = mean loss + lambda sum over the hidden units of the mean of |h| over the rows of the batch, h what the unit gives \
              to a row: Keras' activity_regularizer l1(lambda). Its gradient lambda sign(h) / rows, sign(0) = 0, joins that of \
              the loss on its way back.",
    touches: "the gradient behind every hidden layer, before dropout's mask; never the inputs or the output layer",
    source: "Glorot, Bordes and Bengio, Deep sparse rectifier neural networks, AISTATS 2011",
    table: &Table { fields: &[lambda("strength; usual 1e-5 to 1e-2")], short: Some("lambda") },
    make: |value| Box::new(settings::<ActivityL1>("activity_l1", value)),
};

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
struct ActivityL1 {
    lambda: f64,
}

impl Remedy for ActivityL1 {
    fn is_off(&self) -> bool {
        self.lambda == 0.0
    }

    fn check(&self, context: &Context) -> Result<(), Refusal> {
        needs_hidden_layer(context)
    }

    fn contribute(&self, _: &Context, recipe: &mut Recipe) {
        recipe.activities.push(Box::new(*self));
    }
}

impl Activity for ActivityL1 {
    fn statistic(&self, h: f32) -> f32 {
        h.abs()
    }

    fn statistic_slope(&self, h: f32) -> f32 {
        if h == 0.0 { 0.0 } else { h.signum() }
    }

    fn value(&self, mean: f64) -> f64 {
        self.lambda * mean
    }

    fn slope(&self, _: f64) -> f64 {
        self.lambda
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_unit_costs_lambda_times_its_mean_magnitude() {
        let term = ActivityL1 { lambda: 0.5 };
        let magnitudes = [1.5, -0.5, 0.0, -2.0].map(|h| f64::from(term.statistic(h)));
        assert_eq!(term.value(magnitudes.iter().sum::<f64>() / 4.0), 0.5);
        assert_eq!([1.5, -0.5, 0.0, -0.0].map(|h| term.statistic_slope(h)), [1.0, -1.0, 0.0, 0.0]);
        assert_eq!(term.slope(0.7), 0.5);
    }
}

//! Weight decay, decoupled from the gradient.

use serde::Deserialize;

use crate::nn::Network;
use crate::recipe::{Recipe, WeightRule};
use crate::remedies::{BIASES, Context, Entry, Remedy, lambda, settings};
use crate::schema::Table;

pub(in crate::remedies) const ENTRY: Entry = Entry {
    name: "weight_decay",
    idea: "shrink every weight by a constant share in every step",
    formula: "w <- w - eta lambda w beside the optimizer's step: AdamW, where the optimizer is adam. With plain SGD this is the \
              l2 remedy; with Adam it is not, since Adam divides l2's gradient by its own size.",
    touches: "all weights before the optimizer's step; biases only with biases = true",
    source: "Loshchilov and Hutter, Decoupled weight decay regularization, ICLR 2019",
    table: &Table { fields: &[lambda("strength; usual 1e-4 to 1e-1"), BIASES], short: Some("lambda") },
    make: |value| Box::new(settings::<WeightDecay>("weight_decay", value)),
};

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
struct WeightDecay {
    lambda: f64,
    biases: bool,
}

impl Remedy for WeightDecay {
    fn is_off(&self) -> bool {
        self.lambda == 0.0
    }

    fn contribute(&self, _: &Context, recipe: &mut Recipe) {
        recipe.decays.push(Box::new(*self));
    }
}

impl WeightRule for WeightDecay {
    fn apply(&self, learning_rate: f64, network: &mut Network) {
        let keep = (1.0 - learning_rate * self.lambda) as f32;
        network.each_unit_mut(self.biases, |weights| weights.iter_mut().for_each(|w| *w *= keep));
    }
}

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::*;
    use crate::nn::{Activation, Layer};

    #[test]
    fn without_a_gradient_three_steps_leave_the_worked_value() {
        let mut network = Network::new(vec![Layer::new(array![[2.0]], array![2.0])], Activation::Identity);
        for _ in 0..3 {
            WeightDecay { lambda: 0.004, biases: false }.apply(1.0, &mut network);
        }
        let weight = network.layers[0].weights[[0, 0]];
        assert!((weight - 1.976_095_9).abs() < 1e-6, "{weight}");
        assert_eq!(network.layers[0].bias, array![2.0]);
    }
}

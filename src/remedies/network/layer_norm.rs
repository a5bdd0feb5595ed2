//! Layer norm: the sums of a hidden layer have mean 0 and variance 1 in every row.

use serde::Deserialize;

use crate::nn::NormKind;
use crate::recipe::Recipe;
use crate::remedies::{Context, Entry, Refusal, Remedy, needs_hidden_layer, settings};
use crate::schema::{Default, Field, Interval, Kind, Table};

pub(in crate::remedies) const ENTRY: Entry = Entry {
    name: "layer_norm",
    idea: "normalise each hidden layer over its units, row by row",
    formula: "z <- gain (z - mean) / sqrt(var + epsilon) + shift in front of the activation, mean and (biased) var of the row's z \
              over the units of the layer, in training and at test alike. gain = 1 and shift = 0 at first, learnt by unit.",
    touches: "every hidden layer, before the activation and dropout; never the output layer. The optimizer moves gain and shift; \
              penalties and decays spare them unless biases = true. They count as parameters; a saved network has them under \
              the names of PyTorch's LayerNorm (1.weight, 1.bias, 4.weight, ...). The size of a layer's weights as a whole does \
              not matter any more: l2 and weight decay then act as a rise of the learning rate",
    source: "Ba, Kiros and Hinton, Layer normalization, 2016; constants as PyTorch's LayerNorm",
    table: &Table {
        fields: &[Field {
            name: "epsilon",
            kind: Kind::Number(Interval::POSITIVE),
            default: Default::Toml("1e-5"),
            doc: "added to the variance",
        }],
        short: None,
    },
    make: |value| Box::new(settings::<LayerNorm>("layer_norm", value)),
};

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
struct LayerNorm {
    epsilon: f64,
}

impl Remedy for LayerNorm {
    fn is_off(&self) -> bool {
        false
    }

    fn check(&self, context: &Context) -> Result<(), Refusal> {
        needs_hidden_layer(context)?;
        if context.model.hidden.contains(&1) {
            let reason = format!(
                "needs at least 2 units in every hidden layer, since one alone has no variance, found model.hidden = {:?}",
                context.model.hidden
            );
            return Err(Refusal { key: "", reason });
        }
        Ok(())
    }

    fn contribute(&self, _: &Context, recipe: &mut Recipe) {
        recipe.norm = Some(NormKind::LayerNorm { epsilon: self.epsilon });
    }
}

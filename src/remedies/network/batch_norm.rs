//! Batch norm: each hidden unit's sums have mean 0 and variance 1 over the rows of a batch.

use serde::Deserialize;

use crate::nn::NormKind;
use crate::recipe::Recipe;
use crate::remedies::{Context, Entry, Refusal, Remedy, needs_hidden_layer, settings};
use crate::schema::{Default, Field, Interval, Kind, Table};

pub(in crate::remedies) const ENTRY: Entry = Entry {
    name: "batch_norm",
    idea: "normalise each hidden unit over the rows of a batch",
    formula: "in training z <- gain (z - mean) / sqrt(var + epsilon) + shift in front of the activation, mean and (biased) var of \
              the unit's z over the batch; running <- (1 - momentum) running + momentum batch, of the mean and the unbiased \
              variance, once a step; at test those in their place. gain = 1 and shift = 0 at first, learnt; the running figures \
              begin as 0 and 1. A batch of one row gives shift and leaves the running figures.",
    touches: "every hidden layer, before the activation and dropout; never the output layer. The optimizer moves gain and shift; \
              penalties and decays spare them unless biases = true, and the bias in front, which the mean takes away, has the \
              gradient 0. What is measured, saved and handed out has it folded into weights and biases, and counts their \
              parameters only. An average (swa, ema) gets its running figures anew from the training rows, without dropout; \
              pruning looks at the weights as they are in training, obd and activation at the folded ones. The size of a \
              unit's incoming weights does not matter any more: l2 and weight decay then act as a rise of the learning rate, \
              max_norm hardly at all",
    source: "Ioffe and Szegedy, Batch normalization: accelerating deep network training by reducing internal covariate shift, \
             ICML 2015; constants as PyTorch's BatchNorm1d",
    table: &Table {
        fields: &[
            Field {
                name: "momentum",
                kind: Kind::Number(Interval::POSITIVE_SHARE),
                default: Default::Toml("0.1"),
                doc: "share of a batch in the running figures; usual 0.01 to 0.1, the smaller the smaller the batches",
            },
            Field {
                name: "epsilon",
                kind: Kind::Number(Interval::POSITIVE),
                default: Default::Toml("1e-5"),
                doc: "added to the variance",
            },
        ],
        short: None,
    },
    make: |value| Box::new(settings::<BatchNorm>("batch_norm", value)),
};

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
struct BatchNorm {
    momentum: f64,
    epsilon: f64,
}

impl Remedy for BatchNorm {
    fn is_off(&self) -> bool {
        false
    }

    fn check(&self, context: &Context) -> Result<(), Refusal> {
        needs_hidden_layer(context)?;
        let refuse = |reason: &str| Err(Refusal { key: "", reason: reason.to_owned() });
        if context.remedies.contains(&"layer_norm") {
            return refuse("must be left out beside remedies.layer_norm: a hidden layer is normalised in one way");
        }
        if context.train.batch_size.of(context.rows.count()) == 1 {
            return refuse(
                "needs batches of more than one row, which alone have a variance, found train.batch_size = 1",
            );
        }
        Ok(())
    }

    fn contribute(&self, _: &Context, recipe: &mut Recipe) {
        recipe.norm = Some(NormKind::BatchNorm { momentum: self.momentum, epsilon: self.epsilon });
    }
}

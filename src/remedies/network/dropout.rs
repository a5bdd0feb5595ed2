//! Dropout of inputs and hidden units.

use serde::Deserialize;

use crate::recipe::{Dropout as Rule, MaskScope, Recipe, Rescale};
use crate::remedies::{Context, Entry, Refusal, Remedy, settings};
use crate::schema::{Default, Field, Interval, Kind, Table};

pub(in crate::remedies) const ENTRY: Entry = Entry {
    name: "dropout",
    idea: "drop units at random in training, bring all back at test time",
    formula: "training: h <- h * m / (1 - rate), m ~ Bernoulli(1 - rate) for every unit and row; test: h. With rescale = \
              \"test\": h * m in training and (1 - rate) * h at test, as in the paper; with \"none\" neither, to show the \
              mismatch. The rate is the probability to drop; the paper's p is 1 - rate.",
    touches: "the outputs of hidden layers and, with `input`, the inputs, in training only; never the output layer",
    source: "Srivastava et al., Dropout: a simple way to prevent neural networks from overfitting, JMLR 15, 2014",
    table: &Table {
        fields: &[
            Field {
                name: "hidden",
                kind: Kind::Number(Interval::RATE),
                default: Default::Toml("0.0"),
                doc: "rate behind each hidden layer; usual 0.3 to 0.5",
            },
            Field {
                name: "input",
                kind: Kind::Number(Interval::RATE),
                default: Default::Toml("0.0"),
                doc: "rate on the inputs; usual 0.2",
            },
            Field {
                name: "rescale",
                kind: Kind::Choice(&["train", "test", "none"]),
                default: Default::Toml("\"train\""),
                doc: "where the loss of units is made up for",
            },
            Field {
                name: "mask",
                kind: Kind::Choice(&["row", "batch"]),
                default: Default::Toml("\"row\""),
                doc: "row: a draw for every row, as in the paper; batch: one for the whole batch, which is faster and not \
                      the paper's dropout",
            },
        ],
        short: Some("hidden"),
    },
    make: |value| Box::new(settings::<Dropout>("dropout", value)),
};

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
struct Dropout {
    hidden: f64,
    input: f64,
    rescale: Rescale,
    mask: MaskScope,
}

impl Remedy for Dropout {
    fn is_off(&self) -> bool {
        self.hidden == 0.0 && self.input == 0.0
    }

    fn check(&self, context: &Context) -> Result<(), Refusal> {
        if self.hidden > 0.0 && context.model.hidden.is_empty() {
            let reason = "needs a hidden layer, found model.hidden = [] (dropout.input drops inputs)".to_owned();
            return Err(Refusal { key: "hidden", reason });
        }
        Ok(())
    }

    fn contribute(&self, context: &Context, recipe: &mut Recipe) {
        let hidden = context.model.hidden.iter().map(|_| self.hidden);
        let rates = std::iter::once(self.input).chain(hidden).collect();
        recipe.dropout = Some(Rule { rates, rescale: self.rescale, mask: self.mask });
    }
}

//! Early stopping by the validation loss.

use serde::Deserialize;

use crate::recipe::{Recipe, Stopping};
use crate::remedies::{Context, Entry, Refusal, Remedy, settings};
use crate::schema::{Default, Field, Interval, Kind, Table};
use crate::stopping::Criterion;

pub(in crate::remedies) const ENTRY: Entry = Entry {
    name: "early_stopping",
    idea: "stop when validation no longer improves, keep the best weights",
    formula: "an epoch improves if its validation loss < best - min_delta; stop after `patience` epochs in a row that do not \
              (Keras' EarlyStopping). Epoch 0 and epochs before the last pruning do not count.",
    touches: "the number of epochs, and which epoch's weights the trial ends with; sees validation figures, never the test set",
    source: "Prechelt, Early stopping - but when?, in Neural Networks: Tricks of the Trade, 1998",
    table: &Table {
        fields: &[
            Field {
                name: "patience",
                kind: Kind::Integer { least: 0, most: i64::MAX },
                default: Default::Toml("10"),
                doc: "epochs without improvement that are waited for; 0 acts as 1",
            },
            Field {
                name: "min_delta",
                kind: Kind::Number(Interval::NOT_NEGATIVE),
                default: Default::Toml("0.0"),
                doc: "by how much a loss must fall below the best to count",
            },
            Field {
                name: "restore_best",
                kind: Kind::Boolean,
                default: Default::Toml("true"),
                doc: "end with the weights of the best epoch, also where the stop never fires",
            },
        ],
        short: Some("patience"),
    },
    make: |value| Box::new(settings::<EarlyStopping>("early_stopping", value)),
};

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
struct EarlyStopping {
    patience: usize,
    min_delta: f64,
    restore_best: bool,
}

impl Remedy for EarlyStopping {
    fn is_off(&self) -> bool {
        false
    }

    fn check(&self, context: &Context) -> Result<(), Refusal> {
        if context.has_validation {
            return Ok(());
        }
        let reason =
            "needs validation rows to watch, found none (data.split.validation = 0); the test set is never looked at \
                      for a choice"
                .to_owned();
        Err(Refusal { key: "", reason })
    }

    fn contribute(&self, _: &Context, recipe: &mut Recipe) {
        recipe.stopping = Some(Stopping {
            criterion: Criterion::Patience { patience: self.patience, min_delta: self.min_delta },
            restore_best: self.restore_best,
        });
    }
}

//! Exponential moving average of the weights.

use serde::Deserialize;

use crate::recipe::{Average, Recipe};
use crate::remedies::{Context, Entry, Refusal, Remedy, settings};
use crate::schema::{Default, Field, Interval, Kind, Table};

pub(in crate::remedies) const ENTRY: Entry = Entry {
    name: "ema",
    idea: "hand out a running average of the weights of all steps",
    formula: "a <- decay a + (1 - decay) w behind every step, from a = w before training on. It begins anew, as the network \
              itself, behind an epoch at whose end weights or units have left or pruning has rewound.",
    touches: "the network that is measured, watched by early stopping and saved, from the first step on; training and pruning \
              go on with the network that is trained. A weight of a is 0 only if it has been since the average began",
    source: "Polyak and Juditsky, Acceleration of stochastic approximation by averaging, SIAM Journal on Control and \
             Optimization 30, 1992; with this decay: Tarvainen and Valpola, Mean teachers, NIPS 2017",
    table: &Table {
        fields: &[Field {
            name: "decay",
            kind: Kind::Number(Interval::RATE),
            default: Default::Required,
            doc: "share of the average that is kept in a step; usual 0.99 to 0.9999: about 1 / (1 - decay) steps count",
        }],
        short: Some("decay"),
    },
    make: |value| Box::new(settings::<Ema>("ema", value)),
};

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
struct Ema {
    decay: f64,
}

impl Remedy for Ema {
    fn is_off(&self) -> bool {
        self.decay == 0.0
    }

    fn check(&self, context: &Context) -> Result<(), Refusal> {
        if context.remedies.contains(&"swa") {
            let reason = "must be left out beside remedies.swa: one network is handed out, the mean of epochs or the \
                          running average";
            return Err(Refusal { key: "", reason: reason.to_owned() });
        }
        Ok(())
    }

    fn contribute(&self, _: &Context, recipe: &mut Recipe) {
        recipe.average = Some(Average::OfSteps { decay: self.decay });
    }
}

//! Stochastic weight averaging.

use serde::Deserialize;

use crate::recipe::{Average, Recipe};
use crate::remedies::{Context, Entry, Remedy, settings};
use crate::schema::{Default, Field, Interval, Kind, Table};

pub(in crate::remedies) const ENTRY: Entry = Entry {
    name: "swa",
    idea: "hand out the mean of the weights of the last epochs",
    formula: "a = (1/n) sum of w over the n epochs that come after the share `start` of train.epochs, each as it is behind the \
              epoch. Where pruning rewinds, over the last epochs of each stretch of training. It begins anew, with the next \
              epoch, behind an epoch at whose end weights or units have left: a mean of networks of two structures is none.",
    touches: "the network that is measured, watched by early stopping and saved, from the first of these epochs on; training \
              and pruning go on with the network that is trained, and epochs before show that one. A weight of a is 0 only \
              if it is in every epoch",
    source: "Izmailov et al., Averaging weights leads to wider optima and better generalization, UAI 2018",
    table: &Table {
        fields: &[Field {
            name: "start",
            kind: Kind::Number(Interval::POSITIVE_SHARE),
            default: Default::Toml("0.75"),
            doc: "share of the epochs before the first that counts; usual 0.5 to 0.9, 1 is off: no epoch is left",
        }],
        short: Some("start"),
    },
    make: |value| Box::new(settings::<Swa>("swa", value)),
};

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
struct Swa {
    start: f64,
}

impl Remedy for Swa {
    fn is_off(&self) -> bool {
        self.start == 1.0
    }

    fn contribute(&self, _: &Context, recipe: &mut Recipe) {
        recipe.average = Some(Average::OfEpochs { start: self.start });
    }
}

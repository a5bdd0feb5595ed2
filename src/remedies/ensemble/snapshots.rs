//! Snapshot ensembles.

use serde::Deserialize;

use crate::nn::Schedule;
use crate::recipe::{Recipe, Voting};
use crate::remedies::{Context, Entry, Refusal, Remedy, settings};
use crate::schema::{Default, Field, Kind, Table};

pub(in crate::remedies) const ENTRY: Entry = Entry {
    name: "snapshots",
    idea: "hand out the vote of the network at the ends of rate cycles",
    formula: "the epochs are divided into M cycles, as evenly as whole epochs can. In step t (from 0) of the T steps of a cycle the \
              learning rate is train.learning_rate (cos(pi t / T) + 1) / 2; the optimizer keeps its state from cycle to cycle, as \
              in the paper. The network as it is behind each cycle is a snapshot. The vote is the mean of what they predict: of \
              the class probabilities (softmax, or the sigmoids of binary_cross_entropy), of the values of a regression.",
    touches: "the learning rate, and what is measured, watched by early stopping and saved: the vote of the snapshots so far, \
              before the first one the network itself; rows of the curve change at the end of a cycle only, so that a patience \
              shorter than a cycle stops within it. penalty is the mean of the snapshots'; parameters and sparsity are those of \
              all of them. Where pruning is planned, the snapshots before its last cut do not vote",
    source: "Huang et al., Snapshot ensembles: train 1, get M for free, ICLR 2017",
    table: &Table {
        fields: &[Field {
            name: "cycles",
            kind: Kind::Integer { least: 0, most: 1000 },
            default: Default::Toml("5"),
            doc: "cycles of the learning rate, M, at most train.epochs; usual 4 to 10, with a learning rate larger than usual; 0 \
                  is off",
        }],
        short: Some("cycles"),
    },
    make: |value| Box::new(settings::<Snapshots>("snapshots", value)),
};

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
struct Snapshots {
    cycles: usize,
}

impl Remedy for Snapshots {
    fn is_off(&self) -> bool {
        self.cycles == 0
    }

    fn check(&self, context: &Context) -> Result<(), Refusal> {
        let refuse = |key, reason: String| Err(Refusal { key, reason });
        let epochs = context.train.epochs;
        if self.cycles > epochs {
            return refuse("cycles", format!("must be at most train.epochs = {epochs}, found {}", self.cycles));
        }
        if !matches!(context.train.schedule, Schedule::Constant { .. }) {
            let reason = "sets the learning rate itself: train.schedule must be \"constant\" beside it";
            return refuse("", reason.to_owned());
        }
        for (other, reason) in [
            ("bagging", "the networks that vote are either trained side by side or taken from one training"),
            ("swa", "the networks at the ends of the cycles are handed out, or an average"),
            ("ema", "the networks at the ends of the cycles are handed out, or an average"),
        ] {
            if context.remedies.contains(&other) {
                return refuse("", format!("must be left out beside remedies.{other}: {reason}"));
            }
        }
        Ok(())
    }

    fn contribute(&self, _: &Context, recipe: &mut Recipe) {
        recipe.voting = Some(Voting::Snapshots { cycles: self.cycles });
    }
}

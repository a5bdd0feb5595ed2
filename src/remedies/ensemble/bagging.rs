//! Bagging.

use serde::Deserialize;

use crate::recipe::{Recipe, Voting};
use crate::remedies::{Context, Entry, Remedy, settings};
use crate::schema::{Default, Field, Kind, Table};

pub(in crate::remedies) const ENTRY: Entry = Entry {
    name: "bagging",
    idea: "hand out the vote of networks trained on bootstrap samples",
    formula: "each of M networks has initial weights, an order of the batches and random masks of its own (weights from a file are \
              the same for all), and is trained on n draws with replacement from the n training rows. The vote is the mean of \
              what they predict: of the class probabilities (softmax, or the sigmoids of binary_cross_entropy), of the values \
              of a regression. Out of bag (oob_accuracy, oob_loss, oob_rows of measures.csv): each training row by the vote of \
              the networks that have not seen it, about a third of them: an honest figure without rows held out.",
    touches: "everything, M times as long: networks go on side by side, epoch by epoch, and each row of the curve is their vote on \
              the whole training, validation and test set, its loss that of the mean prediction, which is never above the mean \
              of their losses. penalty is their mean; parameters and sparsity are those of all networks together, which is what \
              is stored and computed. Early stopping watches the vote and restores all networks. Pruning acts in each network \
              for itself, and sees its sample only; rows that smote makes up come from it too; scaling and class weights are \
              those of all training rows",
    source: "Breiman, Bagging predictors, Machine Learning 24, 1996; Breiman, Out-of-bag estimation, 1996",
    table: &Table {
        fields: &[Field {
            name: "networks",
            kind: Kind::Integer { least: 0, most: 1000 },
            default: Default::Toml("10"),
            doc: "networks that vote, M; usual 5 to 50; 1 is one network on a bootstrap sample, 0 is off",
        }],
        short: Some("networks"),
    },
    make: |value| Box::new(settings::<Bagging>("bagging", value)),
};

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
struct Bagging {
    networks: usize,
}

impl Remedy for Bagging {
    fn is_off(&self) -> bool {
        self.networks == 0
    }

    fn contribute(&self, _: &Context, recipe: &mut Recipe) {
        recipe.voting = Some(Voting::Bagging { networks: self.networks });
    }
}

//! L0: gates that learn which inputs and units are worth their weights.

use serde::Deserialize;

use crate::nn::{LearnedGates, Network};
use crate::recipe::{LearnedGating, Operation, Recipe, Surgery};
use crate::remedies::{Context, Entry, Refusal, Remedy, lambda, settings};
use crate::schema::{Default, Field, Interval, Kind, Table};

pub(in crate::remedies) const ENTRY: Entry = Entry {
    name: "l0",
    idea: "learn gates that price the number of weights: units leave",
    formula: "J = mean loss + lambda sum over the gates j of P(z_j != 0) times the weights behind it; a gate for every input and \
              hidden unit. s = sigmoid((ln u - ln(1 - u) + log alpha_j) / beta), u ~ U(0, 1), z = clip(s (zeta - gamma) + \
              gamma, 0, 1), one draw for a batch; P(z != 0) = sigmoid(log alpha - beta ln(-gamma / zeta)); at test time \
              clip(sigmoid(log alpha) (zeta - gamma) + gamma, 0, 1), folded into the weights of a saved network. gamma -0.1, \
              zeta 1.1, beta 2/3; log alpha starts at ln((1 - rate) / rate), with noise of 0.01, within ln 0.01 and ln 100. \
              A hidden unit whose gate is 0 at test time leaves the network at the end of the epoch; the last of a layer stays, \
              and an input stays as a column of zeros. What was pruned costs nothing.",
    touches: "what flows into every layer; log alpha moves with the weights by the same optimizer, outside train.gradient_clip \
              and gradient noise; other penalties, max_norm and sparse_connection see the weights in front of the gates, prune \
              those behind the gates of test time; rewinding takes the gates back too. Not together with sam, swa, ema and layer_norm",
    source: "Louizos, Welling and Kingma, Learning sparse neural networks through L0 regularization, ICLR 2018, and its code",
    table: &Table {
        fields: &[
            lambda("price of a weight; usual 1e-5 to 1e-3: in the paper 0.1 to 1 divided by the training rows"),
            Field {
                name: "initial_rate",
                kind: Kind::Number(Interval::open(0.0, 1.0)),
                default: Default::Toml("0.5"),
                doc: "rate at which gates are closed at first, about; from 0.5 Adam closes one in about 2.4 / learning_rate steps",
            },
        ],
        short: Some("lambda"),
    },
    make: |value| Box::new(settings::<L0>("l0", value)),
};

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
struct L0 {
    lambda: f64,
    initial_rate: f64,
}

/// The remedies for which nothing says what they would do to gates.
const APART: &[(&str, &str)] = &[
    ("sam", "its climb is defined in the weights, and gates are no weights"),
    ("swa", "a mean of networks behind other gates is that of none"),
    ("ema", "a mean of networks behind other gates is that of none"),
    ("layer_norm", "a unit that leaves would change what the others of its layer give"),
];

impl Remedy for L0 {
    fn is_off(&self) -> bool {
        self.lambda == 0.0
    }

    fn check(&self, context: &Context) -> Result<(), Refusal> {
        let found = |name: &&(&str, &str)| context.remedies.contains(&name.0);
        match APART.iter().find(found) {
            Some((name, why)) => {
                Err(Refusal { key: "", reason: format!("must be left out beside remedies.{name}: {why}") })
            }
            None => Ok(()),
        }
    }

    fn contribute(&self, _: &Context, recipe: &mut Recipe) {
        recipe.gates = Some(LearnedGating { lambda: self.lambda, initial_rate: self.initial_rate });
        recipe.surgeries.push(Box::new(Closing));
    }
}

/// Takes out the hidden units behind whose gates nothing comes any more.
#[derive(Debug)]
struct Closing;

impl Surgery for Closing {
    fn is_due(&self, epoch: usize) -> bool {
        epoch > 0
    }

    fn last_epoch(&self) -> usize {
        0
    }

    fn operate(&self, operation: &mut Operation<'_>) {
        for hidden in 0..operation.network.layers.len() - 1 {
            let units = operation.network.layers[hidden].outputs();
            let mut closed = closed_units(operation.network, hidden);
            closed.truncate(units - 1);
            if !closed.is_empty() {
                operation.remove_units(hidden, &closed);
            }
        }
    }
}

/// The units of a hidden layer whose gates are 0 at test time.
fn closed_units(network: &Network, hidden: usize) -> Vec<usize> {
    let factors = network.layers[hidden + 1].gates.iter().flat_map(LearnedGates::test_factors);
    factors.enumerate().filter(|&(_, factor)| factor == 0.0).map(|(unit, _)| unit).collect()
}

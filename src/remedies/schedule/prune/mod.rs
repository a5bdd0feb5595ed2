//! Pruning: weights or neurons leave for good.

mod saliency;

use serde::Deserialize;

use crate::random::Purpose;
use crate::recipe::{Operation, Recipe, Surgery};
use crate::remedies::{Context, Entry, Refusal, Remedy, settings};
use crate::schema::{Default, Field, Interval, Kind, Table};
use saliency::{Method, Scope, Structure, candidates, choose};

pub(in crate::remedies) const ENTRY: Entry = Entry {
    name: "prune",
    idea: "remove the least important weights or neurons for good",
    formula: "after the updates of epoch `at_epoch` the share `ratio` with the smallest score goes, in exact counts, ties by \
              index. magnitude: |w| for a weight, the Euclidean norm of its incoming weights for a neuron; random: all alike.",
    touches: "weights of every layer, which stay exactly 0 under any optimizer; or neurons of hidden layers, which leave the \
              computation; a layer is never emptied",
    source: "Han et al., Learning both weights and connections for efficient neural networks, NIPS 2015",
    table: &Table {
        fields: &[
            Field {
                name: "method",
                kind: Kind::Choice(&["magnitude", "random"]),
                default: Default::Toml("\"magnitude\""),
                doc: "what makes a weight or neuron unimportant",
            },
            Field {
                name: "structure",
                kind: Kind::Choice(&["weight", "neuron"]),
                default: Default::Toml("\"weight\""),
                doc: "what is removed",
            },
            Field {
                name: "ratio",
                kind: Kind::Number(Interval::RATE),
                default: Default::Required,
                doc: "share that is removed",
            },
            Field {
                name: "scope",
                kind: Kind::Choice(&["global", "layer"]),
                default: Default::Toml("\"global\""),
                doc: "global: the smallest of all layers; layer: the same share of each layer",
            },
            Field {
                name: "at_epoch",
                kind: Kind::Integer { least: 0, most: i64::MAX },
                default: Default::Absent,
                doc: "the epoch after whose updates it happens; half of train.epochs where not given",
            },
        ],
        short: Some("ratio"),
    },
    make: |value| Box::new(settings::<Prune>("prune", value)),
};

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
struct Prune {
    method: Method,
    structure: Structure,
    ratio: f64,
    scope: Scope,
    at_epoch: Option<usize>,
}

impl Remedy for Prune {
    fn is_off(&self) -> bool {
        self.ratio == 0.0
    }

    fn check(&self, context: &Context) -> Result<(), Refusal> {
        let epochs = context.train.epochs;
        if let Some(at_epoch) = self.at_epoch.filter(|&at_epoch| at_epoch > epochs) {
            let reason = format!("must be at most train.epochs = {epochs}, found {at_epoch}");
            return Err(Refusal { key: "at_epoch", reason });
        }
        if self.structure == Structure::Neuron && context.model.hidden.is_empty() {
            let reason = "= \"neuron\" needs a hidden layer, found model.hidden = []".to_owned();
            return Err(Refusal { key: "structure", reason });
        }
        Ok(())
    }

    fn contribute(&self, context: &Context, recipe: &mut Recipe) {
        let at_epoch = self.at_epoch.unwrap_or(context.train.epochs / 2);
        recipe.surgeries.push(Box::new(OneShot { prune: *self, at_epoch }));
    }
}

/// One cut at one epoch.
#[derive(Debug)]
struct OneShot {
    prune: Prune,
    at_epoch: usize,
}

impl Surgery for OneShot {
    fn is_due(&self, epoch: usize) -> bool {
        epoch == self.at_epoch
    }

    fn last_epoch(&self) -> usize {
        self.at_epoch
    }

    fn operate(&self, operation: &mut Operation<'_>) {
        let Prune { method, structure, ratio, scope, .. } = self.prune;
        let mut stream = operation.moment.key(Purpose::Prune).open();
        let candidates = candidates(operation.network, method, structure, &mut stream);
        for (layer, places) in choose(candidates, ratio, scope).into_iter().enumerate() {
            match structure {
                Structure::Weight => operation.network.layers[layer].prune_weights(&places),
                Structure::Neuron if places.is_empty() => {}
                Structure::Neuron => operation.remove_units(layer, &places),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::*;
    use crate::data::fixtures::trial;
    use crate::nn::{Activation, Layer, Loss, Network, Team};
    use crate::recipe::{Moment, TrainingRows};

    fn cut(network: &mut Network, structure: Structure, ratio: f64) {
        let prune = Prune { method: Method::Magnitude, structure, ratio, scope: Scope::Layer, at_epoch: None };
        let data = trial("x,y\n1,a\n2,b\n3,a\n4,b\n5,a\n6,b\n", 0);
        OneShot { prune, at_epoch: 1 }.operate(&mut Operation {
            network,
            initial: None,
            rows: TrainingRows::of(&data),
            loss: Loss::CrossEntropy,
            team: &Team::default(),
            moment: Moment { seed: 0, step: 1 },
        });
    }

    #[test]
    fn the_worked_matrix_loses_its_smallest_weights_ties_by_index() {
        let layer = Layer::new(array![[1.0, 2.0, 3.0, 4.0], [-4.0, -3.0, -2.0, -1.0]], array![0.0, 0.0]);
        let mut network = Network::new(vec![layer], Activation::Relu);
        cut(&mut network, Structure::Weight, 0.25);
        assert_eq!(network.layers[0].weights, array![[0.0, 2.0, 3.0, 4.0], [-4.0, -3.0, -2.0, 0.0]]);
        cut(&mut network, Structure::Weight, 0.5);
        assert_eq!(network.layers[0].weights, array![[0.0, 0.0, 3.0, 4.0], [-4.0, -3.0, 0.0, 0.0]]);
    }

    #[test]
    fn the_neurons_with_the_shortest_incoming_weights_leave() {
        let mut network = Network::new(
            vec![
                Layer::new(array![[3.0, 4.0], [1.0, 0.0], [0.0, 2.0], [6.0, 6.0]], array![0.0, 9.0, 0.0, 0.0]),
                Layer::new(array![[1.0, 2.0, 3.0, 4.0]], array![0.0]),
            ],
            Activation::Relu,
        );
        cut(&mut network, Structure::Neuron, 0.5);
        assert_eq!(network.layers[0].weights, array![[3.0, 4.0], [6.0, 6.0]]);
        assert_eq!(network.layers[1].weights, array![[1.0, 4.0]]);
    }
}

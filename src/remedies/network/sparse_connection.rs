//! Sparse connection: only some of the connections exist.

use serde::Deserialize;

use crate::nn::Layer;
use crate::random::{Purpose, StreamKey};
use crate::recipe::{Operation, Recipe, Surgery};
use crate::remedies::{Context, Entry, Remedy, settings};
use crate::schema::{Default, Field, Interval, Kind, Table};

pub(in crate::remedies) const ENTRY: Entry = Entry {
    name: "sparse_connection",
    idea: "connect units at random and sparsely from the start",
    formula: "of each layer's connections the share `share`, drawn at random, exists from epoch 0 on, in exact counts; the others \
              are 0 for good. Those of a smaller share are among those of a larger one. With a threshold, what is smaller in \
              magnitude at the end of an epoch goes too. Every unit keeps at least one incoming connection.",
    touches: "the weights of every layer, which stay exactly 0 under any optimizer; those that stay keep their initial values; \
              never biases",
    source: "Strom, Sparse connection and pruning in large dynamic artificial neural networks, Eurospeech 1997",
    table: &Table {
        fields: &[
            Field {
                name: "share",
                kind: Kind::Number(Interval::POSITIVE_SHARE),
                default: Default::Toml("1.0"),
                doc: "share of the connections of each layer that exist from the start; usual 0.1 to 0.5",
            },
            Field {
                name: "threshold",
                kind: Kind::Number(Interval::NOT_NEGATIVE),
                default: Default::Toml("0.0"),
                doc: "at the end of each epoch weights smaller than this in magnitude go for good; 0: none",
            },
        ],
        short: Some("share"),
    },
    make: |value| Box::new(settings::<SparseConnection>("sparse_connection", value)),
};

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
struct SparseConnection {
    share: f64,
    threshold: f64,
}

impl Remedy for SparseConnection {
    fn is_off(&self) -> bool {
        self.share == 1.0 && self.threshold == 0.0
    }

    fn contribute(&self, _: &Context, recipe: &mut Recipe) {
        recipe.surgeries.push(Box::new(*self));
    }
}

impl Surgery for SparseConnection {
    fn is_due(&self, epoch: usize) -> bool {
        if epoch == 0 { self.share < 1.0 } else { self.threshold > 0.0 }
    }

    fn last_epoch(&self) -> usize {
        0
    }

    fn operate(&self, operation: &mut Operation<'_>) {
        let (epoch, key) = (operation.epoch(), operation.moment.key(Purpose::SparseConnection));
        for (index, layer) in operation.network.layers.iter_mut().enumerate() {
            let gone =
                if epoch == 0 { absent(layer, self.share, key.layer(index)) } else { small(layer, self.threshold) };
            if !gone.is_empty() {
                layer.prune_weights(&gone);
            }
        }
    }
}

/// The places of the connections that do not exist: all but `share` of them, rounded half to even, in a random order in which
/// one of each unit comes first.
fn absent(layer: &Layer, share: f64, key: StreamKey) -> Vec<usize> {
    let mut stream = key.open();
    let draws: Vec<f64> = (0..layer.weights.len()).map(|_| stream.uniform()).collect();
    let mut waits = vec![true; draws.len()];
    for (unit, draws) in draws.chunks(layer.inputs()).enumerate() {
        waits[unit * layer.inputs() + place_of_largest(draws.iter().map(|draw| -draw))] = false;
    }
    let mut order: Vec<usize> = (0..draws.len()).collect();
    order.sort_by(|&a, &b| waits[a].cmp(&waits[b]).then(draws[a].total_cmp(&draws[b])));
    let wanted = (share * draws.len() as f64).round_ties_even() as usize;
    order.split_off(wanted.max(layer.outputs()))
}

/// The places of the weights smaller than `threshold` in magnitude, but for the largest of each unit.
fn small(layer: &Layer, threshold: f64) -> Vec<usize> {
    let mut gone = Vec::new();
    for (unit, weights) in layer.units().enumerate() {
        let largest = place_of_largest(weights.iter().map(|w| f64::from(w.abs())));
        let goes = |&input: &usize| input != largest && f64::from(weights[input].abs()) < threshold;
        gone.extend((0..weights.len()).filter(goes).map(|input| unit * layer.inputs() + input));
    }
    gone
}

/// The place of the largest number, the first of equals; 0 where there is none.
fn place_of_largest(numbers: impl Iterator<Item = f64>) -> usize {
    let larger = |best: (usize, f64), next: (usize, f64)| if next.1 > best.1 { next } else { best };
    numbers.enumerate().reduce(larger).map_or(0, |(place, _)| place)
}

#[cfg(test)]
mod tests {
    use ndarray::{Array1, Array2, array};
    use proptest::prelude::*;

    use super::*;

    fn kept(outputs: usize, inputs: usize, share: f64, seed: u64) -> Array2<f32> {
        let mut layer = Layer::new(Array2::ones((outputs, inputs)), Array1::zeros(outputs));
        let gone = absent(&layer, share, StreamKey::new(seed, Purpose::SparseConnection));
        layer.prune_weights(&gone);
        layer.weights
    }

    #[test]
    fn small_weights_go_but_for_the_largest_of_each_unit() {
        let layer = Layer::new(array![[0.5, -0.05, 0.1], [0.02, -0.03, 0.03], [-0.2, 0.3, 0.0]], Array1::zeros(3));
        assert_eq!(
            small(&layer, 0.1),
            [1, 3, 5, 8],
            "0.1 in single precision is not smaller; of equals the first stays"
        );
    }

    #[test]
    fn other_seeds_connect_otherwise() {
        assert_ne!(kept(8, 8, 0.3, 1), kept(8, 8, 0.3, 2));
    }

    proptest! {
        #[test]
        fn exactly_the_share_exists_and_every_unit_has_a_connection(
            outputs in 1usize..12, inputs in 1usize..12, share in 0.001..1.0, seed: u64,
        ) {
            let kept = kept(outputs, inputs, share, seed);
            let wanted = (share * (outputs * inputs) as f64).round_ties_even() as usize;
            prop_assert_eq!(kept.sum() as usize, wanted.max(outputs));
            prop_assert!(kept.outer_iter().all(|unit| unit.sum() >= 1.0));
        }

        #[test]
        fn the_connections_of_a_smaller_share_are_among_those_of_a_larger(
            outputs in 1usize..12, inputs in 1usize..12, share in 0.001..1.0, larger in 0.001..1.0, seed: u64,
        ) {
            let (few, many) = (kept(outputs, inputs, share * larger, seed), kept(outputs, inputs, larger, seed));
            prop_assert!(few.iter().zip(&many).all(|(few, many)| few <= many));
        }
    }
}

//! Which weights or neurons matter least.
//!
//! In: a network and a method. Out: a score per weight or neuron, and the exact number of them with the lowest scores.

use serde::Deserialize;

use crate::nn::{Layer, Network};
use crate::random::Stream;

/// `remedies.prune.method`
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Method {
    Magnitude,
    Random,
}

/// `remedies.prune.structure`
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Structure {
    Weight,
    Neuron,
}

/// `remedies.prune.scope`
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Scope {
    Global,
    Layer,
}

/// A score for every weight or neuron of one layer; the smallest go first.
pub(super) type Scores = Vec<f64>;

/// The scores of all that may be removed, layer by layer.
pub(super) fn candidates(network: &Network, method: Method, structure: Structure, stream: &mut Stream) -> Vec<Scores> {
    let layers = match structure {
        Structure::Weight => &network.layers[..],
        Structure::Neuron => &network.layers[..network.layers.len() - 1],
    };
    layers.iter().map(|layer| layer_scores(layer, method, structure, stream)).collect()
}

fn layer_scores(layer: &Layer, method: Method, structure: Structure, stream: &mut Stream) -> Scores {
    match (structure, method) {
        (Structure::Weight, Method::Magnitude) => layer.weights.iter().map(|w| f64::from(w.abs())).collect(),
        // What was pruned before stays pruned, and counts.
        (Structure::Weight, Method::Random) => {
            layer.weights.iter().map(|&w| if w == 0.0 { -1.0 } else { stream.uniform() }).collect()
        }
        (Structure::Neuron, Method::Magnitude) => {
            layer.units().map(|unit| unit.iter().map(|&w| f64::from(w) * f64::from(w)).sum()).collect()
        }
        (Structure::Neuron, Method::Random) => (0..layer.outputs()).map(|_| stream.uniform()).collect(),
    }
}

/// The places of the lowest scores of each layer, ascending. `ratio` of all (global) or of each layer (layer) are chosen,
/// rounded half to even; ties are broken by layer and place; the last one of a layer is never chosen.
pub(super) fn choose(scores: Vec<Scores>, ratio: f64, scope: Scope) -> Vec<Vec<usize>> {
    let count = |n: usize| (ratio * n as f64).round_ties_even() as usize;
    match scope {
        Scope::Layer => scores
            .into_iter()
            .map(|scores| lowest(std::slice::from_ref(&scores), count(scores.len())).remove(0))
            .collect(),
        Scope::Global => lowest(&scores, count(scores.iter().map(Vec::len).sum())),
    }
}

fn lowest(scores: &[Scores], count: usize) -> Vec<Vec<usize>> {
    let places =
        scores.iter().enumerate().flat_map(|(layer, scores)| (0..scores.len()).map(move |place| (layer, place)));
    let mut order: Vec<(usize, usize)> = places.collect();
    order.sort_by(|&(a, i), &(b, j)| scores[a][i].total_cmp(&scores[b][j]));
    let mut chosen = vec![Vec::new(); scores.len()];
    let mut left = count;
    for (layer, place) in order {
        if left == 0 {
            break;
        }
        if chosen[layer].len() + 1 < scores[layer].len() {
            chosen[layer].push(place);
            left -= 1;
        }
    }
    chosen.iter_mut().for_each(|places| places.sort_unstable());
    chosen
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_fifths_of_seventeen_are_seven() {
        let scores = vec![(0..17).map(f64::from).collect()];
        assert_eq!(choose(scores, 0.4, Scope::Layer), [[0, 1, 2, 3, 4, 5, 6]]);
    }

    #[test]
    fn a_global_choice_takes_the_smallest_of_all_layers() {
        let scores = vec![vec![5.0, 1.0, 6.0], vec![2.0, 3.0, 9.0]];
        assert_eq!(choose(scores, 0.5, Scope::Global), [vec![1], vec![0, 1]]);
    }

    #[test]
    fn a_layer_keeps_its_largest_and_another_gives_instead() {
        let scores = vec![vec![0.1, 0.2], vec![5.0, 6.0, 7.0, 8.0]];
        assert_eq!(choose(scores, 0.5, Scope::Global), [vec![0], vec![0, 1]]);
    }
}

//! The exact number of what scores lowest.
//!
//! In: what is still there of each layer, with its scores, and the share that is to be gone. Out: the places that go.

use serde::Deserialize;

use super::saliency::Structure;

/// `remedies.prune.ratio`
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(untagged)]
pub(super) enum Ratio {
    /// Of all, or of every layer alike.
    Same(f64),
    /// Of each layer (weights) or hidden layer (neurons).
    PerLayer(Vec<f64>),
}

impl Ratio {
    pub fn is_zero(&self) -> bool {
        match self {
            Ratio::Same(ratio) => *ratio == 0.0,
            Ratio::PerLayer(ratios) => ratios.iter().all(|&ratio| ratio == 0.0),
        }
    }

    /// How many layers it has values for; nothing where it is the same for all.
    pub fn count(&self) -> Option<usize> {
        match self {
            Ratio::Same(_) => None,
            Ratio::PerLayer(ratios) => Some(ratios.len()),
        }
    }

    /// The ratio with every share changed.
    pub fn map(&self, change: impl Fn(f64) -> f64) -> Ratio {
        match self {
            Ratio::Same(ratio) => Ratio::Same(change(*ratio)),
            Ratio::PerLayer(ratios) => Ratio::PerLayer(ratios.iter().map(|&ratio| change(ratio)).collect()),
        }
    }
}

/// `remedies.prune.scope`
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Scope {
    Global,
    Layer,
}

/// What of a layer may go.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Candidates {
    /// The number of weights or neurons at epoch 0.
    pub original: usize,
    /// The places of those that are still there, ascending.
    pub places: Vec<usize>,
    /// The score of each of them.
    pub scores: Vec<f64>,
}

/// The number of weights of every layer, or of neurons of every hidden layer, in a network of these sizes, from the inputs
/// to the outputs.
pub(super) fn originals(structure: Structure, sizes: &[usize]) -> Vec<usize> {
    match structure {
        Structure::Weight => sizes.windows(2).map(|pair| pair[0] * pair[1]).collect(),
        Structure::Neuron => sizes[1..sizes.len() - 1].to_vec(),
    }
}

/// The places of the lowest scores of each layer, ascending. Behind them the share `removed` of the original number is gone,
/// rounded half to even, of all layers together (global) or of each (layer, and where each has a share of its own); what
/// was gone before counts. Ties are broken by layer and place; the last one of a layer is never chosen.
pub(super) fn choose(layers: &[Candidates], removed: &Ratio, scope: Scope) -> Vec<Vec<usize>> {
    let alone = |layer: &Candidates, share: f64| lowest(std::slice::from_ref(layer), share).remove(0);
    match (removed, scope) {
        (Ratio::PerLayer(shares), _) => layers.iter().zip(shares).map(|(layer, &share)| alone(layer, share)).collect(),
        (Ratio::Same(share), Scope::Layer) => layers.iter().map(|layer| alone(layer, *share)).collect(),
        (Ratio::Same(share), Scope::Global) => lowest(layers, *share),
    }
}

/// How many more are to go until the share `share` of the `original` number is gone, rounded half to even, where `there` are
/// left of it.
pub(super) fn count_to_go(original: usize, there: usize, share: f64) -> usize {
    let gone = original.saturating_sub(there);
    ((share * original as f64).round_ties_even() as usize).saturating_sub(gone)
}

/// The lowest scores of some layers together.
fn lowest(layers: &[Candidates], share: f64) -> Vec<Vec<usize>> {
    let original: usize = layers.iter().map(|layer| layer.original).sum();
    let there: usize = layers.iter().map(|layer| layer.places.len()).sum();
    let mut left = count_to_go(original, there, share);
    let mut order: Vec<(usize, usize)> =
        layers.iter().enumerate().flat_map(|(at, layer)| (0..layer.places.len()).map(move |i| (at, i))).collect();
    order.sort_by(|&(a, i), &(b, j)| layers[a].scores[i].total_cmp(&layers[b].scores[j]));
    let mut chosen = vec![Vec::new(); layers.len()];
    for (at, i) in order {
        if left == 0 {
            break;
        }
        if chosen[at].len() + 1 < layers[at].places.len() {
            chosen[at].push(layers[at].places[i]);
            left -= 1;
        }
    }
    chosen.iter_mut().for_each(|places| places.sort_unstable());
    chosen
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn whole(scores: &[f64]) -> Candidates {
        Candidates { original: scores.len(), places: (0..scores.len()).collect(), scores: scores.to_vec() }
    }

    #[test]
    fn two_fifths_of_seventeen_are_seven() {
        let layer = whole(&(0..17).map(f64::from).collect::<Vec<_>>());
        assert_eq!(choose(&[layer], &Ratio::Same(0.4), Scope::Layer), [[0, 1, 2, 3, 4, 5, 6]]);
    }

    #[test]
    fn a_global_choice_takes_the_smallest_of_all_layers() {
        let layers = [whole(&[5.0, 1.0, 6.0]), whole(&[2.0, 3.0, 9.0])];
        assert_eq!(choose(&layers, &Ratio::Same(0.5), Scope::Global), [vec![1], vec![0, 1]]);
    }

    #[test]
    fn a_layer_keeps_its_largest_and_another_gives_instead() {
        let layers = [whole(&[0.1, 0.2]), whole(&[5.0, 6.0, 7.0, 8.0])];
        assert_eq!(choose(&layers, &Ratio::Same(0.5), Scope::Global), [vec![0], vec![0, 1]]);
    }

    #[test]
    fn each_layer_may_have_a_share_of_its_own_whatever_the_scope() {
        let layers = [whole(&[4.0, 3.0, 2.0, 1.0]), whole(&[8.0, 7.0, 6.0, 5.0])];
        for scope in [Scope::Global, Scope::Layer] {
            assert_eq!(choose(&layers, &Ratio::PerLayer(vec![0.25, 0.5]), scope), [vec![3], vec![2, 3]]);
        }
    }

    #[test]
    fn what_is_gone_already_counts() {
        let layer = Candidates { original: 10, places: vec![1, 4, 5, 8], scores: vec![3.0, 1.0, 2.0, 0.5] };
        assert_eq!(choose(std::slice::from_ref(&layer), &Ratio::Same(0.8), Scope::Layer), [[4, 8]]);
        assert!(choose(&[layer], &Ratio::Same(0.5), Scope::Layer)[0].is_empty(), "more than that is gone");
    }

    #[test]
    fn weights_count_by_layer_and_neurons_by_hidden_layer() {
        assert_eq!(originals(Structure::Weight, &[4, 3, 2]), [12, 6]);
        assert_eq!(originals(Structure::Neuron, &[4, 3, 2]), [3]);
    }

    proptest! {
        #[test]
        fn the_number_is_exact_and_no_one_that_stays_scores_lower(
            layers in prop::collection::vec(prop::collection::vec(0.0..1.0, 2..30), 1..4),
            share in 0.0..1.0,
        ) {
            let layers: Vec<Candidates> = layers.iter().map(|scores| whole(scores)).collect();
            let all: usize = layers.iter().map(|layer| layer.original).sum();
            let chosen = choose(&layers, &Ratio::Same(share), Scope::Global);
            let count: usize = chosen.iter().map(Vec::len).sum();
            prop_assert_eq!(count, ((share * all as f64).round_ties_even() as usize).min(all - layers.len()));
            let of = |gone: bool| {
                let chosen = &chosen;
                layers.iter().enumerate().flat_map(move |(at, layer)| {
                    // The one that a layer has to keep may score lower than what goes elsewhere.
                    let spared = !gone && chosen[at].len() + 1 == layer.original;
                    let scores = layer.scores.iter().enumerate();
                    scores.filter(move |(i, _)| !spared && chosen[at].contains(i) == gone).map(|(_, &score)| score)
                })
            };
            let (highest_gone, lowest_kept) = (of(true).fold(0.0, f64::max), of(false).fold(1.0, f64::min));
            prop_assert!(highest_gone <= lowest_kept);
        }

        #[test]
        fn a_larger_share_takes_what_a_smaller_one_takes_and_more(
            scores in prop::collection::vec(0.0..1.0, 2..30),
            shares in (0.0..1.0, 0.0..1.0),
        ) {
            let (small, large) = (f64::min(shares.0, shares.1), f64::max(shares.0, shares.1));
            let of = |share| choose(&[whole(&scores)], &Ratio::Same(share), Scope::Layer).remove(0);
            let large = of(large);
            prop_assert!(of(small).iter().all(|place| large.contains(place)));
        }
    }
}

//! How much of each layer is gone: audits pruning and exact zeros.

use super::super::Interrupted;
use super::{Entry, Measurement, Subject};
use crate::nn::Layer;

pub(super) const ENTRY: Entry = Entry {
    names: &["sparsity", "removed_units"],
    key: None,
    idea: "1 - weights that are not 0 / weights at epoch 0, by layer, those of removed units among the zeros; and the share \
           of the units of each hidden layer that were removed; of several networks over all of them",
    is_time: false,
    measure,
};

fn measure(subject: &Subject<'_>) -> Result<Vec<Measurement>, Interrupted> {
    let networks = &subject.outcome.ensemble.members;
    let sizes = subject.model.sizes(subject.data.inputs(), subject.data.outputs());
    let of_layers = |index: usize, count: fn(&Layer) -> usize| -> usize {
        networks.iter().map(|network| count(&network.layers[index])).sum()
    };
    let zeros = sizes.windows(2).enumerate().map(|(index, size)| {
        let alive = of_layers(index, |layer| layer.weights.iter().filter(|&&weight| weight != 0.0).count());
        Measurement::of_layer("sparsity", index, share_gone(alive, networks.len() * size[0] * size[1]))
    });
    let hidden = &sizes[1..sizes.len() - 1];
    let removed = hidden.iter().enumerate().map(|(index, &units)| {
        let left = of_layers(index, Layer::outputs);
        Measurement::of_layer("removed_units", index, share_gone(left, networks.len() * units))
    });
    Ok(zeros.chain(removed).collect())
}

/// 1 − left/before; 0 of nothing.
fn share_gone(left: usize, before: usize) -> f64 {
    if before == 0 { 0.0 } else { (before - left) as f64 / before as f64 }
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::Case;
    use super::*;

    #[test]
    fn zeros_and_removed_units_count_against_what_was_there_before_training() {
        // 2-4-2 at epoch 0: 8 and 8 weights. Two of the four units are removed, and a weight of each layer is 0.
        let mut case = Case::classification();
        let network = &mut case.outcome.ensemble.members[0];
        network.remove_units(0, &[2, 3]);
        network.layers[0].weights[[1, 1]] = 0.0;
        network.layers[1].weights[[0, 1]] = 0.0;
        assert_eq!(network.layers[0].weights.iter().filter(|&&w| w != 0.0).count(), 3);
        let found = measure(&case.subject()).unwrap();
        let rows = [("sparsity", 1, 0.625), ("sparsity", 2, 0.625), ("removed_units", 1, 0.5)];
        assert_eq!(found, rows.map(|(name, layer, value)| Measurement::of_layer(name, layer - 1, value)));
    }
}

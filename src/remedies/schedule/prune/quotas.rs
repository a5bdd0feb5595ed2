//! How many more may go, and of which layers, where weights go one at a time.
//!
//! In: what there was and is of each layer, and the share that is to be gone. Out: which layers may lose one more, by the
//! rules of [`super::choice`].

use super::choice::{Ratio, Scope, count_to_go};

/// What is still to go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Quotas {
    /// What is left of each layer.
    there: Vec<usize>,
    /// How many are to go of each layer, or in the first place of all together.
    to_go: Vec<usize>,
}

impl Quotas {
    /// `originals` and `there` are the numbers at epoch 0 and now, layer by layer.
    pub fn new(originals: &[usize], there: Vec<usize>, removed: &Ratio, scope: Scope) -> Self {
        let of_each = |share: &dyn Fn(usize) -> f64| {
            let layers = originals.iter().zip(&there).enumerate();
            layers.map(|(layer, (&original, &there))| count_to_go(original, there, share(layer))).collect()
        };
        let to_go = match (removed, scope) {
            (Ratio::PerLayer(shares), _) => of_each(&|layer| shares[layer]),
            (Ratio::Same(share), Scope::Layer) => of_each(&|_| *share),
            (Ratio::Same(share), Scope::Global) => {
                vec![count_to_go(originals.iter().sum(), there.iter().sum(), *share)]
            }
        };
        Self { there, to_go }
    }

    /// Whether this layer may lose one more: a layer keeps its last.
    pub fn allow(&self, layer: usize) -> bool {
        self.to_go[self.place(layer)] > 0 && self.there[layer] > 1
    }

    /// Whether any layer may lose one more.
    pub fn allow_any(&self) -> bool {
        (0..self.there.len()).any(|layer| self.allow(layer))
    }

    /// What is left of all layers.
    pub fn there(&self) -> usize {
        self.there.iter().sum()
    }

    /// Counts one that has left a layer.
    ///
    /// # Panics
    /// If that was not allowed.
    pub fn take(&mut self, layer: usize) {
        assert!(self.allow(layer), "layer {layer} may lose no more: {self:?}");
        let place = self.place(layer);
        self.to_go[place] -= 1;
        self.there[layer] -= 1;
    }

    /// Where the quota of a layer stands.
    fn place(&self, layer: usize) -> usize {
        if self.to_go.len() == 1 { 0 } else { layer }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How many of each layer can go, always from the first that may.
    fn gone(mut quotas: Quotas) -> Vec<usize> {
        let mut gone = vec![0; quotas.there.len()];
        while let Some(layer) = (0..gone.len()).find(|&layer| quotas.allow(layer)) {
            quotas.take(layer);
            gone[layer] += 1;
        }
        assert!(!quotas.allow_any());
        gone
    }

    #[test]
    fn a_global_share_is_of_all_layers_together_and_each_keeps_its_last() {
        assert_eq!(gone(Quotas::new(&[4, 6], vec![4, 6], &Ratio::Same(0.5), Scope::Global)), [3, 2]);
        assert_eq!(gone(Quotas::new(&[4, 6], vec![4, 6], &Ratio::Same(0.95), Scope::Global)), [3, 5]);
    }

    #[test]
    fn a_share_by_layer_is_of_each_and_a_list_has_one_for_each() {
        assert_eq!(gone(Quotas::new(&[4, 6], vec![4, 6], &Ratio::Same(0.5), Scope::Layer)), [2, 3]);
        assert_eq!(gone(Quotas::new(&[4, 6], vec![4, 6], &Ratio::PerLayer(vec![0.25, 0.5]), Scope::Global)), [1, 3]);
    }

    #[test]
    fn what_is_gone_already_counts() {
        assert_eq!(gone(Quotas::new(&[10, 10], vec![8, 4], &Ratio::Same(0.5), Scope::Layer)), [3, 0]);
        assert_eq!(gone(Quotas::new(&[10, 10], vec![8, 4], &Ratio::Same(0.5), Scope::Global)), [2, 0]);
        assert!(!Quotas::new(&[10], vec![2], &Ratio::Same(0.5), Scope::Layer).allow_any());
    }
}

//! Weights that share few values: a layer as gaps, codes and a code book.
//!
//! In: a layer whose pruned weights are 0, and the [`CodeBits`]. Out: a [`SharedLayer`], and from it the layer again,
//! whose weights have the values of the code book. Code 0 is the weight 0 of the fillers, as in the authors' published
//! decoder for AlexNet; the others are the centroids that k-means found among the weights that are not 0, in ascending
//! order.

use ndarray::{Array1, Array2};

use super::k_means::Clusters;
use super::sparse_index::{entries, places};
use crate::nn::Layer;

/// How many bits a stored weight and a stored gap have before they are Huffman coded; 1 to 8 each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CodeBits {
    /// Bits of a shared weight: there are at most 2^bits − 1 of them beside 0.
    pub weight: u32,
    /// Bits of a gap: it goes over at most 2^bits − 1 zeros.
    pub gap: u32,
}

impl CodeBits {
    /// What the paper used for LeNet-300-100 (its table 2).
    pub const LENET_300_100: Self = Self { weight: 6, gap: 5 };
}

impl Default for CodeBits {
    /// What the paper used for the fully connected layers of LeNet-5 (its table 3).
    fn default() -> Self {
        Self { weight: 5, gap: 5 }
    }
}

/// A sparse layer with shared weights.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct SharedLayer {
    pub(super) outputs: usize,
    pub(super) inputs: usize,
    pub(super) bits: CodeBits,
    /// The gap in front of each entry.
    pub(super) gaps: Vec<u8>,
    /// The code of each entry: 0 for a filler, else the place in the code book, from 1.
    pub(super) codes: Vec<u8>,
    /// The shared weights, ascending.
    pub(super) book: Vec<f32>,
    /// One per output.
    pub(super) bias: Vec<f32>,
}

impl SharedLayer {
    /// The layer with its weights shared. They must be finite.
    pub(super) fn of(layer: &Layer, bits: CodeBits) -> Self {
        let weights: Vec<f32> = layer.weights.iter().copied().collect();
        let entries = entries(&weights, bits.gap);
        let stored = weights.iter().copied().filter(|&weight| weight != 0.0);
        let clusters = Clusters::of(stored, (1 << bits.weight) - 1);
        let code = |weight: f32| if weight == 0.0 { 0 } else { clusters.cluster(weight) as u8 + 1 };
        Self {
            outputs: layer.outputs(),
            inputs: layer.inputs(),
            bits,
            gaps: entries.iter().map(|entry| entry.gap).collect(),
            codes: entries.iter().map(|entry| code(entry.weight)).collect(),
            book: clusters.centroids,
            bias: layer.bias.to_vec(),
        }
    }

    /// The layer with the weights of the code book, without moments and mask; none where an entry lies outside of it,
    /// or has a code that is not in the book.
    pub(super) fn to_layer(&self) -> Option<Layer> {
        let mut weights = vec![0.0; self.outputs.checked_mul(self.inputs)?];
        for (place, &code) in places(&self.gaps).zip(&self.codes) {
            let weight = match code {
                0 => 0.0,
                code => *self.book.get(usize::from(code) - 1)?,
            };
            *weights.get_mut(place)? = weight;
        }
        let weights = Array2::from_shape_vec((self.outputs, self.inputs), weights).ok()?;
        Some(Layer::new(weights, Array1::from_vec(self.bias.clone())))
    }
}

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::*;

    #[test]
    fn four_weights_share_two_values() {
        let layer = Layer::new(array![[0.0, 1.0, 0.0], [-2.0, 2.0, -3.0]], array![0.1, 0.2]);
        let shared = SharedLayer::of(&layer, CodeBits { weight: 1, gap: 5 });
        assert_eq!((shared.book, shared.codes), (vec![-0.5], vec![1; 4]), "one bit: 0 and one more");
        let shared = SharedLayer::of(&layer, CodeBits { weight: 2, gap: 1 });
        assert_eq!(shared.book, [-2.5, 1.5], "from −3, −0.5 and 2, where −0.5 attracts nothing");
        assert_eq!((&shared.gaps, &shared.codes), (&vec![1, 1, 0, 0], &vec![2, 1, 2, 1]));
        assert_eq!(shared.to_layer().unwrap().weights, array![[0.0, 1.5, 0.0], [-2.5, 1.5, -2.5]]);
        assert_eq!(shared.to_layer().unwrap().bias, layer.bias);
    }

    #[test]
    fn a_filler_has_the_code_of_zero_and_leaves_no_trace() {
        let layer = Layer::new(array![[0.5, 0.0, 0.0, 0.0, 0.0, -0.5]], array![0.0]);
        let shared = SharedLayer::of(&layer, CodeBits { weight: 2, gap: 1 });
        assert_eq!((&shared.gaps, &shared.codes), (&vec![0, 1, 1, 0], &vec![2, 0, 0, 1]));
        assert_eq!(shared.to_layer().unwrap(), layer);
    }

    #[test]
    fn entries_outside_of_the_layer_or_the_book_give_none() {
        let layer = Layer::new(array![[0.5, 0.0, -0.5]], array![0.0]);
        let shared = SharedLayer::of(&layer, CodeBits::default());
        assert!(SharedLayer { gaps: vec![0, 2], ..shared.clone() }.to_layer().is_none());
        assert!(SharedLayer { codes: vec![1, 3], ..shared }.to_layer().is_none());
    }
}

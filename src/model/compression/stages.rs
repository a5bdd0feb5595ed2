//! The bytes that a network takes after each stage of Deep Compression.
//!
//! In: a network, and the bits of a code. Out: a [`Compression`], layer by layer.

use thiserror::Error;

use super::encoding::{HEADER_BYTES, count, encode};
use super::huffman::{Code, entropy};
use super::shared_weights::{CodeBits, SharedLayer};
use crate::nn::{Layer, Network};

/// Bytes of an f32.
const FLOAT: usize = size_of::<f32>();

/// Why a network cannot be compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[expect(missing_docs, reason = "the messages name every field")]
pub enum CompressionError {
    #[error("a {what} must have 1 to 8 bits, found {found}")]
    Bits { what: &'static str, found: u32 },
    #[error("layer {layer} has a weight that is not finite")]
    NotFinite { layer: usize },
}

/// What a network takes when it is stored.
#[derive(Debug, Clone, PartialEq)]
pub struct Compression {
    /// By layer, from the inputs to the outputs.
    pub layers: Vec<LayerCompression>,
    /// The network with shared weights, as the last two stages store it; without moments and masks.
    pub quantized: Network,
    /// The last stage itself; [`decode`](super::decode) makes the layers of `quantized` from it, but for γ and β of layer norm.
    pub file: Vec<u8>,
}

impl Compression {
    /// Bytes of all layers.
    pub fn bytes(&self) -> StageBytes {
        let sum = |stage: fn(&StageBytes) -> usize| self.layers.iter().map(|layer| stage(&layer.bytes)).sum();
        StageBytes {
            dense: sum(|bytes| bytes.dense),
            pruned: sum(|bytes| bytes.pruned),
            quantized: sum(|bytes| bytes.quantized),
            coded: sum(|bytes| bytes.coded),
        }
    }
}

/// What a layer takes when it is stored.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LayerCompression {
    /// The bytes after each stage.
    pub bytes: StageBytes,
    /// Weights that are not 0.
    pub nonzero_weights: usize,
    /// Stored entries that are 0, because the gap in front of a weight was too wide.
    pub fillers: usize,
    /// Different values that the weights share.
    pub shared_weights: usize,
    /// The codes of the weights, fillers included.
    pub weights: StreamCompression,
    /// The gaps.
    pub gaps: StreamCompression,
}

/// Bytes after each stage, the biases included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StageBytes {
    /// Every weight as f32.
    pub dense: usize,
    /// Weights that are not 0 as f32, with gaps. More than dense where little was pruned.
    pub pruned: usize,
    /// Shared weights, with gaps and the code book.
    pub quantized: usize,
    /// Both Huffman coded, with the code book and the tables of the codes.
    pub coded: usize,
}

/// Symbols in a Huffman code.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct StreamCompression {
    /// Their entropy, in bits per symbol; 0 where there are none.
    pub entropy: f64,
    /// The mean length of their codes, in bits per symbol; 0 where there are none.
    pub mean_bits: f64,
}

impl StreamCompression {
    fn of(symbols: &[u8], bits: u32) -> Self {
        let counts = count(symbols, bits);
        let mean_bits = Code::of(&counts).bits(&counts) as f64 / symbols.len().max(1) as f64;
        Self { entropy: entropy(&counts), mean_bits }
    }
}

/// Measures what `network` takes when it is stored.
///
/// # Errors
/// If a code shall have less than 1 or more than 8 bits, or a weight is not finite.
pub fn compress(network: &Network, bits: CodeBits) -> Result<Compression, CompressionError> {
    for (what, found) in [("weight", bits.weight), ("gap", bits.gap)] {
        if !(1..=8).contains(&found) {
            return Err(CompressionError::Bits { what, found });
        }
    }
    if let Some(layer) = network.layers.iter().position(|layer| layer.weights.iter().any(|weight| !weight.is_finite()))
    {
        return Err(CompressionError::NotFinite { layer });
    }
    let (mut layers, mut quantized, mut file) = (Vec::new(), Vec::new(), Vec::new());
    for layer in &network.layers {
        let shared = SharedLayer::of(layer, bits);
        let coded = encode(&shared);
        layers.push(measure(layer, &shared, coded.len()));
        let mut shared = shared.to_layer().expect("the entries are those of the layer");
        shared.norm.clone_from(&layer.norm);
        quantized.push(shared);
        file.extend(coded);
    }
    Ok(Compression { layers, quantized: Network::new(quantized, network.activation), file })
}

fn measure(layer: &Layer, shared: &SharedLayer, coded: usize) -> LayerCompression {
    let entries = shared.codes.len();
    let fillers = shared.codes.iter().filter(|&&code| code == 0).count();
    // With γ and β of layer norm, which share no values and stand beside the codes.
    let norm = FLOAT * layer.parts().skip(2).map(<[f32]>::len).sum::<usize>();
    let biases = FLOAT * layer.bias.len() + norm;
    let stream = |bits: u32| (entries * bits as usize).div_ceil(8);
    let indexed = HEADER_BYTES + biases + stream(shared.bits.gap);
    LayerCompression {
        bytes: StageBytes {
            dense: FLOAT * layer.weights.len() + biases,
            pruned: indexed + FLOAT * entries,
            quantized: indexed + stream(shared.bits.weight) + FLOAT * shared.book.len(),
            coded: coded + norm,
        },
        nonzero_weights: entries - fillers,
        fillers,
        shared_weights: shared.book.len(),
        weights: StreamCompression::of(&shared.codes, shared.bits.weight),
        gaps: StreamCompression::of(&shared.gaps, shared.bits.gap),
    }
}

#[cfg(test)]
mod tests {
    use ndarray::{Array1, Array2, array};
    use proptest::prelude::*;

    use super::super::decode;
    use super::*;
    use crate::nn::Activation;

    /// A layer of 8 × 50 weights, of which every 40th is left: 0.5, −0.5, 0.25, 0.5, ...
    fn sparse_layer() -> Layer {
        let values = [0.5, -0.5, 0.25];
        let weight = |place: usize| if place.is_multiple_of(40) { values[place / 40 % 3] } else { 0.0 };
        Layer::new(Array2::from_shape_fn((8, 50), |(row, column)| weight(50 * row + column)), Array1::zeros(8))
    }

    #[test]
    fn each_stage_takes_the_bytes_that_its_parts_take() {
        let network = Network::new(vec![sparse_layer()], Activation::Relu);
        let found = compress(&network, CodeBits { weight: 2, gap: 5 }).unwrap();
        let layer = found.layers[0];
        // 39 zeros in a row are more than 31: a filler for each of the ten weights but the first.
        assert_eq!((layer.nonzero_weights, layer.fillers, layer.shared_weights), (10, 9, 3));
        let (header, biases) = (15, 8 * 4);
        let (gaps, weights, book) = ((19 * 5_usize).div_ceil(8), (19 * 2_usize).div_ceil(8), 3 * 4);
        // Gaps: 0 once, 31 and 7 nine times each; codes: 0 nine times, 3 four, 1 and 2 three times each.
        let (gap_bits, weight_bits) = (2 + 9 + 2 * 9_usize, 9 + 2 * 4 + 3 * 3 + 3 * 3_usize);
        let (gap_table, weight_table) = ((32 * 6_usize) / 8, (4 * 6_usize) / 8);
        assert_eq!(
            layer.bytes,
            StageBytes {
                dense: 400 * 4 + biases,
                pruned: header + gaps + 19 * 4 + biases,
                quantized: header + gaps + weights + book + biases,
                coded: header
                    + book
                    + gap_table
                    + gap_bits.div_ceil(8)
                    + weight_table
                    + weight_bits.div_ceil(8)
                    + biases,
            }
        );
        assert_eq!(
            (layer.gaps.mean_bits, layer.weights.mean_bits),
            (gap_bits as f64 / 19.0, weight_bits as f64 / 19.0)
        );
        assert_eq!(found.bytes(), layer.bytes);
        assert_eq!(found.bytes().coded, found.file.len());
    }

    #[test]
    fn weights_of_few_values_lose_nothing() {
        let network = Network::new(vec![sparse_layer()], Activation::Tanh);
        let found = compress(&network, CodeBits { weight: 2, gap: 5 }).unwrap();
        assert_eq!(found.quantized, network);
    }

    #[test]
    fn a_network_where_nothing_was_pruned_needs_no_bits_for_gaps() {
        let layer =
            Layer::new(Array2::from_shape_fn((9, 9), |(row, column)| (1 + row + column) as f32), Array1::zeros(9));
        let found = compress(&Network::new(vec![layer], Activation::Relu), CodeBits::default()).unwrap();
        assert_eq!(found.layers[0].gaps, StreamCompression { entropy: 0.0, mean_bits: 0.0 });
        assert!(found.bytes().pruned > found.bytes().dense, "an index costs, where nothing was pruned");
    }

    #[test]
    fn a_layer_of_zeros_is_stored_too() {
        let layer = Layer::new(Array2::zeros((2, 3)), array![1.0, 2.0]);
        let network = Network::new(vec![layer.clone()], Activation::Relu);
        let found = compress(&network, CodeBits::default()).unwrap();
        assert_eq!((found.layers[0].shared_weights, found.layers[0].weights.mean_bits), (0, 0.0));
        assert_eq!(decode(&found.file), Ok(vec![layer]));
    }

    #[test]
    fn weights_that_are_not_finite_and_codes_without_bits_are_refused() {
        let layer = |weight| Layer::new(array![[weight]], array![0.0]);
        let network = Network::new(vec![layer(1.0), layer(f32::NAN)], Activation::Relu);
        assert_eq!(compress(&network, CodeBits::default()), Err(CompressionError::NotFinite { layer: 1 }));
        let bits = CodeBits { weight: 0, gap: 5 };
        assert_eq!(compress(&network, bits), Err(CompressionError::Bits { what: "weight", found: 0 }));
        let bits = CodeBits { weight: 5, gap: 9 };
        assert_eq!(compress(&network, bits), Err(CompressionError::Bits { what: "gap", found: 9 }));
    }

    proptest! {
        #[test]
        fn the_file_is_the_quantized_network_and_its_streams_are_near_their_entropy(
            weights in prop::collection::vec(prop_oneof![4 => Just(0.0_f32), 1 => -1.0_f32..1.0], 60 * 7),
            weight in 1u32..=8, gap in 1u32..=8,
        ) {
            let (first, second) = weights.split_at(60 * 5);
            let layer = |outputs: usize, inputs: usize, weights: &[f32]| {
                let weights = Array2::from_shape_vec((outputs, inputs), weights.to_vec()).unwrap();
                Layer::new(weights, Array1::from_elem(outputs, 0.5))
            };
            let network = Network::new(vec![layer(5, 60, first), layer(24, 5, second)], Activation::Relu);
            let found = compress(&network, CodeBits { weight, gap }).unwrap();
            prop_assert_eq!(decode(&found.file).unwrap(), found.quantized.layers.clone());
            prop_assert_eq!(found.bytes().coded, found.file.len());
            prop_assert_eq!(found.quantized.nonzero_weights(), network.nonzero_weights());
            for layer in &found.layers {
                for stream in [layer.weights, layer.gaps] {
                    prop_assert!(stream.entropy - 1e-9 <= stream.mean_bits);
                    prop_assert!(stream.mean_bits < stream.entropy + 1.0);
                }
            }
            let again = compress(&network, CodeBits { weight, gap }).unwrap();
            prop_assert_eq!(again, found);
        }
    }
}

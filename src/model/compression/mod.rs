//! Deep Compression: how few bytes would a pruned network take?
//!
//! In: a network, whose pruned weights are exactly 0, and the [`CodeBits`] of a stored weight and a stored gap. Out: a
//! [`Compression`], the bytes after each stage, the network with shared weights (for its accuracy), and the file
//! itself, which [`decode`] turns back into layers. Nothing trains here: the shared weights are not tuned after they
//! were found, as the paper does.
//!
//! | stage | what is stored of a layer | file |
//! | --- | --- | --- |
//! | dense | every weight as f32 | |
//! | pruned | of each weight that is not 0 the gap in front of it, and its f32 | `sparse_index` |
//! | quantized | the gap, and the place in a code book of weights that k-means found | `shared_weights`, `k_means` |
//! | coded | both in Huffman codes | `encoding`, `huffman`, `bit_stream` |
//!
//! Biases are f32 in every stage. The stages behind the first count the header of each layer too.
//!
//! Source: Han, Mao and Dally, Deep compression: compressing deep neural networks with pruning, trained quantization
//! and Huffman coding, ICLR 2016.

mod bit_stream;
mod encoding;
mod huffman;
mod k_means;
mod shared_weights;
mod sparse_index;
mod stages;

pub use encoding::{DecodeError, decode};
pub use shared_weights::CodeBits;
pub use stages::{Compression, CompressionError, LayerCompression, StageBytes, StreamCompression, compress};

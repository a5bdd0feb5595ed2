//! Networks in files: safetensors with the names and layout of PyTorch's `nn.Sequential`.
//!
//! In: a network, or several that vote, and what one has to know to use it. Out: the bytes of a file that `load_state_dict`
//! takes: `0.weight` [outputs, inputs], `0.bias`, `2.weight`, ... (the odd places are the activations, which have no weights).
//! With a `LayerNorm` behind each hidden layer: `0.weight`, `0.bias`, `1.weight`, `1.bias`, `3.weight`, ... Batch norm is in the
//! weights and biases. Everything else stands as JSON under the metadata key `overfit`: a [`Description`].
//!
//! And back: [`read_model`] takes such a file, whoever wrote it, and a [`Predictor`] applies it to rows.
//!
//! [`compression`] measures in how few bytes a pruned network could be kept.

pub mod compression;
mod description;
mod predict;
mod read;
mod write;

pub use description::{Description, Normalization};
pub use predict::Predictor;
pub use read::{ModelError, SavedModel, read_model};
pub use write::to_safetensors;

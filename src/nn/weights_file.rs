//! Weights from a safetensors file with the names of PyTorch's `nn.Sequential`.
//!
//! In: a path and the shapes that are wanted. Out: layers. The names are those of a `Sequential` of `Linear` layers with
//! activations between them: `0.weight` [outputs, inputs], `0.bias`, `2.weight`, `2.bias`, ...

use std::path::{Path, PathBuf};

use ndarray::{Array1, Array2};
use safetensors::{Dtype, SafeTensors};
use thiserror::Error;

use super::Layer;

/// Why weights could not be taken from a file.
#[derive(Debug, Error)]
#[expect(missing_docs, reason = "the messages name every field")]
pub enum WeightsFileError {
    #[error("cannot read {path}: {source}")]
    Read { path: PathBuf, source: std::io::Error },
    #[error("{path} is not a safetensors file: {source}")]
    Format { path: PathBuf, source: safetensors::SafeTensorError },
    #[error("{path} has no tensor {name}, found {found}")]
    Missing { path: PathBuf, name: String, found: String },
    #[error("{path}: tensor {name} must be of type F32, found {found:?}")]
    Type { path: PathBuf, name: String, found: Dtype },
    #[error("{path}: tensor {name} must have the shape {wanted:?} of the network, found {found:?}")]
    Shape { path: PathBuf, name: String, wanted: Vec<usize>, found: Vec<usize> },
    #[error("{path}: tensor {name} has a value that is not finite")]
    NotFinite { path: PathBuf, name: String },
}

/// Reads layers of these shapes (outputs, inputs).
pub(super) fn read_layers(path: &Path, shapes: &[(usize, usize)]) -> Result<Vec<Layer>, WeightsFileError> {
    let bytes = std::fs::read(path).map_err(|source| WeightsFileError::Read { path: path.into(), source })?;
    let tensors =
        SafeTensors::deserialize(&bytes).map_err(|source| WeightsFileError::Format { path: path.into(), source })?;
    let mut layers = Vec::with_capacity(shapes.len());
    for (index, &(outputs, inputs)) in shapes.iter().enumerate() {
        let weights = read_tensor(path, &tensors, &format!("{}.weight", 2 * index), &[outputs, inputs])?;
        let bias = read_tensor(path, &tensors, &format!("{}.bias", 2 * index), &[outputs])?;
        let weights = Array2::from_shape_vec((outputs, inputs), weights).expect("the shape was compared");
        layers.push(Layer::new(weights, Array1::from_vec(bias)));
    }
    Ok(layers)
}

fn read_tensor(
    path: &Path,
    tensors: &SafeTensors<'_>,
    name: &str,
    wanted: &[usize],
) -> Result<Vec<f32>, WeightsFileError> {
    let tensor = tensors.tensor(name).map_err(|_| {
        let mut names: Vec<&str> = tensors.names();
        names.sort_unstable();
        WeightsFileError::Missing { path: path.into(), name: name.into(), found: names.join(", ") }
    })?;
    if tensor.dtype() != Dtype::F32 {
        return Err(WeightsFileError::Type { path: path.into(), name: name.into(), found: tensor.dtype() });
    }
    if tensor.shape() != wanted {
        return Err(WeightsFileError::Shape {
            path: path.into(),
            name: name.into(),
            wanted: wanted.into(),
            found: tensor.shape().into(),
        });
    }
    let values: Vec<f32> = tensor
        .data()
        .chunks_exact(4)
        .map(|bytes| f32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]))
        .collect();
    if values.iter().all(|value| value.is_finite()) {
        Ok(values)
    } else {
        Err(WeightsFileError::NotFinite { path: path.into(), name: name.into() })
    }
}

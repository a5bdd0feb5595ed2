//! Weights from a safetensors file with the names of PyTorch's `nn.Sequential`.
//!
//! In: a path and the shapes that are wanted. Out: layers. The names are those of a `Sequential` of `Linear` layers with
//! activations between them: `0.weight` [outputs, inputs], `0.bias`, `2.weight`, `2.bias`, ... With a `LayerNorm` or
//! `BatchNorm1d` behind each hidden layer: `0.weight`, `0.bias`, `1.weight`, `1.bias`, (`1.running_mean`, `1.running_var`,)
//! `3.weight`, ...

use std::path::{Path, PathBuf};

use ndarray::{Array1, Array2};
use safetensors::{Dtype, SafeTensors};
use thiserror::Error;

use super::{Activation, Layer, Network, Norm, NormKind};

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
    let hidden = shapes.len() - 1;
    // Behind the first layer stands its activation, which has no tensors, or what normalises it.
    let is_normalized = hidden > 0 && tensors.tensor("1.weight").is_ok();
    let apart = if is_normalized { 3 } else { 2 };
    let mut layers = Vec::with_capacity(shapes.len());
    for (index, &(outputs, inputs)) in shapes.iter().enumerate() {
        let place = apart * index;
        let weights = read_tensor(path, &tensors, &format!("{place}.weight"), &[outputs, inputs])?;
        let bias = read_tensor(path, &tensors, &format!("{place}.bias"), &[outputs])?;
        let weights = Array2::from_shape_vec((outputs, inputs), weights).expect("the shape was compared");
        let mut layer = Layer::new(weights, Array1::from_vec(bias));
        if is_normalized && index < hidden {
            layer.norm = Some(read_norm(path, &tensors, place + 1, outputs)?);
        }
        layers.push(layer);
    }
    Ok(layers)
}

/// Reads the network whose names begin with `prefix`, of whatever shapes it has; with layer norm of that kind behind each hidden
/// layer where `norm` says so.
///
/// # Errors
/// If there is none, or its layers do not follow from each other.
pub fn read_network(
    path: &Path,
    tensors: &SafeTensors<'_>,
    prefix: &str,
    activation: Activation,
    norm: Option<NormKind>,
) -> Result<Network, WeightsFileError> {
    let apart = if norm.is_some() { 3 } else { 2 };
    let shape_at =
        |place: usize| tensors.tensor(&format!("{prefix}{place}.weight")).ok().map(|view| view.shape().to_vec());
    let mut layers: Vec<Layer> = Vec::new();
    loop {
        let place = apart * layers.len();
        let name = format!("{prefix}{place}.weight");
        let found = shape_at(place).unwrap_or_default();
        // A layer takes what the one before it gives.
        let inputs = layers.last().map(Layer::outputs).or(found.get(1).copied()).unwrap_or(1).max(1);
        let outputs = found.first().copied().unwrap_or(1).max(1);
        let weights = read_tensor(path, tensors, &name, &[outputs, inputs])?;
        let bias = read_tensor(path, tensors, &format!("{prefix}{place}.bias"), &[outputs])?;
        let weights = Array2::from_shape_vec((outputs, inputs), weights).expect("the shape was compared");
        let mut layer = Layer::new(weights, Array1::from_vec(bias));
        let is_last = shape_at(place + apart).is_none();
        if let (Some(kind), false) = (norm, is_last) {
            let read = |name| read_tensor(path, tensors, &format!("{prefix}{}.{name}", place + 1), &[outputs]);
            let mut norm = Norm::new(kind, outputs);
            (norm.gain, norm.shift) = (Array1::from_vec(read("weight")?), Array1::from_vec(read("bias")?));
            layer.norm = Some(norm);
        }
        layers.push(layer);
        if is_last {
            return Ok(Network::new(layers, activation));
        }
    }
}

/// The normalisation at this place: batch norm if it has running figures. Constants are not in a file; they are PyTorch's.
fn read_norm(path: &Path, tensors: &SafeTensors<'_>, place: usize, units: usize) -> Result<Norm, WeightsFileError> {
    let read = |name: &str| read_tensor(path, tensors, &format!("{place}.{name}"), &[units]).map(Array1::from_vec);
    let is_batch = tensors.tensor(&format!("{place}.running_mean")).is_ok();
    let epsilon = 1e-5;
    let kind = if is_batch { NormKind::BatchNorm { momentum: 0.1, epsilon } } else { NormKind::LayerNorm { epsilon } };
    let mut norm = Norm::new(kind, units);
    (norm.gain, norm.shift) = (read("weight")?, read("bias")?);
    if is_batch {
        (norm.running_mean, norm.running_variance) = (read("running_mean")?, read("running_var")?);
    }
    Ok(norm)
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

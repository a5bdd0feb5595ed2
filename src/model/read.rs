//! A network out of a file, whoever wrote it.
//!
//! In: a path. Out: a [`SavedModel`] of which everything was checked: that all tensors of the network are there and no other,
//! that they follow from each other, and that they are finite and fit the metadata. No more is read of a file than its
//! beginning before it is known to be one of ours.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use safetensors::SafeTensors;
use serde::Deserialize;
use thiserror::Error;

use super::description::{Description, KEY, Normalization, Note};
use crate::data::{Preprocessing, Task};
use crate::nn::{Ensemble, Network, NormKind, WeightsFileError, read_network};

/// A network, or several that vote, out of a file.
#[derive(Debug)]
pub struct SavedModel {
    /// The network.
    pub ensemble: Ensemble,
    /// How it is to be used.
    pub description: Description,
    /// Where it predicts otherwise than its trial did: how.
    pub inference: Option<String>,
}

/// Why a network could not be taken from a file.
#[derive(Debug, Error)]
#[expect(missing_docs, reason = "the messages name every field")]
pub enum ModelError {
    #[error("cannot read {}: {source}", path.display())]
    Read { path: PathBuf, source: io::Error },
    #[error("{} is a folder, a model is a file: models/TRIAL.safetensors in a folder of results (save.models = \"final\"), where \
             TRIAL stands in trials.csv", path.display())]
    Folder { path: PathBuf },
    #[error("{} is not a safetensors file: {reason}", path.display())]
    Format { path: PathBuf, reason: String },
    #[error("{} has no metadata {KEY:?}: it is no model that this program has saved", path.display())]
    Foreign { path: PathBuf },
    #[error("{}: its metadata {KEY:?} cannot be used: {reason} (saved by another version? `overfit run --fresh` saves it anew)", path.display())]
    Metadata { path: PathBuf, reason: String },
    #[error(transparent)]
    Weights(#[from] WeightsFileError),
    #[error("{}: {reason}", path.display())]
    Shape { path: PathBuf, reason: String },
}

/// Bytes of the length that a file begins with.
const LENGTH: usize = 8;
/// Bytes of a header; that of a network of ten thousand columns is smaller.
const MOST_HEADER: u64 = 64 << 20;

/// Reads a network.
///
/// # Errors
/// Whatever is wrong with the file.
pub fn read_model(path: &Path) -> Result<SavedModel, ModelError> {
    let failed = |source| ModelError::Read { path: path.to_owned(), source };
    if path.is_dir() {
        return Err(ModelError::Folder { path: path.to_owned() });
    }
    let mut file = File::open(path).map_err(failed)?;
    let mut bytes = header(path, &mut file)?;
    let note = note(path, &bytes)?;
    file.read_to_end(&mut bytes).map_err(failed)?;
    let format =
        |error: safetensors::SafeTensorError| ModelError::Format { path: path.to_owned(), reason: error.to_string() };
    let tensors = SafeTensors::deserialize(&bytes).map_err(format)?;
    let description = note.description.into_owned();
    let ensemble = ensemble(path, &tensors, &description)?;
    let model = SavedModel { ensemble, description, inference: note.inference };
    match model.objection(tensors.len()) {
        None => Ok(model),
        Some(reason) => Err(ModelError::Shape { path: path.to_owned(), reason }),
    }
}

/// The length of the header, and the header.
fn header(path: &Path, file: &mut File) -> Result<Vec<u8>, ModelError> {
    let failed = |source| ModelError::Read { path: path.to_owned(), source };
    let refuse = |reason: String| Err(ModelError::Format { path: path.to_owned(), reason });
    let mut bytes = Vec::new();
    file.take(LENGTH as u64).read_to_end(&mut bytes).map_err(failed)?;
    let Ok(length) = <[u8; LENGTH]>::try_from(bytes.as_slice()) else {
        return refuse(format!("it has {} bytes", bytes.len()));
    };
    if length.iter().all(|byte| matches!(byte, b' '..=b'~' | b'\t' | b'\r' | b'\n')) {
        return refuse("it begins as text: is it the data? (the model is named first, then the data)".to_owned());
    }
    let length = u64::from_le_bytes(length);
    if length > MOST_HEADER {
        return refuse(format!("its header would be longer than {} MiB", MOST_HEADER >> 20));
    }
    file.take(length).read_to_end(&mut bytes).map_err(failed)?;
    if bytes.len() as u64 != LENGTH as u64 + length {
        return refuse("it ends within its header".to_owned());
    }
    Ok(bytes)
}

/// What of a header is looked at before the rest of the file is read.
#[derive(Deserialize)]
struct Header {
    #[serde(rename = "__metadata__")]
    metadata: Option<BTreeMap<String, String>>,
}

/// What stands in the metadata.
fn note(path: &Path, header: &[u8]) -> Result<Note<'static>, ModelError> {
    let header: Header = serde_json::from_slice(&header[LENGTH..])
        .map_err(|error| ModelError::Format { path: path.to_owned(), reason: format!("its header: {error}") })?;
    let text = header.metadata.as_ref().and_then(|metadata| metadata.get(KEY));
    let text = text.ok_or_else(|| ModelError::Foreign { path: path.to_owned() })?;
    let unusable = |reason: String| ModelError::Metadata { path: path.to_owned(), reason };
    let note: Note<'_> = serde_json::from_str(text).map_err(|error| unusable(error.to_string()))?;
    match objection(&note.description) {
        None => Ok(Note { description: Cow::Owned(note.description.into_owned()), inference: note.inference }),
        Some(reason) => Err(unusable(reason)),
    }
}

/// What in a description cannot be.
fn objection(description: &Description) -> Option<String> {
    let Description { task, loss, classes, members, norm, preprocessing, .. } = description;
    if loss.task() != *task {
        return Some(format!("the loss of a {} is another", task.name()));
    }
    if (classes.len() < 2) != (*task == Task::Regression) || (!classes.is_empty() && *task == Task::Regression) {
        return Some(format!("a {} with {} classes", task.name(), classes.len()));
    }
    if *members == Some(0) {
        return Some("it has no network".to_owned());
    }
    let is_epsilon = |epsilon: f64| epsilon.is_finite() && epsilon >= 0.0;
    match norm {
        Some(Normalization { kind: NormKind::BatchNorm { .. }, folded: false }) => {
            return Some("batch norm is not folded into its weights".to_owned());
        }
        Some(Normalization { kind: NormKind::LayerNorm { epsilon }, .. }) if !is_epsilon(*epsilon) => {
            return Some(format!("layer norm has the epsilon {epsilon}"));
        }
        _ => {}
    }
    Preprocessing::objection(preprocessing)
}

/// The networks of a file.
fn ensemble(path: &Path, tensors: &SafeTensors<'_>, description: &Description) -> Result<Ensemble, ModelError> {
    let norm = description.norm.filter(|norm| !norm.folded).map(|norm| norm.kind);
    let read = |prefix: &str| read_network(path, tensors, prefix, description.activation, norm);
    let members = match description.members {
        None => vec![read("")?],
        // More than there are end with the first that is not there.
        Some(members) => (0..members).map(|member| read(&format!("{member}."))).collect::<Result<_, _>>()?,
    };
    Ok(Ensemble { members })
}

impl SavedModel {
    /// What of the networks does not fit the description, or the number of tensors in the file.
    fn objection(&self, tensors: usize) -> Option<String> {
        let outputs = self.description.classes.len().max(1);
        let inputs = self.description.preprocessing.inputs();
        for network in &self.ensemble.members {
            if network.inputs() != inputs {
                return Some(format!("its network has {} inputs, its columns make {inputs}", network.inputs()));
            }
            if network.outputs() != outputs {
                return Some(format!("its network has {} outputs, {outputs} wanted", network.outputs()));
            }
        }
        let of_network = |network: &Network| network.layers.iter().map(|layer| layer.parts().count()).sum::<usize>();
        let used: usize = self.ensemble.members.iter().map(of_network).sum();
        (used != tensors).then(|| format!("it has {tensors} tensors, {used} of which are its network's"))
    }
}

//! The identity of a trial: data content and whatever else changes its numbers.
//!
//! In: resolved settings, the content of the files that they name, seed and fold. Out: a [`TrialId`]. Names, the baseline,
//! the list of seeds and what is saved are no part of it, nor are remedies that are off; numbers count by value, not by
//! how they are written.

use std::collections::BTreeMap;
use std::fmt;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use serde_json::Value;
use sha2::{Digest, Sha256};
use thiserror::Error;

use crate::data::{self, DataSettings};

use super::{Cell, Experiment};

/// The version of what settings mean. It counts up whenever the same settings give other numbers, so that stored trials
/// of an earlier version are run again.
pub const SEMANTICS: u32 = 2;

/// The identity of a cell's settings, without the content of files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Fingerprint([u8; 32]);

/// The identity of a trial: 80 bits, shown as 20 hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TrialId([u8; 10]);

/// The training of one network.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Trial {
    /// The index of its cell.
    pub cell: usize,
    /// The seed.
    pub seed: u64,
    /// The fold, counted over all repeats; 0 for a hold-out.
    pub fold: u32,
    /// Its identity.
    pub id: TrialId,
}

/// What identities depend on beside settings, seed and fold: the content of the files that an experiment reads, as SHA-256
/// in hexadecimal, and the version of what settings mean.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contents {
    semantics: u32,
    /// By the path of the data and of the separate test data.
    datasets: BTreeMap<(PathBuf, Option<PathBuf>), String>,
    /// By the path of initial weights.
    weights: BTreeMap<PathBuf, String>,
}

/// A file whose content cannot be read.
#[derive(Debug, Error)]
#[error("model.init.file: cannot read {}: {source}", path.display())]
pub struct ContentError {
    path: PathBuf,
    source: std::io::Error,
}

impl Default for Contents {
    /// Of no file, and this version.
    fn default() -> Self {
        Self::of_version(SEMANTICS)
    }
}

impl Contents {
    /// Of no file, and another version's meaning of settings.
    pub(super) fn of_version(semantics: u32) -> Self {
        Self { semantics, datasets: BTreeMap::new(), weights: BTreeMap::new() }
    }

    /// The version of what settings mean.
    pub fn semantics(&self) -> u32 {
        self.semantics
    }

    /// The hash of every data set.
    pub fn data_hashes(&self) -> Vec<&str> {
        self.datasets.values().map(String::as_str).collect()
    }

    /// Notes the hash of a data set.
    pub fn add_dataset(&mut self, settings: &DataSettings, hash: &str) {
        self.datasets.insert((settings.path.clone(), settings.test_path.clone()), hash.to_owned());
    }

    /// Reads every file of initial weights that the experiment names.
    ///
    /// # Errors
    /// The first file that cannot be read.
    pub fn add_weights(&mut self, experiment: &Experiment) -> Result<(), ContentError> {
        for cell in &experiment.cells {
            if let (_, _, Some(path)) = cell.settings.files()
                && !self.weights.contains_key(path)
            {
                let hash = hash_file(path).map_err(|source| ContentError { path: path.to_owned(), source })?;
                self.weights.insert(path.to_owned(), hash);
            }
        }
        Ok(())
    }

    /// Notes the hash of a file of initial weights.
    pub(super) fn note_weights(&mut self, path: &Path, hash: &str) {
        self.weights.insert(path.to_owned(), hash.to_owned());
    }

    /// The hash of each file of initial weights, by its path.
    pub(super) fn weights(&self) -> impl Iterator<Item = (&Path, &str)> {
        self.weights.iter().map(|(path, hash)| (path.as_path(), hash.as_str()))
    }

    /// The hash of each data set, by its paths.
    pub(super) fn datasets(&self) -> impl Iterator<Item = (&Path, Option<&Path>, &str)> {
        self.datasets.iter().map(|((path, test), hash)| (path.as_path(), test.as_deref(), hash.as_str()))
    }

    /// # Panics
    /// If the content of a file that the cell names was not added.
    fn of(&self, cell: &Cell) -> (&str, Option<&str>) {
        let (path, test, weights) = cell.settings.files();
        let key = (path.to_owned(), test.map(Path::to_owned));
        let data = self.datasets.get(&key).unwrap_or_else(|| panic!("the hash of {} was not added", path.display()));
        let weights = weights.map(|path| {
            self.weights.get(path).unwrap_or_else(|| panic!("the hash of {} was not added", path.display())).as_str()
        });
        (data, weights)
    }
}

impl Experiment {
    /// How many trials there are: one for each cell, seed and fold.
    pub fn trial_count(&self) -> usize {
        self.cells.iter().map(|cell| self.seeds.len() * data::folds(&cell.settings.data) as usize).sum()
    }

    /// Every trial, made as it is asked for: cell by cell, seed by seed, fold by fold.
    ///
    /// # Panics
    /// If `contents` lack a file that the experiment names.
    pub fn trials(&self, contents: &Contents) -> impl Iterator<Item = Trial> {
        self.cells.iter().enumerate().flat_map(move |(index, cell)| {
            let (data, weights) = contents.of(cell);
            let (data, weights) = (data.to_owned(), weights.map(str::to_owned));
            let folds = data::folds(&cell.settings.data);
            self.seeds.iter().flat_map(move |&seed| (0..folds).map(move |fold| (seed, fold))).map(
                move |(seed, fold)| {
                    let id = TrialId::of(contents.semantics, cell.fingerprint, &data, weights.as_deref(), seed, fold);
                    Trial { cell: index, seed, fold, id }
                },
            )
        })
    }
}

impl Fingerprint {
    /// Of resolved settings in which only remedies that are on are left.
    pub(super) fn of(mut settings: Value) -> Self {
        let moves_images = settings["remedies"].get("image").is_some();
        // The content of a file counts, not its name.
        if let Some(data) = settings["data"].as_object_mut() {
            data.remove("path");
            data.remove("test_path");
            // What an image is matters to those who move it.
            if !moves_images {
                data.remove("image");
            }
            // Nor do copies matter where nobody asks for them.
            if let Some(split) = data.get_mut("split").and_then(Value::as_object_mut)
                && split.get("group_duplicates") == Some(&Value::Bool(false))
            {
                split.remove("group_duplicates");
            }
        }
        if let Some(file) = settings["model"]["init"].get_mut("file") {
            *file = Value::Null;
        }
        Self(Sha256::digest(canonical(&settings)).into())
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        hexadecimal(&self.0, f)
    }
}

impl TrialId {
    fn of(semantics: u32, fingerprint: Fingerprint, data: &str, weights: Option<&str>, seed: u64, fold: u32) -> Self {
        // By hand, since there may be many: JSON in its canonical form.
        let quoted = |text: &str| Value::from(text).to_string();
        let weights = weights.map_or("null".to_owned(), quoted);
        let identity = format!(
            r#"{{"data":{},"fold":{fold},"seed":{seed},"semantics":{semantics},"settings":"{fingerprint}","weights":{weights}}}"#,
            quoted(data)
        );
        let digest: [u8; 32] = Sha256::digest(identity).into();
        let mut id = [0; 10];
        id.copy_from_slice(&digest[..10]);
        Self(id)
    }
}

impl TrialId {
    /// Reads 20 hexadecimal digits in lower case; nothing where the text is no identity.
    pub fn from_hexadecimal(text: &str) -> Option<Self> {
        let digits = text.as_bytes();
        let mut id = [0; 10];
        if digits.len() != 2 * id.len() {
            return None;
        }
        let value = |digit: u8| match digit {
            b'0'..=b'9' => Some(digit - b'0'),
            b'a'..=b'f' => Some(digit - b'a' + 10),
            _ => None,
        };
        for (byte, pair) in id.iter_mut().zip(digits.chunks_exact(2)) {
            *byte = value(pair[0])? << 4 | value(pair[1])?;
        }
        Some(Self(id))
    }
}

impl fmt::Display for TrialId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        hexadecimal(&self.0, f)
    }
}

fn hexadecimal(bytes: &[u8], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    bytes.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
}

/// JSON without blanks, the keys of every object sorted.
fn canonical(value: &Value) -> Vec<u8> {
    let mut text = Vec::with_capacity(2048);
    write_canonical(value, &mut text);
    text
}

fn write_canonical(value: &Value, text: &mut Vec<u8>) {
    match value {
        Value::Object(map) => {
            let mut pairs: Vec<(&String, &Value)> = map.iter().collect();
            pairs.sort_unstable_by_key(|(key, _)| *key);
            text.push(b'{');
            for (index, (key, value)) in pairs.into_iter().enumerate() {
                text.extend_from_slice(if index == 0 { b"" } else { b"," });
                write_json(key, text);
                text.push(b':');
                write_canonical(value, text);
            }
            text.push(b'}');
        }
        Value::Array(items) => {
            text.push(b'[');
            for (index, item) in items.iter().enumerate() {
                text.extend_from_slice(if index == 0 { b"" } else { b"," });
                write_canonical(item, text);
            }
            text.push(b']');
        }
        scalar => write_json(scalar, text),
    }
}

fn write_json(value: &impl serde::Serialize, text: &mut Vec<u8>) {
    serde_json::to_writer(text, value).expect("memory takes what is written into it, and text is JSON");
}

fn hash_file(path: &Path) -> std::io::Result<String> {
    let mut file = File::open(path)?;
    let mut hasher = Sha256::new();
    let mut buffer = vec![0; 1 << 16];
    loop {
        match file.read(&mut buffer)? {
            0 => break,
            count => hasher.update(&buffer[..count]),
        }
    }
    Ok(Fingerprint(hasher.finalize().into()).to_string())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn canonical_json_sorts_keys_at_every_depth() {
        let value = json!({"b": [1.0, {"z": 1, "a": "x\"y"}], "a": null});
        assert_eq!(canonical(&value), br#"{"a":null,"b":[1.0,{"a":"x\"y","z":1}]}"#);
    }

    #[test]
    fn an_identity_depends_on_each_of_its_parts() {
        let (one, two) = (Fingerprint([1; 32]), Fingerprint([2; 32]));
        let id = TrialId::of(1, one, "d", None, 0, 0);
        assert_eq!(id, TrialId::of(1, one, "d", None, 0, 0));
        assert_eq!(id.to_string().len(), 20);
        for other in [
            TrialId::of(2, one, "d", None, 0, 0),
            TrialId::of(1, two, "d", None, 0, 0),
            TrialId::of(1, one, "e", None, 0, 0),
            TrialId::of(1, one, "d", Some("w"), 0, 0),
            TrialId::of(1, one, "d", None, 1, 0),
            TrialId::of(1, one, "d", None, 0, 1),
        ] {
            assert_ne!(id, other);
        }
    }

    #[test]
    fn an_identity_is_read_back_from_its_digits() {
        let id = TrialId::of(1, Fingerprint([1; 32]), "d", None, 0, 0);
        assert_eq!(TrialId::from_hexadecimal(&id.to_string()), Some(id));
        for other in ["", "0a", "0A0a0a0a0a0a0a0a0a0a", "0g0a0a0a0a0a0a0a0a0a", "0a0a0a0a0a0a0a0a0a0a0"] {
            assert_eq!(TrialId::from_hexadecimal(other), None, "{other}");
        }
    }

    #[test]
    fn an_identity_is_the_hash_of_canonical_json() {
        let one = Fingerprint([7; 32]);
        for weights in [None, Some("0c")] {
            let identity = json!({
                "data": "0a\"1b", "fold": 3, "seed": 5, "semantics": 2, "settings": one.to_string(), "weights": weights,
            });
            let id = TrialId::of(2, one, "0a\"1b", weights, 5, 3);
            assert_eq!(id.0[..], Sha256::digest(canonical(&identity))[..10]);
        }
    }

    #[test]
    fn the_hash_of_a_file_is_its_sha256() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("abc");
        std::fs::write(&path, "abc").unwrap();
        // FIPS 180-2, appendix B.1
        assert_eq!(hash_file(&path).unwrap(), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }
}

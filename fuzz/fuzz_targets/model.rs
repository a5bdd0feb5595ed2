//! Any bytes as a saved network: it is refused with an error, or it has what its description says and predicts the rows of a
//! file.
//!
//! A header begins with its length, which few changes leave right: half of the inputs get it anew.

#![no_main]

use std::fs;
use std::io;
use std::path::Path;
use std::sync::LazyLock;

use libfuzzer_sys::{fuzz_mutator, fuzz_target, fuzzer_mutate};
use overfit::data::NewFile;
use overfit::model::{Description, Predictor, SavedModel, read_model};
use overfit::report::write_predictions;
use tempfile::TempDir;

static FOLDER: LazyLock<TempDir> = LazyLock::new(|| tempfile::tempdir().expect("there is room for a folder"));

/// Bytes of the length of the header.
const LENGTH: usize = 8;

/// A table with the columns of the network: a number in each, and nothing in any.
fn table(description: &Description) -> String {
    let columns = &description.preprocessing.columns;
    let titles: Vec<String> = columns.iter().map(|column| format!("\"{}\"", column.name().replace('"', "\"\""))).collect();
    let row = |cell: &str| vec![cell; columns.len()].join(",");
    format!("{}\n{}\n{}\n", titles.join(","), row("1"), row("\"\""))
}

fn predict(model: &SavedModel, path: &Path) {
    let description = &model.description;
    fs::write(path, table(description)).expect("there is room for a small file");
    let file = match NewFile::check(path, &description.preprocessing, &description.classes) {
        Ok(file) => file,
        Err(error) => return assert!(!error.to_string().is_empty()),
    };
    let mut predictor = Predictor::new(model, 1);
    write_predictions(&mut predictor, description, &file, &[], io::sink()).expect("what was checked can be predicted");
}

fuzz_target!(|bytes: &[u8]| {
    let path = FOLDER.path().join("a.safetensors");
    fs::write(&path, bytes).expect("there is room for a small file");
    match read_model(&path) {
        Ok(model) => predict(&model, &FOLDER.path().join("rows.csv")),
        Err(error) => assert!(!error.to_string().is_empty()),
    }
});

fuzz_mutator!(|data: &mut [u8], size: usize, most: usize, seed: u32| {
    let length = data.first_chunk().map(|length| u64::from_le_bytes(*length) as usize);
    let header = length.and_then(|length| LENGTH.checked_add(length)).filter(|end| *end <= size);
    let Some(end) = header.filter(|_| seed.is_multiple_of(2)) else { return fuzzer_mutate(data, size, most) };
    let tensors = data[end..size].to_vec();
    let room = most - LENGTH - tensors.len();
    let mut text = data[LENGTH..end].to_vec();
    text.resize(room.max(text.len()), 0);
    let length = fuzzer_mutate(&mut text, end - LENGTH, room);
    data[..LENGTH].copy_from_slice(&(length as u64).to_le_bytes());
    data[LENGTH..LENGTH + length].copy_from_slice(&text[..length]);
    data[LENGTH + length..LENGTH + length + tensors.len()].copy_from_slice(&tensors);
    LENGTH + length + tensors.len()
});

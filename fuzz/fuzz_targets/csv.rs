//! Any bytes as a data file: reading, describing and dividing it may fail, with an error, and never by a panic or without
//! end. The same table written with other line ends or letters is the same data.

#![no_main]

use std::fs;
use std::path::PathBuf;
use std::sync::{Arc, LazyLock};

use libfuzzer_sys::fuzz_target;
use overfit::data::{DataSettings, Dataset, Loaded, column_names, findings, prepare, profile, read};
use overfit::experiment::Experiment;
use tempfile::TempDir;

/// Keys beside the path. The length of an input says which of these it is read with.
const SETTINGS: &[&str] = &[
    "",
    "header = false",
    "missing = []\nimpute = 'error'\nscaling = 'minmax'",
    "test_path = 'other.csv'\ntask = 'classification'",
    "task = 'regression'\nsplit = { folds = 2 }",
    "delimiter = ';'\ndecimal = ','\nthousands = '.'",
    "comment = '%'\nencoding = 'latin-1'\nsplit.group_duplicates = true",
    "encoding = 'utf-16'",
];

static FOLDER: LazyLock<TempDir> = LazyLock::new(|| tempfile::tempdir().expect("there is room for a folder"));

static CHOICES: LazyLock<Vec<DataSettings>> = LazyLock::new(|| {
    let config = |keys: &&str| format!("[data]\npath = 'x.csv'\n{keys}\n");
    let settings = |keys| {
        let experiment = Experiment::parse_toml(&config(keys), &FOLDER.path().join("x.toml"));
        (*experiment.expect("the settings are right").cells[0].settings.data).clone()
    };
    SETTINGS.iter().map(settings).collect()
});

fn write(name: &str, bytes: &[u8]) -> PathBuf {
    let path = FOLDER.path().join(name);
    fs::write(&path, bytes).expect("there is room for a small file");
    path
}

fn read_bytes(bytes: &[u8], settings: &DataSettings) -> Option<Loaded> {
    write("x.csv", bytes);
    read(settings).ok()
}

/// What a network would learn from.
fn content(dataset: Dataset, settings: &DataSettings) -> Option<(Vec<u32>, String)> {
    let prepared = prepare(&Arc::new(dataset), settings, 0, 0).ok()?;
    let data = prepared.data;
    let mut inputs = vec![0.0; data.inputs()];
    let mut bits = Vec::new();
    for row in data.train.rows.iter().chain(&data.test.rows).take(50) {
        data.encode(*row, &mut inputs);
        assert!(inputs.iter().all(|x| x.is_finite()), "a network gets finite numbers");
        bits.extend(inputs.iter().map(|x| x.to_bits()));
    }
    findings(&data);
    Some((bits, format!("{:?}", data.train.targets)))
}

fuzz_target!(|bytes: &[u8]| {
    let settings = &CHOICES[bytes.len() % CHOICES.len()];
    if settings.test_path.is_some() {
        write("other.csv", &bytes[..bytes.len() / 2]);
    }
    let loaded = read_bytes(bytes, settings);
    let _ = column_names(settings);
    let is_read = loaded.is_some();
    let known = loaded.and_then(|loaded| {
        profile(&loaded.dataset);
        content(loaded.dataset, settings)
    });
    // Only a table without marks, escapes and returns of its own is for certain the same in another writing.
    let is_plain = |byte: &u8| *byte == b'\n' || (b' '..=b'~').contains(byte);
    let is_free = settings.encoding == CHOICES[0].encoding && settings.test_path.is_none();
    if !is_free || !bytes.iter().all(is_plain) || bytes.len() < 8 {
        return;
    }
    let text = String::from_utf8_lossy(bytes).into_owned();
    let utf16: Vec<u8> = [0xff, 0xfe].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    for other in [text.replace('\n', "\r\n").into_bytes(), text.replace('\n', "\r").into_bytes(), utf16] {
        let again = read_bytes(&other, settings);
        assert_eq!(again.is_some(), is_read, "{:?}", String::from_utf8_lossy(&other));
        assert_eq!(again.and_then(|again| content(again.dataset, settings)), known);
    }
});

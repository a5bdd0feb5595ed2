//! Any bytes as a table of scores to compare and as one of curves to replay: an error, or figures that can be compared and
//! shown in every form.

#![no_main]

use std::fs;
use std::io;
use std::path::PathBuf;
use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use overfit::analysis::{ROPE, Study};
use overfit::lab::Resampling;
use overfit::report::{Format, Style, replay, studies, write_study_page};
use overfit::stopping::Criterion;
use overfit::tables::{Curves, Scores, read_curves, read_scores};
use tempfile::TempDir;

static FOLDER: LazyLock<TempDir> = LazyLock::new(|| tempfile::tempdir().expect("there is room for a folder"));

static CRITERIA: LazyLock<Vec<Criterion>> = LazyLock::new(|| {
    let texts = ["patience:1", "patience:2:0.01", "gl:5", "pq:0.5:2", "up:2:2"];
    texts.map(|text| text.parse().expect("a criterion")).to_vec()
});

const FORMATS: [Format; 4] = [Format::Table, Format::Markdown, Format::Csv, Format::Json];

/// What the user may say of the scores. The length of an input says which of these it is read with.
const CHOICES: [(Option<&str>, Option<Resampling>); 4] = [
    (None, None),
    (None, Some(Resampling::Kfold)),
    (Some("test_loss"), Some(Resampling::Holdout)),
    (Some("accuracy"), Some(Resampling::Fixed)),
];

fn compare(scores: &Scores) {
    let experiments = &scores.experiments;
    let variants = experiments.iter().flat_map(|experiment| &experiment.variants);
    let first = variants.map(|variant| variant.name.as_str()).next().expect("what was read has a score");
    let study = [Study::of(experiments, &scores.metric, first, ROPE)];
    for format in FORMATS {
        assert!(!studies(&study, format, Style::default()).is_empty());
    }
    write_study_page(&study[0], io::sink()).expect("nothing fails here");
}

fn stop(curves: &Curves) {
    for format in FORMATS {
        assert!(!replay(&curves.curves, &curves.metric, &CRITERIA, format, Style::default()).is_empty());
    }
}

fuzz_target!(|bytes: &[u8]| {
    let path = FOLDER.path().join("a.csv");
    fs::write(&path, bytes).expect("there is room for a small file");
    let paths: [PathBuf; 1] = [path];
    let (metric, resampling) = CHOICES[bytes.len() % CHOICES.len()];
    match read_scores(&paths, metric, resampling) {
        Ok(scores) => compare(&scores),
        Err(error) => assert!(!error.to_string().is_empty()),
    }
    match read_curves(&paths, metric, bytes.len() % 3 > 0) {
        Ok(curves) => stop(&curves),
        Err(error) => assert!(!error.to_string().is_empty()),
    }
});

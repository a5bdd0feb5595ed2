//! Any bytes as a file of a store that a plan is judged by: what cannot be read or cannot be right counts for nothing, and
//! all that is derived from the rest can be written.
//!
//! The plan is that of `fuzz/run`, in `fuzz/corpus/plan`.

#![no_main]

use std::fs;
use std::path::Path;
use std::sync::{Arc, LazyLock};

use libfuzzer_sys::fuzz_target;
use overfit::analysis::{Summary, Terms};
use overfit::experiment::{Resolved, Trial};
use overfit::lab::{Expected, Results, Store};
use overfit::report::{About, FileOptions, Files, Format, Style, comparison, learning_curves, write_all};
use tempfile::TempDir;

static FOLDER: LazyLock<TempDir> = LazyLock::new(|| {
    let folder = tempfile::tempdir().expect("there is room for a folder");
    fs::create_dir(folder.path().join("trials")).expect("there is room for a folder");
    folder
});

static PLAN: LazyLock<(Resolved, Vec<Trial>, Arc<Expected>)> = LazyLock::new(|| {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus/plan");
    let plan = Resolved::load(&folder).unwrap_or_else(|errors| panic!("{errors}\nfuzz/run makes it"));
    let trials: Vec<Trial> = plan.experiment.trials(&plan.contents).collect();
    let expected = Expected::of(&plan.experiment, &trials, &plan.contents, plan.task);
    (plan, trials, Arc::new(expected))
});

fuzz_target!(|bytes: &[u8]| {
    fs::write(FOLDER.path().join("trials/a.jsonl"), bytes).expect("there is room for a small file");
    let (plan, trials, expected) = &*PLAN;
    let mut store = Store::open_all(&[FOLDER.path()], Some(Arc::clone(expected))).expect("the files can be read");
    let lines = bytes.iter().filter(|byte| **byte == b'\n').count();
    let spoilt: usize = store.take_unreadable().iter().map(|found| found.lines).sum();
    assert!(store.len() + spoilt <= lines);
    let names: Vec<String> = store.statuses().map(|(trial, _)| trial.to_owned()).collect();
    for trial in &names {
        assert_eq!(&store.get(trial).expect("what is indexed can be read").trial, trial);
    }
    let results = Results::of(&plan.experiment, trials, plan.task, store).expect("the store can be read");
    let compared = results.compared();
    let summary = Summary::of(&compared, Terms::default()).expect("the store can be read");
    // All files take a hundred times as long as reading: few inputs get so far.
    if names.is_empty() || bytes.len() % 8 > 0 {
        return;
    }
    let about = About { resolved: "", findings: &[] };
    // They are written, and never appear.
    let files = &mut Files::new(FOLDER.path());
    write_all(&results, &summary, &about, FileOptions::default(), files).expect("there is room for small files");
    for format in [Format::Table, Format::Markdown, Format::Json, Format::Csv] {
        comparison(&compared, &summary, None, format, Style::default());
    }
    learning_curves(&compared, &summary, Style::default()).expect("the store can be read");
});

//! Real data as it comes: every CSV of the shared data sets trains from a config of a few lines, to finite figures.
//!
//! The folder is no part of the repository; where it is absent, the test says so and passes.

mod support;

use std::path::{Path, PathBuf};

use support::{Workplace, number};

/// The folder, if it is there.
fn folder() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/datasets");
    if !folder.join("README.md").exists() {
        println!("skipped: there are no shared data sets beside the repository");
        return None;
    }
    folder.canonicalize().ok()
}

/// A data set as the README of the folder describes it.
struct Described {
    file: String,
    /// The separate test file, where there is one.
    test: Option<String>,
    rows: u64,
    is_regression: bool,
    target: String,
}

/// The data sets in the table of the README, test files with their training files.
fn described(readme: &str) -> Vec<Described> {
    let table: Vec<Vec<&str>> = readme.lines().map(|line| line.split('|').map(str::trim).collect()).collect();
    let is_file = |cells: &&Vec<&str>| cells.len() > 6 && cells[1].contains(".csv");
    let files: Vec<&str> = table.iter().filter(is_file).map(|cells| cells[1]).collect();
    // X_test belongs to X_train; where there is none, X_valid does.
    let test_of = |file: &str| {
        let other = |part: &str| file.replace("_train.", &format!("_{part}."));
        let found = ["test", "valid"].map(other).into_iter().find(|other| files.contains(&other.as_str()));
        found.filter(|_| file.contains("_train."))
    };
    let belongs_to_another = |file: &str| {
        ["_test.", "_valid."].iter().any(|part| file.contains(part) && files.contains(&&*file.replace(part, "_train.")))
    };
    let sets = table.iter().filter(is_file).filter(|cells| !belongs_to_another(cells[1]));
    let described = |cells: &Vec<&str>| Described {
        file: cells[1].to_owned(),
        test: test_of(cells[1]),
        rows: cells[2].parse().expect("the second column counts the rows"),
        is_regression: cells[4].starts_with("regression"),
        target: cells[5].split_whitespace().next().unwrap_or("").to_owned(),
    };
    sets.map(described).collect()
}

#[test]
fn every_shared_data_set_trains_to_finite_figures() {
    let Some(folder) = folder() else { return };
    let readme = std::fs::read_to_string(folder.join("README.md")).unwrap();
    let sets = described(&readme);
    assert!(sets.len() > 50, "the table of the README was not understood: {} data sets", sets.len());
    let mut objections = Vec::new();
    for set in &sets {
        objections.extend(train(&folder, set).err().map(|what| format!("{}: {what}", set.file)));
    }
    assert!(objections.is_empty(), "{}", objections.join("\n"));
}

fn train(folder: &Path, set: &Described) -> Result<(), String> {
    let place = Workplace::new();
    let path = |file: &str| folder.join(file).display().to_string();
    let mut config = format!("seeds = 1\n[data]\npath = \"{}\"\n", path(&set.file));
    if let Some(test) = &set.test {
        config.push_str(&format!("test_path = \"{}\"\n", path(test)));
    }
    // The image sets have their target first; what is large is cut down for a quick look.
    if set.file.starts_with("mnist") {
        config.push_str(&format!("target = \"{}\"\n", set.target));
    }
    if set.rows > 5000 {
        config.push_str("train_rows = 1000\n");
    }
    if set.is_regression {
        config.push_str("task = \"regression\"\n");
    }
    place.write("e.toml", config + "[model]\nhidden = [16]\n");
    let run = place.overfit(&["run", "e.toml", "--quiet", "--set", "train.epochs=3"]);
    if run.code != Some(0) {
        return Err(format!("exit code {:?}: {}", run.code, run.stderr));
    }
    let curves = place.results("e").curves();
    let metric = if set.is_regression { "r2" } else { "accuracy" };
    if curves.len() != 4 {
        return Err(format!("{} rows of curves.csv, wanted epochs 0 to 3", curves.len()));
    }
    for part in ["train", "validation", "test"] {
        for name in [format!("{part}_loss"), format!("{part}_{metric}")] {
            let values: Vec<f64> = curves.iter().map(|row| number(row, &name)).collect();
            if !values.iter().all(|value| value.is_finite()) {
                return Err(format!("{name} is {values:?}"));
            }
        }
    }
    let losses: Vec<f64> = curves.iter().map(|row| number(row, "train_loss")).collect();
    if losses[3] >= losses[0] { Err(format!("nothing is learnt: train_loss {losses:?}")) } else { Ok(()) }
}

#[test]
fn the_table_of_the_data_sets_is_understood() {
    let readme = "| file | rows | f | classes or regression | target column | x |\n|---|---|---|---|---|---|\n\
                  | a.csv | 10 | 2 | regression | y | x |\n| b_train.csv.gz | 20 | 2 | 3 classes (x 7) | label (first) | x |\n\
                  | b_test.csv.gz | 5 | 2 | 3 classes | label (first) | x |\n| c_test.csv | 7 | 2 | 2 classes | t | x |\n";
    let sets = described(readme);
    let shown: Vec<_> =
        sets.iter().map(|s| (&*s.file, s.test.as_deref(), s.rows, s.is_regression, &*s.target)).collect();
    assert_eq!(
        shown,
        [
            ("a.csv", None, 10, true, "y"),
            ("b_train.csv.gz", Some("b_test.csv.gz"), 20, false, "label"),
            ("c_test.csv", None, 7, false, "t")
        ]
    );
}

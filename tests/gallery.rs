//! A gallery of inputs as people have them, bad ones for the most part, with the exact words that `overfit check` has for each.
//!
//! Each case is a file in `gallery/`: data (`name.csv`, `name.csv.gz`), a config (`name.toml`), or both; data without a config
//! gets one that says nothing but the path, and a config without data of its own is about `good.csv`. The words are in
//! `name.txt`: the exit code, warnings and errors, and how the files were read where that is not plain.
//! `OVERFIT_BLESS=1 cargo test --test gallery` writes them anew.

mod support;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use support::Workplace;

/// Cases that there must be at least: a gallery that was not found would pass.
const FEWEST: usize = 50;

/// The files of the gallery by their names.
fn files() -> BTreeMap<String, PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/gallery");
    let entries = fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let paths = entries.map(|entry| entry.unwrap().path());
    paths.map(|path| (path.file_name().unwrap().to_string_lossy().into_owned(), path)).collect()
}

/// The names of the cases, each with the data file of its own, if it has one.
fn cases(files: &BTreeMap<String, PathBuf>) -> BTreeMap<&str, Option<&str>> {
    let mut cases = BTreeMap::new();
    for name in files.keys().filter(|name| *name != "good.csv" && !name.ends_with(".test.csv")) {
        let (stem, ending) = name.split_once('.').expect("every file of the gallery has an ending");
        let data = cases.entry(stem).or_insert(None);
        if ending.starts_with("csv") {
            *data = Some(name.as_str());
        }
    }
    cases
}

/// The lines of the plan that say how files were read.
fn read_as(plan: &str) -> String {
    let mut is_part = false;
    let lines = plan.lines().filter(|line| {
        is_part = line.starts_with("read as ") || (is_part && line.starts_with(' '));
        is_part
    });
    lines.map(|line| format!("{line}\n")).collect()
}

#[test]
fn every_input_of_the_gallery_is_answered_in_the_words_that_are_kept() {
    let files = files();
    let place = Workplace::new();
    for (name, path) in files.iter().filter(|(name, _)| !name.ends_with(".txt")) {
        place.write(name, fs::read(path).unwrap());
    }
    let cases = cases(&files);
    assert!(cases.len() >= FEWEST, "only {} cases", cases.len());
    let bless = std::env::var_os("OVERFIT_BLESS").is_some();
    let mut objections = Vec::new();
    for (name, data) in cases {
        let config = format!("{name}.toml");
        if !files.contains_key(&config) {
            let data = data.unwrap_or_else(|| panic!("{name} has words but no input"));
            place.write(&config, format!("[data]\npath = \"{data}\"\n"));
        }
        let run = place.overfit(&["check", &config]);
        let code = run.code.expect("no signal ends it");
        let said = format!("exit {code}\n{}{}", run.stderr, read_as(&run.stdout));
        let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/gallery/{name}.txt"));
        if bless {
            fs::write(&golden, &said).unwrap();
        } else if fs::read_to_string(&golden).unwrap_or_default() != said {
            objections.push(format!("{name}:\n{said}"));
        }
        let is_loud = code != 0 || said.lines().count() > 1;
        if !is_loud && !QUIET.contains(&name) {
            objections.push(format!("{name} is read without a word"));
        }
    }
    assert!(objections.is_empty(), "{}\nOVERFIT_BLESS=1 writes them anew", objections.join("\n"));
}

/// What looks odd and is read as it is meant, without a word.
const QUIET: &[&str] = &["blank-lines-and-blanks", "blanks-before-quotes", "none-as-a-class"];

//! A gallery of inputs as people have them, bad ones for the most part, with the exact words that `overfit check` has for each.
//!
//! Each case is a file in `gallery/`: data (`name.csv`, `name.csv.gz`), a config (`name.toml`), or both; data without a config
//! gets one that says nothing but the path, and a config without data of its own is about `good.csv`. The words are in
//! `name.txt`: the exit code, warnings and errors, and how the files were read where that is not plain. A file `name.args` is a
//! command line, run as it stands; spoilt stores are made of a sound one, and looked at by `overfit status`.
//! `OVERFIT_BLESS=1 cargo test --test gallery` writes all words anew.

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
    let others = |name: &&String| {
        ![".test.csv", ".args"].iter().any(|ending| name.ends_with(ending)) && !name.starts_with("good.")
    };
    let has_input = |name: &&String| match name.strip_suffix(".txt") {
        Some(stem) => !stem.starts_with("store-") && !files.contains_key(&format!("{stem}.args")),
        None => true,
    };
    for name in files.keys().filter(others).filter(has_input) {
        let (stem, ending) = name.split_once('.').expect("every file of the gallery has an ending");
        let data = cases.entry(stem).or_insert(None);
        if ending.starts_with("csv") {
            *data = Some(name.as_str());
        }
    }
    cases
}

/// The lines of the plan that say how files and their columns were read.
fn read_as(plan: &str) -> String {
    let mut is_part = false;
    let begins = |line: &str| ["read as ", "columns "].iter().any(|word| line.starts_with(word));
    let lines = plan.lines().filter(|line| {
        is_part = begins(line) || (is_part && line.starts_with(' '));
        is_part
    });
    lines.map(|line| format!("{line}\n")).collect()
}

/// Compares what was said with the words that are kept, or keeps them.
struct Gallery {
    bless: bool,
    objections: Vec<String>,
}

impl Gallery {
    fn new() -> Self {
        Self { bless: std::env::var_os("OVERFIT_BLESS").is_some(), objections: Vec::new() }
    }

    fn compare(&mut self, name: &str, said: &str) {
        let said = without_what_differs(said);
        let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/gallery/{name}.txt"));
        if self.bless {
            fs::write(&golden, &said).unwrap();
        } else if fs::read_to_string(&golden).unwrap_or_default() != said {
            self.objections.push(format!("{name}:\n{said}"));
        }
    }

    fn end(self) {
        assert!(self.objections.is_empty(), "{}\nOVERFIT_BLESS=1 writes them anew", self.objections.join("\n"));
    }
}

/// What is said without the names of trials, which are made anew where settings come to mean something else, and without how
/// much memory is free.
fn without_what_differs(said: &str) -> String {
    let is_trial = |word: &str| word.len() == 20 && word.bytes().all(|byte| byte.is_ascii_hexdigit());
    let words = said
        .split_inclusive(' ')
        .map(|word| if is_trial(word.trim_end()) { word.replace(word.trim_end(), "TRIAL") } else { word.to_owned() });
    let text: String = words.collect();
    match text.split_once(" GB are free") {
        Some((before, after)) => {
            let number = before.rfind(' ').map_or(0, |at| at + 1);
            format!("{}N GB are free{after}", &before[..number])
        }
        None => text,
    }
}

/// A place with all files of the gallery but the words.
fn place(files: &BTreeMap<String, PathBuf>) -> Workplace {
    let place = Workplace::new();
    for (name, path) in files.iter().filter(|(name, _)| !name.ends_with(".txt")) {
        place.write(name, fs::read(path).unwrap());
    }
    place
}

#[test]
fn every_input_of_the_gallery_is_answered_in_the_words_that_are_kept() {
    let files = files();
    let place = place(&files);
    let cases = cases(&files);
    assert!(cases.len() >= FEWEST, "only {} cases", cases.len());
    let mut gallery = Gallery::new();
    for (name, data) in cases {
        let config = if files.contains_key(&format!("{name}.json")) { "json" } else { "toml" };
        let config = format!("{name}.{config}");
        if !files.contains_key(&config) {
            let data = data.unwrap_or_else(|| panic!("{name} has words but no input"));
            place.write(&config, format!("[data]\npath = \"{data}\"\n"));
        }
        let run = place.overfit(&["check", &config]);
        let code = run.code.expect("no signal ends it");
        let said = format!("exit {code}\n{}{}", run.stderr, read_as(&run.stdout));
        gallery.compare(name, &said);
        let is_loud = code != 0 || said.lines().count() > 1;
        if !is_loud && !QUIET.contains(&name) {
            gallery.objections.push(format!("{name} is read without a word"));
        }
    }
    gallery.end();
}

#[test]
fn every_wrong_command_line_is_answered_in_the_words_that_are_kept() {
    let files = files();
    let place = place(&files);
    let mut gallery = Gallery::new();
    for name in files.keys().filter_map(|name| name.strip_suffix(".args")) {
        let words = fs::read_to_string(&files[&format!("{name}.args")]).unwrap();
        let run = place.overfit(&words.split_whitespace().collect::<Vec<_>>());
        assert_eq!(run.code, Some(2), "{name}: {}", run.stderr);
        assert_eq!(run.stdout, "", "{name}");
        gallery.compare(name, &format!("exit 2\n{}", run.stderr));
    }
    gallery.end();
}

/// A way to spoil a store of lines.
type Spoil = fn(&mut Vec<String>);

/// Stores that something has happened to, each made of a sound one of four lines.
const SPOILT: &[(&str, Spoil)] = &[
    ("store-cut-off-line", |lines| lines[3].truncate(100)),
    ("store-empty-lines", |lines| lines.insert(1, "\n\n".to_owned())),
    ("store-line-of-another-format", |lines| lines[0] = lines[0].replace("\"format\":1", "\"format\":99")),
    ("store-line-of-another-seed", |lines| lines[0] = with_number(&lines[0], "seed", "77")),
    ("store-line-that-lacks-a-key", |lines| lines[1] = lines[1].replace("\"curve\"", "\"curves\"")),
    ("store-line-that-is-no-json", |lines| lines[2] = "once upon a time\n".to_owned()),
    ("store-line-with-a-text-for-a-number", |lines| lines[0] = with_number(&lines[0], "chosen_epoch", "\"last\"")),
    ("store-line-with-an-epoch-beyond-its-curve", |lines| lines[0] = with_number(&lines[0], "chosen_epoch", "9")),
    ("store-lines-that-contradict-each-other", |lines| lines.push(with_number(&lines[0], "nonzero_parameters", "1"))),
    ("store-trial-of-another-plan", |lines| {
        let trial = lines[0]
            .split("\"trial\":\"")
            .nth(1)
            .and_then(|rest| rest.get(..20))
            .expect("a trial has a name")
            .to_owned();
        lines[0] = lines[0].replace(&trial, "ffffffffffffffffffff");
    }),
];

/// A line with another value at the first place of a key.
fn with_number(line: &str, key: &str, value: &str) -> String {
    let (before, rest) = line.split_once(&format!("\"{key}\":")).unwrap_or_else(|| panic!("no {key} in {line}"));
    let end = rest.find([',', '}']).expect("a value ends");
    format!("{before}\"{key}\":{value}{}", &rest[end..])
}

#[test]
fn every_spoilt_store_is_answered_in_the_words_that_are_kept() {
    let files = files();
    let place = place(&files);
    place.write("store.toml", "seeds = 4\n[data]\npath = \"good.csv\"\n[model]\nhidden = [2]\n[train]\nepochs = 2\n");
    place.overfit(&["run", "store.toml", "--out", "store", "--quiet"]).success();
    let trials = place.path().join("store/trials");
    let written = fs::read_dir(&trials).unwrap().next().unwrap().unwrap().path();
    let mut sound: Vec<String> =
        fs::read_to_string(&written).unwrap().lines().map(|line| format!("{line}\n")).collect();
    // Trials are stored in the order in which they end.
    sound.sort_by_key(|line| line.split_once("\"seed\":").map(|(_, rest)| rest.to_owned()));
    assert_eq!(sound.len(), 4);
    fs::remove_file(written).unwrap();
    let mut gallery = Gallery::new();
    for (name, spoil) in SPOILT {
        let mut lines = sound.clone();
        spoil(&mut lines);
        assert_ne!(lines, sound, "{name} spoils nothing");
        fs::write(trials.join("a.jsonl"), lines.concat()).unwrap();
        let run = place.overfit(&["status", "store"]);
        let said = format!("exit {}\n{}{}", run.code.expect("no signal ends it"), run.stderr, run.stdout);
        gallery.compare(name, &said);
    }
    gallery.end();
}

/// What looks odd and is read as it is meant, without a word.
const QUIET: &[&str] = &[
    "another-order-in-the-test-file",
    "blank-lines-and-blanks",
    "blanks-before-quotes",
    "none-as-a-class",
    "strange-names",
    "whole-numbers-as-a-target",
];

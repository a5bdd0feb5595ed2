//! The store with files that are whole, torn, foreign or doubled.

use std::collections::HashSet;
use std::fs;

use proptest::prelude::*;

use super::expected::tests::{ID, expected};
use super::*;
use crate::lab::record::tests::example;

#[test]
fn what_is_forgotten_is_gone_and_the_rest_stays() {
    let (a, b, c) = (example("a").to_line(), example("b").to_line(), example("c").to_line());
    let folder = folder_with(&[("1.jsonl", &[a.clone(), b.clone()].concat()), ("2.jsonl", &c)]);
    let store = Store::open(folder.path()).unwrap();
    store.forget(&["a".to_owned(), "c".to_owned()].into()).unwrap();
    assert_eq!(fs::read(folder.path().join(FOLDER).join("1.jsonl")).unwrap(), b);
    assert!(!folder.path().join(FOLDER).join("2.jsonl").exists(), "a file without a record goes");
}

#[test]
fn what_another_process_has_forgotten_already_is_no_error() {
    let folder = folder_with(&[("1.jsonl", &example("a").to_line()), ("2.jsonl", &example("a").to_line())]);
    let store = Store::open(folder.path()).unwrap();
    fs::remove_file(folder.path().join(FOLDER).join("1.jsonl")).unwrap();
    store.forget(&["a".to_owned()].into()).unwrap();
    assert!(Store::open(folder.path()).unwrap().is_empty());
}

#[test]
fn another_record_in_the_place_of_one_is_not_taken_for_it() {
    let folder = folder_with(&[("1.jsonl", &example("a").to_line())]);
    let store = Store::open(folder.path()).unwrap();
    fs::write(folder.path().join(FOLDER).join("1.jsonl"), example("b").to_line()).unwrap();
    let message = store.get("a").unwrap_err().to_string();
    assert!(message.ends_with("1.jsonl:1: trial b stands where a was"), "{message}");
}

fn folder_with(files: &[(&str, &[u8])]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join(FOLDER)).unwrap();
    for (name, bytes) in files {
        fs::write(folder.path().join(FOLDER).join(name), bytes).unwrap();
    }
    folder
}

#[test]
fn no_folder_is_an_empty_store() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).unwrap();
    assert!(store.is_empty() && !store.contains("ab"));
    assert!(store.get("ab").unwrap_err().to_string().starts_with("trial ab is not in "));
}

#[test]
fn finds_the_records_of_all_files() {
    let folder = folder_with(&[
        ("a.jsonl", &[example("01").to_line(), example("02").to_line()].concat()),
        ("b.jsonl", &example("03").to_line()),
        ("notes.txt", b"no record"),
    ]);
    let mut store = Store::open(folder.path()).unwrap();
    for trial in ["03", "01", "02"] {
        assert_eq!(store.get(trial).unwrap(), example(trial));
    }
    assert_eq!(store.statuses().collect::<Vec<_>>(), [("01", Status::Ok), ("02", Status::Ok), ("03", Status::Ok)]);
    assert!(store.take_unreadable().is_empty());
}

#[test]
fn a_bad_line_in_the_middle_is_named_and_the_rest_is_read() {
    let other = Record { format: 7, ..example("02") };
    let bytes = [example("01").to_line(), b"{\"format\":1,\n".to_vec(), other.to_line(), example("03").to_line()];
    let folder = folder_with(&[("a.jsonl", &bytes.concat())]);
    let mut store = Store::open(folder.path()).unwrap();
    assert!(store.contains("01") && !store.contains("02") && store.contains("03"));
    let found: Vec<String> = store.take_unreadable().iter().map(ToString::to_string).collect();
    let file = folder.path().join(FOLDER).join("a.jsonl");
    assert_eq!(found, [format!("2 lines of {} cannot be read (first: line 2, cut off)", file.display())]);
    assert!(store.take_unreadable().is_empty() && store.take_warnings().is_empty());
}

#[test]
fn a_record_that_cannot_be_right_counts_for_nothing() {
    let wrong = Record { chosen_epoch: Some(7), ..example(ID) };
    let folder = folder_with(&[("a.jsonl", &[wrong.to_line(), example("02").to_line()].concat())]);
    let open = || Store::open_all(&[folder.path()], Some(Arc::new(expected()))).unwrap();
    let mut store = open();
    assert!(!store.contains(ID) && store.contains("02"));
    let found = store.take_unreadable();
    assert_eq!((found[0].fault, found[0].first), (Fault::Impossible, 1));
    assert_eq!(found[0].reason, "its chosen_epoch is 7, its curve ends with epoch 1");
    store.forget(&[ID.to_owned()].into()).unwrap();
    let mut store = open();
    assert!(store.take_unreadable().is_empty() && store.contains("02"), "what is forgotten need not be right");
}

#[test]
fn a_torn_last_line_is_ignored_until_it_is_whole() {
    let line = example("02").to_line();
    let (head, tail) = line.split_at(line.len() / 2);
    let folder = folder_with(&[("a.jsonl", &[example("01").to_line(), head.to_vec()].concat())]);
    let mut store = Store::open(folder.path()).unwrap();
    assert_eq!(store.len(), 1);
    let mut bytes = fs::read(folder.path().join("trials/a.jsonl")).unwrap();
    bytes.extend_from_slice(tail);
    fs::write(folder.path().join("trials/a.jsonl"), bytes).unwrap();
    assert_eq!(store.rescan().unwrap(), 1);
    assert_eq!(store.get("02").unwrap(), example("02"));
    assert!(store.take_warnings().is_empty());
}

#[test]
fn of_two_results_the_first_by_file_name_counts_whenever_it_was_seen() {
    let first = Record { seconds: 1.0, ..example("01") };
    let second = Record { seconds: 2.0, ..example("01") };
    let folder = folder_with(&[("b.jsonl", &second.to_line())]);
    let mut store = Store::open(folder.path()).unwrap();
    fs::write(folder.path().join("trials/a.jsonl"), first.to_line()).unwrap();
    assert_eq!(store.rescan().unwrap(), 0);
    assert_eq!(store.get("01").unwrap(), first);
    assert_eq!(store.conflicts().unwrap(), [], "they differ in time alone");
}

#[test]
fn results_that_contradict_each_other_are_told() {
    let other = Record { best_epoch: None, version: "0.2.0".to_owned(), ..example("01") };
    let folder = folder_with(&[("a.jsonl", &example("01").to_line()), ("b.jsonl", &other.to_line())]);
    let conflicts = Store::open(folder.path()).unwrap().conflicts().unwrap();
    let [conflict] = conflicts.as_slice() else { panic!("{conflicts:?}") };
    let at = |name: &str| format!("{}:1", folder.path().join(FOLDER).join(name).display());
    assert_eq!(conflict.places, [at("a.jsonl"), at("b.jsonl")]);
    let (one, two) = (at("a.jsonl"), at("b.jsonl"));
    let difference = "best_epoch is 1 and null (written by versions 0.1.0 and 0.2.0)";
    assert_eq!(conflict.to_string(), format!("trial 01 has two results, {one} and {two}: {difference}"));
    assert!(conflict.is_planned, "no plan says otherwise");
}

#[test]
fn several_folders_are_read_as_one_and_the_order_does_not_matter() {
    let folders = [
        folder_with(&[("b.jsonl", &Record { seconds: 1.0, ..example("01") }.to_line())]),
        folder_with(&[(
            "a.jsonl",
            &[Record { seconds: 2.0, ..example("01") }.to_line(), example("02").to_line()].concat(),
        )]),
    ];
    for order in [[0, 1], [1, 0]] {
        let store = Store::open_all(&order.map(|place: usize| folders[place].path()), None).unwrap();
        assert_eq!(store.len(), 2);
        assert_eq!(store.get("01").unwrap().seconds, 2.0, "the first by file name");
        assert_eq!(store.line("02").unwrap(), example("02").to_line());
        assert_eq!(store.conflicts().unwrap(), []);
    }
}

#[test]
fn a_file_that_is_gone_or_cut_takes_its_trials_with_it() {
    let two = [example("01").to_line(), example("02").to_line()].concat();
    let folder = folder_with(&[("a.jsonl", &two), ("b.jsonl", &example("03").to_line())]);
    let mut store = Store::open(folder.path()).unwrap();
    fs::write(folder.path().join("trials/a.jsonl"), &two[..two.len() - 1]).unwrap();
    assert_eq!(store.rescan().unwrap(), 0);
    assert_eq!(store.statuses().map(|(trial, _)| trial).collect::<Vec<_>>(), ["01", "03"]);
    fs::remove_file(folder.path().join("trials/b.jsonl")).unwrap();
    store.rescan().unwrap();
    assert_eq!(store.statuses().map(|(trial, _)| trial).collect::<Vec<_>>(), ["01"]);
    assert_eq!(store.get("01").unwrap(), example("01"));
    let file = |name: &str| folder.path().join("trials").join(name).display().to_string();
    let gone = |name: &str| format!("1 stored trial is gone: {} was removed or cut by someone else", file(name));
    assert_eq!(store.take_warnings(), [gone("a.jsonl"), gone("b.jsonl")]);
}

#[test]
fn what_is_removed_once_it_is_stored_elsewhere_is_no_loss() {
    let line = example("01").to_line();
    let folder = folder_with(&[("a.jsonl", &line), ("b.jsonl", &line)]);
    let mut store = Store::open(folder.path()).unwrap();
    fs::remove_file(folder.path().join("trials/a.jsonl")).unwrap();
    store.rescan().unwrap();
    assert_eq!(store.get("01").unwrap(), example("01"));
    assert!(store.take_warnings().is_empty());
}

#[test]
fn a_file_that_was_changed_under_the_reader_is_found_again_by_reading_anew() {
    let (one, two) = (example("01").to_line(), example("02").to_line());
    let folder = folder_with(&[("a.jsonl", &[one.clone(), two.clone()].concat())]);
    let mut store = Store::open(folder.path()).unwrap();
    fs::write(folder.path().join("trials/a.jsonl"), [two, one].concat()).unwrap();
    assert!(store.get("01").unwrap_err().is_passing());
    store.reread().unwrap();
    assert_eq!(store.get("01").unwrap(), example("01"));
    fs::remove_file(folder.path().join("trials/a.jsonl")).unwrap();
    let store = store.clone();
    assert!(store.get("01").unwrap_err().is_passing());
}

#[test]
fn what_the_plan_does_not_ask_for_is_counted_by_reason() {
    let of =
        |trial: &str, semantics, data: &str| Record { semantics, data: data.to_owned(), ..example(trial) }.to_line();
    let lines = [
        of("planned", 1, "here"),
        of("other", 1, "here"),
        of("old", 0, ""),
        of("elsewhere", 1, "there"),
        of("new", 2, "there"),
    ];
    let folder = folder_with(&[("a.jsonl", &lines.concat())]);
    let found = Store::open(folder.path()).unwrap().unplanned(&HashSet::from(["planned", "missing"]), 1, &["here"]);
    assert_eq!(found, Unplanned { semantics: 1, data: 1, settings: 2 });
    assert_eq!(found.total(), 4);
}

#[test]
fn a_result_replaces_a_failed_attempt() {
    let failed = Record { status: Status::Failed, error: Some("out of memory".to_owned()), ..example("01") };
    let folder = folder_with(&[("a.jsonl", &failed.to_line()), ("b.jsonl", &example("01").to_line())]);
    let store = Store::open(folder.path()).unwrap();
    assert_eq!(store.status("01"), Some(Status::Ok));
    assert_eq!(store.conflicts().unwrap(), []);
}

#[test]
fn a_folder_with_the_name_of_a_file_is_an_error_that_names_it() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir_all(folder.path().join("trials/x.jsonl")).unwrap();
    let message = Store::open(folder.path()).unwrap_err().to_string();
    assert!(message.contains("x.jsonl"), "{message}");
}

proptest! {
    #[test]
    fn a_cut_at_any_byte_loses_only_the_line_that_it_hits(share in 0.0..1.0) {
        let lines: Vec<Vec<u8>> = ["01", "02", "03"].map(|trial| example(trial).to_line()).to_vec();
        let mut bytes = lines.concat();
        bytes.truncate((share * bytes.len() as f64) as usize);
        let whole = bytes.iter().filter(|&&byte| byte == b'\n').count();
        let folder = folder_with(&[("a.jsonl", &bytes)]);
        let mut store = Store::open(folder.path()).unwrap();
        prop_assert_eq!(store.len(), whole);
        prop_assert!(store.take_warnings().is_empty());
    }

    #[test]
    fn no_bytes_make_the_store_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let folder = folder_with(&[("a.jsonl", &bytes)]);
        let mut store = Store::open(folder.path()).unwrap();
        let whole = bytes.iter().filter(|&&byte| byte == b'\n').count();
        let bad: usize = store.take_unreadable().iter().map(|found| found.lines).sum();
        prop_assert_eq!(store.len() + bad, whole);
    }
}

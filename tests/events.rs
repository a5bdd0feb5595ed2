//! What a program reads of a run: with `--progress json` every line on standard error is an event, errors too; and what is
//! said whatever else is silent.

mod support;

use overfit::lab::{Curve, Record, Rows, Status};
use serde_json::{Value, json};
use support::{Run, Workplace, blobs};

const CONFIG: &str = "seeds = 2\n[data]\npath = \"blobs.csv\"\n[model]\nhidden = [8]\n[train]\nepochs = 3\n\
                      [[variants]]\nname = \"none\"\n[[variants]]\nname = \"dropout\"\n\
                      sweep.\"remedies.dropout.hidden\" = [0.1, 0.5]\n";

/// A config of a trial that takes hours.
const LONG: &str = "seeds = 1\n[data]\npath = \"blobs.csv\"\n[train]\nepochs = 10000000\n";

fn workplace(config: &str) -> Workplace {
    let place = Workplace::new();
    place.write("blobs.csv", blobs(60)).write("e.toml", config);
    place
}

/// The events of a run, which told nothing else.
fn events(run: &Run) -> Vec<Value> {
    let read = |line: &str| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line:?}"));
    run.stderr.lines().map(read).collect()
}

/// The last event, which says why the program ended.
fn last(place: &Workplace, arguments: &[&str], code: i32) -> Value {
    let run = place.overfit(&[&["run", "e.toml", "--progress", "json"], arguments].concat()).code(code);
    events(&run).pop().expect("an event")
}

#[test]
fn errors_before_the_run_are_events_with_their_exit_code() {
    let place = workplace(CONFIG);
    for (arguments, message) in [
        (&["--set", "train.epochs=0"][..], "train.epochs must be"),
        (&["--set", "data.path=none.csv"], "none.csv"),
        (&["--set", "data.target=nothing"], "nothing"),
        (&["--bogus"], "unexpected argument '--bogus'"),
        (&["nowhere.toml"], "nowhere.toml"),
    ] {
        let event = last(&place, arguments, 2);
        assert_eq!((&event["event"], &event["exit_code"]), (&json!("error"), &json!(2)), "{event}");
        assert!(event["message"].as_str().unwrap().contains(message), "{event}");
    }
}

#[test]
fn errors_of_a_run_are_events_too() {
    let place = workplace(CONFIG);
    std::fs::create_dir_all(place.path().join("results/e")).unwrap();
    std::fs::write(place.path().join("results/e/trials"), "a file").unwrap();
    let event = last(&place, &[], 1);
    assert_eq!((&event["event"], &event["exit_code"]), (&json!("error"), &json!(1)));
    assert!(event["message"].as_str().unwrap().contains("results/e/trials"), "{event}");
}

#[test]
fn two_results_that_differ_are_an_event() {
    let place = workplace(CONFIG);
    place.overfit(&["run", "e.toml", "--quiet"]).success();
    let store = place.results("e").store_files().remove(0);
    let text = std::fs::read_to_string(&store).unwrap();
    let record: Record = serde_json::from_str(text.lines().next().unwrap()).unwrap();
    let other = Record { nonzero_parameters: record.nonzero_parameters - 1, ..record };
    std::fs::write(store.with_file_name("other.jsonl"), other.to_line()).unwrap();
    assert_eq!(last(&place, &[], 4)["exit_code"], 4);
    let shown = place.overfit(&["check", "e.toml"]).success().stdout;
    let shown = shown.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(shown.contains("stored 6 of 6 trials; results of one trial that differ: 1"), "{shown}");
}

#[cfg(unix)]
#[test]
fn an_interruption_is_an_event() {
    use support::processes::{files_below, signal, start, wait, wait_until};
    let place = workplace(LONG);
    let mut child = start(&place, &["run", "e.toml", "--progress", "json"]);
    let trials = place.results("e").folder.join("trials");
    wait_until(&mut child, || trials.exists() && !files_below(&trials).is_empty());
    signal(&child, "INT");
    let run = wait(child).code(130);
    let event = events(&run).pop().unwrap();
    assert_eq!((&event["event"], &event["exit_code"]), (&json!("interrupted"), &json!(130)));
}

#[test]
fn warnings_and_remarks_are_events() {
    let place = workplace(&CONFIG.replace("[0.1, 0.5]", "[0.0, 0.5]"));
    let run = place.overfit(&["run", "e.toml", "--progress", "json", "--profile"]).success();
    let events = events(&run);
    let texts = |kind: &str| -> Vec<&str> {
        events.iter().filter(|event| event["event"] == kind).map(|event| event["text"].as_str().unwrap()).collect()
    };
    assert!(texts("warning")[0].contains("come out the same"), "{}", run.stderr);
    assert!(texts("message").iter().any(|text| text.starts_with("time by phase")), "{}", run.stderr);
    let quiet = place.overfit(&["run", "e.toml", "--progress", "json", "--quiet"]).success();
    assert_eq!(quiet.stderr.lines().count(), 1, "the warning alone: {}", quiet.stderr);
}

#[test]
fn a_quiet_run_says_that_a_limit_ended_it() {
    let place = workplace(CONFIG);
    for limit in [["--max-trials", "2"], ["--max-time", "0.000001s"]] {
        let run = place.overfit(&[&["run", "e.toml", "--quiet"], &limit[..]].concat()).success();
        assert!(run.stderr.starts_with("warning: the limit was reached: 4 of 6 trials are left"), "{}", run.stderr);
    }
    let event = last(&place, &["--quiet", "--max-trials", "1"], 0);
    assert_eq!(event["event"], "warning");
}

#[test]
fn a_quiet_report_or_merge_says_what_failed_and_what_is_missing() {
    let place = workplace(CONFIG);
    place.overfit(&["run", "e.toml", "--quiet", "--max-trials", "5"]).success();
    let store = place.results("e").store_files().remove(0);
    let text = std::fs::read_to_string(&store).unwrap();
    let (first, rest) = text.split_once('\n').unwrap();
    let record: Record = serde_json::from_str(first).unwrap();
    let failed = Record {
        status: Status::Failed,
        error: Some("no luck".to_owned()),
        curve: Curve::default(),
        chosen_epoch: None,
        best_epoch: None,
        onset_epoch: None,
        nonzero_parameters: 0,
        rows: Rows::default(),
        measures: Vec::new(),
        times: Vec::new(),
        ..record
    };
    std::fs::write(&store, [&failed.to_line(), rest.as_bytes()].concat()).unwrap();
    let run = place.overfit(&["report", "results/e", "--quiet"]).success();
    let expected = "warning: of 6 trials 1 failed, 1 missing; `overfit status results/e` says more\n";
    assert_eq!((run.stderr.as_str(), run.stdout.as_str()), (expected, ""));
    let shown = place.overfit(&["check", "e.toml", "--set", "train.epochs=2"]).success().stdout;
    let shown = shown.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(shown.contains("stored 0 of 6 trials; 5 stored trials belong to other settings or seeds"), "{shown}");
    let shown = place.overfit(&["check", "e.toml"]).success().stdout;
    let shown = shown.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(shown.contains("stored 5 of 6 trials, of which 1 failed"), "{shown}");
    let last = place.overfit(&["run", "e.toml", "--quiet"]);
    assert_eq!(last.code, Some(0), "{}", last.stderr);
    let run = place.overfit(&["merge", "results/e", "--quiet"]).success();
    assert!(run.stderr.contains("warning: of 6 trials 1 failed; `overfit status"), "{}", run.stderr);
}

#[test]
fn swept_numbers_are_numbers_in_the_status_too() {
    let place = workplace(CONFIG);
    place.overfit(&["run", "e.toml", "--quiet", "--shard", "0/3"]).success();
    let status = place.overfit(&["status", "results/e", "--format", "json"]).success().stdout;
    let status: Value = serde_json::from_str(&status).unwrap();
    let points: Vec<&Value> =
        status["missing_trials"].as_array().unwrap().iter().map(|trial| &trial["point"]).collect();
    assert!(points.iter().any(|point| point["remedies.dropout.hidden"].is_number()), "{status}");
}

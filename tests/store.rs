//! What is in a folder of results belongs together, whoever wrote it: runs of other settings in one folder, lines that cannot
//! be read or cannot be right, results that contradict each other outside the plan, files that vanish.
#![cfg(unix)]

mod support;

use std::fs;
use std::path::{Path, PathBuf};

use support::processes::{signal, start, wait, wait_until};
use support::{Results, Workplace, blobs};

/// One variant beside the baseline; six trials.
const CONFIG: &str = "seeds = 3\n[data]\npath = \"blobs.csv\"\n[model]\nhidden = [12, 8]\n[train]\nepochs = 6\n\
    batch_size = 16\n[[variants]]\nname = \"none\"\n[[variants]]\nname = \"dropout\"\nremedies.dropout = 0.3\n";

const TRIALS: usize = 6;

const RUN: &[&str] = &["run", "e.toml", "--quiet", "--jobs", "1"];

fn workplace() -> Workplace {
    let place = Workplace::new();
    place.write("blobs.csv", blobs(60)).write("e.toml", CONFIG);
    place
}

/// The epochs that `experiment.toml` asks for, and the last one in `curves.csv`.
fn epochs(results: &Results) -> (u32, u32) {
    let resolved: toml::Table = String::from_utf8(results.bytes("experiment.toml")).unwrap().parse().unwrap();
    let asked = resolved["train"]["epochs"].as_integer().unwrap();
    let last = results.curves().iter().map(|row| row["epoch"].parse::<u32>().unwrap()).max().unwrap_or(0);
    (asked as u32, last)
}

#[test]
fn a_run_of_other_settings_in_one_folder_takes_it_over_whole() {
    let place = workplace();
    let results = place.results("e");
    // It is held while the other one runs from beginning to end.
    let mut slow = start(&place, &["run", "e.toml", "--jobs", "1", "--set", "train.epochs=30", "--set", "seeds=300"]);
    wait_until(&mut slow, || results.stored_lines() > 0);
    signal(&slow, "STOP");
    let run = place.overfit(RUN).success();
    assert!(!run.stderr.contains("another run"), "the later one has found the folder as it is: {}", run.stderr);
    assert_eq!(epochs(&results), (6, 6));
    signal(&slow, "CONT");
    let slow = wait(slow).success();
    let said = "warning: another run with other settings has used results/e meanwhile (first what this one has, then the other: \
                seeds = 300 and 3, train.epochs = 30 and 6)";
    assert!(slow.stderr.contains(said), "{}", slow.stderr);
    assert_eq!(epochs(&results), (30, 30), "who ends last has written all files");
    place.overfit(RUN).success();
    assert_eq!((epochs(&results), results.stored_lines()), ((6, 6), TRIALS + 600), "nothing was lost");
}

#[test]
fn a_run_of_other_settings_that_is_killed_leaves_files_that_belong_together() {
    let place = workplace();
    place.overfit(RUN).success();
    let results = place.results("e");
    let long = ["run", "e.toml", "--quiet", "--set", "train.epochs=10000000"];
    let mut child = start(&place, &long);
    wait_until(&mut child, || epochs(&results).0 == 10_000_000 && results.store_files().len() > 1);
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(epochs(&results), (10_000_000, 0), "the curves are of trials that there are not yet");
    assert!(results.trials().is_empty());
}

/// The one file of the store.
fn store(results: &Results) -> PathBuf {
    let files = results.store_files();
    assert_eq!(files.len(), 1, "{files:?}");
    files[0].clone()
}

fn edit(path: &Path, change: impl FnOnce(&mut Vec<String>)) {
    let mut lines: Vec<String> = fs::read_to_string(path).unwrap().lines().map(str::to_owned).collect();
    change(&mut lines);
    fs::write(path, lines.join("\n") + "\n").unwrap();
}

/// As a terminal of any width shows it.
fn unwrapped(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn spoilt_lines_are_said_once_for_each_file_until_they_do_no_harm() {
    let place = workplace();
    let curves = place.experiment("e", CONFIG, &[]).curves_text();
    let results = place.results("e");
    let file = store(&results);
    edit(&file, |lines| [1, 2, 4].into_iter().for_each(|line| lines[line].truncate(100)));
    let name = format!("results/e/trials/{}", file.file_name().unwrap().to_str().unwrap());
    let found = format!("3 lines of {name} cannot be read (first: line 2, cut off)");
    let status = place.overfit(&["status", "results/e"]).success();
    let missing = format!("warning: {found}: their trials are missing unless stored elsewhere");
    assert_eq!(status.stderr.trim_end(), missing);
    let run = place.overfit(RUN).success();
    assert_eq!(run.stderr.trim_end(), format!("warning: {found}: their trials are run again unless stored elsewhere"));
    assert_eq!(results.stored_lines(), TRIALS + 3, "they alone are run again");
    assert!(results.curves_text() == curves);
    for arguments in [RUN, &["report", "results/e", "--quiet"], &["merge", "results/e", "--quiet"]] {
        assert_eq!(place.overfit(arguments).success().stderr, "", "{arguments:?}");
    }
    let run = place.overfit(&["run", "e.toml"]).success();
    assert!(run.stderr.contains(&format!("{found}; they do no harm")), "{}", run.stderr);
    place.overfit(&["merge", "results/e", "--out", "clean", "--quiet"]).success();
    let clean = Results { folder: place.path().join("clean") };
    assert_eq!(clean.stored_lines(), TRIALS, "joining leaves them behind");
    assert!(clean.curves_text() == curves);
}

#[test]
fn records_that_cannot_be_of_their_trial_are_named_and_run_again() {
    let place = workplace();
    let results = place.experiment("e", CONFIG, &[]);
    let curves = results.curves_text();
    let file = store(&results);
    let whole = fs::read_to_string(&file).unwrap();
    let seed: u64 = whole.split("\"seed\":").nth(1).unwrap().split(',').next().unwrap().parse().unwrap();
    let changes = [
        (format!("\"seed\":{seed}"), "\"seed\":77".to_owned(), format!("its seed is 77, that of its trial {seed}")),
        ("\"fold\":0".into(), "\"fold\":2".into(), "its fold is 2, that of its trial 0".into()),
        (
            "\"metrics\":[\"loss\",\"accuracy\"]".into(),
            "\"metrics\":[\"loss\",\"r2\"]".into(),
            "its list of metrics is loss r2, that of its trial loss accuracy".into(),
        ),
        ("\"chosen_epoch\":6".into(), "\"chosen_epoch\":9".into(), "its chosen_epoch is 9".into()),
        ("\"semantics\":2".into(), "\"semantics\":3".into(), "semantics 3, here 2".into()),
        ("\"task\":\"classification\"".into(), "\"task\":\"regression\"".into(), "its task is regression".into()),
    ];
    for (index, (from, to, reason)) in changes.into_iter().enumerate() {
        let changed = whole.replacen(&from, &to, 1);
        assert!(changed != whole, "{from}");
        fs::write(&file, changed).unwrap();
        results.store_files().iter().filter(|other| **other != file).for_each(|other| fs::remove_file(other).unwrap());
        let run = place.overfit(RUN).success();
        assert!(run.stderr.contains("warning: line 1 of results/e/trials/"), "{}", run.stderr);
        assert!(run.stderr.contains(" cannot be right (") && run.stderr.contains(&reason), "{}", run.stderr);
        assert_eq!(results.stored_lines(), TRIALS + 1, "change {index}: its trial alone is run again");
        assert!(results.curves_text() == curves, "change {index}");
    }
}

/// Puts a copy of the first line, with another number in it, into a file of its own.
fn contradict(results: &Results) {
    let text = fs::read_to_string(store(results)).unwrap();
    let (before, after) = text.lines().next().unwrap().split_once("\"nonzero_parameters\":").unwrap();
    let wrong = format!("{before}\"nonzero_parameters\":9{after}\n");
    fs::write(results.folder.join("trials/wrong.jsonl"), wrong).unwrap();
}

#[test]
fn a_conflict_outside_the_plan_is_said_and_stops_nothing() {
    let place = workplace();
    let results = place.experiment("e", CONFIG, &[]);
    contradict(&results);
    place.overfit(RUN).code(4);
    let other = [RUN, &["--set", "train.epochs=4"]].concat();
    let run = place.overfit(&other).success();
    let said = "warning: a trial outside the plan has two results that differ (first: results/e/trials/";
    assert!(run.stderr.contains(said) && run.stderr.contains("wrong.jsonl:1"), "{}", run.stderr);
    for arguments in [&["status", "results/e"][..], &["report", "results/e"], &["merge", "results/e"]] {
        place.overfit(arguments).success();
    }
}

#[test]
fn the_advice_on_a_conflict_helps() {
    let place = workplace();
    let results = place.experiment("e", CONFIG, &[]);
    let curves = results.curves_text();
    contradict(&results);
    let run = place.overfit(RUN).code(4);
    let said = unwrapped(&run.stderr);
    assert!(said.contains("remove the wrong line, or all lines of this trial, and `overfit run` trains"), "{said}");
    assert!(said.contains("results/e/trials/wrong.jsonl:1"), "{said}");
    fs::remove_file(results.folder.join("trials/wrong.jsonl")).unwrap();
    let file = store(&results);
    edit(&file, |lines| drop(lines.remove(0)));
    place.overfit(RUN).success();
    assert!(results.curves_text() == curves);
}

#[test]
fn networks_of_other_settings_are_kept_and_said() {
    let place = workplace();
    place.overfit(&[RUN, &["--set", "save.models=\"final\""]].concat()).success();
    let arguments = ["run", "e.toml", "--set", "train.epochs=4"];
    let run = place.overfit(&arguments).success();
    assert!(run.stderr.contains("6 networks in models/ belong to trials outside the plan: kept\n"), "{}", run.stderr);
    assert_eq!(place.results("e").models().len(), TRIALS);
}

#[test]
fn a_store_that_loses_a_file_while_it_is_used_goes_on() {
    let place = workplace();
    let results = place.results("e");
    place.overfit(&[RUN, &["--seeds", "1"]].concat()).success();
    let first = store(&results);
    let mut child = start(&place, &["run", "e.toml", "--quiet", "--jobs", "1", "--seeds", "60"]);
    wait_until(&mut child, || results.stored_lines() > 4);
    fs::remove_file(&first).unwrap();
    let run = wait(child).success();
    assert!(run.stderr.contains("warning: 2 stored trials are gone: results/e/trials/"), "{}", run.stderr);
    assert_eq!(results.trials().len(), 2 * 60);
}

#[test]
fn a_store_with_line_ends_of_windows_and_keys_of_others_is_read() {
    let place = workplace();
    place.overfit(RUN).success();
    let results = place.results("e");
    let curves = results.curves_text();
    edit(&store(&results), |lines| {
        for line in lines {
            *line = format!("{{\"colour\":{{\"red\":[1]}},{}\r", &line[1..]);
        }
    });
    let run = place.overfit(&["run", "e.toml"]).success();
    assert!(run.stderr.starts_with("6 trials, 6 stored already\n"), "{}", run.stderr);
    assert!(results.curves_text() == curves);
}

#[test]
fn a_folder_may_be_a_link_and_names_may_have_any_letters() {
    let place = workplace();
    let (folder, data) = (place.path().join("目录 a"), "数据 b.csv");
    fs::create_dir(&folder).unwrap();
    fs::write(folder.join(data), blobs(60)).unwrap();
    fs::write(folder.join("配置.toml"), CONFIG.replace("blobs.csv", data)).unwrap();
    std::os::unix::fs::symlink(&folder, place.path().join("link")).unwrap();
    place.overfit(&["run", "目录 a/配置.toml", "--quiet", "--out", "link/结果"]).success();
    let results = Results { folder: folder.join("结果") };
    assert_eq!(results.stored_lines(), TRIALS);
    for folder in ["link/结果", "目录 a/结果"] {
        let run = place.overfit(&["status", folder, "--format", "csv"]).success();
        assert!(run.stdout.contains("配置,dropout,3,3,0,0\n"), "{}", run.stdout);
    }
    place.overfit(&["merge", "link/结果", "目录 a/结果", "--out", "合并", "--quiet"]).success();
    let merged = Results { folder: place.path().join("合并") };
    assert_eq!((merged.stored_lines(), merged.curves_text()), (TRIALS, results.curves_text()));
}

#[test]
fn what_can_be_no_folder_of_results_is_refused_before_anything_is_trained() {
    let place = workplace();
    std::os::unix::fs::symlink("nowhere", place.path().join("link")).unwrap();
    for (out, found) in [
        ("e.toml/x/y", "a file: e.toml"),
        ("link", "a link that leads nowhere: link"),
        ("link/x", "a link that leads nowhere: link"),
        ("/dev/null", "a file: /dev/null"),
    ] {
        let run = place.overfit(&[RUN, &["--out", out]].concat()).code(2);
        assert_eq!(run.stderr, format!("error: the results need a folder, found {found}\n"));
    }
}

#[test]
fn a_halving_that_lost_a_record_counts_what_is_stored_of_later_rungs() {
    let place = workplace();
    let sweep = "[sweep]\nstrategy = \"halving\"\npoints = 9\n[sweep.parameters]\n\
        \"train.learning_rate\" = { min = 1e-4, max = 1e-1, scale = \"log\" }\n";
    place.write("e.toml", format!("{}{sweep}", CONFIG.replace("epochs = 6", "epochs = 9")));
    place.overfit(RUN).success();
    let results = place.results("e");
    // Two variants, three seeds, rungs of 9, 3 and 1 points.
    let trials = 2 * 3 * (9 + 3 + 1);
    assert_eq!(results.stored_lines(), trials);
    // A trial of the first rung: one epoch.
    let is_short = |line: &str| line.contains("\"epoch\":[0,1],");
    let has_short = |path: &PathBuf| fs::read_to_string(path).unwrap().lines().any(is_short);
    edit(&results.store_files().into_iter().find(has_short).unwrap(), |lines| {
        lines.remove(lines.iter().position(|line| is_short(line)).unwrap());
    });
    let run = place.overfit(&["run", "e.toml", "--progress", "json"]).success();
    assert!(run.stderr.contains(&format!("\"stored\":{}", trials - 1)), "{}", run.stderr);
    let last = run.stderr.lines().rfind(|line| line.contains("trial_finished")).unwrap();
    assert!(last.contains(&format!("\"done\":{trials},")), "{last}");
    assert_eq!(results.stored_lines(), trials);
}

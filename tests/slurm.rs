//! `overfit submit` on a real Slurm of three nodes: whatever happens to tasks, nodes and the controller, the array comes to
//! the bytes of a local run, or the same command again does.
//!
//! Each test has a cluster of its own. Where there is no Slurm the tests say that they are skipped.
#![cfg(target_os = "linux")]

mod support;

use std::fs;
use std::sync::OnceLock;

use support::slurm::{Cluster, send, wait_for};
use support::{Results, Workplace, blobs};

/// Slurm's own MaxArraySize.
const USUAL: usize = 1001;

/// Two variants at two points, each some tenths of a second: tasks can be met while they run.
const CONFIG: &str = "seeds = 6\n[data]\npath = \"my blobs.csv\"\n[model]\nhidden = [64, 64]\n[train]\nepochs = 300\n\
    batch_size = 16\n[[variants]]\nname = \"none\"\n[[variants]]\nname = \"dropout\"\nremedies.dropout = 0.3\n\
    [sweep.parameters]\n\"train.learning_rate\" = [0.003, 0.01]\n";

const TRIALS: usize = 2 * 2 * 6;

/// What is submitted in most tests: six tasks of four trials, one for each processor.
const SUBMIT: &[&str] = &["submit", "e.toml", "--engine", "slurm", "--shards", "6", "--out", "it's \"out\""];

fn workplace() -> Workplace {
    let place = Workplace::new();
    place.write("my blobs.csv", blobs(300)).write("e.toml", CONFIG);
    place
}

/// `curves.csv` of a local run, trained once for all tests.
fn local() -> &'static [u8] {
    static CURVES: OnceLock<Vec<u8>> = OnceLock::new();
    CURVES.get_or_init(|| {
        let place = workplace();
        place.overfit(&["run", "e.toml", "--quiet"]).success();
        place.results("e").bytes("curves.csv")
    })
}

fn results(place: &Workplace) -> Results {
    Results { folder: place.path().join("it's \"out\"") }
}

/// Fails unless the array has come to the bytes of the local run, and has left nothing to do.
#[track_caller]
fn equals_the_local_run(cluster: &Cluster, place: &Workplace) {
    let merged = results(place).folder.join("curves.csv");
    wait_for("the derived files", || merged.exists());
    assert!(results(place).bytes("curves.csv") == local(), "curves.csv differs\n{}", logs(place));
    let run = cluster.overfit(place, SUBMIT).success();
    assert!(run.stderr.contains("nothing to submit: all 24 trials are stored, and merged"), "{}", run.stderr);
}

/// All logs, one after the other.
fn logs(place: &Workplace) -> String {
    let Ok(entries) = fs::read_dir(results(place).folder.join("slurm/logs")) else { return String::new() };
    let mut paths: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let log = |path: &std::path::PathBuf| format!("== {}\n{}", path.display(), fs::read_to_string(path).unwrap());
    paths.iter().map(log).collect()
}

/// How often a task has begun, by the logs.
fn starts(place: &Workplace) -> usize {
    logs(place).lines().filter(|line| line.starts_with("shard ") && line.contains(" on n")).count()
}

#[test]
fn an_array_and_its_merge_job_come_to_the_bytes_of_a_local_run() {
    let Some(cluster) = Cluster::start(USUAL) else { return };
    let place = workplace();
    let run = cluster.overfit(&place, &[SUBMIT, &["--", "--time=10", "--cpus-per-task=2"]].concat()).success();
    assert!(run.stdout.starts_with("submitted job 1: shards 0-5 of 6\nsubmitted job "), "{}", run.stdout);
    // What is in the config from now on is not of this submission.
    place.write("e.toml", CONFIG.replace("epochs = 300", "epochs = 3"));

    let again = cluster.overfit(&place, &["status", "it's \"out\"", "--format", "json"]).success();
    let told: serde_json::Value = serde_json::from_str(&again.stdout).unwrap();
    let queued = told["queue"]["tasks"].as_array().unwrap().len();
    assert!((1..=7).contains(&queued) && told["missing"].as_u64().unwrap() > 0, "{told:#}");
    place.write("e.toml", CONFIG);
    let again = cluster.overfit(&place, SUBMIT).success();
    assert!(again.stderr.contains("in the queue will train") && again.stdout.is_empty(), "{}", again.stderr);

    cluster.drain();
    equals_the_local_run(&cluster, &place);
    assert!(logs(&place).contains(", 2 at a time"), "SLURM_CPUS_PER_TASK is --jobs: {}", logs(&place));
    let status = cluster.overfit(&place, &["status", "it's \"out\""]).success().stdout;
    assert!(status.contains("Queue: no task of this folder."), "{status}");
    assert_eq!(results(&place).stored_lines(), TRIALS);
}

#[test]
fn tasks_beyond_the_largest_index_go_into_further_arrays() {
    let Some(cluster) = Cluster::start(4) else { return };
    let place = workplace();
    let submit = [&SUBMIT[..4], &["--shards", "10", "--max-running", "3"], &SUBMIT[6..]].concat();
    let run = cluster.overfit(&place, &submit).success();
    let lines: Vec<&str> = run.stdout.lines().map(|line| line.split_once(": ").unwrap().1).collect();
    assert_eq!(lines[..3], ["shards 0-3 of 10", "shards 4-7 of 10", "shards 8-9 of 10"], "{}", run.stdout);
    assert!(lines[3].starts_with("merge, after "), "{}", run.stdout);
    let running = || cluster.queue().iter().filter(|line| line.contains("|RUNNING|")).count();
    wait_for("the queue is empty", || {
        assert!(running() <= 3, "--max-running holds for all arrays together: {:?}", cluster.queue());
        cluster.queue().is_empty()
    });
    equals_the_local_run(&cluster, &place);
    assert_eq!(results(&place).stored_lines(), TRIALS);
}

#[test]
fn a_node_that_fails_costs_what_it_was_training() {
    let Some(cluster) = Cluster::start(USUAL) else { return };
    let place = workplace();
    cluster.overfit(&place, SUBMIT).success();
    assert!(!cluster.freeze("n2").is_empty());
    cluster.node("fail", "n2");
    cluster.drain();
    equals_the_local_run(&cluster, &place);
    assert!(starts(&place) > 6, "a task has begun again: {}", logs(&place));
}

#[test]
fn a_node_that_is_isolated_trains_the_same_as_another_one_at_the_same_time() {
    let Some(cluster) = Cluster::start(USUAL) else { return };
    let place = workplace();
    cluster.overfit(&place, SUBMIT).success();
    let frozen = cluster.freeze("n2");
    cluster.node("isolate", "n2");
    cluster.give_up("n2");
    let begun = starts(&place);
    wait_for("its tasks begin again elsewhere", || starts(&place) > begun.max(6));
    frozen.iter().for_each(|process| send("CONT", process));
    cluster.drain();
    wait_for("the lonely tasks end", || cluster.training_on("n2").is_empty());
    equals_the_local_run(&cluster, &place);
}

#[test]
fn jobs_that_a_dead_controller_forgot_are_submitted_again() {
    let Some(cluster) = Cluster::start(USUAL) else { return };
    let place = workplace();
    cluster.overfit(&place, SUBMIT).success();
    cluster.lose_controller();
    // What it has forgotten and what it runs again is its own affair: what is stored counts.
    for _ in 0..3 {
        cluster.overfit(&place, SUBMIT).success();
        cluster.drain();
        if results(&place).folder.join("curves.csv").exists() {
            break;
        }
    }
    equals_the_local_run(&cluster, &place);
}

#[test]
fn what_was_called_off_goes_on_with_what_is_missing() {
    let Some(cluster) = Cluster::start(USUAL) else { return };
    let place = workplace();
    let run = cluster.overfit(&place, SUBMIT).success();
    let jobs: Vec<&str> = run.stdout.lines().map(|line| line.split([' ', ':']).nth(2).unwrap()).collect();
    wait_for("some trials are stored", || results(&place).stored_lines() >= 2);
    cluster.ask("scancel", &jobs);
    cluster.drain();
    let (known, kept) = (results(&place).store_files(), results(&place).stored_lines());
    assert!((2..TRIALS).contains(&kept), "{kept} trials are stored");
    assert!(logs(&place).contains("interrupted: what was finished is stored"), "{}", logs(&place));

    let status = cluster.overfit(&place, &["status", "it's \"out\""]).success().stdout;
    let left = TRIALS - kept;
    let said = format!("{left} of {left} missing trials are of no task");
    assert!(status.replace('\n', " ").contains(&said), "{status}");
    cluster.overfit(&place, SUBMIT).success();
    cluster.drain();
    equals_the_local_run(&cluster, &place);
    assert_eq!(results(&place).stored_lines_beside(&known), left, "what was stored is not trained again");
}

#[test]
fn tasks_that_are_held_are_told_and_not_waited_for() {
    let Some(cluster) = Cluster::start(USUAL) else { return };
    let place = workplace();
    cluster.overfit(&place, SUBMIT).success();
    let frozen = cluster.freeze("n2");
    let queue = cluster.queue();
    let on_n2 = queue.iter().find(|line| line.contains("|RUNNING|n2|")).expect("a task runs there");
    let fields: Vec<&str> = on_n2.split('|').collect();
    let task = format!("{}_{}", fields[0], fields[1]);
    cluster.ask("scontrol", &["requeuehold", &task]);
    frozen.iter().for_each(|process| send("CONT", process));
    let is_held = |line: &String| line.contains("|PENDING|") && line.contains("held state");
    wait_for("it is held", || cluster.queue().iter().any(is_held));

    let status = cluster.overfit(&place, &["status", "it's \"out\""]).success().stdout;
    let said = format!("{task} is held (job requeued in held state): `scontrol release {task}` lets it go on.");
    assert!(status.replace('\n', " ").contains(&said), "{status}");
    wait_for("all else has ended", || cluster.queue().len() == 2);
    let run = cluster.overfit(&place, SUBMIT).success();
    assert!(
        run.stderr.contains(&format!("1 queued job is held, and not waited for (first: {task})")),
        "{}",
        run.stderr
    );
    let shard = format!(": shards {} of 6\n", fields[1]);
    assert!(run.stdout.contains(&shard), "no{shard} in {}", run.stdout);
    let merged = results(&place).folder.join("curves.csv");
    wait_for("the derived files", || merged.exists());
    // Released after all, it finds everything stored.
    cluster.ask("scontrol", &["release", &task]);
    cluster.drain();
    equals_the_local_run(&cluster, &place);
    assert_eq!(results(&place).stored_lines(), TRIALS);
}

//! `overfit submit` without a cluster: commands that say what Slurm's may say stand in for them, each a few lines of shell.
//! A real Slurm is in `tests/slurm.rs`.
#![cfg(unix)]

mod support;

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

use support::processes::{files_below, start, wait};
use support::{Results, Run, Workplace, blobs};

const CONFIG: &str = "seeds = 3\n[data]\npath = \"blobs.csv\"\n[model]\nhidden = [12, 8]\n[train]\nepochs = 5\n\
    [[variants]]\nname = \"none\"\n[[variants]]\nname = \"dropout\"\nremedies.dropout = 0.3\n\
    [sweep.parameters]\n\"train.learning_rate\" = [0.003, 0.01]\n";

/// Hands out 100, 101, ...; writes down what it was asked for.
const SBATCH: &str =
    "printf '%s\\n' \"$*\" >>calls\nn=100; while read -r _; do n=$((n + 1)); done <calls\necho $((n - 1))";

/// Slurm's other commands as they answer where all is well and nothing is queued.
const SCONTROL: &str = "echo 'MaxArraySize            = 4'";
const SINFO: &str = "echo 'test*|2/4/0/6'";
const SQUEUE: &str = ":";

/// A folder with a config, and one of commands that is all of PATH.
fn workplace(commands: &[(&str, &str)]) -> Workplace {
    let place = Workplace::new();
    place.write("blobs.csv", blobs(60)).write("e.toml", CONFIG);
    fs::create_dir(place.path().join("bin")).unwrap();
    commands.iter().for_each(|(name, script)| command(&place, name, script));
    place
}

/// A folder with all commands as they usually answer.
fn usual() -> Workplace {
    workplace(&[("sbatch", SBATCH), ("scontrol", SCONTROL), ("sinfo", SINFO), ("squeue", SQUEUE)])
}

fn command(place: &Workplace, name: &str, script: &str) {
    let path = place.path().join("bin").join(name);
    fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
}

fn run(place: &Workplace, arguments: &[&str]) -> Run {
    place.command(arguments).env("PATH", place.path().join("bin")).output().unwrap().into()
}

fn submit(place: &Workplace, arguments: &[&str]) -> Run {
    run(place, &[&["submit", "e.toml", "--engine", "slurm"], arguments].concat())
}

/// What sbatch was asked for, a line for each time.
fn calls(place: &Workplace) -> Vec<String> {
    let text = fs::read_to_string(place.path().join("calls")).unwrap_or_default();
    text.lines().map(str::to_owned).collect()
}

/// The path of the folder of results, as scripts name it.
fn folder(place: &Workplace) -> String {
    place.path().canonicalize().unwrap().join("results/e").display().to_string()
}

/// The scripts of tasks, by name.
fn scripts(place: &Workplace) -> Vec<String> {
    let all = files_below(&place.results("e").folder.join("slurm"));
    all.into_iter().filter(|name| name.starts_with("tasks-") || name.starts_with("retries-")).collect()
}

#[test]
fn shards_become_tasks_and_a_merge_job_follows_them_however_they_end() {
    let place = usual();
    let run = submit(&place, &["--shards", "6", "--jobs", "2", "--", "--time=10", "--partition=test"]).success();
    assert_eq!(
        run.stdout,
        "submitted job 100: shards 0-3 of 6\nsubmitted job 101: shards 4-5 of 6\n\
         submitted job 102: merge, after 100, 101\n"
    );
    assert!(run.stderr.contains("12 trials of 12 in 6 tasks"), "{}", run.stderr);
    let (folder, scripts, calls) = (folder(&place), scripts(&place), calls(&place));
    let common = format!("--output={folder}/slurm/logs/%A_%a.log --requeue --open-mode=append");
    for (call, (tasks, script)) in calls.iter().zip([("0-3", &scripts[0]), ("0-1", &scripts[1])]) {
        assert_eq!(
            *call,
            format!(
                "--job-name=overfit-e {common} --cpus-per-task=2 --time=10 --partition=test --array={tasks} \
                 --chdir={folder} --parsable {folder}/slurm/{script}"
            )
        );
    }
    assert!(scripts[0].ends_with("-6-from-0.sh") && scripts[1].ends_with("-6-from-4.sh"), "{scripts:?}");
    assert!(
        calls[2].contains("--dependency=afterany:100:101 ") && calls[2].ends_with("/slurm/merge.sh"),
        "{}",
        calls[2]
    );
    assert!(calls[2].contains(" --time=10 --partition=test "), "{}", calls[2]);
    // The plan is there at once, for status and merge.
    assert_eq!(self::run(&place, &["status", "results/e", "--format", "csv"]).success().stdout.lines().count(), 3);
}

#[test]
fn scripts_train_what_was_submitted_whatever_becomes_of_the_config() {
    let whole = workplace(&[]);
    whole.overfit(&["run", "e.toml", "--quiet", "--seeds", "2", "--set", "train.epochs=4"]).success();
    let place = usual();
    submit(&place, &["--shards", "6", "--seeds", "2", "--set", "train.epochs=4"]).success();
    place.write("e.toml", CONFIG.replace("epochs = 5", "epochs = 9"));
    let results = place.results("e");
    let shell = |script: &str, task: &str| {
        let mut shell = Command::new("sh");
        shell.arg(results.folder.join("slurm").join(script)).current_dir("/").env("SLURM_CPUS_PER_TASK", "1");
        Run::from(shell.env("SLURM_ARRAY_TASK_ID", task).output().unwrap())
    };
    let scripts = scripts(&place);
    for (script, task) in [(0, "3"), (1, "1"), (0, "0"), (0, "1"), (0, "1"), (1, "0"), (0, "2")] {
        shell(&scripts[script], task).success();
        assert!(!results.folder.join("curves.csv").exists(), "tasks leave it to the job that merges");
    }
    let merge = shell("merge.sh", "0").success();
    assert!(merge.stdout.contains("dropout"), "{}", merge.stdout);
    assert!(results.bytes("curves.csv") == whole.results("e").bytes("curves.csv"));
    assert_eq!(results.stored_lines(), 8);
}

#[test]
fn only_shards_with_something_missing_are_submitted_again() {
    let place = usual();
    for shard in ["0/6", "1/6", "4/6"] {
        place.overfit(&["run", "e.toml", "--shard", shard, "--store-only", "--quiet"]).success();
    }
    let run = submit(&place, &["--shards", "6"]).success();
    assert!(
        run.stdout.starts_with("submitted job 100: shards 2-3 of 6\nsubmitted job 101: shards 5 of 6\n"),
        "{}",
        run.stdout
    );
    assert!(
        calls(&place)[0].contains("--array=2-3 ") && calls(&place)[1].contains("--array=1 "),
        "{:?}",
        calls(&place)
    );

    // All is stored, and the job that merges was forgotten: it is submitted alone.
    place.overfit(&["run", "e.toml", "--store-only", "--quiet"]).success();
    let run = submit(&place, &["--shards", "6"]).success();
    assert_eq!(run.stdout, "submitted job 103: merge\n");
    place.overfit(&["merge", "results/e", "--quiet"]).success();
    let run = submit(&place, &["--shards", "6"]).success();
    assert!(run.stdout.is_empty() && run.stderr.contains("all 12 trials are stored, and merged"), "{}", run.stderr);
    assert_eq!(calls(&place).len(), 4);
}

/// An answer of squeue, a line for each task of the first script.
fn queued(place: &Workplace, tasks: &[(&str, &str, &str)], merge: bool) {
    let (folder, scripts) = (folder(place), scripts(place));
    let lines = tasks
        .iter()
        .map(|(index, state, reason)| format!("echo '100|{index}|{state}|{reason}||{folder}/slurm/{}'\n", scripts[0]));
    let merge =
        if merge { format!("echo '102|N/A|PENDING|Dependency||{folder}/slurm/merge.sh'\n") } else { String::new() };
    command(place, "squeue", &(lines.collect::<String>() + &merge));
}

#[test]
fn what_queued_tasks_will_train_is_not_submitted_twice_unless_forced() {
    let place = usual();
    command(&place, "scontrol", "echo 'MaxArraySize = 1001'");
    submit(&place, &["--shards", "3"]).success();
    let all = [("0", "RUNNING", "None"), ("1", "PENDING", "Resources"), ("2", "PENDING", "Priority")];
    queued(&place, &all, true);
    let run = submit(&place, &[]).success();
    assert!(run.stderr.contains("3 tasks in the queue will train 12 missing trials"), "{}", run.stderr);
    assert_eq!(calls(&place).len(), 2);
    let status = self::run(&place, &["status", "results/e"]).success().stdout.replace('\n', " ");
    assert!(status.contains("Queue: 1 running on , 3 pending (1 Dependency, 1 Priority, 1 Resources)."), "{status}");
    assert!(!status.contains("of no task"), "{status}");

    // One was forgotten: it alone is submitted, and the merge job comes after both.
    queued(&place, &all[..2], true);
    let run = submit(&place, &[]).success();
    assert_eq!(run.stdout, "submitted job 102: shards 2 of 3\nsubmitted job 103: merge, after 100, 102\n");
    // The merge job was.
    queued(&place, &all, false);
    assert_eq!(submit(&place, &[]).success().stdout, "submitted job 104: merge, after 100\n");
    // One is held: nobody knows for how long.
    queued(&place, &[all[0], all[1], ("2", "PENDING", "launch failed requeued held")], true);
    let run = submit(&place, &[]).success();
    assert_eq!(run.stdout, "submitted job 105: shards 2 of 3\nsubmitted job 106: merge, after 105\n");
    assert!(run.stderr.contains("warning: 1 queued job is held, and not waited for (first: 100_2)"), "{}", run.stderr);
    queued(&place, &all, true);
    let run = submit(&place, &["--force", "--shards", "2"]).success();
    assert!(run.stdout.starts_with("submitted job 107: shards 0-1 of 2\n"), "{}", run.stdout);
    // Tasks of other settings train something else.
    let run = submit(&place, &["--seeds", "4", "--shards", "1"]).success();
    assert!(run.stdout.starts_with("submitted job 109: shards 0 of 1\n"), "{}", run.stdout);
    // What failed is not trained again by tasks that leave it out.
    queued(&place, &all, true);
    assert!(submit(&place, &["--retry-failed", "--shards", "1"]).success().stdout.contains("shards 0 of 1"));
}

#[test]
fn a_submission_that_breaks_off_says_what_is_in_the_queue_and_what_to_do() {
    let place = usual();
    let fails =
        "case \"$*\" in *from-4.sh) echo 'sbatch: error: Batch job submission failed: no more' >&2; exit 1;; esac";
    command(&place, "sbatch", &format!("{fails}\n{SBATCH}"));
    let run = submit(&place, &["--shards", "12"]).code(1);
    for part in [
        "error: shards 4-7 of 12 were not submitted: sbatch ended with exit status: 1: sbatch: error: Batch job submission failed: no more\n",
        "submitted before that: job 100, shards 0-3 of 12\n",
        "the same command again submits what is neither stored nor queued; `scancel 100` takes back what was submitted",
    ] {
        assert!(run.stderr.contains(part), "no {part} in {}", run.stderr);
    }
    assert_eq!(calls(&place).len(), 1, "no merge job follows a part");

    command(&place, "sbatch", &format!("case \"$*\" in *merge.sh) exit 1;; esac\n{SBATCH}"));
    let run = submit(&place, &["--shards", "2"]).code(1);
    assert!(
        run.stderr.contains("the job that merges was not submitted") && run.stderr.contains("`overfit merge "),
        "{}",
        run.stderr
    );
    for (script, said) in [
        ("echo 'Submitted batch job 7'", "gave no number of a job: \"Submitted batch job 7\""),
        ("exit 0", "gave no number of a job: \"\""),
        ("kill -9 $$", "sbatch ended with signal: 9"),
    ] {
        command(&place, "sbatch", script);
        let run = submit(&place, &["--shards", "2"]).code(1);
        assert!(run.stderr.contains(said) && run.stderr.contains("no job was submitted"), "{}", run.stderr);
    }
}

#[test]
fn commands_that_are_missing_or_odd_are_made_up_for_and_said() {
    let place = workplace(&[("sbatch", SBATCH)]);
    let run = submit(&place, &["--max-running", "3"]).success();
    let said = "warning: MaxArraySize is taken to be 1001, Slurm's default: there is no scontrol to ask";
    assert!(run.stderr.contains(said), "{}", run.stderr);
    assert!(calls(&place)[0].contains("--array=0%3 "), "a task of minutes, not milliseconds: {:?}", calls(&place));
    let place = usual();
    command(&place, "scontrol", "echo 'slurm_load_ctl_conf error'");
    command(&place, "squeue", "echo 'squeue: error: no controller' >&2; exit 1");
    command(&place, "sinfo", "echo odd");
    let run = submit(&place, &[]).success();
    for said in [
        "warning: MaxArraySize is taken to be 1001, Slurm's default: scontrol show config does not tell it",
        "warning: what is queued already is not known: squeue failed: squeue: error: no controller",
        "warning: how many tasks can run at a time is not known",
    ] {
        assert!(run.stderr.contains(said), "no {said} in {}", run.stderr);
    }
    command(&place, "scontrol", "echo 'MaxArraySize = 0'");
    assert!(submit(&place, &["--force"]).code(2).stderr.contains("no array jobs"));
    let status = self::run(&place, &["status", "results/e"]).success();
    assert!(status.stderr.contains("warning: what is queued is not known: squeue failed"), "{}", status.stderr);
}

#[test]
fn nothing_is_written_by_a_dry_run_or_without_sbatch() {
    let place = workplace(&[]);
    let before = files_below(place.path());
    let run = submit(&place, &[]).code(2);
    assert!(run.stderr.contains("error: --engine slurm needs sbatch, found none on PATH"), "{}", run.stderr);
    let run = submit(&place, &["--dry-run", "--shards", "1500", "--max-running", "9", "--", "--time=10"]).success();
    assert_eq!(files_below(place.path()), before);
    assert_eq!(run.stdout.matches("#!/bin/sh\n").count(), 2, "12 trials are in the first 1001 shards: {}", run.stdout);
    assert!(run.stdout.contains("job0=$(sbatch --job-name=overfit-e ") && run.stdout.contains(" --array=0-11%9 "));
    assert!(run.stdout.contains(" \"--dependency=afterany:${job0}\" "), "{}", run.stdout);

    let place = usual();
    let run = submit(&place, &["--dry-run", "--shards", "6", "--max-running", "2"]).success();
    let commands = run.stdout.split("# commands\n").nth(1).unwrap();
    assert!(commands.contains("\"--dependency=afterany:${job0}\" --array=0-1%2 "), "one after the other: {commands}");
    assert!(calls(&place).is_empty() && !place.path().join("results").exists());
}

#[test]
fn what_cannot_be_submitted_is_refused_before_anything_is_written() {
    let place = usual();
    let halving = ["--set", "sweep.strategy=halving"];
    let run = submit(&place, &halving).code(2);
    assert!(
        run.stderr.contains("under halving the results of all points decide which trials follow"),
        "{}",
        run.stderr
    );
    assert!(submit(&place, &["--", "--array=1-3"]).code(2).stderr.contains("must not have --array or -a"));
    assert!(submit(&place, &["--", "job.sh"]).code(2).stderr.contains("found \"job.sh\""));
    assert!(submit(&place, &["--out", "a\\b"]).code(2).stderr.contains("no backslash"));
    assert!(submit(&place, &["--out", "a\nb"]).code(2).stderr.contains("no line breaks"));
    assert!(submit(&place, &["--shards", "0"]).code(2).stderr.contains("from 1 to 1000000"));
    assert!(run_without_engine(&place).stderr.contains("--engine <ENGINE>"));
    assert!(calls(&place).is_empty() && !place.path().join("results").exists());
}

fn run_without_engine(place: &Workplace) -> Run {
    run(place, &["submit", "e.toml"]).code(2)
}

#[test]
fn merge_waits_for_what_is_seen_late() {
    let place = workplace(&[]);
    place.overfit(&["run", "e.toml", "--shard", "0/2", "--store-only", "--quiet"]).success();
    let results: Results = place.results("e");
    let hidden = Path::new("late.jsonl");
    place.overfit(&["run", "e.toml", "--shard", "1/2", "--store-only", "--quiet", "--out", "other"]).success();
    let other = Results { folder: place.path().join("other") };
    let merge = start(&place, &["merge", "results/e", "--wait", "60s"]);
    // Once it has said that it waits, it has looked.
    std::thread::sleep(std::time::Duration::from_millis(500));
    fs::copy(&other.store_files()[0], results.folder.join("trials").join(hidden)).unwrap();
    let run = wait(merge).success();
    assert_eq!(results.trials().len(), 12, "{}", run.stderr);
    let run = place.overfit(&["merge", "other", "--wait", "1s"]).code(3);
    assert!(run.stderr.contains("6 trials are missing: looking for them for 1 s\n"), "{}", run.stderr);
}

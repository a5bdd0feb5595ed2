//! Strategies of a sweep and limits of a run: drawn points, single points, successive halving, `--max-trials`, `--max-time`.

mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::process::Stdio;

use support::{Results, Row, Workplace, blobs, number};

/// A workplace with data and the config `e.toml`.
fn workplace(config: &str) -> Workplace {
    let place = Workplace::new();
    place.write("blobs.csv", blobs(60)).write("e.toml", config);
    place
}

/// The data, a small network, and two variants of which one sweeps a key of its own.
fn config(epochs: u32, sweep: &str) -> String {
    format!(
        "seeds = 2\n[data]\npath = \"blobs.csv\"\n[model]\nhidden = [8]\n[train]\nepochs = {epochs}\nbatch_size = 16\n\
         [[variants]]\nname = \"none\"\n[[variants]]\nname = \"dropout\"\n\
         [variants.sweep]\n\"remedies.dropout.hidden\" = {{ min = 0.1, max = 0.6 }}\n[sweep]\n{sweep}\n\
         [sweep.parameters]\n\"train.learning_rate\" = {{ min = 1e-4, max = 1e-1, scale = \"log\" }}\n"
    )
}

fn random(points: u32) -> String {
    config(4, &format!("strategy = \"random\"\npoints = {points}"))
}

/// Rungs of 3, 9 and 27 epochs with 6, 2 and 1 points.
fn halving() -> String {
    config(27, "strategy = \"halving\"\npoints = 6")
}

/// Trials of the halving: two variants, two seeds.
const HALVED: usize = 2 * 2 * (6 + 2 + 1);

#[test]
fn a_widened_random_sweep_trains_only_the_new_points() {
    let place = workplace(&random(3));
    place.overfit(&["run", "e.toml", "--quiet"]).success();
    let few = place.results("e");
    let known = few.store_files();
    assert_eq!(few.stored_lines(), 3 * 2 * 2);
    place.write("e.toml", random(5)).overfit(&["run", "e.toml", "--quiet"]).success();
    let more = place.results("e");
    assert_eq!(more.stored_lines_beside(&known), 2 * 2 * 2);
    let whole = workplace(&random(5));
    whole.overfit(&["run", "e.toml", "--quiet"]).success();
    assert!(more.bytes("curves.csv") == whole.results("e").bytes("curves.csv"));
}

#[test]
fn variants_are_compared_at_the_same_shared_values() {
    let place = workplace(&random(4));
    place.overfit(&["run", "e.toml", "--quiet"]).success();
    let summary = support::read_csv(&place.results("e").folder.join("summary.csv"));
    let rates = |variant: &str| -> Vec<String> {
        summary.iter().filter(|row| row["variant"] == variant).map(|row| row["train.learning_rate"].clone()).collect()
    };
    assert_eq!((rates("none").len(), rates("none")), (4, rates("dropout")));
    for row in summary.iter().filter(|row| row["variant"] == "dropout") {
        let same =
            |other: &&Row| other["variant"] == "none" && other["train.learning_rate"] == row["train.learning_rate"];
        let baseline = summary.iter().find(same).unwrap();
        let difference = number(row, "test_accuracy_mean") - number(baseline, "test_accuracy_mean");
        assert!((number(row, "difference") - difference).abs() < 1e-12);
    }
}

#[test]
fn check_shows_what_each_strategy_will_run() {
    let shown = |config: &str| {
        let text = workplace(config).overfit(&["check", "e.toml"]).success().stdout;
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    let drawn = shown(&random(4));
    assert!(
        drawn.contains("sweep random: 4 draws for each variant; 4 points each, equal ones counted once"),
        "{drawn}"
    );
    assert!(drawn.contains("16 trials: 8 points of 2 variants x 2 seeds"), "{drawn}");
    let halved = shown(&halving());
    let rungs = "in each seed and fold 6 points for 3 epochs, then 2 points for 9 epochs, then 1 point for 27 epochs";
    assert!(halved.contains(rungs), "{halved}");
    // (6·3 + 2·9 + 27) / (6·27)
    assert!(halved.contains("36 trials: 39% of the epochs of all points in full"), "{halved}");
    let single = shown(&config(4, "strategy = \"random\"\npoints = 2\ninclude = [{ \"train.learning_rate\" = 0.5 }]"));
    assert!(single.contains("2 draws for each variant; 3 points each with those included and excluded"), "{single}");
}

/// The trials of each variant, seed and rung, in the order of the plan.
fn rungs(results: &Results) -> BTreeMap<(String, String, u32), Vec<Row>> {
    let mut rungs: BTreeMap<_, Vec<Row>> = BTreeMap::new();
    for row in results.trials() {
        let key = (row["variant"].clone(), row["seed"].clone(), row["train.epochs"].parse().unwrap());
        rungs.entry(key).or_default().push(row);
    }
    rungs
}

fn rates(rows: &[&Row]) -> BTreeSet<String> {
    rows.iter().map(|row| row["train.learning_rate"].clone()).collect()
}

#[test]
fn the_best_by_validation_go_on_in_each_seed_by_itself() {
    let place = workplace(&halving());
    let run = place.overfit(&["run", "e.toml", "--progress", "json"]).success();
    assert!(run.stderr.contains(&format!("\"total\":{HALVED}")), "{}", run.stderr);
    assert!(run.stderr.contains(&format!("\"done\":{HALVED}")), "{}", run.stderr);
    let results = place.results("e");
    assert_eq!((results.trials().len(), results.stored_lines()), (HALVED, HALVED));
    let rungs = rungs(&results);
    for ((variant, seed, epochs), rows) in &rungs {
        let Some(next) = rungs.get(&(variant.clone(), seed.clone(), epochs * 3)) else {
            assert_eq!((*epochs, rows.len()), (27, 1));
            continue;
        };
        assert!(rows.iter().all(|row| row["epochs"] == epochs.to_string()), "a rung's trial has so many epochs");
        let mut ranked: Vec<&Row> = rows.iter().collect();
        ranked.sort_by(|a, b| {
            let by = |column| number(a, column).total_cmp(&number(b, column));
            by("validation_accuracy").reverse().then(by("validation_loss"))
        });
        assert_eq!(rates(&ranked[..next.len()]), rates(&next.iter().collect::<Vec<_>>()), "{variant} {seed} {epochs}");
    }
    let summary = support::read_csv(&results.folder.join("summary.csv"));
    assert!(summary[0].keys().all(|column| column != "train.epochs"), "what is compared has all epochs");
    assert_eq!(summary.iter().map(|row| number(row, "n")).sum::<f64>(), 4.0, "the last rungs alone are compared");
    // 4 groups of 6·3 + 2·9 + 27 and of 6·27 epochs.
    let text = run.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(text.contains("Spent: 252 epochs, all points in full would be 648: 61% saved."), "{}", run.stdout);
}

#[test]
fn what_halving_spent_is_what_was_trained_and_nothing_is_saved_before_the_end() {
    let place = workplace(&halving().replace("[model]", "remedies.early_stopping = 2\n[model]").replace(
        "[data]\npath = \"blobs.csv\"\nremedies.early_stopping = 2\n",
        "remedies.early_stopping = 2\n[data]\npath = \"blobs.csv\"\n",
    ));
    let said = |arguments: &[&str]| {
        let run = place.overfit(&[&["run", "e.toml"], arguments].concat()).success();
        run.stdout.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    let begun = said(&["--max-trials", "3"]);
    assert!(begun.contains("Spent so far: ") && !begun.contains("saved"), "{begun}");
    let ended = said(&[]);
    let results = place.results("e");
    let trained: f64 = results.trials().iter().map(|trial| number(trial, "epochs")).sum();
    assert!(results.trials().iter().any(|trial| trial["status"] == "stopped_early"), "something stops early");
    assert!(ended.contains(&format!("Spent: {trained} epochs")), "{trained}: {ended}");
}

#[test]
fn every_command_counts_the_trials_of_an_unfinished_halving_alike() {
    const BEGUN: usize = 5;
    let place = workplace(&halving());
    place.overfit(&["run", "e.toml", "--quiet", "--max-trials", &BEGUN.to_string()]).success();
    let (missing, to_come) = (HALVED - BEGUN, 2 * 2 * (2 + 1));
    let status = place.overfit(&["status", "results/e"]).success();
    assert!(status.stdout.contains(&format!("\n{to_come} more trials are to come")), "{}", status.stdout);
    let report = place.overfit(&["report", "results/e", "--quiet"]).success();
    assert!(report.stderr.contains(&format!("of {HALVED} trials {missing} missing")), "{}", report.stderr);
    let merge = place.overfit(&["merge", "results/e", "--quiet"]).code(3);
    let head = format!("error: {missing} of {HALVED} trials are missing in results/e:\n");
    let end = format!("\n  and {to_come} on which halving decides by the results of these\n");
    assert!(merge.stderr.starts_with(&head) && merge.stderr.ends_with(&end), "{}", merge.stderr);
}

#[test]
fn what_nobody_listens_to_does_not_end_report_and_merge() {
    let place = workplace(&random(2));
    place.overfit(&["run", "e.toml"]).success();
    for command in ["report", "merge"] {
        let mut process = place.command(&[command, "results/e"]);
        process.stdout(Stdio::null()).stderr(Stdio::piped());
        let mut process = process.spawn().expect("the program was built");
        drop(process.stderr.take());
        assert_eq!(process.wait().expect("it ends").code(), Some(0), "{command}");
    }
}

#[test]
fn halving_gives_the_same_bytes_however_it_is_run() {
    let place = workplace(&halving());
    place.overfit(&["run", "e.toml", "--quiet", "--jobs", "1"]).success();
    let whole = place.results("e").bytes("curves.csv");
    let run =
        |place: &Workplace, arguments: &[&str]| place.overfit(&[&["run", "e.toml"], arguments].concat()).success();
    let parallel = workplace(&halving());
    run(&parallel, &["--jobs", "3"]);
    assert!(parallel.results("e").bytes("curves.csv") == whole);
    let piecewise = workplace(&halving());
    let left = |done: usize| format!("{} of {HALVED} trials are left", HALVED - done);
    for round in 1..=HALVED / 5 {
        let ended = run(&piecewise, &["--max-trials", "5", "--jobs", "2"]);
        assert!(ended.stderr.contains(&left(5 * round)), "{}", ended.stderr);
        if round == 1 {
            let status = piecewise.overfit(&["status", "results/e"]).success().stdout;
            // 6 points of 2 variants and seeds are known from the start.
            assert!(status.contains(&format!("{} more trials are to come", HALVED - 24)), "{status}");
        }
    }
    assert!(!run(&piecewise, &[]).stderr.contains("left"));
    assert!(piecewise.results("e").bytes("curves.csv") == whole);
    assert_eq!(piecewise.results("e").stored_lines(), HALVED);
    run(&piecewise, &["--fresh"]);
    assert!(piecewise.results("e").bytes("curves.csv") == whole);
    piecewise.overfit(&["report", "results/e", "--quiet"]).success();
    assert!(piecewise.results("e").bytes("curves.csv") == whole, "the folder alone knows the plan");
}

#[cfg(unix)]
#[test]
fn two_processes_halve_one_folder_together() {
    let whole = workplace(&halving());
    whole.overfit(&["run", "e.toml", "--quiet"]).success();
    let place = workplace(&halving());
    let start = || support::processes::start(&place, &["run", "e.toml", "--quiet", "--jobs", "1"]);
    let [first, second] = [start(), start()];
    support::processes::wait(first).success();
    support::processes::wait(second).success();
    assert!(place.results("e").bytes("curves.csv") == whole.results("e").bytes("curves.csv"));
}

#[test]
fn no_test_row_decides_who_goes_on() {
    let config = halving().replace("path = \"blobs.csv\"", "path = \"blobs.csv\"\nsplit = { column = \"part\" }");
    let table = |wrong: bool| {
        let mut text = String::new();
        for (number, line) in blobs(90).lines().enumerate() {
            let part = if number == 0 { "part" } else { ["train", "train", "validation", "test"][(number / 3) % 4] };
            // Labels of test rows turn in the second table.
            let turned = [("red", "green"), ("green", "blue"), ("blue", "red")];
            let (features, label) = line.rsplit_once(',').unwrap();
            let other = turned.iter().find(|(from, _)| wrong && part == "test" && *from == label).map(|(_, to)| *to);
            text.push_str(&format!("{part},{features},{}\n", other.unwrap_or(label)));
        }
        text
    };
    let survivors = |table: &str| {
        let place = workplace(&config);
        place.write("blobs.csv", table).overfit(&["run", "e.toml", "--quiet"]).success();
        let rows = place.results("e").trials();
        let keys = ["variant", "train.learning_rate", "train.epochs", "seed"];
        let figures = rows.iter().map(|row| row["test_accuracy"].clone()).collect::<Vec<_>>();
        (rows.iter().map(|row| keys.map(|key| row[key].clone())).collect::<Vec<_>>(), figures)
    };
    let (right, wrong) = (survivors(&table(false)), survivors(&table(true)));
    assert_eq!(right.0, wrong.0);
    assert_ne!(right.1, wrong.1, "the test figures are others");
}

#[test]
fn halving_refuses_what_it_cannot_do() {
    let place = workplace(&halving());
    let message = place.overfit(&["run", "e.toml", "--shard", "0/2"]).code(2).stderr;
    assert!(message.contains("--shard must not be given for \"e\": under halving"), "{message}");
    let message = place.overfit(&["check", "e.toml", "--set", "data.split.validation=0"]).code(2).stderr;
    assert!(
        message.contains("sweep.strategy must be grid or random without validation rows, found halving"),
        "{message}"
    );
    assert!(!place.path().join("results").exists());
}

#[test]
fn a_limited_run_ends_well_and_the_same_command_goes_on() {
    let place = workplace(&random(3));
    let first = place.overfit(&["run", "e.toml", "--max-trials", "5"]).success();
    assert!(
        first.stderr.contains("the limit was reached: 7 of 12 trials are left; the same command goes on"),
        "{}",
        first.stderr
    );
    assert_eq!(place.results("e").stored_lines(), 5);
    let none = place.overfit(&["run", "e.toml", "--max-time", "0.000001s"]).success();
    assert!(none.stderr.contains("7 of 12 trials are left"), "{}", none.stderr);
    let last = place.overfit(&["run", "e.toml", "--max-trials", "7", "--max-time", "2h"]).success();
    assert!(!last.stderr.contains("left;"), "{}", last.stderr);
    let whole = workplace(&random(3));
    whole.overfit(&["run", "e.toml", "--quiet"]).success();
    assert!(place.results("e").bytes("curves.csv") == whole.results("e").bytes("curves.csv"));
}

#[test]
fn a_limit_is_for_all_configs_together() {
    let place = workplace(&random(3));
    place.write("f.toml", random(3)).overfit(&["run", "e.toml", "f.toml", "--quiet", "--max-trials", "14"]).success();
    assert_eq!((place.results("e").stored_lines(), place.results("f").stored_lines()), (12, 2));
}

//! `overfit compare` of folders of results: one as `report` shows it, several as data sets; and the choice of an oracle.

mod support;

use std::collections::BTreeSet;
use std::fs;

use serde_json::Value;
use support::{Row, Workplace, blobs, number, read_csv, waves};

/// Two variants, of which the second sweeps a key of its own; the baseline is not the first.
const SWEEP: &str = "seeds = 3\nbaseline = \"l2\"\n[data]\npath = \"blobs.csv\"\n[model]\nhidden = [8]\n[train]\nepochs = 4\n\
                     [[variants]]\nname = \"dropout\"\nsweep.\"remedies.dropout.hidden\" = [0.1, 0.5]\n\
                     [[variants]]\nname = \"l2\"\nremedies.l2 = 0.1\n";

/// Rungs of 1, 3 and 9 epochs.
const HALVING: &str = "seeds = 2\n[data]\npath = \"blobs.csv\"\n[model]\nhidden = [8]\n[train]\nepochs = 9\n\
                       [[variants]]\nname = \"none\"\n[[variants]]\nname = \"dropout\"\nremedies.dropout = 0.5\n\
                       [sweep]\nstrategy = \"halving\"\npoints = 9\n\
                       parameters.\"train.learning_rate\" = { min = 1e-4, max = 1e-1, scale = \"log\" }\n";

/// The experiments `a` and `b` of one config on different data.
fn two(config: &str) -> Workplace {
    let place = Workplace::new();
    place.write("blobs.csv", blobs(60)).experiment("a", config, &[]);
    place.write("blobs.csv", blobs(90)).experiment("b", config, &[]);
    place
}

fn one(config: &str) -> Workplace {
    let place = Workplace::new();
    place.write("blobs.csv", blobs(60)).experiment("a", config, &[]);
    place
}

fn json(place: &Workplace, arguments: &[&str]) -> Value {
    let printed = place.overfit(&[arguments, &["--format", "json"]].concat()).success().stdout;
    serde_json::from_str(&printed).expect("the format is JSON")
}

/// The name of each row under a key.
fn variants(rows: &Value) -> Vec<&str> {
    rows.as_array().expect("rows").iter().map(|row| row["variant"].as_str().expect("a name")).collect()
}

#[test]
fn one_folder_is_compared_as_its_report_shows_it() {
    for config in [SWEEP, HALVING] {
        let place = one(config);
        for format in ["table", "markdown", "csv", "json"] {
            let compared = place.overfit(&["compare", "results/a", "--format", format]).success();
            let report = place.overfit(&["report", "results/a", "--format", format]).success();
            assert!(compared.stdout == report.stdout, "{format}: {}\n{}", compared.stdout, report.stdout);
            assert_eq!(compared.stderr, "");
        }
    }
}

#[test]
fn metric_baseline_and_rope_are_those_that_are_asked_for() {
    let place = one(SWEEP);
    let usual = json(&place, &["compare", "results/a"]);
    assert_eq!((&usual["baseline"], &usual["metric"]), (&"l2".into(), &"test_accuracy".into()));
    let asked = ["compare", "results/a", "--metric", "loss", "--baseline", "dropout", "--rope", "0.5"];
    let asked = json(&place, &asked);
    assert_eq!(
        (&asked["baseline"], &asked["metric"], &asked["rope"]),
        (&"dropout".into(), &"test_loss".into(), &0.5.into())
    );
    assert_eq!(variants(&asked["selected"]), ["dropout", "l2"]);
    // Within each seed the lowest validation loss stands for the variant.
    let rows = place.results("a").trials();
    let best = |seed: &str| -> f64 {
        let of_seed = |row: &&Row| row["variant"] == "dropout" && row["seed"] == seed;
        let best = rows
            .iter()
            .filter(of_seed)
            .min_by(|a, b| number(a, "validation_loss").total_cmp(&number(b, "validation_loss")));
        number(best.unwrap(), "test_loss")
    };
    let mean = ["0", "1", "2"].map(best).iter().sum::<f64>() / 3.0;
    let found = asked["selected"][0]["measures"]["test_loss"]["mean"].as_f64().unwrap();
    assert!((found - mean).abs() < 1e-12, "{found}, expected {mean}");
    let wrong = place.overfit(&["compare", "results/a", "--metric", "gap"]).code(2).stderr;
    assert!(wrong.contains("--metric must be one of loss, accuracy"), "{wrong}");
    assert!(wrong.contains("for results/a, found \"gap\"; another column is compared trial by trial"), "{wrong}");
}

#[test]
fn an_unknown_baseline_is_answered_with_the_nearest_name_and_a_short_list() {
    let place = one(SWEEP);
    let wrong = place.overfit(&["compare", "results/a", "--baseline", "dropuot"]).code(2).stderr;
    assert!(wrong.contains("--baseline must be a variant, found \"dropuot\", did you mean \"dropout\"?"), "{wrong}");
    assert!(wrong.lines().all(|line| line.len() <= 100), "{wrong}");
}

#[test]
fn in_several_folders_a_swept_variant_counts_once_with_the_points_that_validation_chose() {
    let place = two(SWEEP);
    let study = json(&place, &["compare", "results/a", "results/b"]);
    assert_eq!((&study["baseline"], &study["chosen_by"]), (&"l2".into(), &"validation".into()));
    assert_eq!(study["data_sets"], 2);
    assert_eq!(variants(&study["comparisons"]), ["dropout", "l2"]);
    for (name, experiment) in ["a", "b"].into_iter().zip(study["experiments"].as_array().unwrap()) {
        let alone = json(&place, &["compare", &format!("results/{name}")]);
        let (tuned, found) = (&alone["selected"][0], &experiment["comparisons"][0]);
        assert_eq!(found["mean"], tuned["measures"]["test_accuracy"]["mean"]);
        assert_eq!((&found["difference"], &found["p_value"]), (&tuned["difference"], &tuned["p_value"]));
    }
    let said = place.overfit(&["compare", "results/a", "results/b"]).success().stderr;
    assert!(
        said.contains("warning: the variants of \"a\" were chosen from different numbers of points (dropout 2, l2 1)"),
        "{said}"
    );
}

#[test]
fn rungs_of_halving_are_no_variants() {
    let place = two(HALVING);
    let study = json(&place, &["compare", "results/a", "results/b"]);
    assert_eq!(variants(&study["comparisons"]), ["none", "dropout"]);
    assert_eq!(variants(&study["experiments"][0]["comparisons"]), ["none", "dropout"]);
}

#[test]
fn two_folders_of_one_experiment_are_refused_with_what_to_do() {
    let place = one(SWEEP);
    place.overfit(&["run", "a.toml", "--quiet", "--seeds", "1", "--out", "s0"]).success();
    let refused = place.overfit(&["compare", "results/a", "s0"]).code(2).stderr;
    assert!(refused.contains("results/a and s0 both hold the experiment \"a\""), "{refused}");
    assert!(refused.contains("overfit merge results/a s0 --out DIR") && refused.contains("--set name="), "{refused}");
    let twice = place.overfit(&["compare", "results/a", "results/../results/a"]).code(2).stderr;
    assert!(twice.contains("results/../results/a is named twice"), "{twice}");
}

#[test]
fn experiments_of_different_tasks_need_a_metric_that_all_have() {
    let place = one(SWEEP);
    let config = SWEEP.replace("blobs.csv", "waves.csv");
    place.write("waves.csv", waves(60)).experiment("c", &config, &[]);
    let refused = place.overfit(&["compare", "results/a", "results/c"]).code(2).stderr;
    assert!(refused.contains("found accuracy of results/a and r2 of results/c; --metric names one"), "{refused}");
    assert_eq!(json(&place, &["compare", "results/a", "results/c", "--metric", "loss"])["metric"], "test_loss");
}

#[test]
fn folders_and_tables_are_compared_together() {
    let place = one(SWEEP);
    let scores = "experiment,variant,seed,test_accuracy\nother,l2,0,0.5\nother,dropout,0,0.75\n";
    let study = json(place.write("scores.csv", scores), &["compare", "results/a", "scores.csv"]);
    assert_eq!((&study["data_sets"], &study["baseline"]), (&2.into(), &"l2".into()));
}

#[test]
fn a_copy_without_its_store_is_compared_by_its_table() {
    let place = one(SWEEP);
    fs::remove_dir_all(place.results("a").folder.join("trials")).unwrap();
    let run = place.overfit(&["compare", "results/a"]).success();
    assert!(
        run.stderr.contains("warning: results/a has no folder trials: compared by its trials.csv"),
        "{}",
        run.stderr
    );
    assert!(run.stdout.contains("dropout remedies.dropout.hidden=0.1"), "{}", run.stdout);
}

#[test]
fn an_oracle_is_shown_beside_the_honest_choice_and_never_in_its_place() {
    let place = one(SWEEP);
    let honest = json(&place, &["report", "results/a"]);
    for command in [&["run", "a.toml"][..], &["report", "results/a"], &["compare", "results/a"]] {
        let both = json(&place, &[command, &["--oracle"]].concat());
        assert_eq!(both["selected"], honest["selected"], "{command:?}");
        let test = |rows: &Value| rows[0]["measures"]["test_accuracy"]["mean"].as_f64().unwrap();
        assert!(test(&both["oracle"]["selected"]) >= test(&both["selected"]), "{command:?}");
        let text = place.overfit(&[command, &["--oracle"]].concat()).success().stdout;
        assert!(text.contains("tuned on validation") && text.contains("oracle: most"), "{text}");
        assert!(text.replace('\n', " ").contains("Its figures are optimistic"), "{text}");
    }
    let chosen = || -> BTreeSet<String> {
        let rows = read_csv(&place.results("a").folder.join("selection.csv"));
        rows.into_iter().map(|row| row["chosen_by"].clone()).collect()
    };
    assert_eq!(chosen(), ["oracle", "validation"].map(str::to_owned).into());
    place.overfit(&["report", "results/a"]).success();
    assert_eq!(chosen(), ["validation".to_owned()].into());
}

#[test]
fn without_validation_rows_only_an_oracle_can_choose() {
    let place = two(&SWEEP.replace("[model]", "split.validation = 0\n[model]"));
    let alone = place.overfit(&["compare", "results/a"]).success().stdout.replace('\n', " ");
    assert!(
        alone.contains("note: no variant is tuned") && alone.contains("--oracle chooses by test figures"),
        "{alone}"
    );
    let refused = place.overfit(&["compare", "results/a", "results/b"]).code(2).stderr;
    assert!(refused.contains("no validation rows to choose") && refused.contains("--oracle"), "{refused}");
    let oracle = json(&place, &["compare", "results/a", "results/b", "--oracle"]);
    assert!(oracle.get("comparisons").is_none(), "{oracle}");
    assert_eq!(variants(&oracle["oracle"]["comparisons"]), ["dropout", "l2"]);
}

#[test]
fn a_halving_that_is_not_done_says_so_in_place_of_an_empty_table() {
    let place = Workplace::new();
    place.write("blobs.csv", blobs(60)).write("a.toml", HALVING);
    let run = place.overfit(&["run", "a.toml", "--max-trials", "5"]).success();
    assert!(run.stdout.starts_with("no point has reached the last rung yet: 5 of 52 trials done\n"), "{}", run.stdout);
    let spent = json(&place, &["report", "results/a"])["halving"].clone();
    assert_eq!((&spent["spent_epochs"], &spent["missing"], &spent["saved"]), (&5.into(), &47.into(), &Value::Null));
    let done = json(&place, &["run", "a.toml"])["halving"].clone();
    // In each of four groups 9·1 + 3·3 + 1·9 of 9·9 epochs.
    assert_eq!((&done["spent_epochs"], &done["full_epochs"]), (&(4 * 27).into(), &(4 * 81).into()));
    assert!((done["saved"].as_f64().unwrap() - 2.0 / 3.0).abs() < 1e-12, "{done}");
}

#[test]
fn scripts_find_the_same_keys_in_one_folder_and_in_several() {
    let place = two(SWEEP);
    let one = json(&place, &["compare", "results/a"]);
    let several = json(&place, &["compare", "results/a", "results/b"]);
    let table = json(&place, &["compare", "results/a/trials.csv"]);
    let keys = ["average_ranks", "friedman", "iman_davenport", "nemenyi_cd", "comparisons", "data_sets"];
    for found in [&one, &several, &table] {
        assert!(keys.iter().all(|key| found.get(key).is_some()), "{found}");
        for row in found["comparisons"].as_array().expect("rows") {
            let keys = ["variant", "difference", "low", "high", "p_value", "p_adjusted", "verdict"];
            assert!(keys.iter().all(|key| row.get(key).is_some()), "{row}");
        }
    }
    assert_eq!((&one["data_sets"], &several["data_sets"]), (&1.into(), &2.into()));
    assert!(one["friedman"].is_null() && several["friedman"].is_object());
    assert_eq!(one["average_ranks"], table["average_ranks"], "of one experiment: over its seeds");
}

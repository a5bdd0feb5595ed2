//! What comparisons go by: each metric from the config to every file, and the choice that it makes.

mod support;

use std::collections::BTreeMap;
use std::fmt::Write;

use support::{Results, Row, Workplace, number, read_csv};

/// Four rows in five are of class `no`. One point in ten lies on the wrong side, so that a network that leans to the frequent class
/// is right more often, and one that weighs both alike finds the rare class.
fn imbalanced() -> String {
    let mut csv = "x,z,class\n".to_owned();
    for row in 0..300u32 {
        // A fixed sequence without a pattern that a network could learn.
        let noise = f64::from(row.wrapping_mul(2_654_435_761) >> 20) / 4096.0;
        let is_rare = row.is_multiple_of(5);
        let x = noise + if is_rare { 0.45 } else { 0.0 };
        writeln!(csv, "{x:.4},{},{}", row % 7, if is_rare { "yes" } else { "no" }).unwrap();
    }
    csv
}

const CONFIG: &str = r#"
seeds = 4
data.path = "rare.csv"
model.hidden = [8]
train = { epochs = 30, learning_rate = 0.01 }
[[variants]]
name = "plain"
[[variants]]
name = "weighed"
[variants.sweep]
"remedies.class_weights" = [false, "balanced"]
"#;

fn run(place: &Workplace, name: &str, arguments: &[&str]) -> Results {
    place.write("rare.csv", imbalanced()).experiment(name, CONFIG, arguments)
}

/// How often each value of the swept key was chosen.
fn chosen(results: &Results) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    let rows = read_csv(&results.folder.join("selection.csv"));
    for row in rows.iter().filter(|row| row["variant"] == "weighed") {
        *counts.entry(row["remedies.class_weights"].clone()).or_insert(0) += 1;
    }
    counts
}

#[test]
fn accuracy_and_balanced_accuracy_choose_different_winners() {
    let place = Workplace::new();
    let by_accuracy = chosen(&run(&place, "plain", &[]));
    let by_balanced = chosen(&run(&place, "balanced", &["--metric", "balanced_accuracy"]));
    let often = |counts: &BTreeMap<String, usize>, value: &str| counts.get(value).copied().unwrap_or(0);
    assert!(often(&by_accuracy, "false") >= 3, "{by_accuracy:?}");
    assert!(often(&by_balanced, "balanced") >= 3, "{by_balanced:?}");
}

#[test]
fn the_metric_is_named_in_every_place_and_the_gap_stays_that_of_the_accuracy() {
    let place = Workplace::new();
    let results = run(&place, "named", &["--set", "metric=log_loss"]);
    let report = |arguments: &[&str]| {
        let path = results.folder.to_str().unwrap().to_owned();
        place.overfit(&[&["report", path.as_str()], arguments].concat())
    };
    let table = report(&[]).success().stdout;
    let flat = table.split_whitespace().collect::<Vec<_>>().join(" ");
    for words in
        ["Of log_loss less is better", "test log_loss minus that", "best validation log_loss", "gap: of accuracy"]
    {
        assert!(flat.contains(words), "{words}: {table}");
    }
    let summary = read_csv(&results.folder.join("summary.csv"));
    assert!(summary.iter().all(|row| row["metric"] == "test_log_loss"));
    let mean = |row: &Row, measure: &str| number(row, &format!("{measure}_mean"));
    for row in &summary {
        let gap = mean(row, "train_accuracy") - mean(row, "test_accuracy");
        assert!((mean(row, "gap") - gap).abs() < 1e-9, "{row:?}");
    }
    // Cross entropy is the log loss.
    for row in read_csv(&results.folder.join("trials.csv")) {
        let (loss, log_loss) = (number(&row, "test_loss"), number(&row, "test_log_loss"));
        assert!((loss - log_loss).abs() < 1e-5 * loss.max(1.0), "{loss} {log_loss}");
    }
    let json: serde_json::Value =
        serde_json::from_str(&report(&["--metric", "auc", "--format", "json"]).success().stdout).unwrap();
    assert_eq!(json["metric"], "test_auc");
    let auc = json["comparisons"][0]["measures"]["test_auc"]["mean"].as_f64().unwrap();
    assert!((0.5..=1.0).contains(&auc), "{auc}");
    assert!(read_csv(&results.folder.join("summary.csv")).iter().all(|row| row["metric"] == "test_auc"));
    let refused = report(&["--metric", "r2"]).code(2).stderr;
    assert!(refused.contains("--metric must be one that named has, which is a classification, found r2"), "{refused}");
}

#[test]
fn confusion_adds_up_to_the_rows_and_to_the_accuracy() {
    let place = Workplace::new();
    let results = run(&place, "confused", &["--seeds", "1"]);
    let trials = read_csv(&results.folder.join("trials.csv"));
    let measures = read_csv(&results.folder.join("measures.csv"));
    for trial in &trials {
        let of_trial = |row: &&Row| {
            row["measure"] == "test_confusion"
                && ["variant", "remedies.class_weights", "seed"].iter().all(|key| row[*key] == trial[*key])
        };
        let rows: Vec<&Row> = measures.iter().filter(of_trial).collect();
        let all: f64 = rows.iter().map(|row| number(row, "value")).sum();
        let right = rows.iter().filter(|row| number(row, "layer") == number(row, "at"));
        let right: f64 = right.map(|row| number(row, "value")).sum();
        assert_eq!(all, number(trial, "n_test"));
        assert!((right / all - number(trial, "test_accuracy")).abs() < 1e-12, "{rows:?}");
    }
    assert!(!results.curves_text().contains("balanced_accuracy"), "curves have the columns that they always had");
}

#[test]
fn what_early_stopping_restores_is_what_is_measured() {
    let place = Workplace::new();
    let config = format!("{CONFIG}\n[remedies]\nearly_stopping = 3\n");
    let results = place.write("rare.csv", imbalanced()).experiment("stopped", &config, &["--seeds", "2"]);
    let measures = read_csv(&results.folder.join("measures.csv"));
    let mut restored = 0;
    for trial in read_csv(&results.folder.join("trials.csv")) {
        restored += usize::from(trial["chosen_epoch"] != trial["epochs"]);
        let of_trial = |row: &&Row| {
            row["measure"] == "validation_confusion"
                && ["variant", "remedies.class_weights", "seed"].iter().all(|key| row[*key] == trial[*key])
        };
        let right = measures.iter().filter(of_trial).filter(|row| number(row, "layer") == number(row, "at"));
        let right: f64 = right.map(|row| number(row, "value")).sum();
        let accuracy = number(&trial, "validation_accuracy");
        assert!((right / number(&trial, "n_validation") - accuracy).abs() < 1e-12, "{trial:?}");
    }
    assert!(restored > 0, "some trial ends with an earlier epoch");
}

#[test]
fn halving_promotes_by_the_metric() {
    let place = Workplace::new();
    let config = |metric: &str| {
        format!(
            "seeds = 3\nmetric = \"{metric}\"\ndata.path = \"rare.csv\"\nmodel.hidden = [8]\n\
             train = {{ epochs = 27, learning_rate = 0.01 }}\n[sweep]\nstrategy = \"halving\"\neta = 2\nmin_epochs = 13\n\
             [sweep.parameters]\n\"remedies.class_weights\" = [false, \"balanced\"]\n"
        )
    };
    place.write("rare.csv", imbalanced());
    let promoted = |metric: &str| {
        let results = place.experiment(metric, &config(metric), &[]);
        let rows = read_csv(&results.folder.join("trials.csv"));
        let last = rows.iter().filter(|row| number(row, "epochs") > 20.0);
        last.map(|row| row["remedies.class_weights"].clone()).collect::<Vec<_>>()
    };
    let balanced = |metric: &str| promoted(metric).iter().filter(|value| *value == "balanced").count();
    let (by_balanced, by_accuracy) = (balanced("balanced_accuracy"), balanced("accuracy"));
    assert!(by_balanced >= 2 && by_accuracy <= 1, "{by_balanced} and {by_accuracy} of 3");
}

#[test]
fn a_metric_of_the_other_task_is_refused_by_its_line() {
    let place = Workplace::new();
    place.write("rare.csv", imbalanced()).write("wrong.toml", "data.path = \"rare.csv\"\nmetric = \"rmse\"\n");
    let stderr = place.overfit(&["check", "wrong.toml"]).code(2).stderr;
    let wanted = "metric must be one of accuracy, balanced_accuracy, f1, auc, log_loss, loss for a classification, found rmse \
                  (wrong.toml:2)";
    assert!(stderr.contains(wanted), "{stderr}");
}

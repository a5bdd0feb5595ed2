//! `measures.csv`, seen from outside: what is measured agrees with the curves, audits the remedies, and changes nothing.

mod support;

use std::fs;

use support::{Results, Row, Workplace, blobs, number, read_csv, waves};

const ASKED: &str = "[measure]\nsensitivity = true\nfeature_drop = { shares = [0.0, 0.4, 1.0], repeats = 3 }\n\
                     submodels = [1, 2, 10]\ninference = true\n";

const VARIANTS: &str = "[[variants]]\nname = \"none\"\n\
                        [[variants]]\nname = \"dropout\"\nremedies.dropout = { hidden = 0.4, input = 0.1 }\n\
                        [[variants]]\nname = \"max norm\"\nremedies.max_norm = 0.5\n\
                        [[variants]]\nname = \"pruned\"\nremedies.prune = { ratio = 0.5, at_epoch = 2 }\n\
                        [[variants]]\nname = \"thinner\"\nremedies.prune = { ratio = 0.5, at_epoch = 2, structure = \"neuron\" }\n";

fn workplace() -> Workplace {
    let place = Workplace::new();
    place.write("blobs.csv", blobs(90)).write("waves.csv", waves(120));
    place
}

fn config(data: &str, extra: &str, measure: &str) -> String {
    format!(
        "seeds = 2\n[data]\npath = \"{data}.csv\"\n{extra}[model]\nhidden = [12, 8]\n[train]\nepochs = 4\n{measure}{VARIANTS}"
    )
}

fn measures(results: &Results) -> Vec<Row> {
    read_csv(&results.folder.join("measures.csv"))
}

/// The values of a measure of a variant's first seed, in the order of the file.
fn values(rows: &[Row], variant: &str, measure: &str) -> Vec<f64> {
    let of = |row: &&Row| row["variant"] == variant && row["measure"] == measure && row["seed"] == "0";
    rows.iter().filter(of).map(|row| number(row, "value")).collect()
}

/// The text of `measures.csv` without the rows of times.
fn timeless(results: &Results) -> String {
    let text = String::from_utf8(results.bytes("measures.csv")).unwrap();
    text.lines().filter(|line| !line.contains("_seconds,")).map(|line| format!("{line}\n")).collect()
}

#[test]
fn measures_agree_with_the_curves_and_audit_the_remedies() {
    let place = workplace();
    let results = place.experiment("audit", &config("blobs", "label_noise = 0.2\n", ASKED), &[]);
    let header = String::from_utf8(results.bytes("measures.csv")).unwrap();
    assert_eq!(header.lines().next(), Some("experiment,variant,seed,fold,measure,layer,at,value"));
    let (rows, trials) = (measures(&results), results.trials());
    for trial in trials.iter().filter(|trial| trial["seed"] == "0") {
        let variant = trial["variant"].as_str();
        let test = number(trial, "test_accuracy");
        assert_eq!(values(&rows, variant, "feature_drop_accuracy")[0], test, "{variant}: nothing is missing");
        assert_eq!(values(&rows, variant, "feature_drop_accuracy").len(), 3);
        assert_eq!(values(&rows, variant, "memorised_accuracy").len(), 1);
        assert!((0.0..1.0).contains(&values(&rows, variant, "calibration_error")[0]), "{variant}");
        assert!(values(&rows, variant, "sensitivity")[0] > 0.0, "{variant}");
        assert!((0.0..=1.0).contains(&values(&rows, variant, "flips")[0]), "{variant}");
        assert!(values(&rows, variant, "inference_seconds")[0] > 0.0, "{variant}");
        // 5-12-8-3: the layers together are what the curve says of the network.
        let layers = values(&rows, variant, "sparsity");
        let gone: f64 = layers.iter().zip([60.0, 96.0, 24.0]).map(|(share, weights)| share * weights).sum();
        let curve = results.curves_of(variant);
        let last = curve.iter().rfind(|row| row["seed"] == "0").unwrap();
        assert!((gone / 180.0 - number(last, "sparsity")).abs() < 1e-12, "{variant}: {layers:?}");
        match variant {
            "dropout" => {
                assert_eq!(values(&rows, variant, "full_network_accuracy"), [test]);
                assert_eq!(values(&rows, variant, "vote_accuracy").len(), 3);
                let dropped = values(&rows, variant, "dropped_share");
                let near = dropped.iter().zip([0.1, 0.4, 0.4]).all(|(share, rate)| (share - rate).abs() < 0.05);
                assert!(near && dropped.len() == 3, "{dropped:?}");
            }
            _ => assert!(values(&rows, variant, "vote_accuracy").is_empty(), "{variant} has no sub-models"),
        }
        let norms = values(&rows, variant, "largest_norm");
        assert_eq!(norms.len(), 3);
        assert_eq!(norms.iter().all(|&norm| norm <= 0.5 + 1e-6), variant == "max norm", "{variant}: {norms:?}");
        let removed = values(&rows, variant, "removed_units");
        assert_eq!(removed.iter().sum::<f64>() > 0.0, variant == "thinner", "{variant}: {removed:?}");
        let stretches = if ["pruned", "thinner"].contains(&variant) { 2 } else { 1 };
        assert_eq!(values(&rows, variant, "epoch_seconds").len(), stretches, "{variant}");
    }
}

#[test]
fn a_regression_is_measured_by_r2_and_has_its_curve_where_that_is_asked_for() {
    let place = workplace();
    let results = place.experiment("waves", &config("waves", "label_noise = 0.2\n", ASKED), &[]);
    let rows = measures(&results);
    let trial = &results.trials()[0];
    let close = |found: f64, column: &str| assert!((found - number(trial, column)).abs() < 1e-12, "{found}");
    close(values(&rows, "none", "feature_drop_r2")[0], "test_r2");
    assert_eq!(values(&rows, "none", "memorised_r2").len(), 1);
    assert_eq!(values(&rows, "dropout", "vote_r2").len(), 3);
    assert!(rows.iter().all(|row| !row["measure"].ends_with("_accuracy") && row["measure"] != "calibration_error"));

    let line: String = (0..40).map(|x| format!("{},{}\n", x, f64::from(x) * 2.0 + 0.5)).collect();
    place.write("line.csv", format!("x,y\n{line}"));
    let text = "seeds = 1\ndata.path = \"line.csv\"\nmodel.hidden = []\nmeasure.fit = 5\n\
                train = { epochs = 200, batch_size = \"full\", optimizer = \"sgd\", learning_rate = 0.5 }\n";
    let rows = measures(&place.experiment("line", text, &[]));
    let curve: Vec<&Row> = rows.iter().filter(|row| row["measure"] == "prediction").collect();
    assert_eq!(curve.len(), 5);
    assert_eq!((number(curve[0], "at"), number(curve[4], "at")), (0.0, 39.0));
    for point in curve {
        let wanted = 2.0 * number(point, "at") + 0.5;
        assert!((number(point, "value") - wanted).abs() < 1e-3, "{point:?}");
    }
}

#[test]
fn measuring_changes_no_curve_and_all_but_times_is_the_same_on_any_number_of_threads() {
    let place = workplace();
    let plain = place.experiment("plain", &config("blobs", "", ""), &[]);
    let name = "name = \"plain\"\n";
    let asked = format!("{name}{}", config("blobs", "", ASKED));
    let out = |folder: &str| Results { folder: place.path().join(folder) };
    place.experiment("alone", &asked, &["--jobs", "1", "--out", "alone"]);
    place.experiment("together", &asked, &["--jobs", "3", "--out", "together"]);
    let (alone, together) = (out("alone"), out("together"));
    assert!(plain.curves_text() == alone.curves_text(), "measures change nothing");
    assert!(timeless(&alone) == timeless(&together), "measures.csv differs");
    assert!(timeless(&alone).lines().count() > 100);
    // Times come last in each trial.
    let rows = measures(&alone);
    for trial in rows.chunk_by(|a, b| (&a["variant"], &a["seed"]) == (&b["variant"], &b["seed"])) {
        let first = trial.iter().position(|row| row["measure"].ends_with("_seconds")).unwrap();
        assert!(trial[first..].iter().all(|row| row["measure"].ends_with("_seconds")), "{trial:?}");
    }
}

#[test]
fn a_store_of_trials_without_measures_is_read_and_not_trained_again() {
    let place = workplace();
    let results = place.experiment("old", &config("blobs", "", ""), &[]);
    let curves = results.curves_text();
    for file in results.store_files() {
        let text = fs::read_to_string(&file).unwrap();
        let lines = text.lines().map(|line| {
            let mut record: serde_json::Value = serde_json::from_str(line).unwrap();
            record.as_object_mut().unwrap().retain(|key, _| key != "measures" && key != "times");
            format!("{record}\n")
        });
        fs::write(&file, lines.collect::<String>()).unwrap();
    }
    let known = results.store_files();
    place.overfit(&["run", "old.toml", "--quiet"]).success();
    assert_eq!(results.stored_lines_beside(&known), 0, "nothing is trained");
    assert!(results.curves_text() == curves);
    let rows = measures(&results);
    assert!(!rows.is_empty() && rows.iter().all(|row| row["measure"].ends_with("_confusion")), "{rows:?}");
}

#[test]
fn a_wide_network_learns_false_labels_by_rote() {
    let place = workplace();
    let text = "seeds = 2\ndata = { path = \"blobs.csv\", label_noise = 0.3 }\nmodel.hidden = [256]\n\
                train = { epochs = 300, learning_rate = 0.01 }\n";
    let rows = measures(&place.experiment("rote", text, &[]));
    let (memorised, recovered) =
        (values(&rows, "base", "memorised_accuracy"), values(&rows, "base", "recovered_accuracy"));
    assert!(memorised[0] > 0.9 && recovered[0] < 0.1, "{memorised:?} {recovered:?}");
}

#[test]
fn a_diverged_trial_has_no_measures() {
    let place = workplace();
    let text = "seeds = 1\ndata.path = \"waves.csv\"\nmeasure.sensitivity = true\n\
                train = { epochs = 50, optimizer = \"sgd\", learning_rate = 1e6 }\n";
    let results = place.experiment("wild", text, &[]);
    assert_eq!(results.trials()[0]["status"], "diverged");
    assert!(measures(&results).is_empty());
}

#[test]
fn the_run_says_where_the_measures_are() {
    let place = workplace();
    place.write("a.toml", "seeds = 1\ndata.path = \"blobs.csv\"\ntrain.epochs = 1\n");
    let run = place.overfit(&["run", "a.toml"]).success();
    assert!(run.stderr.contains("measures.csv"), "{}", run.stderr);
}

//! Networks that vote, seen from outside: their curve, what is out of bag, the saved file, and what is refused.

mod support;

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use support::{Model, Results, Row, Workplace, blobs, number, read_csv, waves};

/// Rows that are trained on; as many others are test rows.
const ROWS: usize = 300;

/// The digits of the repository.
fn digits_csv() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("data/digits.csv")
}

/// The first of them in `train.csv`, the next in `test.csv`.
fn digits() -> Workplace {
    let place = Workplace::new();
    let text = fs::read_to_string(digits_csv()).expect("the data of the repository");
    let lines: Vec<&str> = text.lines().collect();
    let part = |rows: &[&str]| format!("{}\n{}\n", lines[0], rows.join("\n"));
    place.write("train.csv", part(&lines[1..=ROWS])).write("test.csv", part(&lines[ROWS + 1..=2 * ROWS]));
    place
}

/// A config on these digits; every variant has a name and the lines that it sets.
fn config(train: &str, variants: &[(&str, &str)]) -> String {
    let mut text = format!(
        "seeds = 2\n[data]\npath = 'train.csv'\ntest_path = 'test.csv'\nscaling = {{ divide = 16 }}\nsplit.validation = 0.2\n\
         [model]\nhidden = [24]\n[train]\n{train}\n[save]\nmodels = 'final'\n"
    );
    for (name, overrides) in variants {
        writeln!(text, "[[variants]]\nname = '{name}'\n{overrides}").expect("a String takes all");
    }
    text
}

/// The class and the class probabilities of each test row, by one of the networks of a saved file: relu and softmax.
fn predictions(place: &Workplace, model: &Model, member: &str) -> Vec<(usize, Vec<f64>)> {
    let dense = |layer: usize, x: &[f64]| -> Vec<f64> {
        let (weights, bias) = (&model[&format!("{member}{layer}.weight")], &model[&format!("{member}{layer}.bias")]);
        let units = weights.values.chunks(weights.shape[1]).zip(&bias.values);
        units.map(|(w, b)| f64::from(*b) + w.iter().zip(x).map(|(w, x)| f64::from(*w) * x).sum::<f64>()).collect()
    };
    let text = fs::read_to_string(place.path().join("test.csv")).unwrap();
    let row = |line: &str| {
        let mut cells: Vec<f64> = line.split(',').map(|cell| cell.parse().unwrap()).collect();
        let class = cells.pop().unwrap() as usize;
        cells.iter_mut().for_each(|x| *x /= 16.0);
        let hidden: Vec<f64> = dense(0, &cells).into_iter().map(|z| z.max(0.0)).collect();
        let exps: Vec<f64> = dense(2, &hidden).into_iter().map(f64::exp).collect();
        let sum: f64 = exps.iter().sum();
        (class, exps.into_iter().map(|e| e / sum).collect())
    };
    text.lines().skip(1).map(row).collect()
}

/// Mean cross entropy and accuracy.
fn scores(predictions: &[(usize, Vec<f64>)]) -> (f64, f64) {
    let (mut loss, mut hits) = (0.0, 0.0);
    for (class, p) in predictions {
        loss -= p[*class].ln();
        hits += f64::from(u8::from(p.iter().all(|other| *other <= p[*class])));
    }
    (loss / predictions.len() as f64, hits / predictions.len() as f64)
}

fn trial_of(results: &Results, variant: &str) -> Row {
    results.trials().into_iter().find(|row| row["variant"] == variant).expect("the variant was trained")
}

#[test]
fn the_saved_networks_vote_as_the_curve_says_and_better_than_they_are_alone() {
    let place = digits();
    let variants = [("bagging", "remedies.bagging = 5"), ("snapshots", "remedies.snapshots = 5")];
    let results = place.experiment("e", &config("epochs = 30\nlearning_rate = 0.01", &variants), &[]);
    for (variant, _) in variants {
        let model = results.model_of(variant);
        assert_eq!(model.len(), 5 * 4, "{variant}: weights and biases of two layers");
        let members: Vec<_> = (0..5).map(|member| predictions(&place, &model, &format!("{member}."))).collect();
        let mean = |row: usize, class: usize| members.iter().map(|member| member[row].1[class]).sum::<f64>() / 5.0;
        let vote: Vec<(usize, Vec<f64>)> =
            (0..ROWS).map(|row| (members[0][row].0, (0..10).map(|class| mean(row, class)).collect())).collect();
        let (loss, accuracy) = scores(&vote);
        let trial = trial_of(&results, variant);
        assert!((loss / number(&trial, "test_loss") - 1.0).abs() < 1e-4, "{variant}: {loss} {trial:?}");
        assert_eq!(accuracy, number(&trial, "test_accuracy"), "{variant}");
        let alone: Vec<(f64, f64)> = members.iter().map(|member| scores(member)).collect();
        let mean_loss = alone.iter().map(|(loss, _)| loss).sum::<f64>() / 5.0;
        assert!(loss < mean_loss, "{variant}: {loss} {alone:?}");
        let one = 64 * 24 + 24 + 24 * 10 + 10;
        assert_eq!(number(&trial, "parameters"), f64::from(5 * one), "{variant}");
    }
}

#[test]
fn a_file_of_one_bagged_network_has_the_names_of_a_plain_one() {
    let place = digits();
    let variants = [("none", ""), ("one", "remedies.bagging = 1"), ("cycle", "remedies.snapshots = 1")];
    let results = place.experiment("e", &config("epochs = 2", &variants), &[]);
    let names = |variant: &str| results.model_of(variant).into_keys().collect::<Vec<_>>();
    assert_eq!(names("none"), ["0.bias", "0.weight", "2.bias", "2.weight"]);
    assert_eq!([names("one"), names("cycle")], [names("none"), names("none")]);
    // It begins as the single network does; its sample makes the difference.
    let first = |variant: &str| results.curves_of(variant)[0]["test_loss"].clone();
    assert_eq!(first("one"), first("none"));
    assert_ne!(results.model_of("one"), results.model_of("none"));
}

/// The values of a measure of all seeds of a variant.
fn measured(results: &Results, variant: &str, measure: &str) -> Vec<f64> {
    let rows = read_csv(&results.folder.join("measures.csv"));
    let of = |row: &&Row| row["variant"] == variant && row["measure"] == measure;
    rows.iter().filter(of).map(|row| number(row, "value")).collect()
}

#[test]
fn what_is_out_of_bag_says_what_rows_held_out_would_say_and_knows_nothing_of_labels_learnt_by_rote() {
    let place = Workplace::new();
    let text = format!(
        "seeds = 5\n[data]\npath = '{}'\ntrain_rows = 300\n[model]\nhidden = [24]\n[train]\nepochs = 20\nlearning_rate = 0.01\n\
         [remedies]\nbagging = 20\n[[variants]]\nname = 'many'\n[[variants]]\nname = 'noise'\ndata.label_noise = 0.9\n\
         [[variants]]\nname = 'one'\nremedies.bagging = 1\n[[variants]]\nname = 'none'\nremedies.bagging = false\n",
        digits_csv().display()
    );
    let results = place.experiment("e", &text, &[]);
    let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
    let of_trials = |variant: &str, column: &str| {
        let trials = results.trials().into_iter().filter(|row| row["variant"] == variant);
        mean(&trials.map(|row| number(&row, column)).collect::<Vec<_>>())
    };
    let outside = |variant: &str, measure: &str| mean(&measured(&results, variant, measure));
    // 1500 rows in all: a standard error of less than a point.
    let (accuracy, test) = (outside("many", "oob_accuracy"), of_trials("many", "test_accuracy"));
    assert!((accuracy - test).abs() < 0.03, "{accuracy} {test}");
    assert!(accuracy < of_trials("many", "train_accuracy"));
    assert_eq!(outside("many", "oob_rows"), 1.0, "a row is in all 20 bags once in ten thousand");
    // Nine of ten labels are wrong: the true class is right for a tenth of the rows, and so is any other.
    let by_rote = of_trials("noise", "train_accuracy");
    assert!(by_rote > 0.9 && outside("noise", "oob_accuracy") < 0.15, "{by_rote}");
    assert!(outside("noise", "oob_loss") > libm::log(10.0), "worse than a guess");
    let share = outside("one", "oob_rows");
    assert!((share - 0.368).abs() < 0.04, "{share}");
    assert!(measured(&results, "none", "oob_rows").is_empty());
}

#[test]
fn a_regression_votes_by_the_mean_of_its_values() {
    let place = Workplace::new();
    place.write("waves.csv", waves(240));
    let variants = "[[variants]]\nname = 'none'\nremedies.bagging = false\n[[variants]]\nname = 'bagging'\n";
    let text = format!(
        "seeds = 3\n[data]\npath = 'waves.csv'\n[model]\nhidden = [24]\n[train]\nepochs = 60\nlearning_rate = 0.02\n\
         [remedies]\nbagging = 10\n{variants}"
    );
    let results = place.experiment("e", &text, &[]);
    let mean = |variant: &str| {
        let trials = results.trials();
        let of: Vec<f64> =
            trials.iter().filter(|row| row["variant"] == variant).map(|row| number(row, "test_loss")).collect();
        of.iter().sum::<f64>() / of.len() as f64
    };
    assert!(mean("bagging") < mean("none"), "{} {}", mean("bagging"), mean("none"));
    let (r2, rmse) = (measured(&results, "bagging", "oob_r2"), measured(&results, "bagging", "oob_rmse"));
    assert!(r2.len() == 3 && r2.iter().all(|r2| (0.5..1.0).contains(r2)), "{r2:?}");
    assert!(rmse.len() == 3 && rmse.iter().all(|rmse| *rmse > 0.1), "{rmse:?}");
}

#[test]
fn measures_look_at_the_vote_and_at_all_networks() {
    let place = Workplace::new();
    place.write("blobs.csv", blobs(90));
    let text = "seeds = 1\n[data]\npath = 'blobs.csv'\n[model]\nhidden = [12, 8]\n[train]\nepochs = 6\nlearning_rate = 0.02\n\
                [remedies]\nprune = { structure = 'neuron', scope = 'layer', ratio = 0.5, at_epoch = 3 }\nmax_norm = 0.5\n\
                [measure]\nsensitivity = true\nfeature_drop = [0.0, 1.0]\ncompression = true\ninference = true\n\
                [[variants]]\nname = 'bagging'\nremedies.bagging = 3\n\
                [[variants]]\nname = 'snapshots'\nremedies.snapshots = 6\n";
    let results = place.experiment("e", text, &[]);
    for (variant, networks) in [("bagging", 3.0), ("snapshots", 4.0)] {
        let trial = trial_of(&results, variant);
        let of = |measure: &str| measured(&results, variant, measure);
        assert_eq!(of("feature_drop_accuracy")[0], number(&trial, "test_accuracy"), "{variant}");
        assert_eq!(of("removed_units"), [0.5, 0.5], "{variant}");
        assert_eq!(of("sparsity"), [0.5, 0.75, 0.5], "{variant}: of all networks together");
        assert!(of("largest_norm").iter().all(|norm| *norm <= 0.5 * (1.0 + 1e-6)), "{variant}");
        // 5-6-4-3 are 36 + 28 + 15 parameters of four bytes.
        assert_eq!(of("stored_bytes_dense"), [networks * 4.0 * 79.0], "{variant}");
        assert!(of("sensitivity")[0] > 0.0 && of("inference_seconds")[0] > 0.0, "{variant}");
        assert_eq!(number(&trial, "parameters"), networks * 79.0, "{variant}");
    }
}

#[test]
fn check_counts_the_networks() {
    let place = Workplace::new();
    place.write("blobs.csv", blobs(90)).write("e.toml", "[data]\npath = 'blobs.csv'\n[remedies]\nbagging = 7\n");
    let run = place.overfit(&["check", "e.toml"]).success();
    assert!(run.stdout.contains("parameters, 7 networks"), "{}", run.stdout);
}

#[test]
fn what_does_not_go_together_is_refused_by_its_key_with_the_reason() {
    let place = Workplace::new();
    place.write("blobs.csv", blobs(90));
    for (lines, key, reason) in [
        ("remedies.snapshots = 11", "remedies.snapshots.cycles", "must be at most train.epochs = 10, found 11"),
        ("remedies.snapshots = 2\ntrain.schedule = 'cosine'", "remedies.snapshots", "must be \"constant\" beside it"),
        ("remedies.snapshots = 2\nremedies.bagging = 2", "remedies.snapshots", "left out beside remedies.bagging"),
        ("remedies.snapshots = 2\nremedies.swa = 0.5", "remedies.snapshots", "left out beside remedies.swa"),
        ("remedies.snapshots = 2\nremedies.ema = 0.5", "remedies.snapshots", "left out beside remedies.ema"),
        (
            "remedies.snapshots = 2\nremedies.prune = { ratio = 0.5, rewind = true }",
            "remedies.prune.rewind",
            "does not go with remedies.snapshots",
        ),
        (
            "remedies.bagging = 2\nremedies.dropout = 0.5\nmeasure.submodels = true",
            "measure.submodels",
            "beside remedies.bagging",
        ),
    ] {
        place.write("bad.toml", format!("data.path = 'blobs.csv'\ntrain.epochs = 10\n{lines}\n"));
        let run = place.overfit(&["run", "bad.toml"]).code(2);
        let found = run.stderr.contains(&format!("{key} ")) && run.stderr.contains(reason);
        assert!(found && run.stderr.contains("bad.toml:"), "{lines}: {}", run.stderr);
    }
}

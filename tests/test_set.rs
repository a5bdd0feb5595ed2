//! The test set is never looked at for a choice: permuting its labels changes nothing but the test figures.

mod support;

use std::fmt::Write;

use support::{Results, Row, Workplace, blobs, waves};

/// A data set with a column that says which rows train, validate and test; the targets of the test rows are each other's
/// where `permuted`.
fn with_split(text: &str, permuted: bool) -> String {
    let mut lines = text.lines();
    let header = lines.next().expect("a header");
    let rows: Vec<(&str, &str)> = lines.map(|line| line.rsplit_once(',').expect("several columns")).collect();
    let parts = ["test", "train", "train", "validation", "train"];
    let tested: Vec<usize> = (0..rows.len()).filter(|row| parts[row % parts.len()] == "test").collect();
    let mut text = format!("split,{header}\n");
    for (row, (features, target)) in rows.iter().enumerate() {
        let target = match tested.iter().position(|&test| test == row) {
            Some(position) if permuted => rows[tested[(position + 1) % tested.len()]].1,
            _ => target,
        };
        writeln!(text, "{},{features},{target}", parts[row % parts.len()]).expect("a String takes all");
    }
    text
}

/// Every kind of pruning, every criterion, and several remedies together.
fn variants(classification: bool) -> Vec<(String, String)> {
    let mut all = Vec::new();
    for pruning in [
        "ratio = 0.6",
        "ratio = 0.6, method = 'random', scope = 'layer'",
        "ratio = 0.6, method = 'snip'",
        "ratio = 0.6, method = 'obd'",
        "ratio = 0.6, method = 'obs', schedule = 'iterative', rounds = 2",
        "ratio = 0.6, schedule = 'iterative', rounds = 3, rewind = true",
        "ratio = 0.6, schedule = 'gradual', learning_rate_factor = 0.1",
        "ratio = 0.5, structure = 'neuron', norm = 'l1'",
        "ratio = 0.5, structure = 'neuron', method = 'random'",
        "ratio = 0.5, structure = 'neuron', method = 'activation', schedule = 'iterative', rounds = 2",
        "ratio = 0.5, structure = 'neuron', method = 'snip', at_epoch = 3",
    ] {
        all.push((format!("prune: {pruning}"), format!("remedies.prune = {{ {pruning} }}")));
    }
    let monitors: &[&str] =
        if classification { &["validation_loss", "validation_accuracy"] } else { &["validation_loss"] };
    for monitor in monitors {
        for criterion in [
            "patience = 3",
            "criterion = 'gl', alpha = 2",
            "criterion = 'pq', alpha = 0.1, strip = 3",
            "criterion = 'up', strips = 1, strip = 2, start_epoch = 4",
        ] {
            let stopping = format!("{criterion}, monitor = '{monitor}'");
            all.push((format!("stop: {stopping}"), format!("remedies.early_stopping = {{ {stopping} }}")));
        }
    }
    let cocktail = "remedies.dropout = { hidden = 0.3, input = 0.1 }\nremedies.l1 = 1e-4\nremedies.l2 = 1e-3\n\
                    remedies.max_norm = 2.0\nremedies.noise = 0.1\nremedies.early_stopping = 5\n\
                    remedies.prune = { ratio = 0.5, schedule = 'gradual', adjust_dropout = true }";
    all.push(("cocktail".to_owned(), cocktail.to_owned()));
    let stopped = "remedies.early_stopping = 3";
    all.push(("bagging".to_owned(), format!("remedies.bagging = 3\n{stopped}")));
    all.push(("snapshots".to_owned(), format!("remedies.snapshots = 10\n{stopped}")));
    all
}

/// The rows of a table without the columns about test figures and without what two runs never share.
fn without_test(rows: Vec<Row>) -> Vec<Vec<(String, String)>> {
    let cells = |row: Row| {
        let about_test =
            |name: &str| name.contains("test_") || name.ends_with("gap") || ["trial", "seconds"].contains(&name);
        let mut cells: Vec<(String, String)> = row.into_iter().filter(|(name, _)| !about_test(name)).collect();
        cells.sort();
        cells
    };
    rows.into_iter().map(cells).collect()
}

#[test]
fn permuted_test_labels_change_no_weight_no_mask_no_epoch_and_no_choice() {
    for (text, classification) in [(blobs(120), true), (waves(120), false)] {
        let place = Workplace::new();
        place.write("asis.csv", with_split(&text, false)).write("permuted.csv", with_split(&text, true));
        let variants = variants(classification);
        let run = |data: &str| -> Results {
            let mut config = format!(
                "seeds = 2\n[data]\npath = '{data}.csv'\nsplit.column = 'split'\n[model]\nhidden = [12, 8]\n[train]\nepochs = \
                 30\nlearning_rate = 0.02\n[save]\nmodels = 'final'\n"
            );
            for (name, overrides) in &variants {
                writeln!(config, "[[variants]]\nname = \"{name}\"\n{overrides}").expect("a String takes all");
            }
            place.experiment(data, &config, &[])
        };
        let (asis, permuted) = (run("asis"), run("permuted"));
        let named = |results: &Results| {
            let mut rows = [results.curves(), results.trials()].concat();
            rows.iter_mut().for_each(|row| drop(row.remove("experiment")));
            rows
        };
        assert_eq!(without_test(named(&asis)), without_test(named(&permuted)));
        for (name, _) in &variants {
            assert_eq!(asis.model_of(name), permuted.model_of(name), "{name}");
            let tested = |results: &Results| -> Vec<String> {
                results.curves_of(name).into_iter().map(|row| row["test_loss"].clone()).collect()
            };
            assert_ne!(tested(&asis), tested(&permuted), "{name}: the labels were permuted");
        }
        let stopped = asis.trials().iter().filter(|trial| trial["status"] == "stopped_early").count();
        assert!(stopped > 3, "stopping has acted: {stopped}");
    }
}

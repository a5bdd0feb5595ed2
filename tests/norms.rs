//! Batch norm and layer norm, seen from outside: what is saved is what was measured, and what does not go together is refused.

mod support;

use support::{Results, Workplace, blobs, number, read_model};

fn config(variants: &str) -> String {
    format!(
        "seeds = 1\n[data]\npath = \"blobs.csv\"\n[model]\nhidden = [12, 8]\n[train]\nepochs = 6\nlearning_rate = 0.02\n\
         batch_size = 16\n[save]\nmodels = \"final\"\n{variants}"
    )
}

fn workplace() -> Workplace {
    let place = Workplace::new();
    place.write("blobs.csv", blobs(90));
    place
}

/// The losses of a variant behind an epoch.
fn losses(results: &Results, variant: &str, epoch: usize) -> Vec<f64> {
    let row = &results.curves_of(variant)[epoch];
    ["train_loss", "validation_loss", "test_loss"].map(|name| number(row, name)).to_vec()
}

/// A variant whose network begins as the one that was saved for another.
fn again(results: &Results, of: &str, remedies: &str) -> String {
    let file = results.model_path(of);
    format!("[[variants]]\nname = \"again {of}\"\nmodel.init = {{ file = {:?} }}\n{remedies}\n", file.to_str().unwrap())
}

#[test]
fn a_saved_network_gives_what_was_measured() {
    let place = workplace();
    let variants = "[[variants]]\nname = \"batch\"\nremedies.batch_norm = true\nremedies.swa = 0.5\n\
                    [[variants]]\nname = \"layer\"\nremedies.layer_norm = true\n";
    let first = place.experiment("first", &config(variants), &[]);
    let text = again(&first, "batch", "") + &again(&first, "layer", "remedies.layer_norm = true");
    let second = place.experiment("second", &config(&text), &[]);
    for of in ["batch", "layer"] {
        let (end, begin) = (losses(&first, of, 6), losses(&second, &format!("again {of}"), 0));
        assert_ne!(losses(&first, of, 0), end, "{of}: something is learnt");
        for (end, begin) in end.iter().zip(&begin) {
            assert!((end - begin).abs() < 1e-5 * end.abs(), "{of}: {end} {begin}");
        }
    }
    let names = |of: &str| read_model(&first.model_path(of)).into_keys().collect::<Vec<_>>();
    assert_eq!(
        names("batch"),
        ["0.bias", "0.weight", "2.bias", "2.weight", "4.bias", "4.weight"],
        "Linear layers alone"
    );
    let places = ["0", "1", "3", "4", "6"].map(|place| [format!("{place}.bias"), format!("{place}.weight")]);
    assert_eq!(names("layer"), places.concat());
}

#[test]
fn a_network_that_is_normalised_begins_another_such_training_only() {
    let place = workplace();
    let first = place.experiment("first", &config("[remedies]\nlayer_norm = true\n"), &[]);
    for (remedies, found) in [("", "found no such remedy"), ("remedies.batch_norm = true", "found remedies.batch_norm")]
    {
        place.write("bad.toml", config(&again(&first, "base", remedies)));
        let run = place.overfit(&["run", "bad.toml"]).code(2);
        let reason = format!("the network in the file has layer_norm, which must go with remedies.layer_norm, {found}");
        assert!(run.stderr.contains(&reason), "{}", run.stderr);
    }
}

#[test]
fn a_network_that_pruning_shrinks_is_measured_as_it_is_saved() {
    let place = workplace();
    let prune = "remedies.prune = { structure = \"neuron\", ratio = 0.5, at_epoch = 3 }";
    let cut = |name: &str, remedies: &str| format!("[[variants]]\nname = \"{name}\"\n{prune}\n{remedies}\n");
    let variants = cut("none", "")
        + &cut("batch_norm", "remedies.batch_norm = true")
        + &cut("layer_norm", "remedies.layer_norm = true");
    let results = place.experiment("e", &config(&variants), &[]);
    let parameters = |variant: &str, epoch: usize| number(&results.curves_of(variant)[epoch], "parameters");
    // 5·12 + 12 + 12·8 + 8 + 8·3 + 3, and half of all hidden units.
    assert_eq!((parameters("none", 0), parameters("batch_norm", 0)), (203.0, 203.0));
    assert_eq!(
        (parameters("layer_norm", 0), parameters("layer_norm", 6)),
        (203.0 + 40.0, parameters("none", 6) + 20.0)
    );
    assert_eq!(parameters("batch_norm", 6), parameters("none", 6));
}

#[test]
fn a_batch_that_ends_with_a_single_row_trains() {
    let place = workplace();
    let text = config("[[variants]]\nname = \"batch\"\nremedies.batch_norm = true\n");
    // Of 72 rows outside the test part 54 train: the last batch has one.
    let results = place.experiment("e", &text.replace("batch_size = 16", "batch_size = 53"), &[]);
    assert_eq!(number(&results.trials()[0], "n_train"), 72.0);
    assert!(losses(&results, "batch", 6)[0] < losses(&results, "batch", 1)[0]);
}

#[test]
fn what_normalisation_does_not_go_with_is_refused_by_its_key() {
    let place = workplace();
    for (settings, reason) in [
        (
            "remedies.batch_norm = true\nremedies.layer_norm = true",
            "remedies.batch_norm must be left out beside remedies.layer_norm",
        ),
        ("remedies.batch_norm = true\nmodel.hidden = []", "remedies.batch_norm needs a hidden layer"),
        ("remedies.batch_norm = true\ntrain.batch_size = 1", "remedies.batch_norm needs batches of more than one row"),
        ("remedies.layer_norm = true\nremedies.l0 = 1e-3", "remedies.l0 must be left out beside remedies.layer_norm"),
        (
            "remedies.layer_norm = true\nremedies.group_lasso = 1e-3",
            "remedies.group_lasso must be left out beside remedies.layer_norm",
        ),
        ("remedies.layer_norm = true\nmodel.hidden = [4, 1]", "remedies.layer_norm needs at least 2 units"),
        (
            "remedies.layer_norm = true\nremedies.prune = { ratio = 0.5, method = \"obd\" }",
            "remedies.prune.method must not be \"obd\" beside remedies.layer_norm",
        ),
        (
            "remedies.batch_norm = true\nremedies.prune = { ratio = 0.5, method = \"obs\" }",
            "remedies.prune.method must not be \"obs\" beside remedies.batch_norm",
        ),
        (
            "remedies.layer_norm = true\nremedies.dropout = { hidden = 0.5, kind = \"connect\", inference = \"sampled\" }",
            "remedies.dropout.inference must be \"mean\" beside remedies.layer_norm",
        ),
    ] {
        place.write("bad.toml", config(&format!("[[variants]]\nname = \"bad\"\n{settings}\n")));
        let run = place.overfit(&["run", "bad.toml"]).code(2);
        assert!(run.stderr.contains(reason) && run.stderr.contains("bad.toml:"), "{settings}: {}", run.stderr);
    }
}

#[test]
fn all_ways_to_prune_and_drop_go_with_what_they_may() {
    let place = workplace();
    let mut text = String::new();
    for norm in ["batch_norm", "layer_norm"] {
        for (index, settings) in [
            "prune = { ratio = 0.4, method = \"magnitude\", schedule = \"iterative\", rounds = 2, rewind = true }",
            "prune = { ratio = 0.4, method = \"activation\", structure = \"neuron\" }",
            "prune = { ratio = 0.4, method = \"snip\" }",
            "prune = { ratio = 0.4, method = \"obd\" }",
            "dropout = { hidden = 0.4, mask = \"batch\" }",
            "dropout = { hidden = 0.4, kind = \"connect\" }",
            "dropout = { hidden = 0.4, kind = \"connect\", inference = \"sampled\" }",
        ]
        .into_iter()
        .enumerate()
        {
            if norm == "batch_norm" || ![3, 6].contains(&index) {
                text +=
                    &format!("[[variants]]\nname = \"{norm} {index}\"\nremedies.{norm} = true\nremedies.{settings}\n");
            }
        }
    }
    let measure = "[measure]\nsensitivity = true\ncompression = true\nsubmodels = [1, 3]\n";
    let results = place.experiment("e", &(config(measure) + &text), &[]);
    for trial in results.trials() {
        assert_eq!(trial["status"], "ok", "{trial:?}");
    }
}

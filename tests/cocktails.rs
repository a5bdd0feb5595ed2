//! Remedies together: any two go together or are refused with a reason; the order of a step is the one that `recipe` states;
//! strength zero stays nothing in company.

mod support;

use std::fmt::Write;

use overfit::remedies::{Entry, REGISTRY};
use support::strengths::{APART, needed_by, strengths_of};
use support::{Results, Workplace, blobs, number, weights};

/// A config of classes with these variants, each a name and the lines that it sets.
fn config(train: &str, variants: &[(String, String)]) -> String {
    let mut text = format!(
        "seeds = 1\n[data]\npath = \"blobs.csv\"\nimage = [1, 5]\n[model]\nhidden = [12, 8]\n[train]\n{train}\n[save]\n\
         models = \"final\"\n"
    );
    for (name, overrides) in variants {
        writeln!(text, "[[variants]]\nname = \"{name}\"\n{overrides}").expect("a String takes all");
    }
    text
}

fn workplace() -> Workplace {
    let place = Workplace::new();
    place.write("blobs.csv", blobs(90));
    place
}

fn variant(name: &str, overrides: &str) -> (String, String) {
    (name.to_owned(), overrides.to_owned())
}

/// Curves of one variant without its name.
fn history(results: &Results, variant: &str) -> Vec<Vec<(String, String)>> {
    let rows = results.curves_of(variant).into_iter().map(|row| {
        let mut cells: Vec<_> = row.into_iter().filter(|(name, _)| name != "variant").collect();
        cells.sort();
        cells
    });
    rows.collect()
}

fn final_weights(results: &Results, variant: &str) -> Vec<f32> {
    weights(&results.model_of(variant)).iter().flat_map(|tensor| tensor.values.clone()).collect()
}

#[test]
fn any_two_remedies_go_together_and_each_still_shows() {
    let place = workplace();
    let on = |name: &str| {
        let entry = REGISTRY.iter().find(|entry| entry.name == name).expect("a name of the registry");
        format!("remedies.{name} = {}", strengths_of(entry).on)
    };
    let mut variants = Vec::new();
    let mut pairs = Vec::new();
    for (index, first) in REGISTRY.iter().enumerate() {
        variants.push(variant(first.name, &format!("{}{}", on(first.name), needed_by(first.name))));
        let goes = |second: &&&Entry| {
            let pairs = [[first.name, second.name], [second.name, first.name]];
            !APART.iter().any(|pair| pairs.contains(pair))
        };
        for second in REGISTRY[index + 1..].iter().filter(goes) {
            let needed = [needed_by(first.name), needed_by(second.name)].concat();
            let name = format!("{} + {}", first.name, second.name);
            variants.push((name.clone(), format!("{}\n{}{needed}", on(first.name), on(second.name))));
            pairs.push((first.name, second.name, name));
        }
    }
    let results = place.experiment("e", &config("epochs = 6\nlearning_rate = 0.02", &variants), &[]);
    for trial in results.trials() {
        assert!(["ok", "stopped_early"].contains(&trial["status"].as_str()), "{trial:?}");
    }
    let alone = |name: &str| history(&results, name);
    for (first, second, name) in pairs {
        let together = history(&results, &name);
        let same_network = needed_by(first) == needed_by(second);
        // What stops at once hides what would come later.
        let stops = [first, second].contains(&"early_stopping");
        if same_network && !stops {
            assert_ne!(together, alone(first), "{second} shows beside {first}");
            assert_ne!(together, alone(second), "{first} shows beside {second}");
        }
    }
}

#[test]
fn all_remedies_together_train_and_prune() {
    let place = workplace();
    let all: Vec<String> = REGISTRY
        .iter()
        .filter(|entry| entry.name != "kl_sparsity" && !APART.iter().any(|pair| pair[1] == entry.name))
        .map(|entry| format!("remedies.{} = {}", entry.name, strengths_of(entry).on))
        .collect();
    let results = place.experiment("e", &config("epochs = 6", &[variant("all", &all.join("\n"))]), &[]);
    let trial = &results.trials()[0];
    assert!(["ok", "stopped_early"].contains(&trial["status"].as_str()), "{trial:?}");
    let losses = results.curves_of("all").iter().map(|row| number(row, "train_loss")).collect::<Vec<_>>();
    assert!(losses.windows(2).any(|pair| pair[0] != pair[1]), "something is learnt: {losses:?}");
    assert!(number(trial, "nonzero_parameters") < number(trial, "parameters"), "{trial:?}");
}

#[test]
fn strength_zero_is_nothing_in_company_too() {
    let place = workplace();
    let company = "remedies.dropout = 0.3\nremedies.l1 = 1e-3\nremedies.noise = 0.2\nremedies.prune = { ratio = 0.4, at_epoch = 2 }";
    let mut variants = vec![variant("company", company)];
    for entry in REGISTRY.iter().filter(|entry| !company.contains(&format!("remedies.{} ", entry.name))) {
        let strengths = strengths_of(entry);
        variants.push(variant(entry.name, &format!("{company}\nremedies.{} = {}", entry.name, strengths.off)));
    }
    let results = place.experiment("e", &config("epochs = 5", &variants), &[]);
    let wanted = history(&results, "company");
    for (name, _) in &variants[1..] {
        assert_eq!(history(&results, name), wanted, "{name} at strength zero");
    }
}

/// One step of full-batch gradient descent.
const ONE_STEP: &str = "epochs = 1\nbatch_size = \"full\"\noptimizer = \"sgd\"\nlearning_rate = 0.1";

#[test]
fn penalties_are_clipped_with_the_gradient_and_decay_is_not() {
    let place = workplace();
    let train = format!("{ONE_STEP}\ngradient_clip = 0.01");
    let variants = [
        variant("tiny", "train.learning_rate = 1e-30"),
        variant("l2", "remedies.l2 = 1000.0"),
        variant("decay", "remedies.weight_decay = 5.0"),
    ];
    let results = place.experiment("e", &config(&train, &variants), &[]);
    let start = final_weights(&results, "tiny");
    let moved = |variant: &str| {
        let end = final_weights(&results, variant);
        start.iter().zip(end).map(|(a, b)| f64::from(a - b).powi(2)).sum::<f64>().sqrt()
    };
    // The whole gradient, biases too, has a norm of 0.01.
    assert!(moved("l2") <= 0.1 * 0.01 * 1.0001, "{}", moved("l2"));
    let size = start.iter().map(|&w| f64::from(w).powi(2)).sum::<f64>().sqrt();
    assert!(
        (moved("decay") - 0.5 * size).abs() < 0.01 * size,
        "half of every weight goes: {} of {size}",
        moved("decay")
    );
}

#[test]
fn what_is_shrunk_to_zero_stays_zero_and_within_the_norm_and_what_is_pruned_is_zero_last() {
    let place = workplace();
    let variants = [
        variant("l1 + max_norm", "remedies.l1 = 0.05\nremedies.max_norm = 0.4"),
        variant("l1", "remedies.l1 = 0.05"),
        variant(
            "noise",
            "remedies.noise = { gradient = 0.5, weight = 0.1 }\nremedies.prune = { ratio = 0.5, at_epoch = 0 }\nremedies.weight_decay = 0.1",
        ),
    ];
    let results =
        place.experiment("e", &config("epochs = 8\nlearning_rate = 0.05\noptimizer = \"momentum\"", &variants), &[]);
    for tensor in weights(&results.model_of("l1 + max_norm")) {
        for unit in tensor.values.chunks(tensor.shape[1]) {
            let norm = unit.iter().map(|&w| f64::from(w).powi(2)).sum::<f64>().sqrt();
            assert!(norm <= 0.4 * (1.0 + 1e-6), "{norm}");
        }
    }
    let zeros = |variant: &str| final_weights(&results, variant).iter().filter(|&&w| w == 0.0).count();
    assert!(zeros("l1 + max_norm") > 0, "scaling a unit keeps its zeros");
    assert_eq!(zeros("noise"), 90, "half of 180 weights, whatever noise and decay do");
}

#[test]
fn l0_goes_with_every_way_to_prune_and_to_drop_but_those_that_are_refused() {
    let place = workplace();
    let prunings = [
        "method = \"magnitude\", schedule = \"iterative\", rounds = 3, rewind = true",
        "method = \"magnitude\", structure = \"neuron\", at_epoch = 4",
        "method = \"random\", schedule = \"gradual\", at_epoch = 2",
        "method = \"activation\", structure = \"neuron\", at_epoch = 4, rewind = true",
        "method = \"snip\"",
        "method = \"obd\", at_epoch = 4",
        "method = \"obd\", structure = \"neuron\", at_epoch = 4",
    ];
    let drops = [
        "{ hidden = 0.3, mask = \"batch\" }",
        "{ hidden = 0.3, kind = \"connect\" }",
        "{ hidden = 0.3, kind = \"gaussian\" }",
    ];
    let mut variants = Vec::new();
    for (place, pruning) in prunings.iter().enumerate() {
        variants.push(variant(
            &format!("prune {place}"),
            &format!("remedies.prune = {{ ratio = 0.5, {pruning} }}\nremedies.l0 = 1e-3"),
        ));
    }
    for (place, drop) in drops.iter().enumerate() {
        let also = "remedies.l0 = 1e-2\nremedies.noise = { weight = 0.05 }\nremedies.sparse_connection = 0.7";
        variants.push(variant(&format!("drop {place}"), &format!("remedies.dropout = {drop}\n{also}")));
    }
    let results = place.experiment("e", &config("epochs = 8\nlearning_rate = 0.05", &variants), &[]);
    for trial in results.trials() {
        assert_eq!(trial["status"], "ok", "{trial:?}");
    }
    for (place, pruning) in prunings.iter().enumerate() {
        let left: Vec<f32> = final_weights(&results, &format!("prune {place}"));
        let left = left.iter().filter(|&&w| w != 0.0).count();
        assert!(left <= 90 || pruning.contains("neuron"), "half of 180 weights at most: {place} {left}");
        assert!(left < 180, "{place}");
    }
}

#[test]
fn a_penalty_beside_l0_is_on_the_weights_in_front_of_the_gates() {
    let place = workplace();
    let l2 = "remedies.l2 = 0.1";
    let variants =
        [variant("l2", l2), variant("l0", "remedies.l0 = 0.1"), variant("both", &format!("{l2}\nremedies.l0 = 0.1"))];
    let results = place.experiment("e", &config("epochs = 1", &variants), &[]);
    let [l2, l0, both] = ["l2", "l0", "both"].map(|name| number(&results.curves_of(name)[0], "penalty"));
    assert!(l2 > 0.0 && l0 > 0.0 && (l2 + l0 - both).abs() < 1e-9 * both, "{l2} {l0} {both}");
}

#[test]
fn what_makes_no_sense_together_is_refused_with_the_reason() {
    let place = workplace();
    for (remedies, reason) in [
        ("remedies.prune = { ratio = 0.5, adjust_dropout = true }", "needs remedies.dropout to adjust, found none"),
        ("remedies.kl_sparsity = 0.1", "sigmoid"),
        ("remedies.swa = 0.5\nremedies.ema = 0.9", "one network is handed out"),
        ("remedies.l0 = 1e-3\nremedies.swa = 0.5", "remedies.l0 must be left out beside remedies.swa"),
        ("remedies.l0 = 1e-3\nremedies.ema = 0.9", "remedies.l0 must be left out beside remedies.ema"),
        ("remedies.l0 = 1e-3\nremedies.sam = 0.05", "remedies.l0 must be left out beside remedies.sam"),
        ("remedies.l0 = 1e-3\nremedies.prune = { ratio = 0.5, method = \"obs\" }", "found remedies.l0"),
        ("remedies.prune = { ratio = 0.5, method = \"snip\", rewind = true }", "there is nothing to go back from"),
        ("remedies.dropout = { hidden = 0.5, rescale = \"test\", schedule = \"annealed\" }", "schedule"),
        ("remedies.dropout = { hidden = 0.5, kind = \"gaussian\", mask = \"batch\" }", "mask"),
        ("remedies.early_stopping = { criterion = \"gl\", patience = 3 }", "patience"),
        ("data.split = { validation = 0 }\nremedies.early_stopping = 3", "validation"),
        ("model.hidden = []\nremedies.dropout = 0.5", "needs a hidden layer"),
    ] {
        place.write("bad.toml", config("epochs = 10", &[variant("bad", remedies)]));
        let run = place.overfit(&["run", "bad.toml"]).code(2);
        assert!(run.stderr.contains(reason) && run.stderr.contains("bad.toml:"), "{remedies}: {}", run.stderr);
    }
}

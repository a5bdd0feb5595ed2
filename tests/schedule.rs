//! Pruning and early stopping as they are seen from outside: in the curves, in the saved networks, in what is refused.

mod support;

use std::fmt::Write;

use overfit::stopping::{Criterion, Errors};
use support::{Results, Row, Workplace, blobs, number, waves, weights};

fn workplace() -> Workplace {
    let place = Workplace::new();
    place.write("blobs.csv", blobs(90)).write("waves.csv", waves(120));
    place
}

/// A config on a network of 12·5 + 8·12 + 3·8 = 180 weights (classification) with these lines of `[train]` and variants.
fn config(data: &str, seeds: usize, train: &str, variants: &[(&str, &str)]) -> String {
    let mut text = format!(
        "seeds = {seeds}\n[data]\npath = \"{data}.csv\"\n[model]\nhidden = [12, 8]\n[train]\n{train}\n[save]\nmodels = \
         \"final\"\n"
    );
    for (name, overrides) in variants {
        writeln!(text, "[[variants]]\nname = \"{name}\"\n{overrides}").expect("a String takes all");
    }
    text
}

/// The curve of a trial, without epoch 0.
fn curve(results: &Results, trial: &Row) -> Vec<Row> {
    let rows = results.curves_of(&trial["variant"]).into_iter();
    rows.filter(|row| row["seed"] == trial["seed"] && row["epoch"] != "0").collect()
}

fn column(results: &Results, variant: &str, name: &str) -> Vec<f64> {
    results.curves_of(variant).iter().map(|row| number(row, name)).collect()
}

/// How many weights of each layer of a saved network are 0.
fn zeros(results: &Results, variant: &str) -> Vec<usize> {
    let model = results.model_of(variant);
    weights(&model).iter().map(|tensor| tensor.values.iter().filter(|&&w| w == 0.0).count()).collect()
}

#[test]
fn every_criterion_stops_where_the_recorded_curve_says() {
    let place = workplace();
    let cases: Vec<(&str, Criterion, &str, usize, &str)> = vec![
        ("gl", Criterion::GeneralizationLoss { alpha: 3.0 }, "loss", 1, "criterion = 'gl', alpha = 3"),
        (
            "pq",
            Criterion::ProgressQuotient { alpha: 0.4, strip: 4 },
            "loss",
            1,
            "criterion = 'pq', alpha = 0.4, strip = 4",
        ),
        ("up", Criterion::Rises { strips: 2, strip: 3 }, "loss", 1, "criterion = 'up', strips = 2, strip = 3"),
        ("late", Criterion::Patience { patience: 3, min_delta: 0.0 }, "loss", 30, "patience = 3, start_epoch = 30"),
        (
            "accuracy",
            Criterion::Patience { patience: 6, min_delta: 0.0 },
            "accuracy",
            1,
            "patience = 6, monitor = 'validation_accuracy'",
        ),
        (
            "gl of the error",
            Criterion::GeneralizationLoss { alpha: 10.0 },
            "accuracy",
            5,
            "criterion = 'gl', alpha = 10, start_epoch = 5, monitor = 'validation_accuracy'",
        ),
    ];
    let variants: Vec<(String, String)> =
        cases.iter().map(|case| (case.0.to_owned(), format!("remedies.early_stopping = {{ {} }}", case.4))).collect();
    let variants: Vec<(&str, &str)> = variants.iter().map(|(name, remedy)| (name.as_str(), remedy.as_str())).collect();
    let results = place.experiment("e", &config("blobs", 3, "epochs = 150\nlearning_rate = 0.02", &variants), &[]);
    let mut stopped = 0;
    for trial in results.trials() {
        let (_, criterion, metric, start, _) = cases.iter().find(|case| case.0 == trial["variant"]).unwrap();
        let rows = curve(&results, &trial);
        let of = |part: &str| -> Vec<f64> {
            let figures = rows[start - 1..].iter().map(|row| number(row, &format!("{part}_{metric}")));
            figures.map(|figure| if *metric == "loss" { figure } else { 1.0 - figure }).collect()
        };
        let (training, validation) = (of("train"), of("validation"));
        let stop = criterion.stops_at(Errors { training: &training, validation: &validation });
        match trial["status"].as_str() {
            "stopped_early" => assert_eq!(stop, Some(validation.len() - 1), "{trial:?}"),
            _ => assert_eq!((stop, rows.len()), (None, 150), "{trial:?}"),
        }
        stopped += usize::from(stop.is_some());
        let best = start + criterion.best(&validation).unwrap();
        assert_eq!(number(&trial, "chosen_epoch") as usize, best, "{trial:?}");
        assert_eq!(number(&trial, "best_epoch") as usize, best, "{trial:?}");
        let losses: Vec<f64> = rows.iter().map(|row| number(row, "validation_loss")).collect();
        let onset = (0..losses.len()).reduce(|low, at| if losses[at] < losses[low] { at } else { low }).unwrap();
        assert_eq!(number(&trial, "onset_epoch") as usize, onset + 1, "{trial:?}");
    }
    assert!(stopped >= 12, "most of the 18 trials stop: {stopped}");
}

#[test]
fn stopping_waits_for_the_last_planned_cut() {
    let place = workplace();
    let stop = "remedies.early_stopping = { criterion = 'gl', alpha = 0.1 }";
    let iterative = format!("remedies.prune = {{ ratio = 0.8, schedule = 'iterative', rounds = 3 }}\n{stop}");
    let gradual = format!("remedies.prune = {{ ratio = 0.8, schedule = 'gradual' }}\n{stop}");
    let variants = [("iterative", iterative.as_str()), ("gradual", gradual.as_str()), ("none", stop)];
    let results = place.experiment("e", &config("blobs", 2, "epochs = 40\nlearning_rate = 0.05", &variants), &[]);
    for trial in results.trials() {
        let chosen = number(&trial, "chosen_epoch") as usize;
        match trial["variant"].as_str() {
            "none" => assert!(number(&trial, "epochs") < 30.0, "{trial:?}"),
            _ => {
                let rows = curve(&results, &trial);
                assert!(chosen >= 30 && number(&rows[chosen - 1], "sparsity") == 0.8, "{trial:?}");
                assert!(rows.len() < 40, "it stops behind the last cut: {trial:?}");
            }
        }
    }
}

#[test]
fn what_is_pruned_is_exactly_zero_in_saved_networks_under_every_optimizer() {
    let place = workplace();
    let optimizers = ["'sgd'", "'momentum'", "'nesterov'", "'rmsprop'", "'adam'"];
    let prunings = [
        "ratio = 0.7, scope = 'layer'",
        "ratio = 0.7, schedule = 'iterative', rounds = 3, scope = 'layer'",
        "ratio = 0.7, schedule = 'gradual', scope = 'layer'",
        "ratio = [0.7, 0.7, 0.7], method = 'snip'",
        "ratio = 0.7, method = 'random', scope = 'layer', at_epoch = 2, schedule = 'iterative', rounds = 4, rewind = true",
    ];
    let mut variants = Vec::new();
    for optimizer in optimizers {
        for (index, pruning) in prunings.iter().enumerate() {
            let rest = ["remedies.weight_decay = 1e-2", "remedies.l2 = 1e-3"][index % 2];
            variants.push((
                format!("{} {index}", optimizer.trim_matches('\'')),
                format!("train.optimizer = {optimizer}\nremedies.prune = {{ {pruning} }}\n{rest}"),
            ));
        }
    }
    let named: Vec<(&str, &str)> = variants.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    let results = place.experiment("e", &config("blobs", 1, "epochs = 12\nlearning_rate = 0.01", &named), &[]);
    for (name, _) in &variants {
        assert_eq!(zeros(&results, name), [42, 67, 17], "{name}: seven tenths of 60, 96 and 24");
        let sparsity = column(&results, name, "sparsity");
        assert!(sparsity.windows(2).all(|pair| pair[0] <= pair[1]), "{name}: for good: {sparsity:?}");
    }
}

#[test]
fn sparsity_follows_the_schedule_epoch_by_epoch() {
    let place = workplace();
    let variants = [
        ("iterative", "remedies.prune = { ratio = 0.9, schedule = 'iterative', rounds = 2 }"),
        ("gradual", "remedies.prune = { ratio = 0.9, schedule = 'gradual', at_epoch = 0 }"),
        (
            "neurons",
            "remedies.prune = { ratio = 0.75, structure = 'neuron', scope = 'layer', schedule = 'iterative', rounds = 2 }",
        ),
    ];
    let results = place.experiment("e", &config("blobs", 1, "epochs = 12", &variants), &[]);
    let count = |share: f64| (180.0 * share).round_ties_even() / 180.0;
    // 1 − √0.1 of all behind the first of two cuts.
    let half = count(1.0 - 0.1f64.sqrt());
    let wanted = [[0.0; 4], [half; 4], [0.9; 4], [0.9; 4]].concat();
    assert_eq!(column(&results, "iterative", "sparsity"), wanted[..13]);
    let cubic = |epoch: u32| count(0.9 * (1.0 - (1.0 - f64::from(epoch.min(9)) / 9.0).powi(3)));
    assert_eq!(column(&results, "gradual", "sparsity"), (0..=12).map(cubic).collect::<Vec<_>>());
    // 12 and 8 neurons: half of them go, then half of the rest.
    let parameters = |a: f64, b: f64| a * 5.0 + a + a * b + b + b * 3.0 + 3.0;
    let wanted = [[parameters(12.0, 8.0); 4], [parameters(6.0, 4.0); 4], [parameters(3.0, 2.0); 4]].concat();
    let found = column(&results, "neurons", "parameters");
    assert_eq!((&found[..12], found[12]), (&wanted[..], parameters(3.0, 2.0)));
}

#[test]
fn a_lottery_ticket_has_its_initial_values_and_the_schedule_begins_anew() {
    let place = workplace();
    // Behind the first cut the rate is so small that no weight of single precision moves.
    let still = "learning_rate_factor = 1e-30, rewind = true";
    let variants = [
        ("weights".to_owned(), format!("remedies.prune = {{ ratio = 0.6, at_epoch = 5, {still} }}")),
        ("neurons".to_owned(), format!("remedies.prune = {{ ratio = 0.5, at_epoch = 5, structure = 'neuron', {still} }}")),
        ("start".to_owned(), "train.learning_rate = 1e-30".to_owned()),
        (
            "schedule".to_owned(),
            "train.schedule = { kind = 'step', step_size = 2, gamma = 0.5 }\nremedies.prune = { ratio = 0.5, schedule = \
             'iterative', rounds = 2, rewind = true, learning_rate_factor = 0.1 }"
                .to_owned(),
        ),
    ];
    let named: Vec<(&str, &str)> = variants.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    let train = "epochs = 9\noptimizer = \"sgd\"\nlearning_rate = 0.5";
    let results = place.experiment("e", &config("blobs", 1, train, &named), &[]);
    let start = results.model_of("start");
    let ticket = results.model_of("weights");
    for (name, tensor) in &ticket {
        for (w, first) in tensor.values.iter().zip(&start[name].values) {
            if name.ends_with("weight") {
                assert!(*w == 0.0 || w.to_bits() == first.to_bits(), "{name}: {w}, {first}");
            } else {
                // A bias begins at 0, from which even the smallest step leads away.
                assert!(w.abs() < 1e-28, "{name}: {w}");
            }
        }
    }
    assert_eq!(zeros(&results, "weights").iter().sum::<usize>(), 108);
    assert_ne!(
        column(&results, "weights", "train_loss")[4],
        column(&results, "start", "train_loss")[4],
        "it was trained"
    );
    for (layer, tensor) in weights(&results.model_of("neurons")).iter().enumerate() {
        let all = &weights(&start)[layer].values;
        assert!(tensor.values.iter().all(|w| all.iter().any(|first| first.to_bits() == w.to_bits())), "layer {layer}");
    }
    // Cuts behind epochs 3 and 6; the rate falls behind two epochs of each stretch.
    let rates = column(&results, "schedule", "learning_rate");
    let wanted = [0.5, 0.5, 0.25, 0.05, 0.05, 0.025, 0.05, 0.05, 0.025];
    rates[1..].iter().zip(wanted).for_each(|(rate, wanted)| assert!((rate - wanted).abs() < 1e-15, "{rates:?}"));
}

#[test]
fn a_ratio_per_layer_can_be_swept() {
    let place = workplace();
    let text = config("blobs", 1, "epochs = 2", &[("cut", "remedies.prune = { ratio = 0.5, at_epoch = 1 }")])
        + "[sweep.parameters]\n\"remedies.prune.ratio\" = [[0.0, 0.25, 0.5], [0.5, 0.5, 0.5], 0.5]\n";
    let results = place.experiment("e", &text, &[]);
    let cut = results.curves().into_iter().filter(|row| row["epoch"] == "2");
    let sparsity: Vec<f64> = cut.map(|row| number(&row, "sparsity")).collect();
    assert_eq!(sparsity, [(24.0 + 12.0) / 180.0, 0.5, 0.5]);
}

#[test]
fn what_makes_no_sense_is_refused_by_key_with_the_reason() {
    let place = workplace();
    let refused = [
        ("prune = { ratio = [0.5, 0.5] }", "ratio must have one value per layer, 3, found 2"),
        ("prune = { ratio = [0.5], structure = 'neuron' }", "ratio must have one value per hidden layer, 2, found 1"),
        ("prune = { ratio = 0.5, at_epoch = 11 }", "at_epoch must be at most train.epochs = 10, found 11"),
        ("prune = { ratio = 0.5, rounds = 3 }", "rounds must be left out with schedule = \"one_shot\""),
        ("prune = { ratio = 0.5, rounds = 10, schedule = 'iterative' }", "rounds must be below train.epochs = 10"),
        ("prune = { ratio = 0.5, rounds = 4, schedule = 'iterative', at_epoch = 7 }", "rounds must be at most 3"),
        ("prune = { ratio = 0.5, schedule = 'gradual', at_epoch = 7 }", "at_epoch must be below 7"),
        ("prune = { ratio = 0.5, schedule = 'gradual', rounds = 6 }", "rounds must be at most 5"),
        ("prune = { ratio = 0.5, schedule = 'gradual', rewind = true }", "rewind = true does not go with"),
        ("prune = { ratio = 0.5, method = 'snip', rewind = true }", "rewind = true needs training before the cut"),
        ("prune = { ratio = 0.5, at_epoch = 10, rewind = true }", "rewind = true needs training behind the cut"),
        ("prune = { ratio = 0.5, method = 'activation' }", "method = \"activation\" scores neurons"),
        ("prune = { ratio = 0.5, norm = 'l1' }", "norm must be left out but with structure = \"neuron\""),
        ("prune = { ratio = 0.5, adjust_dropout = true }", "adjust_dropout = true needs remedies.dropout"),
        ("early_stopping = { criterion = 'gl', patience = 3 }", "patience must be left out with criterion = \"gl\""),
        ("early_stopping = { alpha = 3 }", "alpha must be left out with criterion = \"patience\""),
        ("early_stopping = { start_epoch = 11 }", "start_epoch must be at most train.epochs = 10, found 11"),
    ];
    for (remedy, message) in refused {
        place.write("e.toml", format!("remedies.{remedy}\n[data]\npath = 'blobs.csv'\n[train]\nepochs = 10\n"));
        let run = place.overfit(&["check", "e.toml"]).code(2);
        let name = remedy.split(' ').next().unwrap();
        assert!(run.stderr.starts_with(&format!("error: remedies.{name}.{message}")), "{remedy}: {}", run.stderr);
        assert!(run.stderr.contains("(e.toml:1"), "{remedy}: {}", run.stderr);
    }
    place.write("e.toml", "remedies.early_stopping = { monitor = 'validation_accuracy' }\ndata.path = 'waves.csv'\n");
    let run = place.overfit(&["check", "e.toml"]).code(2);
    let message = "remedies.early_stopping.monitor must be validation_loss for a regression, found validation_accuracy";
    assert!(run.stderr.contains(message), "{}", run.stderr);
}

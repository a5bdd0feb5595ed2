//! What is true of single remedies, seen from outside: in the curves and in the saved networks.

mod support;

use std::fmt::Write;

use support::strengths::FOR_CLASSES;
use support::variants::{config, history, variant, workplace};
use support::{Results, Row, Tensor, number, weights};

/// A column of a variant's curves.
fn column(results: &Results, variant: &str, name: &str) -> Vec<f64> {
    results.curves_of(variant).iter().map(|row| number(row, name)).collect()
}

/// How many values of the weight matrices satisfy a condition, and how many there are.
fn count(tensors: &[&Tensor], condition: impl Fn(f32) -> bool) -> (usize, usize) {
    let values: Vec<f32> = tensors.iter().flat_map(|tensor| tensor.values.iter().copied()).collect();
    (values.iter().filter(|&&value| condition(value)).count(), values.len())
}

/// The share of the weights that are gone, as it is defined.
fn sparsity(zero: usize, all: usize) -> f64 {
    zero as f64 / all as f64
}

#[test]
fn under_plain_gradient_descent_l2_is_weight_decay() {
    let place = workplace();
    let train = "epochs = 20\noptimizer = \"sgd\"\nlearning_rate = 0.05";
    for data in ["blobs", "waves"] {
        let variants = [
            variant("l2", "remedies.l2 = 0.02"),
            variant("decay", "remedies.weight_decay = 0.02"),
            variant("none", ""),
        ];
        let results = place.experiment(data, &config(data, "2", train, &variants), &[]);
        for name in ["train_loss", "validation_loss", "test_loss"] {
            for (l2, decay) in column(&results, "l2", name).iter().zip(column(&results, "decay", name)) {
                assert!((l2 - decay).abs() <= 1e-5 * decay, "{data}, {name}: {l2} and {decay}");
            }
        }
        let far = column(&results, "none", "train_loss").last().unwrap()
            / column(&results, "l2", "train_loss").last().unwrap();
        assert!((far - 1.0).abs() > 1e-3, "{data}: the remedy is strong enough to be seen");
    }
}

#[test]
fn under_adam_l2_is_not_weight_decay() {
    let place = workplace();
    let variants = [variant("l2", "remedies.l2 = 0.02"), variant("decay", "remedies.weight_decay = 0.02")];
    let results = place.experiment("e", &config("blobs", "1", "epochs = 5", &variants), &[]);
    let (l2, decay) = (column(&results, "l2", "train_loss"), column(&results, "decay", "train_loss"));
    assert!((l2[5] - decay[5]).abs() > 1e-4, "{l2:?} and {decay:?}");
}

#[test]
fn l2_per_row_is_l2_divided_by_the_training_rows() {
    let place = workplace();
    // 90 rows less 18 for the test and 18 for validation.
    let variants = [
        variant("per row", "remedies.l2 = { lambda = 0.54, scale = \"per_row\" }"),
        variant("plain", "remedies.l2 = 0.01"),
    ];
    let results = place.experiment("e", &config("blobs", "1", "epochs = 5", &variants), &[]);
    for (per_row, plain) in
        column(&results, "per row", "train_loss").iter().zip(column(&results, "plain", "train_loss"))
    {
        assert!((per_row - plain).abs() <= 1e-6 * plain);
    }
    let saved: f64 = results
        .model_of("plain")
        .iter()
        .filter(|(name, _)| name.ends_with("weight"))
        .flat_map(|(_, t)| &t.values)
        .map(|&w| f64::from(w) * f64::from(w))
        .sum();
    let penalty = *column(&results, "plain", "penalty").last().unwrap();
    assert!((penalty - 0.005 * saved).abs() < 1e-9, "penalty {penalty} is λ/2 Σw² = {}", 0.005 * saved);
}

#[test]
fn proximal_l1_makes_exact_zeros_and_more_of_them_as_it_grows() {
    let place = workplace();
    let lambdas = ["1e-3", "1e-2", "3e-2"];
    let mut variants: Vec<_> = lambdas.map(|lambda| variant(lambda, &format!("remedies.l1 = {lambda}"))).to_vec();
    variants.push(variant("subgradient", "remedies.l1 = { lambda = 1e-2, mode = \"subgradient\" }"));
    let train = "epochs = 30\noptimizer = \"sgd\"\nlearning_rate = 0.05";
    let results = place.experiment("e", &config("blobs", "1", train, &variants), &[]);
    let mut zeros = Vec::new();
    for lambda in lambdas {
        let model = results.model_of(lambda);
        let (zero, all) = count(&weights(&model), |w| w == 0.0);
        assert_eq!(*column(&results, lambda, "sparsity").last().unwrap(), sparsity(zero, all), "{lambda}");
        zeros.push(zero);
    }
    assert!(zeros[0] < zeros[1] && zeros[1] < zeros[2], "{zeros:?}");
    assert_eq!(*column(&results, "subgradient", "sparsity").last().unwrap(), 0.0);
    let sum: f64 = weights(&results.model_of("1e-2")).iter().flat_map(|t| &t.values).map(|w| f64::from(w.abs())).sum();
    let penalty = *column(&results, "1e-2", "penalty").last().unwrap();
    assert!((penalty - 1e-2 * sum).abs() < 1e-9, "penalty {penalty} is λ Σ|w| = {}", 1e-2 * sum);
}

#[test]
fn max_norm_holds_for_every_unit_of_the_saved_network() {
    let place = workplace();
    let variants = [variant("bound", "remedies.max_norm = 0.7"), variant("free", "")];
    let results = place.experiment("e", &config("blobs", "1", "epochs = 20\nlearning_rate = 0.02", &variants), &[]);
    let norms = |variant: &str| {
        let mut norms = Vec::new();
        for tensor in weights(&results.model_of(variant)) {
            for unit in tensor.values.chunks(tensor.shape[1]) {
                norms.push(unit.iter().map(|&w| f64::from(w) * f64::from(w)).sum::<f64>().sqrt());
            }
        }
        norms
    };
    assert!(norms("bound").iter().all(|&norm| norm <= 0.7 * (1.0 + 1e-6)), "{:?}", norms("bound"));
    assert!(norms("bound").iter().any(|&norm| norm > 0.699), "the bound is reached");
    assert!(norms("free").iter().any(|&norm| norm > 1.0), "without it the norms are larger");
}

#[test]
fn dropout_that_rescales_at_the_test_hands_out_scaled_weights() {
    let place = workplace();
    // A rate of learning so small that no weight of single precision moves.
    let variants = ["none", "train", "test"].map(|rescale| {
        variant(rescale, &format!("remedies.dropout = {{ hidden = 0.5, input = 0.25, rescale = \"{rescale}\" }}"))
    });
    let results = place.experiment(
        "e",
        &config("blobs", "1", "epochs = 1\noptimizer = \"sgd\"\nlearning_rate = 1e-30", &variants),
        &[],
    );
    let [none, train, test] = ["none", "train", "test"].map(|variant| results.model_of(variant));
    assert_eq!(weights(&none), weights(&train), "in evaluation nothing is scaled");
    for (layer, keep) in [("0.weight", 0.75), ("2.weight", 0.5), ("4.weight", 0.5)] {
        let scaled: Vec<f32> = train[layer].values.iter().map(|w| w * keep).collect();
        assert_eq!(test[layer].values, scaled, "{layer}");
    }
    assert_ne!(column(&results, "test", "test_loss"), column(&results, "train", "test_loss"));
    assert_eq!(column(&results, "none", "test_loss"), column(&results, "train", "test_loss"));
}

#[test]
fn a_linear_regression_with_dropped_inputs_expects_what_the_whole_one_gives() {
    // One step of full-batch gradient descent from zero weights: w = -η ∂J/∂w, with ∂J/∂w = -mean(y·x·mask/(1-rate)). On
    // average over the masks that is the step without dropout, and half of it where nothing is rescaled at rate 0.5.
    let place = workplace();
    let variants = ["none", "train"]
        .map(|rescale| variant(rescale, &format!("remedies.dropout = {{ input = 0.5, rescale = \"{rescale}\" }}")));
    let train = "epochs = 1\nbatch_size = \"full\"\noptimizer = \"sgd\"\nlearning_rate = 0.1";
    let mut all = variants.to_vec();
    all.push(variant("whole", ""));
    let text = config("waves", "200", train, &all).replace("hidden = [12, 8]", "hidden = []\ninit = \"zeros\"");
    let results = place.experiment("e", &text.replace("[model]", "split = { seed = 1 }\n[model]"), &[]);
    let mean = |variant: &str| {
        let trials = results.trials().into_iter().filter(|row| row["variant"] == variant);
        let first = trials.map(|row| {
            let file = results.folder.join(format!("models/{}.safetensors", row["trial"]));
            f64::from(support::read_model(&file)["0.weight"].values[0])
        });
        let first: Vec<f64> = first.collect();
        assert_eq!(first.len(), 200);
        first.iter().sum::<f64>() / 200.0
    };
    let (whole, rescaled, kept) = (mean("whole"), mean("train"), mean("none"));
    assert!(whole > 0.01, "there is something to learn: {whole}");
    assert!((rescaled / whole - 1.0).abs() < 0.03, "{rescaled} of {whole}");
    assert!((kept / whole - 0.5).abs() < 0.015, "{kept} of {whole}");
}

#[test]
fn pruning_removes_the_exact_share_at_its_epoch() {
    let place = workplace();
    // 12·5 + 8·12 + 3·8 = 180 weights.
    let mut variants = Vec::new();
    for method in ["magnitude", "random"] {
        for scope in ["global", "layer"] {
            for ratio in [0.1, 0.35, 0.6, 0.95] {
                let remedy = format!("{{ method = \"{method}\", scope = \"{scope}\", ratio = {ratio}, at_epoch = 3 }}");
                variants.push((
                    format!("{method} {scope} {ratio}"),
                    format!("remedies.prune = {remedy}"),
                    scope,
                    ratio,
                ));
            }
        }
    }
    let named: Vec<_> = variants.iter().map(|(name, remedy, ..)| variant(name, remedy)).collect();
    let results = place.experiment("e", &config("blobs", "1", "epochs = 6", &named), &[]);
    for (name, _, scope, ratio) in &variants {
        let sparsities = column(&results, name, "sparsity");
        assert_eq!(sparsities[..3], [0.0; 3], "{name}: before");
        assert!(sparsities[3..].iter().all(|&s| s == sparsities[3]), "{name}: for good");
        let model = results.model_of(name);
        let (zero, all) = count(&weights(&model), |w| w == 0.0);
        assert_eq!(sparsities[6], sparsity(zero, all), "{name}");
        let layers = weights(&model);
        let parts: Vec<&[&Tensor]> = if *scope == "global" { vec![&layers] } else { layers.chunks(1).collect() };
        for part in parts {
            let (zero, all) = count(part, |w| w == 0.0);
            let wanted = ratio * all as f64;
            assert!((zero as f64 - wanted).abs() <= 0.5, "{name}: {zero} of {all} are 0, wanted {wanted}");
        }
    }
}

#[test]
fn pruned_neurons_make_the_network_smaller_from_that_epoch_on() {
    let place = workplace();
    let remedy = "remedies.prune = { structure = \"neuron\", scope = \"layer\", ratio = 0.5, at_epoch = 3 }";
    let results = place.experiment("e", &config("blobs", "1", "epochs = 5", &[variant("half", remedy)]), &[]);
    let parameters = column(&results, "half", "parameters");
    let of = |first: usize, second: usize| (5 * first + first + first * second + second + second * 3 + 3) as f64;
    assert_eq!(parameters, [of(12, 8), of(12, 8), of(12, 8), of(6, 4), of(6, 4), of(6, 4)]);
    let trial = &results.trials()[0];
    assert_eq!((number(trial, "parameters"), number(trial, "nonzero_parameters") <= of(6, 4)), (of(6, 4), true));
    assert!((column(&results, "half", "sparsity")[3] - (1.0 - (30.0 + 24.0 + 12.0) / 180.0)).abs() < 1e-12);
}

#[test]
fn early_stopping_waits_as_long_as_it_was_told_and_hands_out_the_best_epoch() {
    let place = workplace();
    let variants = [
        variant("restored", "remedies.early_stopping = 4"),
        variant("last", "remedies.early_stopping = { patience = 4, restore_best = false }"),
        variant("none", ""),
    ];
    for data in ["blobs", "waves"] {
        let results = place.experiment(data, &config(data, "3", "epochs = 200\nlearning_rate = 0.02", &variants), &[]);
        for trial in results.trials() {
            let rows: Vec<Row> =
                results.curves_of(&trial["variant"]).into_iter().filter(|row| row["seed"] == trial["seed"]).collect();
            let losses: Vec<f64> = rows.iter().map(|row| number(row, "validation_loss")).collect();
            let best = (1..losses.len())
                .reduce(|best, epoch| if losses[epoch] < losses[best] { epoch } else { best })
                .unwrap();
            let (epochs, chosen) = (number(&trial, "epochs") as usize, number(&trial, "chosen_epoch") as usize);
            assert_eq!(number(&trial, "best_epoch") as usize, best, "{data}: {trial:?}");
            assert_eq!(epochs + 1, rows.len(), "{data}: {trial:?}");
            match trial["variant"].as_str() {
                "none" => assert_eq!((trial["status"].as_str(), epochs, chosen), ("ok", 200, 200)),
                name => {
                    assert_eq!((trial["status"].as_str(), epochs), ("stopped_early", best + 4), "{data}: {trial:?}");
                    assert_eq!(chosen, if name == "restored" { best } else { epochs }, "{data}: {trial:?}");
                }
            }
            for (name, cell) in rows[chosen].iter().filter(|(name, _)| name.contains('_') && trial.contains_key(*name))
            {
                assert_eq!(&trial[name], cell, "{data}: {name} at the chosen epoch");
            }
            let last = &rows[epochs];
            assert_eq!(trial["final_test_loss"], last["test_loss"]);
        }
    }
}

#[test]
fn the_best_epoch_is_never_one_before_the_pruning() {
    let place = workplace();
    let remedy = "remedies.prune = { ratio = 0.9, at_epoch = 30 }\nremedies.early_stopping = 3";
    let text = config("blobs", "3", "epochs = 60\nlearning_rate = 0.05", &[variant("cut", remedy)]);
    for trial in place.experiment("e", &text, &[]).trials() {
        assert!(number(&trial, "best_epoch") >= 30.0 && number(&trial, "chosen_epoch") >= 30.0, "{trial:?}");
    }
}

#[test]
fn noise_is_fresh_in_every_epoch_and_never_in_the_figures() {
    let place = workplace();
    let train = "epochs = 3\noptimizer = \"sgd\"\nlearning_rate = 1e-30";
    let results = place.experiment(
        "e",
        &config("blobs", "1", train, &[variant("noise", "remedies.noise = 5.0"), variant("none", "")]),
        &[],
    );
    assert_eq!(column(&results, "noise", "train_loss"), column(&results, "none", "train_loss"), "nothing is learnt");
}

#[test]
fn what_changes_rows_and_labels_in_training_never_shows_in_the_figures() {
    let place = workplace();
    // Nothing is learnt at this rate, so that all figures are those of the initial network.
    let train = "epochs = 2\noptimizer = \"sgd\"\nlearning_rate = 1e-30";
    let remedies = [
        "image = { shift = 1, rotate = 30 }",
        "noise = { input = 1, weight = 1, gradient = 1, features = { x0 = 2 } }",
        "feature_mask = 0.5",
        "feature_mask = { share = 0.5, fill = \"permute\" }",
        "mixup = 1",
        "label_smoothing = 0.5",
        "class_weights = { red = 9 }",
    ];
    for data in ["blobs", "waves"] {
        let chosen =
            remedies.iter().filter(|remedy| data == "blobs" || !FOR_CLASSES.iter().any(|n| remedy.starts_with(n)));
        let mut variants: Vec<_> =
            chosen.map(|remedy| variant(&remedy.replace('"', ""), &format!("remedies.{remedy}"))).collect();
        let all: Vec<&str> = variants.iter().map(|(_, overrides)| overrides.as_str()).collect();
        // A key is given once: the second feature_mask is left out.
        let all: Vec<&str> = all.into_iter().filter(|overrides| !overrides.contains("permute")).collect();
        variants.push(variant("all", &all.join("\n")));
        variants.push(variant("none", ""));
        let results = place.experiment(data, &config(data, "1", train, &variants), &[]);
        for (name, _) in &variants {
            assert_eq!(history(&results, name), history(&results, "none"), "{name}, {data}");
        }
    }
}

#[test]
fn noise_on_weights_or_gradient_leaves_the_mean_step_of_a_linear_model() {
    // One step from zero weights: w = -η·gradient. The gradient of a linear regression is linear in the weights, so that noise
    // of mean 0 on them leaves its mean; noise of deviation 0.5 on the gradient moves w by 0.05 either way.
    let place = workplace();
    let variants = [
        variant("whole", ""),
        variant("weight", "remedies.noise.weight = 0.5"),
        variant("gradient", "remedies.noise.gradient = 0.5"),
    ];
    let train = "epochs = 1\nbatch_size = \"full\"\noptimizer = \"sgd\"\nlearning_rate = 0.1";
    let text = config("waves", "200", train, &variants).replace("hidden = [12, 8]", "hidden = []\ninit = \"zeros\"");
    let results = place.experiment("e", &text.replace("[model]", "split = { seed = 1 }\n[model]"), &[]);
    let moments = |variant: &str| {
        let trials = results.trials().into_iter().filter(|row| row["variant"] == variant);
        let first = trials.map(|row| {
            let file = results.folder.join(format!("models/{}.safetensors", row["trial"]));
            f64::from(support::read_model(&file)["0.weight"].values[0])
        });
        let first: Vec<f64> = first.collect();
        let mean = first.iter().sum::<f64>() / first.len() as f64;
        let variance = first.iter().map(|w| (w - mean) * (w - mean)).sum::<f64>() / first.len() as f64;
        (mean, variance.sqrt())
    };
    let ((whole, none), (by_weight, weight), (by_gradient, gradient)) =
        (moments("whole"), moments("weight"), moments("gradient"));
    assert!(whole > 0.01 && none < 1e-6, "{whole}, {none}");
    assert!((by_weight - whole).abs() < 0.012 && weight > 0.02, "{by_weight} ± {weight} for {whole}");
    assert!((by_gradient - whole).abs() < 0.012, "{by_gradient} for {whole}");
    assert!((gradient - 0.05).abs() < 0.008, "{gradient}");
}

#[test]
fn pruned_weights_stay_zero_under_noise_on_weights_and_gradient() {
    let place = workplace();
    let remedies = "remedies.prune = { ratio = 0.5, at_epoch = 2 }\nremedies.noise = { weight = 0.1, gradient = 0.1 }";
    let units = remedies.replace("ratio", "structure = \"neuron\", ratio");
    let variants = [
        variant("weights", remedies),
        variant("units", &units),
        variant("thinned", &format!("{units}\nremedies.dropout = {{ hidden = 0.5, mask = \"batch\" }}")),
    ];
    let results = place.experiment("e", &config("blobs", "1", "epochs = 6", &variants), &[]);
    for (name, _) in &variants {
        let sparsities = column(&results, name, "sparsity");
        assert!(sparsities[2] > 0.3 && sparsities[2..].iter().all(|&s| s == sparsities[2]), "{name}: {sparsities:?}");
    }
}

#[test]
fn balanced_weights_lift_the_rare_class() {
    // 3 of 4 rows are of one class, and what is seen says little: a network that goes by the number of rows nearly always says
    // `often`.
    let mut noise = support::Noise::new(5);
    let mut text = "x,label\n".to_owned();
    for row in 0..400 {
        let rare = row % 4 == 0;
        let x = noise.draw() + if rare { 0.4 } else { 0.0 };
        writeln!(text, "{x:.4},{}", if rare { "rare" } else { "often" }).expect("a String takes all");
    }
    let place = workplace();
    place.write("rare.csv", text);
    let variants = [
        variant("none", ""),
        variant("balanced", "remedies.class_weights = \"balanced\""),
        variant("by hand", "remedies.class_weights = { rare = 3 }"),
    ];
    let mut config = config("rare", "1", "epochs = 30\nlearning_rate = 0.01", &variants);
    config = config.replace("image = [2, 2]\n", "split.validation = 0\n");
    let results = place.experiment("e", &config, &[]);
    let accuracy = |variant: &str| *column(&results, variant, "train_accuracy").last().unwrap();
    assert!(accuracy("none") > accuracy("balanced") + 0.05, "{} and {}", accuracy("none"), accuracy("balanced"));
    // 3 to 1 is what balances 3 to 1 rows, but for the common factor, which leaves the mean.
    let (balanced, by_hand) = (column(&results, "balanced", "train_loss"), column(&results, "by hand", "train_loss"));
    for (balanced, by_hand) in balanced.iter().zip(by_hand) {
        assert!((balanced - by_hand).abs() < 1e-4, "{balanced} and {by_hand}");
    }
}

#[test]
fn l0_closes_more_gates_the_higher_the_price_and_units_leave_the_saved_network() {
    let place = workplace();
    let variants = ["none", "1e-4", "4e-3", "2e-2"].map(|lambda| {
        let remedy = if lambda == "none" { String::new() } else { format!("remedies.l0 = {lambda}") };
        variant(lambda, &remedy)
    });
    let results = place.experiment("e", &config("blobs", "1", "epochs = 120\nlearning_rate = 0.03", &variants), &[]);
    let parameters = |name: &str| column(&results, name, "parameters");
    let last = ["1e-4", "4e-3", "2e-2"].map(|name| *parameters(name).last().expect("epochs"));
    assert!(last[0] > last[1] && last[1] > last[2], "{last:?}");
    for name in ["1e-4", "4e-3", "2e-2"] {
        assert!(parameters(name).windows(2).all(|pair| pair[1] <= pair[0]), "what has left stays away");
        let model = results.model_of(name);
        let saved: usize = model.values().map(|tensor| tensor.values.len()).sum();
        assert_eq!(saved as f64, *parameters(name).last().expect("epochs"), "{name}");
        let (zero, all) = count(&weights(&model), |w| w == 0.0);
        // 5·12 + 12·8 + 8·3 weights at first.
        let wanted = 1.0 - (all - zero) as f64 / 180.0;
        let found = *column(&results, name, "sparsity").last().expect("epochs");
        assert!((found - wanted).abs() < 1e-12, "{name}: {found} and {wanted}");
        assert!(column(&results, name, "penalty").iter().all(|&penalty| penalty > 0.0));
    }
}

#[test]
fn early_stopping_hands_out_the_network_of_the_best_epoch_behind_its_gates() {
    let place = workplace();
    let remedies = "remedies.l0 = 5e-3\nremedies.early_stopping = { patience = 1000 }";
    let variants = [variant("restored", remedies)];
    let results = place.experiment("e", &config("blobs", "1", "epochs = 60\nlearning_rate = 0.05", &variants), &[]);
    let trial = &results.trials()[0];
    let chosen = number(trial, "chosen_epoch") as usize;
    let (parameters, sparsity) = (column(&results, "restored", "parameters"), column(&results, "restored", "sparsity"));
    let last = sparsity.len() - 1;
    assert!(chosen > 0 && (parameters[chosen], sparsity[chosen]) != (parameters[last], sparsity[last]), "{chosen}");
    let model = results.model_of("restored");
    let saved: usize = model.values().map(|tensor| tensor.values.len()).sum();
    assert_eq!(saved as f64, parameters[chosen]);
    let (zero, all) = count(&weights(&model), |w| w == 0.0);
    assert!((1.0 - (all - zero) as f64 / 180.0 - sparsity[chosen]).abs() < 1e-12, "epoch {chosen}: {zero} of {all}");
}

//! What is true of the penalties, of whole groups that leave and of sparse connections, seen from outside: in the curves, in
//! the saved networks, and beside scikit-learn.

mod support;

use std::fmt::Write;
use std::path::Path;

use support::{Model, Results, Workplace, blobs, number, read_csv, waves, weights};

const OPTIMIZERS: [&str; 5] = ["sgd", "momentum", "nesterov", "rmsprop", "adam"];

/// A config of one seed on `blobs.csv` with the final networks kept: lines of `[train]`, then the variants.
fn config(train: &str, variants: &[(&str, &str)]) -> String {
    let mut text = format!(
        "seeds = 1\n[data]\npath = \"blobs.csv\"\n[model]\nhidden = [12, 8]\n[train]\n{train}\n[save]\nmodels = \"final\"\n"
    );
    for (name, overrides) in variants {
        writeln!(text, "[[variants]]\nname = \"{name}\"\n{overrides}").expect("a String takes all");
    }
    text
}

fn run(train: &str, variants: &[(&str, &str)]) -> (Workplace, Results) {
    let place = Workplace::new();
    let results = place.write("blobs.csv", blobs(90)).experiment("e", &config(train, variants), &[]);
    (place, results)
}

fn column(results: &Results, variant: &str, name: &str) -> Vec<f64> {
    results.curves_of(variant).iter().map(|row| number(row, name)).collect()
}

/// Every weight of a network.
fn values(model: &Model) -> Vec<f32> {
    weights(model).iter().flat_map(|tensor| tensor.values.clone()).collect()
}

/// The groups of a network's weights: the rows of each matrix but the last, or the columns of each.
fn groups(model: &Model, group: &str) -> Vec<Vec<f32>> {
    let matrices = weights(model);
    let rows = |values: &[f32], width: usize| values.chunks(width).map(<[f32]>::to_vec).collect::<Vec<_>>();
    let columns = |values: &[f32], width: usize| {
        (0..width).map(|c| values[c..].iter().step_by(width).copied().collect()).collect()
    };
    let of = match group {
        "incoming" => &matrices[..matrices.len() - 1],
        _ => &matrices[..],
    };
    of.iter()
        .flat_map(|m| if group == "incoming" { rows(&m.values, m.shape[1]) } else { columns(&m.values, m.shape[1]) })
        .collect()
}

fn assert_close(found: f64, wanted: f64, what: &str) {
    assert!((found - wanted).abs() <= 1e-6 * wanted.abs().max(1e-3), "{what}: {found}, wanted {wanted}");
}

#[test]
fn an_elastic_net_reaches_scikit_learns_coefficients() {
    // tests/golden/pytorch/regression.csv, x and y the columns of the rows whose part is train:
    // m = sklearn.linear_model.ElasticNet(alpha=0.2, l1_ratio=0.5, tol=1e-14, max_iter=1000000).fit(x, y); m.coef_, m.intercept_
    let coefficients =
        [0.0, -0.03820066, 0.24064583, 0.20993776, 0.0, -0.03818082, -0.07548131, 0.0, 0.23084654, 0.11167426];
    let intercept = 0.10610992744064036;
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/pytorch/regression.csv");
    let place = Workplace::new();
    let text = format!(
        "seeds = 1\ndata = {{ path = '{}', target = \"target\", scaling = \"none\", split = {{ column = \"part\" }} }}\n\
         model = {{ hidden = [], init = \"zeros\" }}\nsave.models = \"final\"\n\
         train = {{ epochs = 3000, batch_size = \"full\", optimizer = \"sgd\", learning_rate = 0.2, loss = \"half_mse\" }}\n\
         remedies = {{ l1 = 0.1, l2 = 0.1 }}\n",
        data.display()
    );
    let model = place.experiment("e", &text, &[]).model_of("base");
    for (found, wanted) in model["0.weight"].values.iter().zip(coefficients) {
        assert!((f64::from(*found) - wanted).abs() < 2e-6, "{found}, wanted {wanted}");
        assert_eq!(*found == 0.0, wanted == 0.0, "{found}, wanted {wanted}");
    }
    assert!((f64::from(model["0.bias"].values[0]) - intercept).abs() < 2e-6);
}

#[test]
fn the_reported_penalty_is_the_sum_of_the_terms_of_the_saved_network() {
    let variants = [
        ("elastic proximal", "remedies.l1 = 1e-3\nremedies.l2 = 1e-2"),
        ("elastic subgradient", "remedies.l1 = { lambda = 1e-3, mode = \"subgradient\" }\nremedies.l2 = 1e-2"),
        ("incoming", "remedies.group_lasso = 1e-2"),
        ("outgoing", "remedies.group_lasso = { lambda = 1e-2, group = \"outgoing\" }"),
        ("elimination", "remedies.weight_elimination = { lambda = 1e-2, w0 = 0.3 }"),
        ("hyperbolic", "remedies.biased_decay = 1e-2"),
        ("exponential", "remedies.biased_decay = { lambda = 1e-2, form = \"exponential\" }"),
    ];
    let (_place, results) = run("epochs = 10\nlearning_rate = 0.01", &variants);
    for (name, _) in variants {
        let model = results.model_of(name);
        let all = || values(&model).into_iter().map(f64::from);
        let of_units = |term: &dyn Fn(f64) -> f64| {
            let units = weights(&model).into_iter().flat_map(|tensor| tensor.values.chunks(tensor.shape[1]));
            units.map(|unit| term(unit.iter().map(|&w| f64::from(w.abs())).sum())).sum::<f64>()
        };
        let wanted: f64 = match name {
            "elimination" => all().map(|w| (w / 0.3).powi(2)).map(|s| 0.01 * s / (1.0 + s)).sum(),
            "hyperbolic" => of_units(&|s| 0.01 * s / (1.0 + 0.01 * s)),
            "exponential" => of_units(&|s| 1.0 - (-0.01 * s).exp()),
            "incoming" | "outgoing" => {
                let norm = |g: &Vec<f32>| g.iter().map(|&w| f64::from(w) * f64::from(w)).sum::<f64>().sqrt();
                groups(&model, name).iter().map(|g| 0.01 * (g.len() as f64).sqrt() * norm(g)).sum()
            }
            _ => all().map(|w| 1e-3 * w.abs() + 5e-3 * w * w).sum(),
        };
        let penalty = column(&results, name, "penalty");
        assert_close(*penalty.last().unwrap(), wanted, name);
        assert!(penalty[0] != *penalty.last().unwrap(), "{name}: it changes as the network learns");
    }
}

#[test]
fn the_penalty_of_activities_is_that_of_all_training_rows_in_evaluation() {
    // More rows than go through the network at once; the tables of validation and test are other rows.
    let mut text = String::new();
    for (row, line) in waves(900).lines().enumerate() {
        let part = ["train", "validation", "test"][(row % 10).saturating_sub(7)];
        writeln!(text, "{line},{}", if row == 0 { "part" } else { part }).unwrap();
    }
    let place = Workplace::new();
    place.write("w.csv", text);
    let variants = [
        ("l1", "remedies.activity_l1 = 0.01\nremedies.dropout = 0.3"),
        ("kl", "remedies.kl_sparsity = { lambda = 0.1, rho = 0.2 }\nremedies.l2 = 1e-3"),
    ];
    let mut config =
        "seeds = 1\ndata = { path = \"w.csv\", target = \"y\", scaling = \"none\", split = { column = \"part\" } }\n\
         model = { hidden = [7, 5], activation = \"sigmoid\" }\ntrain.epochs = 3\nsave.models = \"final\"\n"
            .to_owned();
    for (name, overrides) in variants {
        writeln!(config, "[[variants]]\nname = \"{name}\"\n{overrides}").unwrap();
    }
    let results = place.experiment("e", &config, &[]);
    let rows: Vec<_> = read_csv(&place.path().join("w.csv")).into_iter().filter(|row| row["part"] == "train").collect();
    assert!(rows.len() > 512);
    for (name, _) in variants {
        let model = results.model_of(name);
        let mut sums = [vec![0.0; 7], vec![0.0; 5]];
        for row in &rows {
            let mut values: Vec<f64> = ["x0", "x1", "x2", "x3"].map(|key| number(row, key)).to_vec();
            for (layer, sums) in sums.iter_mut().enumerate() {
                let (w, b) = (&model[&format!("{}.weight", 2 * layer)], &model[&format!("{}.bias", 2 * layer)]);
                let z =
                    w.values.chunks(w.shape[1]).zip(&b.values).map(|(w, &b)| {
                        f64::from(b) + w.iter().zip(&values).map(|(&w, x)| f64::from(w) * x).sum::<f64>()
                    });
                values = z.map(|z| 1.0 / (1.0 + (-z).exp())).collect();
                sums.iter_mut().zip(&values).for_each(|(sum, h)| *sum += h);
            }
        }
        let means = sums.iter().flatten().map(|sum| sum / rows.len() as f64);
        let wanted: f64 = match name {
            "l1" => means.map(|r| 0.01 * r).sum(),
            _ => {
                let kl = means.map(|r: f64| 0.2 * (0.2 / r).ln() + 0.8 * (0.8 / (1.0 - r)).ln()).sum::<f64>();
                let squares: f64 = values(&model).iter().map(|&w| f64::from(w) * f64::from(w)).sum();
                0.1 * kl + 0.5e-3 * squares
            }
        };
        assert_close(*column(&results, name, "penalty").last().unwrap(), wanted, name);
    }
}

#[test]
fn units_leave_by_the_group_lasso_under_any_optimizer_and_never_come_back() {
    for optimizer in OPTIMIZERS {
        let (rate, lambda) = match optimizer {
            "sgd" => (0.1, 0.03),
            "momentum" | "nesterov" => (0.03, 0.2),
            _ => (0.01, 0.7),
        };
        let train = format!("epochs = 100\noptimizer = \"{optimizer}\"\nlearning_rate = {rate}");
        let incoming = format!("remedies.group_lasso = {lambda}\nremedies.weight_decay = 0.01");
        let outgoing =
            format!("remedies.group_lasso = {{ lambda = {lambda}, group = \"outgoing\" }}\nremedies.l2 = 1e-3");
        let variants = [
            ("incoming", incoming.as_str()),
            ("outgoing", outgoing.as_str()),
            ("crushed", "remedies.group_lasso = 10"),
        ];
        let (_place, results) = run(&train, &variants);
        for (name, _) in variants {
            let (parameters, sparsity) = (column(&results, name, "parameters"), column(&results, name, "sparsity"));
            assert!(parameters.is_sorted_by(|a, b| a >= b), "{optimizer}, {name}: {parameters:?}");
            assert!(sparsity.is_sorted(), "{optimizer}, {name}: {sparsity:?}");
            let model = results.model_of(name);
            let shapes: Vec<&[usize]> = weights(&model).iter().map(|tensor| tensor.shape.as_slice()).collect();
            assert!(shapes[0][0] + shapes[1][0] < 12 + 8, "{optimizer}, {name}: {shapes:?}");
            assert_eq!((shapes[0][1], shapes[2][0]), (5, 3), "inputs and outputs stay");
            match name {
                "crushed" => assert_eq!(shapes, [[1, 5], [1, 1], [3, 1]], "the last unit of a layer stays"),
                _ => assert!(shapes[0][0] > 1 && shapes[1][0] > 1, "{optimizer}, {name}: {shapes:?}"),
            }
            if name == "incoming" {
                assert!(
                    groups(&model, name).iter().all(|g| g.iter().any(|&w| w != 0.0)),
                    "{optimizer}: no dead unit is left"
                );
            }
        }
    }
}

#[test]
fn an_input_of_no_use_is_dropped_by_outgoing_groups_for_good() {
    let place = Workplace::new();
    let mut text = "noise0,noise1,x0,x1,x2,x3,y\n".to_owned();
    let mut noise = support::Noise::new(7);
    for line in waves(300).lines().skip(1) {
        writeln!(text, "{:.4},{:.4},{line}", noise.draw(), noise.draw()).unwrap();
    }
    let config = "seeds = 1\ndata.path = \"w.csv\"\nmodel.hidden = [16]\nsave.models = \"final\"\n\
         train = { epochs = 150, optimizer = \"momentum\", learning_rate = 0.02 }\nremedies.group_lasso = { lambda = 0.1, group = \"outgoing\" }\n";
    let model = place.write("w.csv", text).experiment("e", config, &[]).model_of("base");
    let used: Vec<bool> = groups(&model, "outgoing")[..6].iter().map(|g| g.iter().any(|&w| w != 0.0)).collect();
    // y = 3·x0 − 2·x1² + noise: x2 and x3 are of no use either.
    assert_eq!(used, [false, false, true, true, false, false]);
}

#[test]
fn connections_that_do_not_exist_stay_zero_under_any_optimizer() {
    let still = "epochs = 1\noptimizer = \"sgd\"\nlearning_rate = 1e-30";
    let (_place, results) = run(still, &[("few", "remedies.sparse_connection = 0.3"), ("all", "")]);
    let initial = results.model_of("few");
    let absent: Vec<bool> = values(&initial).iter().map(|&w| w == 0.0).collect();
    // 12·5, 8·12 and 3·8 weights, of which 18, 28.8 and 7.2 exist.
    for (tensor, wanted) in weights(&initial).iter().zip([18, 29, 8]) {
        let exist = tensor.values.iter().filter(|&&w| w != 0.0).count();
        assert!(exist.abs_diff(wanted) <= 1, "{exist} of {:?}", tensor.shape);
        assert!(tensor.values.chunks(tensor.shape[1]).all(|unit| unit.iter().any(|&w| w != 0.0)));
    }
    let kept = values(&initial).into_iter().zip(values(&results.model_of("all"))).filter(|(few, _)| *few != 0.0);
    kept.for_each(|(few, all)| assert_eq!(few, all, "what exists has the initial value of the pair"));
    for optimizer in OPTIMIZERS {
        let train = format!("epochs = 8\noptimizer = \"{optimizer}\"\nlearning_rate = 0.01");
        let cocktail = "remedies.sparse_connection = 0.3\nremedies.weight_decay = 0.01\nremedies.l2 = 1e-3\nremedies.dropout = 0.2";
        let (_place, results) = run(&train, &[("few", cocktail)]);
        let zeros: Vec<bool> = values(&results.model_of("few")).iter().map(|&w| w == 0.0).collect();
        assert_eq!(zeros, absent, "{optimizer}");
        let share = absent.iter().filter(|&&absent| absent).count() as f64 / absent.len() as f64;
        assert!(column(&results, "few", "sparsity").iter().all(|&sparsity| (sparsity - share).abs() < 1e-12));
    }
}

#[test]
fn weights_below_the_threshold_go_at_the_end_of_each_epoch() {
    for optimizer in OPTIMIZERS {
        let train = format!("epochs = 12\noptimizer = \"{optimizer}\"\nlearning_rate = 0.01");
        let remedy = "remedies.sparse_connection = { share = 0.8, threshold = 0.1 }\nremedies.weight_decay = 0.5";
        let (_place, results) = run(&train, &[("cut", remedy)]);
        let sparsity = column(&results, "cut", "sparsity");
        assert!((sparsity[0] - 0.2).abs() < 0.01 && sparsity.is_sorted(), "{optimizer}: {sparsity:?}");
        assert!(sparsity[1] > sparsity[0] && sparsity[12] > sparsity[1], "{optimizer}: {sparsity:?}");
        for tensor in weights(&results.model_of("cut")) {
            for unit in tensor.values.chunks(tensor.shape[1]) {
                let small = unit.iter().filter(|w| **w != 0.0 && w.abs() < 0.1).count();
                let exist = unit.iter().filter(|w| **w != 0.0).count();
                assert!(exist > 0 && (small == 0 || exist == 1), "{optimizer}: {unit:?}");
            }
        }
    }
}

#[test]
fn a_remedy_of_hidden_units_is_refused_where_it_makes_no_sense() {
    let place = Workplace::new();
    place.write("blobs.csv", blobs(90));
    for (settings, message) in [
        (
            "remedies.kl_sparsity = 0.1",
            "remedies.kl_sparsity needs model.activation = \"sigmoid\", whose means lie between 0 and 1 as rho does, found \"relu\"",
        ),
        (
            "remedies.activity_l1 = 0.1\nmodel.hidden = []",
            "remedies.activity_l1 needs a hidden layer, found model.hidden = []",
        ),
        (
            "remedies.kl_sparsity = 0.1\nmodel = { hidden = [], activation = \"sigmoid\" }",
            "remedies.kl_sparsity needs a hidden layer, found model.hidden = []",
        ),
        (
            "remedies.group_lasso = 0.1\nmodel.hidden = []",
            "remedies.group_lasso.group = \"incoming\" needs a hidden layer, found model.hidden = []",
        ),
    ] {
        place.write("e.toml", format!("{settings}\ndata.path = \"blobs.csv\"\n"));
        let run = place.overfit(&["check", "e.toml"]).code(2);
        assert!(run.stderr.starts_with(&format!("error: {message}")), "{}", run.stderr);
        assert!(run.stderr.contains("(e.toml:1"), "{}", run.stderr);
    }
}

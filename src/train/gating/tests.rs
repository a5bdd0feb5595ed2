use ndarray::array;

use super::*;
use crate::data::Targets;
use crate::nn::{Activation, Gate, Loss, Objective, Optimizer, Pass, Team};

fn network() -> Network {
    let layers = vec![
        Layer::new(array![[0.5, -1.0, 2.0], [1.5, 0.25, -0.75]], array![0.1, 0.2]),
        Layer::new(array![[1.0, -2.0]], array![0.0]),
    ];
    Network::new(layers, Activation::Relu)
}

fn recipe(lambda: f64) -> Recipe {
    let train = serde_json::from_value(serde_json::json!({
        "epochs": 1, "batch_size": 1, "optimizer": { "kind": "sgd" }, "learning_rate": 1.0,
        "schedule": { "kind": "constant", "warmup": 0.0 }, "shuffle": true,
    }));
    let mut recipe = Recipe::new(train.expect("settings of a training"), Loss::HalfMse);
    recipe.gates = Some(LearnedGating { lambda, initial_rate: 0.5 });
    recipe
}

const MOMENT: Moment = Moment { seed: 4, member: 0, step: 7 };

/// Some smooth function of the weights, Σ c w + w²/2, and its gradient.
fn value(network: &Network) -> f64 {
    let term = |(place, &w): (usize, &f32)| place as f64 * f64::from(w) + f64::from(w) * f64::from(w) / 2.0;
    network.layers.iter().map(|layer| layer.weights.iter().enumerate().map(term).sum::<f64>()).sum()
}

fn gradients(network: &Network) -> Vec<Gradient> {
    let gradient = |layer: &Layer| {
        let mut gradient = Gradient::zeros(layer);
        let places = gradient.weights.iter_mut().zip(&layer.weights).enumerate();
        places.for_each(|(place, (gradient, w))| *gradient = place as f32 + w);
        gradient
    };
    network.layers.iter().map(gradient).collect()
}

#[test]
fn gradients_of_weights_and_gates_are_those_of_finite_differences() {
    let mut network = network();
    let mut gating = Gating::install(&recipe(0.0), &mut network, MOMENT.at(0)).expect("the recipe has gates");
    gating.draw(&network, &network, MOMENT);
    let mut found = gradients(gating.network());
    gating.split(&network, &mut found);
    assert!(gating.drawn.iter().flatten().any(|gate| gate.slope > 0.0), "{:?}", gating.drawn);
    let mut value_of = |network: &Network| {
        gating.draw(network, network, MOMENT);
        value(gating.network())
    };
    let h = 1e-3f32;
    let (mut weights, mut gates) = (Vec::new(), Vec::new());
    for index in 0..2 {
        for place in 0..network.layers[index].weights.len() {
            let mut moved = |by: f32| {
                let mut network = network.clone();
                network.layers[index].weights.as_slice_mut().expect("row by row")[place] += by;
                value_of(&network)
            };
            weights.push((moved(h) - moved(-h)) / f64::from(2.0 * h));
        }
        for input in 0..network.layers[index].inputs() {
            let mut moved = |by: f32| {
                let mut network = network.clone();
                let mut gradient = vec![0.0; network.layers[index].inputs()];
                gradient[input] = -by;
                let clock = network.clock;
                network.layers[index].update_gates(&Optimizer::Sgd {}, &clock, 1.0, &gradient);
                value_of(&network)
            };
            gates.push((moved(h) - moved(-h)) / f64::from(2.0 * h));
        }
    }
    let all = found.iter().flat_map(|gradient| gradient.weights.iter());
    all.zip(&weights).for_each(|(found, wanted)| assert!((f64::from(*found) - wanted).abs() < 2e-3, "{weights:?}"));
    let all = gating.gradients.iter().flatten();
    all.zip(&gates).for_each(|(found, wanted)| assert!((f64::from(*found) - wanted).abs() < 5e-3, "{gates:?}"));
}

#[test]
fn one_step_goes_against_the_gradient_of_the_penalty() {
    let mut network = network();
    let recipe = recipe(0.3);
    let mut gating = Gating::install(&recipe, &mut network, MOMENT.at(0)).expect("the recipe has gates");
    // No gradient from the data.
    let mut none: Vec<Gradient> = network.layers.iter().map(Gradient::zeros).collect();
    gating.draw(&network, &network, MOMENT);
    gating.split(&network, &mut none);
    let before = network.clone();
    // Gates of 3 inputs before 2 units, and of 2 before 1; log α is about 0, where P is 0.83182.
    assert!((penalty(&recipe, &before) - 0.3 * (6.0 + 2.0) * 0.83182).abs() < 0.02);
    let rate = 1e-2;
    gating.update(&recipe, rate, &mut network);
    let squares: f64 = [2.0, 2.0, 2.0, 1.0, 1.0].iter().map(|n: &f64| (0.3 * n * 0.83182 * 0.16818).powi(2)).sum();
    let fall = penalty(&recipe, &before) - penalty(&recipe, &network);
    assert!((fall / (rate * squares) - 1.0).abs() < 0.05, "{fall}");
}

#[test]
fn every_step_draws_anew_and_the_weights_stay() {
    let mut network = network();
    let weights = network.layers[0].weights.clone();
    let mut gating = Gating::install(&recipe(1.0), &mut network, MOMENT.at(0)).expect("the recipe has gates");
    let mut drawn = |step| {
        gating.draw(&network, &network, Moment { step, ..MOMENT });
        gating.network().clone()
    };
    let first = drawn(7);
    assert_eq!(drawn(7), first);
    assert_ne!(drawn(8), first);
    assert_eq!(network.layers[0].weights, weights);
}

/// The uniform draws of the example below, layer by layer. The second closes its gate.
const DRAWS: [&[f64]; 2] = [&[0.4, 0.02, 0.6], &[0.35, 0.7]];

/// Two layers with gates, at weights and log α that PyTorch has been given too.
fn example() -> Network {
    let layers = vec![
        Layer::new(array![[0.5, -1.0, 2.0], [1.5, 0.25, -0.75]], array![0.1, 0.2]),
        Layer::new(array![[1.0, -2.0], [-0.5, 0.75]], array![0.0, -0.3]),
    ];
    let mut network = Network::new(layers, Activation::Tanh);
    network.layers[0].gates = Some(LearnedGates::new(vec![-0.5, 0.25, 1.0]));
    network.layers[1].gates = Some(LearnedGates::new(vec![0.75, -1.0]));
    network
}

/// The gates of a network as these uniform draws open them, and the network behind them.
fn drawn_by(draws: [&[f64]; 2], network: &Network, rule: LearnedGating) -> Gating {
    let mut gating = Gating { rule, gated: network.bare(), drawn: Vec::new(), gradients: vec![Vec::new(); 2] };
    for (layer, draws) in network.layers.iter().zip(draws) {
        let mut draws = draws.iter().copied();
        let gates = layer.gates.as_ref().expect("every layer has gates");
        gating.drawn.push(gates.draw(|| draws.next().expect("one draw for each gate")).collect());
    }
    gating.close(network);
    gating
}

#[track_caller]
fn assert_near(found: impl IntoIterator<Item = f32>, wanted: &[f64]) {
    let found: Vec<f32> = found.into_iter().collect();
    assert_eq!(found.len(), wanted.len());
    for (found_one, wanted_one) in found.iter().zip(wanted) {
        assert!((f64::from(*found_one) - wanted_one).abs() < 1e-6, "{found:?} and {wanted:?}");
    }
}

#[test]
fn gradients_through_the_gates_are_those_of_pytorch() {
    // s = sigmoid((log(u) - log(1 - u) + a) / (2 / 3)); z = clamp(s * 1.2 - 0.1, 0, 1)
    // cross_entropy((tanh((x * z1) @ W1.T + b1) * z2) @ W2.T + b2, y).backward(), in double precision
    let network = example();
    let mut gating = drawn_by(DRAWS, &network, LearnedGating { lambda: 0.3, initial_rate: 0.5 });
    let rows = [[0.5, -1.0, 2.0], [-1.5, 0.3, 0.7], [1.0, 1.0, -1.0], [0.2, -0.4, -2.0]];
    let targets = Targets::Classes(vec![0, 1, 1, 0]);
    let (team, open) = (Team::default(), [Gate::Open, Gate::Open]);
    let mut gradients: Vec<Gradient> = network.layers.iter().map(Gradient::zeros).collect();
    let mut pass = Pass::new(gating.network(), rows.len());
    pass.load(&team, rows.len(), |row, values| values.copy_from_slice(&rows[row]));
    pass.forward(&team, gating.network(), &open);
    let objective = Objective::mean(Loss::CrossEntropy, &targets);
    pass.backward(&team, gating.network(), &open, &objective, &mut gradients);
    gating.split(&network, &mut gradients);
    let first = [-0.0085191878, 0.0, 0.0248969214, 0.0363861952, 0.0, -0.1380132188];
    assert_near(gradients[0].weights.iter().copied(), &first);
    assert_near(gradients[0].bias.iter().copied(), &[0.0458370686, -0.1482493367]);
    assert_near(gradients[1].weights.iter().copied(), &[0.1802221162, -0.1097704713, -0.1802221162, 0.1097704713]);
    assert_near(gradients[1].bias.iter().copied(), &[0.0217761004, -0.0217761004]);
    assert_near(gating.gradients[0].iter().copied(), &[0.1013240755, 0.0, 0.0274722004]);
    assert_near(gating.gradients[1].iter().copied(), &[0.2156335210, 0.3106580113]);
}

/// The gradient of the penalty with respect to log α, layer by layer.
fn penalty_gradients(network: &Network, recipe: &Recipe) -> Vec<Vec<f32>> {
    let mut gating = drawn_by(DRAWS, network, recipe.gates.expect("the recipe has gates"));
    // No gradient from the data.
    gating.split(network, &mut network.layers.iter().map(Gradient::zeros).collect::<Vec<_>>());
    gating.update(recipe, 0.0, &mut network.clone());
    gating.gradients
}

#[test]
fn the_penalty_and_its_gradients_are_those_of_pytorch_and_what_was_pruned_costs_nothing() {
    // 0.3 * sum((sigmoid(a - 2 / 3 * log(0.1 / 1.1)) * W.shape[0]).sum() for a, W in ...)
    let (mut network, recipe) = (example(), recipe(0.3));
    assert!((penalty(&recipe, &network) - 2.4617330718).abs() < 1e-9);
    let found = penalty_gradients(&network, &recipe);
    assert_near(found[0].iter().copied(), &[0.1125008685, 0.0705188784, 0.0386616933]);
    assert_near(found[1].iter().copied(), &[0.0477464842, 0.1373266040]);
    // One of the two weights behind the second gate.
    network.layers[0].prune_weights(&[1]);
    assert!((penalty(&recipe, &network) - 2.2025443900).abs() < 1e-9);
    let found = penalty_gradients(&network, &recipe);
    assert_near(found[0].iter().copied(), &[0.1125008685, 0.0352594392, 0.0386616933]);
}

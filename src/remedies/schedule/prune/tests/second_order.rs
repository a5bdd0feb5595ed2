//! Cuts by Optimal Brain Damage and Optimal Brain Surgeon.

use super::*;

/// An operation on `network` behind epoch 1 with the usual loss of the data.
fn operation<'a>(network: &'a mut Network, data: &'a TrialData, team: &'a Team) -> Operation<'a> {
    Operation {
        network,
        initial: None,
        rows: TrainingRows::of(data),
        loss: Loss::new(None, data.task()),
        team,
        moment: Moment { seed: 0, member: 0, step: 1 },
    }
}

#[test]
fn the_damage_of_a_linear_network_is_half_the_mean_square_of_what_flows_through_a_weight() {
    let rows: String =
        (0..20).map(|row| format!("{},{},{}\n", row % 7, (row * row) % 11, f64::from(row) / 3.0)).collect();
    let data = trial(&format!("u,v,y\n{rows}"), 0);
    let mut network = Network::new(vec![Layer::new(array![[1.0, -0.3]], array![0.2])], Activation::Relu);
    let (mut squares, mut x) = ([0.0; 2], [0.0; 2]);
    let rows = TrainingRows::of(&data);
    for row in 0..rows.count() {
        rows.encode(row, &mut x);
        squares.iter_mut().zip(x).for_each(|(sum, x)| *sum += f64::from(x) * f64::from(x) / rows.count() as f64);
    }
    let team = Team::default();
    let scores = Saliency { method: Method::Obd, ..MAGNITUDE }.scores(&operation(&mut network, &data, &team));
    let w = f64::from(-0.3f32);
    assert!((scores[0][0] - squares[0] / 2.0).abs() < 1e-12, "{scores:?} {squares:?}");
    assert!((scores[0][1] - squares[1] * w * w / 2.0).abs() < 1e-12, "{scores:?} {squares:?}");
}

#[test]
fn the_damage_of_a_neuron_is_that_of_its_incoming_weights() {
    let data = rows();
    let (mut network, team) = (drawn(&[2, 5, 4, 2], Activation::Tanh, 1), Team::default());
    let operation = operation(&mut network, &data, &team);
    let weights = Saliency { method: Method::Obd, ..MAGNITUDE }.scores(&operation);
    let neurons = neurons(Method::Obd).scores(&operation);
    assert_eq!(neurons.len(), 2, "one list for each hidden layer");
    assert_eq!(neurons[0][3], weights[0][6] + weights[0][7]);
    assert_eq!(neurons[1].len(), 4);
}

#[test]
fn the_surgeon_takes_a_double_first_and_gives_its_weight_to_the_other() {
    // Two inputs say the same: either weight can go at no cost when the other takes its part.
    let rows: String = (0..20).map(|row| format!("{0},{0},{1}\n", row % 7, f64::from(row % 7) / 3.0)).collect();
    let data = trial(&format!("u,v,y\n{rows}"), 0);
    let mut network = Network::new(vec![Layer::new(array![[0.75, 0.25]], array![0.0])], Activation::Relu);
    cut_on(&data, &mut network, &Ratio::Same(0.5), Scope::Global);
    let weights = &network.layers[0].weights;
    assert_eq!(weights[[0, 1]], 0.0);
    assert!((weights[[0, 0]] - 1.0).abs() < 1e-3, "{weights:?}");
}

/// Cuts with the surgeon.
fn cut_on(data: &TrialData, network: &mut Network, ratio: &Ratio, scope: Scope) {
    let originals = originals(Structure::Weight, &network.sizes());
    let pruning = Pruning {
        cuts: vec![Cut { epoch: 1, stage: Stage::Geometric(1.0) }],
        saliency: Saliency { method: Method::Obs, ..MAGNITUDE },
        originals,
        ratio: ratio.clone(),
        scope,
        restarts: Vec::new(),
    };
    pruning.operate(&mut operation(network, data, &Team::default()));
}

#[test]
fn the_surgeon_keeps_to_the_exact_counts_of_each_scope_over_several_cuts() {
    /// The ratios at a share of the way.
    type Ratios = fn(f64) -> Ratio;
    let data = rows();
    // 32, 80 and 10 weights, of which the last layer is to keep one.
    let cases: [(Ratios, Scope, [usize; 3]); 2] = [
        (|way| Ratio::Same(0.83 * way), Scope::Layer, [27, 66, 8]),
        (|way| Ratio::PerLayer(vec![0.5 * way, 0.25 * way, 0.99 * way]), Scope::Global, [16, 20, 9]),
    ];
    for (ratio, scope, wanted) in cases {
        let mut network = drawn(&[2, 16, 5, 2], Activation::Tanh, 5);
        (1..=4).for_each(|cuts| cut_on(&data, &mut network, &ratio(f64::from(cuts) / 4.0), scope));
        assert_eq!(network.layers.iter().map(|layer| zeros(layer).len()).collect::<Vec<_>>(), wanted);
    }
    let mut network = drawn(&[2, 16, 5, 2], Activation::Tanh, 5);
    for (ratio, wanted) in [(0.3, 37), (0.83, 101), (0.999, 119)] {
        cut_on(&data, &mut network, &Ratio::Same(ratio), Scope::Global);
        assert_eq!(network.layers.iter().map(|layer| zeros(layer).len()).sum::<usize>(), wanted);
    }
    assert!(network.layers.iter().all(|layer| zeros(layer).len() + 1 == layer.weights.len()), "each keeps one");
}

#[test]
fn what_was_pruned_before_counts_and_stays_zero_when_the_surgeon_comes() {
    let data = rows();
    let mut network = drawn(&[2, 8, 2], Activation::Relu, 2);
    network.layers[0].prune_weights(&[0, 5, 9]);
    cut_on(&data, &mut network, &Ratio::Same(0.5), Scope::Layer);
    assert_eq!((zeros(&network.layers[0]).len(), zeros(&network.layers[1]).len()), (8, 8));
    assert!([0, 5, 9].iter().all(|place| zeros(&network.layers[0]).contains(place)));
    let before = network.clone();
    cut_on(&data, &mut network, &Ratio::Same(0.4), Scope::Layer);
    assert_eq!(network, before, "more than that is gone: nothing moves");
}

#[test]
fn a_network_that_has_diverged_is_cut_all_the_same() {
    for broken in [f32::NAN, f32::INFINITY, 1e38] {
        for method in [Method::Obd, Method::Obs] {
            let mut network = drawn(&[2, 8, 2], Activation::Relu, 2);
            network.layers[0].weights.fill(broken);
            network.layers[1].weights[[0, 3]] = broken;
            cut(&mut network, Saliency { method, ..MAGNITUDE }, Ratio::Same(0.5), Scope::Layer);
            let masked = |layer: &Layer| layer.mask.as_ref().map(|mask| mask.iter().filter(|&&m| m == 0.0).count());
            assert_eq!(network.layers.iter().map(masked).collect::<Vec<_>>(), [Some(8), Some(8)], "{broken}");
        }
    }
}

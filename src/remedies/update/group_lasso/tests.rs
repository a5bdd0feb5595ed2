//! The group lasso on a small network, step by step and epoch by epoch.

use ndarray::{Array1, Array2, array};
use proptest::prelude::*;

use super::*;
use crate::data::fixtures::trial;
use crate::nn::{Activation, Loss, Optimizer, Team};
use crate::recipe::{Moment, TrainingRows};

const INCOMING: GroupLasso = GroupLasso { lambda: 1.0, group: Group::Incoming };
const OUTGOING: GroupLasso = GroupLasso { lambda: 1.0, group: Group::Outgoing };

/// Hidden units with incoming norms 5, 0.5 and 10, outgoing 2, 3 and 4.
fn network() -> Network {
    let hidden = Layer::new(array![[3.0, 4.0], [0.3, -0.4], [6.0, -8.0]], array![0.1, 2.0, 0.3]);
    Network::new(vec![hidden, Layer::new(array![[2.0, 3.0, -4.0]], array![1.0])], Activation::Identity)
}

fn end_epoch(rule: GroupLasso, network: &mut Network) {
    let data = trial("x,y\n1,a\n2,b\n3,a\n4,b\n5,a\n6,b\n", 0);
    rule.operate(&mut Operation {
        network,
        initial: None,
        rows: TrainingRows::of(&data),
        loss: Loss::CrossEntropy,
        team: &Team::default(),
        moment: Moment { seed: 0, member: 0, step: 1 },
    });
}

fn assert_close(found: &Array2<f32>, wanted: &Array2<f32>) {
    assert_eq!(found.dim(), wanted.dim());
    assert!(found.iter().zip(wanted).all(|(a, b)| (a - b).abs() < 1e-6), "{found} {wanted}");
}

#[test]
fn every_incoming_group_becomes_shorter_by_the_threshold_or_zero() {
    let mut network = network();
    // Threshold √2·0.5·√2 = 1: norms 5 -> 4, 0.5 -> 0, 10 -> 9.
    GroupLasso { lambda: 2f64.sqrt(), ..INCOMING }.apply(0.5, &mut network);
    assert_close(&network.layers[0].weights, &array![[2.4, 3.2], [0.0, 0.0], [5.4, -7.2]]);
    assert_eq!(network.layers[1].weights, array![[2.0, 3.0, -4.0]], "what feeds an output is no group");
    assert_eq!(network.layers[0].bias, array![0.1, 2.0, 0.3]);
}

#[test]
fn outgoing_groups_are_those_of_inputs_and_hidden_units() {
    let mut network = network();
    GroupLasso { lambda: 5.0, ..OUTGOING }.apply(0.5, &mut network);
    // Threshold 2.5·√3 for the inputs of norms √45.09 and √80.16, 2.5 for the units of norms 2, 3 and 4.
    let [first, second] = [45.09f32, 80.16].map(|square| 1.0 - 2.5 * (3.0 / square).sqrt());
    assert_close(
        &network.layers[0].weights,
        &array![[3.0 * first, 4.0 * second], [0.3 * first, -0.4 * second], [6.0 * first, -8.0 * second]],
    );
    assert_close(&network.layers[1].weights, &array![[0.0, 0.5, -1.5]]);
}

#[test]
fn the_value_is_lambda_times_the_weighted_norms() {
    let network = network();
    let incoming = GroupLasso { lambda: 0.1, ..INCOMING };
    assert!((incoming.value(&network) - 0.1 * 2f64.sqrt() * 15.5).abs() < 1e-6);
    let outgoing = GroupLasso { lambda: 0.1, ..OUTGOING };
    let inputs = 3f64.sqrt() * (45.09f64.sqrt() + 80.16f64.sqrt());
    assert!((outgoing.value(&network) - 0.1 * (inputs + 9.0)).abs() < 1e-6);
}

#[test]
fn a_dead_unit_leaves_at_the_end_of_the_epoch_and_its_constant_stays() {
    let mut network = network();
    INCOMING.apply(0.5, &mut network);
    assert_eq!(network.layers[0].outputs(), 3, "within the epoch the shape stays");
    end_epoch(INCOMING, &mut network);
    assert_eq!(network.sizes(), [2, 2, 1]);
    assert_eq!(network.layers[1].weights, array![[2.0, -4.0]]);
    assert_eq!(network.layers[1].bias, array![1.0 + 3.0 * 2.0], "weight 3 times the constant 2 of the unit's bias");
    assert!(!network.layers[0].are_pruned(0..1), "the others live on");
}

#[test]
fn a_unit_that_feeds_nothing_leaves_without_a_trace_and_an_input_stays_pruned() {
    let mut network = network();
    network.layers[0].weights.column_mut(0).fill(0.01);
    OUTGOING.apply(2.5, &mut network);
    assert!(network.layers[0].are_pruned([0, 2, 4].into_iter()), "the input is dead for good");
    end_epoch(OUTGOING, &mut network);
    assert_eq!(network.sizes(), [2, 2, 1]);
    assert_eq!(network.layers[1].bias, array![1.0]);
    assert!(network.layers[0].are_pruned([0, 2].into_iter()) && !network.layers[0].are_pruned(1..2));
}

#[test]
fn a_dead_group_stays_dead_under_momentum_and_gradient() {
    let optimizer = Optimizer::Momentum { momentum: 0.9 };
    let mut network = network();
    network.prepare(&optimizer);
    let gradients: Vec<_> = network.layers.iter().map(crate::nn::Gradient::zeros).collect();
    let mut pushing = gradients.clone();
    pushing.iter_mut().for_each(|gradient| gradient.weights.fill(1.0));
    network.update(&optimizer, 0.1, &pushing);
    INCOMING.apply(0.5, &mut network);
    for _ in 0..3 {
        network.update(&optimizer, 0.1, &pushing);
        network.layers.iter_mut().for_each(Layer::apply_mask);
    }
    assert_eq!(network.layers[0].weights.row(1), array![0.0, 0.0]);
    assert!(network.layers[0].weights.row(0).iter().all(|&w| w != 0.0));
}

#[test]
fn the_last_unit_of_a_layer_is_spared_and_may_grow_again() {
    for rule in [INCOMING, OUTGOING] {
        let mut network = network();
        for _ in 0..3 {
            rule.apply(1e6, &mut network);
        }
        let (layer, last) = if rule.group == Group::Incoming { (0, [4, 5]) } else { (1, [2, 2]) };
        assert_eq!(network.layers[layer].weights.sum(), 0.0);
        assert!(!network.layers[layer].are_pruned(last.into_iter()), "{rule:?}");
        end_epoch(rule, &mut network);
        assert_eq!(network.sizes(), [2, 1, 1], "{rule:?}");
    }
}

#[test]
fn of_a_layer_whose_others_are_dead_the_one_alive_is_spared() {
    let mut network = network();
    network.layers[0].prune_weights(&[2, 3, 4, 5]);
    INCOMING.apply(1e6, &mut network);
    assert!(!network.layers[0].are_pruned(0..2));
    end_epoch(INCOMING, &mut network);
    assert_eq!(network.sizes(), [2, 1, 1]);
    assert_eq!(network.layers[0].bias, array![0.1]);
}

#[test]
fn a_learning_rate_of_zero_kills_nothing() {
    let mut network = network();
    network.layers[0].weights.fill(0.0);
    INCOMING.apply(0.0, &mut network);
    assert_eq!(network.layers[0].mask, None);
}

proptest! {
    /// The proximal step of f(g) = c|g| is where ½|g - v|² + c|g| is least: no other point is better.
    #[test]
    fn the_step_is_the_proximal_operator_of_the_value(
        v in prop::collection::vec(-3.0f32..3.0, 4), aside in prop::collection::vec(-0.5f32..0.5, 4), step in 0.01..2.0,
    ) {
        let layers = |weights: &[f32]| vec![
            Layer::new(Array2::from_shape_vec((1, 4), weights.to_vec()).unwrap(), Array1::zeros(1)),
            Layer::new(Array2::ones((1, 1)), Array1::zeros(1)),
        ];
        let cost = |g: &[f32]| {
            let apart: f64 = g.iter().zip(&v).map(|(g, v)| f64::from(g - v) * f64::from(g - v)).sum();
            0.5 * apart + step * INCOMING.value(&Network::new(layers(g), Activation::Relu))
        };
        let mut network = Network::new(layers(&v), Activation::Relu);
        INCOMING.apply(step, &mut network);
        let found: Vec<f32> = network.layers[0].weights.iter().copied().collect();
        let other: Vec<f32> = found.iter().zip(&aside).map(|(found, aside)| found + aside).collect();
        prop_assert!(cost(&found) <= cost(&other) + 1e-5, "{:?} {:?}", found, other);
    }
}

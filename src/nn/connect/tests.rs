//! DropConnect against plain loops, and its sums against the enumeration of all masks.

use super::*;
use crate::data::Targets;
use crate::nn::{
    Activation, Gate, Gradient, Initialization, Layer, Loss, ModelSettings, Network, Objective, Pass, Team,
};
use crate::random::Purpose;

fn network(hidden: &[usize], inputs: usize, activation: Activation) -> Network {
    let init = Initialization::Normal { normal: 0.5, biases: true };
    let settings = ModelSettings { hidden: hidden.to_vec(), activation, init };
    Network::initialized(&settings, inputs, 3, 4).expect("no file is read")
}

/// Gates that close connections in front of every layer.
fn gates(network: &Network, rate: f64, rows: usize) -> Vec<Gate> {
    let gate = |(index, layer): (usize, &Layer)| {
        let key = StreamKey::new(2, Purpose::Dropout).layer(index);
        let mut gate = Gate::Open;
        gate.draw_connections(key, rate, (1.0 / (1.0 - rate)) as f32, layer, rows.div_ceil(PANEL));
        gate
    };
    network.layers.iter().enumerate().map(gate).collect()
}

fn input(row: usize, index: usize) -> f32 {
    ((row * 7 + index * 5) % 11) as f32 * 0.3 - 1.5
}

fn gradients(team: &Team, network: &Network, gates: &[Gate], rows: usize) -> (Pass, Vec<Gradient>) {
    let targets = Targets::Classes((0..rows).map(|row| row as u32 % 3).collect());
    let mut pass = Pass::new(network, rows);
    pass.load(team, rows, |row, values| values.iter_mut().enumerate().for_each(|(i, value)| *value = input(row, i)));
    pass.forward(team, network, gates);
    let mut gradients: Vec<Gradient> = network.layers.iter().map(Gradient::zeros).collect();
    pass.backward(team, network, gates, &Objective::mean(Loss::CrossEntropy, &targets), &mut gradients);
    (pass, gradients)
}

/// The weight of a connection in one row: 0 where it is closed, divided by the share that is kept where it is not.
fn weight(gate: &Gate, layer: &Layer, row: usize, output: usize, index: usize) -> f64 {
    let Gate::Connect(connections) = gate else { panic!("all gates close connections") };
    let place = (row / PANEL * layer.outputs() + output) * layer.inputs() + index;
    let open = connections.words[place] >> (row % PANEL) & 1 == 1;
    if open { f64::from(connections.kept) * f64::from(layer.weights[[output, index]]) } else { 0.0 }
}

/// The outputs of a row, by loops that are obviously right.
fn plain_outputs(network: &Network, gates: &[Gate], row: usize) -> Vec<f64> {
    let mut values: Vec<f64> = (0..network.inputs()).map(|index| f64::from(input(row, index))).collect();
    for (number, (layer, gate)) in network.layers.iter().zip(gates).enumerate() {
        let sum = |output| {
            let products =
                values.iter().enumerate().map(|(index, value)| weight(gate, layer, row, output, index) * value);
            f64::from(layer.bias[output]) + products.sum::<f64>()
        };
        let sums: Vec<f64> = (0..layer.outputs()).map(sum).collect();
        let last = number + 1 == network.layers.len();
        values = sums.into_iter().map(|z| if last { z } else { libm::tanh(z) }).collect();
    }
    values
}

fn plain_loss(network: &Network, gates: &[Gate], rows: usize) -> f64 {
    let loss = |row| {
        let z = plain_outputs(network, gates, row);
        libm::log(z.iter().map(|&z| libm::exp(z)).sum()) - z[row % 3]
    };
    (0..rows).map(loss).sum::<f64>() / rows as f64
}

#[test]
fn outputs_and_gradients_agree_with_plain_loops_with_the_mask_held_fixed() {
    const STEP: f32 = 1.0 / 4096.0;
    for (hidden, inputs, rows) in [(&[][..], 5, 3), (&[6][..], 4, 33), (&[50, 7][..], 33, 40)] {
        let network = network(hidden, inputs, Activation::Tanh);
        let gates = gates(&network, 0.4, rows);
        let (pass, gradients) = gradients(&Team::default(), &network, &gates, rows);
        for row in 0..rows {
            for (found, wanted) in pass.output(row).iter().zip(plain_outputs(&network, &gates, row)) {
                assert!((f64::from(*found) - wanted).abs() < 1e-4 * wanted.abs().max(1.0), "{found} {wanted}");
            }
        }
        for (index, gradient) in gradients.iter().enumerate() {
            let difference = |moves: &dyn Fn(&mut Layer, f32)| {
                let at = |step: f32| {
                    let mut moved = network.clone();
                    moves(&mut moved.layers[index], step);
                    plain_loss(&moved, &gates, rows)
                };
                (at(STEP) - at(-STEP)) / f64::from(2.0 * STEP)
            };
            let close = |found: f32, wanted: f64| {
                assert!((f64::from(found) - wanted).abs() < 1e-3 * wanted.abs().max(0.1), "{index}: {found} {wanted}");
            };
            let (outputs, inputs) = gradient.weights.dim();
            for place in [[0, 0], [outputs - 1, inputs - 1], [outputs / 2, inputs / 2]] {
                close(gradient.weights[place], difference(&|layer, step| layer.weights[place] += step));
            }
            close(gradient.bias[0], difference(&|layer, step| layer.bias[0] += step));
        }
    }
}

#[test]
fn any_number_of_threads_gives_the_same_bits() {
    let network = network(&[70, 130], 65, Activation::Tanh);
    let gates = gates(&network, 0.3, 130);
    let (alone, by_one) = gradients(&Team::default(), &network, &gates, 130);
    let (together, by_two) = gradients(&Team::new(2), &network, &gates, 130);
    assert_eq!(by_one, by_two);
    (0..130).for_each(|row| assert_eq!(alone.output(row), together.output(row), "row {row}"));
}

#[test]
fn a_layer_whose_connections_are_all_kept_is_the_layer() {
    let network = network(&[9], 7, Activation::Tanh);
    let kept = |layer: &Layer| Gate::Connect(Connections::new(layer, 1.0, vec![u32::MAX; 2 * layer.weights.len()]));
    let all: Vec<Gate> = network.layers.iter().map(kept).collect();
    let open = vec![Gate::Open; 2];
    let ((_, by_masks), (_, plain)) =
        (gradients(&Team::default(), &network, &all, 40), gradients(&Team::default(), &network, &open, 40));
    for (masked, plain) in by_masks.iter().zip(&plain) {
        let close = |(a, b): (&f32, &f32)| assert!((a - b).abs() < 1e-6, "{a} {b}");
        masked.weights.iter().zip(&plain.weights).for_each(close);
        masked.bias.iter().zip(&plain.bias).for_each(close);
    }
}

#[test]
fn the_sums_of_all_masks_have_the_mean_and_the_variance_that_inference_assumes() {
    // 2 units of 4 inputs: the 2^4 masks of a unit's weights are 16 rows with the same inputs.
    let (rate, inputs) = (0.3, 4);
    let weights = ndarray::array![[0.5, -1.0, 2.0, 0.25], [1.5, 0.75, -0.5, -2.0]];
    let layer = Layer::new(weights, ndarray::array![0.3, -0.2]);
    for kept in [1.0, 1.0 / (1.0 - rate)] {
        let word = |index: usize| (0..16u32).filter(|mask| mask >> index & 1 == 1).fold(0, |word, row| word | 1 << row);
        let words = (0..2).flat_map(|_| (0..inputs).map(word)).collect();
        let gate = Gate::Connect(Connections::new(&layer, kept as f32, words));
        let network = Network::new(vec![layer.clone()], Activation::Identity);
        let mut pass = Pass::new(&network, 16);
        let x = [0.4f32, -1.2, 0.9, 2.0];
        pass.load(&Team::default(), 16, |_, values| values.copy_from_slice(&x));
        pass.forward(&Team::default(), &network, &[gate]);
        for unit in 0..2 {
            let probability = |mask: usize| {
                (0..inputs).map(|index| if mask >> index & 1 == 1 { 1.0 - rate } else { rate }).product::<f64>()
            };
            let moment = |f: &dyn Fn(f64) -> f64| {
                (0..16).map(|mask| probability(mask) * f(f64::from(pass.output(mask)[unit]))).sum::<f64>()
            };
            let mean = moment(&|u| u);
            let variance = moment(&|u| (u - mean) * (u - mean));
            let (keep, row) = (1.0 - rate, layer.weights.row(unit));
            let sum =
                |f: &dyn Fn(f64) -> f64| row.iter().zip(&x).map(|(&w, &x)| f(f64::from(w) * f64::from(x))).sum::<f64>();
            // u ~ N(pWv + b, p(1−p)(W∘W)(v∘v)), kept weights times `kept`.
            let wanted_mean = f64::from(layer.bias[unit]) + kept * keep * sum(&|product| product);
            let wanted_variance = kept * kept * keep * rate * sum(&|product| product * product);
            assert!((mean - wanted_mean).abs() < 1e-6, "{mean} {wanted_mean}");
            assert!((variance - wanted_variance).abs() < 1e-5, "{variance} {wanted_variance}");
        }
    }
}

#[test]
fn closed_connections_are_counted_in_the_rows_of_the_batch_only() {
    let network = network(&[5], 3, Activation::Relu);
    for rows in [1, 31, 32, 33, 64] {
        let gates = gates(&network, 0.4, 64);
        let layer = &network.layers[0];
        let places = (0..rows).flat_map(|row| (0..5).flat_map(move |o| (0..3).map(move |i| (row, o, i))));
        let closed = places.filter(|&(row, o, i)| weight(&gates[0], layer, row, o, i) == 0.0).count() as u64;
        assert_eq!(gates[0].closed(3, rows), closed, "{rows} rows");
    }
}

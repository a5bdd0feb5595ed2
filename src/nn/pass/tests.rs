//! The pass against plain loops in double precision.

mod activities;
mod normalization;

use super::*;
use crate::nn::{Activation, Initialization, InitializationRule, ModelSettings};
use crate::random::{Purpose, Stream, StreamKey};

/// A random problem: network, rows of inputs, targets, gates.
struct Problem {
    network: Network,
    rows: Vec<Vec<f32>>,
    targets: Targets,
    gates: Vec<Gate>,
    loss: Loss,
}

fn problem(hidden: &[usize], inputs: usize, rows: usize, activation: Activation, loss: Loss, gated: bool) -> Problem {
    let mut stream = StreamKey::new(9, Purpose::InputNoise).step((inputs * 1000 + rows) as u64).open();
    let outputs = if matches!(loss, Loss::HalfMse | Loss::Mse) { 1 } else { 3 };
    let init = Initialization::Normal { normal: 0.4, biases: true };
    let settings = ModelSettings { hidden: hidden.to_vec(), activation, init };
    let network = Network::initialized(&settings, inputs, outputs, 4).expect("no file is read");
    let mut numbers = |n: usize| -> Vec<f32> { (0..n).map(|_| stream.normal() as f32).collect() };
    let matrix = (0..rows).map(|_| numbers(inputs)).collect();
    let targets = match outputs {
        1 => Targets::Values(numbers(rows)),
        _ => Targets::Classes((0..rows).map(|row| (row * 7 % 3) as u32).collect()),
    };
    let gates = network.layers.iter().map(|layer| gate(layer.inputs(), rows, gated, &mut stream)).collect();
    Problem { network, rows: matrix, targets, gates, loss }
}

fn gate(units: usize, rows: usize, gated: bool, stream: &mut Stream) -> Gate {
    if !gated {
        return Gate::Open;
    }
    let factors = rows.div_ceil(PANEL) * units * PANEL;
    Gate::Mask((0..factors).map(|_| if stream.uniform() < 0.3 { 0.0 } else { 1.0 / 0.7 }).collect())
}

impl Problem {
    fn pass(&self) -> (Pass, Vec<Gradient>) {
        self.pass_by(&Team::default())
    }

    fn pass_by(&self, team: &Team) -> (Pass, Vec<Gradient>) {
        let mut pass = Pass::new(&self.network, self.rows.len());
        pass.load(team, self.rows.len(), |row, values| values.copy_from_slice(&self.rows[row]));
        pass.forward(team, &self.network, &self.gates);
        let mut gradients: Vec<Gradient> = self.network.layers.iter().map(Gradient::zeros).collect();
        pass.backward(team, &self.network, &self.gates, &Objective::mean(self.loss, &self.targets), &mut gradients);
        (pass, gradients)
    }

    /// The outputs of a row, by loops that are obviously right, in f64.
    fn plain_outputs(&self, network: &Network, row: usize) -> Vec<f64> {
        self.plain_values(network, row).pop().expect("a network has at least one layer")
    }

    /// What each layer gives to a row, before the next gate.
    fn plain_values(&self, network: &Network, row: usize) -> Vec<Vec<f64>> {
        let mut all = Vec::new();
        let mut values: Vec<f64> = self.rows[row].iter().map(|&x| f64::from(x)).collect();
        for (index, layer) in network.layers.iter().enumerate() {
            if let Gate::Mask(factors) = &self.gates[index] {
                for (unit, value) in values.iter_mut().enumerate() {
                    let place = row / PANEL * layer.inputs() * PANEL + unit * PANEL + row % PANEL;
                    *value *= f64::from(factors[place]);
                }
            }
            let sums = layer.weights.outer_iter().zip(&layer.bias).map(|(weights, &bias)| {
                let products = weights.iter().zip(&values).map(|(&weight, value)| f64::from(weight) * value);
                f64::from(bias) + products.sum::<f64>()
            });
            let last = index + 1 == network.layers.len();
            values = sums.map(|z| if last { z } else { plain_activation(network.activation, z) }).collect();
            all.push(values.clone());
        }
        all
    }

    fn plain_loss(&self, network: &Network) -> f64 {
        let losses =
            (0..self.rows.len()).map(|row| {
                let z = self.plain_outputs(network, row);
                match (&self.targets, self.loss) {
                    (Targets::Values(values), Loss::HalfMse) => 0.5 * (z[0] - f64::from(values[row])).powi(2),
                    (Targets::Values(values), _) => (z[0] - f64::from(values[row])).powi(2),
                    (Targets::Classes(classes), Loss::CrossEntropy) => {
                        z.iter().map(|z| z.exp()).sum::<f64>().ln() - z[classes[row] as usize]
                    }
                    (Targets::Classes(classes), _) => (0..z.len())
                        .map(|k| {
                            if k == classes[row] as usize {
                                (1.0 + (-z[k]).exp()).ln()
                            } else {
                                (1.0 + z[k].exp()).ln()
                            }
                        })
                        .sum(),
                    (Targets::Shares(_), _) => unreachable!("the tests of Loss have soft targets"),
                }
            });
        losses.sum::<f64>() / self.rows.len() as f64
    }
}

fn plain_activation(activation: Activation, z: f64) -> f64 {
    match activation {
        Activation::Relu => z.max(0.0),
        Activation::LeakyRelu => {
            if z > 0.0 {
                z
            } else {
                0.01 * z
            }
        }
        Activation::Gelu => 0.5 * z * (1.0 + libm::erf(z / 2f64.sqrt())),
        Activation::Silu => z / (1.0 + (-z).exp()),
        Activation::Tanh => z.tanh(),
        Activation::Sigmoid => 1.0 / (1.0 + (-z).exp()),
        Activation::Identity => z,
    }
}

#[test]
fn outputs_agree_with_plain_loops_for_odd_sizes() {
    for (hidden, inputs, rows) in
        [(&[][..], 1, 1), (&[1][..], 3, 2), (&[7, 5][..], 31, 33), (&[32][..], 32, 32), (&[70, 33][..], 65, 130)]
    {
        for activation in Activation::ALL {
            for gated in [false, true] {
                let problem = problem(hidden, inputs, rows, activation, Loss::CrossEntropy, gated);
                let (pass, _) = problem.pass();
                for row in 0..rows {
                    let plain = problem.plain_outputs(&problem.network, row);
                    for (found, wanted) in pass.output(row).iter().zip(plain) {
                        let close = (f64::from(*found) - wanted).abs() < 1e-4 * wanted.abs().max(1.0);
                        assert!(close, "{hidden:?} {inputs} {rows} {activation:?}: {found} {wanted}");
                    }
                }
            }
        }
    }
}

/// Small, so that few units cross the kink of relu; a power of two, so that little of it is rounded away.
const STEP: f32 = 1.0 / 8192.0;

#[test]
fn gradients_agree_with_central_differences() {
    let losses = [Loss::CrossEntropy, Loss::BinaryCrossEntropy, Loss::HalfMse, Loss::Mse];
    for (index, activation) in Activation::ALL.into_iter().enumerate() {
        for (hidden, rows) in [(&[][..], 5), (&[6][..], 3), (&[9, 4][..], 40)] {
            let problem = problem(hidden, 4, rows, activation, losses[index % 4], index % 2 == 0);
            let (_, gradients) = problem.pass();
            for (layer, gradient) in gradients.iter().enumerate() {
                // The central difference of the plain loss when `moves` moves one number of the layer.
                let difference = |moves: &dyn Fn(&mut Layer, f32)| {
                    let at = |step: f32| {
                        let mut moved = problem.network.clone();
                        moves(&mut moved.layers[layer], step);
                        problem.plain_loss(&moved)
                    };
                    (at(STEP) - at(-STEP)) / f64::from(2.0 * STEP)
                };
                let close = |found: f32, wanted: f64| {
                    let error = (f64::from(found) - wanted).abs();
                    assert!(
                        error < 1e-3 * wanted.abs().max(0.1),
                        "{activation:?} {hidden:?}, {layer}: {found} {wanted}"
                    );
                };
                let (outputs, inputs) = gradient.weights.dim();
                for place in [[0, 0], [outputs - 1, inputs - 1], [outputs / 2, inputs / 2]] {
                    close(gradient.weights[place], difference(&|layer, step| layer.weights[place] += step));
                }
                close(gradient.bias[0], difference(&|layer, step| layer.bias[0] += step));
            }
        }
    }
}

#[test]
fn a_second_smaller_batch_sees_nothing_of_the_first() {
    let problem = problem(&[8], 5, 40, Activation::Relu, Loss::CrossEntropy, false);
    let (mut pass, _) = problem.pass();
    let targets = Targets::Classes(vec![1, 2, 0]);
    let team = Team::default();
    let mut fresh = Pass::new(&problem.network, 3);
    let gradient = |pass: &mut Pass| {
        pass.load(&team, 3, |row, values| values.copy_from_slice(&problem.rows[row]));
        pass.forward(&team, &problem.network, &problem.gates);
        let mut gradients: Vec<Gradient> = problem.network.layers.iter().map(Gradient::zeros).collect();
        pass.backward(
            &team,
            &problem.network,
            &problem.gates,
            &Objective::mean(problem.loss, &targets),
            &mut gradients,
        );
        gradients
    };
    assert_eq!(gradient(&mut pass), gradient(&mut fresh));
}

#[test]
fn a_kept_batch_gives_the_outputs_of_the_loaded_one() {
    let problem = problem(&[7], 5, 40, Activation::Relu, Loss::CrossEntropy, true);
    let (loaded, _) = problem.pass();
    let team = Team::default();
    let mut pass = Pass::new(&problem.network, 40);
    pass.load(&team, 40, |row, values| values.copy_from_slice(&problem.rows[row]));
    let kept = pass.keep(&team);
    pass.load(&team, 3, |_, values| values.fill(9.0));
    pass.forward_kept(&team, &problem.network, &problem.gates, &kept);
    (0..40).for_each(|row| assert_eq!(pass.output(row), loaded.output(row), "row {row}"));
}

#[test]
fn a_removed_dead_unit_changes_no_output() {
    let settings = ModelSettings {
        hidden: vec![6, 5],
        activation: Activation::Relu,
        init: Initialization::Rule(InitializationRule::KaimingUniform),
    };
    let mut network = Network::initialized(&settings, 4, 3, 2).expect("no file is read");
    network.layers[0].weights.row_mut(2).fill(0.0);
    let outputs = |network: &Network| {
        let mut pass = Pass::new(network, 1);
        pass.load(&Team::default(), 1, |_, values| values.copy_from_slice(&[0.3, -1.0, 0.7, 2.0]));
        pass.forward(&Team::default(), network, &vec![Gate::Open; network.layers.len()]);
        pass.output(0).to_vec()
    };
    let before = outputs(&network);
    network.remove_units(0, &[2]);
    assert_eq!(before, outputs(&network));
}

#[test]
fn any_number_of_threads_gives_the_same_bits() {
    let problem = problem(&[70, 130], 65, 130, Activation::Tanh, Loss::CrossEntropy, true);
    let (alone, gradients) = problem.pass();
    for threads in [2, 3] {
        let (pass, by_team) = problem.pass_by(&Team::new(threads));
        assert_eq!(gradients, by_team, "{threads} threads");
        (0..130).for_each(|row| assert_eq!(alone.output(row), pass.output(row), "{threads} threads, row {row}"));
    }
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(64))]

    #[test]
    fn any_sizes_agree_with_plain_loops(
        hidden in proptest::collection::vec(1usize..=70, 0..3),
        inputs in 1usize..=70,
        rows in 1usize..=130,
        activation in 0usize..Activation::ALL.len(),
        loss in 0usize..4,
        gated: bool,
        place in (0usize..1000, 0usize..1000, 0usize..1000),
    ) {
        let losses = [Loss::CrossEntropy, Loss::BinaryCrossEntropy, Loss::HalfMse, Loss::Mse];
        let activation = Activation::ALL[activation];
        let problem = problem(&hidden, inputs, rows, activation, losses[loss], gated);
        let (pass, gradients) = problem.pass();
        for row in 0..rows {
            let plain = problem.plain_outputs(&problem.network, row);
            for (found, wanted) in pass.output(row).iter().zip(plain) {
                proptest::prop_assert!((f64::from(*found) - wanted).abs() < 2e-4 * wanted.abs().max(1.0));
            }
        }
        // A central difference means nothing where a unit may cross a kink.
        if !matches!(activation, Activation::Relu | Activation::LeakyRelu) {
            let layer = place.0 % gradients.len();
            let (outputs, inputs) = gradients[layer].weights.dim();
            let place = [place.1 % outputs, place.2 % inputs];
            let at = |step: f32| {
                let mut moved = problem.network.clone();
                moved.layers[layer].weights[place] += step;
                let weight = f64::from(moved.layers[layer].weights[place]);
                (problem.plain_loss(&moved), weight)
            };
            let ((above, high), (below, low)) = (at(STEP), at(-STEP));
            let (found, wanted) = (f64::from(gradients[layer].weights[place]), (above - below) / (high - low));
            proptest::prop_assert!((found - wanted).abs() < 2e-3 * wanted.abs().max(0.1), "{} {}", found, wanted);
        }
    }
}

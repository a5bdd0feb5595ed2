//! Batch norm and layer norm: by hand, against plain loops in double precision, and against what differences say.

use ndarray::array;

use super::*;
use crate::nn::{Norm, NormKind};

const KINDS: [NormKind; 2] =
    [NormKind::BatchNorm { momentum: 0.1, epsilon: 1e-5 }, NormKind::LayerNorm { epsilon: 1e-5 }];

/// A problem whose hidden layers are normalised, with γ, β and running figures drawn.
fn normalized(kind: NormKind, hidden: &[usize], rows: usize, activation: Activation, gated: bool) -> Problem {
    let mut problem = problem(hidden, 4, rows, activation, Loss::CrossEntropy, gated);
    problem.network.normalize(kind);
    let mut stream = StreamKey::new(9, Purpose::WeightNoise).open();
    let mut draw = || stream.normal() as f32;
    for norm in problem.network.layers.iter_mut().filter_map(|layer| layer.norm.as_mut()) {
        norm.gain.mapv_inplace(|_| 1.0 + 0.3 * draw());
        norm.shift.mapv_inplace(|_| 0.3 * draw());
        norm.running_mean.mapv_inplace(|_| draw());
        norm.running_variance.mapv_inplace(|_| 0.5 + draw().abs());
    }
    problem
}

/// A number of the network, to be moved.
type Place<'a> = &'a dyn Fn(&mut Network) -> &mut f32;

impl Problem {
    /// The outputs of all rows in training mode, by plain loops: a batch, for batch norm.
    fn batch_outputs(&self, network: &Network) -> Vec<Vec<f64>> {
        let mut values: Vec<Vec<f64>> =
            self.rows.iter().map(|row| row.iter().map(|&x| f64::from(x)).collect()).collect();
        for (index, layer) in network.layers.iter().enumerate() {
            if let Gate::Mask(factors) = &self.gates[index] {
                for (row, values) in values.iter_mut().enumerate() {
                    for (unit, value) in values.iter_mut().enumerate() {
                        let place = row / PANEL * layer.inputs() * PANEL + unit * PANEL + row % PANEL;
                        *value *= f64::from(factors[place]);
                    }
                }
            }
            for values in &mut values {
                let sum = |(weights, &bias): (ndarray::ArrayView1<'_, f32>, &f32)| {
                    f64::from(bias) + weights.iter().zip(&*values).map(|(&w, x)| f64::from(w) * x).sum::<f64>()
                };
                *values = layer.weights.outer_iter().zip(&layer.bias).map(sum).collect();
            }
            if let Some(norm) = &layer.norm {
                plain_norm(norm, &mut values);
            }
            if index + 1 < network.layers.len() {
                values.iter_mut().flatten().for_each(|z| *z = plain_activation(network.activation, *z));
            }
        }
        values
    }

    fn batch_loss(&self, network: &Network) -> f64 {
        let Targets::Classes(classes) = &self.targets else { unreachable!("these problems have classes") };
        let losses = self.batch_outputs(network).into_iter().zip(classes);
        let loss = |(z, &class): (Vec<f64>, &u32)| z.iter().map(|z| z.exp()).sum::<f64>().ln() - z[class as usize];
        losses.map(loss).sum::<f64>() / self.rows.len() as f64
    }

    /// The central difference of the batch's loss by one number of the network.
    fn difference(&self, place: Place<'_>) -> f64 {
        let at = |step: f32| {
            let mut moved = self.network.clone();
            *place(&mut moved) += step;
            (self.batch_loss(&moved), f64::from(*place(&mut moved)))
        };
        let ((above, high), (below, low)) = (at(STEP), at(-STEP));
        (above - below) / (high - low)
    }
}

fn plain_norm(norm: &Norm, values: &mut [Vec<f64>]) {
    let (rows, units) = (values.len(), values[0].len());
    let figures = |numbers: &[f64]| {
        let mean = numbers.iter().sum::<f64>() / numbers.len() as f64;
        let variance = numbers.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / numbers.len() as f64;
        (mean, (variance + 1e-5).sqrt())
    };
    let all: Vec<(f64, f64)> = match norm.kind {
        NormKind::BatchNorm { .. } => {
            (0..units).map(|unit| figures(&values.iter().map(|row| row[unit]).collect::<Vec<_>>())).collect()
        }
        NormKind::LayerNorm { .. } => values.iter().map(|row| figures(row)).collect(),
    };
    for row in 0..rows {
        for unit in 0..units {
            let (mean, deviation) = all[if norm.kind.is_batch() { unit } else { row }];
            let normalized = (values[row][unit] - mean) / deviation;
            values[row][unit] = f64::from(norm.gain[unit]) * normalized + f64::from(norm.shift[unit]);
        }
    }
}

/// z of one hidden layer, identity behind it and outputs that are its units: what the normalisation makes of these rows.
fn through(kind: NormKind, gain: f32, shift: f32, rows: &[&[f32]]) -> (Network, Pass) {
    let units = rows[0].len();
    let eye = || Layer::new(ndarray::Array2::eye(units), ndarray::Array1::zeros(units));
    let mut network = Network::new(vec![eye(), eye()], Activation::Identity);
    network.normalize(kind);
    let norm = network.layers[0].norm.as_mut().expect("it was just normalised");
    norm.gain.fill(gain);
    norm.shift.fill(shift);
    let mut pass = Pass::new(&network, rows.len());
    pass.load(&Team::default(), rows.len(), |row, values| values.copy_from_slice(rows[row]));
    pass.forward(&Team::default(), &network, &[Gate::Open, Gate::Open]);
    (network, pass)
}

#[test]
fn a_batch_of_three_rows_worked_by_hand() {
    // 1, 2, 6 have mean 3 and biased variance 14/3; with ε = 1/3 the divisor is √5.
    let kind = NormKind::BatchNorm { momentum: 0.5, epsilon: 1.0 / 3.0 };
    let (mut network, pass) = through(kind, 2.0, 1.0, &[&[1.0], &[2.0], &[6.0]]);
    for (row, deviation) in [-2.0, -1.0, 3.0].into_iter().enumerate() {
        let wanted = 2.0 * deviation / 5f32.sqrt() + 1.0;
        assert!((pass.output(row)[0] - wanted).abs() < 1e-6, "row {row}: {}", pass.output(row)[0]);
    }
    pass.update_running_figures(&mut network, None);
    let norm = network.layers[0].norm.as_ref().unwrap();
    assert_eq!(
        (&norm.running_mean, &norm.running_variance),
        (&array![1.5], &array![4.0]),
        "half way to 3, and from 1 to 7"
    );
    pass.update_running_figures(&mut network, Some(1.0));
    let norm = network.layers[0].norm.as_ref().unwrap();
    assert_eq!((&norm.running_mean, &norm.running_variance), (&array![3.0], &array![7.0]));
}

#[test]
fn a_row_of_three_units_worked_by_hand() {
    let kind = NormKind::LayerNorm { epsilon: 1.0 / 3.0 };
    let (network, pass) = through(kind, 2.0, 1.0, &[&[1.0, 2.0, 6.0], &[5.0, 5.0, 5.0]]);
    for (unit, deviation) in [-2.0, -1.0, 3.0].into_iter().enumerate() {
        let wanted = 2.0 * deviation / 5f32.sqrt() + 1.0;
        assert!((pass.output(0)[unit] - wanted).abs() < 1e-6, "unit {unit}");
    }
    assert_eq!(pass.output(1).to_vec(), [1.0; 3], "units that are alike all give β");
    assert_eq!(network.folded(), None, "it stays as it is at test time");
}

#[test]
fn a_single_row_gives_beta_moves_nothing_back_and_leaves_the_running_figures() {
    let (mut network, mut pass) = through(KINDS[0], 2.0, 1.5, &[&[1.0, 7.0]]);
    assert_eq!(pass.output(0).to_vec(), [1.5, 1.5]);
    let before = network.clone();
    pass.update_running_figures(&mut network, None);
    assert_eq!(network, before);
    let mut gradients: Vec<Gradient> = network.layers.iter().map(Gradient::zeros).collect();
    let targets = Targets::Classes(vec![1]);
    let objective = Objective::mean(Loss::CrossEntropy, &targets);
    pass.backward(&Team::default(), &network, &[Gate::Open, Gate::Open], &objective, &mut gradients);
    assert_eq!(gradients[0].weights, array![[0.0, 0.0], [0.0, 0.0]]);
    let norm = gradients[0].norm.as_ref().unwrap();
    assert_eq!((&norm.gain, &norm.shift), (&array![0.0, 0.0], &array![0.5, -0.5]));
}

#[test]
fn outputs_agree_with_plain_loops() {
    for kind in KINDS {
        for (hidden, rows) in [(&[1][..], 2), (&[7, 5][..], 33), (&[32][..], 64), (&[70, 53][..], 45)] {
            for gated in [false, true] {
                let problem = normalized(kind, hidden, rows, Activation::Tanh, gated);
                let (pass, _) = problem.pass();
                for (row, plain) in problem.batch_outputs(&problem.network).iter().enumerate() {
                    for (&found, wanted) in pass.output(row).iter().zip(plain) {
                        let close = (f64::from(found) - wanted).abs() < 1e-4 * wanted.abs().max(1.0);
                        assert!(close, "{kind:?} {hidden:?} {rows}, row {row}: {found} {wanted}");
                    }
                }
            }
        }
    }
}

#[test]
fn gradients_agree_with_central_differences() {
    let smooth = [Activation::Tanh, Activation::Gelu, Activation::Silu, Activation::Sigmoid, Activation::Identity];
    for kind in KINDS {
        for (case, activation) in smooth.into_iter().enumerate() {
            for (hidden, rows) in [(&[6][..], 3), (&[9, 4][..], 40), (&[50, 5][..], 33)] {
                let problem = normalized(kind, hidden, rows, activation, case % 2 == 0);
                let (_, gradients) = problem.pass();
                for (layer, gradient) in gradients.iter().enumerate() {
                    let (outputs, inputs) = gradient.weights.dim();
                    let close = |what: &str, found: f32, place: Place<'_>| {
                        let wanted = problem.difference(place);
                        assert!(
                            (f64::from(found) - wanted).abs() < 1e-3 * wanted.abs().max(0.1),
                            "{what} of layer {layer}, {kind:?} {activation:?} {hidden:?}: {found} {wanted}"
                        );
                    };
                    for place in [[0, 0], [outputs - 1, inputs - 1], [outputs / 2, inputs / 2]] {
                        close("W", gradient.weights[place], &|network| &mut network.layers[layer].weights[place]);
                    }
                    for unit in [0, outputs - 1] {
                        close("b", gradient.bias[unit], &|network| &mut network.layers[layer].bias[unit]);
                        let Some(norm) = &gradient.norm else { continue };
                        close("γ", norm.gain[unit], &|network| &mut norm_of(network, layer).gain[unit]);
                        close("β", norm.shift[unit], &|network| &mut norm_of(network, layer).shift[unit]);
                    }
                }
            }
        }
    }
}

fn norm_of(network: &mut Network, layer: usize) -> &mut Norm {
    network.layers[layer].norm.as_mut().expect("hidden layers are normalised")
}

#[test]
fn input_gradients_go_through_layer_norm() {
    let mut problem = normalized(KINDS[1], &[9, 5], 35, Activation::Gelu, true);
    let (mut pass, _) = problem.pass();
    let slopes = [0.5, -1.0, 2.0];
    let write = |_, z: &mut [f32]| z.iter_mut().zip(slopes).for_each(|(z, slope)| *z = slope as f32);
    let mut found = Vec::new();
    pass.input_gradients(&Team::default(), &problem.network, &problem.gates, write, |_, x| found.push(x.to_vec()));
    for row in [0, 31, 34] {
        for (input, &found) in found[row].iter().enumerate() {
            let mut at = |step: f32| {
                problem.rows[row][input] += step;
                let outputs = problem.batch_outputs(&problem.network)[row].clone();
                problem.rows[row][input] -= step;
                outputs.iter().zip(slopes).map(|(z, slope)| z * slope).sum::<f64>()
            };
            let wanted = (at(STEP) - at(-STEP)) / f64::from(2.0 * STEP);
            let error = (f64::from(found) - wanted).abs();
            assert!(error < 2e-3 * wanted.abs().max(0.1), "row {row}, input {input}: {found} {wanted}");
        }
    }
}

#[test]
fn the_bias_in_front_of_batch_norm_has_no_gradient_at_all() {
    let (_, gradients) = normalized(KINDS[0], &[9, 4], 40, Activation::Relu, true).pass();
    assert!(gradients[..2].iter().all(|gradient| gradient.bias.iter().all(|&g| g == 0.0)));
    assert!(gradients[2].bias.iter().all(|&g| g != 0.0));
}

#[test]
fn a_second_smaller_batch_sees_nothing_of_the_first() {
    for kind in KINDS {
        let problem = normalized(kind, &[8, 60], 40, Activation::Relu, false);
        let (mut used, _) = problem.pass();
        let targets = Targets::Classes(vec![1, 2, 0]);
        let team = Team::default();
        let mut fresh = Pass::new(&problem.network, 3);
        let gradient = |pass: &mut Pass| {
            pass.load(&team, 3, |row, values| values.copy_from_slice(&problem.rows[row]));
            pass.forward(&team, &problem.network, &problem.gates);
            let mut gradients: Vec<Gradient> = problem.network.layers.iter().map(Gradient::zeros).collect();
            let objective = Objective::mean(problem.loss, &targets);
            pass.backward(&team, &problem.network, &problem.gates, &objective, &mut gradients);
            gradients
        };
        assert_eq!(gradient(&mut used), gradient(&mut fresh), "{kind:?}");
    }
}

#[test]
fn any_number_of_threads_gives_the_same_bits() {
    for kind in KINDS {
        let problem = normalized(kind, &[70, 130], 130, Activation::Tanh, true);
        let (alone, gradients) = problem.pass();
        for threads in [2, 3] {
            let (pass, by_team) = problem.pass_by(&Team::new(threads));
            assert_eq!(gradients, by_team, "{kind:?}, {threads} threads");
            (0..130).for_each(|row| assert_eq!(alone.output(row), pass.output(row), "{threads} threads, row {row}"));
            let [ours, theirs] = [&alone, &pass].map(|pass| {
                let mut network = problem.network.clone();
                pass.update_running_figures(&mut network, None);
                network
            });
            assert_eq!(ours, theirs);
        }
    }
}

#[test]
fn a_folded_network_gives_what_the_running_figures_say() {
    let problem = normalized(KINDS[0], &[9, 4], 40, Activation::Gelu, false);
    let folded = Problem { network: problem.network.folded().expect("batch norm folds"), ..problem };
    let (network, norms) = (problem.network, [0, 1]);
    assert!(norms.iter().all(|&layer| folded.network.layers[layer].norm.is_none()));
    let (pass, _) = folded.pass();
    for row in 0..40 {
        let mut values: Vec<f64> = folded.rows[row].iter().map(|&x| f64::from(x)).collect();
        for layer in &network.layers {
            let units = layer.weights.outer_iter().zip(&layer.bias).enumerate();
            let give = |(unit, (weights, &bias)): (usize, (ndarray::ArrayView1<'_, f32>, &f32))| {
                let z = f64::from(bias) + weights.iter().zip(&values).map(|(&w, x)| f64::from(w) * x).sum::<f64>();
                let Some(norm) = &layer.norm else { return z };
                let [gain, shift, mean, variance] =
                    [&norm.gain, &norm.shift, &norm.running_mean, &norm.running_variance].map(|v| f64::from(v[unit]));
                plain_activation(Activation::Gelu, gain * (z - mean) / (variance + 1e-5).sqrt() + shift)
            };
            values = units.map(give).collect();
        }
        for (&found, wanted) in pass.output(row).iter().zip(values) {
            assert!((f64::from(found) - wanted).abs() < 1e-5 * wanted.abs().max(1.0), "row {row}: {found} {wanted}");
        }
    }
}

#[test]
fn a_removed_unit_without_weights_changes_no_output_of_batch_norm_at_test_time() {
    let mut problem = normalized(KINDS[0], &[6, 5], 3, Activation::Gelu, false);
    problem.network.layers[0].weights.row_mut(2).fill(0.0);
    let outputs = |network: &Network| {
        let folded = network.folded().expect("batch norm folds");
        let mut pass = Pass::new(&folded, 1);
        pass.load(&Team::default(), 1, |_, values| values.copy_from_slice(&[0.3, -1.0, 0.7, 2.0]));
        pass.forward(&Team::default(), &folded, &vec![Gate::Open; 3]);
        pass.output(0).to_vec()
    };
    let before = outputs(&problem.network);
    problem.network.remove_units(0, &[2]);
    assert_eq!(problem.network.layers[0].norm.as_ref().unwrap().gain.len(), 5);
    for (before, after) in before.iter().zip(outputs(&problem.network)) {
        assert!((before - after).abs() < 1e-6, "{before} {after}");
    }
}

#[test]
fn a_unit_without_weights_is_not_folded_under_layer_norm() {
    let mut problem = normalized(KINDS[1], &[6, 5], 3, Activation::Gelu, false);
    problem.network.layers[0].weights.row_mut(2).fill(0.0);
    let bias = problem.network.layers[1].bias.clone();
    problem.network.remove_units(0, &[2]);
    assert_eq!(problem.network.layers[1].bias, bias);
}

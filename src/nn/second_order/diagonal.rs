//! The diagonal of the Hessian, for Optimal Brain Damage (LeCun, Denker and Solla, NIPS 1989).
//!
//! In: a network, its loss, rows and targets. Out: ∂²E/∂w² of every weight and bias, and what OBD expects a weight's removal
//! to cost, h_kk·w_k²/2.
//!
//! Row by row, with a_i what flows into unit i, x_i = f(a_i), and layer l behind layer i:
//!
//! ```text
//! h_ij      = ∂²E/∂a_i² · x_j²                                     of the weight from j to i; x_j = 1 for a bias
//! ∂²E/∂a_i² = f′(a_i)²·Σ_l w_li²·∂²E/∂a_l² + f″(a_i)·∂E/∂x_i
//! ```
//!
//! The paper has a minus before the last term, a misprint against its own boundary condition. The recursion leaves out what
//! is off the diagonal at the inputs of each layer: it is exact for one hidden layer whose outputs have losses of their own
//! (squared error, binary cross entropy), and an approximation beyond, with p(1−p) for the softmax.

use ndarray::{Array1, Array2, Zip};

use super::product::add_product;
use super::trace::{CHUNK, Weights, back};
use crate::data::Targets;
use crate::nn::{Layer, Loss, Network};

/// The second derivatives of the mean loss in a layer's weights and biases, one by one. Some may be negative: the f″ term
/// of a network that is not at a minimum.
#[derive(Debug, Clone, PartialEq)]
pub struct Curvature {
    /// ∂²E/∂w²: [outputs, inputs]
    pub weights: Array2<f64>,
    /// ∂²E/∂b²: `[outputs]`
    pub bias: Array1<f64>,
}

impl Curvature {
    /// h_kk·w_k²/2 of each weight of `layer`, whose curvature this is: unit by unit, at unit · inputs + input.
    pub fn saliencies(&self, layer: &Layer) -> Vec<f64> {
        let saliency = |(&h, &w): (&f64, &f32)| 0.5 * h * f64::from(w) * f64::from(w);
        self.weights.iter().zip(&layer.weights).map(saliency).collect()
    }
}

/// The curvature of each layer: E is the mean of `loss` over the rows of `targets`, whose inputs `fill` writes.
///
/// # Panics
/// If a class is not one of the outputs.
pub fn diagonal_hessian(
    network: &Network,
    loss: Loss,
    targets: &Targets,
    mut fill: impl FnMut(usize, &mut [f32]),
) -> Vec<Curvature> {
    let weights = Weights::of(network);
    let squares: Vec<Array2<f64>> = weights.matrices.iter().map(|matrix| matrix * matrix).collect();
    let zeros =
        |matrix: &Array2<f64>| Curvature { weights: Array2::zeros(matrix.dim()), bias: Array1::zeros(matrix.nrows()) };
    let mut sums: Vec<Curvature> = weights.matrices.iter().map(zeros).collect();
    let rows = targets.rows();
    for first in (0..rows).step_by(CHUNK) {
        let trace = weights.trace(first, CHUNK.min(rows - first), &mut fill);
        let (mut deltas, mut curvatures) = at_outputs(&trace.outputs, loss, targets, first);
        for (index, sums) in sums.iter_mut().enumerate().rev() {
            let inputs = &trace.inputs[index];
            add_product(&mut sums.weights, curvatures.t(), (inputs * inputs).view());
            curvatures.outer_iter().for_each(|curvatures| sums.bias += &curvatures);
            let Some(before) = index.checked_sub(1) else { break };
            deltas = back(&deltas, &weights.matrices[index]);
            curvatures = back(&curvatures, &squares[index]);
            Zip::from(&mut curvatures)
                .and(&mut deltas)
                .and(&trace.firsts[before])
                .and(&trace.seconds[before])
                .for_each(|curvature, delta, &first, &second| {
                    *curvature = first * first * *curvature + second * *delta;
                    *delta *= first;
                });
        }
    }
    for sums in &mut sums {
        sums.weights /= rows as f64;
        sums.bias /= rows as f64;
    }
    sums
}

/// ∂E/∂z and ∂²E/∂z² of each row of `outputs`, the first of which has target number `first`: [rows, outputs] each
fn at_outputs(outputs: &Array2<f64>, loss: Loss, targets: &Targets, first: usize) -> (Array2<f64>, Array2<f64>) {
    let (mut deltas, mut curvatures) = (Array2::zeros(outputs.dim()), Array2::zeros(outputs.dim()));
    let rows = outputs.outer_iter().zip(deltas.outer_iter_mut()).zip(curvatures.outer_iter_mut());
    for (row, ((z, mut delta), mut curvature)) in rows.enumerate() {
        let z = z.to_vec();
        loss.output_gradient(&z, targets, first + row, delta.as_slice_mut().expect("a row lies in one piece"));
        loss.output_curvature(&z, curvature.as_slice_mut().expect("a row lies in one piece"));
    }
    (deltas, curvatures)
}

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::super::fixtures::{Problem, problem};
    use super::super::slopes::{Slopes, sigmoid};
    use super::*;
    use crate::nn::Activation;

    const LOSSES: [Loss; 4] = [Loss::CrossEntropy, Loss::BinaryCrossEntropy, Loss::HalfMse, Loss::Mse];

    fn curvatures(problem: &Problem) -> Vec<Curvature> {
        diagonal_hessian(&problem.network, problem.loss, &problem.targets, |row, x| problem.fill(row, x))
    }

    /// Of each layer and unit: of the incoming weights, then of the bias.
    fn in_rows(curvatures: &[Curvature]) -> Vec<Vec<Vec<f64>>> {
        let layer = |curvature: &Curvature| {
            let units = curvature.weights.outer_iter().zip(&curvature.bias);
            units.map(|(weights, &bias)| weights.iter().copied().chain([bias]).collect()).collect()
        };
        curvatures.iter().map(layer).collect()
    }

    #[track_caller]
    fn agree(found: &[Curvature], wanted: &[Vec<Vec<f64>>], tolerance: f64, of: &str) {
        let found = in_rows(found);
        for (layer, (found, wanted)) in found.iter().zip(wanted).enumerate() {
            assert_eq!(found.len(), wanted.len());
            for (unit, (found, wanted)) in found.iter().zip(wanted).enumerate() {
                assert_eq!(found.len(), wanted.len());
                for (input, (a, b)) in found.iter().zip(wanted).enumerate() {
                    assert!((a - b).abs() < tolerance, "{of}: layer {layer}, unit {unit}, input {input}: {a} {b}");
                }
            }
        }
    }

    /// (E(w+s) − 2E(w) + E(w−s)) / s² of every parameter.
    fn differences(problem: &Problem) -> Vec<Vec<Vec<f64>>> {
        const STEP: f64 = 1e-3;
        let (plain, here) = (problem.plain(), problem.mean_loss(&problem.plain()));
        let mut wanted = plain.layers.clone();
        for (layer, units) in wanted.iter_mut().enumerate() {
            for (unit, values) in units.iter_mut().enumerate() {
                for (input, value) in values.iter_mut().enumerate() {
                    let at = |step: f64| {
                        let mut moved = plain.clone();
                        moved.layers[layer][unit][input] += step;
                        problem.mean_loss(&moved)
                    };
                    *value = (at(STEP) - 2.0 * here + at(-STEP)) / (STEP * STEP);
                }
            }
        }
        wanted
    }

    /// The recursion of the paper, unit by unit.
    fn recursion(problem: &Problem) -> Vec<Vec<Vec<f64>>> {
        let plain = problem.plain();
        let mut mean: Vec<Vec<Vec<f64>>> =
            plain.layers.iter().map(|units| units.iter().map(|unit| vec![0.0; unit.len()]).collect()).collect();
        for (row, x) in problem.rows.iter().enumerate() {
            let sums = plain.sums(x);
            let last = sums.len() - 1;
            let (mut slope, mut bend) = at_output(problem, &sums[last], row);
            for layer in (0..=last).rev() {
                let input = |j: usize| match layer {
                    _ if j + 1 == plain.layers[layer][0].len() => 1.0,
                    0 => f64::from(x[j]),
                    _ => Slopes::of(plain.activation, sums[layer - 1][j]).value,
                };
                for (i, unit) in mean[layer].iter_mut().enumerate() {
                    for (j, h) in unit.iter_mut().enumerate() {
                        *h += bend[i] * input(j) * input(j) / problem.rows.len() as f64;
                    }
                }
                if layer > 0 {
                    let (mut slope_before, mut bend_before) = (Vec::new(), Vec::new());
                    for (i, &a) in sums[layer - 1].iter().enumerate() {
                        let f = Slopes::of(plain.activation, a);
                        let (mut by_output, mut spread) = (0.0, 0.0);
                        for (l, unit) in plain.layers[layer].iter().enumerate() {
                            by_output += unit[i] * slope[l];
                            spread += unit[i] * unit[i] * bend[l];
                        }
                        slope_before.push(f.first * by_output);
                        bend_before.push(f.first * f.first * spread + f.second * by_output);
                    }
                    (slope, bend) = (slope_before, bend_before);
                }
            }
        }
        mean
    }

    /// ∂E/∂z and ∂²E/∂z² of a row's outputs.
    fn at_output(problem: &Problem, z: &[f64], row: usize) -> (Vec<f64>, Vec<f64>) {
        match &problem.targets {
            Targets::Classes(classes) => {
                let sum: f64 = z.iter().map(|&z| libm::exp(z)).sum();
                let p = |&z: &f64| if problem.loss == Loss::CrossEntropy { libm::exp(z) / sum } else { sigmoid(z) };
                let p: Vec<f64> = z.iter().map(p).collect();
                let hit = |k: usize| if k == classes[row] as usize { 1.0 } else { 0.0 };
                (p.iter().enumerate().map(|(k, p)| p - hit(k)).collect(), p.iter().map(|p| p * (1.0 - p)).collect())
            }
            Targets::Values(values) => {
                let factor = if problem.loss == Loss::Mse { 2.0 } else { 1.0 };
                (vec![factor * (z[0] - f64::from(values[row]))], vec![factor])
            }
            Targets::Shares(_) => panic!("no problem here has shares"),
        }
    }

    #[test]
    fn one_unit_and_one_output_worked_by_hand() {
        // x = 2, a = ln 3: f = 3/4, f′ = 3/16, f″ = −3/32; z = 4·3/4 − 1 = 2, y = 0: ∂E/∂z = 2, ∂²E/∂z² = 1;
        // ∂²E/∂a² = 9/256·16·1 − 3/32·4·2 = −3/16.
        let w = (libm::log(3.0) / 2.0) as f32;
        let layers = vec![Layer::new(array![[w]], array![0.0]), Layer::new(array![[4.0]], array![-1.0])];
        let network = Network::new(layers, Activation::Sigmoid);
        let targets = Targets::Values(vec![0.0]);
        let found = diagonal_hessian(&network, Loss::HalfMse, &targets, |_, x| x[0] = 2.0);
        let wanted = [vec![vec![-3.0 / 16.0 * 4.0, -3.0 / 16.0]], vec![vec![9.0 / 16.0, 1.0]]];
        agree(&found, &wanted, 1e-6, "by hand");
        let saliency = found[1].saliencies(&network.layers[1]);
        assert!((saliency[0] - 9.0 / 16.0 * 16.0 / 2.0).abs() < 1e-6, "{saliency:?}");
    }

    #[test]
    fn one_hidden_layer_and_outputs_with_losses_of_their_own_have_the_diagonal_of_differences() {
        for activation in Activation::ALL {
            for loss in [Loss::BinaryCrossEntropy, Loss::HalfMse, Loss::Mse] {
                let problem = problem(&[5], 3, 7, activation, loss);
                agree(&curvatures(&problem), &differences(&problem), 2e-5, &format!("{activation:?}, {loss:?}"));
            }
        }
    }

    #[test]
    fn without_a_hidden_layer_the_softmax_is_exact_too() {
        let problem = problem(&[], 4, 40, Activation::Relu, Loss::CrossEntropy);
        agree(&curvatures(&problem), &differences(&problem), 2e-5, "softmax");
    }

    #[test]
    fn deep_networks_follow_the_recursion_unit_by_unit() {
        for activation in Activation::ALL {
            for loss in LOSSES {
                // More rows than go through at once, and not a multiple.
                let problem = problem(&[6, 4, 5], 3, 2 * CHUNK + 5, activation, loss);
                agree(&curvatures(&problem), &recursion(&problem), 1e-11, &format!("{activation:?}, {loss:?}"));
            }
        }
    }

    #[test]
    fn saliencies_are_in_the_order_of_the_weights() {
        let curvature = Curvature { weights: array![[1.0, 2.0], [3.0, -4.0]], bias: array![9.0, 9.0] };
        let layer = Layer::new(array![[2.0, 1.0], [0.0, 1.0]], array![0.0, 0.0]);
        assert_eq!(curvature.saliencies(&layer), [2.0, 1.0, 0.0, -2.0]);
    }
}

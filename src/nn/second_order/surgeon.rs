//! Optimal Brain Surgeon on a network: which weight is the cheapest to lose, and how the others make up for it.
//!
//! In: a network, its loss, rows. Out: weights removed one after another, then written back into the network.
//!
//! The Hessian is the outer-product form of Hassibi and Stork (NIPS 1992) for any loss (Hassibi, Stork and Wolff, NIPS 1993),
//! today's generalised Gauss-Newton matrix (Schraudolph, Neural Computation 14, 2002):
//!
//! ```text
//! H = αI + 1/P·Σ_rows Jᵀ·S·J,   J = ∂z/∂w [outputs, parameters],   S = ∂²E/∂z² [outputs, outputs]
//! ```
//!
//! with S = 1 for half the squared error, 2 for the squared error, diag(σ(1−σ)) for binary cross entropy and the whole of
//! diag(p) − p·pᵀ for the softmax. What is left out is Σ ∂E/∂z·∂²z/∂w², which is 0 where the network fits. With S = Σ v·vᵀ
//! the X of the recursion are Jᵀv.
//!
//! The parameters are the weights that are not pruned yet, and all biases; biases move, and only weights go.

use ndarray::{Array2, s};

use super::inverse_hessian::{BLOCK, HessianTooLarge, InverseHessian};
use super::jacobian::{Jacobian, Parameter};
use super::trace::{CHUNK, Weights};
use crate::nn::{Loss, Network};

/// A network's weights on the table, with the inverse of their Hessian.
#[derive(Debug, Clone)]
pub struct Surgeon {
    inverse: InverseHessian,
    parameters: Vec<Parameter>,
    /// The value of each parameter.
    values: Vec<f64>,
    removed: Vec<bool>,
}

/// A weight that may go.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Candidate {
    /// Its layer.
    pub layer: usize,
    /// Its place in the layer: unit · inputs + input.
    pub place: usize,
    /// What its removal adds to the mean loss, in the quadratic approximation: L_q.
    pub saliency: f64,
    /// Its number among the parameters.
    number: usize,
}

impl Surgeon {
    /// α, which Hassibi and Stork leave between 1e-8 and 1e-4. The largest holds the moves of the weights shortest, within
    /// which the loss is a parabola, and loses the fewest digits.
    pub const ALPHA: f64 = 1e-4;

    /// Takes the Hessian of the mean of `loss` over `rows` rows, whose inputs `fill` writes; it depends on no target. `alpha`
    /// is α > 0, usually [`Self::ALPHA`].
    pub fn new(
        network: &Network,
        loss: Loss,
        rows: usize,
        alpha: f64,
        mut fill: impl FnMut(usize, &mut [f32]),
    ) -> Result<Self, HessianTooLarge> {
        let parameters = Parameter::all(network);
        let mut inverse = InverseHessian::new(parameters.len(), alpha)?;
        let weights = Weights::of(network);
        let mut block = Array2::zeros((BLOCK, parameters.len()));
        let mut filled = 0;
        for first in (0..rows).step_by(CHUNK) {
            let trace = weights.trace(first, CHUNK.min(rows - first), &mut fill);
            let jacobian = Jacobian::of(&weights, &trace, loss);
            for vector in 0..jacobian.vectors() {
                jacobian.write(vector, &trace, &parameters, &mut block.row_mut(filled));
                filled += 1;
                if filled == BLOCK {
                    inverse.observe(block.view(), rows);
                    filled = 0;
                }
            }
        }
        inverse.observe(block.slice(s![..filled, ..]), rows);
        let values = parameters.iter().map(|parameter| parameter.value(network)).collect();
        let removed = vec![false; parameters.len()];
        Ok(Self { inverse, parameters, values, removed })
    }

    /// The weight whose loss costs the least, in the layers that `may_lose` names; the first of equals. None where no
    /// weight is left there.
    pub fn cheapest(&self, may_lose: impl Fn(usize) -> bool) -> Option<Candidate> {
        let candidates = self.parameters.iter().enumerate().filter_map(|(number, parameter)| {
            let place = parameter.place?;
            let saliency = self.inverse.saliency(number, self.values[number]);
            (!self.removed[number] && may_lose(parameter.layer)).then_some(Candidate {
                layer: parameter.layer,
                place,
                saliency,
                number,
            })
        });
        candidates.min_by(|a, b| a.saliency.total_cmp(&b.saliency))
    }

    /// Removes a weight for good, and moves what is left to where the loss is lowest without it.
    pub fn remove(&mut self, candidate: Candidate) {
        self.inverse.remove(candidate.number, &mut self.values);
        self.removed[candidate.number] = true;
    }

    /// Writes the weights and biases into the network that they were taken from, and prunes what was removed.
    ///
    /// # Panics
    /// If the network has lost units meanwhile.
    pub fn write(&self, network: &mut Network) {
        let mut pruned = vec![Vec::new(); network.layers.len()];
        for ((parameter, &value), &removed) in self.parameters.iter().zip(&self.values).zip(&self.removed) {
            *parameter.value_mut(network) = value as f32;
            if let Some(place) = parameter.place.filter(|_| removed) {
                pruned[parameter.layer].push(place);
            }
        }
        for (layer, places) in network.layers.iter_mut().zip(&pruned) {
            if !places.is_empty() {
                layer.prune_weights(places);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::super::fixtures::{Problem, problem};
    use super::*;
    use crate::nn::{Activation, Layer};

    /// The rows, weights and (held) bias of the worked example.
    fn worked() -> (Network, Surgeon) {
        const X: [[f32; 2]; 4] = [[1.0, 0.9], [1.0, 1.1], [2.0, 2.1], [3.0, 2.8]];
        let network = Network::new(vec![Layer::new(array![[1.0, 0.3]], array![0.0])], Activation::Relu);
        let mut surgeon =
            Surgeon::new(&network, Loss::HalfMse, 4, 1e-8, |row, x| x.copy_from_slice(&X[row])).expect("it is small");
        surgeon.inverse.hold(2);
        (network, surgeon)
    }

    #[test]
    fn the_worked_example_through_a_linear_network() {
        let (mut network, mut surgeon) = worked();
        let second = surgeon.cheapest(|_| true).expect("two weights");
        assert_eq!((second.layer, second.place), (0, 1));
        assert!((second.saliency - 0.000_667_5).abs() < 1e-8, "{}", second.saliency);
        surgeon.remove(second);
        surgeon.write(&mut network);
        assert!((network.layers[0].weights[[0, 0]] - 1.292).abs() < 1e-5, "{:?}", network.layers[0]);
        assert_eq!(network.layers[0].weights[[0, 1]], 0.0);
        assert_eq!((network.layers[0].mask.as_ref(), network.layers[0].bias[0]), (Some(&array![[1.0, 0.0]]), 0.0));
    }

    #[test]
    fn the_other_weight_of_the_worked_example_costs_more() {
        let (mut network, mut surgeon) = worked();
        let first = Candidate { layer: 0, place: 0, saliency: surgeon.inverse.saliency(0, 1.0), number: 0 };
        assert!((first.saliency - 0.007_796_08).abs() < 1e-7, "{}", first.saliency);
        surgeon.remove(first);
        surgeon.write(&mut network);
        assert!((network.layers[0].weights[[0, 1]] - 1.323_125).abs() < 1e-5, "{:?}", network.layers[0]);
        assert_eq!(network.layers[0].weights[[0, 0]], 0.0);
    }

    fn surgeon(problem: &Problem, network: &Network) -> Surgeon {
        Surgeon::new(network, problem.loss, problem.rows.len(), 1e-3, |row, x| problem.fill(row, x)).expect("small")
    }

    /// αI plus the second differences of the mean loss in the parameters of a network without hidden layer.
    fn hessian_by_differences(problem: &Problem, surgeon: &Surgeon) -> Array2<f64> {
        const STEP: f64 = 1e-3;
        let n = surgeon.parameters.len();
        let plain = problem.plain();
        Array2::from_shape_fn((n, n), |(a, b)| {
            let at = |by_a: f64, by_b: f64| {
                let mut moved = plain.clone();
                for (number, by) in [(a, by_a), (b, by_b)] {
                    let Parameter { unit, input, .. } = surgeon.parameters[number];
                    moved.layers[0][unit][input] += by * STEP;
                }
                problem.mean_loss(&moved)
            };
            let difference = (at(1.0, 1.0) - at(1.0, -1.0) - at(-1.0, 1.0) + at(-1.0, -1.0)) / (4.0 * STEP * STEP);
            difference + if a == b { 1e-3 } else { 0.0 }
        })
    }

    #[test]
    fn without_a_hidden_layer_it_is_the_inverse_of_the_whole_hessian() {
        for loss in [Loss::CrossEntropy, Loss::BinaryCrossEntropy, Loss::HalfMse, Loss::Mse] {
            let problem = problem(&[], 4, CHUNK + 9, Activation::Relu, loss);
            let surgeon = surgeon(&problem, &problem.network);
            let hessian = hessian_by_differences(&problem, &surgeon);
            let n = surgeon.parameters.len();
            for q in 0..n {
                // L of weight 1 is 1/(2[H⁻¹]_qq); the rest of H⁻¹e_q shows in how the others move.
                let (mut inverse, mut moved) = (surgeon.inverse.clone(), vec![0.0; n]);
                let diagonal = 0.5 / inverse.saliency(q, 1.0);
                moved[q] = 1.0;
                inverse.remove(q, &mut moved);
                moved[q] = -1.0;
                for (row, wanted) in hessian.outer_iter().zip((0..n).map(|i| if i == q { 1.0 } else { 0.0 })) {
                    let product: f64 = row.iter().zip(&moved).map(|(h, m)| -h * m * diagonal).sum();
                    assert!((product - wanted).abs() < 1e-3, "{loss:?}, {q}: {product} {wanted}");
                }
            }
        }
    }

    #[test]
    fn gradients_of_a_deep_network_agree_with_central_differences() {
        for activation in Activation::ALL {
            let problem = problem(&[4, 3], 3, 5, activation, Loss::HalfMse);
            let parameters = Parameter::all(&problem.network);
            let weights = Weights::of(&problem.network);
            let trace = weights.trace(0, 5, &mut |row, x| problem.fill(row, x));
            let jacobian = Jacobian::of(&weights, &trace, Loss::HalfMse);
            assert_eq!(jacobian.vectors(), 5, "S = 1: the gradient of the output for each row");
            for row in 0..5 {
                let mut found = Array2::zeros((1, parameters.len()));
                jacobian.write(row, &trace, &parameters, &mut found.row_mut(0));
                for (parameter, &found) in parameters.iter().zip(&found) {
                    let at = |step: f64| {
                        let mut plain = problem.plain();
                        plain.layers[parameter.layer][parameter.unit][parameter.input] += step;
                        plain.sums(&problem.rows[row])[2][0]
                    };
                    let difference = (at(1e-6) - at(-1e-6)) / 2e-6;
                    assert!((found - difference).abs() < 1e-7, "{activation:?}, {parameter:?}: {found} {difference}");
                }
            }
        }
    }

    #[test]
    fn what_was_pruned_before_is_no_parameter_and_stays_zero() {
        let mut problem = problem(&[4], 3, 20, Activation::Tanh, Loss::CrossEntropy);
        problem.network.layers[0].prune_weights(&[2, 5]);
        let mut network = problem.network.clone();
        let mut surgeon = surgeon(&problem, &network);
        assert_eq!(surgeon.parameters.len(), network.parameters() - 2);
        for _ in 0..6 {
            let candidate = surgeon.cheapest(|layer| layer == 0).expect("ten are left");
            assert!(![2, 5].contains(&candidate.place));
            surgeon.remove(candidate);
        }
        surgeon.write(&mut network);
        assert_eq!(network.nonzero_weights(), network.weights() - 8);
        assert_eq!(network.layers[0].mask.as_ref().map(|mask| mask.sum()), Some(4.0));
        assert!(network.layers[1].mask.is_none(), "the other layer lost nothing");
        assert_ne!(network.layers[1].weights, problem.network.layers[1].weights, "and makes up for the loss");
        assert_ne!(network.layers[1].bias, problem.network.layers[1].bias, "with its biases");
    }

    #[test]
    fn every_weight_can_go_and_then_none_is_left() {
        let problem = problem(&[2], 2, 10, Activation::Sigmoid, Loss::Mse);
        let mut network = problem.network.clone();
        let mut surgeon = surgeon(&problem, &network);
        let mut gone = 0;
        while let Some(candidate) = surgeon.cheapest(|_| true) {
            surgeon.remove(candidate);
            gone += 1;
        }
        surgeon.write(&mut network);
        assert_eq!((gone, network.nonzero_weights()), (6, 0));
    }

    #[test]
    fn removals_cost_less_than_setting_the_same_weights_to_zero() {
        let problem = problem(&[], 6, 60, Activation::Identity, Loss::HalfMse);
        let fitted = fitted(&problem);
        let (mut operated, mut cut) = (fitted.clone(), fitted.clone());
        let mut surgeon = surgeon(&problem, &fitted);
        let mut price = 0.0;
        for _ in 0..3 {
            let candidate = surgeon.cheapest(|_| true).expect("six weights");
            price += candidate.saliency;
            surgeon.remove(candidate);
            cut.layers[0].prune_weights(&[candidate.place]);
        }
        surgeon.write(&mut operated);
        let loss = |network: &Network| {
            let problem = Problem { network: network.clone(), ..problem.clone() };
            problem.mean_loss(&problem.plain())
        };
        let (before, after, cut) = (loss(&fitted), loss(&operated), loss(&cut));
        assert!((after - before - price).abs() < 0.01 * price, "{before} + {price} is {after}");
        assert!(after < cut, "{after} {cut}");
    }

    /// A linear network at the minimum of its loss, by gradient descent.
    fn fitted(problem: &Problem) -> Network {
        let mut fitted = Problem { network: problem.network.clone(), ..problem.clone() };
        for _ in 0..500 {
            let plain = fitted.plain();
            let gradient = |input: usize| {
                let at = |step: f64| {
                    let mut moved = plain.clone();
                    moved.layers[0][0][input] += step;
                    fitted.mean_loss(&moved)
                };
                (at(1e-4) - at(-1e-4)) / 2e-4
            };
            let gradients: Vec<f64> = (0..7).map(gradient).collect();
            let layer = &mut fitted.network.layers[0];
            for (input, gradient) in gradients.iter().enumerate() {
                let value = if input < 6 { &mut layer.weights[[0, input]] } else { &mut layer.bias[0] };
                *value -= (0.5 * gradient) as f32;
            }
        }
        fitted.network
    }
}

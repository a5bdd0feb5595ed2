//! The vote of several networks: the mean of what they predict.
//!
//! In: the outputs z of each network for a row. Out: outputs that stand for all of them, such that a loss or a measure can take
//! them for those of a single network. Sums run in f64, in the order of the networks.

use ndarray::ArrayView1;

use super::{Loss, RowScore};
use crate::data::Targets;

/// Means of probabilities from here on are exact enough: what single precision's outputs leave out of them is less than their
/// last bit. Below, logarithms are added instead.
const SAFE: f64 = 1e-290;

impl Loss {
    /// Writes the outputs z̄ that predict the mean of what the networks' `outputs` predict; `joint` and each of them: `[outputs]`.
    ///
    /// cross_entropy: the mean of the class probabilities, z̄ = ln p̄, so that softmax(z̄) = p̄; binary_cross_entropy: the mean of
    /// the sigmoids, σ(z̄) = p̄; regression: the mean of the outputs.
    pub fn vote<'a>(self, outputs: impl Iterator<Item = ArrayView1<'a, f32>> + Clone, joint: &mut [f64]) {
        let count = outputs.clone().count() as f64;
        match self {
            Loss::CrossEntropy => vote_of_shares(outputs, count, joint),
            Loss::BinaryCrossEntropy => {
                for (k, joint) in joint.iter_mut().enumerate() {
                    let single = outputs.clone().map(|z| f64::from(z[k]));
                    *joint = ln_mean_sigmoid(single.clone(), count) - ln_mean_sigmoid(single.map(|z| -z), count);
                }
            }
            Loss::HalfMse | Loss::Mse => {
                for (k, joint) in joint.iter_mut().enumerate() {
                    *joint = outputs.clone().map(|z| f64::from(z[k])).sum::<f64>() / count;
                }
            }
        }
    }

    /// The score of a row whose outputs are a [`vote`](Self::vote); its target is number `row`.
    pub fn score_of_vote(self, joint: &[f64], targets: &Targets, row: usize) -> RowScore {
        match (self, targets) {
            (Loss::CrossEntropy, Targets::Classes(classes)) => {
                let class = classes[row] as usize;
                RowScore { loss: -joint[class], score: hit(joint, class) }
            }
            (Loss::BinaryCrossEntropy, Targets::Classes(classes)) => {
                let class = classes[row] as usize;
                let cost = |(k, &z): (usize, &f64)| softplus(if k == class { -z } else { z });
                RowScore { loss: joint.iter().enumerate().map(cost).sum(), score: hit(joint, class) }
            }
            (Loss::HalfMse | Loss::Mse, Targets::Values(values)) => {
                let error = joint[0] - f64::from(values[row]);
                let square = error * error;
                RowScore { loss: if self == Loss::HalfMse { 0.5 * square } else { square }, score: square }
            }
            _ => panic!("{self:?} is checked to fit the task before training"),
        }
    }
}

/// ln of the mean softmax.
fn vote_of_shares<'a>(outputs: impl Iterator<Item = ArrayView1<'a, f32>> + Clone, count: f64, joint: &mut [f64]) {
    joint.fill(0.0);
    for z in outputs.clone() {
        let normalizer = ln_sum_exp(z);
        joint.iter_mut().zip(z).for_each(|(sum, &z)| *sum += libm::exp(f64::from(z) - normalizer));
    }
    for (k, joint) in joint.iter_mut().enumerate() {
        let mean = *joint / count;
        // What is not a number passes through, so that a diverging network is seen.
        *joint = match mean < SAFE {
            true => ln_mean_exp(outputs.clone().map(|z| f64::from(z[k]) - ln_sum_exp(z)), count),
            false => libm::log(mean),
        };
    }
}

/// ln of the mean of σ(z).
fn ln_mean_sigmoid(z: impl Iterator<Item = f64> + Clone, count: f64) -> f64 {
    let mean = z.clone().map(|z| 1.0 / (1.0 + libm::exp(-z))).sum::<f64>() / count;
    if mean < SAFE { ln_mean_exp(z.map(|z| -softplus(-z)), count) } else { libm::log(mean) }
}

/// ln((1/n)·Σ eˣ), without ever leaving the range of numbers.
fn ln_mean_exp(x: impl Iterator<Item = f64> + Clone, count: f64) -> f64 {
    let largest = x.clone().fold(f64::NEG_INFINITY, f64::max);
    largest + libm::log(x.map(|x| libm::exp(x - largest)).sum::<f64>() / count)
}

/// ln Σ e^z
fn ln_sum_exp(z: ArrayView1<'_, f32>) -> f64 {
    let largest = f64::from(z.iter().copied().fold(f32::NEG_INFINITY, f32::max));
    largest + libm::log(z.iter().map(|&z| libm::exp(f64::from(z) - largest)).sum::<f64>())
}

/// ln(1 + e^z) = −ln σ(−z), stable for every z.
fn softplus(z: f64) -> f64 {
    libm::log1p(libm::exp(-z.abs())) + z.max(0.0)
}

/// 1 where the first of the largest outputs is that of the class, else 0.
fn hit(joint: &[f64], class: usize) -> f64 {
    let largest = (1..joint.len()).fold(0, |best, k| if joint[k] > joint[best] { k } else { best });
    if largest == class { 1.0 } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn vote(loss: Loss, networks: &[Vec<f32>]) -> Vec<f64> {
        let mut joint = vec![f64::NAN; networks[0].len()];
        loss.vote(networks.iter().map(|z| ArrayView1::from(&z[..])), &mut joint);
        joint
    }

    fn score(loss: Loss, networks: &[Vec<f32>], targets: &Targets) -> RowScore {
        loss.score_of_vote(&vote(loss, networks), targets, 0)
    }

    #[track_caller]
    fn close(found: f64, wanted: f64) {
        assert!((found - wanted).abs() < 1e-6 * wanted.abs().max(1.0), "{found}, wanted {wanted}");
    }

    #[test]
    fn two_networks_worked_by_hand() {
        // Probabilities .75, .25 and .1, .9: the mean is .425, .575, so that the second class wins against the first.
        let networks = [vec![3f32.ln(), 0.0], vec![0.0, 9f32.ln()]];
        let joint = vote(Loss::CrossEntropy, &networks);
        [0.425, 0.575].iter().zip(&joint).for_each(|(&p, &z)| close(libm::exp(z), p));
        let found = score(Loss::CrossEntropy, &networks, &Targets::Classes(vec![0]));
        close(found.loss, -libm::log(0.425));
        assert_eq!(found.score, 0.0);
        assert_eq!(score(Loss::CrossEntropy, &networks, &Targets::Classes(vec![1])).score, 1.0);
        // Sigmoids .75, .5 and .5, .9: the means are .625 and .7.
        let joint = vote(Loss::BinaryCrossEntropy, &networks);
        [0.625, 0.7].iter().zip(&joint).for_each(|(&p, &z)| close(1.0 / (1.0 + libm::exp(-z)), p));
        let found = score(Loss::BinaryCrossEntropy, &networks, &Targets::Classes(vec![0]));
        close(found.loss, -libm::log(0.625) - libm::log(0.3));
        // Outputs 1 and 4: the mean is 2.5.
        let values = [vec![1.0], vec![4.0]];
        for (loss, wanted) in [(Loss::HalfMse, 0.125), (Loss::Mse, 0.25)] {
            let found = score(loss, &values, &Targets::Values(vec![2.0]));
            assert_eq!((found.loss, found.score), (wanted, 0.25));
        }
    }

    #[test]
    fn probabilities_beyond_the_range_of_numbers_have_a_finite_loss() {
        let far = [vec![0.0, 2000.0], vec![0.0, 3000.0]];
        for loss in [Loss::CrossEntropy, Loss::BinaryCrossEntropy] {
            // -ln((e^-2000 + e^-3000) / 2), and with sigmoids the ln 2 of the first class besides.
            let besides = if loss == Loss::CrossEntropy { 0.0 } else { libm::log(2.0) };
            let found = score(loss, &far, &Targets::Classes(vec![0])).loss;
            close(found, 2000.0 + libm::log(2.0) + besides);
        }
        let diverged = [vec![0.0, f32::NAN], vec![0.0, 1.0]];
        assert!(score(Loss::CrossEntropy, &diverged, &Targets::Classes(vec![0])).loss.is_nan());
        assert!(score(Loss::BinaryCrossEntropy, &diverged, &Targets::Classes(vec![0])).loss.is_nan());
    }

    fn networks() -> impl Strategy<Value = Vec<Vec<f32>>> {
        let range = prop_oneof![-3f32..3.0, -60f32..60.0, -2000f32..2000.0];
        prop::collection::vec(prop::collection::vec(range, 3), 1..7)
    }

    proptest! {
        #[test]
        fn the_loss_of_a_vote_is_at_most_the_mean_of_the_single_losses(networks in networks(), class in 0u32..3) {
            for (loss, targets) in [
                (Loss::CrossEntropy, Targets::Classes(vec![class])),
                (Loss::BinaryCrossEntropy, Targets::Classes(vec![class])),
                (Loss::HalfMse, Targets::Values(vec![class as f32])),
            ] {
                let together = score(loss, &networks, &targets).loss;
                let single = networks.iter().map(|z| score(loss, std::slice::from_ref(z), &targets).loss);
                let mean = single.sum::<f64>() / networks.len() as f64;
                prop_assert!(together.is_finite() && together <= mean * (1.0 + 1e-12) + 1e-12, "{together} {mean}");
            }
        }

        #[test]
        fn a_vote_of_one_is_that_networks_prediction(networks in networks(), class in 0u32..3) {
            let z = &networks[0];
            for loss in [Loss::CrossEntropy, Loss::BinaryCrossEntropy] {
                let mut panel = vec![0.0; 3 * crate::nn::PANEL];
                z.iter().enumerate().for_each(|(k, &z)| panel[k * crate::nn::PANEL] = z);
                let targets = Targets::Classes(vec![class]);
                let mut single = None;
                loss.score(&panel, 1, &targets, 0, |row| single = Some(row));
                let (single, vote) = (single.unwrap(), score(loss, std::slice::from_ref(z), &targets));
                prop_assert!((single.loss - vote.loss).abs() < 1e-4 * single.loss.abs().max(1.0), "{single:?} {vote:?}");
            }
        }
    }
}

//! Losses: the distance between outputs and targets, and its gradient.
//!
//! In: the outputs z of a row (before softmax or sigmoid) and its target. Out: the row's loss, whether the prediction is
//! right or how far off, and ∂loss/∂z. Losses of a batch or a data set are means over rows.

use std::ops::Range;

use ndarray::Array2;
use serde::{Deserialize, Serialize};

use super::kernels::{self, PANEL};
use crate::data::{Targets, Task};

/// `train.loss`
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the words of the config, explained at Loss")]
pub enum LossChoice {
    CrossEntropy,
    BinaryCrossEntropy,
    HalfMse,
    Mse,
}

/// The loss of one row; z are the outputs, y the target.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Loss {
    /// −ln softmax(z)_y
    CrossEntropy,
    /// −Σ_k [y_k ln σ(z_k) + (1−y_k) ln(1−σ(z_k))], y one-hot: a sigmoid per class, summed over the classes
    BinaryCrossEntropy,
    /// ½(z − y)²
    HalfMse,
    /// (z − y)²
    Mse,
}

/// What is measured on one row.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RowScore {
    /// The row's loss.
    pub loss: f64,
    /// Classification: 1 where the class with the largest output is the target's, else 0. Regression: (z − y)².
    pub score: f64,
}

impl LossChoice {
    /// The task that the loss belongs to.
    pub fn task(self) -> Task {
        match self {
            LossChoice::CrossEntropy | LossChoice::BinaryCrossEntropy => Task::Classification,
            LossChoice::HalfMse | LossChoice::Mse => Task::Regression,
        }
    }
}

impl Loss {
    /// The chosen loss, or the task's own.
    pub fn new(choice: Option<LossChoice>, task: Task) -> Self {
        match (choice, task) {
            (Some(LossChoice::CrossEntropy), _) | (None, Task::Classification) => Loss::CrossEntropy,
            (Some(LossChoice::BinaryCrossEntropy), _) => Loss::BinaryCrossEntropy,
            (Some(LossChoice::HalfMse), _) | (None, Task::Regression) => Loss::HalfMse,
            (Some(LossChoice::Mse), _) => Loss::Mse,
        }
    }

    /// Its word in a config.
    pub fn choice(self) -> LossChoice {
        match self {
            Loss::CrossEntropy => LossChoice::CrossEntropy,
            Loss::BinaryCrossEntropy => LossChoice::BinaryCrossEntropy,
            Loss::HalfMse => LossChoice::HalfMse,
            Loss::Mse => LossChoice::Mse,
        }
    }

    /// The score of each of the first `lanes` samples of a panel of outputs `z`: [outputs, 32], in order; sample i's target
    /// is number `first + i`.
    pub fn score(self, z: &[f32], lanes: usize, targets: &Targets, first: usize, mut each: impl FnMut(RowScore)) {
        match (self, targets) {
            (Loss::CrossEntropy, Targets::Classes(classes)) => {
                let mut normalizers = [0.0; PANEL];
                kernels::log_sum_exp(z, &mut normalizers);
                for (lane, &class) in classes[first..first + lanes].iter().enumerate() {
                    let loss = f64::from(normalizers[lane]) - f64::from(z[class as usize * PANEL + lane]);
                    each(RowScore { loss, score: hit(z, lane, class) });
                }
            }
            (Loss::BinaryCrossEntropy, Targets::Classes(classes)) => {
                for (lane, &class) in classes[first..first + lanes].iter().enumerate() {
                    each(RowScore { loss: binary_cross_entropy(z, lane, class), score: hit(z, lane, class) });
                }
            }
            (Loss::HalfMse | Loss::Mse, Targets::Values(values)) => {
                for (&z, &value) in z.iter().zip(&values[first..first + lanes]) {
                    let error = f64::from(z) - f64::from(value);
                    let square = error * error;
                    each(RowScore { loss: if self == Loss::HalfMse { 0.5 * square } else { square }, score: square });
                }
            }
            _ => panic!("{self:?} is checked to fit the task before training"),
        }
    }

    /// Writes `weight`·∂loss/∂z of the first `lanes` samples into `delta`, a panel like `z`: [outputs, 32]; the other lanes
    /// become 0. The loss of shares is the mean of the classes' losses, weighted with the shares.
    pub fn gradient(self, z: &[f32], lanes: usize, targets: &Targets, first: usize, weight: f32, delta: &mut [f32]) {
        match (self, targets) {
            (Loss::CrossEntropy, Targets::Classes(classes)) => {
                let mut normalizers = [0.0; PANEL];
                kernels::log_sum_exp(z, &mut normalizers);
                kernels::softmax(z, &normalizers, weight, delta);
                subtract_hits(delta, &classes[first..first + lanes], weight);
            }
            (Loss::CrossEntropy, Targets::Shares(shares)) => {
                let mut normalizers = [0.0; PANEL];
                kernels::log_sum_exp(z, &mut normalizers);
                kernels::softmax(z, &normalizers, weight, delta);
                subtract_shares(delta, shares, first..first + lanes, weight);
            }
            (Loss::BinaryCrossEntropy, Targets::Classes(classes)) => {
                kernels::sigmoids(z, delta);
                kernels::scale(delta, weight);
                subtract_hits(delta, &classes[first..first + lanes], weight);
            }
            (Loss::BinaryCrossEntropy, Targets::Shares(shares)) => {
                kernels::sigmoids(z, delta);
                kernels::scale(delta, weight);
                subtract_shares(delta, shares, first..first + lanes, weight);
            }
            (Loss::HalfMse | Loss::Mse, Targets::Values(values)) => {
                let weight = if self == Loss::HalfMse { weight } else { 2.0 * weight };
                for ((delta, &z), &value) in delta.iter_mut().zip(z).zip(&values[first..first + lanes]) {
                    *delta = weight * (z - value);
                }
            }
            _ => panic!("{self:?} is checked to fit the task before training"),
        }
        for outputs in delta.chunks_exact_mut(PANEL) {
            outputs[lanes..].fill(0.0);
        }
        kernels::flush(delta);
    }
}

/// Takes the one-hot targets, weighted, from a panel of probabilities.
fn subtract_hits(delta: &mut [f32], classes: &[u32], weight: f32) {
    for (lane, &class) in classes.iter().enumerate() {
        delta[class as usize * PANEL + lane] -= weight;
    }
}

/// Takes the shares of some rows, weighted, from a panel of probabilities.
fn subtract_shares(delta: &mut [f32], shares: &Array2<f32>, rows: Range<usize>, weight: f32) {
    for (lane, row) in rows.enumerate() {
        for (outputs, &share) in delta.chunks_exact_mut(PANEL).zip(shares.row(row)) {
            outputs[lane] -= weight * share;
        }
    }
}

/// −Σ_k [y_k ln σ(z_k) + (1−y_k) ln(1−σ(z_k))] of one sample.
fn binary_cross_entropy(z: &[f32], lane: usize, class: u32) -> f64 {
    // −ln σ(z) = ln(1 + e^−|z|) + max(−z, 0), stable for every z.
    let cost = |z: f32| f64::from(libm::log1pf(libm::expf(-z.abs()))) + f64::from((-z).max(0.0));
    let outputs = z.iter().skip(lane).step_by(PANEL).enumerate();
    outputs.map(|(k, &z)| cost(if k == class as usize { z } else { -z })).sum()
}

/// 1 where the first of the largest outputs of a sample is that of its class, else 0.
fn hit(z: &[f32], lane: usize, class: u32) -> f64 {
    let mut largest = 0;
    for (k, outputs) in z.chunks_exact(PANEL).enumerate() {
        if outputs[lane] > z[largest * PANEL + lane] {
            largest = k;
        }
    }
    if largest == class as usize { 1.0 } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A panel with these outputs in lane 3, the last in use.
    fn panel(outputs: &[f32]) -> Vec<f32> {
        let mut z = vec![0.0; outputs.len() * PANEL];
        for (k, &output) in outputs.iter().enumerate() {
            z[k * PANEL + 3] = output;
        }
        z
    }

    /// The score of lane 3.
    fn score(loss: Loss, z: &[f32], targets: &Targets) -> RowScore {
        let mut scores = Vec::new();
        loss.score(z, 4, targets, 0, |score| scores.push(score));
        assert_eq!(scores.len(), 4);
        scores[3]
    }

    /// Four rows of the same class.
    fn classes(class: u32) -> Targets {
        Targets::Classes(vec![class; 4])
    }

    const LOSSES: [Loss; 4] = [Loss::CrossEntropy, Loss::BinaryCrossEntropy, Loss::HalfMse, Loss::Mse];

    fn example(loss: Loss) -> (Vec<f32>, Targets) {
        match loss {
            Loss::CrossEntropy | Loss::BinaryCrossEntropy => (vec![0.5, -1.0, 2.0], classes(0)),
            Loss::HalfMse | Loss::Mse => (vec![1.5], Targets::Values(vec![-0.5; 4])),
        }
    }

    #[test]
    fn losses_of_a_row_worked_by_hand() {
        // ln(e^.5 + e^−1 + e^2) − .5 = 1.741269; softplus(−.5) + softplus(−1) + softplus(2) = 2.914268; (1.5 + .5)² = 4
        for (loss, wanted) in LOSSES.into_iter().zip([1.741_269, 2.914_268, 2.0, 4.0]) {
            let (outputs, targets) = example(loss);
            let found = score(loss, &panel(&outputs), &targets).loss;
            assert!((found - wanted).abs() < 1e-4, "{loss:?}: {found}");
        }
    }

    #[test]
    fn gradients_agree_with_central_differences() {
        for loss in LOSSES {
            let (outputs, targets) = example(loss);
            let mut delta = vec![7.0; outputs.len() * PANEL];
            loss.gradient(&panel(&outputs), 4, &targets, 0, 0.5, &mut delta);
            for k in 0..outputs.len() {
                let at = |step: f32| {
                    let mut moved = outputs.clone();
                    moved[k] += step;
                    score(loss, &panel(&moved), &targets).loss
                };
                let difference = (at(1e-2) - at(-1e-2)) / 2e-2;
                assert!((f64::from(delta[k * PANEL + 3]) - 0.5 * difference).abs() < 1e-3, "{loss:?}, output {k}");
            }
            let unused = delta.iter().enumerate().filter(|(i, _)| i % PANEL > 3);
            assert!(unused.into_iter().all(|(_, &d)| d == 0.0), "{loss:?} leaves something in lanes without a sample");
        }
    }

    #[test]
    fn gradients_of_shares_are_those_of_pytorch() {
        // z = torch.tensor([[0.5, -1.0, 2.0]], requires_grad=True); F.cross_entropy(z, y).backward(); z.grad
        // for y = tensor([[0.7, 0.3, 0.0]]), for y = tensor([0]) with label_smoothing=0.1, and of the first y
        // F.binary_cross_entropy_with_logits(z, y, reduction="sum")
        let third = 0.1 / 3.0;
        for (loss, shares, wanted) in [
            (Loss::CrossEntropy, [0.7, 0.3, 0.0], [-0.5247, -0.2609, 0.7856]),
            (Loss::CrossEntropy, [0.9 + third, third, third], [-0.7580, 0.0058, 0.7523]),
            (Loss::BinaryCrossEntropy, [0.7, 0.3, 0.0], [-0.0775, -0.0311, 0.8808]),
        ] {
            let z = panel(&[0.5, -1.0, 2.0]);
            let targets = Targets::Shares(Array2::from_shape_fn((4, 3), |(_, k)| shares[k]));
            let mut delta = vec![0.0; z.len()];
            loss.gradient(&z, 4, &targets, 0, 1.0, &mut delta);
            for (k, wanted) in wanted.into_iter().enumerate() {
                assert!((delta[k * PANEL + 3] - wanted).abs() < 1e-4, "{loss:?} {shares:?}: {}", delta[k * PANEL + 3]);
            }
        }
    }

    #[test]
    fn shares_of_zero_and_one_have_the_gradient_of_hard_classes() {
        for loss in [Loss::CrossEntropy, Loss::BinaryCrossEntropy] {
            let (outputs, mut targets) = example(loss);
            let gradient = |targets: &Targets| {
                let mut delta = vec![0.0; outputs.len() * PANEL];
                loss.gradient(&panel(&outputs), 4, targets, 0, 0.25, &mut delta);
                delta
            };
            let hard = gradient(&targets);
            targets.to_shares(3).unwrap();
            assert_eq!(gradient(&targets), hard, "{loss:?}");
        }
    }

    #[test]
    fn large_outputs_do_not_overflow() {
        let z = panel(&[1e4, -1e4, 0.0]);
        for loss in [Loss::CrossEntropy, Loss::BinaryCrossEntropy] {
            let wrong = score(loss, &z, &classes(1));
            assert!(wrong.loss.is_finite() && wrong.loss >= 1e4 && wrong.score == 0.0, "{wrong:?}");
        }
    }

    #[test]
    fn the_first_of_equal_outputs_is_the_prediction() {
        let z = panel(&[1.0, 1.0]);
        assert_eq!(score(Loss::CrossEntropy, &z, &classes(0)).score, 1.0);
        assert_eq!(score(Loss::CrossEntropy, &z, &classes(1)).score, 0.0);
    }
}

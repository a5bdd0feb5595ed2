//! Losses: the distance between outputs and targets, and its gradient.
//!
//! In: the outputs z of a row (before softmax or sigmoid) and its target. Out: the row's loss, whether the prediction is
//! right or how far off, and ∂loss/∂z. Losses of a batch or a data set are means over rows.

use serde::{Deserialize, Serialize};

use super::activation::sigmoid;
use super::kernels::PANEL;
use super::optimizer::flushed;
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

    /// The score of sample `lane` of a panel of outputs `z`: [outputs, 32]; `row` is its place in `targets`.
    pub fn score(self, z: &[f32], lane: usize, targets: &Targets, row: usize) -> RowScore {
        match (self, targets) {
            (Loss::CrossEntropy | Loss::BinaryCrossEntropy, Targets::Classes(classes)) => {
                let class = classes[row] as usize;
                let column = Column { z, lane };
                let loss = match self {
                    Loss::CrossEntropy => f64::from(column.log_sum_exp()) - f64::from(column.at(class)),
                    _ => column.binary_cross_entropy(class),
                };
                RowScore { loss, score: if column.largest() == class { 1.0 } else { 0.0 } }
            }
            (Loss::HalfMse | Loss::Mse, Targets::Values(values)) => {
                let error = f64::from(z[lane]) - f64::from(values[row]);
                let square = error * error;
                RowScore { loss: if self == Loss::HalfMse { 0.5 * square } else { square }, score: square }
            }
            _ => panic!("{self:?} is checked to fit the task before training"),
        }
    }

    /// Writes `weight`·∂loss/∂z of sample `lane` into `delta`, a panel like `z`: [outputs, 32].
    pub fn gradient(self, z: &[f32], lane: usize, targets: &Targets, row: usize, weight: f32, delta: &mut [f32]) {
        match (self, targets) {
            (Loss::CrossEntropy, Targets::Classes(classes)) => {
                let column = Column { z, lane };
                let normalizer = column.log_sum_exp();
                for (k, delta) in delta.iter_mut().skip(lane).step_by(PANEL).enumerate() {
                    let hit = if k == classes[row] as usize { 1.0 } else { 0.0 };
                    *delta = flushed(weight * (libm::expf(column.at(k) - normalizer) - hit));
                }
            }
            (Loss::BinaryCrossEntropy, Targets::Classes(classes)) => {
                let column = Column { z, lane };
                for (k, delta) in delta.iter_mut().skip(lane).step_by(PANEL).enumerate() {
                    let hit = if k == classes[row] as usize { 1.0 } else { 0.0 };
                    *delta = flushed(weight * (sigmoid(column.at(k)) - hit));
                }
            }
            (Loss::HalfMse | Loss::Mse, Targets::Values(values)) => {
                let error = z[lane] - values[row];
                delta[lane] = flushed(weight * if self == Loss::HalfMse { error } else { 2.0 * error });
            }
            _ => panic!("{self:?} is checked to fit the task before training"),
        }
    }
}

/// The outputs of one sample within a panel.
#[derive(Clone, Copy)]
struct Column<'a> {
    z: &'a [f32],
    lane: usize,
}

impl<'a> Column<'a> {
    fn at(self, k: usize) -> f32 {
        self.z[k * PANEL + self.lane]
    }

    fn values(self) -> impl Iterator<Item = f32> + 'a {
        self.z.iter().skip(self.lane).step_by(PANEL).copied()
    }

    /// ln Σ e^z, from the largest down so that nothing overflows.
    fn log_sum_exp(self) -> f32 {
        let largest = self.values().fold(f32::NEG_INFINITY, f32::max);
        let sum: f32 = self.values().map(|z| libm::expf(z - largest)).sum();
        largest + libm::logf(sum)
    }

    fn binary_cross_entropy(self, class: usize) -> f64 {
        // −ln σ(z) = ln(1 + e^−|z|) + max(−z, 0), stable for every z.
        let cost = |z: f32| f64::from(libm::log1pf(libm::expf(-z.abs()))) + f64::from((-z).max(0.0));
        self.values().enumerate().map(|(k, z)| cost(if k == class { z } else { -z })).sum()
    }

    /// The first class with the largest output.
    fn largest(self) -> usize {
        let mut best = 0;
        for (k, z) in self.values().enumerate() {
            if z > self.at(best) {
                best = k;
            }
        }
        best
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A panel with these outputs in lane 3.
    fn panel(outputs: &[f32]) -> Vec<f32> {
        let mut z = vec![0.0; outputs.len() * PANEL];
        for (k, &output) in outputs.iter().enumerate() {
            z[k * PANEL + 3] = output;
        }
        z
    }

    const LOSSES: [Loss; 4] = [Loss::CrossEntropy, Loss::BinaryCrossEntropy, Loss::HalfMse, Loss::Mse];

    fn example(loss: Loss) -> (Vec<f32>, Targets) {
        match loss {
            Loss::CrossEntropy | Loss::BinaryCrossEntropy => (vec![0.5, -1.0, 2.0], Targets::Classes(vec![0])),
            Loss::HalfMse | Loss::Mse => (vec![1.5], Targets::Values(vec![-0.5])),
        }
    }

    #[test]
    fn losses_of_a_row_worked_by_hand() {
        // ln(e^.5 + e^−1 + e^2) − .5 = 1.741269; softplus(−.5) + softplus(−1) + softplus(2) = 2.914268; (1.5 + .5)² = 4
        for (loss, wanted) in LOSSES.into_iter().zip([1.741_269, 2.914_268, 2.0, 4.0]) {
            let (outputs, targets) = example(loss);
            let found = loss.score(&panel(&outputs), 3, &targets, 0).loss;
            assert!((found - wanted).abs() < 1e-4, "{loss:?}: {found}");
        }
    }

    #[test]
    fn gradients_agree_with_central_differences() {
        for loss in LOSSES {
            let (outputs, targets) = example(loss);
            let mut delta = vec![0.0; outputs.len() * PANEL];
            loss.gradient(&panel(&outputs), 3, &targets, 0, 0.5, &mut delta);
            for k in 0..outputs.len() {
                let at = |step: f32| {
                    let mut moved = outputs.clone();
                    moved[k] += step;
                    loss.score(&panel(&moved), 3, &targets, 0).loss
                };
                let difference = (at(1e-2) - at(-1e-2)) / 2e-2;
                assert!((f64::from(delta[k * PANEL + 3]) - 0.5 * difference).abs() < 1e-3, "{loss:?}, output {k}");
            }
            let others = delta.iter().enumerate().filter(|(i, _)| i % PANEL != 3);
            assert!(others.into_iter().all(|(_, &d)| d == 0.0), "{loss:?} touches other samples");
        }
    }

    #[test]
    fn large_outputs_do_not_overflow() {
        let z = panel(&[1e4, -1e4, 0.0]);
        for loss in [Loss::CrossEntropy, Loss::BinaryCrossEntropy] {
            let wrong = loss.score(&z, 3, &Targets::Classes(vec![1]), 0);
            assert!(wrong.loss.is_finite() && wrong.loss >= 1e4 && wrong.score == 0.0, "{wrong:?}");
        }
    }

    #[test]
    fn the_first_of_equal_outputs_is_the_prediction() {
        let z = panel(&[1.0, 1.0]);
        assert_eq!(Loss::CrossEntropy.score(&z, 3, &Targets::Classes(vec![0]), 0).score, 1.0);
        assert_eq!(Loss::CrossEntropy.score(&z, 3, &Targets::Classes(vec![1]), 0).score, 0.0);
    }
}

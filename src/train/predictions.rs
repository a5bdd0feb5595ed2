//! What is predicted of the rows of a part, kept until the part is seen in full.
//!
//! In: the outputs of each row, of a network or of a vote. Out: the predicted classes and probabilities, judged.

use crate::metric::Classified;
use crate::nn::Loss;

/// Predictions of the rows of a part, in their order.
pub(super) struct Predictions {
    loss: Loss,
    classes: usize,
    /// `[rows]` the class with the largest output, of equals the first.
    predicted: Vec<u32>,
    /// `[rows, classes]`
    probabilities: Vec<f64>,
}

impl Predictions {
    /// Of no row yet.
    pub fn new(loss: Loss, classes: usize) -> Self {
        Self { loss, classes, predicted: Vec::new(), probabilities: Vec::new() }
    }

    /// How many rows there are.
    pub fn rows(&self) -> usize {
        self.predicted.len()
    }

    /// Adds a row by its outputs before softmax or sigmoid, `[classes]`.
    pub fn add(&mut self, outputs: &[f64]) {
        let largest =
            (1..outputs.len()).fold(0, |best, class| if outputs[class] > outputs[best] { class } else { best });
        self.predicted.push(largest as u32);
        let start = self.probabilities.len();
        match self.loss {
            // The probabilities of single classes, made to add up to 1: softmax of ln σ(z).
            Loss::BinaryCrossEntropy => self.probabilities.extend(outputs.iter().map(|&z| ln_sigmoid(z))),
            _ => self.probabilities.extend(outputs),
        }
        softmax(&mut self.probabilities[start..]);
    }

    /// What they are worth, where these are the true classes, `[rows]`.
    pub fn judged(&self, truth: &[u32]) -> Classified {
        Classified::of(truth, &self.predicted, &self.probabilities, self.classes)
    }
}

/// ln σ(z) = −ln(1 + e^−z), stable for every z.
fn ln_sigmoid(z: f64) -> f64 {
    z.min(0.0) - libm::log1p(libm::exp(-z.abs()))
}

fn softmax(z: &mut [f64]) {
    let largest = z.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    z.iter_mut().for_each(|z| *z = libm::exp(*z - largest));
    let sum: f64 = z.iter().sum();
    z.iter_mut().for_each(|p| *p /= sum);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn probabilities(loss: Loss, outputs: &[f64]) -> Vec<f64> {
        let mut predictions = Predictions::new(loss, outputs.len());
        predictions.add(outputs);
        predictions.probabilities.iter().map(|p| libm::round(p * 1e12) / 1e12).collect()
    }

    #[test]
    fn probabilities_add_up_to_one_whatever_the_loss() {
        assert_eq!(probabilities(Loss::CrossEntropy, &[0.0, libm::log(3.0)]), [0.25, 0.75]);
        // σ: 1/2 and 3/4, of 5/4 together.
        assert_eq!(probabilities(Loss::BinaryCrossEntropy, &[0.0, libm::log(3.0)]), [0.4, 0.6]);
        // Where every σ is 0 in numbers, their ratio is not.
        assert_eq!(probabilities(Loss::BinaryCrossEntropy, &[-1e4, -1e4]), [0.5, 0.5]);
        assert_eq!(probabilities(Loss::CrossEntropy, &[1e4, -1e4]), [1.0, 0.0]);
    }

    #[test]
    fn the_first_of_the_largest_outputs_is_predicted() {
        let mut predictions = Predictions::new(Loss::CrossEntropy, 3);
        [[1.0, 2.0, 2.0], [0.0, 0.0, 0.0]].iter().for_each(|row| predictions.add(row));
        assert_eq!((predictions.rows(), predictions.predicted), (2, vec![1, 0]));
    }
}

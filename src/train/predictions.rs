//! What is predicted of the rows of a part, kept until the part is seen in full.
//!
//! In: the outputs of each row, of a network or of a vote. Out: the predicted classes and probabilities, judged.

use crate::metric::Classified;
use crate::nn::{Loss, first_largest};

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
        self.predicted.push(first_largest(outputs) as u32);
        let start = self.probabilities.len();
        self.probabilities.resize(start + outputs.len(), 0.0);
        self.loss.probabilities(outputs, &mut self.probabilities[start..]);
    }

    /// What they are worth, where these are the true classes, `[rows]`.
    pub fn judged(&self, truth: &[u32]) -> Classified {
        Classified::of(truth, &self.predicted, &self.probabilities, self.classes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_of_the_largest_outputs_is_predicted() {
        let mut predictions = Predictions::new(Loss::CrossEntropy, 3);
        [[1.0, 2.0, 2.0], [0.0, 0.0, 0.0]].iter().for_each(|row| predictions.add(row));
        assert_eq!((predictions.rows(), predictions.predicted), (2, vec![1, 0]));
    }
}

//! What the outputs of a network for classes predict.
//!
//! In: the outputs z of a row, of a network or of a vote. Out: the class, and the probability of each.

use super::Loss;

impl Loss {
    /// Writes the probabilities that `outputs` stand for; both `[classes]`. They add up to 1: of binary cross-entropy, which has
    /// a probability for each class by itself, they are made to.
    pub fn probabilities(self, outputs: &[f64], probabilities: &mut [f64]) {
        match self {
            // softmax of ln σ(z)
            Loss::BinaryCrossEntropy => {
                probabilities.iter_mut().zip(outputs).for_each(|(p, &z)| *p = ln_sigmoid(z));
            }
            _ => probabilities.copy_from_slice(outputs),
        }
        softmax(probabilities);
    }
}

/// The index of the largest output, of equals the first.
pub fn first_largest(outputs: &[f64]) -> usize {
    (1..outputs.len()).fold(0, |best, class| if outputs[class] > outputs[best] { class } else { best })
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
        let mut probabilities = vec![f64::NAN; outputs.len()];
        loss.probabilities(outputs, &mut probabilities);
        probabilities.iter().map(|p| libm::round(p * 1e12) / 1e12).collect()
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
}

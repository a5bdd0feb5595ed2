//! What the losses are at the outputs: slope and curvature in z, in double precision.
//!
//! In: a row's outputs z (before softmax or sigmoid) and its target. Out: ∂E/∂z, the diagonal of ∂²E/∂z², and the vectors
//! whose outer products add up to the whole of ∂²E/∂z². The losses are those of [`Loss`].

use super::slopes::sigmoid;
use crate::data::Targets;
use crate::nn::Loss;

impl Loss {
    /// ∂E/∂z of the row whose target is number `row`, into `gradient`: `[outputs]`
    pub(super) fn output_gradient(self, z: &[f64], targets: &Targets, row: usize, gradient: &mut [f64]) {
        self.predict(z, gradient);
        match targets {
            Targets::Classes(classes) => gradient[classes[row] as usize] -= 1.0,
            Targets::Values(values) => gradient[0] -= f64::from(values[row]),
            Targets::Shares(shares) => {
                gradient.iter_mut().zip(shares.row(row)).for_each(|(gradient, &share)| *gradient -= f64::from(share));
            }
        }
        if self == Loss::Mse {
            gradient.iter_mut().for_each(|gradient| *gradient *= 2.0);
        }
    }

    /// The diagonal of ∂²E/∂z², which depends on no target, into `curvature`: `[outputs]`
    pub(super) fn output_curvature(self, z: &[f64], curvature: &mut [f64]) {
        match self {
            Loss::CrossEntropy | Loss::BinaryCrossEntropy => {
                self.predict(z, curvature);
                curvature.iter_mut().for_each(|p| *p *= 1.0 - *p);
            }
            Loss::HalfMse => curvature.fill(1.0),
            Loss::Mse => curvature.fill(2.0),
        }
    }

    /// Vectors v with Σ v·vᵀ = ∂²E/∂z², each `[outputs]`; those of nothing but zeros are left out.
    ///
    /// For the softmax that matrix is diag(p) − p·pᵀ, the covariance of a one-hot draw. Drawn class by class, the class is k
    /// or a later one; with r_k = Σ_{j≥k} p_j that gives v_k = √(p_k·r_{k+1}/r_k)·(e_k − Σ_{j>k} p_j/r_{k+1}·e_j), one fewer
    /// than there are classes.
    pub(super) fn output_factors(self, z: &[f64]) -> Vec<Vec<f64>> {
        let mut p = vec![0.0; z.len()];
        self.predict(z, &mut p);
        let alone = |k: usize, value: f64| (0..z.len()).map(|j| if j == k { value } else { 0.0 }).collect();
        let factors: Vec<Vec<f64>> = match self {
            Loss::CrossEntropy => covariance_factors(&p),
            Loss::BinaryCrossEntropy => p.iter().enumerate().map(|(k, p)| alone(k, (p * (1.0 - p)).sqrt())).collect(),
            Loss::HalfMse => vec![alone(0, 1.0)],
            Loss::Mse => vec![alone(0, core::f64::consts::SQRT_2)],
        };
        factors.into_iter().filter(|factor| factor.iter().any(|&value| value != 0.0)).collect()
    }

    /// What the outputs stand for: probabilities of the classes, or the value itself.
    fn predict(self, z: &[f64], prediction: &mut [f64]) {
        match self {
            Loss::CrossEntropy => softmax(z, prediction),
            Loss::BinaryCrossEntropy => prediction.iter_mut().zip(z).for_each(|(p, &z)| *p = sigmoid(z)),
            Loss::HalfMse | Loss::Mse => prediction.copy_from_slice(z),
        }
    }
}

/// p_k = e^z_k / Σ_j e^z_j
fn softmax(z: &[f64], p: &mut [f64]) {
    let largest = z.iter().fold(f64::NEG_INFINITY, |largest, &z| largest.max(z));
    p.iter_mut().zip(z).for_each(|(p, &z)| *p = libm::exp(z - largest));
    let sum: f64 = p.iter().sum();
    p.iter_mut().for_each(|p| *p /= sum);
}

/// The v_k of [`Loss::output_factors`].
fn covariance_factors(p: &[f64]) -> Vec<Vec<f64>> {
    let mut rest = vec![0.0; p.len() + 1];
    for k in (0..p.len()).rev() {
        rest[k] = rest[k + 1] + p[k];
    }
    let factor = |k: usize| {
        let mut factor = vec![0.0; p.len()];
        if p[k] > 0.0 && rest[k + 1] > 0.0 {
            let length = (p[k] * (rest[k + 1] / rest[k])).sqrt();
            factor[k] = length;
            for j in k + 1..p.len() {
                factor[j] = -length * (p[j] / rest[k + 1]);
            }
        }
        factor
    };
    (0..p.len().saturating_sub(1)).map(factor).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const LOSSES: [Loss; 4] = [Loss::CrossEntropy, Loss::BinaryCrossEntropy, Loss::HalfMse, Loss::Mse];

    fn example(loss: Loss) -> (Vec<f64>, Targets) {
        match loss {
            Loss::CrossEntropy | Loss::BinaryCrossEntropy => (vec![0.5, -1.0, 2.0], Targets::Classes(vec![1, 0])),
            Loss::HalfMse | Loss::Mse => (vec![1.5], Targets::Values(vec![9.0, -0.5])),
        }
    }

    fn gradient(loss: Loss, z: &[f64], targets: &Targets) -> Vec<f64> {
        let mut gradient = vec![7.0; z.len()];
        loss.output_gradient(z, targets, 1, &mut gradient);
        gradient
    }

    /// Σ v·vᵀ, row by row.
    fn sum_of_outer_products(loss: Loss, z: &[f64]) -> Vec<Vec<f64>> {
        let mut sum = vec![vec![0.0; z.len()]; z.len()];
        for factor in loss.output_factors(z) {
            for (sums, a) in sum.iter_mut().zip(&factor) {
                sums.iter_mut().zip(&factor).for_each(|(sum, b)| *sum += a * b);
            }
        }
        sum
    }

    #[test]
    fn two_classes_of_a_quarter_and_three_quarters() {
        let z = [0.0, libm::log(3.0)];
        let mut curvature = [0.0; 2];
        Loss::CrossEntropy.output_curvature(&z, &mut curvature);
        assert!(curvature.iter().all(|c| (c - 0.1875).abs() < 1e-15), "p(1−p) = 3/16: {curvature:?}");
        let factors = Loss::CrossEntropy.output_factors(&z);
        assert_eq!(factors.len(), 1, "one class fewer");
        let wanted = 0.1875f64.sqrt();
        assert!((factors[0][0] - wanted).abs() < 1e-15 && (factors[0][1] + wanted).abs() < 1e-15, "{factors:?}");
    }

    #[test]
    fn gradients_are_those_of_the_losses() {
        // softmax(.5, −1, 2) = .175290, .039112, .785597; σ = .622459, .268941, .880797; 1.5 + .5 = 2
        let wanted =
            [vec![-0.824_710, 0.039_112, 0.785_597], vec![-0.377_541, 0.268_941, 0.880_797], vec![2.0], vec![4.0]];
        for (loss, wanted) in LOSSES.into_iter().zip(wanted) {
            let (z, targets) = example(loss);
            let found = gradient(loss, &z, &targets);
            assert!(found.iter().zip(&wanted).all(|(a, b)| (a - b).abs() < 1e-6), "{loss:?}: {found:?}");
        }
    }

    #[test]
    fn a_one_hot_share_is_the_class() {
        let shares = Targets::Shares(ndarray::array![[0.0, 1.0, 0.0], [1.0, 0.0, 0.0]]);
        for loss in [Loss::CrossEntropy, Loss::BinaryCrossEntropy] {
            let (z, classes) = example(loss);
            assert_eq!(gradient(loss, &z, &shares), gradient(loss, &z, &classes));
        }
    }

    #[test]
    fn curvature_is_the_difference_of_gradients() {
        const STEP: f64 = 1e-5;
        for loss in LOSSES {
            let (z, targets) = example(loss);
            let whole = sum_of_outer_products(loss, &z);
            let mut diagonal = vec![0.0; z.len()];
            loss.output_curvature(&z, &mut diagonal);
            for k in 0..z.len() {
                let at = |step: f64| {
                    let mut moved = z.clone();
                    moved[k] += step;
                    gradient(loss, &moved, &targets)
                };
                for (j, (above, below)) in at(STEP).iter().zip(at(-STEP)).enumerate() {
                    let difference = (above - below) / (2.0 * STEP);
                    assert!(
                        (whole[j][k] - difference).abs() < 1e-9,
                        "{loss:?}, {j}, {k}: {} {difference}",
                        whole[j][k]
                    );
                }
                assert!((whole[k][k] - diagonal[k]).abs() < 1e-12, "{loss:?}: the diagonal of the whole");
            }
        }
    }

    proptest! {
        #[test]
        fn factors_of_any_outputs_make_the_covariance(z in proptest::collection::vec(-800.0..800.0f64, 1..6)) {
            let mut p = vec![0.0; z.len()];
            softmax(&z, &mut p);
            let found = sum_of_outer_products(Loss::CrossEntropy, &z);
            for j in 0..z.len() {
                for k in 0..z.len() {
                    let wanted = if j == k { p[j] - p[j] * p[j] } else { -p[j] * p[k] };
                    prop_assert!((found[j][k] - wanted).abs() < 1e-12, "{found:?} of {p:?}");
                }
            }
        }
    }
}

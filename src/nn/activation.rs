//! Activations of the hidden layers, and their derivatives.
//!
//! In: pre-activations z. Out: h = f(z), and δ·f′(z) on the way back. The definitions are PyTorch's (leaky_relu with slope
//! 0.01, gelu with the error function); transcendental functions come from `libm`, so that every machine computes the same.

use serde::{Deserialize, Serialize};

/// `model.activation`
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Activation {
    /// max(z, 0)
    Relu,
    /// z for z > 0, else 0.01·z
    LeakyRelu,
    /// z·Φ(z), Φ the distribution function of the standard normal
    Gelu,
    /// z·σ(z)
    Silu,
    /// tanh(z)
    Tanh,
    /// σ(z) = 1 / (1 + e^−z)
    Sigmoid,
    /// z
    Identity,
}

/// Slope of leaky_relu below 0 (PyTorch's default).
const LEAK: f32 = 0.01;

/// σ(x) = 1 / (1 + e^−x)
pub(super) fn sigmoid(x: f32) -> f32 {
    1.0 / (1.0 + libm::expf(-x))
}

/// Φ(x), the standard normal's distribution function.
fn normal_distribution(x: f32) -> f32 {
    0.5 * (1.0 + libm::erff(x * core::f32::consts::FRAC_1_SQRT_2))
}

/// φ(x), the standard normal's density.
fn normal_density(x: f32) -> f32 {
    // 1/√(2π)
    const PEAK: f32 = 0.398_942_3;
    PEAK * libm::expf(-0.5 * x * x)
}

impl Activation {
    /// h ← f(z), element by element.
    pub fn forward(self, z: &[f32], h: &mut [f32]) {
        fn each(z: &[f32], h: &mut [f32], f: impl Fn(f32) -> f32) {
            for (h, &z) in h.iter_mut().zip(z) {
                *h = f(z);
            }
        }
        match self {
            // Written so that NaN passes through: a diverging network must be seen.
            Activation::Relu => each(z, h, |z| if z <= 0.0 { 0.0 } else { z }),
            Activation::LeakyRelu => each(z, h, |z| if z <= 0.0 { LEAK * z } else { z }),
            Activation::Gelu => each(z, h, |z| z * normal_distribution(z)),
            Activation::Silu => each(z, h, |z| z * sigmoid(z)),
            Activation::Tanh => each(z, h, libm::tanhf),
            Activation::Sigmoid => each(z, h, sigmoid),
            Activation::Identity => h.copy_from_slice(z),
        }
    }

    /// δ ← δ·f′(z), where `h` is f(z).
    pub fn backward(self, z: &[f32], h: &[f32], delta: &mut [f32]) {
        fn each(a: &[f32], delta: &mut [f32], derivative: impl Fn(f32) -> f32) {
            for (delta, &a) in delta.iter_mut().zip(a) {
                *delta *= derivative(a);
            }
        }
        match self {
            Activation::Relu => each(z, delta, |z| if z > 0.0 { 1.0 } else { 0.0 }),
            Activation::LeakyRelu => each(z, delta, |z| if z > 0.0 { 1.0 } else { LEAK }),
            Activation::Gelu => each(z, delta, |z| normal_distribution(z) + z * normal_density(z)),
            Activation::Silu => each(z, delta, |z| {
                let s = sigmoid(z);
                s * (1.0 + z * (1.0 - s))
            }),
            Activation::Tanh => each(h, delta, |h| 1.0 - h * h),
            Activation::Sigmoid => each(h, delta, |h| h * (1.0 - h)),
            Activation::Identity => {}
        }
    }

    /// The gain by which He's initialisation allows for the activation (PyTorch's `calculate_gain`; gelu and silu, which
    /// it does not list, as relu, which they approach).
    pub fn gain(self) -> f64 {
        match self {
            Activation::Relu | Activation::Gelu | Activation::Silu => core::f64::consts::SQRT_2,
            Activation::LeakyRelu => libm::sqrt(2.0 / (1.0 + f64::from(LEAK) * f64::from(LEAK))),
            Activation::Tanh => 5.0 / 3.0,
            Activation::Sigmoid | Activation::Identity => 1.0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [Activation; 7] = [
        Activation::Relu,
        Activation::LeakyRelu,
        Activation::Gelu,
        Activation::Silu,
        Activation::Tanh,
        Activation::Sigmoid,
        Activation::Identity,
    ];

    fn at(activation: Activation, z: f32) -> f32 {
        let mut h = [0.0];
        activation.forward(&[z], &mut h);
        h[0]
    }

    #[test]
    fn values_at_one_and_minus_two_are_pytorchs() {
        // torch.nn.functional.<name>(torch.tensor([1., -2.]))
        let expected = [
            (1.0, 0.0),
            (1.0, -0.02),
            (0.841_344_7, -0.045_500_3),
            (0.731_058_6, -0.238_405_8),
            (0.761_594_2, -0.964_027_6),
            (0.731_058_6, 0.119_202_9),
            (1.0, -2.0),
        ];
        for (activation, (one, minus_two)) in ALL.into_iter().zip(expected) {
            assert!((at(activation, 1.0) - one).abs() < 1e-6, "{activation:?}");
            assert!((at(activation, -2.0) - minus_two).abs() < 1e-6, "{activation:?}");
        }
    }

    #[test]
    fn derivatives_agree_with_central_differences() {
        for activation in ALL {
            for z in [-3.0f32, -0.7, 0.4, 2.5] {
                let step = 1e-2;
                let difference = (at(activation, z + step) - at(activation, z - step)) / (2.0 * step);
                let mut delta = [1.0];
                activation.backward(&[z], &[at(activation, z)], &mut delta);
                assert!((delta[0] - difference).abs() < 1e-3, "{activation:?} at {z}: {} {difference}", delta[0]);
            }
        }
    }

    #[test]
    fn a_number_that_is_none_passes_through() {
        for activation in ALL {
            assert!(at(activation, f32::NAN).is_nan(), "{activation:?}");
        }
    }
}

//! Activations of the hidden layers, and their derivatives.
//!
//! In: pre-activations z. Out: h = f(z), and δ·f′(z) on the way back. The definitions are PyTorch's (leaky_relu with slope
//! 0.01, gelu with the error function). The loops are those of `kernels`; the error function comes from `libm`, so that every
//! machine computes the same.

use serde::{Deserialize, Serialize};

use super::kernels;

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
    /// Every activation.
    pub const ALL: [Activation; 7] = [
        Activation::Relu,
        Activation::LeakyRelu,
        Activation::Gelu,
        Activation::Silu,
        Activation::Tanh,
        Activation::Sigmoid,
        Activation::Identity,
    ];

    /// h ← f(z), element by element.
    pub fn forward(self, z: &[f32], h: &mut [f32]) {
        match self {
            Activation::Relu => kernels::relu(z, h),
            Activation::LeakyRelu => kernels::leaky_relu(z, h, LEAK),
            Activation::Gelu => h.iter_mut().zip(z).for_each(|(h, &z)| *h = z * normal_distribution(z)),
            Activation::Silu => kernels::silu(z, h),
            Activation::Tanh => kernels::tanhs(z, h),
            Activation::Sigmoid => kernels::sigmoids(z, h),
            Activation::Identity => h.copy_from_slice(z),
        }
    }

    /// δ ← δ·f′(z), where `h` is f(z).
    pub fn backward(self, z: &[f32], h: &[f32], delta: &mut [f32]) {
        match self {
            Activation::Relu => kernels::leaky_relu_back(z, delta, 0.0),
            Activation::LeakyRelu => kernels::leaky_relu_back(z, delta, LEAK),
            Activation::Gelu => {
                let derivative = |z| normal_distribution(z) + z * normal_density(z);
                delta.iter_mut().zip(z).for_each(|(delta, &z)| *delta *= derivative(z));
            }
            Activation::Silu => kernels::silu_back(z, delta),
            Activation::Tanh => kernels::tanh_back(h, delta),
            Activation::Sigmoid => kernels::sigmoid_back(h, delta),
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
        for (activation, (one, minus_two)) in Activation::ALL.into_iter().zip(expected) {
            assert!((at(activation, 1.0) - one).abs() < 1e-6, "{activation:?}");
            assert!((at(activation, -2.0) - minus_two).abs() < 1e-6, "{activation:?}");
        }
    }

    #[test]
    fn derivatives_agree_with_central_differences() {
        for activation in Activation::ALL {
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
        for activation in Activation::ALL {
            assert!(at(activation, f32::NAN).is_nan(), "{activation:?}");
        }
    }
}

//! The activations with their first and second derivatives, in double precision.
//!
//! In: a pre-activation z. Out: f(z), f′(z), f″(z), of the same f that [`Activation::forward`] computes in single precision.

use crate::nn::Activation;

/// f and its derivatives at some z.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Slopes {
    /// f(z)
    pub value: f64,
    /// f′(z)
    pub first: f64,
    /// f″(z)
    pub second: f64,
}

/// Slope of leaky_relu below 0: that of single precision, to the last bit.
const LEAK: f64 = 0.01f32 as f64;

impl Slopes {
    /// Those of `activation` at `z`. Where f has a corner, at 0, the slope is that from below, and nothing bends.
    pub fn of(activation: Activation, z: f64) -> Self {
        let (value, first, second) = match activation {
            Activation::Relu => leaky(z, 0.0),
            Activation::LeakyRelu => leaky(z, LEAK),
            Activation::Gelu => gelu(z),
            Activation::Silu => {
                let s = sigmoid(z);
                let slope = s * (1.0 - s);
                (z * s, s + z * slope, slope * (2.0 + z * (1.0 - 2.0 * s)))
            }
            Activation::Tanh => {
                let t = libm::tanh(z);
                let slope = 1.0 - t * t;
                (t, slope, -2.0 * t * slope)
            }
            Activation::Sigmoid => {
                let s = sigmoid(z);
                let slope = s * (1.0 - s);
                (s, slope, slope * (1.0 - 2.0 * s))
            }
            Activation::Identity => (z, 1.0, 0.0),
        };
        Self { value, first, second }
    }
}

/// σ(z) = 1 / (1 + e^−z)
pub(super) fn sigmoid(z: f64) -> f64 {
    1.0 / (1.0 + libm::exp(-z))
}

fn leaky(z: f64, leak: f64) -> (f64, f64, f64) {
    if z > 0.0 { (z, 1.0, 0.0) } else { (leak * z, leak, 0.0) }
}

/// f = z·Φ, f′ = Φ + z·φ, f″ = φ·(2 − z²), since φ′ = −z·φ.
fn gelu(z: f64) -> (f64, f64, f64) {
    // 1/√(2π)
    const PEAK: f64 = 0.398_942_280_401_432_7;
    let distribution = 0.5 * libm::erfc(-z * core::f64::consts::FRAC_1_SQRT_2);
    let density = PEAK * libm::exp(-0.5 * z * z);
    (z * distribution, distribution + z * density, density * (2.0 - z * z))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLACES: [f64; 8] = [-6.0, -3.0, -0.7, -0.1, 0.1, 0.4, 2.5, 6.0];

    #[test]
    fn values_are_those_of_single_precision() {
        for activation in Activation::ALL {
            for z in PLACES {
                let mut h = [0.0];
                activation.forward(&[z as f32], &mut h);
                let found = Slopes::of(activation, f64::from(z as f32)).value;
                assert!((found - f64::from(h[0])).abs() < 1e-6, "{activation:?} at {z}: {found}, {}", h[0]);
            }
        }
    }

    #[test]
    fn each_derivative_agrees_with_central_differences_of_what_it_derives() {
        const STEP: f64 = 1e-5;
        for activation in Activation::ALL {
            for z in PLACES {
                let (below, above) = (Slopes::of(activation, z - STEP), Slopes::of(activation, z + STEP));
                let here = Slopes::of(activation, z);
                let first = (above.value - below.value) / (2.0 * STEP);
                let second = (above.first - below.first) / (2.0 * STEP);
                assert!((here.first - first).abs() < 1e-9, "{activation:?}′ at {z}: {} {first}", here.first);
                assert!((here.second - second).abs() < 1e-9, "{activation:?}″ at {z}: {} {second}", here.second);
            }
        }
    }

    #[test]
    fn large_arguments_stay_finite_and_a_number_that_is_none_stays_so() {
        for activation in Activation::ALL {
            for z in [-1e3, 1e3] {
                let Slopes { value, first, second } = Slopes::of(activation, z);
                assert!(value.is_finite() && first.is_finite() && second == 0.0, "{activation:?} at {z}");
            }
            assert!(Slopes::of(activation, f64::NAN).value.is_nan(), "{activation:?}");
        }
    }
}

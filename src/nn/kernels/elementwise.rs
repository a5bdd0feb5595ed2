//! Loops over numbers side by side, compiled for each set of instructions.
//!
//! No number depends on its neighbours, so that the width of a vector changes no bit. Multiply-adds are fused where the
//! source says so, and nowhere else.

use super::draws::mix;
use super::instructions::Instructions;
use super::math::{exp, ln, sigmoid, tanh};
use super::{PANEL, TINY};

/// Compiles a function for each set of instructions, and chooses among them when it is called.
macro_rules! for_each_instruction_set {
    ($($(#[$attribute:meta])* pub fn $name:ident($($argument:ident: $type:ty),* $(,)?) $body:block)*) => {$(
        $(#[$attribute])*
        pub fn $name($($argument: $type),*) {
            #[inline(always)]
            fn generic($($argument: $type),*) $body

            #[cfg(target_arch = "x86_64")]
            #[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,avx2,fma")]
            fn avx512($($argument: $type),*) {
                generic($($argument),*)
            }

            #[cfg(target_arch = "x86_64")]
            #[target_feature(enable = "avx2,fma")]
            fn avx2($($argument: $type),*) {
                generic($($argument),*)
            }

            match Instructions::current() {
                // SAFETY: these instructions were found on the processor.
                #[cfg(target_arch = "x86_64")]
                Instructions::Avx512 => unsafe { avx512($($argument),*) },
                // SAFETY: as above.
                #[cfg(target_arch = "x86_64")]
                Instructions::Avx2 => unsafe { avx2($($argument),*) },
                _ => generic($($argument),*),
            }
        }
    )*};
}

pub(super) use for_each_instruction_set;

/// `x`, or 0 where its magnitude is below [`TINY`].
#[inline(always)]
pub(super) fn flushed(x: f32) -> f32 {
    if x.abs() < TINY { 0.0 } else { x }
}

/// The constants of a step of Adam, ready for [`adam`].
#[derive(Debug, Clone, Copy)]
pub struct AdamStep {
    /// β₁, 1 − β₁, β₂, 1 − β₂
    pub betas: [f32; 4],
    /// η / (1 − β₁ᵗ)
    pub rate: f32,
    /// 1 / √(1 − β₂ᵗ)
    pub widen: f32,
    /// ε
    pub epsilon: f32,
}

/// Words that make the draws of a row of 32 lanes: each gives two.
const WORDS: usize = PANEL / 2;

for_each_instruction_set! {
    /// h ← max(z, 0); what is not a number passes through, so that a diverging network is seen.
    pub fn relu(z: &[f32], h: &mut [f32]) {
        for (h, &z) in h.iter_mut().zip(z) {
            *h = if z <= 0.0 { 0.0 } else { z };
        }
    }

    /// h ← z, or slope·z below 0.
    pub fn leaky_relu(z: &[f32], h: &mut [f32], slope: f32) {
        for (h, &z) in h.iter_mut().zip(z) {
            *h = if z <= 0.0 { slope * z } else { z };
        }
    }

    /// h ← σ(z)
    pub fn sigmoids(z: &[f32], h: &mut [f32]) {
        for (h, &z) in h.iter_mut().zip(z) {
            *h = sigmoid(z);
        }
    }

    /// h ← z·σ(z)
    pub fn silu(z: &[f32], h: &mut [f32]) {
        for (h, &z) in h.iter_mut().zip(z) {
            *h = z * sigmoid(z);
        }
    }

    /// h ← tanh(z)
    pub fn tanhs(z: &[f32], h: &mut [f32]) {
        for (h, &z) in h.iter_mut().zip(z) {
            *h = tanh(z);
        }
    }

    /// δ ← δ where z > 0, else slope·δ
    pub fn leaky_relu_back(z: &[f32], delta: &mut [f32], slope: f32) {
        for (delta, &z) in delta.iter_mut().zip(z) {
            *delta *= if z > 0.0 { 1.0 } else { slope };
        }
    }

    /// δ ← δ·h·(1 − h)
    pub fn sigmoid_back(h: &[f32], delta: &mut [f32]) {
        for (delta, &h) in delta.iter_mut().zip(h) {
            *delta *= h * (1.0 - h);
        }
    }

    /// δ ← δ·d(z·σ(z))/dz
    pub fn silu_back(z: &[f32], delta: &mut [f32]) {
        for (delta, &z) in delta.iter_mut().zip(z) {
            let s = sigmoid(z);
            *delta *= s * (1.0 + z * (1.0 - s));
        }
    }

    /// δ ← δ·(1 − h²)
    pub fn tanh_back(h: &[f32], delta: &mut [f32]) {
        for (delta, &h) in delta.iter_mut().zip(h) {
            *delta *= 1.0 - h * h;
        }
    }

    /// Sets what is smaller than [`TINY`] in magnitude to 0.
    pub fn flush(values: &mut [f32]) {
        for value in values {
            *value = flushed(*value);
        }
    }

    /// values ← factor·values
    pub fn scale(values: &mut [f32], factor: f32) {
        for value in values {
            *value *= factor;
        }
    }

    /// values ← values·factors
    pub fn multiply(values: &mut [f32], factors: &[f32]) {
        for (value, &factor) in values.iter_mut().zip(factors) {
            *value *= factor;
        }
    }

    /// to ← from·factor
    pub fn scaled(from: &[f32], factor: f32, to: &mut [f32]) {
        for (to, &from) in to.iter_mut().zip(from) {
            *to = from * factor;
        }
    }

    /// to ← from·factors
    pub fn multiplied(from: &[f32], factors: &[f32], to: &mut [f32]) {
        for ((to, &from), &factor) in to.iter_mut().zip(from).zip(factors) {
            *to = from * factor;
        }
    }

    /// y ← y + factor·x, product and sum each rounded.
    pub fn add_scaled(factor: f32, x: &[f32], y: &mut [f32]) {
        for (y, &x) in y.iter_mut().zip(x) {
            *y += factor * x;
        }
    }

    /// w ← w − η·g
    pub fn sgd(weights: &mut [f32], gradient: &[f32], rate: f32) {
        for (w, &g) in weights.iter_mut().zip(gradient) {
            *w -= rate * g;
        }
    }

    /// m ← μ·m + g; w ← w − η·m
    pub fn momentum(weights: &mut [f32], gradient: &[f32], moment: &mut [f32], rate: f32, mu: f32) {
        for ((w, &g), m) in weights.iter_mut().zip(gradient).zip(moment) {
            *m = flushed(mu * *m + g);
            *w -= rate * *m;
        }
    }

    /// m ← μ·m + g; w ← w − η·(g + μ·m)
    pub fn nesterov(weights: &mut [f32], gradient: &[f32], moment: &mut [f32], rate: f32, mu: f32) {
        for ((w, &g), m) in weights.iter_mut().zip(gradient).zip(moment) {
            *m = flushed(mu * *m + g);
            *w -= rate * (g + mu * *m);
        }
    }

    /// v ← α·v + (1−α)·g²; w ← w − η·g / (√v + ε); `alphas` are α and 1 − α.
    pub fn rmsprop(weights: &mut [f32], gradient: &[f32], square: &mut [f32], rate: f32, alphas: [f32; 2], epsilon: f32) {
        for ((w, &g), v) in weights.iter_mut().zip(gradient).zip(square) {
            *v = flushed(alphas[0] * *v + alphas[1] * g * g);
            *w -= rate * g / (v.sqrt() + epsilon);
        }
    }

    /// m ← β₁m + (1−β₁)g; v ← β₂v + (1−β₂)g²; w ← w − rate·m / (√v·widen + ε)
    pub fn adam(weights: &mut [f32], gradient: &[f32], first: &mut [f32], second: &mut [f32], step: AdamStep) {
        let [keep1, new1, keep2, new2] = step.betas;
        for (((w, &g), m), v) in weights.iter_mut().zip(gradient).zip(first).zip(second) {
            *m = flushed(keep1 * *m + new1 * g);
            *v = flushed(keep2 * *v + new2 * g * g);
            *w -= step.rate * *m / (v.sqrt() * step.widen + step.epsilon);
        }
    }

    /// ln Σ_k e^z(k) of each sample of a panel of outputs `z`: [outputs, 32].
    pub fn log_sum_exp(z: &[f32], normalizers: &mut [f32; PANEL]) {
        let mut largest = [f32::NEG_INFINITY; PANEL];
        for outputs in z.chunks_exact(PANEL) {
            for (largest, &z) in largest.iter_mut().zip(outputs) {
                *largest = if z > *largest { z } else { *largest };
            }
        }
        let mut sums = [0.0; PANEL];
        for outputs in z.chunks_exact(PANEL) {
            for ((sum, &z), &largest) in sums.iter_mut().zip(outputs).zip(&largest) {
                *sum += exp(z - largest);
            }
        }
        for ((normalizer, &sum), &largest) in normalizers.iter_mut().zip(&sums).zip(&largest) {
            *normalizer = largest + ln(sum);
        }
    }

    /// δ ← weight·e^(z − normalizer): the softmax of each sample of a panel, weighted.
    pub fn softmax(z: &[f32], normalizers: &[f32; PANEL], weight: f32, delta: &mut [f32]) {
        for (delta, outputs) in delta.chunks_exact_mut(PANEL).zip(z.chunks_exact(PANEL)) {
            for ((delta, &z), &normalizer) in delta.iter_mut().zip(outputs).zip(normalizers) {
                *delta = weight * exp(z - normalizer);
            }
        }
    }

    /// Factors of dropout: 0 with probability `dropped` / 65536, else `kept`, from a counter-based stream of this key.
    ///
    /// Word i is a mix of the counter i under the key (two rounds, the second half of the key between them); its halves decide
    /// on two lanes of the same row of 32.
    pub fn mask(key: [u32; 2], dropped: u32, kept: f32, factors: &mut [f32]) {
        for (row, lanes) in factors.chunks_exact_mut(PANEL).enumerate() {
            let (low, high) = lanes.split_at_mut(WORDS);
            for (word, (low, high)) in low.iter_mut().zip(high).enumerate() {
                let counter = (row * WORDS + word) as u32;
                let bits = mix(mix(counter ^ key[0]) ^ key[1]);
                *low = if (bits & 0xffff) < dropped { 0.0 } else { kept };
                *high = if (bits >> 16) < dropped { 0.0 } else { kept };
            }
        }
    }
}

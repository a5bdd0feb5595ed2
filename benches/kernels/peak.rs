//! Fused multiply-adds on numbers that never leave the registers: as many as one core can do.
//!
//! In: about how many floating-point operations. Out: how many there were, and a sum of all, which is there so that none
//! can be left out.

use std::hint::black_box;

/// Steps x ← x/2 + 1 of many independent chains: x stays near 2, neither denormal nor infinite.
const FACTOR: f32 = 0.5;
const SUMMAND: f32 = 1.0;

/// Does about `operations` operations with the widest vectors there are, a multiply-add being two.
pub fn multiply_adds(operations: f64) -> (f64, f32) {
    #[cfg(target_arch = "x86_64")]
    {
        if is_x86_feature_detected!("avx512f") {
            let steps = steps(operations, x86::CHAINS_512 * 16);
            // SAFETY: the instructions were found on the processor.
            return (done(steps, x86::CHAINS_512 * 16), unsafe { x86::chains_512(steps) });
        }
        if is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma") {
            let steps = steps(operations, x86::CHAINS_256 * 8);
            // SAFETY: the instructions were found on the processor.
            return (done(steps, x86::CHAINS_256 * 8), unsafe { x86::chains_256(steps) });
        }
    }
    let steps = steps(operations, CHAINS);
    (done(steps, CHAINS), chains(steps))
}

/// Steps in which so many chains do so many operations.
fn steps(operations: f64, chains: usize) -> usize {
    (operations / (2 * chains) as f64).ceil() as usize
}

/// Operations that so many chains do in so many steps.
fn done(steps: usize, chains: usize) -> f64 {
    2.0 * steps as f64 * chains as f64
}

/// Enough for four vector pipelines of four lanes and four cycles' latency.
const CHAINS: usize = 64;

/// Where multiply-adds belong to the target (aarch64) the compiler makes vectors of this.
fn chains(steps: usize) -> f32 {
    let mut x: [f32; CHAINS] = std::array::from_fn(|chain| black_box(chain as f32));
    for _ in 0..steps {
        for x in &mut x {
            *x = x.mul_add(FACTOR, SUMMAND);
        }
    }
    x.iter().sum()
}

#[cfg(target_arch = "x86_64")]
mod x86 {
    use std::arch::x86_64::*;
    use std::hint::black_box;

    use super::{FACTOR, SUMMAND};

    /// Vectors in flight: more than two pipelines of four cycles' latency need, and so few that the compiler keeps them all
    /// in registers (of 24 it put nine into memory, which made a peak that the product exceeded).
    pub const CHAINS_512: usize = 12;
    /// As above, of the 16 registers of AVX2.
    pub const CHAINS_256: usize = 12;

    #[target_feature(enable = "avx512f")]
    pub fn chains_512(steps: usize) -> f32 {
        let (factor, summand) = (_mm512_set1_ps(FACTOR), _mm512_set1_ps(SUMMAND));
        let mut x: [__m512; CHAINS_512] = std::array::from_fn(|chain| _mm512_set1_ps(black_box(chain as f32)));
        for _ in 0..steps {
            for x in &mut x {
                *x = _mm512_fmadd_ps(*x, factor, summand);
            }
        }
        _mm512_reduce_add_ps(x.into_iter().fold(_mm512_setzero_ps(), |sum, x| _mm512_add_ps(sum, x)))
    }

    #[target_feature(enable = "avx2,fma")]
    pub fn chains_256(steps: usize) -> f32 {
        let (factor, summand) = (_mm256_set1_ps(FACTOR), _mm256_set1_ps(SUMMAND));
        let mut x: [__m256; CHAINS_256] = std::array::from_fn(|chain| _mm256_set1_ps(black_box(chain as f32)));
        for _ in 0..steps {
            for x in &mut x {
                *x = _mm256_fmadd_ps(*x, factor, summand);
            }
        }
        _mm256_cvtss_f32(x.into_iter().fold(_mm256_setzero_ps(), |sum, x| _mm256_add_ps(sum, x)))
    }
}

//! Vectors of what the processor has: the few operations that the product is made of.
//!
//! Each is one instruction, and each rounds once, so that all give the same bits.

use super::PANEL;

/// A vector of [`Vector::LANES`] numbers, which divide [`PANEL`].
pub(super) trait Vector: Copy {
    /// Numbers in a vector.
    const LANES: usize;
    /// All lanes `x`.
    ///
    /// # Safety
    /// The processor has the vector's instructions.
    unsafe fn splat(x: f32) -> Self;
    /// The numbers at `from`.
    ///
    /// # Safety
    /// The processor has the vector's instructions, and `LANES` numbers can be read.
    unsafe fn load(from: *const f32) -> Self;
    /// Writes the numbers to `to`.
    ///
    /// # Safety
    /// The processor has the vector's instructions, and `LANES` numbers can be written.
    unsafe fn store(self, to: *mut f32);
    /// The first `count` numbers at `from`, then zeros.
    ///
    /// # Safety
    /// The processor has the vector's instructions, and the lesser of `count` and `LANES` numbers can be read.
    unsafe fn load_first(from: *const f32, count: usize) -> Self;
    /// Writes the first `count` numbers to `to`, all of them where it is more.
    ///
    /// # Safety
    /// The processor has the vector's instructions, and the lesser of `count` and `LANES` numbers can be written.
    unsafe fn store_first(self, to: *mut f32, count: usize);
    /// self·factor + sum, rounded once.
    ///
    /// # Safety
    /// The processor has the vector's instructions.
    unsafe fn multiply_add(self, factor: Self, sum: Self) -> Self;
}

/// A panel in numbers one by one. The compiler makes vectors of it where fused multiply-adds belong to the target
/// (aarch64); elsewhere it calls the C library's `fmaf`, which is slow and right.
impl Vector for [f32; PANEL] {
    const LANES: usize = PANEL;

    #[inline(always)]
    unsafe fn splat(x: f32) -> Self {
        [x; PANEL]
    }

    #[inline(always)]
    unsafe fn load(from: *const f32) -> Self {
        // SAFETY: the caller vouches for PANEL numbers.
        unsafe { from.cast::<Self>().read_unaligned() }
    }

    #[inline(always)]
    unsafe fn store(self, to: *mut f32) {
        // SAFETY: the caller vouches for PANEL numbers.
        unsafe { to.cast::<Self>().write_unaligned(self) }
    }

    #[inline(always)]
    unsafe fn load_first(from: *const f32, count: usize) -> Self {
        // SAFETY: the caller vouches for as many numbers.
        std::array::from_fn(|lane| if lane < count { unsafe { from.add(lane).read() } } else { 0.0 })
    }

    #[inline(always)]
    unsafe fn store_first(self, to: *mut f32, count: usize) {
        for (lane, number) in self.into_iter().enumerate().take(count) {
            // SAFETY: the caller vouches for as many numbers.
            unsafe { to.add(lane).write(number) }
        }
    }

    #[inline(always)]
    unsafe fn multiply_add(self, factor: Self, sum: Self) -> Self {
        std::array::from_fn(|lane| self[lane].mul_add(factor[lane], sum[lane]))
    }
}

#[cfg(target_arch = "x86_64")]
mod x86 {
    use std::arch::x86_64::*;

    use super::Vector;

    /// A mask of the first `count` of 8 lanes.
    ///
    /// # Safety
    /// The processor has AVX2.
    #[inline(always)]
    unsafe fn first_of_8(count: usize) -> __m256i {
        // SAFETY: the caller vouches for the instructions.
        unsafe { _mm256_cmpgt_epi32(_mm256_set1_epi32(count.min(8) as i32), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7)) }
    }

    /// A mask of the first `count` of 16 lanes.
    #[inline(always)]
    fn first_of_16(count: usize) -> u16 {
        if count < 16 { (1 << count) - 1 } else { u16::MAX }
    }

    /// Needs AVX2 and FMA.
    impl Vector for __m256 {
        const LANES: usize = 8;

        #[inline(always)]
        unsafe fn splat(x: f32) -> Self {
            // SAFETY: the caller vouches for the instructions.
            unsafe { _mm256_set1_ps(x) }
        }

        #[inline(always)]
        unsafe fn load(from: *const f32) -> Self {
            // SAFETY: the caller vouches for instructions and memory.
            unsafe { _mm256_loadu_ps(from) }
        }

        #[inline(always)]
        unsafe fn store(self, to: *mut f32) {
            // SAFETY: the caller vouches for instructions and memory.
            unsafe { _mm256_storeu_ps(to, self) }
        }

        #[inline(always)]
        unsafe fn load_first(from: *const f32, count: usize) -> Self {
            // SAFETY: the caller vouches for instructions and memory; what the mask leaves out is not read.
            unsafe { _mm256_maskload_ps(from, first_of_8(count)) }
        }

        #[inline(always)]
        unsafe fn store_first(self, to: *mut f32, count: usize) {
            // SAFETY: the caller vouches for instructions and memory; what the mask leaves out is not written.
            unsafe { _mm256_maskstore_ps(to, first_of_8(count), self) }
        }

        #[inline(always)]
        unsafe fn multiply_add(self, factor: Self, sum: Self) -> Self {
            // SAFETY: the caller vouches for the instructions.
            unsafe { _mm256_fmadd_ps(self, factor, sum) }
        }
    }

    /// Needs AVX-512F.
    impl Vector for __m512 {
        const LANES: usize = 16;

        #[inline(always)]
        unsafe fn splat(x: f32) -> Self {
            // SAFETY: the caller vouches for the instructions.
            unsafe { _mm512_set1_ps(x) }
        }

        #[inline(always)]
        unsafe fn load(from: *const f32) -> Self {
            // SAFETY: the caller vouches for instructions and memory.
            unsafe { _mm512_loadu_ps(from) }
        }

        #[inline(always)]
        unsafe fn store(self, to: *mut f32) {
            // SAFETY: the caller vouches for instructions and memory.
            unsafe { _mm512_storeu_ps(to, self) }
        }

        #[inline(always)]
        unsafe fn load_first(from: *const f32, count: usize) -> Self {
            // SAFETY: the caller vouches for instructions and memory; what the mask leaves out is not read.
            unsafe { _mm512_maskz_loadu_ps(first_of_16(count), from) }
        }

        #[inline(always)]
        unsafe fn store_first(self, to: *mut f32, count: usize) {
            // SAFETY: the caller vouches for instructions and memory; what the mask leaves out is not written.
            unsafe { _mm512_mask_storeu_ps(to, first_of_16(count), self) }
        }

        #[inline(always)]
        unsafe fn multiply_add(self, factor: Self, sum: Self) -> Self {
            // SAFETY: the caller vouches for the instructions.
            unsafe { _mm512_fmadd_ps(self, factor, sum) }
        }
    }
}

//! The product, compiled for each vector width, and the choice among them at run time.
//!
//! One generic source serves all. What is `unsafe` here, and in the files beside this one, are unchecked memory accesses,
//! whose bounds [`product`] asserts once, and calls of functions compiled for instructions that were found on the processor.

#[cfg(target_arch = "x86_64")]
use std::arch::x86_64::{__m256, __m512};

use super::vector::Vector;
use super::{Instructions, PANEL, Panel, Scalars, Start};

/// c(m, j) = start + Σ_k a(m, k)·b(k, j) for m in 0..`rows`, k in 0..`depth`, j in 0..`b.columns`, where c(m, j) is
/// `c[m·c_row + j]`.
///
/// # Panics
/// If a slice is too short for what is asked.
pub fn product(start: Start<'_>, a: Scalars<'_>, b: Panel<'_>, depth: usize, rows: usize, c: &mut [f32], c_row: usize) {
    if rows == 0 || b.columns == 0 {
        return;
    }
    assert!(b.columns <= PANEL, "a panel has no more columns");
    assert!(c.len() >= (rows - 1) * c_row + b.columns, "c is too short");
    if depth > 0 {
        assert!(a.values.len() > (rows - 1) * a.row + (depth - 1) * a.step, "a is too short");
        assert!(b.values.len() >= (depth - 1) * b.row + PANEL, "b is too short");
    }
    if let Start::Rows(values) = start {
        assert!(values.len() >= rows, "start is too short");
    }
    let job = Job { start, a, b, depth, rows, c: c.as_mut_ptr(), c_row };
    // SAFETY: the bounds were asserted above, and only instructions that were found on the processor are current.
    unsafe {
        match Instructions::current() {
            #[cfg(target_arch = "x86_64")]
            Instructions::Avx512 => avx512(&job),
            #[cfg(target_arch = "x86_64")]
            Instructions::Avx2 => avx2(&job),
            _ => in_tiles::<[f32; PANEL], 1, 4>(&job),
        }
    }
}

/// A product that is to be computed. Whoever makes one vouches that a, b, c and start are as large as rows and depth say,
/// and that c is not aliased.
struct Job<'a> {
    start: Start<'a>,
    a: Scalars<'a>,
    b: Panel<'a>,
    depth: usize,
    rows: usize,
    c: *mut f32,
    c_row: usize,
}

/// # Safety
/// The processor has AVX-512F, and the job's sizes are right.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f")]
unsafe fn avx512(job: &Job<'_>) {
    // 12 rows of two vectors: 24 of the 32 registers hold sums.
    // SAFETY: the caller vouches for it.
    unsafe {
        if job.b.columns <= __m512::LANES { in_tiles::<__m512, 1, 12>(job) } else { in_tiles::<__m512, 2, 12>(job) }
    }
}

/// # Safety
/// The processor has AVX2 and FMA, and the job's sizes are right.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
unsafe fn avx2(job: &Job<'_>) {
    // 3 rows of four vectors, or 6 of two: 12 of the 16 registers hold sums.
    // SAFETY: the caller vouches for it.
    unsafe {
        if job.b.columns <= 2 * __m256::LANES { in_tiles::<__m256, 2, 6>(job) } else { in_tiles::<__m256, 4, 3>(job) }
    }
}

/// The product in tiles of `M` rows, the rest in smaller ones. `N` vectors hold the columns that are wanted.
///
/// # Safety
/// The processor has the instructions of `V`, and the job's sizes are right.
#[inline(always)]
unsafe fn in_tiles<V: Vector, const N: usize, const M: usize>(job: &Job<'_>) {
    let mut row = 0;
    // SAFETY: a tile of n rows begins at a row of which at least n are left.
    unsafe {
        while job.rows - row >= M {
            tile::<V, N, M>(job, row);
            row += M;
        }
        while job.rows - row >= 4 {
            tile::<V, N, 4>(job, row);
            row += 4;
        }
        match job.rows - row {
            3 => tile::<V, N, 3>(job, row),
            2 => tile::<V, N, 2>(job, row),
            1 => tile::<V, N, 1>(job, row),
            _ => {}
        }
    }
}

/// Rows `first`..`first + M` of the product, their sums held in registers.
///
/// # Safety
/// As [`in_tiles`], and the rows exist.
#[inline(always)]
#[expect(clippy::needless_range_loop, reason = "m and n index memory as well as sums")]
unsafe fn tile<V: Vector, const N: usize, const M: usize>(job: &Job<'_>, first: usize) {
    const { assert!(N * V::LANES <= PANEL) };
    let Job { start, a, b, depth, c, c_row, .. } = *job;
    let is_whole = b.columns == N * V::LANES;
    let left = |n: usize| b.columns.saturating_sub(n * V::LANES);
    // SAFETY: m, k and n stay below M, depth and N, for which the caller vouches.
    unsafe {
        let c = c.add(first * c_row);
        let mut sums = [[V::splat(0.0); N]; M];
        for m in 0..M {
            for n in 0..N {
                sums[m][n] = match start {
                    Start::Zero => V::splat(0.0),
                    Start::Rows(values) => V::splat(*values.get_unchecked(first + m)),
                    Start::Continue if is_whole => V::load(c.add(m * c_row + n * V::LANES)),
                    Start::Continue => V::load_first(c.wrapping_add(m * c_row + n * V::LANES), left(n)),
                };
            }
        }
        let mut scalars = a.values.as_ptr().wrapping_add(first * a.row);
        let mut panel = b.values.as_ptr();
        for _ in 0..depth {
            let mut vectors = [V::splat(0.0); N];
            for n in 0..N {
                vectors[n] = V::load(panel.add(n * V::LANES));
            }
            for m in 0..M {
                let scalar = V::splat(*scalars.add(m * a.row));
                for n in 0..N {
                    sums[m][n] = scalar.multiply_add(vectors[n], sums[m][n]);
                }
            }
            // Wrapping: behind the last row the pointers may leave the slices, unused.
            scalars = scalars.wrapping_add(a.step);
            panel = panel.wrapping_add(b.row);
        }
        for m in 0..M {
            for n in 0..N {
                if is_whole {
                    sums[m][n].store(c.add(m * c_row + n * V::LANES));
                } else {
                    sums[m][n].store_first(c.wrapping_add(m * c_row + n * V::LANES), left(n));
                }
            }
        }
    }
}

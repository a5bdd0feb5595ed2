//! The product, compiled for each vector width, and the choice among them at run time.
//!
//! One generic source serves all: the compiler turns the fixed-size inner loops into vectors of what the instruction set
//! has. The `unsafe` of the engine is confined to this file: unchecked reads, whose bounds [`product`] asserts once, and
//! calls of functions compiled for instructions that were found on the processor.

use super::{PANEL, Panel, Scalars, Start};

/// c(m, j) = start + Σ_k a(m, k)·b(k, j) for m in 0..`rows`, k in 0..`depth`, j in 0..PANEL, where c(m, j) is
/// `c[m·c_row + j]`.
///
/// # Panics
/// If a slice is too short for what is asked.
pub fn product(
    start: Start<'_>,
    a: Scalars<'_>,
    b: Panel<'_>,
    depth: usize,
    rows: usize,
    c: &mut [f32],
    c_row: usize,
) {
    if rows == 0 {
        return;
    }
    assert!(c.len() >= (rows - 1) * c_row + PANEL, "c is too short");
    if depth > 0 {
        assert!(a.values.len() > (rows - 1) * a.row + (depth - 1) * a.step, "a is too short");
        assert!(b.values.len() >= (depth - 1) * b.row + PANEL, "b is too short");
    }
    if let Start::Rows(values) = start {
        assert!(values.len() >= rows, "start is too short");
    }
    #[cfg(target_arch = "x86_64")]
    {
        if std::is_x86_feature_detected!("avx512f") {
            // SAFETY: the processor has AVX-512F, and the bounds were asserted above.
            return unsafe { product_avx512(start, a, b, depth, rows, c, c_row) };
        }
        if std::is_x86_feature_detected!("avx2") && std::is_x86_feature_detected!("fma") {
            // SAFETY: the processor has AVX2 and FMA, and the bounds were asserted above.
            return unsafe { product_avx2(start, a, b, depth, rows, c, c_row) };
        }
    }
    // SAFETY: the bounds were asserted above.
    unsafe { product_in_tiles::<3>(start, a, b, depth, rows, c, c_row) }
}

/// # Safety
/// The processor has AVX-512F; bounds as [`product`] asserts them.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,fma")]
unsafe fn product_avx512(
    start: Start<'_>,
    a: Scalars<'_>,
    b: Panel<'_>,
    depth: usize,
    rows: usize,
    c: &mut [f32],
    c_row: usize,
) {
    // 12 rows of two 16-lane vectors: 24 of the 32 registers.
    // SAFETY: passed on to the caller.
    unsafe { product_in_tiles::<12>(start, a, b, depth, rows, c, c_row) }
}

/// # Safety
/// The processor has AVX2 and FMA; bounds as [`product`] asserts them.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
unsafe fn product_avx2(
    start: Start<'_>,
    a: Scalars<'_>,
    b: Panel<'_>,
    depth: usize,
    rows: usize,
    c: &mut [f32],
    c_row: usize,
) {
    // 3 rows of four 8-lane vectors: 12 of the 16 registers.
    // SAFETY: passed on to the caller.
    unsafe { product_in_tiles::<3>(start, a, b, depth, rows, c, c_row) }
}

/// The product in tiles of `M` rows, then in tiles of one row.
///
/// # Safety
/// Bounds as [`product`] asserts them.
#[inline(always)]
unsafe fn product_in_tiles<const M: usize>(
    start: Start<'_>,
    a: Scalars<'_>,
    b: Panel<'_>,
    depth: usize,
    rows: usize,
    c: &mut [f32],
    c_row: usize,
) {
    let mut row = 0;
    // SAFETY (all calls): a tile of n rows begins at a row of which at least n are left.
    unsafe {
        while rows - row >= M {
            tile::<M>(start, a, b, depth, row, c, c_row);
            row += M;
        }
        while rows - row >= 4 {
            tile::<4>(start, a, b, depth, row, c, c_row);
            row += 4;
        }
        match rows - row {
            3 => tile::<3>(start, a, b, depth, row, c, c_row),
            2 => tile::<2>(start, a, b, depth, row, c, c_row),
            1 => tile::<1>(start, a, b, depth, row, c, c_row),
            _ => {}
        }
    }
}

/// Rows `first`..`first + M` of the product, their sums held in registers.
///
/// # Safety
/// Bounds as [`product`] asserts them, and `first + M` rows exist.
#[inline(always)]
unsafe fn tile<const M: usize>(
    start: Start<'_>,
    a: Scalars<'_>,
    b: Panel<'_>,
    depth: usize,
    first: usize,
    c: &mut [f32],
    c_row: usize,
) {
    let mut sums = [[0.0f32; PANEL]; M];
    for (m, sum) in sums.iter_mut().enumerate() {
        match start {
            Start::Zero => {}
            Start::Rows(values) => *sum = [values[first + m]; PANEL],
            Start::Continue => sum.copy_from_slice(&c[(first + m) * c_row..][..PANEL]),
        }
    }
    for k in 0..depth {
        // SAFETY: k < depth and first + m < rows, for which the caller vouches.
        let panel = unsafe { &*b.values.as_ptr().add(k * b.row).cast::<[f32; PANEL]>() };
        for (m, sum) in sums.iter_mut().enumerate() {
            // SAFETY: as above.
            let scalar = unsafe { *a.values.get_unchecked((first + m) * a.row + k * a.step) };
            for (sum, &value) in sum.iter_mut().zip(panel) {
                *sum = scalar.mul_add(value, *sum);
            }
        }
    }
    for (m, sum) in sums.iter().enumerate() {
        c[(first + m) * c_row..][..PANEL].copy_from_slice(sum);
    }
}

//! Sums over the lanes of a panel.
//!
//! In: rows of 32 numbers. Out: one number for each, with the same bits whatever the processor has.

#[cfg(target_arch = "x86_64")]
use std::arch::x86_64::*;

use super::{Instructions, PANEL};

/// Adds to each of `sums` the numbers of its row of 32 `lanes`, added up by a fixed binary tree.
///
/// # Panics
/// If there are fewer rows than sums.
pub fn add_row_sums(lanes: &[f32], sums: &mut [f32]) {
    assert!(lanes.len() >= sums.len() * PANEL, "there is a row for each sum");
    match Instructions::current() {
        // SAFETY: AVX was found on the processor along with AVX2.
        #[cfg(target_arch = "x86_64")]
        Instructions::Avx2 | Instructions::Avx512 => unsafe { add_by_avx(lanes, sums) },
        _ => {
            for (sum, row) in sums.iter_mut().zip(lanes.chunks_exact(PANEL)) {
                *sum += tree(row);
            }
        }
    }
}

/// The sum of a row: its second half is added to the first until one number is left.
fn tree(row: &[f32]) -> f32 {
    let mut sums = [0.0; PANEL];
    sums.copy_from_slice(row);
    let mut width = PANEL / 2;
    while width > 0 {
        for lane in 0..width {
            sums[lane] += sums[lane + width];
        }
        width /= 2;
    }
    sums[0]
}

/// The same tree within vectors. The compiler does worse: it gathers a lane of several rows at a time.
///
/// # Safety
/// The processor has AVX.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx")]
unsafe fn add_by_avx(lanes: &[f32], sums: &mut [f32]) {
    for (sum, row) in sums.iter_mut().zip(lanes.chunks_exact(PANEL)) {
        // SAFETY: a row has 32 numbers.
        let [a, b, c, d] = [0, 8, 16, 24].map(|first| unsafe { _mm256_loadu_ps(row.as_ptr().add(first)) });
        let eight = _mm256_add_ps(_mm256_add_ps(a, c), _mm256_add_ps(b, d));
        let four = _mm_add_ps(_mm256_castps256_ps128(eight), _mm256_extractf128_ps::<1>(eight));
        let two = _mm_add_ps(four, _mm_movehl_ps(four, four));
        *sum += _mm_cvtss_f32(_mm_add_ss(two, _mm_shuffle_ps::<1>(two, two)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn vectors_add_up_a_row_as_the_tree_does() {
        let lanes: Vec<f32> = (0..5 * PANEL).map(|i| 1.0 / (i as f32 + 1.5)).collect();
        let mut sums = [1.0, 2.0, 3.0, 4.0, 5.0];
        add_row_sums(&lanes, &mut sums);
        for (row, &found) in sums.iter().enumerate() {
            let wanted = row as f32 + 1.0 + tree(&lanes[row * PANEL..][..PANEL]);
            assert_eq!(found.to_bits(), wanted.to_bits(), "row {row}");
        }
    }
}

//! Matrices turned over, in blocks of 8 by 8.
//!
//! In: numbers row by row. Out: the same numbers column by column.

#[cfg(target_arch = "x86_64")]
use std::arch::x86_64::*;

use super::Instructions;

/// Rows and columns of a block.
const SIDE: usize = 8;

/// to(j, i) = from(i, j) for i in 0..`rows` and j in 0..`columns`. The rows of `from` begin `from_row` numbers apart, those of
/// `to` `to_row` numbers.
///
/// # Panics
/// If a slice is too short for what is asked.
pub fn transpose(from: &[f32], from_row: usize, rows: usize, columns: usize, to: &mut [f32], to_row: usize) {
    if rows == 0 || columns == 0 {
        return;
    }
    assert!(columns <= from_row && from.len() >= (rows - 1) * from_row + columns, "from is too short");
    assert!(rows <= to_row && to.len() >= (columns - 1) * to_row + rows, "to is too short");
    let (block_rows, block_columns) = match Instructions::current() {
        #[cfg(target_arch = "x86_64")]
        Instructions::Avx2 | Instructions::Avx512 => {
            let size = (rows / SIDE * SIDE, columns / SIDE * SIDE);
            // SAFETY: AVX2 was found on the processor, and the bounds were asserted above.
            unsafe { in_blocks(from.as_ptr(), from_row, size, to.as_mut_ptr(), to_row) };
            size
        }
        _ => (0, 0),
    };
    for i in 0..rows {
        for j in if i < block_rows { block_columns..columns } else { 0..columns } {
            to[j * to_row + i] = from[i * from_row + j];
        }
    }
}

/// Turns `size` (rows, columns), which are whole blocks.
///
/// # Safety
/// The processor has AVX2, and both matrices are as large as that.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
unsafe fn in_blocks(from: *const f32, from_row: usize, size: (usize, usize), to: *mut f32, to_row: usize) {
    for i in (0..size.0).step_by(SIDE) {
        for j in (0..size.1).step_by(SIDE) {
            // SAFETY: a whole block begins at (i, j) of `from`, and at (j, i) of `to`.
            unsafe { block(|row| from.add((i + row) * from_row + j), |row| to.add((j + row) * to_row + i)) };
        }
    }
}

/// Turns one block, whose rows begin where `from` and `to` say.
///
/// # Safety
/// The processor has AVX2, and [`SIDE`] numbers can be read and written at each row.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
#[inline]
unsafe fn block(from: impl Fn(usize) -> *const f32, to: impl Fn(usize) -> *mut f32) {
    // SAFETY: the caller vouches for the memory.
    unsafe {
        // Row r of each half beside row r + 4 of it: what remains is to turn four blocks of 4 by 4, two at a time.
        let halves = |row: usize, half: usize| {
            let low = _mm_loadu_ps(from(row).add(4 * half));
            _mm256_insertf128_ps::<1>(_mm256_castps128_ps256(low), _mm_loadu_ps(from(row + 4).add(4 * half)))
        };
        for half in 0..2 {
            let rows = [halves(0, half), halves(1, half), halves(2, half), halves(3, half)];
            let (a, b) = (_mm256_unpacklo_ps(rows[0], rows[1]), _mm256_unpackhi_ps(rows[0], rows[1]));
            let (c, d) = (_mm256_unpacklo_ps(rows[2], rows[3]), _mm256_unpackhi_ps(rows[2], rows[3]));
            _mm256_storeu_ps(to(4 * half), _mm256_shuffle_ps::<0x44>(a, c));
            _mm256_storeu_ps(to(4 * half + 1), _mm256_shuffle_ps::<0xee>(a, c));
            _mm256_storeu_ps(to(4 * half + 2), _mm256_shuffle_ps::<0x44>(b, d));
            _mm256_storeu_ps(to(4 * half + 3), _mm256_shuffle_ps::<0xee>(b, d));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_element_changes_places_and_nothing_else_is_written() {
        for (rows, columns) in [(1, 1), (8, 8), (32, 30), (7, 32), (17, 40), (0, 5)] {
            let (from_row, to_row) = (columns + 3, rows + 2);
            let from: Vec<f32> = (0..(rows * from_row)).map(|i| i as f32 + 1.0).collect();
            let mut to = vec![0.0; columns * to_row];
            transpose(&from, from_row, rows, columns, &mut to, to_row);
            for (place, &found) in to.iter().enumerate() {
                let (j, i) = (place / to_row, place % to_row);
                let wanted = if i < rows { from[i * from_row + j] } else { 0.0 };
                assert_eq!(found, wanted, "{rows} rows, {columns} columns, element ({i}, {j})");
            }
        }
    }
}

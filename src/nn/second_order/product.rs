//! The matrix product under the second-order pass.
//!
//! A product of a library would choose fused instructions by the processor it runs on, and with them the last bits. Here
//! every element is summed over k in ascending order, each product and each sum rounded once.

use ndarray::{Array2, ArrayView2};

/// Rows and columns of C whose sums are kept in registers: eight vectors of two numbers, half of what x86-64 always has.
const TILE: usize = 4;
/// Rows of A that are packed at once: with [`DEPTH`] they fill half of a second-level cache of 512 kB.
const ROWS: usize = 128;
/// Numbers of k that are packed at once.
const DEPTH: usize = 256;

/// Some rows of A or columns of B, side by side for each k; what is missing of the last ones is 0.
type Strip = Vec<[f64; TILE]>;

/// C ← C + A·B: `c` [rows, columns], `a` [rows, depth], `b` [depth, columns].
///
/// # Panics
/// If the shapes do not fit each other.
pub(super) fn add_product(c: &mut Array2<f64>, a: ArrayView2<'_, f64>, b: ArrayView2<'_, f64>) {
    let (rows, columns) = c.dim();
    assert_eq!((a.nrows(), b.ncols(), a.ncols()), (rows, columns, b.nrows()), "the shapes of a product fit each other");
    let c = c.as_slice_mut().expect("the matrices of the second-order pass are kept in standard layout");
    for first in (0..a.ncols()).step_by(DEPTH) {
        let depth = first..a.ncols().min(first + DEPTH);
        for top in (0..rows).step_by(ROWS) {
            let strips: Vec<(usize, Strip)> = (top..rows.min(top + ROWS))
                .step_by(TILE)
                .map(|row| (row, pack(depth.len(), |k, lane| a.get((row + lane, first + k)))))
                .collect();
            for column in (0..columns).step_by(TILE) {
                let right = pack(depth.len(), |k, lane| b.get((first + k, column + lane)));
                let width = TILE.min(columns - column);
                for (row, left) in &strips {
                    let height = TILE.min(rows - row);
                    let part = &mut c[row * columns + column..];
                    add_tile(part, columns, (height, width), left, &right);
                }
            }
        }
    }
}

/// A strip of the numbers that `at(k, lane)` finds.
fn pack<'a>(depth: usize, at: impl Fn(usize, usize) -> Option<&'a f64>) -> Strip {
    (0..depth).map(|k| std::array::from_fn(|lane| at(k, lane).copied().unwrap_or(0.0))).collect()
}

/// Adds the product of two strips to a tile of `c`, whose rows begin `stride` apart and of which `size` is in use.
fn add_tile(c: &mut [f64], stride: usize, size: (usize, usize), left: &[[f64; TILE]], right: &[[f64; TILE]]) {
    let (height, width) = size;
    let mut sums = [[0.0; TILE]; TILE];
    for (sums, c) in sums.iter_mut().zip(c.chunks(stride)).take(height) {
        sums[..width].copy_from_slice(&c[..width]);
    }
    for (a, b) in left.iter().zip(right) {
        for (sums, &a) in sums.iter_mut().zip(a) {
            for (sum, &b) in sums.iter_mut().zip(b) {
                *sum += a * b;
            }
        }
    }
    for (sums, c) in sums.iter().zip(c.chunks_mut(stride)).take(height) {
        c[..width].copy_from_slice(&sums[..width]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::{Purpose, StreamKey};

    #[test]
    fn a_product_worked_by_hand() {
        let mut c = ndarray::array![[100.0], [200.0]];
        add_product(&mut c, ndarray::array![[1.0, 2.0], [3.0, 4.0]].view(), ndarray::array![[5.0], [6.0]].view());
        assert_eq!(c, ndarray::array![[117.0], [239.0]]);
    }

    #[test]
    fn every_element_is_the_sum_in_ascending_order_whatever_the_sizes() {
        let mut stream = StreamKey::new(1, Purpose::InputNoise).open();
        let mut numbers = |rows, columns| Array2::from_shape_simple_fn((rows, columns), || stream.normal());
        for (rows, depth, columns) in [(1, 1, 1), (4, 3, 4), (5, 0, 2), (9, 300, 6), (130, 7, 13), (3, 513, 1)] {
            let (start, a, b) = (numbers(rows, columns), numbers(rows, depth), numbers(depth, columns));
            let turned = a.t().as_standard_layout().into_owned();
            for a in [a.view(), turned.t()] {
                let mut c = start.clone();
                add_product(&mut c, a, b.view());
                for ((i, j), found) in c.indexed_iter() {
                    let sum = (0..depth).fold(start[[i, j]], |sum, k| sum + a[[i, k]] * b[[k, j]]);
                    assert_eq!(found.to_bits(), sum.to_bits(), "{rows} rows, depth {depth}, {columns} columns");
                }
            }
        }
    }
}

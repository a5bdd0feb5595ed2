//! The arithmetic under everything: one product for forward pass and both gradients, loops over numbers side by side, and
//! the few things that lie across: transposing, and sums over rows.
//!
//! Each is compiled for several sets of instructions and computes the same bits with all of them. The `unsafe` of the whole
//! project is in here.
//!
//! # The product
//!
//! In: a matrix A of scalars with any strides, and rows of B that are [`PANEL`] numbers wide. Out: C = start + A·B. Every
//! element is summed over k in ascending order with fused multiply-adds, so that its bits depend neither on the vector
//! width of the processor nor on how the work is cut.

mod connections;
mod draws;
mod elementwise;
mod instructions;
mod math;
mod normalize;
mod product;
mod row_sums;
mod transpose;
mod vector;

pub use connections::*;
pub use draws::*;
pub use elementwise::*;
pub use instructions::{Instructions, InstructionsError};
pub use normalize::*;
pub use product::product;
pub use row_sums::add_row_sums;
pub use transpose::transpose;

/// Samples (or weights) that one row of a panel holds.
pub const PANEL: usize = 32;

/// Magnitudes below this become 0 in moments and deltas: a fitted network's gradients turn denormal otherwise, which costs
/// most processors a hundred cycles each.
pub const TINY: f32 = 1e-30;

/// The scalars A of a product: a(m, k) = values[m·row + k·step].
#[derive(Debug, Clone, Copy)]
pub struct Scalars<'a> {
    /// The numbers.
    pub values: &'a [f32],
    /// Distance from a(m, k) to a(m + 1, k).
    pub row: usize,
    /// Distance from a(m, k) to a(m, k + 1).
    pub step: usize,
}

/// The panel B of a product: b(k, j) = values[k·row + j] for j in 0..PANEL.
#[derive(Debug, Clone, Copy)]
pub struct Panel<'a> {
    /// The numbers.
    pub values: &'a [f32],
    /// Distance from b(k, j) to b(k + 1, j), at least [`PANEL`] where there is more than one row.
    pub row: usize,
    /// Columns of the product that are wanted, the first of [`PANEL`]; the others of C are not touched.
    pub columns: usize,
}

/// What the sums of a product start from.
#[derive(Debug, Clone, Copy)]
pub enum Start<'a> {
    /// 0.
    Zero,
    /// One number per row of C: a bias.
    Rows(&'a [f32]),
    /// What C holds.
    Continue,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::{Purpose, StreamKey};

    fn numbers(n: usize, step: u64) -> Vec<f32> {
        let mut stream = StreamKey::new(1, Purpose::InputNoise).step(step).open();
        (0..n).map(|_| stream.normal() as f32).collect()
    }

    #[test]
    fn every_element_is_the_chain_of_fused_multiply_adds() {
        for rows in 1..=20 {
            for depth in [0, 1, 2, 31, 70] {
                let (a, b, bias) = (numbers(rows * depth, 1), numbers(depth * PANEL, 2), numbers(rows, 3));
                // A as it lies, and A lying transposed.
                for (row, step) in [(depth, 1), (1, rows)] {
                    let scalars = Scalars { values: &a, row, step };
                    let mut c = vec![7.0; rows * PANEL];
                    product(
                        Start::Rows(&bias),
                        scalars,
                        Panel { values: &b, row: PANEL, columns: PANEL },
                        depth,
                        rows,
                        &mut c,
                        PANEL,
                    );
                    for m in 0..rows {
                        for j in 0..PANEL {
                            let chain =
                                (0..depth).fold(bias[m], |sum, k| a[m * row + k * step].mul_add(b[k * PANEL + j], sum));
                            assert_eq!(c[m * PANEL + j].to_bits(), chain.to_bits(), "{rows} rows, depth {depth}");
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn columns_that_are_not_wanted_are_not_touched() {
        let (rows, depth) = (14, 5);
        let (a, b, before) = (numbers(rows * depth, 1), numbers(depth * PANEL, 2), numbers(rows * PANEL, 3));
        let scalars = Scalars { values: &a, row: depth, step: 1 };
        let mut whole = before.clone();
        product(
            Start::Continue,
            scalars,
            Panel { values: &b, row: PANEL, columns: PANEL },
            depth,
            rows,
            &mut whole,
            PANEL,
        );
        for columns in 0..PANEL {
            let wanted = Panel { values: &b, row: PANEL, columns };
            let add = |part: &mut [f32]| product(Start::Continue, scalars, wanted, depth, rows, part, PANEL);
            let mut part = before.clone();
            // The last row ends with its last wanted column.
            let length = (rows - 1) * PANEL + columns;
            add(&mut part[..length]);
            for (place, &found) in part.iter().enumerate() {
                let wanted = if place % PANEL < columns { whole[place] } else { before[place] };
                assert_eq!(found.to_bits(), wanted.to_bits(), "{columns} columns, element {place}");
            }
            // Nothing behind it is read either, which only AddressSanitizer sees, and only where the memory ends there.
            let mut exact = before[..length].to_vec();
            add(&mut exact);
            assert_eq!(exact, part[..length]);
        }
    }

    #[test]
    fn a_product_cut_in_two_has_the_bits_of_the_whole() {
        let (rows, depth) = (9, 40);
        let (a, b) = (numbers(rows * depth, 1), numbers(depth * PANEL, 2));
        let scalars = |from: usize| Scalars { values: &a[from..], row: depth, step: 1 };
        let panel = |from: usize| Panel { values: &b[from * PANEL..], row: PANEL, columns: PANEL };
        let (mut whole, mut parts) = (vec![0.0; rows * PANEL], vec![0.0; rows * PANEL]);
        product(Start::Zero, scalars(0), panel(0), depth, rows, &mut whole, PANEL);
        product(Start::Zero, scalars(0), panel(0), 13, rows, &mut parts, PANEL);
        product(Start::Continue, scalars(13), panel(13), depth - 13, rows, &mut parts, PANEL);
        assert_eq!(whole, parts);
    }
}

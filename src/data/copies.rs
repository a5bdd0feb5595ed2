//! Which rows are copies of each other.
//!
//! In: the matrix of features. Out: for each row the first that has the same features, whatever their targets. What a row hashes
//! to decides nothing: rows are compared in full. A missing value is like a missing value.

use ndarray::{Array2, ArrayView1};

/// For each row the first row with the same features, `[rows]`.
pub(super) fn firsts(features: &Array2<f32>) -> Vec<u32> {
    let mut keyed: Vec<(u64, u32)> = features.rows().into_iter().map(hash).zip(0..).collect();
    keyed.sort_unstable();
    let mut firsts: Vec<u32> = (0..features.nrows() as u32).collect();
    let mut known: Vec<u32> = Vec::new();
    for alike in keyed.chunk_by(|a, b| a.0 == b.0).filter(|alike| alike.len() > 1) {
        known.clear();
        for &(_, row) in alike {
            let same = |&&first: &&u32| are_equal(features.row(first as usize), features.row(row as usize));
            match known.iter().find(same) {
                Some(&first) => firsts[row as usize] = first,
                None => known.push(row),
            }
        }
    }
    firsts
}

/// One number for what is one value: 0 and −0, and whatever is missing.
fn bits(x: f32) -> u32 {
    if x.is_nan() { f32::NAN.to_bits() } else { (x + 0.0).to_bits() }
}

fn hash(row: ArrayView1<'_, f32>) -> u64 {
    /// That of Firefox's hash table: odd, with its bits well mixed.
    const FACTOR: u64 = 0x517c_c1b7_2722_0a95;
    row.iter().fold(0, |hash: u64, &x| (hash.rotate_left(5) ^ u64::from(bits(x))).wrapping_mul(FACTOR))
}

fn are_equal(one: ArrayView1<'_, f32>, other: ArrayView1<'_, f32>) -> bool {
    one.iter().zip(other).all(|(&a, &b)| bits(a) == bits(b))
}

#[cfg(test)]
mod tests {
    use ndarray::array;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_copy_names_the_first_row_like_it() {
        let features =
            array![[1.0, 2.0], [2.0, 1.0], [1.0, 2.0], [0.0, f32::NAN], [1.0, 2.0], [-0.0, -f32::NAN], [2.0, 2.0]];
        assert_eq!(firsts(&features), [0, 1, 0, 3, 0, 3, 6]);
    }

    proptest! {
        #[test]
        fn it_is_what_comparing_all_pairs_finds(cells in prop::collection::vec(0u8..3, 0..60)) {
            let rows = cells.len() / 2;
            let features =
                Array2::from_shape_fn((rows, 2), |(row, column)| f32::from(cells[2 * row + column]));
            let slow: Vec<u32> = (0..rows)
                .map(|row| (0..=row).find(|&first| features.row(first) == features.row(row)).unwrap() as u32)
                .collect();
            prop_assert_eq!(firsts(&features), slow);
        }
    }
}

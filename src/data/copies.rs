//! Which rows are copies of each other.
//!
//! In: the matrix of features. Out: for each row the first that has the same features, whatever their targets. What a row hashes
//! to decides nothing: rows are compared in full. A missing value is like a missing value.

use ndarray::Array2;

/// For each row the first row with the same features, `[rows]`.
pub(super) fn firsts(features: &Array2<f32>) -> Vec<u32> {
    /// No row.
    const FREE: u32 = u32::MAX;
    let (rows, width) = features.dim();
    let cells = features.as_slice().expect("features are made row by row and never turned");
    let row = |row: u32| &cells[row as usize * width..(row as usize + 1) * width];
    let hashes: Vec<u64> = (0..rows as u32).map(|number| hash(row(number))).collect();
    // A table of the rows that are the first of their kind, each at the first free place from the one that its hash points to;
    // at least half of the places stay free.
    let places = (2 * rows).next_power_of_two();
    let mut table = vec![FREE; places];
    let shift = u64::BITS - places.trailing_zeros();
    let first = |number: u32| {
        let own = hashes[number as usize];
        let mut place = own.checked_shr(shift).unwrap_or(0) as usize;
        loop {
            let known = table[place];
            if known == FREE {
                table[place] = number;
                return number;
            }
            if hashes[known as usize] == own && are_equal(row(known), row(number)) {
                return known;
            }
            place = (place + 1) % places;
        }
    };
    (0..rows as u32).map(first).collect()
}

/// One number for what is one value: 0 and −0, and whatever is missing.
pub(super) fn bits(x: f32) -> u32 {
    if x.is_nan() { f32::NAN.to_bits() } else { (x + 0.0).to_bits() }
}

/// The numbers of a row, mixed in several lanes that do not wait for each other. The upper bits are the better ones.
fn hash(row: &[f32]) -> u64 {
    /// That of Firefox's hash table: odd, with its bits well mixed.
    const FACTOR: u64 = 0x517c_c1b7_2722_0a95;
    const LANES: usize = 4;
    let mix = |hash: u64, more: u64| (hash.rotate_left(5) ^ more).wrapping_mul(FACTOR);
    let mut lanes = [0u64; LANES];
    let chunks = row.chunks_exact(LANES);
    let rest = chunks.remainder();
    for chunk in chunks {
        for (lane, &x) in lanes.iter_mut().zip(chunk) {
            *lane = mix(*lane, u64::from(bits(x)));
        }
    }
    let rest = rest.iter().map(|&x| u64::from(bits(x)));
    lanes.into_iter().chain(rest).fold(0, mix)
}

fn are_equal(one: &[f32], other: &[f32]) -> bool {
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

    #[test]
    fn many_rows_that_differ_in_one_place_are_all_their_own_and_a_second_time_copies() {
        for place in 0..6 {
            let different = 1_000;
            let features =
                Array2::from_shape_fn(
                    (2 * different, 6),
                    |(row, column)| {
                        if column == place { (row % different) as f32 } else { 1.0 }
                    },
                );
            let wanted: Vec<u32> = (0..2 * different).map(|row| (row % different) as u32).collect();
            assert_eq!(firsts(&features), wanted);
        }
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

//! The nearest rows of a class.

/// The `count` rows nearest to row `row` of `rows` (all others, where there are fewer), from near to far, by the Euclidean
/// distance; of two that are as near the first comes first.
pub(super) fn nearest(rows: &[&[f32]], row: usize, count: usize) -> Vec<usize> {
    let mut found: Vec<(f64, usize)> = Vec::new();
    for other in (0..rows.len()).filter(|&other| other != row) {
        let limit = if found.len() < count { f64::INFINITY } else { found[count - 1].0 };
        let distance = squared_distance(rows[row], rows[other], limit);
        if distance < limit {
            let place = found.partition_point(|&(nearer, _)| nearer <= distance);
            found.insert(place, (distance, other));
            found.truncate(count);
        }
    }
    found.into_iter().map(|(_, other)| other).collect()
}

/// Σ(a − b)², or of its first terms as soon as these reach `limit`.
///
/// Blocks of numbers are summed up side by side in single precision, so that they run on vectors, always in the same order.
fn squared_distance(a: &[f32], b: &[f32], limit: f64) -> f64 {
    const LANES: usize = 8;
    const BLOCK: usize = 8 * LANES;
    let mut sum = 0.0;
    for (a, b) in a.chunks(BLOCK).zip(b.chunks(BLOCK)) {
        let mut lanes = [0f32; LANES];
        for (a, b) in a.chunks(LANES).zip(b.chunks(LANES)) {
            lanes.iter_mut().zip(a.iter().zip(b)).for_each(|(lane, (a, b))| *lane += (a - b) * (a - b));
        }
        sum += lanes.iter().map(|&lane| f64::from(lane)).sum::<f64>();
        if sum >= limit {
            break;
        }
    }
    sum
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn nearest_of(rows: &[Vec<f32>], row: usize, count: usize) -> Vec<usize> {
        nearest(&rows.iter().map(Vec::as_slice).collect::<Vec<_>>(), row, count)
    }

    #[test]
    fn the_nearest_are_found_from_near_to_far_and_equals_in_their_order() {
        let rows = [[0.0, 0.0], [3.0, 4.0], [1.0, 0.0], [0.0, -1.0], [0.0, 0.0]].map(Vec::from);
        assert_eq!(nearest_of(&rows, 0, 3), [4, 2, 3]);
        assert_eq!(nearest_of(&rows, 1, 1), [2]);
    }

    #[test]
    fn of_fewer_rows_than_asked_for_all_others_are_neighbours() {
        let rows = [[0.0], [5.0], [1.0]].map(Vec::from);
        assert_eq!(nearest_of(&rows, 0, 5), [2, 1]);
        assert_eq!(nearest_of(&rows[..1], 0, 5), [0usize; 0]);
    }

    proptest! {
        #[test]
        fn the_nearest_are_those_of_a_full_sort(
            values in prop::collection::vec(prop::collection::vec(-9i8..9, 100), 1..25), count in 1usize..8,
        ) {
            // Whole numbers, whose sums are exact.
            let rows: Vec<Vec<f32>> = values.iter().map(|row| row.iter().map(|&x| f32::from(x)).collect()).collect();
            let distance = |other: usize| -> i32 {
                values[0].iter().zip(&values[other]).map(|(&a, &b)| (i32::from(a) - i32::from(b)).pow(2)).sum()
            };
            let mut sorted: Vec<usize> = (1..rows.len()).collect();
            sorted.sort_by_key(|&other| distance(other));
            sorted.truncate(count);
            prop_assert_eq!(nearest_of(&rows, 0, count), sorted);
        }
    }
}

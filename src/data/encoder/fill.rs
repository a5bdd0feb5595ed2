//! What takes the place of a missing number.
//!
//! In: a data set, the training rows, numeric columns, `data.impute`. Out: a number for each of the columns, 0 where no training
//! row has one.

use crate::data::dataset::Dataset;
use crate::data::gather::gathered;
use crate::data::settings::Impute;

/// What takes the place of a missing number in each of `columns`.
pub(super) fn found(dataset: &Dataset, train: &[usize], columns: &[usize], impute: Impute) -> Vec<f32> {
    gathered(dataset, train, columns, |_, cells| fill(present(cells), impute))
}

/// The numbers among some cells, moved to the front.
fn present(cells: &mut [f32]) -> &mut [f32] {
    let mut count = 0;
    for place in 0..cells.len() {
        if !cells[place].is_nan() {
            cells[count] = cells[place];
            count += 1;
        }
    }
    &mut cells[..count]
}

fn fill(numbers: &mut [f32], impute: Impute) -> f32 {
    match impute {
        _ if numbers.is_empty() => 0.0,
        Impute::Mean => {
            // The order of the sum is part of the result.
            numbers.sort_unstable_by(f32::total_cmp);
            (numbers.iter().copied().map(f64::from).sum::<f64>() / numbers.len() as f64) as f32
        }
        Impute::MostFrequent => {
            numbers.sort_unstable_by(f32::total_cmp);
            most_frequent(numbers)
        }
        Impute::Median | Impute::Error => median(numbers),
    }
}

/// The mean of the two numbers in the middle, which are one and the same where their count is odd.
fn median(numbers: &mut [f32]) -> f32 {
    let is_odd = numbers.len() % 2 == 1;
    let (less, &mut upper, _) = numbers.select_nth_unstable_by(numbers.len() / 2, f32::total_cmp);
    let lower = if is_odd { upper } else { less.iter().copied().max_by(f32::total_cmp).unwrap_or(upper) };
    ((f64::from(lower) + f64::from(upper)) / 2.0) as f32
}

/// The most frequent of sorted numbers, of several the least.
fn most_frequent(sorted: &[f32]) -> f32 {
    let runs = sorted.chunk_by(|a, b| a == b);
    let longest = runs.fold(&sorted[..0], |longest, run| if run.len() > longest.len() { run } else { longest });
    longest[0]
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn the_median_is_that_of_the_sorted_numbers(mut numbers in prop::collection::vec(-3i8..4, 1..30)) {
            // Of quarters, so that the two in the middle often differ.
            let mut unsorted: Vec<f32> = numbers.iter().map(|&x| f32::from(x) / 4.0).collect();
            numbers.sort_unstable();
            let middle = f32::from(numbers[(numbers.len() - 1) / 2]) + f32::from(numbers[numbers.len() / 2]);
            prop_assert_eq!(median(&mut unsorted), middle / 8.0);
        }
    }
}

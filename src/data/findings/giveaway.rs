//! Columns that give the target away: that hold it in other words, or were written down once it was known.
//!
//! Of a classification a column is such if, alone, it tells nearly every row's class: by its value (that of no other row but
//! itself left out), or by few intervals of its values. Of a regression, if it is nearly proportional to the target.

use super::super::copies::bits;
use super::super::dataset::ColumnKind;
use super::super::gather::gathered;
use super::super::target::Target;
use super::super::trial::TrialData;
use super::{Finding, sampled};

/// The least share of classes that are told.
const TOLD: f64 = 0.995;
/// Of the rows outside the largest class at most this share may be missed: they are what there is to tell.
const MISSED: f64 = 0.05;
/// So few rows outside the largest class prove nothing.
const LEAST_MINORITY: usize = 10;
/// The least correlation with the target of a regression: 96% of its variance. Body fat is computed from the density of the
/// body, with which it correlates by .988; honest features of the usual regressions reach .95.
const CORRELATION: f64 = 0.98;
/// Fewer rows than these prove nothing.
const LEAST_ROWS: usize = 30;
/// Rows that are looked at, and cells in all where there are many columns.
const MOST_ROWS: usize = 2_000;
const MOST_CELLS: usize = 4_000_000;

/// Looks at the training rows.
pub(super) fn find(data: &TrialData) -> Option<Finding> {
    let dataset = data.dataset();
    let most = (MOST_CELLS / dataset.columns().len().max(1)).clamp(LEAST_ROWS, MOST_ROWS);
    // Of copies one is enough: the others would tell a class that nothing else tells.
    let mut is_known = vec![false; dataset.rows()];
    let is_new = |row: &&usize| !std::mem::replace(&mut is_known[dataset.firsts_alike()[**row] as usize], true);
    let different: Vec<usize> = data.train.rows.iter().filter(is_new).copied().collect();
    let rows: Vec<usize> = sampled(&different, most).collect();
    if rows.len() < LEAST_ROWS {
        return None;
    }
    let varies = |&index: &usize| !dataset.columns()[index].is_constant;
    let mut columns: Vec<usize> = (0..dataset.columns().len()).filter(varies).collect();
    let (told, are_shares) = match &dataset.target {
        Target::Classes(classes, names) => {
            let classes: Vec<u32> = rows.iter().map(|&row| classes[row]).collect();
            let counts = counted(&classes, names.len());
            let minority = rows.len() - counts.iter().max().copied().unwrap_or(0);
            if minority < LEAST_MINORITY {
                return None;
            }
            let told = |cells: &[f32]| {
                let missed = missed(cells, &classes, &counts);
                let share = 1.0 - missed / classes.len() as f64;
                (share >= TOLD && missed <= MISSED * minority as f64).then_some(share)
            };
            (gathered(dataset, &rows, &columns, |_, cells| told(cells)), true)
        }
        Target::Values(values) => {
            columns.retain(|&index| dataset.columns()[index].kind == ColumnKind::Numeric);
            let values: Vec<f64> = rows.iter().map(|&row| values[row]).collect();
            (gathered(dataset, &rows, &columns, |_, cells| proportional(cells, &values)), false)
        }
    };
    let columns: Vec<(String, f64)> = columns
        .iter()
        .zip(told)
        .filter_map(|(&index, told)| Some((dataset.columns()[index].name.clone(), told?)))
        .collect();
    (!columns.is_empty()).then_some(Finding::GivesAway { columns, are_shares })
}

fn counted(classes: &[u32], count: usize) -> Vec<usize> {
    let mut counts = vec![0; count];
    classes.iter().for_each(|&class| counts[class as usize] += 1);
    counts
}

/// Rows whose class a column does not tell, by whichever way tells more.
fn missed(cells: &[f32], classes: &[u32], counts: &[usize]) -> f64 {
    let mut order: Vec<u64> = cells.iter().zip(classes).map(|(&x, &class)| by_value(x) | u64::from(class)).collect();
    order.sort_unstable();
    let alike = || order.chunk_by(|a, b| a >> 32 == b >> 32);
    let missed_by_value: usize = {
        let mut of_run = vec![0; counts.len()];
        alike().map(|run| missed_by_value(run, &mut of_run)).sum()
    };
    let by_interval = missed_by_intervals(alike(), counts, cells.len());
    by_interval.min(missed_by_value as f64)
}

/// A number whose upper half orders rows by a value, with room for the class below: sorted by whole numbers, which takes half the
/// time of sorting by pairs. What is missing is a value like any other, behind all.
fn by_value(x: f32) -> u64 {
    let bits = bits(x);
    let ordered = if bits >> 31 == 1 { !bits } else { bits | 1 << 31 };
    u64::from(ordered) << 32
}

/// Counts the classes of rows that are in order.
fn count_run(run: &[u64], of_run: &mut [usize]) {
    of_run.fill(0);
    run.iter().for_each(|&row| of_run[row as u32 as usize] += 1);
}

/// Rows of one value that are not of the class that most others of them are of.
fn missed_by_value(run: &[u64], of_run: &mut [usize]) -> usize {
    if run.len() == 1 {
        return 1;
    }
    count_run(run, of_run);
    let most = of_run.iter().max().copied().unwrap_or(0);
    let second = run.len() - most;
    if most > second + 1 { second } else { run.len() }
}

/// Rows that are missed by intervals of values with a class each, the best of all ways to cut. An interval more than there
/// are classes counts as if a hundredth of the rows were missed.
fn missed_by_intervals<'a>(runs: impl Iterator<Item = &'a [u64]>, counts: &[usize], rows: usize) -> f64 {
    let price = (rows as f64 / 100.0).max(2.0);
    // The least that the values so far cost if the last of them is taken for each class.
    let mut cost = vec![0.0; counts.len()];
    let mut of_run = vec![0usize; counts.len()];
    for (place, run) in runs.enumerate() {
        count_run(run, &mut of_run);
        let cheapest = cost.iter().copied().fold(f64::INFINITY, f64::min);
        for (cost, right) in cost.iter_mut().zip(&of_run) {
            let before = if place == 0 { 0.0 } else { cost.min(cheapest + price) };
            *cost = before + (run.len() - right) as f64;
        }
    }
    let present = counts.iter().filter(|count| **count > 0).count();
    let free = price * present.saturating_sub(1) as f64;
    (cost.into_iter().fold(f64::INFINITY, f64::min) - free).max(0.0)
}

/// The correlation of a column of numbers with the target, where it is nearly 1 or −1.
fn proportional(cells: &[f32], values: &[f64]) -> Option<f64> {
    let pairs = cells.iter().zip(values).filter(|(x, _)| !x.is_nan());
    let pairs: Vec<(f64, f64)> = pairs.map(|(&x, &y)| (f64::from(x), y)).collect();
    let count = pairs.len() as f64;
    if pairs.len() < LEAST_ROWS {
        return None;
    }
    let (x, y) = pairs.iter().fold((0.0, 0.0), |(x, y), pair| (x + pair.0 / count, y + pair.1 / count));
    let (mut xx, mut xy, mut yy) = (0.0, 0.0, 0.0);
    for pair in &pairs {
        let (dx, dy) = (pair.0 - x, pair.1 - y);
        (xx, xy, yy) = (xx + dx * dx, xy + dx * dy, yy + dy * dy);
    }
    let correlation = xy / (xx * yy).sqrt();
    (correlation.abs() > CORRELATION).then_some(correlation)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_ordered_by_value_the_missing_last_and_both_zeros_are_one() {
        let ascending = [f32::NEG_INFINITY, -2.0, -1.5, -1e-40, 0.0, 1e-40, 1.5, 2.0, f32::INFINITY, f32::NAN];
        assert!(ascending.windows(2).all(|pair| by_value(pair[0]) < by_value(pair[1])));
        assert_eq!((by_value(-0.0), by_value(-f32::NAN)), (by_value(0.0), by_value(f32::NAN)));
        assert_eq!(by_value(1.0) as u32, 0, "room for the class");
    }

    #[test]
    fn what_a_column_misses_is_counted_by_value_or_by_interval() {
        // No value comes twice; cut in the middle, one row is missed on either side.
        let (cells, classes) = ([1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0], [0, 1, 0, 0, 1, 1, 0, 1]);
        assert_eq!(missed(&cells, &classes, &[4, 4]), 2.0);
        // Classes that alternate by value, of which the last comes once: intervals would be too many.
        let (cells, classes) = ([1.0, 1.0, 2.0, 2.0, 3.0, 3.0, 4.0, 4.0, 5.0], [0, 0, 1, 1, 0, 0, 1, 1, 0]);
        assert_eq!(missed(&cells, &classes, &[5, 4]), 1.0);
    }
}

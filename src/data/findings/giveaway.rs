//! Columns that give the target away: that hold it in other words, or were written down once it was known.
//!
//! Of a classification a column is such if, alone, it tells nearly every row's class: by its value (that of no other row but
//! itself left out), or by few intervals of its values. Of a regression, if it is nearly proportional to the target.

use super::super::dataset::{ColumnKind, Dataset};
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
    let (told, are_shares): (Box<dyn Fn(usize) -> Option<f64>>, bool) = match &dataset.target {
        Target::Classes(classes, names) => {
            let classes: Vec<usize> = rows.iter().map(|&row| classes[row] as usize).collect();
            let counts = counted(&classes, names.len());
            let minority = rows.len() - counts.iter().max().copied().unwrap_or(0);
            if minority < LEAST_MINORITY {
                return None;
            }
            let rows = &rows;
            let told = move |column: usize| {
                let cells: Vec<f32> = rows.iter().map(|&row| dataset.row(row)[column]).collect();
                let missed = missed(&cells, &classes, &counts);
                let share = 1.0 - missed / classes.len() as f64;
                (share >= TOLD && missed <= MISSED * minority as f64).then_some(share)
            };
            (Box::new(told), true)
        }
        Target::Values(values) => (Box::new(|column| proportional(dataset, values, &rows, column)), false),
    };
    let columns = dataset.columns().iter().enumerate().filter(|(_, column)| !column.is_constant);
    let columns: Vec<(String, f64)> =
        columns.filter_map(|(index, column)| Some((column.name.clone(), told(index)?))).collect();
    (!columns.is_empty()).then_some(Finding::GivesAway { columns, are_shares })
}

fn counted(classes: &[usize], count: usize) -> Vec<usize> {
    let mut counts = vec![0; count];
    classes.iter().for_each(|&class| counts[class] += 1);
    counts
}

/// Rows whose class a column does not tell, by whichever way tells more.
fn missed(cells: &[f32], classes: &[usize], counts: &[usize]) -> f64 {
    let mut order: Vec<(f32, usize)> = cells.iter().copied().zip(classes.iter().copied()).collect();
    // What is missing is a value like any other.
    order.sort_by(|a, b| a.0.total_cmp(&b.0));
    let alike = || order.chunk_by(|a, b| a.0 == b.0 || a.0.is_nan() && b.0.is_nan());
    let by_value: usize = alike().map(|run| missed_by_value(run, counts.len())).sum();
    let by_interval = missed_by_intervals(alike(), counts, cells.len());
    by_interval.min(by_value as f64)
}

/// Rows of one value that are not of the class that most others of them are of.
fn missed_by_value(run: &[(f32, usize)], classes: usize) -> usize {
    if run.len() == 1 {
        return 1;
    }
    let mut counts = vec![0; classes];
    run.iter().for_each(|(_, class)| counts[*class] += 1);
    let most = counts.iter().max().copied().unwrap_or(0);
    let second = run.len() - most;
    if most > second + 1 { second } else { run.len() }
}

/// Rows that are missed by intervals of values with a class each, the best of all ways to cut. An interval more than there
/// are classes counts as if a hundredth of the rows were missed.
fn missed_by_intervals<'a>(runs: impl Iterator<Item = &'a [(f32, usize)]>, counts: &[usize], rows: usize) -> f64 {
    let price = (rows as f64 / 100.0).max(2.0);
    // The least that the values so far cost if the last of them is taken for each class.
    let mut cost = vec![0.0; counts.len()];
    let mut of_run = vec![0usize; counts.len()];
    for (place, run) in runs.enumerate() {
        of_run.fill(0);
        run.iter().for_each(|(_, class)| of_run[*class] += 1);
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
fn proportional(dataset: &Dataset, values: &[f64], rows: &[usize], column: usize) -> Option<f64> {
    if dataset.columns()[column].kind != ColumnKind::Numeric {
        return None;
    }
    let pair = |&row: &usize| (f64::from(dataset.row(row)[column]), values[row]);
    let pairs: Vec<(f64, f64)> = rows.iter().map(pair).filter(|(x, _)| !x.is_nan()).collect();
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

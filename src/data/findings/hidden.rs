//! Numbers that stand for missing values: zeros far below all other values, and codes such as -999.
//!
//! Some things do begin far above nothing and are absent now and then. Hence two measures: where no column is suspect by the
//! strict one, none is by the other; a file that hides missing values mostly does so in several columns.

use super::super::dataset::{ColumnKind, Dataset};
use super::{Finding, Suspect, sampled};

/// Codes that are in use for what is missing.
const CODES: [f32; 10] = [-9.0, -99.0, -999.0, -9999.0, -99999.0, 99.0, 999.0, 9999.0, 99999.0, 999_999.0];
/// A single odd value may be what it says.
const LEAST_ROWS: usize = 2;
/// Zeros of more rows than this share are what the column is about.
const MOST_ZEROS: f64 = 0.5;
/// Other values begin at this share of their median at least, by the strict measure and by the other, ...
const FAR: [f64; 2] = [0.2, 0.1];
/// ... at so many steps between neighbouring values, ...
const STEPS: f32 = 5.0;
/// ... and are so many different ones: a count or a grade may well be 0.
const LEAST_DIFFERENT: usize = 20;
/// Rows that are sorted.
const MOST_ROWS: usize = 2_000;

/// What a pass over all rows finds of a column.
#[derive(Clone, Copy)]
struct Seen {
    zeros: usize,
    least: f32,
    greatest: f32,
    least_above_zero: f32,
}

/// Looks at all rows: what is missing is no secret of the test rows.
pub(super) fn find(dataset: &Dataset) -> Option<Finding> {
    let nothing = Seen { zeros: 0, least: f32::INFINITY, greatest: f32::NEG_INFINITY, least_above_zero: f32::INFINITY };
    let mut seen = vec![nothing; dataset.columns().len()];
    for row in 0..dataset.rows() {
        for (seen, &x) in seen.iter_mut().zip(dataset.row(row)) {
            // What is missing is neither less nor more than anything.
            seen.zeros += usize::from(x == 0.0);
            seen.least = seen.least.min(x);
            seen.greatest = seen.greatest.max(x);
            seen.least_above_zero = seen.least_above_zero.min(if x > 0.0 { x } else { f32::INFINITY });
        }
    }
    let is_numeric = |column: &usize| dataset.columns()[*column].kind == ColumnKind::Numeric;
    let numeric: Vec<usize> = (0..seen.len()).filter(is_numeric).collect();
    let distances: Vec<Option<f64>> = numeric.iter().map(|&column| distance(dataset, column, seen[column])).collect();
    let [strict, loose] = FAR;
    let far = if distances.iter().flatten().any(|distance| *distance >= strict) { loose } else { strict };
    let suspect = |(&column, distance): (&usize, &Option<f64>)| {
        let zeros = distance.filter(|distance| *distance >= far).map(|_| (0.0, seen[column].zeros));
        let (value, rows) = zeros.or_else(|| code(dataset, column, seen[column]))?;
        Some(Suspect { column: dataset.columns()[column].name.clone(), value, rows })
    };
    let suspects: Vec<Suspect> = numeric.iter().zip(&distances).filter_map(suspect).collect();
    (!suspects.is_empty()).then_some(Finding::HiddenMissing { suspects, rows: dataset.rows() })
}

/// Where a column has zeros, which are some steps away from all other values: how far these begin above zero, as a share of their
/// median.
fn distance(dataset: &Dataset, column: usize, seen: Seen) -> Option<f64> {
    let is_some = seen.zeros >= LEAST_ROWS && seen.zeros as f64 <= MOST_ZEROS * dataset.rows() as f64;
    if !is_some || seen.least < 0.0 || !seen.least_above_zero.is_finite() {
        return None;
    }
    let rows: Vec<usize> = (0..dataset.rows()).filter(|&row| dataset.row(row)[column] > 0.0).collect();
    let mut values: Vec<f32> = sampled(&rows, MOST_ROWS).map(|row| dataset.row(row)[column]).collect();
    values.sort_by(f32::total_cmp);
    let median = values[values.len() / 2];
    values.dedup();
    if values.len() < LEAST_DIFFERENT {
        return None;
    }
    let mut steps: Vec<f32> = values[..values.len() / 2].windows(2).map(|pair| pair[1] - pair[0]).collect();
    steps.sort_by(f32::total_cmp);
    let step = steps[steps.len() / 2];
    (seen.least_above_zero >= STEPS * step).then(|| f64::from(seen.least_above_zero) / f64::from(median))
}

/// A code and its rows, where it is an end of the column, at least as far from the other values as they are from each other.
fn code(dataset: &Dataset, column: usize, seen: Seen) -> Option<(f32, usize)> {
    let code = [seen.least, seen.greatest].into_iter().find(|end| CODES.contains(end))?;
    let values = (0..dataset.rows()).map(|row| dataset.row(row)[column]).filter(|x| !x.is_nan());
    let (mut rows, mut least, mut greatest) = (0, f32::INFINITY, f32::NEG_INFINITY);
    for x in values {
        if x == code {
            rows += 1;
        } else {
            (least, greatest) = (least.min(x), greatest.max(x));
        }
    }
    let distance = if code < least { least - code } else { code - greatest };
    (rows >= LEAST_ROWS && least < greatest && distance >= greatest - least).then_some((code, rows))
}

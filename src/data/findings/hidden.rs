//! Numbers that stand for missing values: zeros far below all other values, and codes such as -999.
//!
//! Some things do begin far above nothing and are absent now and then. Hence two measures: where no column is suspect by the
//! strict one, none is by the other; a file that hides missing values mostly does so in several columns.

use super::super::dataset::{ColumnKind, Dataset};
use super::{Finding, Suspect};

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

/// Looks at all rows: what is missing is no secret of the test rows.
pub(super) fn find(dataset: &Dataset) -> Option<Finding> {
    let is_numeric = |column: &usize| dataset.columns()[*column].kind == ColumnKind::Numeric;
    let numeric: Vec<usize> = (0..dataset.columns().len()).filter(is_numeric).collect();
    if numeric.is_empty() {
        return None;
    }
    let seen = Seen::of(dataset);
    let distances = distances(dataset, &numeric, &seen);
    let codes = codes(dataset, &numeric, &seen);
    let [strict, loose] = FAR;
    let far = if distances.iter().flatten().any(|distance| *distance >= strict) { loose } else { strict };
    let suspect = |&column: &usize| {
        let zeros = distances[column].filter(|distance| *distance >= far).map(|_| (0.0, seen.zeros[column] as usize));
        let (value, rows) = zeros.or(codes[column])?;
        Some(Suspect { column: dataset.columns()[column].name.clone(), value, rows })
    };
    let suspects: Vec<Suspect> = numeric.iter().filter_map(suspect).collect();
    (!suspects.is_empty()).then_some(Finding::HiddenMissing { suspects, rows: dataset.rows() })
}

/// What a pass over all rows finds of each column, `[columns]`.
struct Seen {
    zeros: Vec<u32>,
    above_zero: Vec<u32>,
    least: Vec<f32>,
    greatest: Vec<f32>,
    least_above_zero: Vec<f32>,
}

impl Seen {
    fn of(dataset: &Dataset) -> Self {
        /// A loop for each thing to be seen, so that each runs on vectors; the row stays near at hand.
        fn look<T: Copy>(seen: &mut [T], row: &[f32], fold: impl Fn(T, f32) -> T) {
            seen.iter_mut().zip(row).for_each(|(seen, &x)| *seen = fold(*seen, x));
        }
        let columns = dataset.columns().len();
        let mut seen = Self {
            zeros: vec![0; columns],
            above_zero: vec![0; columns],
            least: vec![f32::INFINITY; columns],
            greatest: vec![f32::NEG_INFINITY; columns],
            least_above_zero: vec![f32::INFINITY; columns],
        };
        for row in 0..dataset.rows() {
            let row = dataset.row(row);
            look(&mut seen.zeros, row, |zeros, x| zeros + u32::from(x == 0.0));
            look(&mut seen.above_zero, row, |above, x| above + u32::from(x > 0.0));
            // What is missing is neither less nor more than anything.
            look(&mut seen.least, row, |least, x| if x < least { x } else { least });
            look(&mut seen.greatest, row, |greatest, x| if x > greatest { x } else { greatest });
            look(&mut seen.least_above_zero, row, |least, x| if x > 0.0 && x < least { x } else { least });
        }
        seen
    }

    /// Whether a column has zeros that may stand for something else: not a single one, not most, and none below.
    fn has_odd_zeros(&self, column: usize, rows: usize) -> bool {
        let zeros = self.zeros[column] as usize;
        let is_some = zeros >= LEAST_ROWS && zeros as f64 <= MOST_ZEROS * rows as f64;
        is_some && self.least[column] >= 0.0 && self.least_above_zero[column].is_finite()
    }
}

/// Values above zero of a column that may have zeros for what is missing.
struct Sample {
    /// The least of all.
    least: f32,
    /// How many there will be.
    size: usize,
    /// Of so many values one is taken.
    step: u32,
    values: Vec<f32>,
    /// How many of the values are so great that zeros would not be suspect if they were the median.
    great: usize,
}

impl Sample {
    fn of(seen: &Seen, column: usize) -> Self {
        let above = seen.above_zero[column] as usize;
        let step = above.div_ceil(MOST_ROWS).max(1);
        let size = above.div_ceil(step);
        Self { least: seen.least_above_zero[column], size, step: step as u32, values: Vec::new(), great: 0 }
    }

    fn take(&mut self, x: f32) {
        self.values.push(x);
        self.great += usize::from(f64::from(self.least) / f64::from(x) < FAR[1]);
    }

    /// Whether so many values are great that the median is, whatever is still to come.
    fn is_near(&self) -> bool {
        self.great >= self.size - self.size / 2
    }

    /// How far the values begin above zero, as a share of their median, where these are some steps and enough to matter.
    fn distance(&mut self) -> Option<f64> {
        if self.is_near() {
            return None;
        }
        let values = &mut self.values;
        values.sort_unstable_by(f32::total_cmp);
        let median = values[values.len() / 2];
        values.dedup();
        if values.len() < LEAST_DIFFERENT {
            return None;
        }
        let mut steps: Vec<f32> = values[..values.len() / 2].windows(2).map(|pair| pair[1] - pair[0]).collect();
        steps.sort_unstable_by(f32::total_cmp);
        let step = steps[steps.len() / 2];
        (self.least >= STEPS * step).then(|| f64::from(self.least) / f64::from(median))
    }
}

/// Of each column that has zeros which are some steps away from all other values: how far these begin above zero, as a share of
/// their median, where that is far by either measure; `[columns]`.
///
/// The values are sampled evenly among those above zero, in one pass over the rows for all columns.
fn distances(dataset: &Dataset, numeric: &[usize], seen: &Seen) -> Vec<Option<f64>> {
    /// A column of which values are still taken.
    struct Open {
        column: usize,
        sample: usize,
        /// Values above zero until the next is taken.
        skip: u32,
    }
    /// Rows after which columns are given up that have shown themselves to begin near zero.
    const ROWS: usize = 256;
    let rows = dataset.rows();
    let odd: Vec<usize> = numeric.iter().copied().filter(|&column| seen.has_odd_zeros(column, rows)).collect();
    let mut samples: Vec<Sample> = odd.iter().map(|&column| Sample::of(seen, column)).collect();
    let mut open: Vec<Open> =
        odd.iter().enumerate().map(|(sample, &column)| Open { column, sample, skip: 0 }).collect();
    for start in (0..rows).step_by(ROWS) {
        for row in start..rows.min(start + ROWS) {
            let row = dataset.row(row);
            for Open { column, sample, skip } in &mut open {
                let x = row[*column];
                if x > 0.0 {
                    if *skip == 0 {
                        samples[*sample].take(x);
                        *skip = samples[*sample].step;
                    }
                    *skip -= 1;
                }
            }
        }
        open.retain(|open| !samples[open.sample].is_near());
        if open.is_empty() {
            break;
        }
    }
    let mut distances = vec![None; dataset.columns().len()];
    for (column, mut sample) in odd.into_iter().zip(samples) {
        distances[column] = sample.distance();
    }
    distances
}

/// Of each column a code and its rows, where it is an end of the column, at least as far from the other values as they are from
/// each other; `[columns]`.
fn codes(dataset: &Dataset, numeric: &[usize], seen: &Seen) -> Vec<Option<(f32, usize)>> {
    /// A code, and what there is beside it.
    struct Coded {
        column: usize,
        code: f32,
        rows: usize,
        least: f32,
        greatest: f32,
    }
    let coded = |&column: &usize| {
        let code = [seen.least[column], seen.greatest[column]].into_iter().find(|end| CODES.contains(end))?;
        Some(Coded { column, code, rows: 0, least: f32::INFINITY, greatest: f32::NEG_INFINITY })
    };
    let mut codes = vec![None; dataset.columns().len()];
    let mut all: Vec<Coded> = numeric.iter().filter_map(coded).collect();
    if all.is_empty() {
        return codes;
    }
    for row in 0..dataset.rows() {
        let row = dataset.row(row);
        for Coded { column, code, rows, least, greatest } in &mut all {
            let x = row[*column];
            if x == *code {
                *rows += 1;
            } else {
                (*least, *greatest) = (least.min(x), greatest.max(x)); // of which missing is neither
            }
        }
    }
    for Coded { column, code, rows, least, greatest } in all {
        let distance = if code < least { least - code } else { code - greatest };
        let is_apart = rows >= LEAST_ROWS && least < greatest && distance >= greatest - least;
        codes[column] = is_apart.then_some((code, rows));
    }
    codes
}

#[cfg(test)]
mod tests {
    use super::super::super::fixtures::dataset;
    use super::super::sampled;
    use super::*;

    /// What [`distances`] finds of a column, from the column alone.
    fn distance(column: &[f32]) -> Option<f64> {
        let above: Vec<usize> = (0..column.len()).filter(|&row| column[row] > 0.0).collect();
        let least = above.iter().map(|&row| column[row]).fold(f32::INFINITY, f32::min);
        let mut values: Vec<f32> = sampled(&above, MOST_ROWS).map(|row| column[row]).collect();
        values.sort_by(f32::total_cmp);
        let distance = f64::from(least) / f64::from(values[values.len() / 2]);
        values.dedup();
        let mut steps: Vec<f32> = values[..values.len() / 2].windows(2).map(|pair| pair[1] - pair[0]).collect();
        steps.sort_by(f32::total_cmp);
        (distance >= FAR[1] && least >= STEPS * steps[steps.len() / 2]).then_some(distance)
    }

    #[test]
    fn of_many_rows_each_column_is_sampled_as_if_it_were_alone() {
        let rows = 2 * MOST_ROWS + 700;
        // Begin near zero, far from it, and between; a zero now and then, and the first column lacks some numbers.
        let cell = |row: usize, column: usize| {
            let noise = (row * 7919 + row * row % 13 * (column + 1)) % 1009;
            match (row % (11 + column), column) {
                (0, _) => Some(0),
                (1, 0) => None,
                (_, column) => Some([1, 900, 140, 400][column] + noise),
            }
        };
        let text = |cell: Option<usize>| cell.map_or(String::new(), |x| x.to_string());
        let line = |row: usize| (0..4).map(|column| text(cell(row, column)) + ",").collect::<String>() + "p\n";
        let data = dataset(&format!("a,b,c,d,y\n{}1,1000,200,500,q\n", (0..rows).map(line).collect::<String>()));
        let found = distances(&data, &[0, 1, 2, 3], &Seen::of(&data));
        let wanted: Vec<Option<f64>> =
            (0..4).map(|column| distance(&data.features().column(column).to_vec())).collect();
        assert_eq!(found, wanted);
        assert_eq!(found.iter().map(Option::is_some).collect::<Vec<_>>(), [false, true, true, true]);
    }
}

//! How a row of a data set becomes the inputs of a network.
//!
//! In: a data set, the training rows, `data.impute` and `data.scaling`. Out: for any row, numbers with missing ones filled in
//! and scaled, and categories one-hot, in the order of the columns. All is fitted on the training rows alone: a category
//! that they do not have is all zeros, and a missing category is one of its own if they have it.
//!
//! No encoded copy of the data is kept here: large data sets are encoded again in every epoch, which costs little beside the
//! first layer.

mod describe;
mod fill;

use super::dataset::{Column, ColumnKind, Dataset};
use super::error::DataError;
use super::settings::{Impute, Scaling};

/// A category that the training rows do not have.
const UNKNOWN: u32 = u32::MAX;

/// Fitted imputing, scaling and one-hot encoding.
#[derive(Debug, Clone, PartialEq)]
pub struct Encoder {
    width: usize,
    steps: Vec<Step>,
    /// `[columns]` what takes the place of a missing number, in its own units.
    fill: Vec<f32>,
    /// `[columns]` input = (number − shift) / scale
    shift: Vec<f32>,
    /// `[columns]` never 0.
    scale: Vec<f32>,
}

/// Where an input comes from.
#[derive(Debug, Clone, PartialEq)]
pub struct InputFacts {
    /// The name of its column.
    pub column: String,
    /// Of a numeric column shift and scale: input = (number − shift) / scale; `None` for a category.
    pub scaling: Option<(f32, f32)>,
}

/// One step from left to right.
#[derive(Debug, Clone, PartialEq)]
enum Step {
    /// Neighbouring numeric columns.
    Numbers { columns: std::ops::Range<usize> },
    /// A categorical column.
    Category {
        column: usize,
        /// `[categories]` the input that is 1, or [`UNKNOWN`].
        inputs: Vec<u32>,
        /// The input that is 1 where the category is missing, or [`UNKNOWN`].
        missing: u32,
        /// Number of inputs.
        width: usize,
    },
}

impl Encoder {
    /// Fits to the rows `train` of a data set; no other row is looked at.
    ///
    /// # Errors
    /// Where a number is missing in any row, and `impute` is [`Impute::Error`].
    pub fn fit(dataset: &Dataset, train: &[usize], impute: Impute, scaling: Scaling) -> Result<Self, DataError> {
        if impute == Impute::Error {
            refuse_missing_numbers(dataset)?;
        }
        let fill = fills(dataset, train, impute);
        let steps = steps(dataset, train);
        let (shift, scale) = scales(dataset, train, &steps, &fill, scaling);
        let width = steps.iter().map(Step::width).sum();
        Ok(Self { width, steps, fill, shift, scale })
    }

    /// Number of inputs.
    pub fn width(&self) -> usize {
        self.width
    }

    /// What is known of each input, from the first to the last.
    pub fn inputs(&self, dataset: &Dataset) -> Vec<InputFacts> {
        let name = |column: usize| dataset.columns()[column].name.clone();
        let of_step = |step: &Step| -> Vec<InputFacts> {
            match step {
                Step::Numbers { columns } => columns
                    .clone()
                    .map(|column| InputFacts {
                        column: name(column),
                        scaling: Some((self.shift[column], self.scale[column])),
                    })
                    .collect(),
                Step::Category { column, width, .. } => {
                    vec![InputFacts { column: name(*column), scaling: None }; *width]
                }
            }
        };
        self.steps.iter().flat_map(of_step).collect()
    }

    /// Encodes a row of the data set that it was fitted to into `out`, [`width`](Self::width) long.
    ///
    /// The loop over numbers has neither branch nor bounds check, so that it runs on vectors; it divides rather than
    /// multiplying by a reciprocal, so that 255 / 255 is 1.
    pub fn encode(&self, row: &[f32], out: &mut [f32]) {
        assert_eq!(out.len(), self.width, "a row is encoded into as many numbers as there are inputs");
        let mut rest = out;
        for step in &self.steps {
            let (inputs, behind) = rest.split_at_mut(step.width());
            rest = behind;
            match step {
                Step::Numbers { columns } => {
                    let fitted = self.fill[columns.clone()]
                        .iter()
                        .zip(&self.shift[columns.clone()])
                        .zip(&self.scale[columns.clone()]);
                    for ((input, &x), ((&fill, &shift), &scale)) in
                        inputs.iter_mut().zip(&row[columns.clone()]).zip(fitted)
                    {
                        let x = if x.is_nan() { fill } else { x };
                        *input = (x - shift) / scale;
                    }
                }
                Step::Category { column, inputs: input_of, missing, .. } => {
                    inputs.fill(0.0);
                    let code = row[*column];
                    let input = if code.is_nan() { *missing } else { input_of[code as usize] };
                    if input != UNKNOWN {
                        inputs[input as usize] = 1.0;
                    }
                }
            }
        }
    }
}

impl Step {
    fn width(&self) -> usize {
        match self {
            Self::Numbers { columns } => columns.len(),
            Self::Category { width, .. } => *width,
        }
    }
}

fn refuse_missing_numbers(dataset: &Dataset) -> Result<(), DataError> {
    let missing = |column: &&Column| column.kind == ColumnKind::Numeric && column.missing > 0;
    match dataset.columns.iter().find(missing) {
        Some(column) => Err(DataError::MissingValue {
            place: dataset.place(column.first_missing.expect("a column with missing cells has a first one")),
            column: column.name.clone(),
        }),
        None => Ok(()),
    }
}

/// What takes the place of a missing number in each column; 0 where no number is missing, or no training row has one.
fn fills(dataset: &Dataset, train: &[usize], impute: Impute) -> Vec<f32> {
    let lacks = |&column: &usize| dataset.columns[column].missing > 0;
    let lacking: Vec<usize> = numeric(dataset).filter(lacks).collect();
    let mut fill = vec![0.0; dataset.columns.len()];
    for (&column, found) in lacking.iter().zip(fill::found(dataset, train, &lacking, impute)) {
        fill[column] = found;
    }
    fill
}

fn numeric(dataset: &Dataset) -> impl Iterator<Item = usize> {
    let columns = dataset.columns.iter().enumerate();
    columns.filter(|(_, column)| column.kind == ColumnKind::Numeric).map(|(index, _)| index)
}

/// Shift and scale of each column, its missing numbers filled in; 1 is the scale of a column that does not vary.
///
/// Sums run over the rows in their order, for all numbers side by side, as the matrix lies in memory. What is found of a
/// categorical column means nothing: nobody uses it.
fn scales(dataset: &Dataset, train: &[usize], steps: &[Step], fill: &[f32], scaling: Scaling) -> (Vec<f32>, Vec<f32>) {
    let width = fill.len();
    let rows = Filled { dataset, train, steps, fill };
    let (shift, scale) = match scaling {
        Scaling::None => (vec![0.0; width], vec![1.0; width]),
        Scaling::Divide(divisor) => (vec![0.0; width], vec![divisor; width]),
        Scaling::Standard => {
            let nothing = vec![0.0; width];
            let mut mean = rows.folded(0.0, &nothing, |sum, x, _| sum + x);
            mean.iter_mut().for_each(|sum| *sum /= train.len() as f64);
            let variance = rows.folded(0.0, &mean, |sum, x, mean| sum + (x - mean) * (x - mean));
            let deviation = variance.iter().map(|sum| (sum / train.len() as f64).sqrt()).collect();
            (mean, deviation)
        }
        Scaling::Minmax => {
            let nothing = vec![0.0; width];
            let least = rows.folded(f64::INFINITY, &nothing, |least, x, _| least.min(x));
            let greatest = rows.folded(f64::NEG_INFINITY, &nothing, |greatest, x, _| greatest.max(x));
            let range = least.iter().zip(&greatest).map(|(least, greatest)| greatest - least).collect();
            (least, range)
        }
    };
    // Judged in single precision, in which rows are divided by it.
    let or_one = |scale: f64| if scale as f32 > 0.0 { scale as f32 } else { 1.0 };
    (shift.into_iter().map(|x| x as f32).collect(), scale.into_iter().map(or_one).collect())
}

/// The training rows with their missing numbers filled in.
struct Filled<'a> {
    dataset: &'a Dataset,
    train: &'a [usize],
    steps: &'a [Step],
    fill: &'a [f32],
}

impl Filled<'_> {
    /// Of each numeric column what `fold` makes of `start` and its numbers one after the other, each with what `beside` has
    /// for the column. Neither branch nor bounds check stands in the inner loop, so that it runs on vectors.
    fn folded(&self, start: f64, beside: &[f64], fold: impl Fn(f64, f64, f64) -> f64) -> Vec<f64> {
        let is_numbers = |step: &Step| match step {
            Step::Numbers { columns } => Some(columns.clone()),
            Step::Category { .. } => None,
        };
        let numbers: Vec<_> = self.steps.iter().filter_map(is_numbers).collect();
        let mut totals = vec![start; beside.len()];
        if numbers.is_empty() {
            return totals;
        }
        for &row in self.train {
            let row = self.dataset.row(row);
            for columns in &numbers {
                let columns = columns.clone();
                let cells = row[columns.clone()].iter().zip(&self.fill[columns.clone()]);
                let totals = totals[columns.clone()].iter_mut().zip(&beside[columns]);
                for ((total, &beside), (&x, &fill)) in totals.zip(cells) {
                    *total = fold(*total, f64::from(if x.is_nan() { fill } else { x }), beside);
                }
            }
        }
        totals
    }
}

fn steps(dataset: &Dataset, train: &[usize]) -> Vec<Step> {
    let mut seen = seen(dataset, train).into_iter();
    let mut steps = vec![];
    for (index, column) in dataset.columns.iter().enumerate() {
        match (&column.kind, steps.last_mut()) {
            (ColumnKind::Numeric, Some(Step::Numbers { columns })) => columns.end += 1,
            (ColumnKind::Numeric, _) => steps.push(Step::Numbers { columns: index..index + 1 }),
            (ColumnKind::Categorical { .. }, _) => {
                steps.push(category(&seen.next().expect("every categorical column is looked at")));
            }
        }
    }
    steps
}

/// What the training rows have of a categorical column.
struct Seen {
    column: usize,
    /// `[categories]` whether a row has it.
    levels: Vec<bool>,
    /// Whether a row lacks it.
    missing: bool,
}

/// What the training rows have of each categorical column. The rows are walked once for all columns, but no further for a column
/// that has shown all that it has: most have few categories, and have shown them soon.
fn seen(dataset: &Dataset, train: &[usize]) -> Vec<Seen> {
    /// Rows until it is asked for the first time which columns have shown all; then twice as many each time.
    const FIRST_ROWS: usize = 256;
    let of_column = |(column, known): (usize, &Column)| match &known.kind {
        ColumnKind::Categorical { levels } => Some(Seen { column, levels: vec![false; levels.len()], missing: false }),
        ColumnKind::Numeric => None,
    };
    let mut open: Vec<Seen> = dataset.columns.iter().enumerate().filter_map(of_column).collect();
    let mut complete = Vec::with_capacity(open.len());
    let (mut rest, mut many) = (train, FIRST_ROWS);
    while !rest.is_empty() && !open.is_empty() {
        let (rows, behind) = rest.split_at(many.min(rest.len()));
        for &row in rows {
            let cells = dataset.row(row);
            for seen in &mut open {
                match cells[seen.column] {
                    code if code.is_nan() => seen.missing = true,
                    code => seen.levels[code as usize] = true,
                }
            }
        }
        let has_shown_all = |seen: &mut Seen| {
            (seen.missing || dataset.columns[seen.column].missing == 0) && seen.levels.iter().all(|seen| *seen)
        };
        complete.extend(open.extract_if(.., has_shown_all));
        (rest, many) = (behind, 2 * many);
    }
    complete.append(&mut open);
    complete.sort_unstable_by_key(|seen| seen.column);
    complete
}

/// Inputs for the categories of the training rows, in the order of their names, the missing one last.
fn category(seen: &Seen) -> Step {
    let mut width = 0;
    let mut next = |occurs: bool| {
        if !occurs {
            return UNKNOWN;
        }
        width += 1;
        width - 1
    };
    let inputs = seen.levels.iter().map(|occurs| next(*occurs)).collect();
    let missing = next(seen.missing);
    Step::Category { column: seen.column, inputs, missing, width: width as usize }
}

#[cfg(test)]
mod tests;

//! How a row of a data set becomes the inputs of a network.
//!
//! In: a data set, the training rows, `data.impute` and `data.scaling`. Out: for any row, numbers with missing ones filled in
//! and scaled, and categories one-hot, in the order of the columns. All is fitted on the training rows alone: a category
//! that they do not have is all zeros, and a missing category is one of its own if they have it.
//!
//! No encoded copy of the data is kept here: large data sets are encoded again in every epoch, which costs little beside the
//! first layer.

mod describe;

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
        let (shift, scale) = scales(dataset, train, &fill, scaling);
        let steps = steps(dataset, train);
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
    let of_column = |(index, column): (usize, &Column)| match column.missing == 0 || column.kind != ColumnKind::Numeric
    {
        true => 0.0,
        false => fill(dataset, train, index, impute),
    };
    dataset.columns.iter().enumerate().map(of_column).collect()
}

/// What takes the place of a missing number in a column.
fn fill(dataset: &Dataset, train: &[usize], column: usize, impute: Impute) -> f32 {
    let values = train.iter().map(|&row| dataset.row(row)[column]);
    let mut present: Vec<f32> = values.filter(|x| !x.is_nan()).collect();
    present.sort_by(f32::total_cmp);
    match (present.len(), impute) {
        (0, _) => 0.0,
        (n, Impute::Mean) => (present.iter().copied().map(f64::from).sum::<f64>() / n as f64) as f32,
        (_, Impute::MostFrequent) => most_frequent(&present),
        (n, Impute::Median | Impute::Error) => {
            ((f64::from(present[(n - 1) / 2]) + f64::from(present[n / 2])) / 2.0) as f32
        }
    }
}

/// The most frequent of sorted numbers, of several the least.
fn most_frequent(sorted: &[f32]) -> f32 {
    let runs = sorted.chunk_by(|a, b| a == b);
    let longest = runs.fold(&sorted[..0], |longest, run| if run.len() > longest.len() { run } else { longest });
    longest[0]
}

/// Shift and scale of each column, its missing numbers filled in; 1 is the scale of a column that does not vary.
///
/// Sums run over the rows in their order, for all columns side by side, as the matrix lies in memory. The codes of categories
/// are summed up with the rest: nobody uses what becomes of them.
fn scales(dataset: &Dataset, train: &[usize], fill: &[f32], scaling: Scaling) -> (Vec<f32>, Vec<f32>) {
    let width = fill.len();
    let for_each = |totals: &mut [f64], fold: &dyn Fn(f64, f64, usize) -> f64| {
        for &row in train {
            for (column, ((total, &x), &fill)) in totals.iter_mut().zip(dataset.row(row)).zip(fill).enumerate() {
                *total = fold(*total, f64::from(if x.is_nan() { fill } else { x }), column);
            }
        }
    };
    let (shift, scale) = match scaling {
        Scaling::None => (vec![0.0; width], vec![1.0; width]),
        Scaling::Divide(divisor) => (vec![0.0; width], vec![divisor; width]),
        Scaling::Standard => {
            let (mut mean, mut variance) = (vec![0.0; width], vec![0.0; width]);
            for_each(&mut mean, &|sum, x, _| sum + x);
            mean.iter_mut().for_each(|sum| *sum /= train.len() as f64);
            for_each(&mut variance, &|sum, x, column| sum + (x - mean[column]) * (x - mean[column]));
            let deviation = variance.iter().map(|sum| (sum / train.len() as f64).sqrt()).collect();
            (mean, deviation)
        }
        Scaling::Minmax => {
            let (mut least, mut greatest) = (vec![f64::INFINITY; width], vec![f64::NEG_INFINITY; width]);
            for_each(&mut least, &|least, x, _| least.min(x));
            for_each(&mut greatest, &|greatest, x, _| greatest.max(x));
            let range = least.iter().zip(&greatest).map(|(least, greatest)| greatest - least).collect();
            (least, range)
        }
    };
    // Judged in single precision, in which rows are divided by it.
    let or_one = |scale: f64| if scale as f32 > 0.0 { scale as f32 } else { 1.0 };
    (shift.into_iter().map(|x| x as f32).collect(), scale.into_iter().map(or_one).collect())
}

fn steps(dataset: &Dataset, train: &[usize]) -> Vec<Step> {
    let mut steps = vec![];
    for (index, column) in dataset.columns.iter().enumerate() {
        match (&column.kind, steps.last_mut()) {
            (ColumnKind::Numeric, Some(Step::Numbers { columns })) => columns.end += 1,
            (ColumnKind::Numeric, _) => steps.push(Step::Numbers { columns: index..index + 1 }),
            (ColumnKind::Categorical { levels }, _) => steps.push(category(dataset, train, index, levels.len())),
        }
    }
    steps
}

/// Inputs for the categories of the training rows, in the order of their names, the missing one last.
fn category(dataset: &Dataset, train: &[usize], column: usize, levels: usize) -> Step {
    let (mut occurs, mut is_missing) = (vec![false; levels], false);
    for &row in train {
        match dataset.row(row)[column] {
            code if code.is_nan() => is_missing = true,
            code => occurs[code as usize] = true,
        }
    }
    let mut width = 0;
    let mut next = |occurs: bool| {
        if !occurs {
            return UNKNOWN;
        }
        width += 1;
        width - 1
    };
    let inputs = occurs.into_iter().map(&mut next).collect();
    let missing = next(is_missing);
    Step::Category { column, inputs, missing, width: width as usize }
}

#[cfg(test)]
mod tests;

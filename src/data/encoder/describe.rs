//! The encoder as data, for whoever uses a saved network, and back.

use super::{Encoder, Step, UNKNOWN, fill, numeric};
use crate::data::Dataset;
use crate::data::dataset::ColumnKind;
use crate::data::preprocessing::ColumnEncoding;
use crate::data::settings::Impute;

impl Encoder {
    /// What becomes of each column, in the order of the inputs. A column that is complete in all of the data set may lack
    /// numbers in other rows: what takes their place is found by the rows `train` here.
    pub fn describe(&self, dataset: &Dataset, train: &[usize], impute: Impute) -> Vec<ColumnEncoding> {
        let numbers: Vec<usize> = match impute {
            Impute::Error => vec![],
            Impute::Median | Impute::Mean | Impute::MostFrequent => numeric(dataset).collect(),
        };
        let mut fills = fill::found(dataset, train, &numbers, impute).into_iter();
        self.steps.iter().flat_map(|step| self.describe_step(step, dataset, &mut fills)).collect()
    }

    /// `fills` has what takes the place of a missing number in each numeric column that is still to come, or nothing.
    fn describe_step(
        &self,
        step: &Step,
        dataset: &Dataset,
        fills: &mut impl Iterator<Item = f32>,
    ) -> Vec<ColumnEncoding> {
        match step {
            Step::Numbers { columns } => columns
                .clone()
                .map(|column| {
                    let info = &dataset.columns()[column];
                    ColumnEncoding::Number {
                        column: info.name.clone(),
                        fill: fills.next(),
                        shift: self.shift[column],
                        scale: self.scale[column],
                        ranks: info.ranks.clone(),
                    }
                })
                .collect(),
            Step::Category { column, inputs, missing, width } => {
                let info = &dataset.columns()[*column];
                let ColumnKind::Categorical { levels } = &info.kind else {
                    unreachable!("a category step is made of a categorical column")
                };
                let mut categories = vec![None; *width];
                for (level, &input) in levels.iter().zip(inputs) {
                    if input != UNKNOWN {
                        categories[input as usize] = Some(level.clone());
                    }
                }
                let missing = (*missing != UNKNOWN).then_some(*missing);
                vec![ColumnEncoding::Category { column: info.name.clone(), categories, missing }]
            }
        }
    }

    /// The encoder that was described so. Its rows have the columns in this order: a number, or the index among
    /// `categories`; one index more is a category that is none of them.
    pub(in crate::data) fn of(columns: &[ColumnEncoding]) -> Self {
        let mut encoder = Self { width: 0, steps: vec![], fill: vec![], shift: vec![], scale: vec![] };
        for (index, column) in columns.iter().enumerate() {
            let (fill, shift, scale) = match column {
                ColumnEncoding::Number { fill, shift, scale, .. } => {
                    match encoder.steps.last_mut() {
                        Some(Step::Numbers { columns }) => columns.end += 1,
                        _ => encoder.steps.push(Step::Numbers { columns: index..index + 1 }),
                    }
                    (fill.unwrap_or(0.0), *shift, *scale)
                }
                ColumnEncoding::Category { categories, missing, .. } => {
                    let width = categories.len();
                    let inputs = (0..width as u32).chain([UNKNOWN]).collect();
                    let missing = missing.unwrap_or(UNKNOWN);
                    encoder.steps.push(Step::Category { column: index, inputs, missing, width });
                    (0.0, 0.0, 1.0)
                }
            };
            encoder.fill.push(fill);
            encoder.shift.push(shift);
            encoder.scale.push(scale);
        }
        encoder.width = encoder.steps.iter().map(Step::width).sum();
        encoder
    }
}

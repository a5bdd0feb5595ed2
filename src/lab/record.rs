//! One finished trial: what is written into the store, and what everything else is derived from.
//!
//! In: what the trainer saw. Out: one line of JSON, and back. Numbers survive the trip to the last bit; a number that is
//! not finite becomes `null` and comes back as NaN, since JSON has no other.

use serde::{Deserialize, Serialize};

use super::finals::Finals;
use super::line_error::{LineError, other_format};
use super::numbers;
use crate::data::Task;

/// The version of the line's layout; a store with another one is not read.
pub const FORMAT: u32 = 1;

/// What is measured of a classifier, in the order of [`Record::metrics`].
pub const METRICS_CLASSIFICATION: [&str; 2] = ["loss", "accuracy"];

/// What is measured of a regression, in the order of [`Record::metrics`].
pub const METRICS_REGRESSION: [&str; 3] = ["loss", "r2", "rmse"];

/// One finished trial.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// [`FORMAT`] of the version that wrote it.
    pub format: u32,
    /// The trial's identity, hexadecimal.
    pub trial: String,
    /// What the random streams of the trial began with.
    pub seed: u64,
    /// repeat · folds + fold; 0 without folds.
    pub fold: u32,
    /// How it ended.
    pub status: Status,
    /// Why it failed, where it did.
    pub error: Option<String>,
    /// What was predicted.
    pub task: Task,
    /// The names of the metrics, in the order of the columns of [`Curve`].
    pub metrics: Vec<String>,
    /// The metrics of every epoch.
    pub curve: Curve,
    /// The epoch whose weights the trial ended with; `None` where there is none.
    pub chosen_epoch: Option<u32>,
    /// The epoch of the lowest monitored validation value: a diagnosis, it selects nothing.
    pub best_epoch: Option<u32>,
    /// The epoch of the lowest validation loss, after which the network overfits.
    pub onset_epoch: Option<u32>,
    /// Weights and biases of the final network that are not exactly 0.
    pub nonzero_parameters: u64,
    /// How many rows were in each part.
    pub rows: Rows,
    /// How long the training took, in seconds of wall time.
    #[serde(with = "numbers::number")]
    pub seconds: f64,
    /// What of a classification is measured once, at the chosen epoch; nothing in records of versions that did not measure it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub finals: Option<Finals>,
    /// What was measured on the final network; nothing in records of versions that did not measure.
    #[serde(default)]
    pub measures: Vec<Measurement>,
    /// Times that were measured: they alone differ where the same trial is run again.
    #[serde(default)]
    pub times: Vec<Measurement>,
    /// What the user should know of this trial.
    pub warnings: Vec<String>,
    /// The version of the program that trained it.
    pub version: String,
    /// The version of what settings mean, which the identity depends on; 0 in records of versions that did not note it.
    #[serde(default)]
    pub semantics: u32,
    /// The hash of the data's content, which the identity depends on; empty in records of versions that did not note it.
    #[serde(default)]
    pub data: String,
}

/// One measured number: a row of `measures.csv`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Measurement {
    /// What was measured.
    pub measure: String,
    /// The layer, from 1, where it is about one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub layer: Option<u32>,
    /// Where it was measured, if there are several places: a share, a number of votes, an epoch, an x.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<f64>,
    /// The number.
    #[serde(with = "numbers::number")]
    pub value: f64,
}

/// How a trial ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// All epochs were trained.
    Ok,
    /// A stopping criterion ended it.
    StoppedEarly,
    /// Its loss was no longer finite.
    Diverged,
    /// It crashed; the record's `error` says why.
    Failed,
}

impl Status {
    /// The word in `trials.csv`.
    pub fn name(self) -> &'static str {
        match self {
            Status::Ok => "ok",
            Status::StoppedEarly => "stopped_early",
            Status::Diverged => "diverged",
            Status::Failed => "failed",
        }
    }

    /// Whether the trial ended with a network whose figures count.
    pub fn has_figures(self) -> bool {
        matches!(self, Status::Ok | Status::StoppedEarly)
    }
}

/// How many rows were in each part of the data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Rows {
    /// Rows that trained, after `train_rows` has cut.
    pub train: u64,
    /// Rows held out for validation.
    pub validation: u64,
    /// Rows held out for the test.
    pub test: u64,
    /// All rows outside the test part, those cut away included.
    pub outside_test: u64,
}

/// A part of the data that is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the words of the split")]
pub enum Part {
    Train,
    Validation,
    Test,
}

/// The metrics of one trial, column by column; every column has one value per measured epoch, the first of them epoch 0.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Curve {
    /// The epochs, increasing; 0 is the network before training.
    pub epoch: Vec<u32>,
    /// Metrics of the training rows: a column per metric.
    #[serde(with = "numbers::columns")]
    pub train: Vec<Vec<f64>>,
    /// Metrics of the validation rows: a column per metric; empty where there are no such rows.
    #[serde(with = "numbers::columns")]
    pub validation: Vec<Vec<f64>>,
    /// Metrics of the test rows: a column per metric; empty where there are no such rows.
    #[serde(with = "numbers::columns")]
    pub test: Vec<Vec<f64>>,
    /// The learning rate of the epoch's last step.
    #[serde(with = "numbers::column")]
    pub learning_rate: Vec<f64>,
    /// The sum of all penalties.
    #[serde(with = "numbers::column")]
    pub penalty: Vec<f64>,
    /// 1 − non-zero weights / weights at epoch 0.
    #[serde(with = "numbers::column")]
    pub sparsity: Vec<f64>,
    /// Weights and biases, those of removed units excluded.
    pub parameters: Vec<u64>,
}

impl Curve {
    /// The row of an epoch, where it was measured.
    pub fn row_of(&self, epoch: u32) -> Option<usize> {
        self.epoch.binary_search(&epoch).ok()
    }

    /// A metric of a part at a row; `None` where the part is empty or the number is not finite.
    pub fn value(&self, part: Part, metric: usize, row: usize) -> Option<f64> {
        let columns = match part {
            Part::Train => &self.train,
            Part::Validation => &self.validation,
            Part::Test => &self.test,
        };
        columns.get(metric)?.get(row).copied().filter(|value| value.is_finite())
    }

    fn check(&self, metrics: usize) -> Result<(), LineError> {
        let rows = self.epoch.len();
        let even = |columns: &[Vec<f64>]| columns.len() == metrics && columns.iter().all(|column| column.len() == rows);
        let optional = |columns: &[Vec<f64>]| columns.is_empty() || even(columns);
        let single = [&self.learning_rate, &self.penalty, &self.sparsity];
        let fits = (even(&self.train) || rows == 0 && self.train.is_empty())
            && optional(&self.validation)
            && optional(&self.test)
            && single.iter().all(|column| column.len() == rows)
            && self.parameters.len() == rows
            && self.epoch.is_sorted_by(|a, b| a < b);
        if fits { Ok(()) } else { Err(LineError::Shape { rows }) }
    }
}

impl Record {
    /// A metric of a part at an epoch, by name: of the curve, or of those that are measured at the chosen epoch alone; `None`
    /// where it was not measured or is not finite.
    pub fn value(&self, part: Part, metric: &str, epoch: u32) -> Option<f64> {
        match self.metrics.iter().position(|name| name == metric) {
            Some(column) => self.curve.value(part, column, self.curve.row_of(epoch)?),
            None if self.chosen_epoch == Some(epoch) => self.finals.as_ref()?.value(part, metric),
            None => None,
        }
    }

    /// The record as one line, its end included.
    pub fn to_line(&self) -> Vec<u8> {
        let mut line = serde_json::to_vec(self).expect("a record has only text keys and plain values");
        line.push(b'\n');
        line
    }

    /// Reads a line; its end may be there or not.
    pub(super) fn from_line(line: &[u8]) -> Result<Self, LineError> {
        let line = line.strip_suffix(b"\n").unwrap_or(line);
        let record: Self = match serde_json::from_slice(line) {
            Ok(record) => record,
            Err(error) => return Err(other_format(line).unwrap_or_else(|| error.into())),
        };
        if record.format != FORMAT {
            return Err(LineError::Format { found: record.format.into() });
        }
        record.curve.check(record.metrics.len())?;
        Ok(record)
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A classifier's record of two epochs: training accuracies 0.5 and 1, test accuracies 0.5 and 0.8.
    pub(crate) fn example(trial: &str) -> Record {
        Record {
            format: FORMAT,
            trial: trial.to_owned(),
            seed: 3,
            fold: 0,
            status: Status::Ok,
            error: None,
            task: Task::Classification,
            metrics: METRICS_CLASSIFICATION.map(str::to_owned).to_vec(),
            curve: Curve {
                epoch: vec![0, 1],
                train: vec![vec![0.7, 0.1], vec![0.5, 1.0]],
                validation: vec![vec![0.7, 0.3], vec![0.5, 0.75]],
                test: vec![vec![0.7, 0.4], vec![0.5, 0.8]],
                learning_rate: vec![0.001, 0.001],
                penalty: vec![0.0, 0.0],
                sparsity: vec![0.0, 0.0],
                parameters: vec![10, 10],
            },
            chosen_epoch: Some(1),
            best_epoch: Some(1),
            onset_epoch: Some(1),
            nonzero_parameters: 10,
            rows: Rows { train: 60, validation: 20, test: 20, outside_test: 80 },
            seconds: 0.25,
            finals: None,
            measures: Vec::new(),
            times: Vec::new(),
            warnings: Vec::new(),
            version: "0.1.0".to_owned(),
            semantics: 1,
            data: "0a1b".to_owned(),
        }
    }

    #[test]
    fn is_one_line() {
        let mut record = example("ab");
        record.error = Some("first\nsecond".to_owned());
        let line = record.to_line();
        assert_eq!(line.iter().filter(|&&byte| byte == b'\n').count(), 1);
        assert_eq!(line.last(), Some(&b'\n'));
        assert_eq!(Record::from_line(&line).unwrap(), record);
    }

    #[test]
    fn numbers_that_are_not_finite_become_null_and_come_back_as_nan() {
        let mut record = example("ab");
        record.curve.train[0] = vec![f64::INFINITY, f64::NAN];
        record.curve.penalty[1] = f64::NEG_INFINITY;
        let line = String::from_utf8(record.to_line()).unwrap();
        assert!(line.contains(r#""train":[[null,null],[0.5,1.0]]"#), "{line}");
        let back = Record::from_line(line.as_bytes()).unwrap();
        assert!(back.curve.train[0].iter().all(|loss| loss.is_nan()) && back.curve.penalty[1].is_nan());
        assert_eq!(back.curve.value(Part::Train, 0, 1), None);
    }

    #[test]
    fn measurements_survive_and_records_without_any_are_read() {
        let of = |layer, at, value| Measurement { measure: "sparsity".to_owned(), layer, at, value };
        let mut record = example("ab");
        record.measures = vec![of(Some(2), None, 0.5), of(None, Some(0.1), f64::NAN)];
        let line = String::from_utf8(record.to_line()).unwrap();
        let written =
            r#""measures":[{"measure":"sparsity","layer":2,"value":0.5},{"measure":"sparsity","at":0.1,"value":null}]"#;
        assert!(line.contains(written), "{line}");
        let back = Record::from_line(line.as_bytes()).unwrap();
        assert_eq!(back.to_line(), record.to_line());
        assert!(back.measures[1].value.is_nan());
        let before = line.replace(&format!("{written},\"times\":[],"), "");
        assert!(!before.contains("measures") && !before.contains("times"), "{before}");
        assert_eq!(Record::from_line(before.as_bytes()).unwrap(), example("ab"));
        let before = before.replace(",\"semantics\":1,\"data\":\"0a1b\"", "");
        let unknown = Record { semantics: 0, data: String::new(), ..example("ab") };
        assert_eq!(Record::from_line(before.as_bytes()).unwrap(), unknown);
    }

    #[test]
    fn another_format_is_named_even_where_its_keys_differ() {
        let error = Record::from_line(br#"{"format":2,"id":"x"}"#).unwrap_err();
        assert_eq!(error.to_string(), "of format 2, which a later version writes, this one reads 1");
    }

    #[test]
    fn columns_of_different_lengths_are_no_record() {
        let mut record = example("ab");
        record.curve.test[1].pop();
        let error = Record::from_line(&record.to_line()).unwrap_err();
        assert_eq!(error.to_string(), "its curve has 2 epochs, but not in every column and in increasing order");
    }

    proptest! {
        #[test]
        fn every_finite_number_survives_to_the_last_bit(values in prop::collection::vec(any::<f64>(), 2)) {
            let mut record = example("ab");
            record.curve.test[1].clone_from(&values);
            let back = Record::from_line(&record.to_line()).unwrap();
            for (&before, &after) in values.iter().zip(&back.curve.test[1]) {
                let same = if before.is_finite() { before.to_bits() == after.to_bits() } else { after.is_nan() };
                prop_assert!(same, "{before} became {after}");
            }
        }
    }
}

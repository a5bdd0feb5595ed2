//! The CSV of predictions, and what they are worth where the rows have answers.
//!
//! In: a network at work, and the rows of a file. Out: a row of cells for each, written as they come: no more than a batch of
//! rows is in memory. Beside them a [`PredictionScore`].

use std::io::{self, Write};
use std::path::Path;

use thiserror::Error;

use super::ReportError;
use super::cells::{number, swept, text, writer};
use crate::data::{Answer, DataError, NewFile, Task};
use crate::model::{Description, Predictor};
use crate::nn::first_largest;

/// Why predictions cannot be written.
#[derive(Debug, Error)]
pub enum PredictionsError {
    /// The data cannot be read.
    #[error(transparent)]
    Data(#[from] DataError),
    /// The writer failed.
    #[error(transparent)]
    Write(#[from] io::Error),
    /// A file cannot be written.
    #[error(transparent)]
    File(#[from] ReportError),
}

impl From<csv::Error> for PredictionsError {
    /// Writing rows of equal length fails for want of space only.
    fn from(error: csv::Error) -> Self {
        PredictionsError::Write(error.into())
    }
}

impl PredictionsError {
    /// The same of a file with this path.
    pub fn at(self, path: &Path) -> Self {
        match self {
            Self::Write(source) => Self::File(ReportError::Write { path: path.to_owned(), source }),
            other => other,
        }
    }
}

/// Writes the predictions of all rows of a file, with its columns at the places `kept` in front.
///
/// # Errors
/// If the writer fails, or the file is no longer what was checked.
pub fn write_predictions(
    predictor: &mut Predictor<'_>,
    description: &Description,
    file: &NewFile<'_>,
    kept: &[usize],
    out: impl Write,
) -> Result<PredictionScore, PredictionsError> {
    let mut out = writer(out);
    let head = kept.iter().map(|&field| text(&file.names[field]).into_owned()).chain(["prediction".to_owned()]);
    let classes = description.classes.iter().map(|class| format!("probability_{class}"));
    out.write_record(head.chain(classes))?;

    let mut score = PredictionScore::new(description.task);
    let mut rows = file.rows()?;
    let width = predictor.inputs();
    let mut inputs = vec![0.0; predictor.rows() * width];
    let mut answers = Vec::with_capacity(predictor.rows());
    let mut copies: Vec<Vec<String>> = Vec::with_capacity(predictor.rows());
    loop {
        answers.clear();
        copies.clear();
        for inputs in inputs.chunks_exact_mut(width) {
            let Some(answer) = rows.next(inputs)? else { break };
            answers.push(answer);
            copies.push(kept.iter().map(|&field| swept(Some(rows.cell(field))).into_owned()).collect());
        }
        if answers.is_empty() {
            break;
        }
        let mut each = answers.iter().zip(&copies);
        let loss = predictor.loss();
        predictor.run(&inputs[..answers.len() * width], |outputs| {
            let (&answer, copied) = each.next().expect("each row has outputs once");
            let mut record: Vec<String> = copied.clone();
            if description.task == Task::Classification {
                let class = first_largest(outputs);
                let mut probabilities = vec![0.0; outputs.len()];
                loss.probabilities(outputs, &mut probabilities);
                record.push(text(&description.classes[class]).into_owned());
                record.extend(probabilities.into_iter().map(|p| number(Some(p))));
                score.add_class(class as u32, answer);
            } else {
                let target = &description.preprocessing.target;
                let value = outputs[0] * target.scale + target.shift;
                record.push(number(Some(value)));
                score.add_value(value, answer);
            }
            Ok::<_, PredictionsError>(out.write_record(record)?)
        })?;
    }
    rows.finish()?;
    out.flush()?;
    Ok(score)
}

/// What predictions are worth, of the rows that have an answer.
#[derive(Debug, Clone, PartialEq)]
pub struct PredictionScore {
    task: Task,
    rows: usize,
    right: usize,
    /// Rows of classes that the network does not know.
    others: usize,
    /// Σ (predicted − true)²
    squares: f64,
    /// Mean of the true values so far, and Σ (true − mean)² (Welford).
    mean: f64,
    spread: f64,
}

impl PredictionScore {
    fn new(task: Task) -> Self {
        Self { task, rows: 0, right: 0, others: 0, squares: 0.0, mean: 0.0, spread: 0.0 }
    }

    fn add_class(&mut self, predicted: u32, answer: Answer) {
        match answer {
            Answer::Class(class) => {
                (self.rows, self.right) = (self.rows + 1, self.right + usize::from(class == predicted))
            }
            Answer::OtherClass => (self.rows, self.others) = (self.rows + 1, self.others + 1),
            Answer::None | Answer::Value(_) => {}
        }
    }

    fn add_value(&mut self, predicted: f64, answer: Answer) {
        let Answer::Value(truth) = answer else { return };
        self.rows += 1;
        self.squares += (predicted - truth) * (predicted - truth);
        let distance = truth - self.mean;
        self.mean += distance / self.rows as f64;
        self.spread += distance * (truth - self.mean);
    }

    /// A line for people; nothing where no row has an answer.
    pub fn said(&self) -> Option<String> {
        if self.rows == 0 {
            return None;
        }
        let rows = if self.rows == 1 { "1 row".to_owned() } else { format!("{} rows", self.rows) };
        Some(match self.task {
            Task::Classification => {
                let share = 100.0 * self.right as f64 / self.rows as f64;
                let others = match self.others {
                    0 => String::new(),
                    count => format!("; {count} of a class that training did not see count as wrong"),
                };
                format!("accuracy {share:.1}%: {} right of {rows} with an answer{others}", self.right)
            }
            Task::Regression => {
                let rmse = (self.squares / self.rows as f64).sqrt();
                let r2 = match self.spread > 0.0 {
                    true => format!("r2 {:.4}, ", 1.0 - self.squares / self.spread),
                    false => String::new(),
                };
                format!("{r2}rmse {rmse:.6} of {rows} with an answer")
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_without_an_answer_do_not_count_and_unknown_classes_are_wrong() {
        let mut score = PredictionScore::new(Task::Classification);
        assert_eq!(score.said(), None);
        for (predicted, answer) in [
            (1, Answer::Class(1)),
            (0, Answer::Class(1)),
            (0, Answer::None),
            (0, Answer::OtherClass),
            (2, Answer::Class(2)),
        ] {
            score.add_class(predicted, answer);
        }
        assert_eq!(
            score.said().unwrap(),
            "accuracy 50.0%: 2 right of 4 rows with an answer; 1 of a class that training did not see count as wrong"
        );
    }

    #[test]
    fn a_regression_is_judged_by_r2_and_rmse() {
        let mut score = PredictionScore::new(Task::Regression);
        // Errors 1, 0, 1: Σ² = 2; true values 1, 2, 3: Σ(y − ȳ)² = 2.
        for (predicted, truth) in [(2.0, 1.0), (2.0, 2.0), (2.0, 3.0)] {
            score.add_value(predicted, Answer::Value(truth));
        }
        assert_eq!(score.said().unwrap(), "r2 0.0000, rmse 0.816497 of 3 rows with an answer");
    }
}

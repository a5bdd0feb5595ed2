//! Figures of a trial that are measured once, at the chosen epoch, beside those of its curve.
//!
//! In: what the trainer found. Out: a part of a [`Record`](super::Record), and single figures of it by name.

use serde::{Deserialize, Serialize};

use super::numbers;
use super::record::Part;
use crate::metric::{Classified, FURTHER};
use crate::train;

/// Figures of what a classification's trial ends with, part by part.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Finals {
    /// The names of the metrics, in the order of [`FinalPart::values`].
    pub metrics: Vec<String>,
    /// Of the training rows.
    pub train: FinalPart,
    /// Of the validation rows, if there are any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub validation: Option<FinalPart>,
    /// Of the test rows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub test: Option<FinalPart>,
}

/// Figures of a part.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FinalPart {
    /// One per metric; NaN where it is not defined.
    #[serde(with = "numbers::column")]
    pub values: Vec<f64>,
    /// True class, predicted class and number of rows of each pair that occurs; classes are numbered from 0, in their order.
    pub confusion: Vec<[u64; 3]>,
}

impl Finals {
    /// What the trainer found.
    pub(super) fn of(found: &train::Finals) -> Self {
        let part = |part: &Classified| FinalPart { values: part.values.to_vec(), confusion: part.confusion.pairs() };
        Self {
            metrics: FURTHER.iter().map(|metric| metric.name().to_owned()).collect(),
            train: part(&found.train),
            validation: found.validation.as_ref().map(part),
            test: found.test.as_ref().map(part),
        }
    }

    /// A part, where it has rows.
    pub fn part(&self, part: Part) -> Option<&FinalPart> {
        match part {
            Part::Train => Some(&self.train),
            Part::Validation => self.validation.as_ref(),
            Part::Test => self.test.as_ref(),
        }
    }

    /// A figure of a part; `None` where it is not measured or not defined.
    pub fn value(&self, part: Part, metric: &str) -> Option<f64> {
        let place = self.metrics.iter().position(|name| name == metric)?;
        self.part(part)?.values.get(place).copied().filter(|value| value.is_finite())
    }
}

#[cfg(test)]
mod tests {
    use super::super::record::Record;
    use super::super::record::tests::example;
    use super::*;

    #[test]
    fn figures_survive_and_what_is_not_defined_is_none() {
        let part = |auc| FinalPart { values: vec![0.5, 0.25, 1.5, auc], confusion: vec![[0, 1, 7]] };
        let metrics = FURTHER.iter().map(|metric| metric.name().to_owned()).collect();
        let finals = Finals { metrics, train: part(0.75), validation: None, test: Some(part(f64::NAN)) };
        let line = Record { finals: Some(finals), ..example("ab") }.to_line();
        let back = Record::from_line(&line).unwrap();
        assert_eq!(back.to_line(), line);
        let finals = back.finals.unwrap();
        let of = |part| finals.value(part, "auc");
        assert_eq!([of(Part::Train), of(Part::Validation), of(Part::Test)], [Some(0.75), None, None]);
        assert_eq!(finals.value(Part::Test, "log_loss"), Some(1.5));
        assert_eq!(finals.value(Part::Test, "accuracy"), None);
        assert_eq!(finals.test.unwrap().confusion, [[0, 1, 7]]);
    }
}

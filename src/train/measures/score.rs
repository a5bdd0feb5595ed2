//! Accuracy or r2 of predictions, as the curves have it.
//!
//! In: the predictions of some rows, one at a time, and the rows' targets. Out: the score of each, and what they sum up to.

use super::super::evaluate::spread;
use crate::data::{Targets, Task};

/// The name that goes with the task.
pub(super) fn by_task(task: Task, [classification, regression]: [&'static str; 2]) -> &'static str {
    match task {
        Task::Classification => classification,
        Task::Regression => regression,
    }
}

/// The class that is predicted: the first of the largest.
pub(super) fn predicted(prediction: &[f64]) -> usize {
    (1..prediction.len()).fold(0, |best, class| if prediction[class] > prediction[best] { class } else { best })
}

/// 1 or 0 for a class that is right or wrong, (z − y)² for a value. `targets` has the target of row `row`.
pub(super) fn score(targets: &Targets, row: usize, prediction: &[f64]) -> f64 {
    match targets {
        Targets::Classes(classes) => f64::from(u8::from(predicted(prediction) == classes[row] as usize)),
        Targets::Values(values) => {
            let error = prediction[0] - f64::from(values[row]);
            error * error
        }
        Targets::Shares(_) => unreachable!("what is measured has hard labels"),
    }
}

/// Accuracy or r2, where `sum` is the sum of the scores of all rows of `targets`. NaN where r2 is not defined.
pub(super) fn summed_up(targets: &Targets, sum: f64) -> f64 {
    match targets {
        Targets::Classes(classes) => sum / classes.len() as f64,
        _ => match spread(targets) {
            spread if spread > 0.0 => 1.0 - sum / spread,
            _ => f64::NAN,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scores_worked_by_hand() {
        let classes = Targets::Classes(vec![1, 0, 2]);
        let hits: Vec<f64> = (0..3).map(|row| score(&classes, row, &[0.4, 0.4, 0.2])).collect();
        assert_eq!(hits, [0.0, 1.0, 0.0], "the first of equals is predicted");
        assert_eq!(summed_up(&classes, 1.5), 0.5);
        let values = Targets::Values(vec![1.0, 3.0]);
        assert_eq!((score(&values, 0, &[3.0]), score(&values, 1, &[3.0])), (4.0, 0.0));
        assert_eq!(summed_up(&values, 4.0), -1.0, "Σ(y − 2)² is 2");
        assert!(summed_up(&Targets::Values(vec![1.0, 1.0]), 4.0).is_nan());
    }
}

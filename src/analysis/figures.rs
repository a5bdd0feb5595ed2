//! The figures of one network at one epoch, as the columns of every table name them.
//!
//! In: a record and an epoch. Out: [`Figures`]: `train_loss`, `validation_loss`, `test_loss`, `train_accuracy`, ..., `gap`,
//! `loss_gap`. Positive gaps mean overfitting.

use crate::lab::{Part, Record, Results};
use crate::stopping;

const PARTS: [(Part, &str); 3] = [(Part::Train, "train"), (Part::Validation, "validation"), (Part::Test, "test")];

/// The names of the figures, in the order of [`Figures::values`]: each metric of each part, `gap`, `loss_gap`.
pub fn measure_names(metrics: &[String]) -> Vec<String> {
    let parts = metrics.iter().flat_map(|metric| PARTS.map(|(_, part)| format!("{part}_{metric}")));
    parts.chain(["gap".to_owned(), "loss_gap".to_owned()]).collect()
}

/// The names of the figures at the chosen epoch, in the order of [`Figures::chosen`]: those of every epoch, then each further
/// metric of each part.
pub fn chosen_names(results: &Results) -> Vec<String> {
    let further = results.further.iter().flat_map(|metric| PARTS.map(|(_, part)| format!("{part}_{metric}")));
    measure_names(&results.metrics).into_iter().chain(further).collect()
}

/// Figures of which less is better, as the last word of a name.
const LOWER_IS_BETTER: [&str; 12] =
    ["loss", "error", "err", "mse", "mae", "mape", "msle", "nll", "brier", "perplexity", "deviance", "entropy"];

/// Whether a figure of this name is better the lower it is: a loss, an error. Each word of the name may say so, and a word
/// may end so: `test_rmse`, `logLoss`, `error rate`.
pub fn lower_is_better(metric: &str) -> bool {
    let name = metric.to_lowercase();
    let mut words = name.split(|letter: char| !letter.is_alphanumeric());
    words.any(|word| LOWER_IS_BETTER.iter().any(|end| word.ends_with(end)))
}

/// The figures of one network at one epoch.
#[derive(Debug, Clone, PartialEq)]
pub struct Figures {
    /// One value per name of [`measure_names`]; `None` where a part is empty or the number is not finite.
    pub values: Vec<Option<f64>>,
}

impl Figures {
    /// What `record` measured in a row of its curve, of these metrics: the loss first, then the one that `gap` is about.
    pub fn of_row(record: &Record, metrics: &[String], row: usize) -> Self {
        let mut values = Vec::with_capacity(3 * metrics.len() + 2);
        for metric in metrics {
            let column = record.metrics.iter().position(|name| name == metric);
            values.extend(PARTS.map(|(part, _)| record.curve.value(part, column?, row)));
        }
        let of = |metric: usize, part: usize| values.get(3 * metric + part).copied().flatten();
        let difference = |a: Option<f64>, b: Option<f64>| Some(a? - b?).filter(|gap| gap.is_finite());
        let gap = difference(of(1, 0), of(1, 2));
        let loss_gap = difference(of(0, 2), of(0, 0));
        values.extend([gap, loss_gap]);
        Self { values }
    }

    /// What `record` measured at its chosen epoch, by the names of [`chosen_names`].
    pub fn chosen(record: &Record, results: &Results) -> Self {
        let mut figures = Self::at(record, &results.metrics, record.chosen_epoch);
        figures.values.reserve_exact(PARTS.len() * results.further.len());
        for metric in &results.further {
            let value = |part| record.finals.as_ref()?.value(part, metric);
            figures.values.extend(PARTS.map(|(part, _)| value(part)));
        }
        figures
    }

    /// What `record` measured at an epoch; nothing where there is no such epoch.
    pub fn at(record: &Record, metrics: &[String], epoch: Option<u32>) -> Self {
        match epoch.and_then(|epoch| record.curve.row_of(epoch)) {
            Some(row) => Self::of_row(record, metrics, row),
            None => Self { values: vec![None; 3 * metrics.len() + 2] },
        }
    }
}

/// Prechelt's generalization loss at the last epoch, in percent: how far the validation loss has risen above its lowest
/// value. `None` without validation.
pub fn generalization_loss(record: &Record) -> Option<f64> {
    let loss = record.metrics.iter().position(|name| name == "loss")?;
    let lowest = record.curve.value(Part::Validation, loss, record.curve.row_of(record.onset_epoch?)?)?;
    let last = record.curve.value(Part::Validation, loss, record.curve.epoch.len().checked_sub(1)?)?;
    Some(stopping::generalization_loss(last, lowest)).filter(|rise| rise.is_finite())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lab::example_record;

    #[test]
    fn figures_are_named_by_part_and_metric() {
        let names = measure_names(&["loss".to_owned(), "accuracy".to_owned()]);
        let expected =
            "train_loss validation_loss test_loss train_accuracy validation_accuracy test_accuracy gap loss_gap";
        assert_eq!(names.join(" "), expected);
    }

    #[test]
    fn losses_and_errors_are_better_the_lower_they_are() {
        let lower = ["test_loss", "test_rmse", "error", "test_log_loss", "mae", "logLoss", "Error rate", "test-NLL"];
        assert!(lower.into_iter().all(lower_is_better));
        let higher = ["test_accuracy", "test_r2", "auc", "lossless", "f1", "mcc", "kappa", "merit"];
        assert!(!higher.into_iter().any(lower_is_better));
    }

    #[test]
    fn gaps_are_positive_where_the_network_overfits() {
        let record = example_record("01");
        let figures = Figures::at(&record, &record.metrics, Some(1)).values;
        assert_eq!(figures[..6], [Some(0.1), Some(0.3), Some(0.4), Some(1.0), Some(0.75), Some(0.8)]);
        assert_eq!(figures[6..], [Some(1.0 - 0.8), Some(0.4 - 0.1)]);
    }

    #[test]
    fn without_a_test_part_there_is_no_gap_and_without_the_epoch_nothing() {
        let mut record = example_record("01");
        record.curve.test.clear();
        let figures = Figures::at(&record, &record.metrics, Some(1)).values;
        assert_eq!((figures[5], figures[6], figures[7]), (None, None, None));
        assert_eq!(figures[3], Some(1.0));
        assert_eq!(Figures::at(&record, &record.metrics, None).values, vec![None; 8]);
    }

    #[test]
    fn generalization_loss_agrees_with_prechelts_formula() {
        // The worked values: .69 is the lowest and .78 the last, 100·(.78/.69 − 1) = 13.043.
        let mut record = example_record("01");
        record.curve.validation[0] = vec![0.69, 0.78];
        record.onset_epoch = Some(0);
        assert!((generalization_loss(&record).unwrap() - 13.043_478).abs() < 1e-6);
        record.curve.validation.clear();
        assert_eq!(generalization_loss(&record), None);
    }
}

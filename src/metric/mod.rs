//! What predictions are worth: which metrics there are, of which task, and which way is better.
//!
//! In: true classes, predicted ones and probabilities. Out: [`Classified`]: what a classification's curve does not hold, since it
//! is measured once, on the network that a trial ends with. Definitions are those of scikit-learn.
//!
//! | file | question it answers |
//! | --- | --- |
//! | `confusion` | which class was taken for which, and what does that come to? |
//! | `ranking` | do rows of a class get higher probabilities of it than others? |
//! | `classified` | what are the predictions of a part worth? |

mod classified;
mod confusion;
mod ranking;

pub use classified::Classified;
pub use confusion::Confusion;
pub use ranking::auc;

use crate::data::Task;

/// A figure by which networks are compared. Its words are those of `metric` in a config, and of columns behind `train_`,
/// `validation_` and `test_`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Metric {
    /// The share of right predictions.
    Accuracy,
    /// The mean over the classes of the share of their rows that are predicted right.
    BalancedAccuracy,
    /// The mean over the classes of the harmonic mean of precision and recall (macro, of two classes too).
    F1,
    /// The area under the ROC curve: of the second of two classes; of more the mean over the classes, each against the rest.
    Auc,
    /// The mean of −ln of the probability of the true class, which is not taken for less than 2.2e-16.
    LogLoss,
    /// The mean data loss, as training has it.
    Loss,
    /// The share of the target's variance that is explained.
    R2,
    /// The root of the mean squared error, in the target's unit.
    Rmse,
}

/// The metrics of a classification that stand beside its curve, in the order of [`Classified::values`].
pub const FURTHER: [Metric; 4] = [Metric::BalancedAccuracy, Metric::F1, Metric::LogLoss, Metric::Auc];

impl Metric {
    /// Every metric, those of a classification first.
    pub const ALL: [Metric; 8] = [
        Metric::Accuracy,
        Metric::BalancedAccuracy,
        Metric::F1,
        Metric::Auc,
        Metric::LogLoss,
        Metric::Loss,
        Metric::R2,
        Metric::Rmse,
    ];

    /// The words of [`Metric::ALL`].
    pub const NAMES: [&str; 8] = ["accuracy", "balanced_accuracy", "f1", "auc", "log_loss", "loss", "r2", "rmse"];

    /// Its word in configs and columns.
    pub fn name(self) -> &'static str {
        let place = Self::ALL.iter().position(|metric| *metric == self);
        place.map_or("", |place| Self::NAMES[place])
    }

    /// The metric of that word.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|metric| metric.name() == name)
    }

    /// The metric of a task where none is chosen.
    pub fn of(task: Task) -> Self {
        match task {
            Task::Classification => Metric::Accuracy,
            Task::Regression => Metric::R2,
        }
    }

    /// Whether it is measured of this task.
    pub fn is_of(self, task: Task) -> bool {
        match self {
            Metric::Loss => true,
            Metric::R2 | Metric::Rmse => task == Task::Regression,
            _ => task == Task::Classification,
        }
    }

    /// Whether less of it is better.
    pub fn lower_is_better(self) -> bool {
        matches!(self, Metric::LogLoss | Metric::Loss | Metric::Rmse)
    }

    /// As it is spoken of: `balanced accuracy`.
    pub fn spoken(self) -> String {
        self.name().replace('_', " ")
    }
}

/// The names of the metrics that a task has beside its curve.
pub fn further_names(task: Task) -> Vec<String> {
    match task {
        Task::Classification => FURTHER.iter().map(|metric| metric.name().to_owned()).collect(),
        Task::Regression => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_metric_has_a_word_and_every_task_its_own() {
        for (metric, name) in Metric::ALL.into_iter().zip(Metric::NAMES) {
            assert_eq!((metric.name(), Metric::from_name(name)), (name, Some(metric)));
        }
        assert_eq!(Metric::from_name("recall"), None);
        let of =
            |task| Metric::ALL.into_iter().filter(|metric| metric.is_of(task)).map(Metric::name).collect::<Vec<_>>();
        assert_eq!(of(Task::Classification), ["accuracy", "balanced_accuracy", "f1", "auc", "log_loss", "loss"]);
        assert_eq!(of(Task::Regression), ["loss", "r2", "rmse"]);
        assert!([Task::Classification, Task::Regression].into_iter().all(|task| Metric::of(task).is_of(task)));
    }
}

//! Early stopping by what validation says.
//!
//! The keys of another criterion than the chosen one are refused, since they would change nothing.

use serde::Deserialize;

use crate::data::Task;
use crate::recipe::{Monitor, Recipe, Stopping};
use crate::remedies::{Context, Entry, Refusal, Remedy, settings};
use crate::schema::{Default, Field, Interval, Kind, Table};
use crate::stopping::Criterion;

pub(in crate::remedies) const ENTRY: Entry = Entry {
    name: "early_stopping",
    idea: "stop when validation stops improving, keep the best weights",
    formula: "E_va: validation error, E_opt: its lowest so far, E_tr: training error. patience: an epoch improves if E_va < best \
              - min_delta; stop after `patience` epochs in a row that do not (Keras' EarlyStopping). gl: stop when GL = 100 \
              (E_va / E_opt - 1) > alpha. pq: stop at the end of a strip of k epochs when GL / P_k > alpha, P_k = 1000 (mean \
              E_tr of the strip / its lowest - 1). up: stop behind s strips in a row that each end with a larger E_va than the \
              one before. The error is the loss or, with monitor = \"validation_accuracy\", 1 - accuracy; where E_opt is 0, \
              any larger E_va has an infinite GL. Epoch 0 and epochs before the last planned pruning or before `start_epoch` \
              do not count.",
    touches: "the number of epochs, and which epoch's weights the trial ends with; sees training and validation figures, never \
              the test set",
    source: "Prechelt, Early stopping - but when?, in Neural Networks: Tricks of the Trade, 1998",
    table: &Table { fields: FIELDS, short: Some("patience") },
    make: |value| Box::new(settings::<EarlyStopping>("early_stopping", value)),
};

const FIELDS: &[Field] = &[
    Field {
        name: "criterion",
        kind: Kind::Choice(&["patience", "gl", "pq", "up"]),
        default: Default::Toml("\"patience\""),
        doc: "the rule: patience, or Prechelt's generalisation loss, progress quotient, strips that rise",
    },
    Field {
        name: "patience",
        kind: Kind::Integer { least: 0, most: i64::MAX },
        default: Default::Absent,
        doc: "patience: epochs without improvement that are waited for, 10 where not given; 0 acts as 1",
    },
    Field {
        name: "min_delta",
        kind: Kind::Number(Interval::NOT_NEGATIVE),
        default: Default::Absent,
        doc: "patience: by how much an error must fall below the best to count, 0 where not given",
    },
    Field {
        name: "alpha",
        kind: Kind::Number(Interval::POSITIVE),
        default: Default::Absent,
        doc: "gl: percent above the lowest, 5 where not given, usual 1 to 5; pq: percent per thousandth of progress, 0.5 where \
              not given, usual 0.5 to 3",
    },
    Field {
        name: "strips",
        kind: Kind::Integer { least: 1, most: i64::MAX },
        default: Default::Absent,
        doc: "up: strips in a row that must rise, s; 3 where not given, usual 2 to 8",
    },
    Field {
        name: "strip",
        kind: Kind::Integer { least: 1, most: i64::MAX },
        default: Default::Absent,
        doc: "pq and up: epochs in a strip, k; 5 where not given",
    },
    Field {
        name: "monitor",
        kind: Kind::Choice(&["validation_loss", "validation_accuracy"]),
        default: Default::Toml("\"validation_loss\""),
        doc: "the figure to watch; a regression has its loss only, with which r2 and rmse rise and fall",
    },
    Field {
        name: "start_epoch",
        kind: Kind::Integer { least: 0, most: i64::MAX },
        default: Default::Toml("1"),
        doc: "the first epoch that counts; 0 acts as 1",
    },
    Field {
        name: "restore_best",
        kind: Kind::Boolean,
        default: Default::Toml("true"),
        doc: "end with the weights of the best epoch, also where the stop never fires",
    },
];

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
struct EarlyStopping {
    criterion: Rule,
    patience: Option<usize>,
    min_delta: Option<f64>,
    alpha: Option<f64>,
    strips: Option<usize>,
    strip: Option<usize>,
    monitor: Monitor,
    start_epoch: usize,
    restore_best: bool,
}

/// `remedies.early_stopping.criterion`
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Rule {
    Patience,
    Gl,
    Pq,
    Up,
}

impl Remedy for EarlyStopping {
    fn is_off(&self) -> bool {
        false
    }

    fn check(&self, context: &Context) -> Result<(), Refusal> {
        if !context.has_validation {
            let reason = "needs validation rows to watch, found none (data.split.validation = 0); the test set is never \
                          looked at for a choice";
            return Err(Refusal { key: "", reason: reason.to_owned() });
        }
        self.check_keys()?;
        if self.monitor == Monitor::ValidationAccuracy && context.rows.task() == Task::Regression {
            let reason = "must be validation_loss for a regression, found validation_accuracy".to_owned();
            return Err(Refusal { key: "monitor", reason });
        }
        let epochs = context.train.epochs;
        if self.start_epoch > epochs {
            let reason = format!("must be at most train.epochs = {epochs}, found {}", self.start_epoch);
            return Err(Refusal { key: "start_epoch", reason });
        }
        Ok(())
    }

    fn contribute(&self, _: &Context, recipe: &mut Recipe) {
        recipe.stopping = Some(Stopping {
            criterion: self.criterion(),
            monitor: self.monitor,
            start_epoch: self.start_epoch,
            restore_best: self.restore_best,
        });
    }
}

impl EarlyStopping {
    /// Refuses a key that the chosen criterion does not know.
    fn check_keys(&self) -> Result<(), Refusal> {
        let (chosen, known): (&str, &[&str]) = match self.criterion {
            Rule::Patience => ("patience", &["patience", "min_delta"]),
            Rule::Gl => ("gl", &["alpha"]),
            Rule::Pq => ("pq", &["alpha", "strip"]),
            Rule::Up => ("up", &["strips", "strip"]),
        };
        let given = [
            ("patience", self.patience.is_some()),
            ("min_delta", self.min_delta.is_some()),
            ("alpha", self.alpha.is_some()),
            ("strips", self.strips.is_some()),
            ("strip", self.strip.is_some()),
        ];
        match given.into_iter().find(|(key, is_given)| *is_given && !known.contains(key)) {
            None => Ok(()),
            Some((key, _)) => {
                let reason =
                    format!("must be left out with criterion = \"{chosen}\", whose keys are {}", known.join(", "));
                Err(Refusal { key, reason })
            }
        }
    }

    fn criterion(&self) -> Criterion {
        /// Prechelt's strips have five epochs.
        const STRIP: usize = 5;
        let strip = self.strip.unwrap_or(STRIP);
        match self.criterion {
            Rule::Patience => {
                Criterion::Patience { patience: self.patience.unwrap_or(10), min_delta: self.min_delta.unwrap_or(0.0) }
            }
            Rule::Gl => Criterion::GeneralizationLoss { alpha: self.alpha.unwrap_or(5.0) },
            Rule::Pq => Criterion::ProgressQuotient { alpha: self.alpha.unwrap_or(0.5), strip },
            Rule::Up => Criterion::Rises { strips: self.strips.unwrap_or(3), strip },
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn made(criterion: &str, key: &str, value: f64) -> EarlyStopping {
        let mut object = json!({
            "criterion": criterion, "monitor": "validation_loss", "start_epoch": 1, "restore_best": true,
        });
        if !key.is_empty() {
            let whole = key != "alpha" && key != "min_delta";
            object[key] = if whole { json!(value as usize) } else { json!(value) };
        }
        settings("early_stopping", &object)
    }

    #[test]
    fn every_criterion_has_its_defaults_and_takes_its_keys() {
        assert_eq!(made("patience", "", 0.0).criterion(), Criterion::Patience { patience: 10, min_delta: 0.0 });
        assert_eq!(made("gl", "", 0.0).criterion(), Criterion::GeneralizationLoss { alpha: 5.0 });
        assert_eq!(made("pq", "", 0.0).criterion(), Criterion::ProgressQuotient { alpha: 0.5, strip: 5 });
        assert_eq!(made("up", "", 0.0).criterion(), Criterion::Rises { strips: 3, strip: 5 });
        assert_eq!(made("pq", "strip", 4.0).criterion(), Criterion::ProgressQuotient { alpha: 0.5, strip: 4 });
        assert_eq!(made("up", "strips", 2.0).criterion(), Criterion::Rises { strips: 2, strip: 5 });
    }

    #[test]
    fn a_key_of_another_criterion_is_refused_by_its_name() {
        for (criterion, keys) in [
            ("patience", vec!["alpha", "strips", "strip"]),
            ("gl", vec!["patience", "min_delta", "strips", "strip"]),
            ("pq", vec!["patience", "min_delta", "strips"]),
            ("up", vec!["patience", "min_delta", "alpha"]),
        ] {
            for key in ["patience", "min_delta", "alpha", "strips", "strip"] {
                let refusal = made(criterion, key, 1.0).check_keys().err();
                assert_eq!(refusal.map(|refusal| refusal.key), keys.contains(&key).then_some(key), "{criterion}");
            }
        }
        let refusal = made("gl", "strip", 1.0).check_keys().unwrap_err();
        assert_eq!(refusal.reason, "must be left out with criterion = \"gl\", whose keys are alpha");
    }
}

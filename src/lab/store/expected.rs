//! What the records of a plan must say, so that a record which cannot be the result of its trial is not taken for it.
//!
//! In: the trials of an experiment. Out: whether an identity is among them, and what in a record contradicts its trial.

use std::collections::HashMap;

use super::{Record, Status};
use crate::data::Task;
use crate::experiment::{Contents, Experiment, Trial, TrialId};
use crate::lab::plausible;
use crate::train::metric_names;

/// The trials of a plan, each with what its record must say.
#[derive(Debug)]
pub struct Expected {
    task: Task,
    semantics: u32,
    /// The hashes of the data sets.
    data: Vec<String>,
    trials: HashMap<TrialId, Asked>,
}

/// What one trial was asked for.
#[derive(Debug, Clone, Copy)]
struct Asked {
    seed: u64,
    fold: u32,
    epochs: u32,
}

impl Expected {
    /// Of these trials of an experiment that predicts `task` from files of these contents.
    pub fn of(experiment: &Experiment, trials: &[Trial], contents: &Contents, task: Task) -> Self {
        let asked = |trial: &Trial| Asked {
            seed: trial.seed,
            fold: trial.fold,
            epochs: experiment.cells[trial.cell].settings.train.epochs as u32,
        };
        Self {
            task,
            semantics: contents.semantics(),
            data: contents.data_hashes().into_iter().map(str::to_owned).collect(),
            trials: trials.iter().map(|trial| (trial.id, asked(trial))).collect(),
        }
    }

    /// Whether the plan has this trial.
    pub(super) fn has(&self, trial: &str) -> bool {
        TrialId::from_hexadecimal(trial).is_some_and(|id| self.trials.contains_key(&id))
    }

    /// What in a record contradicts its trial, as a fragment; nothing where the plan has no such trial.
    pub(super) fn contradiction(&self, record: &Record) -> Option<String> {
        let asked = self.trials.get(&TrialId::from_hexadecimal(&record.trial)?)?;
        let differs = |name: &str, found: String, wanted: String| {
            (found != wanted).then(|| format!("its {name} is {found}, that of its trial {wanted}"))
        };
        // Records of early versions do not say what their identity comes from.
        let semantics = if record.semantics == 0 { self.semantics } else { record.semantics };
        if semantics != self.semantics {
            return Some(format!(
                "it is of a version in which settings mean something else: semantics {semantics}, here {}",
                self.semantics
            ));
        }
        if !record.data.is_empty() && !self.data.contains(&record.data) {
            return Some("it is of other data than its trial".to_owned());
        }
        let names = metric_names(self.task);
        differs("seed", record.seed.to_string(), asked.seed.to_string())
            .or_else(|| differs("fold", record.fold.to_string(), asked.fold.to_string()))
            .or_else(|| differs("task", record.task.name().to_owned(), self.task.name().to_owned()))
            .or_else(|| differs("list of metrics", record.metrics.join(" "), names.join(" ")))
            .or_else(|| plausible::contradiction(record))
            .or_else(|| epochs(record, asked.epochs))
    }
}

/// All epochs are trained unless something ends the trial before.
fn epochs(record: &Record, planned: u32) -> Option<String> {
    let trained = record.curve.epoch.last().copied().unwrap_or(0);
    let fits = match record.status {
        Status::Ok => trained == planned,
        Status::StoppedEarly | Status::Diverged | Status::Failed => trained <= planned,
    };
    let status = record.status.name();
    (!fits).then(|| format!("its status is {status} after {trained} epochs, its trial has {planned}"))
}

#[cfg(test)]
pub(super) mod tests {
    use super::super::super::record::METRICS_REGRESSION;
    use super::super::super::record::tests::example;
    use super::*;

    pub(in crate::lab) const ID: &str = "0123456789abcdef0123";

    /// A plan of one trial: the example, of one epoch and seed 3.
    pub(in crate::lab) fn expected() -> Expected {
        let asked = Asked { seed: 3, fold: 0, epochs: 1 };
        Expected {
            task: Task::Classification,
            semantics: 1,
            data: vec!["0a1b".to_owned()],
            trials: [(TrialId::from_hexadecimal(ID).unwrap(), asked)].into(),
        }
    }

    #[test]
    fn a_record_of_its_trial_is_right_and_one_of_another_plan_is_nobodys_to_judge() {
        let record = example(ID);
        let early = Record { semantics: 0, data: String::new(), ..record.clone() };
        let other = Record { seed: 9, ..example("0123456789abcdef0124") };
        for record in [record, early, other, Record { seed: 9, ..example("x") }] {
            assert_eq!(expected().contradiction(&record), None);
        }
        assert!(expected().has(ID) && !expected().has("x"));
    }

    #[test]
    fn what_contradicts_the_trial_is_named_with_what_is_wanted() {
        let said = |change: &dyn Fn(&mut Record)| {
            let mut record = example(ID);
            change(&mut record);
            expected().contradiction(&record).unwrap()
        };
        assert_eq!(said(&|record| record.seed = 4), "its seed is 4, that of its trial 3");
        assert_eq!(said(&|record| record.fold = 1), "its fold is 1, that of its trial 0");
        let task = "its task is regression, that of its trial classification";
        assert_eq!(said(&|record| record.task = Task::Regression), task);
        let metrics = "its list of metrics is loss r2 rmse, that of its trial loss accuracy";
        assert_eq!(said(&|record| record.metrics = METRICS_REGRESSION.map(str::to_owned).to_vec()), metrics);
        let meaning = "it is of a version in which settings mean something else: semantics 2, here 1";
        assert_eq!(said(&|record| record.semantics = 2), meaning);
        assert_eq!(said(&|record| record.data = "ff".to_owned()), "it is of other data than its trial");
        let beyond = "its chosen_epoch is 2, its curve ends with epoch 1";
        assert_eq!(said(&|record| record.chosen_epoch = Some(2)), beyond);
        let longer = "its status is ok after 2 epochs, its trial has 1";
        assert_eq!(said(&|record| record.curve.epoch.push(2)), longer);
    }
}

//! What can only be checked with the data at hand: shares of the split, the loss, and whether each remedy goes with it.
//!
//! In: an [`Experiment`] and the data set of a cell. Out: nothing, or errors that name the line of the key to blame.

use std::sync::Arc;

use crate::data::{self, DataSettings, Dataset, Task};
use crate::nn::LossChoice;
use crate::remedies::Context;
use crate::schema::{Problem, Problems};

use super::{Cell, ConfigErrors, Experiment};

/// What checks need to know of a cell's data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Facts {
    /// Classification or regression.
    pub task: Task,
    /// Number of training rows.
    pub train_rows: usize,
    /// Whether any row is held out for validation.
    pub has_validation: bool,
}

impl Experiment {
    /// Checks every cell with its data, which `dataset_of` has read before.
    ///
    /// # Errors
    /// Everything that is wrong, each problem once.
    pub fn check_with_data(
        &self,
        mut dataset_of: impl FnMut(&DataSettings) -> Arc<Dataset>,
    ) -> Result<(), ConfigErrors> {
        let mut problems = Problems::default();
        let mut known: Vec<(&DataSettings, Option<Facts>)> = Vec::new();
        for (index, cell) in self.cells.iter().enumerate() {
            let data = &cell.settings.data;
            let facts = match known.iter().find(|(settings, _)| *settings == data) {
                Some((_, facts)) => *facts,
                None => {
                    let facts = self.facts(index, &dataset_of(data)).map_err(|errors| take(errors, &mut problems)).ok();
                    known.push((data, facts));
                    facts
                }
            };
            if let Some(facts) = facts
                && let Err(errors) = self.check_with_facts(index, &facts)
            {
                take(errors, &mut problems);
            }
        }
        ConfigErrors::unless_empty(problems)
    }

    /// Checks the split of a cell, and makes that of the first seed and fold to see what is in it.
    ///
    /// # Errors
    /// A split that does not go with the data; data that cannot be prepared.
    pub fn facts(&self, cell: usize, dataset: &Arc<Dataset>) -> Result<Facts, ConfigErrors> {
        let settings = &self.cells[cell].settings.data;
        data::check_split(dataset, settings).map_err(|error| self.problem(cell, error.key, &error.reason))?;
        let prepared = data::prepare(dataset, settings, self.seeds[0], 0)
            .map_err(|error| ConfigErrors::from(Problem::elsewhere(error.to_string())))?;
        let data = prepared.data;
        let (train_rows, validation_rows) = (data.train.rows.len(), data.validation.rows.len());
        Ok(Facts { task: dataset.task(), train_rows, has_validation: validation_rows > 0 })
    }

    /// Checks loss and remedies of a cell.
    ///
    /// # Errors
    /// A loss of the other task; each remedy that refuses.
    pub fn check_with_facts(&self, cell: usize, facts: &Facts) -> Result<(), ConfigErrors> {
        let Cell { settings, .. } = &self.cells[cell];
        let mut problems = Problems::default();
        if let Some(loss) = settings.train.loss
            && let Some(reason) = loss_objection(loss, facts.task)
        {
            take(self.problem(cell, "train.loss", &reason), &mut problems);
        }
        let context = Context {
            model: &settings.model,
            train: &settings.train,
            task: facts.task,
            train_rows: facts.train_rows,
            has_validation: facts.has_validation,
        };
        for configured in &settings.remedies {
            if let Err(refusal) = configured.remedy.check(&context) {
                let dot = if refusal.key.is_empty() { "" } else { "." };
                let key = format!("remedies.{}{dot}{}", configured.name, refusal.key);
                take(self.problem(cell, &key, &refusal.reason), &mut problems);
            }
        }
        ConfigErrors::unless_empty(problems)
    }

    /// A problem with a key of a cell, at the line where that key or the table around it stands.
    fn problem(&self, cell: usize, key: &str, reason: &str) -> ConfigErrors {
        let path: Vec<&str> = key.split('.').collect();
        let origin = self.plan.node(&self.cells[cell], &self.axes).origin_at(&path);
        Problem::new(format!("{key} {reason}"), &origin).into()
    }
}

fn take(errors: ConfigErrors, problems: &mut Problems) {
    errors.problems().iter().cloned().for_each(|problem| problems.push(problem));
}

/// Why a loss does not go with a task: a fragment behind the key.
fn loss_objection(loss: LossChoice, task: Task) -> Option<String> {
    if loss.task() == task {
        return None;
    }
    let allowed = match task {
        Task::Classification => "cross_entropy or binary_cross_entropy for a classification",
        Task::Regression => "half_mse or mse for a regression",
    };
    let found = match loss {
        LossChoice::CrossEntropy => "cross_entropy",
        LossChoice::BinaryCrossEntropy => "binary_cross_entropy",
        LossChoice::HalfMse => "half_mse",
        LossChoice::Mse => "mse",
    };
    Some(format!("must be {allowed}, found {found}"))
}

//! What can only be checked with the data at hand: shares of the split, the loss, and whether each remedy goes with it.
//!
//! In: an [`Experiment`] and the data set of a cell. Out: nothing, or errors that name the line of the key to blame.

use std::rc::Rc;
use std::sync::Arc;

use crate::data::{self, DataError, DataSettings, Dataset, Task, TrialData};
use crate::metric::Metric;
use crate::nn::LossChoice;
use crate::recipe::TrainingRows;
use crate::remedies::Context;
use crate::schema::{Origin, Problem, Problems};

use super::{Cell, ConfigErrors, Experiment};

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
        let mut known: Vec<(&DataSettings, Option<Rc<TrialData>>)> = Vec::new();
        let mut refused = None;
        for index in self.in_order_of_telling() {
            let cell = &self.cells[index];
            if refused == Some((cell.variant, cell.point)) {
                // What is wrong on one rung is wrong on the next, in other words.
                continue;
            }
            let data: &DataSettings = &cell.settings.data;
            let example = match known.iter().find(|(settings, _)| *settings == data) {
                Some((_, example)) => example.clone(),
                None => {
                    let example = self.example(index, &dataset_of(data)).map_err(|errors| take(errors, &mut problems));
                    let example = example.ok().map(Rc::new);
                    known.push((data, example.clone()));
                    example
                }
            };
            if let Some(example) = example
                && let Err(errors) = self.check_cell(index, &example)
            {
                refused = Some((cell.variant, cell.point));
                match self.is_last_rung(cell) {
                    true => take(errors, &mut problems),
                    false => take(self.on_a_rung(errors, cell), &mut problems),
                }
            }
        }
        ConfigErrors::unless_empty(problems)
    }

    /// All cells by their places: point by point, and of the rungs of a point first the last, which is as the config has it.
    fn in_order_of_telling(&self) -> Vec<usize> {
        let mut places: Vec<usize> = (0..self.cells.len()).collect();
        places.sort_by_key(|&place| {
            let cell = &self.cells[place];
            (cell.variant, cell.point, !self.is_last_rung(cell), cell.rung)
        });
        places
    }

    /// Problems of a rung that is shorter than what the config has.
    fn on_a_rung(&self, errors: ConfigErrors, cell: &Cell) -> ConfigErrors {
        let note = format!("under halving rung {} has train.epochs = {}", cell.rung + 1, cell.settings.train.epochs);
        let problems = errors.problems().iter().map(|problem| problem.clone().note(note.clone()));
        problems.collect::<Vec<_>>().into()
    }

    /// Checks the split of a cell, and makes the data of its first seed and fold.
    fn example(&self, cell: usize, dataset: &Arc<Dataset>) -> Result<TrialData, ConfigErrors> {
        let settings = &self.cells[cell].settings.data;
        data::check_split(dataset, settings).map_err(|error| self.problem(cell, error.key, &error.reason))?;
        let prepared = data::prepare(dataset, settings, self.seeds[0], 0)
            .map_err(|error| ConfigErrors::from(Problem::elsewhere(error.to_string())))?;
        Ok(prepared.data)
    }

    /// Checks loss and remedies of a cell with data of its kind.
    fn check_cell(&self, cell: usize, data: &TrialData) -> Result<(), ConfigErrors> {
        let Cell { settings, .. } = &self.cells[cell];
        let mut problems = Problems::default();
        if let Some(loss) = settings.train.loss
            && let Some(reason) = loss_objection(loss, data.task())
        {
            take(self.problem(cell, "train.loss", &reason), &mut problems);
        }
        if settings.measure.fit.is_some()
            && let Some(reason) = fit_objection(data)
        {
            take(self.problem(cell, "measure.fit", &reason), &mut problems);
        }
        if settings.measure.submodels.is_some()
            && let Some(reason) = submodels_objection(&settings.remedy_names())
        {
            take(self.problem(cell, "measure.submodels", &reason), &mut problems);
        }
        if let Some((metric, origin)) = &self.document.metric
            && !metric.is_of(data.task())
        {
            problems.push(Problem::new(metric_objection(*metric, data.task()), origin));
        }
        if self.is_sequential() && data.validation.rows.is_empty() {
            let text = "sweep.strategy must be grid or random without validation rows, found halving, which compares validation \
                        figures";
            problems.push(Problem::new(text, &self.document.sweep.origin));
        }
        let context = Context {
            model: &settings.model,
            train: &settings.train,
            rows: TrainingRows::of(data),
            has_validation: !data.validation.rows.is_empty(),
            remedies: &settings.remedy_names(),
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
        let origin = self.plan.node(&self.cells[cell]).origin_at(&path);
        Problem::new(format!("{key} {reason}"), &origin).into()
    }
}

impl Experiment {
    /// What is wrong with the data, with the line of the key that it comes from, where all cells have that from one line.
    pub fn with_line(&self, error: DataError) -> Result<ConfigErrors, DataError> {
        let Some(key) = error.key() else { return Err(error) };
        let path: Vec<&str> = key.split('.').collect();
        let mut origins = self.cells.iter().map(|cell| self.plan.node(cell).origin_at(&path));
        match origins.next() {
            Some(origin @ (Origin::Line(..) | Origin::Option(_))) if origins.all(|other| other == origin) => {
                Ok(Problem::new(error.to_string(), &origin).into())
            }
            _ => Err(error),
        }
    }
}

fn take(errors: ConfigErrors, problems: &mut Problems) {
    errors.problems().iter().cloned().for_each(|problem| problems.push(problem));
}

/// Why there is no curve to draw: a fragment behind the key.
fn fit_objection(data: &TrialData) -> Option<String> {
    let inputs = data.encoder().inputs(data.dataset());
    let found = match (data.task(), inputs.as_slice()) {
        (Task::Classification, _) => "a classification".to_owned(),
        (Task::Regression, [input]) if input.scaling.is_some() => return None,
        (Task::Regression, [_]) => "a categorical column".to_owned(),
        (Task::Regression, inputs) => format!("{} inputs", inputs.len()),
    };
    Some(format!("must be asked of a regression on one numeric column, found {found}"))
}

/// Why there are no sub-models to look at: a fragment behind the key.
fn submodels_objection(remedies: &[&str]) -> Option<String> {
    let voting = ["bagging", "snapshots"].into_iter().find(|name| remedies.contains(name))?;
    let reason = "looks at the networks that dropout thins out of one network: it must be left out (false) beside";
    remedies.contains(&"dropout").then(|| format!("{reason} remedies.{voting}"))
}

/// Why a metric does not go with a task.
fn metric_objection(metric: Metric, task: Task) -> String {
    let names = Metric::ALL.into_iter().filter(|metric| metric.is_of(task)).map(Metric::name).collect::<Vec<_>>();
    format!("metric must be one of {} for a {}, found {}", names.join(", "), task.name(), metric.name())
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

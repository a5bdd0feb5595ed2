//! An experiment with its data, its trials and its folder: what every command on a config begins with.
//!
//! In: a config and the options of the command line. Out: a [`Session`], in which everything is checked and nothing is
//! written yet.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::arguments::ExperimentArguments;
use super::error::CliError;
use super::folder::refuse_files;
use super::plan::Plan;
use crate::data::{self, DataSettings, Dataset, FileReading, Finding, Task, TrialData};
use crate::experiment::{Contents, Experiment, Overrides, Trial};
use crate::lab::{Halving, Job, Library, Results, Store, StoreError, recipe, row_bytes, training_bytes};
use crate::memory;
use crate::metric::Metric;
use crate::nn::{Initialization, Network};

/// A checked experiment.
pub(super) struct Session {
    pub experiment: Experiment,
    pub library: Library,
    pub contents: Contents,
    pub trials: Vec<Trial>,
    /// Where the results are, or will be.
    pub folder: PathBuf,
    /// Trials at a time.
    pub jobs: usize,
    /// What the user should know before anything is trained.
    pub warnings: Vec<String>,
    /// What of it was found in the rows of a data set and its split, each by its kind.
    pub findings: Vec<String>,
}

impl Session {
    /// Reads and checks everything.
    pub fn open(config: &Path, arguments: &ExperimentArguments) -> Result<Self, CliError> {
        let overrides =
            Overrides { set: arguments.set.clone(), seeds: arguments.seeds, metric: arguments.metric.clone() };
        let experiment = Experiment::load(config, &overrides)?;
        // Cells by the thousand have the same data.
        let kinds_of_data = distinct(&experiment, |a, b| a == b);
        let library =
            Library::read(kinds_of_data.iter().copied()).map_err(|error| match experiment.with_line(error) {
                Ok(errors) => CliError::Config(errors),
                Err(error) => CliError::Data(error),
            })?;
        check_tasks(&experiment, &library)?;
        experiment.check_with_data(|settings| Arc::clone(library.dataset(settings)))?;
        let mut contents = Contents::default();
        for settings in &kinds_of_data {
            contents.add_dataset(settings, library.dataset(settings).hash());
        }
        contents.add_weights(&experiment).map_err(|error| CliError::Setup(error.to_string()))?;
        let mut warnings = library.warnings().to_vec();
        let mut findings = Vec::new();
        let mut looked_at = Vec::new();
        let mut largest = 0;
        for settings in kinds_of_data {
            let prepared = data::prepare(library.dataset(settings), settings, experiment.seeds[0], 0)?;
            largest = largest.max(check_networks(&experiment, settings, &prepared.data)?);
            let new: Vec<String> =
                prepared.warnings.into_iter().filter(|warning| !warnings.contains(warning)).collect();
            warnings.extend(new);
            // Sweeps over other keys of the data look at the same rows.
            if !looked_at.contains(&settings.reading_key()) {
                looked_at.push(settings.reading_key());
                for finding in relevant(&experiment, &prepared.data) {
                    warnings.push(format!("{}: {finding}", settings.path.display()));
                    findings.push(format!("{}: {finding}", finding.kind()));
                }
            }
        }
        warnings.extend(duplicate_warnings(&experiment));
        let trials = experiment.trials(&contents).collect();
        let folder = folder(arguments, &experiment.name)?;
        let cores = || std::thread::available_parallelism().map_or(1, usize::from);
        let asked = arguments.jobs.map_or_else(cores, usize::from);
        let (jobs, remark) = at_a_time(asked, largest, memory::available());
        warnings.extend(remark);
        Ok(Self { experiment, library, contents, trials, folder, jobs, warnings, findings })
    }

    /// The data set of a cell.
    pub fn dataset(&self, cell: usize) -> &Arc<Dataset> {
        self.library.dataset(&self.experiment.cells[cell].settings.data)
    }

    /// What is to be done for a trial.
    pub fn job(&self, trial: &Trial) -> Job {
        Job {
            id: trial.id.to_string(),
            dataset: Arc::clone(self.dataset(trial.cell)),
            settings: Arc::clone(&self.experiment.cells[trial.cell].settings),
            seed: trial.seed,
            fold: trial.fold,
            save_model: self.experiment.save_models,
        }
    }

    /// What was guessed of the files and may be wrong without being seen: `x.csv: read as decimal commas (data.decimal)`.
    pub fn surprising_readings(&self) -> Vec<String> {
        let of_file = |file: &FileReading| {
            let readings: Vec<&str> = file
                .readings
                .iter()
                .filter(|reading| reading.may_surprise)
                .map(|reading| reading.text.as_str())
                .collect();
            (!readings.is_empty()).then(|| format!("{}: read as {}", file.path.display(), readings.join(", ")))
        };
        self.library.files().iter().filter_map(of_file).collect()
    }

    /// What is predicted, by all variants alike.
    pub fn task(&self) -> Task {
        self.dataset(0).task()
    }

    /// The plan by itself.
    pub fn plan(&self) -> Plan<'_> {
        Plan {
            experiment: &self.experiment,
            contents: &self.contents,
            trials: &self.trials,
            task: self.task(),
            findings: &self.findings,
        }
    }

    /// What is stored in the folder of the results.
    pub fn open_store(&self) -> Result<Store, StoreError> {
        self.plan().open_store(&[&self.folder])
    }

    /// The plan together with what is stored of it.
    pub fn results(&self, store: Store) -> Result<Results, StoreError> {
        self.plan().results(store)
    }

    /// Which trials are run, where that depends on results.
    pub fn halving(&self) -> Option<Halving> {
        Halving::of(&self.experiment, &self.trials, self.experiment.metric(self.task()))
    }

    /// How a trial is called on the screen: `dropout train.learning_rate=0.01 seed 3`.
    pub fn label(&self, trial: &Trial) -> String {
        let cell = &self.experiment.cells[trial.cell];
        let mut label = self.experiment.variants[cell.variant].name.clone();
        for (axis, value) in self.experiment.axes.iter().zip(&cell.swept) {
            if let Some(value) = value {
                let short = axis.rsplit('.').next().unwrap_or(axis);
                label.push_str(&format!(" {short}={value}"));
            }
        }
        label.push_str(&format!(" seed {}", trial.seed));
        if data::folds(&cell.settings.data) > 1 {
            label.push_str(&format!(" fold {}", trial.fold));
        }
        label
    }
}

/// What is found in the rows. That most are of one class matters to an accuracy.
fn relevant(experiment: &Experiment, data: &TrialData) -> Vec<Finding> {
    let is_accuracy = experiment.metric(data.task()) == Metric::Accuracy;
    let mut findings = data::findings(data);
    findings.retain(|finding| is_accuracy || !matches!(finding, Finding::Imbalance { .. }));
    findings
}

/// Where the results go.
fn folder(arguments: &ExperimentArguments, name: &str) -> Result<PathBuf, CliError> {
    let folder = match &arguments.out {
        Some(out) if arguments.configs.len() == 1 => out.clone(),
        Some(out) => out.join(name),
        None => Path::new("results").join(name),
    };
    refuse_files(&folder)?;
    Ok(folder)
}

/// All variants are judged by the same metric.
fn check_tasks(experiment: &Experiment, library: &Library) -> Result<(), CliError> {
    let task = |cell: usize| library.dataset(&experiment.cells[cell].settings.data).task();
    let variant = |cell: usize| &experiment.variants[experiment.cells[cell].variant].name;
    let first = task(0);
    let data = |cell: usize| &experiment.cells[cell].settings.data;
    let is_new = |cell: &usize| *cell > 0 && data(*cell) != data(*cell - 1);
    match (0..experiment.cells.len()).filter(is_new).find(|&cell| task(cell) != first) {
        Some(other) => Err(CliError::Setup(format!(
            "data.task must be the same for all variants, found {} for '{}' and {} for '{}'",
            first.name(),
            variant(0),
            task(other).name(),
            variant(other)
        ))),
        None => Ok(()),
    }
}

/// The data settings of the cells, one of those that are alike.
pub(super) fn distinct(
    experiment: &Experiment,
    alike: impl Fn(&DataSettings, &DataSettings) -> bool,
) -> Vec<&DataSettings> {
    let mut seen: Vec<&DataSettings> = Vec::new();
    for cell in &experiment.cells {
        if !seen.iter().any(|known| alike(known, &cell.settings.data)) {
            seen.push(&cell.settings.data);
        }
    }
    seen
}

/// The networks that see this data must fit into memory, and files of initial weights must fit them. Bytes that a trial takes at
/// most, beside the data.
fn check_networks(experiment: &Experiment, settings: &DataSettings, data: &TrialData) -> Result<usize, CliError> {
    let mut largest = 0;
    let (inputs, outputs, available) = (data.inputs(), data.outputs(), memory::available());
    for cell in experiment.cells.iter().filter(|cell| *cell.settings.data == *settings) {
        let model = &cell.settings.model;
        let batch = cell.settings.train.batch_size.of(data.train.rows.len());
        // A recipe counts rows, which takes its time where there are many points.
        let is_committee = cell.settings.remedy_names().contains(&"bagging");
        let members = if is_committee { recipe(&cell.settings, data).members() } else { 1 };
        let of_network = training_bytes(&model.sizes(inputs, outputs), batch).saturating_mul(members);
        let needed = of_network.saturating_add(row_bytes(data.dataset().rows(), outputs));
        largest = largest.max(needed);
        if needed > available {
            let networks = if members > 1 { format!(" {members} times") } else { String::new() };
            return Err(CliError::Setup(format!(
                "model.hidden must leave a network that fits into memory: with {inputs} inputs, {:?} and {outputs} outputs \
                 it takes {} in training{networks}, {} are free",
                model.hidden,
                gigabytes(needed),
                gigabytes(available)
            )));
        }
        if let Initialization::File { .. } = model.init {
            Network::initialized(model, inputs, outputs, 0)
                .and_then(|network| network.check_norm(recipe(&cell.settings, data).norm))
                .map_err(|error| CliError::Setup(error.to_string()))?;
        }
    }
    Ok(largest)
}

/// `1.3 GB`
fn gigabytes(bytes: usize) -> String {
    /// Bytes of a gigabyte.
    const GIGA: f64 = 1e9;
    format!("{:.1} GB", bytes as f64 / GIGA)
}

/// As many trials at a time as were asked for or find room, one at least, and what there is to say where those are fewer; the
/// largest takes so many bytes, and so many are free.
fn at_a_time(asked: usize, largest: usize, free: usize) -> (usize, Option<String>) {
    let jobs = asked.min(free / largest.max(1)).max(1);
    let remark = || {
        let (largest, free) = (gigabytes(largest), gigabytes(free));
        format!("{jobs} at a time instead of {asked}: a trial takes up to {largest} of memory, {free} are free")
    };
    (jobs, (jobs < asked).then(remark))
}

/// Cells that come out the same: they share their trials, which is right, and rarely meant.
fn duplicate_warnings(experiment: &Experiment) -> Vec<String> {
    let name = |cell: usize| {
        let cell = &experiment.cells[cell];
        let swept: Vec<&str> = cell.swept.iter().flatten().map(String::as_str).collect();
        match swept.is_empty() {
            true => format!("'{}'", experiment.variants[cell.variant].name),
            false => format!("'{}' at {}", experiment.variants[cell.variant].name, swept.join(", ")),
        }
    };
    let pairs = experiment.duplicates();
    /// So many pairs are named.
    const NAMED: usize = 5;
    let mut warnings: Vec<String> = pairs
        .iter()
        .take(NAMED)
        .map(|&(first, second)| {
            format!("{} and {} come out the same, and share their trials", name(first), name(second))
        })
        .collect();
    if pairs.len() > NAMED {
        warnings.push(format!("{} more cells come out the same as others", pairs.len() - NAMED));
    }
    warnings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_more_trials_run_at_a_time_than_memory_is_free_for() {
        let giga = 1_000_000_000;
        let (jobs, remark) = at_a_time(8, 3 * giga, 10 * giga);
        assert_eq!(jobs, 3);
        assert_eq!(remark.unwrap(), "3 at a time instead of 8: a trial takes up to 3.0 GB of memory, 10.0 GB are free");
        assert_eq!(at_a_time(3, 3 * giga, 9 * giga), (3, None), "to the last byte");
        assert_eq!(at_a_time(3, 3 * giga, 9 * giga - 1).0, 2);
        assert_eq!(at_a_time(8, 0, giga), (8, None), "trials that take nothing");
    }

    #[test]
    fn one_trial_runs_however_little_memory_is_free() {
        let (jobs, remark) = at_a_time(2, 2_000_000_000, 1_000_000_000);
        assert_eq!(jobs, 1);
        assert!(remark.unwrap().starts_with("1 at a time instead of 2: "));
        assert_eq!(at_a_time(1, usize::MAX, 0), (1, None));
    }
}

//! An experiment with its data, its trials and its folder: what every command on a config begins with.
//!
//! In: a config and the options of the command line. Out: a [`Session`], in which everything is checked and nothing is
//! written yet.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::arguments::ExperimentArguments;
use super::error::CliError;
use crate::data::{self, DataSettings, Dataset};
use crate::experiment::{Contents, Experiment, Overrides, Trial};
use crate::lab::{CellKey, Job, Library, PlannedTrial, Results, Store, resampling};
use crate::nn::{Initialization, Network};
use crate::train::metric_names;

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
}

impl Session {
    /// Reads and checks everything.
    pub fn open(config: &Path, arguments: &ExperimentArguments) -> Result<Self, CliError> {
        let overrides = Overrides { set: arguments.set.clone(), seeds: arguments.seeds };
        let experiment = Experiment::load(config, &overrides)?;
        let library = Library::read(experiment.cells.iter().map(|cell| &cell.settings.data))?;
        experiment.check_with_data(|settings| Arc::clone(library.dataset(settings)))?;
        let mut contents = Contents::default();
        for settings in experiment.cells.iter().map(|cell| &cell.settings.data) {
            contents.add_dataset(settings, library.dataset(settings).hash());
        }
        contents.add_weights(&experiment).map_err(|error| CliError::Setup(error.to_string()))?;
        check_initial_weights(&experiment, &library)?;
        let mut warnings = library.warnings().to_vec();
        warnings.extend(split_warnings(&experiment, &library)?);
        warnings.extend(duplicate_warnings(&experiment));
        let trials = experiment.trials(&contents).collect();
        let folder = folder(arguments, &experiment.name);
        let cores = || std::thread::available_parallelism().map_or(1, usize::from);
        let jobs = arguments.jobs.map_or_else(cores, usize::from);
        Ok(Self { experiment, library, contents, trials, folder, jobs, warnings })
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

    /// The plan together with what is stored of it.
    pub fn results(&self, store: Store) -> Results {
        let experiment = &self.experiment;
        let task = self.dataset(0).task();
        let cells = experiment.cells.iter().map(|cell| CellKey {
            variant: cell.variant,
            swept: cell.swept.clone(),
            shared_point: cell.shared_point,
        });
        let trials = self.trials.iter().map(|trial| PlannedTrial {
            cell: trial.cell,
            seed: trial.seed,
            fold: trial.fold,
            id: trial.id.to_string(),
        });
        Results {
            experiment: experiment.name.clone(),
            task,
            metrics: metric_names(task).iter().map(|&name| name.to_owned()).collect(),
            resampling: resampling(&experiment.cells[0].settings.data),
            axes: experiment.axes.clone(),
            variants: experiment.variants.iter().map(|variant| variant.name.clone()).collect(),
            baseline: experiment.baseline,
            cells: cells.collect(),
            trials: trials.collect(),
            store,
        }
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

/// Where the results go.
fn folder(arguments: &ExperimentArguments, name: &str) -> PathBuf {
    match &arguments.out {
        Some(out) if arguments.configs.len() == 1 => out.clone(),
        Some(out) => out.join(name),
        None => Path::new("results").join(name),
    }
}

/// Files of initial weights are tried on the network that they are for.
fn check_initial_weights(experiment: &Experiment, library: &Library) -> Result<(), CliError> {
    for cell in &experiment.cells {
        let settings = &cell.settings;
        if let Initialization::File { .. } = settings.model.init {
            let prepared = data::prepare(library.dataset(&settings.data), &settings.data, experiment.seeds[0], 0)?;
            let (inputs, outputs) = (prepared.data.inputs(), prepared.data.outputs());
            Network::initialized(&settings.model, inputs, outputs, 0)
                .map_err(|error| CliError::Setup(error.to_string()))?;
        }
    }
    Ok(())
}

/// What is odd about the splits, said once for each table of settings.
fn split_warnings(experiment: &Experiment, library: &Library) -> Result<Vec<String>, CliError> {
    let mut seen: Vec<&DataSettings> = Vec::new();
    let mut warnings = Vec::new();
    for cell in &experiment.cells {
        let settings = &cell.settings.data;
        if !seen.contains(&settings) {
            seen.push(settings);
            let prepared = data::prepare(library.dataset(settings), settings, experiment.seeds[0], 0)?;
            warnings.extend(
                prepared.warnings.into_iter().filter(|warning| !warnings.contains(warning)).collect::<Vec<_>>(),
            );
        }
    }
    Ok(warnings)
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

//! The plan of an experiment, wherever it was read: from a config and its data, or from a folder of results.
//!
//! In: an experiment with its trials. Out: the store with what is expected of it, the results, the resolved config.

use std::path::Path;
use std::sync::Arc;

use crate::data::Task;
use crate::experiment::{Contents, Experiment, Trial};
use crate::lab::{Expected, Results, Store, StoreError};

/// An experiment with its trials.
#[derive(Clone, Copy)]
pub(super) struct Plan<'a> {
    pub experiment: &'a Experiment,
    /// What the files that it names hold.
    pub contents: &'a Contents,
    pub trials: &'a [Trial],
    /// What is predicted.
    pub task: Task,
    /// What was found in its data before training.
    pub findings: &'a [String],
}

impl Plan<'_> {
    /// What is stored in these folders of results, read as one.
    pub fn open_store(self, folders: &[&Path]) -> Result<Store, StoreError> {
        let expected = Expected::of(self.experiment, self.trials, self.contents, self.task);
        Store::open_all(folders, Some(Arc::new(expected)))
    }

    /// The plan together with what is stored of it.
    pub fn results(self, store: Store) -> Result<Results, StoreError> {
        Results::of(self.experiment, self.trials, self.task, store)
    }

    /// The resolved config for a folder of results.
    pub fn resolved(self, folder: &Path) -> String {
        self.experiment.resolved_toml(folder, self.contents, self.task, self.findings)
    }
}

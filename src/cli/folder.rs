//! A folder of results by itself: what every command begins with that works without the config and the data.
//!
//! In: the folder. Out: its plan, read from its `experiment.toml`.

use std::path::{Path, PathBuf};

use super::error::CliError;
use crate::experiment::{Resolved, Trial};
use crate::lab::{Results, Store, StoreError};

/// A folder of results with its plan.
pub(super) struct ResultsFolder {
    pub path: PathBuf,
    pub resolved: Resolved,
    pub trials: Vec<Trial>,
}

impl ResultsFolder {
    /// Reads the plan of a folder.
    pub fn open(path: &Path) -> Result<Self, CliError> {
        if !path.is_dir() {
            let found = if path.exists() { "a file" } else { "nothing" };
            return Err(CliError::Usage(format!("{} must be a folder of results, found {found}", path.display())));
        }
        let resolved = Resolved::load(path)?;
        let trials = resolved.experiment.trials(&resolved.contents).collect();
        Ok(Self { path: path.to_owned(), resolved, trials })
    }

    /// The plan together with what a store holds of it.
    pub fn results(&self, store: Store) -> Result<Results, StoreError> {
        Results::of(&self.resolved.experiment, &self.trials, self.resolved.task, store)
    }
}

/// The file of that name in a folder of results; a path that is no folder is the file itself.
pub(super) fn file_in(path: &Path, name: &str) -> Result<PathBuf, CliError> {
    if !path.is_dir() {
        return Ok(path.to_owned());
    }
    match path.join(name) {
        file if file.is_file() => Ok(file),
        _ => Err(CliError::Usage(format!("{} must be a folder of results, found no {name} in it", path.display()))),
    }
}

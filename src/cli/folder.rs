//! A folder of results by itself: what every command begins with that works without the config and the data.
//!
//! In: the folder. Out: its plan, read from its `experiment.toml`.

use std::fs;
use std::path::{Path, PathBuf};

use super::error::CliError;
use super::plan::Plan;
use crate::experiment::{RESOLVED, Resolved, Trial};
use crate::lab::{Results, Store, StoreError};

/// A folder of results with its plan.
pub(super) struct ResultsFolder {
    pub path: PathBuf,
    pub resolved: Resolved,
    pub trials: Vec<Trial>,
    /// The file that the plan was read from.
    pub text: String,
}

impl ResultsFolder {
    /// Reads the plan of a folder.
    pub fn open(path: &Path) -> Result<Self, CliError> {
        if !path.is_dir() {
            let found = if path.exists() { "a file" } else { "nothing" };
            return Err(CliError::Usage(format!("{} must be a folder of results, found {found}", path.display())));
        }
        let resolved = Resolved::load(path)?;
        let file = path.join(RESOLVED);
        let text = fs::read_to_string(&file)
            .map_err(|error| CliError::Usage(format!("cannot read {}: {error}", file.display())))?;
        let trials = resolved.experiment.trials(&resolved.contents).collect();
        Ok(Self { path: path.to_owned(), resolved, trials, text })
    }

    /// The plan by itself.
    pub fn plan(&self) -> Plan<'_> {
        let Resolved { experiment, contents, task, findings } = &self.resolved;
        Plan { experiment, contents, trials: &self.trials, task: *task, findings }
    }

    /// What is stored in the folder.
    pub fn open_store(&self) -> Result<Store, StoreError> {
        self.plan().open_store(&[&self.path])
    }

    /// The plan together with what a store holds of it.
    pub fn results(&self, store: Store) -> Result<Results, StoreError> {
        self.plan().results(store)
    }
}

/// Results can be written where there is a folder, or can be one.
///
/// # Errors
/// If a file, or a link that leads nowhere, stands in its place or above it.
pub(super) fn refuse_files(folder: &Path) -> Result<(), CliError> {
    let is_there = |path: &&Path| path.symlink_metadata().is_ok();
    let found = match folder.ancestors().find(is_there) {
        Some(path) if !path.exists() => format!("a link that leads nowhere: {}", path.display()),
        Some(path) if !path.is_dir() => format!("a file: {}", path.display()),
        _ => return Ok(()),
    };
    Err(CliError::Usage(format!("the results need a folder, found {found}")))
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

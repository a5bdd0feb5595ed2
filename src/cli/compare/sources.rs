//! What is to be compared: folders of results with their stores, or tables of scores.
//!
//! In: the paths of the command line. Out: a [`Source`] for each. A folder whose store is not there, such as a copy of the
//! derived files, is compared by its `trials.csv`.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use crate::cli::error::CliError;
use crate::cli::folder::{ResultsFolder, file_in};
use crate::cli::notes;
use crate::experiment::RESOLVED;
use crate::lab::{Results, has_store};

/// What holds the scores in a folder without a store.
pub(super) const TRIALS: &str = "trials.csv";

/// Where scores are.
pub(super) enum Source {
    /// A folder of results.
    Folder(Box<Folder>),
    /// A table of scores.
    Table(PathBuf),
}

/// A folder of results.
pub(super) struct Folder {
    pub path: PathBuf,
    pub results: Results,
}

impl Source {
    pub fn folder(&mut self) -> Option<&mut Folder> {
        match self {
            Source::Folder(folder) => Some(folder),
            Source::Table(_) => None,
        }
    }
}

/// Opens what is at these paths.
pub(super) fn open(paths: &[PathBuf]) -> Result<Vec<Source>, CliError> {
    let mut seen = HashSet::new();
    let is_known = |path: &&PathBuf| !seen.insert(path.canonicalize().unwrap_or_else(|_| path.to_path_buf()));
    if let Some(twice) = paths.iter().find(is_known) {
        return Err(CliError::Usage(format!("{} is named twice, and a data set counts once", twice.display())));
    }
    paths.iter().map(|path| open_one(path)).collect()
}

fn open_one(path: &Path) -> Result<Source, CliError> {
    if path.join(RESOLVED).is_file() && has_store(path) {
        let folder = ResultsFolder::open(path)?;
        let results = folder.results(folder.open_store()?)?;
        return Ok(Source::Folder(Box::new(Folder { path: folder.path, results })));
    }
    let table = file_in(path, TRIALS)?;
    if path.is_dir() && path.join(RESOLVED).is_file() {
        notes::warning(&format!(
            "{} has no folder trials: compared by its {TRIALS}, in which each point is a variant of its own",
            path.display()
        ));
    }
    Ok(Source::Table(table))
}

//! The files of a store.
//!
//! In: folders. Out: which files of stored trials are in them, and how long each is; and the folders without what dead
//! processes have left.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::StoreError;
use super::error::is_gone;
use crate::atomic_file;

/// The folder of the store within the results of an experiment.
pub(in crate::lab) const FOLDER: &str = "trials";

/// What the name of a file of the store ends with.
pub(in crate::lab) const EXTENSION: &str = "jsonl";

/// Whether a folder of results has a store; a copy of the derived files alone has none.
pub fn has_store(results: &Path) -> bool {
    results.join(FOLDER).is_dir()
}

/// The files in these folders and how long they are; a folder that is not there has none. The folders are listed anew, and
/// a listing may be old on a network file system: what is `known` beside it is there as long as its name leads to a file. For the
/// same reason each file is opened: what is remembered of its length may be a minute old until it is.
pub(super) fn lengths<'a>(
    folders: &[PathBuf],
    known: impl Iterator<Item = &'a Path>,
) -> Result<BTreeMap<PathBuf, u64>, StoreError> {
    let mut found = BTreeMap::new();
    let listed: Vec<PathBuf> = folders.iter().map(|folder| list(folder)).collect::<Result<Vec<_>, _>>()?.concat();
    for path in listed.into_iter().chain(known.map(Path::to_owned)).collect::<BTreeSet<_>>() {
        match File::open(&path).and_then(|file| file.metadata()) {
            Ok(file) => drop(found.insert(path, file.len())),
            // Removed since it was listed.
            Err(error) if is_gone(&error) => {}
            Err(source) => return Err(StoreError::Read { path, source }),
        }
    }
    Ok(found)
}

fn list(folder: &Path) -> Result<Vec<PathBuf>, StoreError> {
    let failed = |source| StoreError::List { path: folder.to_owned(), source };
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if is_gone(&error) => return Ok(Vec::new()),
        Err(error) => return Err(failed(error)),
    };
    let mut paths = Vec::new();
    for entry in entries {
        let path = entry.map_err(failed)?.path();
        if path.extension().is_some_and(|extension| extension == EXTENSION) {
            paths.push(path);
        }
    }
    Ok(paths)
}

/// When something was last stored in a folder of results, by the clock of its file system; nothing where nothing is stored.
pub fn last_stored(results: &Path) -> Option<SystemTime> {
    let files = list(&results.join(FOLDER)).unwrap_or_default();
    files.iter().filter_map(|path| fs::metadata(path).and_then(|file| file.modified()).ok()).max()
}

/// The folder of the plots among the results.
pub const PLOTS: &str = "plots";

/// Removes what processes that are gone have left in a folder of results: files that were being written, and files of the
/// store without a byte.
pub fn remove_leftovers(results: &Path) {
    let store = results.join(FOLDER);
    for folder in [results, &store, &results.join(super::super::models::MODELS), &results.join(PLOTS)] {
        atomic_file::remove_leftovers(folder);
    }
    for path in list(&store).unwrap_or_default() {
        let is_empty = fs::metadata(&path).is_ok_and(|file| file.is_file() && file.len() == 0);
        let owner = path.file_stem().unwrap_or_default().to_string_lossy();
        if is_empty && atomic_file::is_abandoned(&owner, &path) {
            // It holds nothing: where it cannot be removed it does no harm.
            let _ = fs::remove_file(&path);
        }
    }
}

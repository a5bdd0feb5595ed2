//! The store: every finished trial, one line each, in the files `trials/*.jsonl`.
//!
//! In: a folder that any number of processes write into, each a file of its own; or several such folders. Out: which trials
//! are finished, and the record of each. What is kept in memory is an index (trial → file, offset, length); a record is
//! read when it is asked for, so that a hundred thousand trials with all their curves fit.
//!
//! A line that does not end yet is being written, or was when its process died: it does not count. A whole line that
//! cannot be read, or cannot be right, counts for nothing: its trial is missing unless it is stored elsewhere too.
//!
//! What other machines write, rename and remove may be seen late: a folder is listed anew with each look, a file that is not
//! listed any more is looked for by its name, and one that is gone takes its trials with it, which is said.

mod conflict;
mod error;
mod expected;
mod folder;
mod forget;
mod scan;
mod unplanned;
mod unreadable;

use std::collections::{BTreeMap, HashMap};
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

pub use conflict::Conflict;
pub use error::StoreError;
pub use expected::Expected;
pub(super) use folder::{EXTENSION, FOLDER};
pub use folder::{PLOTS, has_store, last_stored, remove_leftovers};
pub use unplanned::Unplanned;
pub use unreadable::{Fault, Unreadable};

use super::record::{Record, Status};

/// The finished trials of an experiment.
#[derive(Debug)]
pub struct Store {
    folders: Vec<PathBuf>,
    /// What the records of the plan must say, where the plan is known.
    expected: Option<Arc<Expected>>,
    /// By name within each folder as they were found; a file's place here is its number in [`Place`].
    files: Vec<IndexedFile>,
    /// The place of each file.
    known: HashMap<PathBuf, usize>,
    index: BTreeMap<String, Entry>,
    duplicates: Vec<(String, Place)>,
    /// What the records say that their identities come from: semantics and data. Mostly one.
    origins: Vec<(u32, String)>,
    unreadable: unreadable::Tally,
    warnings: Vec<String>,
    /// The file that was read last, which is most often the next one too.
    open: Mutex<Option<(usize, File)>>,
}

#[derive(Debug, Clone)]
struct IndexedFile {
    path: PathBuf,
    /// Where its first line begins that was not whole when it was last looked at.
    read_to: u64,
    /// Lines before that place.
    lines: u64,
    /// How long it was when it was last looked at.
    length: u64,
}

/// Where a line is.
#[derive(Debug, Clone, Copy)]
struct Place {
    file: usize,
    offset: u64,
    length: usize,
    /// Counted from 1.
    line: u64,
}

#[derive(Debug, Clone, Copy)]
struct Entry {
    place: Place,
    status: Status,
    /// The place among [`Store::origins`].
    origin: usize,
}

impl Clone for Store {
    /// What is known; the clone opens files for itself.
    fn clone(&self) -> Self {
        Self {
            folders: self.folders.clone(),
            expected: self.expected.clone(),
            files: self.files.clone(),
            known: self.known.clone(),
            index: self.index.clone(),
            duplicates: self.duplicates.clone(),
            origins: self.origins.clone(),
            unreadable: self.unreadable.clone(),
            warnings: self.warnings.clone(),
            open: Mutex::new(None),
        }
    }
}

impl Store {
    /// Opens the store of an experiment's results, in the folder `trials` of `results`; no folder is an empty store.
    ///
    /// # Errors
    /// If the folder or a file in it cannot be read.
    pub fn open(results: &Path) -> Result<Self, StoreError> {
        Self::open_all(&[results], None)
    }

    /// Opens the stores of several folders of results as if they were one. Records of trials that are expected count only
    /// if they can be right.
    ///
    /// # Errors
    /// If a folder or a file in it cannot be read.
    pub fn open_all(results: &[&Path], expected: Option<Arc<Expected>>) -> Result<Self, StoreError> {
        let mut store = Self::unread(results.iter().map(|folder| folder.join(FOLDER)).collect(), expected);
        store.rescan()?;
        Ok(store)
    }

    /// A store of which nothing is known yet.
    fn unread(folders: Vec<PathBuf>, expected: Option<Arc<Expected>>) -> Self {
        Self {
            folders,
            expected,
            files: Vec::new(),
            known: HashMap::new(),
            index: BTreeMap::new(),
            duplicates: Vec::new(),
            origins: Vec::new(),
            unreadable: unreadable::Tally::default(),
            warnings: Vec::new(),
            open: Mutex::new(None),
        }
    }

    /// Takes in a record that stands in the last line of a file, which this process has just written; the line before it
    /// is known. Saves reading it again.
    pub(super) fn adopt(&mut self, path: &Path, record: &Record, length: usize) {
        let file = self.number_of(path.to_owned());
        let IndexedFile { read_to, lines, length: known, .. } = &mut self.files[file];
        *lines += 1;
        let place = Place { file, offset: *read_to, length, line: *lines };
        *read_to += length as u64;
        *known = *read_to;
        self.add(record, place);
    }

    /// Whether the trial is stored, however it ended.
    pub fn contains(&self, trial: &str) -> bool {
        self.index.contains_key(trial)
    }

    /// How the trial ended, where it is stored.
    pub fn status(&self, trial: &str) -> Option<Status> {
        self.index.get(trial).map(|entry| entry.status)
    }

    /// Every stored trial with how it ended, by identity.
    pub fn statuses(&self) -> impl Iterator<Item = (&str, Status)> {
        self.index.iter().map(|(trial, entry)| (trial.as_str(), entry.status))
    }

    /// How many trials are stored.
    pub fn len(&self) -> usize {
        self.index.len()
    }

    /// Whether no trial is stored.
    pub fn is_empty(&self) -> bool {
        self.index.is_empty()
    }

    /// The record of a trial.
    ///
    /// # Errors
    /// If the trial is not stored, or its file cannot be read any more or was changed.
    pub fn get(&self, trial: &str) -> Result<Record, StoreError> {
        let place = self.place_of(trial)?;
        let record = self.read(place)?;
        if record.trial != trial {
            let reason = format!("trial {} stands where {trial} was", record.trial);
            return Err(StoreError::Changed { path: self.files[place.file].path.clone(), line: place.line, reason });
        }
        Ok(record)
    }

    /// The line of a trial as it stands in its file, its end included.
    ///
    /// # Errors
    /// As [`Store::get`].
    pub fn line(&self, trial: &str) -> Result<Vec<u8>, StoreError> {
        self.read_line(self.place_of(trial)?)
    }

    /// Lines that count for nothing, file by file; what was handed out before is not handed out again.
    pub fn take_unreadable(&mut self) -> Vec<Unreadable> {
        self.unreadable.take()
    }

    /// What else the user should know; each warning is handed out once.
    pub fn take_warnings(&mut self) -> Vec<String> {
        std::mem::take(&mut self.warnings)
    }

    /// Notes what the user should know.
    pub(super) fn warn(&mut self, text: String) {
        if !self.warnings.contains(&text) {
            self.warnings.push(text);
        }
    }

    fn place_of(&self, trial: &str) -> Result<Place, StoreError> {
        let missing = || StoreError::Missing { path: self.folders[0].clone(), trial: trial.to_owned() };
        Ok(self.index.get(trial).ok_or_else(missing)?.place)
    }

    fn number_of(&mut self, path: PathBuf) -> usize {
        *self.known.entry(path).or_insert_with_key(|path| {
            self.files.push(IndexedFile { path: path.clone(), read_to: 0, lines: 0, length: 0 });
            self.files.len() - 1
        })
    }

    /// File and line.
    fn shown(&self, place: Place) -> String {
        format!("{}:{}", self.files[place.file].path.display(), place.line)
    }

    fn read(&self, place: Place) -> Result<Record, StoreError> {
        self.parse(&self.read_line(place)?, place)
    }

    fn parse(&self, line: &[u8], place: Place) -> Result<Record, StoreError> {
        Record::from_line(line).map_err(|error| StoreError::Changed {
            path: self.files[place.file].path.clone(),
            line: place.line,
            reason: error.to_string(),
        })
    }

    fn read_line(&self, Place { file, offset, length, .. }: Place) -> Result<Vec<u8>, StoreError> {
        let path = &self.files[file].path;
        let failed = |source| StoreError::Read { path: path.clone(), source };
        // A poisoned lock hides nothing: the file is sought anew for each line.
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let handle = match &mut *open {
            Some((number, handle)) if *number == file => handle,
            other => &mut other.insert((file, File::open(path).map_err(failed)?)).1,
        };
        let mut line = vec![0; length];
        handle.seek(SeekFrom::Start(offset)).and_then(|_| handle.read_exact(&mut line)).map_err(failed)?;
        Ok(line)
    }
}

#[cfg(test)]
mod tests;

//! The store: every finished trial, one line each, in the files `trials/*.jsonl`.
//!
//! In: a folder that any number of processes write into, each a file of its own. Out: which trials are finished, and the
//! record of each. What is kept in memory is an index (trial → file, offset, length); a record is read when it is asked
//! for, so that a hundred thousand trials with all their curves fit.
//!
//! A line that does not end yet is being written, or was when its process died: it does not count. A whole line that
//! cannot be read is said in a warning, and its trial counts as missing.

use std::collections::{BTreeMap, HashSet};
use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use thiserror::Error;

use super::record::{LineError, Record, Status};
use crate::atomic_file::write_atomically;

/// The folder of the store within the results of an experiment.
pub(super) const FOLDER: &str = "trials";

/// The finished trials of an experiment.
#[derive(Debug)]
pub struct Store {
    folder: PathBuf,
    /// By name; a file's place here is its number in [`Place`].
    files: Vec<IndexedFile>,
    index: BTreeMap<String, Entry>,
    duplicates: Vec<(String, Place)>,
    warnings: Vec<String>,
    /// The file that was read last, which is most often the next one too.
    open: Mutex<Option<(usize, File)>>,
}

#[derive(Debug)]
struct IndexedFile {
    path: PathBuf,
    /// Where its first line begins that was not whole when it was last looked at.
    read_to: u64,
    /// Lines before that place.
    lines: u64,
}

/// Where a line is.
#[derive(Debug, Clone, Copy)]
struct Place {
    file: usize,
    offset: u64,
    length: usize,
}

#[derive(Debug, Clone, Copy)]
struct Entry {
    place: Place,
    status: Status,
}

/// Two results of one trial that differ in more than the time they took.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conflict {
    /// The trial's identity.
    pub trial: String,
    /// The file of the record that counts.
    pub kept: PathBuf,
    /// The file of the other.
    pub other: PathBuf,
}

/// Why the store cannot be read or written.
#[derive(Debug, Error)]
#[expect(missing_docs, reason = "the messages say it")]
pub enum StoreError {
    #[error("cannot list the stored trials in {}: {source}", path.display())]
    List { path: PathBuf, source: io::Error },
    #[error("cannot read the stored trials in {}: {source}", path.display())]
    Read { path: PathBuf, source: io::Error },
    #[error("cannot remove the stored trials in {}: {source}", path.display())]
    Remove { path: PathBuf, source: io::Error },
    #[error("cannot write the finished trials into {}: {source}", path.display())]
    Write { path: PathBuf, source: io::Error },
    #[error("trial {trial} is not in {}", path.display())]
    Missing { path: PathBuf, trial: String },
    #[error("the stored trials changed while they were read: {} at byte {offset}: {reason}", path.display())]
    Changed { path: PathBuf, offset: u64, reason: String },
}

impl Store {
    /// Opens the store of an experiment's results, in the folder `trials` of `results`; no folder is an empty store.
    ///
    /// # Errors
    /// If the folder or a file in it cannot be read.
    pub fn open(results: &Path) -> Result<Self, StoreError> {
        let mut store = Self {
            folder: results.join(FOLDER),
            files: Vec::new(),
            index: BTreeMap::new(),
            duplicates: Vec::new(),
            warnings: Vec::new(),
            open: Mutex::new(None),
        };
        store.rescan()?;
        Ok(store)
    }

    /// Takes in what was written since, by whichever process; returns how many trials are new.
    ///
    /// # Errors
    /// If the folder or a file in it cannot be read.
    pub fn rescan(&mut self) -> Result<usize, StoreError> {
        let before = self.index.len();
        for path in list(&self.folder)? {
            if !self.files.iter().any(|file| file.path == path) {
                self.files.push(IndexedFile { path, read_to: 0, lines: 0 });
            }
        }
        for file in 0..self.files.len() {
            self.scan(file)?;
        }
        Ok(self.index.len() - before)
    }

    /// Removes the records of these trials from the files that were there when the store was last scanned, so that newer ones
    /// count. No other process may write to them meanwhile.
    ///
    /// # Errors
    /// If a file cannot be read, rewritten or removed; it then stays as it was.
    pub fn forget(self, trials: &HashSet<String>) -> Result<(), StoreError> {
        for file in &self.files {
            let path = &file.path;
            let bytes = fs::read(path).map_err(|source| StoreError::Read { path: path.clone(), source })?;
            let lines = bytes.split_inclusive(|&byte| byte == b'\n');
            let is_kept = |line: &&[u8]| !Record::from_line(line).is_ok_and(|record| trials.contains(&record.trial));
            let kept: Vec<u8> = lines.filter(is_kept).flatten().copied().collect();
            let done = if kept.is_empty() {
                fs::remove_file(path)
            } else if kept.len() < bytes.len() {
                write_atomically(path, |out| out.write_all(&kept))
            } else {
                Ok(())
            };
            done.map_err(|source| StoreError::Remove { path: path.clone(), source })?;
        }
        Ok(())
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
    /// If the trial is not stored, or its file cannot be read any more.
    pub fn get(&self, trial: &str) -> Result<Record, StoreError> {
        let missing = || StoreError::Missing { path: self.folder.clone(), trial: trial.to_owned() };
        self.read(self.index.get(trial).ok_or_else(missing)?.place)
    }

    /// What the user should know of unreadable lines; each warning is handed out once.
    pub fn take_warnings(&mut self) -> Vec<String> {
        std::mem::take(&mut self.warnings)
    }

    /// The trials of which two records differ in more than the time they took. A failed attempt is no result, and
    /// contradicts none.
    ///
    /// # Errors
    /// If a record cannot be read.
    pub fn conflicts(&self) -> Result<Vec<Conflict>, StoreError> {
        let mut conflicts = Vec::new();
        for (trial, place) in &self.duplicates {
            let entry = self.index[trial];
            let (kept, other) = (self.read(entry.place)?, self.read(*place)?);
            if other.status != Status::Failed && !kept.agrees_with(&other) {
                conflicts.push(Conflict {
                    trial: trial.clone(),
                    kept: self.files[entry.place.file].path.clone(),
                    other: self.files[place.file].path.clone(),
                });
            }
        }
        Ok(conflicts)
    }

    /// Indexes the whole lines of a file that were not there before.
    fn scan(&mut self, file: usize) -> Result<(), StoreError> {
        let path = self.files[file].path.clone();
        let failed = |source| StoreError::Read { path: path.clone(), source };
        let mut reader = BufReader::new(File::open(&path).map_err(failed)?);
        reader.seek(SeekFrom::Start(self.files[file].read_to)).map_err(failed)?;
        let mut line = Vec::new();
        loop {
            line.clear();
            let length = reader.read_until(b'\n', &mut line).map_err(failed)?;
            if line.last() != Some(&b'\n') {
                return Ok(());
            }
            let place = Place { file, offset: self.files[file].read_to, length };
            self.files[file].read_to += length as u64;
            self.files[file].lines += 1;
            match Record::from_line(&line) {
                Ok(record) => self.add(record.trial, Entry { place, status: record.status }),
                Err(error) => self.warn(file, &error),
            }
        }
    }

    /// Of two results of one trial the first counts, by file name and place; a failed attempt only where there is no other.
    fn add(&mut self, trial: String, entry: Entry) {
        let rank = |entry: &Entry| {
            (entry.status == Status::Failed, self.files[entry.place.file].path.clone(), entry.place.offset)
        };
        let Some(&known) = self.index.get(&trial) else {
            self.index.insert(trial, entry);
            return;
        };
        let (kept, other) = if rank(&entry) < rank(&known) { (entry, known) } else { (known, entry) };
        self.duplicates.push((trial.clone(), other.place));
        self.index.insert(trial, kept);
    }

    fn warn(&mut self, file: usize, error: &LineError) {
        let IndexedFile { path, lines, .. } = &self.files[file];
        self.warnings
            .push(format!("{}:{lines}: this line is left out, its trial counts as missing: {error}", path.display()));
    }

    fn read(&self, Place { file, offset, length }: Place) -> Result<Record, StoreError> {
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
        Record::from_line(&line).map_err(|error| StoreError::Changed {
            path: path.clone(),
            offset,
            reason: error.to_string(),
        })
    }
}

/// The files of a store, by name.
fn list(folder: &Path) -> Result<Vec<PathBuf>, StoreError> {
    let failed = |source| StoreError::List { path: folder.to_owned(), source };
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(failed(error)),
    };
    let mut paths = Vec::new();
    for entry in entries {
        let path = entry.map_err(failed)?.path();
        if path.extension().is_some_and(|extension| extension == "jsonl") {
            paths.push(path);
        }
    }
    paths.sort();
    Ok(paths)
}

#[cfg(test)]
mod tests;

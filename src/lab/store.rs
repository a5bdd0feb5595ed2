//! The store: every finished trial, one line each, in the files `trials/*.jsonl`.
//!
//! In: a folder that any number of processes write into, each a file of its own; or several such folders. Out: which trials
//! are finished, and the record of each. What is kept in memory is an index (trial → file, offset, length); a record is
//! read when it is asked for, so that a hundred thousand trials with all their curves fit.
//!
//! A line that does not end yet is being written, or was when its process died: it does not count. A whole line that
//! cannot be read is said in a warning, and its trial counts as missing.

mod conflict;
mod error;
mod folder;
mod forget;
mod unplanned;

use std::collections::{BTreeMap, HashMap};
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

pub use conflict::Conflict;
pub use error::StoreError;
pub use folder::remove_leftovers;
pub(super) use folder::{EXTENSION, FOLDER};
pub use unplanned::Unplanned;

use super::record::{LineError, Record, Status};

/// The finished trials of an experiment.
#[derive(Debug)]
pub struct Store {
    folders: Vec<PathBuf>,
    /// By name within each folder as they were found; a file's place here is its number in [`Place`].
    files: Vec<IndexedFile>,
    /// The place of each file.
    known: HashMap<PathBuf, usize>,
    index: BTreeMap<String, Entry>,
    duplicates: Vec<(String, Place)>,
    /// What the records say that their identities come from: semantics and data. Mostly one.
    origins: Vec<(u32, String)>,
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
            files: self.files.clone(),
            known: self.known.clone(),
            index: self.index.clone(),
            duplicates: self.duplicates.clone(),
            origins: self.origins.clone(),
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
        Self::open_all(&[results])
    }

    /// Opens the stores of several folders of results as if they were one.
    ///
    /// # Errors
    /// If a folder or a file in it cannot be read.
    pub fn open_all(results: &[&Path]) -> Result<Self, StoreError> {
        let mut store = Self {
            folders: results.iter().map(|folder| folder.join(FOLDER)).collect(),
            files: Vec::new(),
            known: HashMap::new(),
            index: BTreeMap::new(),
            duplicates: Vec::new(),
            origins: Vec::new(),
            warnings: Vec::new(),
            open: Mutex::new(None),
        };
        store.rescan()?;
        Ok(store)
    }

    /// Takes in what was written since, by whichever process; returns how many trials are new. Looks at names and lengths of
    /// the files, and reads what is new of them.
    ///
    /// # Errors
    /// If a folder or a file in it cannot be read.
    pub fn rescan(&mut self) -> Result<usize, StoreError> {
        let before = self.index.len();
        let mut lengths = folder::lengths(&self.folders)?;
        if self.files.iter().any(|file| lengths.get(&file.path).is_none_or(|&length| length < file.length)) {
            // A file is gone or cut: what was known of it may be wrong.
            self.reset();
            lengths = folder::lengths(&self.folders)?;
        }
        for (path, length) in lengths {
            let file = self.number_of(path);
            if length != self.files[file].length {
                self.files[file].length = length;
                self.scan(file)?;
            }
        }
        Ok(self.index.len().saturating_sub(before))
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

    /// What the user should know of unreadable lines; each warning is handed out once.
    pub fn take_warnings(&mut self) -> Vec<String> {
        std::mem::take(&mut self.warnings)
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

    fn reset(&mut self) {
        self.files.clear();
        self.known.clear();
        self.index.clear();
        self.duplicates.clear();
        self.warnings.clear();
        *self.open.get_mut().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// Indexes the whole lines of a file that were not there before.
    fn scan(&mut self, file: usize) -> Result<(), StoreError> {
        let path = self.files[file].path.clone();
        let failed = |source| StoreError::Read { path: path.clone(), source };
        let mut reader = match File::open(&path) {
            Ok(file) => BufReader::new(file),
            // Removed since it was listed; the next look notices.
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(failed(error)),
        };
        reader.seek(SeekFrom::Start(self.files[file].read_to)).map_err(failed)?;
        let mut line = Vec::new();
        loop {
            line.clear();
            let length = reader.read_until(b'\n', &mut line).map_err(failed)?;
            if line.last() != Some(&b'\n') {
                return Ok(());
            }
            let IndexedFile { read_to, lines, length: known, .. } = &mut self.files[file];
            *lines += 1;
            let place = Place { file, offset: *read_to, length, line: *lines };
            *read_to += length as u64;
            *known = (*known).max(*read_to);
            match Record::from_line(&line) {
                Ok(record) => self.add(&record, place),
                Err(error) => self.warn(place, &error),
            }
        }
    }

    /// Of two results of one trial the first counts, by file name and place; a failed attempt only where there is no other.
    fn add(&mut self, record: &Record, place: Place) {
        let origin = self.origin(record);
        let entry = Entry { place, status: record.status, origin };
        let rank = |entry: &Entry| {
            let path = &self.files[entry.place.file].path;
            (entry.status == Status::Failed, path.file_name().map(ToOwned::to_owned), path.clone(), entry.place.offset)
        };
        let Some(&known) = self.index.get(&record.trial) else {
            self.index.insert(record.trial.clone(), entry);
            return;
        };
        let (kept, other) = if rank(&entry) < rank(&known) { (entry, known) } else { (known, entry) };
        self.duplicates.push((record.trial.clone(), other.place));
        self.index.insert(record.trial.clone(), kept);
    }

    fn origin(&mut self, record: &Record) -> usize {
        let is_same = |(semantics, data): &(u32, String)| *semantics == record.semantics && *data == record.data;
        self.origins.iter().position(is_same).unwrap_or_else(|| {
            self.origins.push((record.semantics, record.data.clone()));
            self.origins.len() - 1
        })
    }

    fn warn(&mut self, place: Place, error: &LineError) {
        let text = format!("{}: this line is left out, its trial counts as missing: {error}", self.shown(place));
        self.warnings.push(text);
    }

    /// File and line.
    fn shown(&self, place: Place) -> String {
        format!("{}:{}", self.files[place.file].path.display(), place.line)
    }

    fn read(&self, place: Place) -> Result<Record, StoreError> {
        Record::from_line(&self.read_line(place)?).map_err(|error| StoreError::Changed {
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

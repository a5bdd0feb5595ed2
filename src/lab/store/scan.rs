//! How the store comes to know what is in its files.
//!
//! In: the files as they are listed now, and what was known of them. Out: the index of the trials. Of a file that grew only
//! what is new is read; where one is gone or was cut, all are read again.

use std::fs::File;
use std::io::{BufRead, BufReader, Seek, SeekFrom};
use std::mem;
use std::path::PathBuf;

use super::error::is_gone;
use super::{Entry, Fault, IndexedFile, Place, Store, StoreError, folder};
use crate::lab::record::{Record, Status};

impl Store {
    /// Takes in what was written since, by whichever process; returns how many trials are new. Looks at names and lengths of
    /// the files, and reads what is new of them.
    ///
    /// # Errors
    /// If a folder or a file in it cannot be read.
    pub fn rescan(&mut self) -> Result<usize, StoreError> {
        let before = self.index.len();
        let lengths = folder::lengths(&self.folders, self.files.iter().map(|file| file.path.as_path()))?;
        let is_cut = |file: &IndexedFile| lengths.get(&file.path).is_none_or(|&length| length < file.length);
        let cut: Vec<PathBuf> = self.files.iter().filter(|file| is_cut(file)).map(|file| file.path.clone()).collect();
        if !cut.is_empty() {
            self.restart(&cut)?;
            return Ok(self.index.len().saturating_sub(before));
        }
        for (path, length) in lengths {
            let file = self.number_of(path);
            if length != self.files[file].length {
                self.scan(file)?;
                // Not before: what could not be read is tried again.
                self.files[file].length = self.files[file].length.max(length);
            }
        }
        Ok(self.index.len().saturating_sub(before))
    }

    /// Reads all files again, whatever was known of them: to be called where a record is not found in its place any more.
    ///
    /// # Errors
    /// If a folder or a file in it cannot be read.
    pub fn reread(&mut self) -> Result<(), StoreError> {
        self.restart(&[])
    }

    /// Reads all files again in place of what was known, which stays where that fails. Says which trials are gone with the
    /// files that were `cut`.
    fn restart(&mut self, cut: &[PathBuf]) -> Result<(), StoreError> {
        let mut fresh = Self::unread(self.folders.clone(), self.expected.clone());
        for (path, length) in folder::lengths(&self.folders, self.files.iter().map(|file| file.path.as_path()))? {
            let file = fresh.number_of(path);
            fresh.scan(file)?;
            fresh.files[file].length = fresh.files[file].length.max(length);
        }
        let lost = self.index.keys().filter(|trial| !fresh.index.contains_key(*trial)).count();
        fresh.unreadable.said_before(&mut self.unreadable);
        fresh.warnings = mem::take(&mut self.warnings);
        *self = fresh;
        if lost > 0 {
            let files = match cut {
                [] => "a file was changed".to_owned(),
                [only] => format!("{} was removed or cut", only.display()),
                [first, rest @ ..] => format!("{} and {} more were removed or cut", first.display(), rest.len()),
            };
            let are = if lost == 1 { "stored trial is" } else { "stored trials are" };
            self.warn(format!("{lost} {are} gone: {files} by someone else"));
        }
        Ok(())
    }

    /// Indexes the whole lines of a file that were not there before.
    fn scan(&mut self, file: usize) -> Result<(), StoreError> {
        let path = self.files[file].path.clone();
        let failed = |source| StoreError::Read { path: path.clone(), source };
        let mut reader = match File::open(&path) {
            Ok(file) => BufReader::new(file),
            // Removed since it was listed; the next look notices.
            Err(error) if is_gone(&error) => return Ok(()),
            Err(error) => return Err(failed(error)),
        };
        reader.seek(SeekFrom::Start(self.files[file].read_to)).map_err(failed)?;
        let mut line = Vec::new();
        loop {
            line.clear();
            let length = match reader.read_until(b'\n', &mut line) {
                Ok(length) => length,
                Err(error) if is_gone(&error) => return Ok(()),
                Err(error) => return Err(failed(error)),
            };
            if line.last() != Some(&b'\n') {
                return Ok(());
            }
            let IndexedFile { read_to, lines, length: known, .. } = &mut self.files[file];
            *lines += 1;
            let place = Place { file, offset: *read_to, length, line: *lines };
            *read_to += length as u64;
            *known = (*known).max(*read_to);
            match Record::from_line(&line) {
                Ok(record) => match self.expected.as_ref().and_then(|expected| expected.contradiction(&record)) {
                    None => self.add(&record, place),
                    Some(reason) => self.unreadable.count(&path, Fault::Impossible, place.line, reason),
                },
                Err(error) => self.unreadable.count(&path, Fault::Unreadable, place.line, error.to_string()),
            }
        }
    }

    /// Of two results of one trial the first counts, by file name and place; a failed attempt only where there is no other.
    pub(super) fn add(&mut self, record: &Record, place: Place) {
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
}

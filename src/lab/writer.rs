//! How a finished trial gets into the store.
//!
//! In: records. Out: lines in a file that belongs to this writer alone, so that nothing is locked and processes on a
//! shared file system never clash. Where nothing is written, no file is left.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::store::{EXTENSION, FOLDER, StoreError};
use crate::atomic_file::{owner, sync_folder};

/// The longest time that a finished trial may be lost to a power cut.
const SYNC_EVERY: Duration = Duration::from_secs(1);

/// Appends records to the store of an experiment.
#[derive(Debug)]
pub struct StoreWriter {
    folder: PathBuf,
    file: Option<OwnFile>,
}

#[derive(Debug)]
struct OwnFile {
    path: PathBuf,
    file: File,
    synced: Instant,
    /// Whether anything was written since the last sync.
    dirty: bool,
    /// Whether nothing was ever written.
    empty: bool,
}

impl StoreWriter {
    /// A writer into the store of an experiment's results, the folder `trials` of `results`. Creates nothing yet.
    pub fn create(results: &Path) -> Self {
        Self { folder: results.join(FOLDER), file: None }
    }

    /// Makes the file, so that a folder that cannot be written is noticed before anything is trained.
    ///
    /// # Errors
    /// If the folder or the file cannot be created.
    pub fn open(&mut self) -> Result<(), StoreError> {
        if self.file.is_none() {
            self.file = Some(OwnFile::create(&self.folder)?);
        }
        Ok(())
    }

    /// Writes a whole line, its end included; says in which file it stands. It is on the disk after the next sync.
    ///
    /// # Errors
    /// If the file cannot be created or written; what was written before stays readable, and the next line goes into
    /// a new file.
    pub fn append(&mut self, line: &[u8]) -> Result<&Path, StoreError> {
        self.open()?;
        let mut own = self.file.take().expect("it was opened");
        if own.empty && !own.path.exists() {
            // Who cannot see this process, as from another container of this machine, takes its empty file for left behind.
            own = OwnFile::create(&self.folder)?;
        }
        // On an error `own` is dropped: a part of the line may stand at its end, where a reader ignores it.
        own.file.write_all(line).map_err(|source| StoreError::Write { path: own.path.clone(), source })?;
        (own.empty, own.dirty) = (false, true);
        Ok(&self.file.insert(own).path)
    }

    /// Syncs if something is unsynced and the last sync is a second ago: to be called now and then while nothing finishes.
    ///
    /// # Errors
    /// If the file cannot be synced.
    pub fn sync_when_due(&mut self) -> Result<(), StoreError> {
        match &self.file {
            Some(own) if own.synced.elapsed() >= SYNC_EVERY => self.sync(),
            _ => Ok(()),
        }
    }

    /// Brings all that was written onto the disk. To be called at the end, and before a figure is believed.
    ///
    /// # Errors
    /// If the file cannot be synced.
    pub fn sync(&mut self) -> Result<(), StoreError> {
        let Some(own) = self.file.as_mut().filter(|own| own.dirty) else { return Ok(()) };
        own.file.sync_data().map_err(|source| StoreError::Write { path: own.path.clone(), source })?;
        own.synced = Instant::now();
        own.dirty = false;
        Ok(())
    }
}

impl OwnFile {
    fn create(folder: &Path) -> Result<Self, StoreError> {
        let failed = |path: &Path| {
            let path = path.to_owned();
            move |source| StoreError::Write { path, source }
        };
        fs::create_dir_all(folder).map_err(failed(folder))?;
        let (path, file) = loop {
            let path = folder.join(format!("{}.{EXTENSION}", owner()));
            match OpenOptions::new().append(true).create_new(true).open(&path) {
                Ok(file) => break (path, file),
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => continue,
                Err(source) => return Err(StoreError::Write { path, source }),
            }
        };
        file.sync_all().map_err(failed(&path))?;
        sync_folder(folder).map_err(failed(folder))?;
        Ok(Self { path, file, synced: Instant::now(), dirty: false, empty: true })
    }
}

impl Drop for OwnFile {
    fn drop(&mut self) {
        if self.empty {
            // A file without a line says nothing: where it cannot be removed it does no harm.
            let _ = fs::remove_file(&self.path);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::record::tests::example;
    use super::super::store::Store;
    use super::*;

    fn files(folder: &Path) -> usize {
        fs::read_dir(folder).unwrap().count()
    }

    #[test]
    fn creates_nothing_where_nothing_is_written() {
        let root = tempfile::tempdir().unwrap();
        let mut writer = StoreWriter::create(&root.path().join("results"));
        writer.sync().unwrap();
        drop(writer);
        assert_eq!(files(root.path()), 0);
        let mut writer = StoreWriter::create(root.path());
        writer.open().unwrap();
        assert_eq!(files(&root.path().join(FOLDER)), 1);
        drop(writer);
        assert_eq!(files(&root.path().join(FOLDER)), 0);
    }

    #[test]
    fn a_file_that_was_removed_before_its_first_line_is_made_again() {
        let folder = tempfile::tempdir().unwrap();
        let mut writer = StoreWriter::create(folder.path());
        writer.open().unwrap();
        let first = fs::read_dir(folder.path().join(FOLDER)).unwrap().next().unwrap().unwrap().path();
        fs::remove_file(first).unwrap();
        writer.append(&example("01").to_line()).unwrap();
        assert!(Store::open(folder.path()).unwrap().contains("01"));
    }

    #[test]
    fn what_is_appended_is_read_back_at_once() {
        let folder = tempfile::tempdir().unwrap();
        let mut store = Store::open(folder.path()).unwrap();
        let mut writer = StoreWriter::create(folder.path());
        for trial in ["01", "02", "03"] {
            writer.append(&example(trial).to_line()).unwrap();
            assert_eq!(store.rescan().unwrap(), 1);
            assert_eq!(store.get(trial).unwrap(), example(trial));
        }
        writer.sync().unwrap();
        assert_eq!(files(&folder.path().join(FOLDER)), 1);
    }

    #[test]
    fn writers_at_the_same_time_have_a_file_each() {
        let folder = tempfile::tempdir().unwrap();
        std::thread::scope(|scope| {
            for writer in 0..4 {
                let folder = folder.path();
                scope.spawn(move || {
                    let mut own = StoreWriter::create(folder);
                    for trial in 0..25 {
                        own.append(&example(&format!("{writer}-{trial}")).to_line()).unwrap();
                    }
                });
            }
        });
        assert_eq!(files(&folder.path().join(FOLDER)), 4);
        let mut store = Store::open(folder.path()).unwrap();
        assert_eq!(store.len(), 100);
        assert!(store.take_warnings().is_empty());
    }

    #[test]
    fn a_folder_that_cannot_be_made_is_named() {
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join("taken");
        fs::write(&path, "a file").unwrap();
        let path_of_store = path.join(FOLDER);
        let message = StoreWriter::create(&path).open().unwrap_err().to_string();
        assert!(
            message.starts_with(&format!("cannot write the finished trials into {}", path_of_store.display())),
            "{message}"
        );
    }
}

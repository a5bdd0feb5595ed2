//! A report's files, and why they cannot be written.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use thiserror::Error;

use crate::atomic_file::{Together, write_atomically};
use crate::lab::StoreError;

/// Writes a file of a report whole or not at all.
///
/// # Errors
/// If the disk fails, naming the path, or if what is to be written cannot be read.
pub fn write_file(path: &Path, fill: impl FnOnce(&mut dyn Write) -> Result<(), FillError>) -> Result<(), ReportError> {
    write_atomically(path, fill).map_err(|error| named(error, path))
}

/// The files of a report, which appear together.
pub struct Files<'a> {
    folder: &'a Path,
    files: Together,
    /// What goes when these appear.
    replaced: Vec<PathBuf>,
    /// What the user should know of the files.
    pub warnings: Vec<String>,
}

impl<'a> Files<'a> {
    /// No files yet, to be written into `folder`.
    pub fn new(folder: &'a Path) -> Self {
        Self { folder, files: Together::default(), replaced: Vec::new(), warnings: Vec::new() }
    }

    /// Writes a file, which does not appear yet.
    ///
    /// # Errors
    /// As [`write_file`].
    pub fn write(
        &mut self,
        name: &str,
        fill: impl FnOnce(&mut dyn Write) -> Result<(), FillError>,
    ) -> Result<(), ReportError> {
        let path = self.folder.join(name);
        self.files.write(&path, fill).map_err(|error| named(error, &path))
    }

    /// Where they will be.
    pub fn folder(&self) -> &Path {
        self.folder
    }

    /// A file goes when the others appear: nothing is written in its place any more.
    pub fn replace(&mut self, name: &str) {
        self.replaced.push(self.folder.join(name));
    }

    /// All files appear, in the order in which they were written.
    ///
    /// # Errors
    /// If the disk fails, naming the path.
    pub fn appear(self) -> Result<(), ReportError> {
        for path in self.replaced {
            match fs::remove_file(&path) {
                Err(source) if source.kind() != io::ErrorKind::NotFound => {
                    return Err(ReportError::Write { path, source });
                }
                _ => {}
            }
        }
        self.files.appear().map_err(|(path, source)| ReportError::Write { path, source })
    }
}

fn named(error: FillError, path: &Path) -> ReportError {
    match error {
        FillError::Write(source) => ReportError::Write { path: path.to_owned(), source },
        FillError::Read(error) => ReportError::Read(error),
    }
}

/// Why a file cannot be written.
#[derive(Debug, Error)]
pub enum ReportError {
    /// The disk.
    #[error("cannot write {}: {source}", path.display())]
    #[expect(missing_docs, reason = "the message says it")]
    Write { path: PathBuf, source: io::Error },
    /// What it is made of cannot be read.
    #[error(transparent)]
    Read(#[from] StoreError),
}

/// Why a writer could not be filled: it does not know the path that it writes to.
#[derive(Debug, Error)]
pub enum FillError {
    /// The writer failed.
    #[error(transparent)]
    Write(#[from] io::Error),
    /// What is to be written cannot be read.
    #[error(transparent)]
    Read(#[from] StoreError),
}

impl From<csv::Error> for FillError {
    /// Writing rows of equal length fails for want of space only.
    fn from(error: csv::Error) -> Self {
        FillError::Write(error.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_of_the_disk_names_the_path() {
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join("a.csv");
        let full = write_file(&path, |_| Err(io::Error::other("the disk is full").into()));
        assert_eq!(full.unwrap_err().to_string(), format!("cannot write {}: the disk is full", path.display()));
        let missing = || StoreError::Missing { path: "results".into(), trial: "ab".to_owned() };
        let unread = write_file(&path, |_| Err(missing().into()));
        assert_eq!(unread.unwrap_err().to_string(), missing().to_string());
    }
}

//! Why the store cannot be read or written, and when it is worth another look.

use std::io;
use std::path::PathBuf;

use thiserror::Error;

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
    #[error("the stored trials changed while they were read: {}:{line}: {reason}", path.display())]
    Changed { path: PathBuf, line: u64, reason: String },
}

impl StoreError {
    /// Whether the files changed while they were read, so that reading them again may go well.
    pub fn is_passing(&self) -> bool {
        match self {
            StoreError::Changed { .. } => true,
            StoreError::Read { source, .. } => is_gone(source) || source.kind() == io::ErrorKind::UnexpectedEof,
            _ => false,
        }
    }
}

/// Whether a file is not there any more, as its own machine or a network file system says it.
pub(super) fn is_gone(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::StaleNetworkFileHandle)
}

//! Why the store cannot be read or written.

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

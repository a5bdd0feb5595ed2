//! Stored trials that were trained again: the results before go.

use std::collections::HashSet;
use std::fs;
use std::io;

use serde::Deserialize;

use super::{IndexedFile, Store, StoreError};
use crate::atomic_file::{is_at_work, write_atomically};

impl Store {
    /// Removes the records of these trials from the files that were there when the store was last scanned, so that newer ones
    /// count. The file of another process of this machine that is still there stays, since it may write more; what it says of
    /// the same trials is the same. A process of another machine must not write to its file meanwhile.
    ///
    /// # Errors
    /// If a file cannot be read, rewritten or removed; it then stays as it was.
    pub fn forget(self, trials: &HashSet<String>) -> Result<(), StoreError> {
        for IndexedFile { path, .. } in &self.files {
            let owner = path.file_stem().unwrap_or_default().to_string_lossy();
            if is_at_work(&owner) {
                continue;
            }
            let bytes = match fs::read(path) {
                Ok(bytes) => bytes,
                // Another process that trained them again was first.
                Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
                Err(source) => return Err(StoreError::Read { path: path.clone(), source }),
            };
            let lines = bytes.split_inclusive(|&byte| byte == b'\n');
            let is_kept = |line: &&[u8]| !trial_of(line).is_some_and(|trial| trials.contains(&trial));
            let kept: Vec<u8> = lines.filter(is_kept).flatten().copied().collect();
            let done = if kept.is_empty() {
                fs::remove_file(path)
            } else if kept.len() < bytes.len() {
                write_atomically(path, |out| out.write_all(&kept))
            } else {
                Ok(())
            };
            match done {
                Err(source) if source.kind() != io::ErrorKind::NotFound => {
                    return Err(StoreError::Remove { path: path.clone(), source });
                }
                _ => {}
            }
        }
        Ok(())
    }
}

/// The trial of a line that names one, whatever else is wrong with it.
fn trial_of(line: &[u8]) -> Option<String> {
    #[derive(Deserialize)]
    struct Named {
        trial: String,
    }
    serde_json::from_slice::<Named>(line).ok().map(|named| named.trial)
}

//! The data sets of an experiment, each read once and shared by all trials.
//!
//! In: the `[data]` tables of all cells. Out: a [`Dataset`] for each, and what is odd about the files.

use std::sync::Arc;

use crate::data::{self, DataError, DataSettings, Dataset, FileReading, ReadingKey};

/// The data sets that were read.
#[derive(Debug, Default)]
pub struct Library {
    sets: Vec<(ReadingKey, Arc<Dataset>)>,
    warnings: Vec<String>,
    files: Vec<FileReading>,
}

impl Library {
    /// Reads what these settings ask for. Sweeps rarely change what is read, so that mostly this is one file.
    pub fn read<'a>(tables: impl IntoIterator<Item = &'a DataSettings>) -> Result<Self, DataError> {
        let mut library = Self::default();
        for settings in tables {
            let key = settings.reading_key();
            if library.sets.iter().all(|(known, _)| *known != key) {
                let loaded = data::read(settings)?;
                library.warnings.extend(loaded.warnings);
                let new = loaded.files.into_iter().filter(|file| !library.files.contains(file)).collect::<Vec<_>>();
                library.files.extend(new);
                library.sets.push((key, Arc::new(loaded.dataset)));
            }
        }
        Ok(library)
    }

    /// The data set of these settings.
    ///
    /// # Panics
    /// If they were not among those that were read.
    pub fn dataset(&self, settings: &DataSettings) -> &Arc<Dataset> {
        let key = settings.reading_key();
        let found = self.sets.iter().find(|(known, _)| *known == key);
        &found.expect("the data of every cell is read before anything else").1
    }

    /// All data sets, in the order in which they were first asked for.
    pub fn datasets(&self) -> impl Iterator<Item = &Arc<Dataset>> {
        self.sets.iter().map(|(_, dataset)| dataset)
    }

    /// How each file was read, those that were read in different ways more than once.
    pub fn files(&self) -> &[FileReading] {
        &self.files
    }

    /// What is odd about the files, as fragments that name file, line or column.
    pub fn warnings(&self) -> &[String] {
        &self.warnings
    }
}

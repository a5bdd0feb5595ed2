//! Files and data sets for the tests of this module.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use tempfile::TempDir;

use super::read::{Loaded, read};
use super::settings::DEFAULT_MISSING;
use super::{
    CommentChoice, DataError, DataSettings, Dataset, DecimalChoice, DelimiterChoice, EncodingChoice, Impute, Ordinal,
    Scaling, SplitSettings, TaskChoice, ThousandsChoice, TrialData, prepare,
};

/// A file that lives as long as its test.
pub(super) struct File {
    folder: TempDir,
    path: PathBuf,
}

impl File {
    pub(super) fn new(name: &str, content: impl AsRef<[u8]>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(name);
        std::fs::write(&path, content).unwrap();
        Self { folder, path }
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// A second file beside it.
    pub(super) fn beside(&self, name: &str, content: &str) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::write(&path, content).unwrap();
        path
    }

    /// The settings of a config that says nothing but the path.
    pub(super) fn settings(&self) -> DataSettings {
        settings(self.path())
    }

    /// A message without the folder's name, which differs from run to run.
    pub(super) fn message(&self, message: &impl ToString) -> String {
        message.to_string().replace(&format!("{}/", self.folder.path().display()), "")
    }

    pub(super) fn read(&self, change: impl FnOnce(&mut DataSettings)) -> Result<Loaded, DataError> {
        let mut settings = self.settings();
        change(&mut settings);
        read(&settings)
    }
}

/// The data of a trial on the CSV `content`, all rows of which train but one in five for validation and one in five for the
/// test.
pub(crate) fn trial(content: &str, seed: u64) -> TrialData {
    trial_with(content, seed, |_| {})
}

/// The data of a trial on the CSV `content`, with settings that say more than the path.
pub(crate) fn trial_with(content: &str, seed: u64, change: impl FnOnce(&mut DataSettings)) -> TrialData {
    let file = File::new("rows.csv", content);
    let mut settings = file.settings();
    change(&mut settings);
    let dataset = read(&settings).unwrap().dataset;
    prepare(&Arc::new(dataset), &settings, seed, 0).unwrap().data
}

/// The settings of a config that says nothing but the path.
pub(super) fn settings(path: &Path) -> DataSettings {
    DataSettings {
        path: path.to_owned(),
        test_path: None,
        target: None,
        task: TaskChoice::Auto,
        exclude: vec![],
        categorical: vec![],
        numeric: vec![],
        ordinal: Ordinal::Columns(vec![]),
        keep: vec![],
        missing: DEFAULT_MISSING.map(str::to_owned).to_vec(),
        delimiter: DelimiterChoice::Auto,
        encoding: EncodingChoice::Auto,
        header: true,
        comment: CommentChoice::Auto,
        decimal: DecimalChoice::Auto,
        thousands: ThousandsChoice::Auto,
        impute: Impute::Median,
        scaling: Scaling::Standard,
        train_rows: None,
        label_noise: 0.0,
        image: None,
        split: SplitSettings {
            test: None,
            validation: None,
            stratify: true,
            folds: None,
            repeats: 1,
            column: None,
            group: None,
            group_duplicates: false,
            seed: None,
        },
    }
}

/// What `read` makes of a CSV with default settings.
pub(super) fn dataset(csv: &str) -> Dataset {
    File::new("x.csv", csv).read(|_| ()).unwrap().dataset
}

/// Rows of the given classes, with their number as the only feature.
pub(super) fn of_classes(classes: &[u32]) -> Dataset {
    let rows: String = classes.iter().enumerate().map(|(row, class)| format!("{row},c{class:04}\n")).collect();
    dataset(&format!("x,class\n{rows}"))
}

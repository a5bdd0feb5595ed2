//! What can be wrong with a data file, and with the settings that go with it.
//!
//! Messages are lowercase fragments that name the file and, where there is one, the line, the column or the key.

use std::fmt;
use std::io;
use std::path::PathBuf;

use thiserror::Error;

/// Why a file could not be made into a data set, or a data set into the rows of a trial.
#[derive(Debug, Error)]
#[expect(missing_docs, reason = "the message of each variant says what it is, and its fields are the message's words")]
pub enum DataError {
    #[error("cannot read {path}: {cause}")]
    Io { path: PathBuf, cause: io::Error },
    #[error("{path} is a folder, a CSV file is wanted")]
    Folder { path: PathBuf },
    #[error("{path} is empty, a header and rows are wanted")]
    Empty { path: PathBuf },
    #[error("{path} has a header but no rows")]
    NoRows { path: PathBuf },
    #[error("{path} was changed while it was read")]
    Changed { path: PathBuf },
    #[error("{place}: only one column, '{name}', where features and a target are wanted{hint}")]
    OneColumn { place: Place, name: String, hint: String },
    #[error("{place}: {found} fields, {wanted} wanted as in the header")]
    Ragged { place: Place, found: usize, wanted: usize },
    #[error("{place}: not UTF-8 text (save the file as UTF-8)")]
    NotUtf8 { place: Place },
    #[error("{key} names the column '{name}', which {path} does not have: {hint}")]
    UnknownColumn { key: &'static str, path: PathBuf, name: String, hint: String },
    #[error("{key} names the column '{name}', which is the target: {reason}")]
    TargetMisused { key: &'static str, name: String, reason: &'static str },
    #[error("{path} has no column '{name}', which {other} has: a test file needs the same columns")]
    TestLacksColumn { path: PathBuf, other: PathBuf, name: String },
    #[error("{path} has a column '{name}', which {other} has not: a test file needs the same columns")]
    TestHasColumn { path: PathBuf, other: PathBuf, name: String },
    #[error("{place}: column '{column}': {text} is beyond the range of single precision, ±3.4e38")]
    TooLarge { place: Place, column: String, text: String },
    #[error("{path}: no feature column is left beside the target '{target}'")]
    NoFeatures { path: PathBuf, target: String },
    #[error("{path}: the target '{column}' is missing in every row")]
    NoTargets { path: PathBuf, column: String },
    #[error("{place}: the target '{column}' is '{text}', which is no number, but data.task is regression")]
    TextTarget { place: Place, column: String, text: String },
    #[error("{path}: the target '{column}' has only one class, '{class}', at least two are wanted")]
    OneClass { path: PathBuf, column: String, class: String },
    #[error("{path}: the target '{column}' has {found} classes, at most {most} are allowed{hint}")]
    TooManyClasses { path: PathBuf, column: String, found: usize, most: usize, hint: &'static str },
    #[error("{place}: column '{column}' must be train, validation or test, found '{text}'")]
    SplitWord { place: Place, column: String, text: String },
    #[error("{place}: column '{column}' is missing, and data.impute is error")]
    MissingValue { place: Place, column: String },
    #[error(transparent)]
    Settings(#[from] SettingsError),
}

/// Settings that contradict each other or the data.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{key} {reason}")]
pub struct SettingsError {
    /// The full key that is to blame, as `data.split.test`.
    pub key: &'static str,
    /// A lowercase fragment that fits behind the key: "must be ..., found ...".
    pub reason: String,
}

/// A line of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The file.
    pub path: PathBuf,
    /// The line on which the record begins, from 1.
    pub line: u64,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.path.display(), self.line)
    }
}

/// `'a', 'b', 'c' and 4 more`: at most `most` names.
pub(super) fn list<'a>(names: impl ExactSizeIterator<Item = &'a str>, most: usize) -> String {
    let count = names.len();
    let shown: Vec<String> = names.take(most).map(|name| format!("'{name}'")).collect();
    let rest = if count > most { format!(" and {} more", count - most) } else { String::new() };
    shown.join(", ") + &rest
}

/// The known name that is most like `name`, if any is like it at all.
pub(super) fn nearest<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    /// Below this similarity (Jaro and Winkler, 0 to 1) a hint would mislead more than help.
    const ALIKE: f64 = 0.75;
    let lower = name.to_lowercase();
    known
        .map(|other| (strsim::jaro_winkler(&lower, &other.to_lowercase()), other))
        .filter(|(alike, _)| *alike >= ALIKE)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, other)| other)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_of_names_ends_with_the_number_of_those_left_out() {
        assert_eq!(list(["a", "b"].into_iter(), 5), "'a', 'b'");
        assert_eq!(list(["a", "b", "c"].into_iter(), 1), "'a' and 2 more");
    }

    #[test]
    fn the_nearest_name_is_a_likely_slip_and_nothing_far_fetched() {
        assert_eq!(nearest("Clas", ["x", "class"].into_iter()), Some("class"));
        assert_eq!(nearest("target", ["x", "y"].into_iter()), None);
    }
}

//! What can be wrong with a data file, and with the settings that go with it.
//!
//! Messages are lowercase fragments that name the file and, where there is one, the line, the column or the key.

use std::fmt;
use std::io;
use std::path::PathBuf;

use thiserror::Error;

use super::wording::{list, plural, quoted, shown_path};
use crate::schema::shortened;

/// Why a file could not be made into a data set, or a data set into the rows of a trial.
#[derive(Debug, Error)]
#[expect(missing_docs, reason = "the message of each variant says what it is, and its fields are the message's words")]
pub enum DataError {
    #[error("{key}: cannot read {}: {cause}", shown_path(.path))]
    Io { key: FileKey, path: PathBuf, cause: io::Error },
    #[error("{key}: {path} is a folder, a CSV file is wanted")]
    Folder { key: FileKey, path: PathBuf },
    #[error("{key}: {path} is empty, a header and rows are wanted")]
    Empty { key: FileKey, path: PathBuf },
    #[error("{key}: {path} has a header but no rows")]
    NoRows { key: FileKey, path: PathBuf },
    #[error("{path} was changed while it was read")]
    Changed { path: PathBuf },
    #[error("{place}: only one column, {}, where features and a target are wanted{hint}", quoted(.name))]
    OneColumn { place: Place, name: String, hint: String },
    #[error("{key}: {} seems to be {what}: {advice}", shown_path(.path))]
    Foreign { key: FileKey, path: PathBuf, what: &'static str, advice: &'static str },
    #[error("{place}: {}, {wanted} wanted as in the header{hint}", plural(*.found, "field"))]
    Ragged { place: Place, found: usize, wanted: usize, hint: String },
    #[error("{place}: a quote opens in this record that is never closed")]
    OpenQuote { place: Place },
    #[error("{place}: this record is longer than {most} MiB: is a quote not closed?")]
    LongRecord { place: Place, most: usize },
    #[error(
        "{place}: the {rows} rows so far take {} of memory, {} are free for them: leave out columns (data.exclude) or rows",
        gigabytes(*.needed),
        gigabytes(*.room)
    )]
    NoRoom { place: Place, rows: usize, needed: usize, room: usize },
    #[error("{place}: not UTF-8 text (data.encoding = \"latin-1\" reads any bytes; \"auto\" finds out)")]
    NotUtf8 { key: FileKey, place: Place },
    #[error("{place}: a zero byte, which no text has: is the file damaged, or no CSV?")]
    Nul { place: Place },
    #[error("{key} names the column {}, which {path} does not have: {hint}", quoted(.name))]
    UnknownColumn { key: &'static str, path: PathBuf, name: String, hint: String },
    #[error("{key} names the column {}, which is the target: {reason}", quoted(.name))]
    TargetMisused { key: &'static str, name: String, reason: &'static str },
    #[error("{path} has no column {}, which {other} has: a test file needs the same columns", quoted(.name))]
    TestLacksColumn { path: PathBuf, other: PathBuf, name: String },
    #[error("{path} has a column {}, which {other} has not: a test file needs the same columns", quoted(.name))]
    TestHasColumn { path: PathBuf, other: PathBuf, name: String },
    #[error("{path} has no column {}, which the network was trained on{hint}", quoted(.name))]
    LacksInput { path: PathBuf, name: String, hint: String },
    #[error("{place}: column {} must be a number, as in training, found {}", quoted(.column), quoted(.text))]
    TextForNumber { place: Place, column: String, text: String },
    #[error("{place}: column {}: {} is {}", quoted(.column), shortened(.text), beyond(.text))]
    TooLarge { place: Place, column: String, text: String },
    #[error("{place}: column {} must be numbers, as data.numeric says, found {}", quoted(.column), quoted(.text))]
    TextInNumeric { place: Place, column: String, text: String },
    #[error(transparent)]
    StrayText(Box<NotANumber>),
    #[error(
        "{place}: column {} holds dates or times, as {}, of which a network can learn nothing as they are: put year, month, weekday, hour or days \
         since a start into columns of their own, and leave it out (data.exclude), or keep them as categories (data.categorical)",
        quoted(.column),
        quoted(.text)
    )]
    Dates { place: Place, column: String, text: String },
    #[error("{place}: column {} has {}, which data.ordinal does not list: {}", quoted(.column), quoted(.text), list(.order.iter().map(String::as_str), 10))]
    NotInOrder { place: Place, column: String, text: String, order: Vec<String> },
    #[error("{path}: no feature column is left beside the target {}{why}", quoted(.target))]
    NoFeatures { path: PathBuf, target: String, why: String },
    #[error("{path}: the target {} is missing in every row{hint}", quoted(.column))]
    NoTargets { path: PathBuf, column: String, hint: &'static str },
    #[error("{place}: the target {} is {}, which is no number, but data.task is regression", quoted(.column), quoted(.text))]
    TextTarget { place: Place, column: String, text: String },
    #[error("{path}: the target {} has only one class, {}, at least two are wanted", quoted(.column), quoted(.class))]
    OneClass { path: PathBuf, column: String, class: String },
    #[error("{path}: the target {} has {found} classes, at most {most} are allowed{hint}", quoted(.column))]
    TooManyClasses { path: PathBuf, column: String, found: usize, most: usize, hint: String },
    #[error(
        "{path}: the target {} has {found} classes in {rows} rows, {} with one row; classes need several rows each{hint}",
        quoted(.column),
        if .found == .rows { "each".to_owned() } else { format!("{single} of them") }
    )]
    SingleRowClasses { path: PathBuf, column: String, found: usize, rows: usize, single: usize, hint: String },
    #[error("{place}: column {} must be train, validation or test, found {}", quoted(.column), quoted(.text))]
    SplitWord { place: Place, column: String, text: String },
    #[error(
        "{place}: column {}, which data.split.group names, is missing: every row needs a group", quoted(.column)
    )]
    NoGroup { place: Place, column: String },
    #[error("{place}: column {} is missing, and data.impute is error", quoted(.column))]
    MissingValue { place: Place, column: String },
    #[error(transparent)]
    Settings(#[from] SettingsError),
}

/// A few texts in a column of numbers, which would be lost because of them.
#[derive(Debug, Error)]
#[error(
    "{place}: column {} is numbers but for {}: {notation}data.missing can name what means a missing value, data.exclude leaves \
     the column out, data.categorical makes categories of its {numbers} numbers",
    quoted(.column),
    if *.texts == 1 { quoted(.text) } else { format!("{texts} cells, the first of them {}", quoted(.text)) }
)]
pub struct NotANumber {
    pub place: Place,
    pub column: String,
    pub text: String,
    pub texts: usize,
    pub numbers: usize,
    pub notation: String,
}

impl DataError {
    /// The key of the config that the message begins with, if it does.
    pub fn key(&self) -> Option<&'static str> {
        match self {
            Self::Io { key, .. }
            | Self::Folder { key, .. }
            | Self::Empty { key, .. }
            | Self::NoRows { key, .. }
            | Self::Foreign { key, .. } => Some(key.name()),
            Self::UnknownColumn { key, .. } | Self::TargetMisused { key, .. } => Some(key),
            Self::Settings(error) => Some(error.key),
            _ => None,
        }
    }
}

/// `1.3 GB`
fn gigabytes(bytes: usize) -> String {
    format!("{:.1} GB", bytes as f64 / 1e9)
}

/// Why a number is none of single precision.
fn beyond(text: &str) -> &'static str {
    match text.bytes().any(|byte| byte.is_ascii_digit()) {
        true => "beyond the range of single precision, ±3.4e38",
        false => "no finite number (data.missing can name it)",
    }
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

/// The key that names a file: messages about a file that is no table begin with it, as the file has no line to show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileKey {
    /// `data.path`
    Path,
    /// `data.test_path`
    TestPath,
    /// The data that a saved network is to predict.
    New,
}

impl FileKey {
    fn name(self) -> &'static str {
        match self {
            Self::Path => "data.path",
            Self::TestPath => "data.test_path",
            Self::New => "data",
        }
    }
}

impl fmt::Display for FileKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
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

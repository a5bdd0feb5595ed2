//! The lines of a CSV file that is given by hand, and what is wrong with them, named by file, line and column.
//!
//! In: a path. Out: the titles, and cells as numbers.

use std::fs::File;
use std::path::{Path, PathBuf};

use csv::StringRecord;
use thiserror::Error;

/// Why a table cannot be read.
#[derive(Debug, Error)]
pub enum TableError {
    #[error("failed to read {path}: {error}")]
    Read { path: PathBuf, error: csv::Error },
    #[error("{path} must have a column \"{wanted}\", found {found}")]
    NoColumn { path: PathBuf, wanted: String, found: String },
    #[error("{path}, line {line}, column {column}: expected {expected}, found \"{found}\"")]
    Cell { path: PathBuf, line: u64, column: String, expected: &'static str, found: String },
}

/// The titles, and a reader that stands behind them.
pub(super) fn open(path: &Path) -> Result<(StringRecord, csv::Reader<File>), TableError> {
    let failed = |error| TableError::Read { path: path.to_owned(), error };
    let file = File::open(path).map_err(|error| failed(csv::Error::from(error)))?;
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(file);
    Ok((reader.headers().map_err(failed)?.clone(), reader))
}

/// Where a column stands.
pub(super) fn find(titles: &StringRecord, name: &str) -> Option<usize> {
    titles.iter().position(|title| title.trim_start_matches('\u{feff}') == name)
}

/// Where a column stands that has to be there.
pub(super) fn need(path: &Path, titles: &StringRecord, name: &str) -> Result<usize, TableError> {
    let found = || titles.iter().collect::<Vec<_>>().join(", ");
    find(titles, name).ok_or_else(|| TableError::NoColumn {
        path: path.to_owned(),
        wanted: name.to_owned(),
        found: found(),
    })
}

/// A line of a file.
pub(super) struct Line<'a> {
    pub path: &'a Path,
    pub titles: &'a StringRecord,
    pub record: &'a StringRecord,
}

impl Line<'_> {
    pub fn cell(&self, column: usize) -> &str {
        self.record.get(column).unwrap_or_default()
    }

    /// From 1, the titles' line.
    pub fn number(&self) -> u64 {
        self.record.position().map_or(0, csv::Position::line)
    }

    pub fn wrong(&self, column: usize, expected: &'static str) -> TableError {
        TableError::Cell {
            path: self.path.to_owned(),
            line: self.number(),
            column: self.titles[column].to_owned(),
            expected,
            found: self.cell(column).to_owned(),
        }
    }

    pub fn whole<N: std::str::FromStr>(&self, column: usize) -> Result<N, TableError> {
        self.cell(column).parse().map_err(|_| self.wrong(column, "a whole number from 0"))
    }

    /// Empty cells and `nan` are no numbers.
    pub fn number_in(&self, column: usize) -> Result<Option<f64>, TableError> {
        match self.cell(column) {
            "" => Ok(None),
            cell => match cell.parse::<f64>() {
                Ok(number) if number.is_infinite() => Err(self.wrong(column, "a finite number")),
                Ok(number) => Ok(Some(number).filter(|number| !number.is_nan())),
                Err(_) => Err(self.wrong(column, "a number")),
            },
        }
    }

    /// A number of rows.
    pub fn count(&self, column: usize) -> Result<Option<f64>, TableError> {
        match self.number_in(column)? {
            Some(number) if number <= 0.0 => Err(self.wrong(column, "a number of rows above 0")),
            found => Ok(found),
        }
    }
}

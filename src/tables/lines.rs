//! The lines of a CSV file that is given by hand, and what is wrong with them, named by file, line and column.
//!
//! In: a path. Out: the titles, and cells as numbers. Semicolons between cells are noticed in the first line; in such files
//! a decimal comma is one, as `--csv-dialect excel-semicolon` and spreadsheets write them.

use std::borrow::Cow;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Cursor, Read};
use std::path::{Path, PathBuf};

use csv::StringRecord;
use thiserror::Error;

use crate::report::plain_text;

/// Why a table cannot be read.
#[derive(Debug, Error)]
#[expect(missing_docs, reason = "the messages name every field")]
pub enum TableError {
    #[error("failed to read {path}: {error}")]
    Read { path: PathBuf, error: csv::Error },
    #[error("{path} must have a column \"{wanted}\", found {found}")]
    NoColumn { path: PathBuf, wanted: String, found: String },
    #[error("{path}, line {line}, column {column}: expected {expected}, found \"{found}\"")]
    Cell { path: PathBuf, line: u64, column: String, expected: &'static str, found: String },
}

/// So many bytes of the first line are looked at.
const LONGEST_LINE: u64 = 1 << 20;

/// The titles, and a reader that stands behind them.
pub(super) fn open(path: &Path) -> Result<(StringRecord, Table), TableError> {
    let failed = |error| TableError::Read { path: path.to_owned(), error };
    let begun = || -> io::Result<_> {
        let mut file = BufReader::new(File::open(path)?);
        let mut line = Vec::new();
        file.by_ref().take(LONGEST_LINE).read_until(b'\n', &mut line)?;
        Ok((line, file))
    };
    let (line, file) = begun().map_err(|error| failed(csv::Error::from(error)))?;
    let delimiter = if has_semicolons(&line) { b';' } else { b',' };
    let mut reader =
        csv::ReaderBuilder::new().trim(csv::Trim::All).delimiter(delimiter).from_reader(Cursor::new(line).chain(file));
    let titles = reader.headers().map_err(failed)?.clone();
    Ok((titles, Table { reader, decimal_comma: delimiter == b';' }))
}

/// Whether a line of titles has semicolons between them: more of them than commas, quoted ones aside.
fn has_semicolons(line: &[u8]) -> bool {
    let mut quoted = false;
    let mut more = 0_i64;
    for byte in line {
        match byte {
            b'"' => quoted = !quoted,
            b';' if !quoted => more += 1,
            b',' if !quoted => more -= 1,
            _ => {}
        }
    }
    more > 0
}

/// The rows of a file.
pub(super) struct Table {
    reader: csv::Reader<io::Chain<Cursor<Vec<u8>>, BufReader<File>>>,
    /// Whether the fraction of a number may stand behind a comma.
    pub decimal_comma: bool,
}

impl Table {
    /// The rows, in the order of the file.
    pub fn into_records(self) -> impl Iterator<Item = Result<StringRecord, csv::Error>> {
        self.reader.into_records()
    }
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
    pub decimal_comma: bool,
}

impl Line<'_> {
    pub fn cell(&self, column: usize) -> &str {
        self.record.get(column).unwrap_or_default()
    }

    /// What was written into a cell of keys: a text as it was before it was made harmless; of a swept key, whose title has a
    /// dot, a number with its point.
    pub fn key(&self, column: usize) -> Cow<'_, str> {
        match self.with_a_point(column).filter(|_| self.titles[column].contains('.')) {
            Some(number) if number.parse::<f64>().is_ok_and(f64::is_finite) => number.into(),
            _ => plain_text(self.cell(column)).into(),
        }
    }

    /// A cell with a decimal comma, with a point in place of it.
    fn with_a_point(&self, column: usize) -> Option<String> {
        let cell = self.cell(column);
        (self.decimal_comma && cell.contains(',')).then(|| cell.replacen(',', ".", 1))
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
        let cell = self.cell(column);
        // Tables whose column was one of fractions on the way have 3.0.
        cell.strip_suffix(".0").unwrap_or(cell).parse().map_err(|_| self.wrong(column, "a whole number from 0"))
    }

    /// Empty cells and `nan` are no numbers.
    pub fn number_in(&self, column: usize) -> Result<Option<f64>, TableError> {
        match self.cell(column) {
            "" => Ok(None),
            cell => match self.with_a_point(column).as_deref().unwrap_or(cell).parse::<f64>() {
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

#[cfg(test)]
mod tests {
    use super::*;

    /// The keys and the numbers of a file with a text, a swept key and a number.
    fn read(text: &str) -> Result<Vec<(String, String, Option<f64>)>, String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.csv");
        std::fs::write(&path, text).unwrap();
        let (titles, table) = open(&path).map_err(|error| error.to_string())?;
        let decimal_comma = table.decimal_comma;
        let row = |record: Result<StringRecord, csv::Error>| {
            let record = record.map_err(|error| error.to_string())?;
            let line = Line { path: Path::new("a.csv"), titles: &titles, record: &record, decimal_comma };
            let number = line.number_in(2).map_err(|error| error.to_string())?;
            Ok((line.key(0).into_owned(), line.key(1).into_owned(), number))
        };
        table.into_records().map(row).collect()
    }

    #[test]
    fn both_dialects_have_the_same_keys_and_numbers() {
        let expected = [("1,5".to_owned(), "0.25".to_owned(), Some(-0.5)), ("=x".to_owned(), "relu".to_owned(), None)];
        assert_eq!(read("variant,a.b,x\n\"1,5\",0.25,-0.5\n'=x,relu,\n").unwrap(), expected);
        assert_eq!(read("\u{feff}variant;a.b;x\n1,5;0,25;-0,5\n'=x;relu;\n").unwrap(), expected);
        assert_eq!(read("variant;a.b;x\n1,5;0.25;-0.5\n'=x;relu;\n").unwrap(), expected, "semicolons and points");
    }

    #[test]
    fn a_comma_is_no_decimal_sign_where_it_separates_and_stands_once_where_it_does_not() {
        let wrong = |text| read(text).unwrap_err();
        let message = "a.csv, line 2, column x: expected a number, found";
        assert_eq!(wrong("variant,a.b,x\nv,1,\"0,5\"\n"), format!("{message} \"0,5\""));
        assert_eq!(wrong("variant;a.b;x\nv;1;1.234,5\n"), format!("{message} \"1.234,5\""));
        assert_eq!(wrong("variant;a.b;x\nv;1;1,2,3\n"), format!("{message} \"1,2,3\""));
    }

    #[test]
    fn semicolons_in_quotes_and_fewer_than_commas_separate_nothing() {
        assert!(has_semicolons(b"a;b,c;d\n") && has_semicolons(b"\"a,b,c\";d"));
        assert!(!has_semicolons(b"a;b,c,d\n") && !has_semicolons(b"\"a;b;c\",d") && !has_semicolons(b"a"));
    }
}

//! The records of a CSV file, with their lines.
//!
//! In: a path; `.gz` is decompressed. Out: how the file is written, its header, then one record at a time, all of one width
//! and valid UTF-8, and in the end the hash of the (decompressed) content.

mod batches;
mod content;
mod padding;
mod raw;
mod records;

use std::io;
use std::path::{Path, PathBuf};

use super::dialect::{Asked, Dialect, Guess, foreign, guess, is_enough};
use super::error::{DataError, FileKey, Place};
use super::field::Field;
use content::{Content, LongRecord};
pub(super) use padding::strip_padding;
use raw::Raw;
pub(super) use records::{Record, Records};

/// Bytes read at once; larger blocks do not read faster.
const BLOCK: usize = 1 << 17;

/// An open CSV file.
pub(super) struct Source {
    key: FileKey,
    path: PathBuf,
    dialect: Dialect,
    csv: csv_core::Reader,
    content: Content,
    /// Fields of every record; 0 before the first.
    width: usize,
    /// The first record, where it was looked at and is no header.
    first: Option<Records>,
    /// The line of the header, or of the first record.
    first_line: u64,
    /// The first record that goes on over many lines: where it begins, and how many.
    long_record: Option<(u64, u64)>,
}

impl Source {
    /// Opens the file that `key` names, guesses how it is written, and reads its header: the names as they are written, at
    /// least two.
    pub(super) fn open(key: FileKey, path: &Path, asked: &Asked) -> Result<(Self, Vec<String>, Guess), DataError> {
        let failed = |cause| DataError::Io { key, path: path.to_owned(), cause };
        let mut raw = Raw::open(path).map_err(|cause| match std::fs::metadata(path) {
            Ok(metadata) if metadata.is_dir() => DataError::Folder { key, path: path.to_owned() },
            _ => failed(cause),
        })?;
        let (bytes, is_whole) = raw.look_ahead(is_enough).map_err(failed)?;
        if let Some((what, advice)) = foreign(bytes) {
            return Err(DataError::Foreign { key, path: path.to_owned(), what, advice });
        }
        let guess = guess(bytes, is_whole, asked);
        let mut source = Self::new(key, path, raw, guess.dialect);
        let names = source.header()?;
        Ok((source, names, guess))
    }

    /// Opens a file again whose dialect is known, and goes to its first row.
    pub(super) fn reopen(key: FileKey, path: &Path, dialect: Dialect) -> Result<Self, DataError> {
        let raw = Raw::open(path).map_err(|cause| DataError::Io { key, path: path.to_owned(), cause })?;
        let mut source = Self::new(key, path, raw, dialect);
        source.header()?;
        Ok(source)
    }

    fn new(key: FileKey, path: &Path, raw: Raw, dialect: Dialect) -> Self {
        let csv = csv_core::ReaderBuilder::new().delimiter(dialect.delimiter).comment(dialect.comment).build();
        let content = Content::new(raw, &dialect);
        let path = path.to_owned();
        Self { key, path, dialect, csv, content, width: 0, first: None, first_line: 1, long_record: None }
    }

    /// Reads the next record behind those of `records`; whether there was one.
    pub(super) fn next(&mut self, records: &mut Records) -> Result<bool, DataError> {
        if let Some(first) = self.first.take() {
            *records = first;
            return Ok(true);
        }
        loop {
            let before = self.csv.line();
            if !records.read(&mut self.csv, &mut self.content).map_err(|error| self.broken(error, before))? {
                return Ok(false);
            }
            let record = records.last_read();
            let is_plain = self.content.is_record_plain();
            self.content.begin_record();
            // The content ends with a line end, which ends the last record, unless quotes hold it.
            if self.content.has_ended() {
                let line = self.csv.line() - newlines(record.text());
                return Err(DataError::OpenQuote { place: self.place(line) });
            }
            // Blank lines before the record are skipped with it, so its line is told by its end, and by the newlines in it.
            let after = self.csv.line();
            let is_one_line = after == before + 1;
            let line = if is_one_line { before } else { after - 1 - newlines(record.text()) };
            if record.len() != self.width && is_blank(record) {
                continue;
            }
            if !is_plain {
                self.refuse_no_text(record, line)?;
            }
            self.refuse_other_width(record, line)?;
            if !is_one_line {
                self.note_if_long(record, line);
            }
            records.keep(line);
            return Ok(true);
        }
    }

    /// The line of the header, or of the first record where there is no header.
    pub(super) fn first_line(&self) -> u64 {
        self.first_line
    }

    /// The first record that goes on over many lines: where it begins, and how many.
    pub(super) fn long_record(&self) -> Option<(u64, u64)> {
        self.long_record
    }

    /// SHA-256 of the content, once all records are read.
    pub(super) fn into_hash(self) -> [u8; 32] {
        self.content.into_hash()
    }

    fn header(&mut self) -> Result<Vec<String>, DataError> {
        let mut records = Records::default();
        if self.dialect.has_separator_line && self.next(&mut records)? {
            records.clear();
        }
        if !self.next(&mut records)? {
            return Err(DataError::Empty { key: self.key, path: self.path.clone() });
        }
        let record = records.get(0);
        let text = |cell: Field| String::from_utf8_lossy(cell.text()).trim().to_owned();
        // A saved network may know of one column only, and needs no target.
        if record.len() == 1 && self.key != FileKey::New {
            let name = text(record.field(0));
            let hint = self.delimiter_hint(&name);
            return Err(DataError::OneColumn { place: self.place(record.line), name, hint });
        }
        (self.width, self.first_line) = (record.len(), record.line);
        if self.dialect.has_header {
            return Ok(record.fields().map(text).collect());
        }
        self.first = Some(records);
        Ok((1..=self.width).map(|column| format!("column_{column}")).collect())
    }

    /// Refuses a record that is no text.
    fn refuse_no_text(&self, record: Record, line: u64) -> Result<(), DataError> {
        // The fields lie behind each other: if all is ASCII, so is each.
        if !record.text().is_ascii() && !record.fields().all(|field| std::str::from_utf8(field.text()).is_ok()) {
            return Err(DataError::NotUtf8 { key: self.key, place: self.place(line) });
        }
        if record.text().contains(&0) {
            return Err(DataError::Nul { place: self.place(line) });
        }
        Ok(())
    }

    /// Refuses a record that is not as wide as the others.
    fn refuse_other_width(&self, record: Record, line: u64) -> Result<(), DataError> {
        if self.width > 0 && record.len() != self.width {
            let (found, wanted) = (record.len(), self.width);
            let hint = self.ragged_hint(record, line);
            return Err(DataError::Ragged { place: self.place(line), found, wanted, hint });
        }
        Ok(())
    }

    /// What may have gone wrong in a record of another width.
    fn ragged_hint(&self, record: Record, line: u64) -> String {
        let lines = newlines(record.text());
        if lines > 0 {
            return format!(" (it goes on to line {}: is a quote too many?)", line + lines);
        }
        let first = record.fields().next().map_or(&b""[..], |field| field.trimmed().text());
        let sign = ["#", "%"].into_iter().find(|sign| first.starts_with(sign.as_bytes()));
        if let (Some(sign), None) = (sign, self.dialect.comment) {
            return format!(" (data.comment = \"{sign}\" leaves out lines that begin so)");
        }
        let is_longer_by_one = record.len() == self.width + 1;
        if is_longer_by_one && record.field(self.width).trimmed().len() == 0 {
            return " (the line ends with a delimiter: so must the header, or no line)".to_owned();
        }
        if is_longer_by_one && self.dialect.has_header && line == self.first_line + 1 {
            return " (does the header lack a name for the names of the rows?)".to_owned();
        }
        if record.fields().any(|field| field.trimmed().text().starts_with(b"\"")) {
            return " (a cell begins with a quote inside: is one quote too many or too few?)".to_owned();
        }
        if record.len() > self.width && self.dialect.delimiter == b',' {
            return " (a cell with a comma in it needs quotes)".to_owned();
        }
        String::new()
    }

    fn note_if_long(&mut self, record: Record, line: u64) {
        /// Cells of so many lines are rather a quote that is not closed.
        const LONG: u64 = 10;
        let lines = newlines(record.text());
        if lines >= LONG {
            self.long_record.get_or_insert((line, lines + 1));
        }
    }

    fn broken(&self, cause: io::Error, line: u64) -> DataError {
        if cause.get_ref().is_some_and(|inner| inner.is::<LongRecord>()) {
            return DataError::LongRecord { place: self.place(line), most: content::MOST_RECORD_BYTES >> 20 };
        }
        DataError::Io { key: self.key, path: self.path.clone(), cause }
    }

    /// What the file may be separated by, if not by what its name or its settings say.
    fn delimiter_hint(&self, header: &str) -> String {
        let wanted = match self.dialect.delimiter {
            b'\t' => "tabs",
            b';' => "semicolons",
            b'|' => "bars",
            _ => "commas",
        };
        [(';', "';'"), ('\t', "tabs"), ('|', "'|'"), (',', "commas"), (' ', "blanks")]
            .into_iter()
            .find(|(delimiter, _)| header.contains(*delimiter))
            .map(|(_, name)| format!(": it seems to be separated by {name}, read are {wanted} (data.delimiter)"))
            .unwrap_or_default()
    }

    fn place(&self, line: u64) -> Place {
        Place { path: self.path.clone(), line }
    }
}

/// Whether a line has nothing but blanks and delimiters.
fn is_blank(record: Record) -> bool {
    record.text().trim_ascii().is_empty()
}

fn newlines(bytes: &[u8]) -> u64 {
    bytes.iter().filter(|&&byte| byte == b'\n').count() as u64
}

#[cfg(test)]
mod tests;

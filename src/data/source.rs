//! The records of a CSV file, with their lines.
//!
//! In: a path; `.gz` is decompressed, `.tsv` and `.tsv.gz` are separated by tabs, all else by commas. Out: the header, then
//! one record at a time, all of one width and valid UTF-8, and in the end the hash of the (decompressed) content.

use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::{Path, PathBuf};

use csv::ByteRecord;
use flate2::bufread::MultiGzDecoder;
use sha2::{Digest, Sha256};

use super::error::{DataError, FileKey, Place};

/// Bytes read at once; larger blocks do not read faster.
const BLOCK: usize = 1 << 17;

/// An open CSV file.
pub(super) struct Source {
    key: FileKey,
    path: PathBuf,
    delimiter: u8,
    reader: csv::Reader<Content>,
    /// Fields of the header.
    width: usize,
}

impl Source {
    /// Opens the file that `key` names and reads its header: the names as they are written, at least two.
    pub(super) fn open(key: FileKey, path: &Path) -> Result<(Self, Vec<String>), DataError> {
        let failed = |cause| DataError::Io { key, path: path.to_owned(), cause };
        if std::fs::metadata(path).map_err(failed)?.is_dir() {
            return Err(DataError::Folder { key, path: path.to_owned() });
        }
        let file = BufReader::with_capacity(BLOCK, File::open(path).map_err(failed)?);
        let name = path.file_name().unwrap_or_default().to_string_lossy().to_lowercase();
        let (stem, zipped) = name.strip_suffix(".gz").map_or((name.as_str(), false), |stem| (stem, true));
        let bytes: Box<dyn Read> = if zipped { Box::new(MultiGzDecoder::new(file)) } else { Box::new(file) };
        let delimiter = if stem.ends_with(".tsv") { b'\t' } else { b',' };
        let reader = csv::ReaderBuilder::new()
            .delimiter(delimiter)
            .has_headers(false)
            .flexible(true)
            .buffer_capacity(BLOCK)
            .from_reader(Content::new(bytes));
        let mut source = Self { key, path: path.to_owned(), delimiter, reader, width: 0 };
        let header = source.header()?;
        Ok((source, header))
    }

    /// Reads the next record; its line, or `None` at the end.
    pub(super) fn next(&mut self, record: &mut ByteRecord) -> Result<Option<u64>, DataError> {
        let before = self.reader.position().line();
        let more = self.reader.read_byte_record(record).map_err(|error| {
            let cause = match error.into_kind() {
                csv::ErrorKind::Io(cause) => cause,
                other => io::Error::other(format!("{other:?}")),
            };
            DataError::Io { key: self.key, path: self.path.clone(), cause }
        })?;
        if !more {
            return Ok(None);
        }
        // Blank lines before the record are skipped with it, so its line is told by its end, and by the newlines in it.
        let after = self.reader.position().line();
        let line = if after == before + 1 { before } else { after - 1 - newlines(record.as_slice()) };
        // The fields lie behind each other: if all is ASCII, so is each.
        let is_text = record.as_slice().is_ascii() || record.iter().all(|field| std::str::from_utf8(field).is_ok());
        if !is_text {
            return Err(DataError::NotUtf8 { place: self.place(line) });
        }
        if self.width > 0 && record.len() != self.width {
            return Err(DataError::Ragged { place: self.place(line), found: record.len(), wanted: self.width });
        }
        Ok(Some(line))
    }

    /// SHA-256 of the content, once all records are read.
    pub(super) fn into_hash(self) -> [u8; 32] {
        self.reader.into_inner().hasher.finalize().into()
    }

    fn header(&mut self) -> Result<Vec<String>, DataError> {
        let mut record = ByteRecord::new();
        let Some(line) = self.next(&mut record)? else {
            return Err(DataError::Empty { key: self.key, path: self.path.clone() });
        };
        let names: Vec<String> = record.iter().map(|name| String::from_utf8_lossy(name).trim().to_owned()).collect();
        if names.len() == 1 {
            let hint = self.delimiter_hint(&names[0]);
            return Err(DataError::OneColumn { place: self.place(line), name: names[0].clone(), hint });
        }
        self.width = names.len();
        Ok(names)
    }

    /// What the file may be separated by, if not by what its name says.
    fn delimiter_hint(&self, header: &str) -> String {
        let wanted = if self.delimiter == b'\t' { "tabs, as in a .tsv file" } else { "commas (tabs in a .tsv file)" };
        [(';', "';'"), ('\t', "tabs"), ('|', "'|'"), (',', "commas"), (' ', "blanks")]
            .into_iter()
            .find(|(delimiter, _)| header.contains(*delimiter))
            .map(|(_, name)| format!(": it seems to be separated by {name}, wanted are {wanted}"))
            .unwrap_or_default()
    }

    fn place(&self, line: u64) -> Place {
        Place { path: self.path.clone(), line }
    }
}

fn newlines(bytes: &[u8]) -> u64 {
    bytes.iter().filter(|&&byte| byte == b'\n').count() as u64
}

/// The content of a file: hashed as it is, handed on with every line end (CR, CRLF) as LF and with one at the very end, so
/// that lines are counted alike in all files.
struct Content {
    bytes: Box<dyn Read>,
    hasher: Sha256,
    /// The last byte was a CR: an LF that follows belongs to it.
    after_return: bool,
    /// The last byte handed on.
    last: u8,
}

impl Content {
    fn new(bytes: Box<dyn Read>) -> Self {
        Self { bytes, hasher: Sha256::new(), after_return: false, last: b'\n' }
    }

    /// Makes the line ends of `block` LF, in place; its new length.
    fn unify_line_ends(&mut self, block: &mut [u8]) -> usize {
        if !self.after_return && !block.contains(&b'\r') {
            return block.len();
        }
        let mut kept = 0;
        for at in 0..block.len() {
            let byte = block[at];
            if byte == b'\n' && self.after_return {
                self.after_return = false;
                continue;
            }
            self.after_return = byte == b'\r';
            block[kept] = if self.after_return { b'\n' } else { byte };
            kept += 1;
        }
        kept
    }
}

impl Read for Content {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        loop {
            let count = self.bytes.read(buffer)?;
            if count == 0 {
                if self.last == b'\n' {
                    return Ok(0);
                }
                self.last = b'\n';
                buffer[0] = b'\n';
                return Ok(1);
            }
            self.hasher.update(&buffer[..count]);
            let kept = self.unify_line_ends(&mut buffer[..count]);
            if kept > 0 {
                self.last = buffer[kept - 1];
                return Ok(kept);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::super::fixtures::File;
    use super::*;

    fn lines(name: &str, content: &[u8]) -> Result<Vec<(u64, Vec<String>)>, String> {
        let file = File::new(name, content);
        let (mut source, header) = Source::open(FileKey::Path, file.path()).map_err(|error| file.message(&error))?;
        let mut records = vec![(0, header)];
        let mut record = ByteRecord::new();
        while let Some(line) = source.next(&mut record).map_err(|error| file.message(&error))? {
            records.push((line, record.iter().map(|field| String::from_utf8_lossy(field).into_owned()).collect()));
        }
        Ok(records)
    }

    #[test]
    fn records_have_the_line_on_which_they_begin_whatever_ends_the_lines() {
        for content in [
            "a,b\n\n\n1,2\n\"x\ny\",3\n4,5",
            "a,b\r\n\r\n\r\n1,2\r\n\"x\r\ny\",3\r\n4,5\r\n",
            "a,b\r\r\r1,2\r\"x\ry\",3\r4,5",
        ] {
            let found: Vec<u64> = lines("x.csv", content.as_bytes()).unwrap().iter().map(|(line, _)| *line).collect();
            assert_eq!(found, [0, 4, 5, 7], "{content:?}");
        }
    }

    #[test]
    fn a_byte_order_mark_is_dropped_and_names_are_trimmed() {
        assert_eq!(lines("x.csv", b"\xef\xbb\xbfa , b\n1,2\n").unwrap()[0].1, ["a", "b"]);
    }

    #[test]
    fn tsv_is_separated_by_tabs_and_gz_is_decompressed_member_by_member() {
        let mut zipped = Vec::new();
        for part in ["a\tb\n1,5", "\t2\n"] {
            let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
            encoder.write_all(part.as_bytes()).unwrap();
            zipped.extend(encoder.finish().unwrap());
        }
        assert_eq!(lines("x.tsv.gz", &zipped).unwrap()[1].1, ["1,5", "2"]);
        let message = lines("x.tsv.gz", &zipped[..zipped.len() - 12]).unwrap_err();
        assert!(message.starts_with("data.path: cannot read x.tsv.gz: "), "{message}");
    }

    #[test]
    fn what_is_wrong_is_named_with_its_line() {
        let message = |content: &[u8]| lines("x.csv", content).unwrap_err();
        assert_eq!(message(b""), "data.path: x.csv is empty, a header and rows are wanted");
        assert_eq!(message(b"a,b\n1,2\n1,2,3\n"), "x.csv:3: 3 fields, 2 wanted as in the header");
        assert_eq!(message(b"a,b\n1\n"), "x.csv:2: 1 field, 2 wanted as in the header");
        assert_eq!(message(b"a,b\n1,2\n1,\xff\n"), "x.csv:3: not UTF-8 text (save the file as UTF-8)");
        assert_eq!(
            message(b"a;b\n1;2\n"),
            "x.csv:1: only one column, 'a;b', where features and a target are wanted: \
             it seems to be separated by ';', wanted are commas (tabs in a .tsv file)"
        );
        assert!(message(b"\xff\xfea\0,\0b\0").contains("x.csv:1: not UTF-8"));
    }

    #[test]
    fn the_hash_is_that_of_the_decompressed_content() {
        let file = File::new("x.csv", b"a,b\r\n1,2");
        let (mut source, _) = Source::open(FileKey::Path, file.path()).unwrap();
        while source.next(&mut ByteRecord::new()).unwrap().is_some() {}
        assert_eq!(source.into_hash(), <[u8; 32]>::from(Sha256::digest(b"a,b\r\n1,2")));
    }
}

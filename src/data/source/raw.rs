//! The bytes of a file, decompressed and hashed.
//!
//! In: a path. Out: its content, of which the beginning can be looked at first. What gzip made so small that it can only be a
//! mistake or an attack is refused before it fills memory or hours.

use std::cell::Cell;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;
use std::rc::Rc;

use flate2::bufread::MultiGzDecoder;
use sha2::{Digest, Sha256};

use super::BLOCK;

/// How far a compressed file may expand.
#[derive(Debug, Clone, Copy)]
struct Limits {
    /// Bytes that every file may have.
    bytes: u64,
    /// Beyond them, bytes for each compressed byte. gzip reaches 1032; tables of digits stay below 100.
    ratio: u64,
}

const LIMITS: Limits = Limits { bytes: 1 << 30, ratio: 200 };

/// An open file.
pub(super) struct Raw {
    bytes: Box<dyn Read>,
    /// What was looked at already, and how much of it was read.
    ahead: Vec<u8>,
    taken: usize,
    hasher: Sha256,
    /// Of a compressed file, the compressed bytes read so far.
    compressed: Option<Rc<Cell<u64>>>,
    expanded: u64,
    limits: Limits,
}

impl Raw {
    /// Opens a file, compressed or not: by its name or by its first bytes.
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        let count = Rc::new(Cell::new(0));
        let file = Counted { file: File::open(path)?, count: Rc::clone(&count) };
        let mut file = BufReader::with_capacity(BLOCK, file);
        let is_named_so = path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("gz"));
        let is_zipped = is_named_so || file.fill_buf()?.starts_with(b"\x1f\x8b");
        let bytes: Box<dyn Read> = if is_zipped { Box::new(MultiGzDecoder::new(file)) } else { Box::new(file) };
        let compressed = is_zipped.then_some(count);
        let hasher = Sha256::new();
        Ok(Self { bytes, ahead: Vec::new(), taken: 0, hasher, compressed, expanded: 0, limits: LIMITS })
    }

    /// The first bytes, until there are enough of them or no more, and whether they are all. They will be read once more.
    pub(super) fn look_ahead(&mut self, is_enough: impl Fn(&[u8]) -> bool) -> io::Result<(&[u8], bool)> {
        while !is_enough(&self.ahead) {
            let seen = self.ahead.len();
            self.ahead.resize(seen + BLOCK, 0);
            let mut block = std::mem::take(&mut self.ahead);
            let count = self.read_on(&mut block[seen..]);
            self.ahead = block;
            self.ahead.truncate(seen + *count.as_ref().unwrap_or(&0));
            if count? == 0 {
                return Ok((&self.ahead, true));
            }
        }
        Ok((&self.ahead, false))
    }

    /// SHA-256 of all that was read.
    pub(super) fn into_hash(self) -> [u8; 32] {
        self.hasher.finalize().into()
    }

    /// Reads behind what was looked at.
    fn read_on(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.bytes.read(buffer)?;
        self.hasher.update(&buffer[..count]);
        if let Some(compressed) = &self.compressed {
            self.expanded += count as u64;
            let Limits { bytes, ratio } = self.limits;
            if self.expanded > bytes && self.expanded / ratio > compressed.get() {
                return Err(io::Error::other(format!(
                    "it expands to more than {ratio} times its size and {} MiB (if that is right, unpack it first)",
                    bytes >> 20
                )));
            }
        }
        Ok(count)
    }
}

impl Read for Raw {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let ahead = &self.ahead[self.taken..];
        if ahead.is_empty() {
            return self.read_on(buffer);
        }
        let count = ahead.len().min(buffer.len());
        buffer[..count].copy_from_slice(&ahead[..count]);
        self.taken += count;
        if self.taken == self.ahead.len() {
            (self.ahead, self.taken) = (Vec::new(), 0);
        }
        Ok(count)
    }
}

/// A file whose bytes are counted.
struct Counted {
    file: File,
    count: Rc<Cell<u64>>,
}

impl Read for Counted {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.file.read(buffer)?;
        self.count.set(self.count.get() + count as u64);
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::super::super::fixtures::File;
    use super::*;

    fn zipped(content: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        encoder.write_all(content).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn what_was_looked_at_is_read_once_more_and_hashed_once() {
        let file = File::new("x.csv", b"abcdef");
        let mut raw = Raw::open(file.path()).unwrap();
        assert_eq!(raw.look_ahead(|bytes| bytes.len() >= 3).unwrap(), (&b"abcdef"[..], false));
        assert_eq!(raw.look_ahead(|_| false).unwrap(), (&b"abcdef"[..], true));
        let mut content = Vec::new();
        raw.read_to_end(&mut content).unwrap();
        assert_eq!(content, b"abcdef");
        assert_eq!(raw.into_hash(), <[u8; 32]>::from(Sha256::digest(b"abcdef")));
    }

    #[test]
    fn gzip_is_known_by_its_first_bytes_too() {
        let file = File::new("x.csv", zipped(b"a,b\n"));
        let mut content = String::new();
        Raw::open(file.path()).unwrap().read_to_string(&mut content).unwrap();
        assert_eq!(content, "a,b\n");
    }

    #[test]
    fn a_small_file_that_expands_without_end_is_refused_once_it_is_large() {
        let file = File::new("x.csv.gz", zipped(&vec![b'1'; 3 << 20]));
        let read = |bytes, ratio| {
            let mut raw = Raw::open(file.path()).unwrap();
            raw.limits = Limits { bytes, ratio };
            io::copy(&mut raw, &mut io::sink()).map_err(|error| error.to_string())
        };
        assert_eq!(
            read(1 << 20, 200).unwrap_err(),
            "it expands to more than 200 times its size and 1 MiB (if that is right, unpack it first)"
        );
        assert_eq!(read(4 << 20, 200), Ok(3 << 20), "small files may be anything");
        assert_eq!(read(1 << 20, 1100), Ok(3 << 20), "gzip cannot do more than 1032");
    }
}

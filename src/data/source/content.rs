//! The content of a file as the CSV reader wants it.
//!
//! In: its bytes. Out: UTF-8, every line end (CR, CRLF) as LF, and one at the very end, so that lines are counted alike in
//! all files; without blanks before quotes where the file has such.

use std::fmt;
use std::io::{self, Read};

use encoding_rs::CoderResult;

use super::super::dialect::{Dialect, Encoding};
use super::BLOCK;
use super::padding::Padding;
use super::raw::Raw;

/// A record of more bytes is a mistake, and would fill the memory.
pub(super) const MOST_RECORD_BYTES: usize = 64 << 20;

/// A record is longer than [`MOST_RECORD_BYTES`].
#[derive(Debug)]
pub(super) struct LongRecord;

impl fmt::Display for LongRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a record is longer than {} MiB", MOST_RECORD_BYTES >> 20)
    }
}

impl std::error::Error for LongRecord {}

/// The content of a file.
pub(super) struct Content {
    raw: Raw,
    decoding: Option<Decoding>,
    padding: Option<Padding>,
    /// The last byte was a CR: an LF that follows belongs to it.
    after_return: bool,
    /// The last byte handed on.
    last: u8,
    /// Bytes handed on since a record began.
    of_record: usize,
    /// More was asked for, and there was no more.
    has_ended: bool,
}

impl Content {
    pub(super) fn new(raw: Raw, dialect: &Dialect) -> Self {
        Self {
            raw,
            decoding: Decoding::of(dialect.encoding),
            padding: dialect.padded_quotes.then(|| Padding::new(dialect.delimiter)),
            after_return: false,
            last: b'\n',
            of_record: 0,
            has_ended: false,
        }
    }

    /// Whether the reader came to the end, and not only to the last line end, which it sees first.
    pub(super) fn has_ended(&self) -> bool {
        self.has_ended
    }

    /// A record ends, another begins, within what was handed on.
    pub(super) fn begin_record(&mut self) {
        self.of_record = 0;
    }

    /// SHA-256 of the bytes of the file.
    pub(super) fn into_hash(self) -> [u8; 32] {
        self.raw.into_hash()
    }

    /// Makes the line ends of `block` LF, in place; its new length.
    fn unify_line_ends(&mut self, block: &mut [u8]) -> usize {
        // Without an early end, so that it runs on vectors.
        let has_return = block.iter().fold(false, |has, &byte| has | (byte == b'\r'));
        if !self.after_return && !has_return {
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
            let count = match &mut self.decoding {
                None => self.raw.read(buffer)?,
                Some(decoding) => decoding.read(&mut self.raw, buffer)?,
            };
            if count == 0 {
                if self.last == b'\n' {
                    self.has_ended = true;
                    return Ok(0);
                }
                self.last = b'\n';
                buffer[0] = b'\n';
                return Ok(1);
            }
            let mut kept = self.unify_line_ends(&mut buffer[..count]);
            if let Some(padding) = &mut self.padding {
                kept = padding.strip(&mut buffer[..kept]);
            }
            self.of_record += kept;
            if self.of_record > MOST_RECORD_BYTES {
                return Err(io::Error::other(LongRecord));
            }
            if kept > 0 {
                self.last = buffer[kept - 1];
                return Ok(kept);
            }
        }
    }
}

/// Text of another encoding on its way to UTF-8.
struct Decoding {
    decoder: encoding_rs::Decoder,
    encoding: Encoding,
    /// Bytes as they are in the file.
    encoded: Vec<u8>,
    /// Text that was not handed on yet, from `given` on.
    text: Vec<u8>,
    given: usize,
    is_at_end: bool,
}

impl Decoding {
    /// Nothing where the encoding is UTF-8.
    fn of(encoding: Encoding) -> Option<Self> {
        let decoder = encoding.decoder()?;
        let (encoded, text) = (vec![0; BLOCK], Vec::new());
        Some(Self { decoder, encoding, encoded, text, given: 0, is_at_end: false })
    }

    fn read(&mut self, raw: &mut Raw, buffer: &mut [u8]) -> io::Result<usize> {
        while self.given == self.text.len() && !self.is_at_end {
            let count = raw.read(&mut self.encoded)?;
            self.is_at_end = count == 0;
            self.decode(count)?;
        }
        let rest = &self.text[self.given..];
        let count = rest.len().min(buffer.len());
        buffer[..count].copy_from_slice(&rest[..count]);
        self.given += count;
        Ok(count)
    }

    /// Decodes so many bytes into `text`.
    fn decode(&mut self, count: usize) -> io::Result<()> {
        let room = self.decoder.max_utf8_buffer_length(count).expect("a block is far from the end of all numbers");
        self.text.resize(room, 0);
        let source = &self.encoded[..count];
        let (result, _, written, is_broken) = self.decoder.decode_to_utf8(source, &mut self.text, self.is_at_end);
        debug_assert_eq!(result, CoderResult::InputEmpty, "there is room for all");
        if is_broken {
            return Err(io::Error::other(format!("it is no valid {} (data.encoding)", self.encoding.name())));
        }
        (self.given, _) = (0, self.text.truncate(written));
        Ok(())
    }
}

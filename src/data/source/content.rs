//! The content of a file as the CSV reader wants it.
//!
//! In: its bytes. Out: UTF-8, every line end (CR, CRLF) as LF, and one at the very end, so that lines are counted alike in
//! all files; without blanks before quotes where the file has such.

use std::fmt;
use std::io;

use encoding_rs::CoderResult;

use super::super::dialect::{Dialect, Encoding};
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
    /// What is handed on, and how much of it was used.
    block: Vec<u8>,
    used: usize,
    /// The last byte of it.
    last: u8,
    /// Whether all of it is ASCII without NUL.
    is_plain: bool,
    /// Bytes handed on since a record began.
    of_record: usize,
    /// Whether all of them lie in blocks that are plain.
    is_record_plain: bool,
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
            block: Vec::new(),
            used: 0,
            last: b'\n',
            is_plain: true,
            of_record: 0,
            is_record_plain: true,
            has_ended: false,
        }
    }

    /// Whether the reader came to the end, and not only to the last line end, which it sees first.
    pub(super) fn has_ended(&self) -> bool {
        self.has_ended
    }

    /// A record ends and another begins behind what was used.
    pub(super) fn begin_record(&mut self) {
        self.of_record = self.block.len() - self.used;
        self.is_record_plain = self.is_plain;
    }

    /// Whether all of the record is known to be ASCII without NUL, so that nobody need look.
    pub(super) fn is_record_plain(&self) -> bool {
        self.is_record_plain
    }

    /// SHA-256 of the bytes of the file.
    pub(super) fn into_hash(self) -> [u8; 32] {
        self.raw.into_hash()
    }

    /// Makes the line ends of the block LF, and looks at what it is made of.
    fn look_through(&mut self) {
        // Without an early end, and in two loops, so that they run on vectors.
        let (least, all_bits) = self.block.iter().fold((u8::MAX, 0), |(least, bits), &b| (least.min(b), bits | b));
        let has_return = self.block.iter().fold(false, |has, &byte| has | (byte == b'\r'));
        self.is_plain = least > 0 && all_bits.is_ascii();
        self.is_record_plain &= self.is_plain;
        if !self.after_return && !has_return {
            return;
        }
        let mut kept = 0;
        for at in 0..self.block.len() {
            let byte = self.block[at];
            if byte == b'\n' && self.after_return {
                self.after_return = false;
                continue;
            }
            self.after_return = byte == b'\r';
            self.block[kept] = if self.after_return { b'\n' } else { byte };
            kept += 1;
        }
        self.block.truncate(kept);
    }

    /// What is to be used next; empty at the end.
    pub(super) fn fill(&mut self) -> io::Result<&[u8]> {
        if self.used == self.block.len() {
            self.next_block()?;
        }
        Ok(&self.block[self.used..])
    }

    /// So many bytes of it were used.
    pub(super) fn consume(&mut self, count: usize) {
        self.used += count;
    }

    /// Puts the next bytes in place of the block; none where there are no more.
    fn next_block(&mut self) -> io::Result<()> {
        self.used = 0;
        loop {
            let is_there = match &mut self.decoding {
                None => self.raw.next(&mut self.block)?,
                Some(decoding) => decoding.next(&mut self.raw, &mut self.block)?,
            };
            if is_there {
                self.look_through();
                if let Some(padding) = &mut self.padding {
                    padding.strip(&mut self.block);
                }
            } else {
                self.block.clear();
                match self.last {
                    b'\n' => self.has_ended = true,
                    _ => self.block.push(b'\n'),
                }
            }
            self.of_record += self.block.len();
            if self.of_record > MOST_RECORD_BYTES {
                return Err(io::Error::other(LongRecord));
            }
            self.last = self.block.last().copied().unwrap_or(self.last);
            if !(is_there && self.block.is_empty()) {
                return Ok(());
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
    is_at_end: bool,
}

impl Decoding {
    /// Nothing where the encoding is UTF-8.
    fn of(encoding: Encoding) -> Option<Self> {
        Some(Self { decoder: encoding.decoder()?, encoding, encoded: Vec::new(), is_at_end: false })
    }

    /// The next text, in place of `text`; whether there is more of the file.
    fn next(&mut self, raw: &mut Raw, text: &mut Vec<u8>) -> io::Result<bool> {
        if self.is_at_end {
            return Ok(false);
        }
        if !raw.next(&mut self.encoded)? {
            self.is_at_end = true;
            self.encoded.clear();
        }
        let source = self.encoded.as_slice();
        let room = self.decoder.max_utf8_buffer_length(source.len());
        text.resize(room.expect("a block is far from the end of all numbers"), 0);
        let (result, _, written, is_broken) = self.decoder.decode_to_utf8(source, text, self.is_at_end);
        debug_assert_eq!(result, CoderResult::InputEmpty, "there is room for all");
        if is_broken {
            return Err(io::Error::other(format!("it is no valid {} (data.encoding)", self.encoding.name())));
        }
        text.truncate(written);
        Ok(true)
    }
}

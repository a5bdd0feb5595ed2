//! The bytes of a file, decompressed and hashed.
//!
//! In: a path. Out: its content, of which the beginning can be looked at first. What gzip made so small that it can only be a
//! mistake or an attack is refused before it fills memory or hours. A thread of its own reads, decompresses and hashes, a few
//! blocks ahead of whoever wants them, unless there are so few processors that it would be in the way of others.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;
use std::sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel};
use std::thread::{self, JoinHandle};

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
    /// What was received and only looked at.
    ahead: Vec<u8>,
    supply: Supply,
}

/// Where blocks come from.
enum Supply {
    /// From whoever asks for them.
    Here(Hashed),
    /// From a thread, which ends behind the last one, or behind an error.
    Thread {
        blocks: Receiver<io::Result<Vec<u8>>>,
        /// Back to it, to be filled again.
        spent: Sender<Vec<u8>>,
        /// Its result is the hash of all blocks.
        thread: JoinHandle<[u8; 32]>,
    },
}

impl Raw {
    /// Opens a file, compressed or not: by its name or by its first bytes.
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        /// Processors that those who make records and read cells keep busy.
        const BUSY: usize = 2;
        let processors = thread::available_parallelism().map_or(1, usize::from);
        Self::open_within(path, LIMITS, processors > BUSY)
    }

    fn open_within(path: &Path, limits: Limits, on_a_thread: bool) -> io::Result<Self> {
        let file = Hashed { bytes: Bytes::open(path, limits)?, hasher: Sha256::new() };
        let supply = if on_a_thread { Supply::thread(file)? } else { Supply::Here(file) };
        Ok(Self { ahead: Vec::new(), supply })
    }

    /// The first bytes, until there are enough of them or no more, and whether they are all. They will be read once more.
    pub(super) fn look_ahead(&mut self, is_enough: impl Fn(&[u8]) -> bool) -> io::Result<(&[u8], bool)> {
        let mut block = Vec::new();
        while !is_enough(&self.ahead) {
            if !self.supply.next(&mut block)? {
                return Ok((&self.ahead, true));
            }
            self.ahead.extend_from_slice(&block);
        }
        Ok((&self.ahead, false))
    }

    /// The next bytes in place of those of `block`; whether there were any.
    pub(super) fn next(&mut self, block: &mut Vec<u8>) -> io::Result<bool> {
        if self.ahead.is_empty() {
            return self.supply.next(block);
        }
        *block = std::mem::take(&mut self.ahead);
        Ok(true)
    }

    /// SHA-256 of the file, once all of it was read.
    pub(super) fn into_hash(self) -> [u8; 32] {
        match self.supply {
            Supply::Here(file) => file.hasher.finalize().into(),
            Supply::Thread { blocks, thread, .. } => {
                drop(blocks); // else it might wait for room
                thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
            }
        }
    }
}

impl Supply {
    fn thread(file: Hashed) -> io::Result<Self> {
        /// Blocks that wait to be read.
        const WAITING: usize = 4;
        let (full, blocks) = sync_channel(WAITING);
        let (spent, empty) = channel();
        let thread = thread::Builder::new().name("bytes".to_owned()).spawn(move || hand_on(file, &full, &empty))?;
        Ok(Self::Thread { blocks, spent, thread })
    }

    /// The next block in place of `block`; whether there was one.
    fn next(&mut self, block: &mut Vec<u8>) -> io::Result<bool> {
        match self {
            Self::Here(file) => file.next(block),
            Self::Thread { blocks, spent, .. } => {
                let Some(next) = blocks.recv().ok().transpose()? else { return Ok(false) };
                let _ = spent.send(std::mem::replace(block, next)); // in vain once the last block was read
                Ok(true)
            }
        }
    }
}

/// Hands on the blocks of a file until it ends or nobody wants more; the hash of all.
fn hand_on(mut file: Hashed, full: &SyncSender<io::Result<Vec<u8>>>, empty: &Receiver<Vec<u8>>) -> [u8; 32] {
    loop {
        let mut block = empty.try_recv().unwrap_or_default();
        let (is_last, result) = match file.next(&mut block) {
            Ok(true) => (false, Ok(block)),
            Ok(false) => break,
            Err(error) => (true, Err(error)),
        };
        if full.send(result).is_err() || is_last {
            break;
        }
    }
    file.hasher.finalize().into()
}

/// The bytes of a file, and the hash of those that were read.
struct Hashed {
    bytes: Bytes,
    hasher: Sha256,
}

impl Hashed {
    /// The next block, which is not empty, in place of `block`; whether there was one.
    fn next(&mut self, block: &mut Vec<u8>) -> io::Result<bool> {
        block.resize(BLOCK, 0);
        let count = loop {
            match self.bytes.read(block) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                read => break read?,
            }
        };
        block.truncate(count);
        self.hasher.update(block);
        Ok(count > 0)
    }
}

/// The bytes of an open file, decompressed.
enum Bytes {
    Plain(BufReader<File>),
    Gzip { decoder: Box<MultiGzDecoder<Counted>>, expanded: u64, limits: Limits },
}

impl Bytes {
    fn open(path: &Path, limits: Limits) -> io::Result<Self> {
        let mut file = BufReader::with_capacity(BLOCK, File::open(path)?);
        let is_named_so = path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("gz"));
        if !(is_named_so || file.fill_buf()?.starts_with(b"\x1f\x8b")) {
            return Ok(Self::Plain(file));
        }
        let decoder = Box::new(MultiGzDecoder::new(Counted { file, count: 0 }));
        Ok(Self::Gzip { decoder, expanded: 0, limits })
    }
}

impl Read for Bytes {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let (decoder, expanded, Limits { bytes, ratio }) = match self {
            Self::Plain(file) => return file.read(buffer),
            Self::Gzip { decoder, expanded, limits } => (decoder, expanded, *limits),
        };
        let count = decoder.read(buffer)?;
        *expanded += count as u64;
        if *expanded > bytes && *expanded / ratio > decoder.get_ref().count {
            return Err(io::Error::other(format!(
                "it expands to more than {ratio} times its size and {} MiB (if that is right, unpack it first)",
                bytes >> 20
            )));
        }
        Ok(count)
    }
}

/// A file of which the bytes that were used are counted.
struct Counted {
    file: BufReader<File>,
    count: u64,
}

impl Read for Counted {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.file.read(buffer)?;
        self.count += count as u64;
        Ok(count)
    }
}

impl BufRead for Counted {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.file.fill_buf()
    }

    fn consume(&mut self, count: usize) {
        self.file.consume(count);
        self.count += count as u64;
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::super::super::fixtures::File;
    use super::*;

    fn read(mut raw: Raw) -> io::Result<(Vec<u8>, [u8; 32])> {
        let (mut content, mut block) = (Vec::new(), Vec::new());
        while raw.next(&mut block)? {
            assert!(!block.is_empty());
            content.extend_from_slice(&block);
        }
        Ok((content, raw.into_hash()))
    }

    fn zipped(content: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        encoder.write_all(content).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn what_was_looked_at_is_read_once_more_and_hashed_once() {
        let file = File::new("x.csv", b"abcdef");
        for on_a_thread in [false, true] {
            let mut raw = Raw::open_within(file.path(), LIMITS, on_a_thread).unwrap();
            assert_eq!(raw.look_ahead(|bytes| bytes.len() >= 3).unwrap(), (&b"abcdef"[..], false));
            assert_eq!(raw.look_ahead(|_| false).unwrap(), (&b"abcdef"[..], true));
            assert_eq!(read(raw).unwrap(), (b"abcdef".to_vec(), Sha256::digest(b"abcdef").into()));
        }
    }

    #[test]
    fn gzip_is_known_by_its_first_bytes_too() {
        let file = File::new("x.csv", zipped(b"a,b\n"));
        assert_eq!(read(Raw::open(file.path()).unwrap()).unwrap().0, b"a,b\n");
    }

    #[test]
    fn a_small_file_that_expands_without_end_is_refused_once_it_is_large() {
        let file = File::new("x.csv.gz", zipped(&vec![b'1'; 3 << 20]));
        let read = |bytes, ratio| {
            let [here, thread] = [false, true].map(|on_a_thread| {
                let raw = Raw::open_within(file.path(), Limits { bytes, ratio }, on_a_thread).unwrap();
                read(raw).map(|(content, _)| content.len()).map_err(|error| error.to_string())
            });
            assert_eq!(here, thread);
            here
        };
        assert_eq!(
            read(1 << 20, 200).unwrap_err(),
            "it expands to more than 200 times its size and 1 MiB (if that is right, unpack it first)"
        );
        assert_eq!(read(4 << 20, 200), Ok(3 << 20), "small files may be anything");
        assert_eq!(read(1 << 20, 1100), Ok(3 << 20), "gzip cannot do more than 1032");
    }
}

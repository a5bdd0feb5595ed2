//! The records of a file, read ahead by a thread of its own.
//!
//! In: an open [`Source`]. Out: its records one by one, on the thread that asked for them. Batches of records go to it and come
//! back to be filled again, so that both threads work at once and memory stays small.

use std::sync::mpsc::{Receiver, SyncSender, channel, sync_channel};
use std::thread;

use csv::ByteRecord;

use super::{BLOCK, Source};
use crate::data::error::DataError;

/// Records with their lines.
#[derive(Default)]
struct Batch {
    /// Those from `lines.len()` on are old.
    records: Vec<ByteRecord>,
    lines: Vec<u64>,
}

impl Source {
    /// Reads to the end and hands each record with its line to `take`, as long as that takes them.
    ///
    /// # Errors
    /// The first, in the order of the lines.
    pub(in crate::data) fn for_each(
        self,
        mut take: impl FnMut(&ByteRecord, u64) -> Result<(), DataError>,
    ) -> Result<Self, DataError> {
        /// Batches that wait to be taken.
        const WAITING: usize = 2;
        let (full, batches) = sync_channel::<Batch>(WAITING);
        let (spent, empty) = channel();
        thread::scope(|scope| {
            let reading = scope.spawn(move || self.hand_on(&full, &empty));
            for batch in batches {
                for (record, &line) in batch.records.iter().zip(&batch.lines) {
                    take(record, line)?;
                }
                let _ = spent.send(batch); // in vain once the last record was read
            }
            reading.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        })
    }

    /// Hands on batches of records until there are no more, or nobody wants them.
    fn hand_on(mut self, full: &SyncSender<Batch>, empty: &Receiver<Batch>) -> Result<Self, DataError> {
        loop {
            let mut batch = empty.try_recv().unwrap_or_default();
            let filled = self.fill(&mut batch);
            let is_wanted = full.send(batch).is_ok();
            if !filled? || !is_wanted {
                return Ok(self);
            }
        }
    }

    /// Fills a batch with the next records; whether there may be more.
    fn fill(&mut self, batch: &mut Batch) -> Result<bool, DataError> {
        batch.lines.clear();
        let mut bytes = 0;
        while bytes < BLOCK {
            let index = batch.lines.len();
            if index == batch.records.len() {
                batch.records.push(ByteRecord::new());
            }
            let record = &mut batch.records[index];
            if record.as_slice().len() > BLOCK {
                *record = ByteRecord::new(); // a giant's memory is not kept
            }
            let Some(line) = self.next(record)? else { return Ok(false) };
            // Each field has its end beside its text.
            bytes += record.as_slice().len() + record.len() * size_of::<usize>();
            batch.lines.push(line);
        }
        Ok(true)
    }
}

//! The records of a file, read ahead by a thread of its own.
//!
//! In: an open [`Source`]. Out: its records one by one, on the thread that asked for them. Batches of records go to it and come
//! back to be filled again, so that both threads work at once and memory stays small.

use std::sync::mpsc::{Receiver, SyncSender, channel, sync_channel};
use std::thread;

use super::records::{Record, Records};
use super::{BLOCK, Source};
use crate::data::error::DataError;

impl Source {
    /// Reads to the end and hands each record to `take`, as long as that takes them.
    ///
    /// # Errors
    /// The first, in the order of the lines.
    pub(in crate::data) fn for_each(
        self,
        mut take: impl FnMut(Record) -> Result<(), DataError>,
    ) -> Result<Self, DataError> {
        /// Batches that wait to be taken.
        const WAITING: usize = 2;
        let (full, batches) = sync_channel::<Records>(WAITING);
        let (spent, empty) = channel();
        let (key, path) = (self.key, self.path.clone());
        thread::scope(|scope| {
            let reading = thread::Builder::new()
                .name("records".to_owned())
                .spawn_scoped(scope, move || self.hand_on(&full, &empty))
                .map_err(|cause| DataError::Io { key, path, cause })?;
            for batch in batches {
                batch.iter().try_for_each(&mut take)?;
                let _ = spent.send(batch); // in vain once the last record was read
            }
            reading.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        })
    }

    /// Hands on batches of records until there are no more, or nobody wants them.
    fn hand_on(mut self, full: &SyncSender<Records>, empty: &Receiver<Records>) -> Result<Self, DataError> {
        loop {
            // What a giant of a record took is not kept.
            let mut batch = empty.try_recv().ok().filter(|spent| spent.bytes() < 2 * BLOCK).unwrap_or_default();
            batch.clear();
            let filled = self.fill(&mut batch);
            let is_wanted = full.send(batch).is_ok();
            if !filled? || !is_wanted {
                return Ok(self);
            }
        }
    }

    /// Fills a batch with the next records; whether there may be more.
    fn fill(&mut self, batch: &mut Records) -> Result<bool, DataError> {
        while batch.bytes() < BLOCK {
            if !self.next(batch)? {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

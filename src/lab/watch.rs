//! The store while a sweep runs: what is stored of a trial, by whichever process, is looked at again before it is trained.
//!
//! In: the store as it was at the start, and records as they are finished. Out: whether a trial is still to be trained. A
//! look costs a listing of the folder and what is new in it; it is left out where the last one was so short ago that looking
//! would take a noticeable share of the time.

use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::models::model_path;
use super::record::{Record, Status};
use super::store::{Store, StoreError};
use super::writer::StoreWriter;

/// The most of the time that may go into looking: one part in so many.
const SHARE: u32 = 100;

/// A look is taken to cost at most this and twice as much as the one before: a single slow one says little on a busy machine.
const SLACK: Duration = Duration::from_millis(1);

/// Which trials count as done.
#[derive(Debug, Clone, Copy)]
pub struct Wanted<'a> {
    /// The folder of the results.
    pub results: &'a Path,
    /// Whether all are to be trained, stored or not.
    pub fresh: bool,
    /// Whether trials that failed are to be trained again.
    pub failed: bool,
    /// Whether a trial needs its network's file, too.
    pub models: bool,
}

impl Wanted<'_> {
    /// Whether nothing is to be trained of this trial.
    pub fn is_done(&self, store: &Store, trial: &str) -> bool {
        match store.status(trial) {
            _ if self.fresh => false,
            None => false,
            Some(Status::Failed) => !self.failed,
            Some(Status::Diverged) => true,
            Some(Status::Ok | Status::StoppedEarly) => !self.models || model_path(self.results, trial).exists(),
        }
    }
}

/// The store of a running sweep, for all its threads.
#[derive(Debug)]
pub struct Watch<'a> {
    wanted: Wanted<'a>,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    store: Store,
    /// When the last look ended, and how long it took.
    looked: Instant,
    took: Duration,
}

impl<'a> Watch<'a> {
    /// Watches a store that was just opened.
    pub fn new(store: Store, wanted: Wanted<'a>) -> Self {
        let state = State { store, looked: Instant::now(), took: Duration::ZERO };
        Self { wanted, state: Mutex::new(state) }
    }

    /// Whether nothing is to be trained of this trial, as far as is known now. Where the store cannot be looked at, that is
    /// noted among its warnings: the worst that follows is a trial that another process trains too.
    pub fn is_done(&self, trial: &str) -> bool {
        let mut state = self.state();
        if !self.wanted.fresh && state.looked.elapsed() >= state.took * SHARE {
            let start = Instant::now();
            if let Err(error) = state.store.rescan() {
                state.store.warn(format!("what other processes store was not seen for a while: {error}"));
            }
            state.took = start.elapsed().min(state.took * 2 + SLACK);
            state.looked = Instant::now();
        }
        self.wanted.is_done(&state.store, trial)
    }

    /// The folder of the results.
    pub fn results(&self) -> &'a Path {
        self.wanted.results
    }

    /// Writes a record, and knows it from then on.
    pub(super) fn append(&self, writer: &mut StoreWriter, record: &Record) -> Result<(), StoreError> {
        let line = record.to_line();
        // Held meanwhile, so that no look comes between the line and what is known of it.
        let mut state = self.state();
        let path = writer.append(&line)?;
        state.store.adopt(path, record, line.len());
        Ok(())
    }

    /// The store, with all that it held at the last look and what was written here since.
    pub fn into_store(self) -> Store {
        self.state.into_inner().unwrap_or_else(PoisonError::into_inner).store
    }

    /// A thread that panics while it holds the lock leaves a store that can be read: its index only grows.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::super::record::tests::example;
    use super::*;

    fn wanted(results: &Path) -> Wanted<'_> {
        Wanted { results, fresh: false, failed: false, models: false }
    }

    #[test]
    fn what_another_process_stores_meanwhile_is_done() {
        let folder = tempfile::tempdir().unwrap();
        let watch = Watch::new(Store::open(folder.path()).unwrap(), wanted(folder.path()));
        assert!(!watch.is_done("01"));
        watch.state().took = Duration::ZERO;
        let mut other = StoreWriter::create(folder.path());
        other.append(&example("01").to_line()).unwrap();
        assert!(watch.is_done("01") && !watch.is_done("02"));
    }

    #[test]
    fn it_looks_no_more_often_than_looking_is_worth() {
        let folder = tempfile::tempdir().unwrap();
        let watch = Watch::new(Store::open(folder.path()).unwrap(), wanted(folder.path()));
        watch.state().took = Duration::from_secs(1000);
        StoreWriter::create(folder.path()).append(&example("01").to_line()).unwrap();
        assert!(!watch.is_done("01"));
    }

    #[test]
    fn what_is_written_here_is_known_and_not_read_again() {
        let folder = tempfile::tempdir().unwrap();
        let watch = Watch::new(Store::open(folder.path()).unwrap(), wanted(folder.path()));
        let mut writer = StoreWriter::create(folder.path());
        for trial in ["01", "02"] {
            watch.append(&mut writer, &example(trial)).unwrap();
        }
        let mut store = watch.into_store();
        assert_eq!((store.len(), store.rescan().unwrap()), (2, 0));
        assert_eq!(store.get("02").unwrap(), example("02"));
        assert_eq!(store.conflicts().unwrap(), []);
    }

    #[test]
    fn what_counts_as_done_is_a_matter_of_what_is_wanted() {
        let folder = tempfile::tempdir().unwrap();
        let mut writer = StoreWriter::create(folder.path());
        let of = |trial: &str, status| Record { status, ..example(trial) };
        for record in [of("ok", Status::Ok), of("failed", Status::Failed), of("diverged", Status::Diverged)] {
            writer.append(&record.to_line()).unwrap();
        }
        let store = Store::open(folder.path()).unwrap();
        let done = |wanted: Wanted<'_>| ["ok", "failed", "diverged", "none"].map(|trial| wanted.is_done(&store, trial));
        let plain = wanted(folder.path());
        assert_eq!(done(plain), [true, true, true, false]);
        assert_eq!(done(Wanted { fresh: true, ..plain }), [false; 4]);
        assert_eq!(done(Wanted { failed: true, ..plain }), [true, false, true, false]);
        assert_eq!(done(Wanted { models: true, ..plain }), [false, true, true, false]);
        fs::create_dir(folder.path().join("models")).unwrap();
        fs::write(model_path(folder.path(), "ok"), "").unwrap();
        assert_eq!(done(Wanted { models: true, ..plain }), [true, true, true, false]);
    }
}

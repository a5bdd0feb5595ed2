//! Many trials on many threads.
//!
//! In: the jobs that have no stored result. Out: their records in the store and their networks in `models/`, in the order
//! in which they finish, and [`Event`]s on the way. Each worker takes the next job, one thread per trial; one thread alone
//! writes. What is finished stays finished, whatever happens to the rest.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::thread;
use std::time::{Duration, Instant};

use thiserror::Error;

use super::record::{Record, Status};
use super::store::StoreError;
use super::trial::{Finished, Job};
use super::writer::StoreWriter;
use crate::atomic_file::write_atomically;
use crate::train::{Control, Phase, Profile};

/// What happens in a sweep, as it happens. Workers are counted from 0.
#[derive(Debug, Clone, Copy)]
pub enum Event<'a> {
    /// A worker takes up a job, by its place among the jobs.
    Started {
        /// Who.
        worker: usize,
        /// What.
        job: usize,
    },
    /// A worker has finished an epoch.
    Epoch {
        /// Who.
        worker: usize,
        /// Which epoch of its trial.
        epoch: usize,
    },
    /// A worker's trial is finished, and stored.
    Finished {
        /// Who.
        worker: usize,
        /// What.
        job: usize,
        /// With what.
        record: &'a Record,
    },
}

/// How a sweep ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tally {
    /// Trials that were finished and stored.
    pub finished: usize,
    /// Of these, those that failed.
    pub failed: usize,
}

/// Why a sweep could not go on.
#[derive(Debug, Error)]
pub enum SweepError {
    /// The store cannot be written.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A network cannot be written.
    #[error("cannot write {path}: {source}")]
    #[expect(missing_docs, reason = "the message names both fields")]
    Model { path: PathBuf, source: io::Error },
}

/// How a sweep is run.
#[derive(Debug, Clone, Copy)]
pub struct Sweep<'a> {
    /// The folder of the results.
    pub folder: &'a Path,
    /// Cores to use: a worker on each, or, where there are fewer trials than cores, several for each large network.
    pub cores: usize,
    /// Whether the first failed trial ends it.
    pub fail_fast: bool,
    /// Set from outside to call it off.
    pub cancelled: &'a AtomicBool,
    /// Where the time is noted, if it is to be known.
    pub profile: Option<&'a Profile>,
}

/// Where the network of a trial is kept.
pub fn model_path(folder: &Path, trial: &str) -> PathBuf {
    folder.join("models").join(format!("{trial}.safetensors"))
}

/// How cores are given to trials.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Staffing {
    /// Trials at a time.
    pub workers: usize,
    /// Threads for each large network; others have one.
    pub threads: usize,
}

impl Staffing {
    /// One core per trial as long as there are enough trials.
    pub fn of(cores: usize, trials: usize) -> Self {
        let workers = cores.min(trials).max(1);
        Self { workers, threads: (cores / workers).max(1) }
    }
}

impl Sweep<'_> {
    /// Runs the jobs.
    pub fn run(&self, jobs: &[Job], on_event: &(dyn Fn(Event<'_>) + Sync)) -> Result<Tally, SweepError> {
        let staffing = Staffing::of(self.cores, jobs.len());
        let floor =
            Floor { sweep: self, jobs, staffing, on_event, next: AtomicUsize::new(0), ended: AtomicBool::new(false) };
        let (sender, receiver) = mpsc::channel();
        thread::scope(|scope| {
            for worker in 0..staffing.workers.min(jobs.len()) {
                let (floor, sender) = (&floor, sender.clone());
                scope.spawn(move || floor.work(worker, &sender));
            }
            drop(sender);
            let result = floor.collect(&receiver);
            // Workers look at this before each step: an error of the writer ends them, too.
            floor.ended.store(true, Ordering::Relaxed);
            result
        })
    }
}

/// A finished trial on its way to the writer: worker, job, what came out.
type Delivery = (usize, usize, Finished);

/// What workers and writer share.
struct Floor<'a> {
    sweep: &'a Sweep<'a>,
    jobs: &'a [Job],
    staffing: Staffing,
    on_event: &'a (dyn Fn(Event<'_>) + Sync),
    /// The next job that nobody has taken up.
    next: AtomicUsize,
    /// Set when no more jobs are to be taken up.
    ended: AtomicBool,
}

impl Floor<'_> {
    /// What each worker does: job after job, until none is left.
    fn work(&self, worker: usize, sender: &Sender<Delivery>) {
        let flags = [self.sweep.cancelled, &self.ended];
        while flags.iter().all(|flag| !flag.load(Ordering::Relaxed)) {
            let job = self.next.fetch_add(1, Ordering::Relaxed);
            let Some(todo) = self.jobs.get(job) else { return };
            (self.on_event)(Event::Started { worker, job });
            let on_epoch = |epoch| (self.on_event)(Event::Epoch { worker, epoch });
            let threads = if todo.is_large() { self.staffing.threads } else { 1 };
            let control = Control { cancelled: &flags, on_epoch: &on_epoch, profile: self.sweep.profile };
            let Ok(finished) = todo.run(threads, control) else { return };
            if sender.send((worker, job, finished)).is_err() {
                return;
            }
        }
    }

    /// What the one writer does: store what comes in.
    fn collect(&self, receiver: &Receiver<Delivery>) -> Result<Tally, SweepError> {
        /// How long the writer waits for a record before it looks whether a sync is due.
        const WAIT: Duration = Duration::from_millis(500);
        let mut writer = StoreWriter::create(self.sweep.folder);
        let mut tally = Tally::default();
        loop {
            match receiver.recv_timeout(WAIT) {
                Ok((worker, job, finished)) => {
                    let start = Instant::now();
                    self.keep(&mut writer, &finished)?;
                    if let Some(profile) = self.sweep.profile {
                        profile.add(Phase::Writing, start);
                    }
                    tally.finished += 1;
                    if finished.record.status == Status::Failed {
                        tally.failed += 1;
                        self.ended.fetch_or(self.sweep.fail_fast, Ordering::Relaxed);
                    }
                    (self.on_event)(Event::Finished { worker, job, record: &finished.record });
                }
                Err(RecvTimeoutError::Timeout) => writer.sync_when_due()?,
                Err(RecvTimeoutError::Disconnected) => break,
            }
        }
        writer.sync()?;
        Ok(tally)
    }

    /// The network first: a trial that is in the store is complete.
    fn keep(&self, writer: &mut StoreWriter, finished: &Finished) -> Result<(), SweepError> {
        if let Some(model) = &finished.model {
            let path = model_path(self.sweep.folder, &finished.record.trial);
            write_atomically(&path, |out| out.write_all(model))
                .map_err(|source| SweepError::Model { path: path.clone(), source })?;
        }
        Ok(writer.append(&finished.record)?)
    }
}

//! Many trials on many threads.
//!
//! In: the jobs that have no stored result. Out: their records in the store and their networks in `models/`, in the order
//! in which they finish, and [`Event`]s on the way. Each worker takes the next job, one thread per trial; one thread alone
//! writes. What is finished stays finished, whatever happens to the rest.
//!
//! Several processes may run the same jobs at once, without a word to each other: each takes them up in an order of its own,
//! and leaves out what it finds stored by then. (In one order from different places the first that catches up with another
//! would go on side by side with it, and do all twice.) A trial that two take up at the same time has its result twice.

use std::hash::{BuildHasher, RandomState};
use std::io;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::thread;
use std::time::{Duration, Instant};

use thiserror::Error;

use super::budget::Budget;
use super::models::model_path;
use super::record::{Record, Status};
use super::store::StoreError;
use super::trial::{Finished, Job};
use super::watch::Watch;
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
    /// A worker leaves a job out: another process has stored its trial meanwhile.
    Skipped {
        /// Who.
        worker: usize,
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
    /// What is stored, and what is still wanted.
    pub watch: &'a Watch<'a>,
    /// Cores to use: a worker on each, or, where there are fewer trials than cores, several for each large network.
    pub cores: usize,
    /// Whether the first failed trial ends it.
    pub fail_fast: bool,
    /// How many trials may be taken up.
    pub budget: &'a Budget,
    /// Set from outside to call it off.
    pub cancelled: &'a AtomicBool,
    /// Where the time is noted, if it is to be known.
    pub profile: Option<&'a Profile>,
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
    ///
    /// # Errors
    /// If the store cannot be written, which is tried before anything is trained, or a network not be written.
    pub fn run(&self, jobs: &[Job], on_event: &(dyn Fn(Event<'_>) + Sync)) -> Result<Tally, SweepError> {
        if jobs.is_empty() {
            return Ok(Tally::default());
        }
        let mut writer = StoreWriter::create(self.watch.results());
        writer.open()?;
        let staffing = Staffing::of(self.cores, jobs.len());
        let floor = Floor {
            sweep: self,
            jobs,
            staffing,
            on_event,
            order: order(jobs.len()),
            next: AtomicUsize::new(0),
            ended: AtomicBool::new(false),
        };
        let (sender, receiver) = mpsc::channel();
        thread::scope(|scope| {
            for worker in 0..staffing.workers.min(jobs.len()) {
                let (floor, sender) = (&floor, sender.clone());
                scope.spawn(move || floor.work(worker, &sender));
            }
            drop(sender);
            let result = floor.collect(&receiver, writer);
            // Workers look at this before each step: an error of the writer ends them, too.
            floor.ended.store(true, Ordering::Relaxed);
            result
        })
    }
}

/// So many jobs in an order that no other process has. It decides when a trial is trained, and no result depends on that.
fn order(jobs: usize) -> Vec<usize> {
    let chance = RandomState::new();
    let mut order: Vec<usize> = (0..jobs).collect();
    order.sort_by_cached_key(|job| chance.hash_one(job));
    order
}

/// A finished trial on its way to the writer: worker, job, what came out.
type Delivery = (usize, usize, Finished);

/// What workers and writer share.
struct Floor<'a> {
    sweep: &'a Sweep<'a>,
    jobs: &'a [Job],
    staffing: Staffing,
    on_event: &'a (dyn Fn(Event<'_>) + Sync),
    /// The order in which jobs are taken up.
    order: Vec<usize>,
    /// How many jobs were taken up.
    next: AtomicUsize,
    /// Set when no more jobs are to be taken up.
    ended: AtomicBool,
}

impl Floor<'_> {
    /// What each worker does: job after job, until none is left.
    fn work(&self, worker: usize, sender: &Sender<Delivery>) {
        let flags = [self.sweep.cancelled, &self.ended];
        while flags.iter().all(|flag| !flag.load(Ordering::Relaxed)) {
            let Some(&job) = self.order.get(self.next.fetch_add(1, Ordering::Relaxed)) else { return };
            let todo = &self.jobs[job];
            if self.sweep.watch.is_done(&todo.id) {
                (self.on_event)(Event::Skipped { worker });
                continue;
            }
            if !self.sweep.budget.take() {
                return;
            }
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
    fn collect(&self, receiver: &Receiver<Delivery>, mut writer: StoreWriter) -> Result<Tally, SweepError> {
        /// How long the writer waits for a record before it looks whether a sync is due.
        const WAIT: Duration = Duration::from_millis(500);
        let mut tally = Tally::default();
        loop {
            match receiver.recv_timeout(WAIT) {
                Ok(delivery) => {
                    let (worker, job, finished) = delivery;
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
            let path = model_path(self.sweep.watch.results(), &finished.record.trial);
            write_atomically(&path, |out| out.write_all(model))
                .map_err(|source| SweepError::Model { path: path.clone(), source })?;
        }
        self.sweep.watch.append(writer, &finished.record)?;
        Ok(writer.sync_when_due()?)
    }
}

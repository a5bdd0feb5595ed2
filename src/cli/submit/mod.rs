//! `overfit submit`: what is incomplete of a sweep becomes tasks of an array job, and a job that merges after them.
//!
//! In: configs. Out: in the folder of the results the resolved settings, from which the tasks train, their scripts and a
//! folder for logs; jobs in the queue. What is complete is decided by the store alone. The queue is asked only for what will
//! be trained anyway: to submit that twice would do no harm, but be in vain.

mod batch;
mod place;

use std::collections::{BTreeSet, HashSet};
use std::fs;
use std::path::Path;

use super::arguments::SubmitArguments;
use super::error::CliError;
use super::run::refuse_shared_folders;
use super::samples::{estimates, mean};
use super::session::Session;
use super::stored::{self, Fate};
use super::{conclusion, notes, print, slurm};
use crate::experiment::TrialId;
use crate::lab::cluster::{Options, Packing, Phase, Queue, QueueParts, arrays, fingerprint};
use crate::lab::{Shard, Store, Wanted, last_stored};
use crate::report::CURVES;
use batch::Batch;
use place::Place;

pub(super) fn submit(arguments: &SubmitArguments) -> Result<(), CliError> {
    let options =
        Options::read(&arguments.sbatch).map_err(|reason| CliError::Usage(format!("what is behind -- {reason}")))?;
    if !arguments.dry_run && !slurm::is_there(slurm::SBATCH) {
        return Err(CliError::Usage(
            "--engine slurm needs sbatch, found none on PATH: submit where jobs of the cluster are submitted; --dry-run \
             shows without it what would be submitted"
                .to_owned(),
        ));
    }
    // All configs are checked before anything is submitted.
    let sessions = arguments.experiment.configs.iter().map(|config| Session::open(config, &arguments.experiment));
    let sessions = sessions.collect::<Result<Vec<Session>, CliError>>()?;
    refuse_shared_folders(&sessions)?;
    refuse_sequences(&sessions)?;
    sessions.iter().try_for_each(|session| submit_one(session, arguments, &options))
}

/// A task must know its trials before any is run.
fn refuse_sequences(sessions: &[Session]) -> Result<(), CliError> {
    match sessions.iter().find(|session| session.experiment.is_sequential()) {
        Some(session) => Err(CliError::Usage(format!(
            "\"{}\" cannot be submitted: under halving the results of all points decide which trials follow, so that tasks \
             do not know theirs; let one job run it, or several at the same time in one folder (`overfit run` in each), or \
             submit it with --set sweep.strategy=random",
            session.experiment.name
        ))),
        None => Ok(()),
    }
}

fn submit_one(session: &Session, arguments: &SubmitArguments, options: &Options) -> Result<(), CliError> {
    let place = Place::of(session)?;
    session.warnings.iter().chain(&session.surprising_readings()).for_each(|warning| notes::warning(warning));
    let plan = fingerprint(&session.trials);
    // The queue first: what ends meanwhile is then seen as stored.
    let queued = match arguments.force {
        true => QueueParts::default(),
        false => expected(session, &place, &plan, arguments.retry_failed),
    };
    let mut store = session.open_store()?;
    conclusion::refuse_conflicts(&store)?;
    let work = Work::of(session, &store, &queued, arguments.retry_failed);
    let fate = if work.missing == 0 { Fate::NotNeeded } else { Fate::RunAgain };
    stored::say(stored::findings(&mut store, fate), false);
    if let Some(reason) = work.nothing_to_submit(session, &queued) {
        notes::message(&format!("nothing to submit: {reason}"));
        return Ok(());
    }

    let max_array_size = max_array_size()?;
    let left = work.left.len();
    // Of nothing there are no shards, into however many it is divided.
    let known = arguments.shards.or(queued.count).or((left == 0).then_some(1));
    let count = known.unwrap_or_else(|| pack(session, arguments, options, left));
    let shards = work.shards(session, count);
    let arrays = arrays(&shards, max_array_size);
    let batch = Batch { session, arguments, place: &place, plan: &plan, count, arrays, after: queued.jobs };
    if arguments.dry_run {
        return print(&batch.shown());
    }
    batch.write(&store)?;
    for line in batch.submit()? {
        print(&format!("{line}\n"))?;
    }
    let (trials, tasks, folder) = (counted(left, "trial"), counted(shards.len(), "task"), session.folder.display());
    notes::message(&format!(
        "{trials} of {} in {tasks}: `overfit status {folder}` says how far they are, logs are in {folder}/slurm/logs",
        work.all
    ));
    Ok(())
}

/// What is to be done of a plan.
struct Work {
    /// How many trials it has.
    all: usize,
    /// How many of them are not stored.
    missing: usize,
    /// Those that are not stored and will not be, as far as is known, by a queued task.
    left: HashSet<TrialId>,
}

impl Work {
    fn of(session: &Session, store: &Store, queued: &QueueParts, retry_failed: bool) -> Self {
        let (results, models) = (&session.folder, session.experiment.save_models);
        let wanted = Wanted { results, fresh: false, failed: retry_failed, models };
        let all: HashSet<TrialId> = session.trials.iter().map(|trial| trial.id).collect();
        let is_missing = |id: &&TrialId| !wanted.is_done(store, &id.to_string());
        let missing: HashSet<TrialId> = all.iter().filter(is_missing).copied().collect();
        let left = missing.difference(&queued.trials).copied().collect();
        Self { all: all.len(), missing: missing.len(), left }
    }

    /// Why nothing is to be submitted: all is stored and merged, or will be. The job that merges may be forgotten alone.
    fn nothing_to_submit(&self, session: &Session, queued: &QueueParts) -> Option<String> {
        let (all, folder) = (self.all, session.folder.display());
        match (self.missing, self.left.len()) {
            (0, _) if !is_behind(&session.folder) => {
                Some(format!("all {all} trials are stored, and merged into {folder}"))
            }
            (0, _) if queued.is_merged => {
                Some(format!("all {all} trials are stored, and a job in the queue will merge them"))
            }
            (missing, 0) if queued.is_merged => Some(format!(
                "{} in the queue will train {} (`overfit status {folder}` says how they stand); --force submits in any case",
                counted(queued.tasks, "task"),
                counted(missing, "missing trial")
            )),
            _ => None,
        }
    }

    /// The shards with something to do, of so many, ascending.
    fn shards(&self, session: &Session, count: usize) -> Vec<usize> {
        let dealt = Shard::deal(&session.experiment, &session.trials, count);
        let shards: BTreeSet<usize> = self.left.iter().map(|trial| dealt[trial]).collect();
        shards.into_iter().collect()
    }
}

/// The cluster's largest array.
fn max_array_size() -> Result<usize, CliError> {
    let (size, assumed) = slurm::max_array_size();
    assumed.iter().for_each(|text| notes::warning(text));
    match size {
        0 => Err(CliError::Usage("this cluster has no array jobs: its MaxArraySize is 0".to_owned())),
        size => Ok(size),
    }
}

/// Whether something was stored after the derived files were written last.
fn is_behind(results: &Path) -> bool {
    let derived = fs::metadata(results.join(CURVES)).and_then(|file| file.modified()).ok();
    derived.is_none() || last_stored(results) > derived
}

/// What queued tasks will train of the plan, as far as that can be told.
fn expected(session: &Session, place: &Place, plan: &str, retry_failed: bool) -> QueueParts {
    let queue = match slurm::queue(&place.results) {
        Ok(queue) => queue.unwrap_or_default(),
        Err(error) => {
            notes::warning(&format!("what is queued already is not known: {error}"));
            Queue::default()
        }
    };
    let held: Vec<String> = queue.of(Phase::Held).map(|task| task.id()).collect();
    if let Some(first) = held.first() {
        notes::warning(&format!(
            "{} held, and not waited for (first: {first}): `scontrol release {first}` lets it go on, `scancel {first}` takes \
             it away; both do no harm",
            if held.len() == 1 { "1 queued job is".to_owned() } else { format!("{} queued jobs are", held.len()) },
        ));
    }
    queue.parts(plan, &session.experiment, &session.trials, retry_failed)
}

/// Into how many shards so many trials are packed.
fn pack(session: &Session, arguments: &SubmitArguments, options: &Options, trials: usize) -> usize {
    /// Tasks at a time, where nobody says.
    const ASSUMED: usize = 16;
    let jobs = options.cpus_per_task.or(arguments.experiment.jobs.map(usize::from)).unwrap_or(1);
    let known = slurm::cpus(options).map(|cpus| (cpus / jobs.max(1)).max(1));
    let slots = match (known, arguments.max_running) {
        (Some(slots), Some(most)) => slots.min(most),
        (Some(slots), None) => slots,
        (None, Some(most)) => most,
        (None, None) => {
            notes::warning(&format!(
                "how many tasks can run at a time is not known, as sinfo does not tell: taken to be {ASSUMED}; --shards or \
                 --max-running say it"
            ));
            ASSUMED
        }
    };
    let seconds = mean(&estimates(session)).seconds;
    Packing { trials, seconds, jobs, slots }.shards()
}

fn counted(count: usize, thing: &str) -> String {
    format!("{count} {thing}{}", if count == 1 { "" } else { "s" })
}

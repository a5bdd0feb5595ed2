//! `overfit submit`: what is incomplete of a sweep becomes tasks of an array job, and a job that merges after them.
//!
//! In: configs. Out: in the folder of the results the resolved settings, from which the tasks train, their scripts and a
//! folder for logs; jobs in the queue. What is complete is decided by the store alone. The queue is asked only for what will
//! be trained anyway: to submit that twice would do no harm, but be in vain.

mod batch;
mod place;

use std::collections::HashSet;

use super::arguments::SubmitArguments;
use super::error::CliError;
use super::run::refuse_shared_folders;
use super::samples::{estimates, mean};
use super::session::Session;
use super::stored::{self, Fate};
use super::{conclusion, notes, print, slurm};
use crate::experiment::TrialId;
use crate::lab::cluster::{Options, Packing, Phase, Queue, QueueParts, arrays, fingerprint};
use crate::lab::{Shard, Wanted};
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
    let mut store = session.open_store()?;
    conclusion::refuse_conflicts(&store)?;
    let wanted = Wanted {
        results: &session.folder,
        fresh: false,
        failed: arguments.retry_failed,
        models: session.experiment.save_models,
    };
    let is_missing = |id: &TrialId| !wanted.is_done(&store, &id.to_string());
    let all: HashSet<TrialId> = session.trials.iter().map(|trial| trial.id).collect();
    let missing: HashSet<TrialId> = all.iter().copied().filter(is_missing).collect();
    let fate = if missing.is_empty() { Fate::NotNeeded } else { Fate::RunAgain };
    stored::say(stored::findings(&mut store, fate), false);

    let plan = fingerprint(&session.trials);
    let folder = session.folder.display();
    if missing.is_empty() {
        let all = all.len();
        notes::message(&format!(
            "nothing to submit: all {all} trials are stored; `overfit merge {folder}` writes the derived files"
        ));
        return Ok(());
    }
    let queued = match arguments.force {
        true => QueueParts::default(),
        false => expected(session, &place, &plan, arguments.retry_failed),
    };
    let left: HashSet<TrialId> = missing.difference(&queued.trials).copied().collect();
    if left.is_empty() {
        let (trials, tasks) = (counted(missing.len(), "missing trial"), counted(queued.tasks, "task"));
        notes::message(&format!(
            "nothing to submit: {tasks} in the queue will train {trials} (`overfit status {folder}` says how they stand); \
             --force submits them in any case"
        ));
        return Ok(());
    }

    let (max_array_size, assumed) = slurm::max_array_size();
    assumed.iter().for_each(|text| notes::warning(text));
    if max_array_size == 0 {
        return Err(CliError::Usage("this cluster has no array jobs: its MaxArraySize is 0".to_owned()));
    }
    let count = arguments.shards.or(queued.count).unwrap_or_else(|| pack(session, arguments, options, left.len()));
    let dealt = Shard::deal(&session.experiment, &session.trials, count);
    let mut shards: Vec<usize> = left.iter().map(|trial| dealt[trial]).collect();
    shards.sort_unstable();
    shards.dedup();
    let batch = Batch {
        session,
        arguments,
        place: &place,
        plan: &plan,
        count,
        arrays: arrays(&shards, max_array_size),
        after: queued.jobs,
    };
    if arguments.dry_run {
        return print(&batch.shown());
    }
    batch.write(&store)?;
    for line in batch.submit()? {
        print(&format!("{line}\n"))?;
    }
    notes::message(&format!(
        "{} of {} in {}; `overfit status {folder}` says how far they are, logs are in {folder}/slurm/logs",
        counted(left.len(), "trial"),
        all.len(),
        counted(shards.len(), "task"),
    ));
    Ok(())
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

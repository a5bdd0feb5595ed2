//! `overfit run`: trains what is missing, writes what is derived, prints the comparison.

use std::collections::HashSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use super::arguments::RunArguments;
use super::error::CliError;
use super::note;
use super::progress::{Finished, Mode, Progress};
use super::session::Session;
use super::{conclusion, interrupt};
use crate::experiment::{RESOLVED, Trial};
use crate::lab::{
    Budget, Event, Halving, Job, Record, Shard, Status, Store, Sweep, Tally, Wanted, Watch, remove_leftovers,
};
use crate::report;
use crate::train::{Phase, Profile};

pub(super) fn run(arguments: &RunArguments) -> Result<(), CliError> {
    // All configs are checked before any is trained.
    let sessions = arguments.experiment.configs.iter().map(|config| Session::open(config, &arguments.experiment));
    let sessions = sessions.collect::<Result<Vec<Session>, CliError>>()?;
    refuse_shared_folders(&sessions)?;
    refuse_shards_of_sequences(&sessions, arguments)?;
    let cancelled = interrupt::flag()?;
    let end = arguments.max_time.and_then(|time| Instant::now().checked_add(time));
    let budget = Budget::new(arguments.max_trials, end);
    let limits = Limits { budget: &budget, cancelled: &cancelled };
    let mut total = Tally::default();
    for session in &sessions {
        let tally = run_one(session, arguments, limits)?;
        total.finished += tally.finished;
        total.failed += tally.failed;
        if cancelled.load(Ordering::Relaxed) {
            return Err(CliError::Interrupted);
        }
    }
    match total.failed {
        0 => Ok(()),
        failed => Err(CliError::TrialsFailed { failed, trials: total.finished }),
    }
}

/// Two experiments in one folder would overwrite each other's files.
fn refuse_shared_folders(sessions: &[Session]) -> Result<(), CliError> {
    let mut seen = HashSet::new();
    match sessions.iter().find(|session| !seen.insert(&session.folder)) {
        Some(session) => Err(CliError::Usage(format!(
            "two configs would write into {}: give them different names",
            session.folder.display()
        ))),
        None => Ok(()),
    }
}

/// A shard must know its trials before any is run.
fn refuse_shards_of_sequences(sessions: &[Session], arguments: &RunArguments) -> Result<(), CliError> {
    match sessions.iter().find(|session| arguments.shard.is_some() && session.experiment.is_sequential()) {
        Some(session) => Err(CliError::Usage(format!(
            "--shard must not be given for \"{}\": under halving the results of all points decide which trials follow; \
             several processes may run it in one folder instead",
            session.experiment.name
        ))),
        None => Ok(()),
    }
}

fn run_one(session: &Session, arguments: &RunArguments, limits: Limits<'_>) -> Result<Tally, CliError> {
    let mode = if arguments.quiet { Mode::None } else { arguments.progress };
    remove_leftovers(&session.folder);
    let mut store = Store::open(&session.folder)?;
    if !arguments.fresh {
        conclusion::refuse_conflicts(&store)?;
    }
    let wanted = Wanted {
        results: &session.folder,
        fresh: arguments.fresh,
        failed: arguments.retry_failed,
        models: session.experiment.save_models,
    };
    let halving = session.halving();
    let mut finished = HashSet::new();
    let is_done =
        |store: &Store, finished: &HashSet<String>, id: &str| finished.contains(id) || wanted.is_done(store, id);
    let mut stage = Stage::of(session, arguments.shard, halving.as_ref(), &store, |id| is_done(&store, &finished, id))?;
    let progress = Progress::new(mode, session.jobs.min(stage.todo.len()).max(1));
    session.warnings.iter().for_each(|warning| progress.warning(warning));
    store.take_warnings().iter().for_each(|warning| progress.warning(warning));
    say_what_is_stored(session, &store, arguments, &stage.part, &progress);

    write_experiment(session)?;
    let mut planned = stage.total();
    progress.planned(planned, planned - stage.left());
    let profile = Profile::default();
    let mut tally = Tally::default();
    // Once, but under halving rung after rung.
    while !stage.todo.is_empty() {
        // What is trained afresh counts only once it is finished: until then the store stays as it was.
        let before = if arguments.fresh { Some(Store::open(&session.folder)?) } else { None };
        let watch = Watch::new(store, wanted);
        let (of_stage, new) = train(session, &watch, &stage.todo, arguments, limits, &progress, &profile)?;
        tally.finished += of_stage.finished;
        tally.failed += of_stage.failed;
        store = watch.into_store();
        if let Some(before) = before {
            before.forget(&new)?;
        }
        store.rescan()?;
        finished.extend(new);
        stage = Stage::of(session, arguments.shard, halving.as_ref(), &store, |id| is_done(&store, &finished, id))?;
        let ended = limits.cancelled.load(Ordering::Relaxed) || arguments.fail_fast && tally.failed > 0;
        if halving.is_none() || ended || limits.budget.is_spent() {
            break;
        }
        if stage.total() != planned {
            // Variants that come out the same share trials.
            planned = stage.total();
            progress.planned(planned, planned.saturating_sub(stage.left() + tally.finished));
        }
    }
    progress.end();
    let start = Instant::now();
    store.take_warnings().iter().for_each(|warning| progress.warning(warning));

    let mut results = session.results(store)?;
    let summary = conclusion::write(&mut results, &session.folder)?;
    profile.add(Phase::Writing, start);
    if !arguments.quiet {
        conclusion::show(&results, &summary, arguments.format)?;
        let folder = session.folder.display();
        progress.message(&format!("written to {folder} (what was measured on the final networks: measures.csv)"));
    }
    if limits.budget.is_spent() && stage.left() > 0 {
        let fresh = if arguments.fresh { " without --fresh" } else { "" };
        progress.message(&format!(
            "the limit was reached: {} of {} trials are left; the same command{fresh} goes on with them",
            stage.left(),
            stage.total()
        ));
    }
    if arguments.profile {
        note(&profiled(&profile));
    }
    Ok(tally)
}

/// What ends a run before all is trained.
#[derive(Clone, Copy)]
struct Limits<'a> {
    budget: &'a Budget,
    cancelled: &'a AtomicBool,
}

/// What of a plan is to be looked after now.
struct Stage<'a> {
    /// The trials to look after, each identity once, in the order of the plan: those of the shard, or all; under halving
    /// those that are decided.
    part: Vec<&'a Trial>,
    /// Those of them that are to be trained.
    todo: Vec<&'a Trial>,
    /// How many more there will be.
    to_come: usize,
}

impl<'a> Stage<'a> {
    fn of(
        session: &'a Session,
        shard: Option<Shard>,
        halving: Option<&Halving>,
        store: &Store,
        is_done: impl Fn(&str) -> bool,
    ) -> Result<Self, CliError> {
        let mut seen = HashSet::new();
        let (part, to_come): (Vec<&Trial>, usize) = match (halving, shard) {
            (Some(halving), _) => {
                let decided = halving.decide(store, &is_done)?;
                let trials = decided.places.iter().map(|&place| &session.trials[place]);
                (trials.filter(|trial| seen.insert(trial.id)).collect(), decided.to_come)
            }
            (None, Some(shard)) => (shard.select(&session.experiment, &session.trials), 0),
            (None, None) => (session.trials.iter().filter(|trial| seen.insert(trial.id)).collect(), 0),
        };
        let todo = part.iter().copied().filter(|trial| !is_done(&trial.id.to_string())).collect();
        Ok(Self { part, todo, to_come })
    }

    /// Trials in all.
    fn total(&self) -> usize {
        self.part.len() + self.to_come
    }

    /// Trials that are still to be trained.
    fn left(&self) -> usize {
        self.todo.len() + self.to_come
    }
}

/// What the user should know of the part of the plan that is run, and of what is stored.
fn say_what_is_stored(
    session: &Session,
    store: &Store,
    arguments: &RunArguments,
    part: &[&Trial],
    progress: &Progress,
) {
    if let Some(shard) = arguments.shard {
        let distinct: HashSet<_> = session.trials.iter().map(|trial| trial.id).collect();
        progress.message(&format!("shard {shard}: {} of {} trials", part.len(), distinct.len()));
    }
    let beside = conclusion::unplanned(store, &session.trials, &session.contents);
    if let Some(text) = report::unplanned(beside) {
        // That settings change is what a sweep is for; that data or meanings do may be a surprise.
        match beside.data + beside.semantics {
            0 => progress.message(&text),
            _ => progress.warning(&text),
        }
    }
    let failed = part.iter().filter(|trial| store.status(&trial.id.to_string()) == Some(Status::Failed)).count();
    if failed > 0 && !arguments.retry_failed && !arguments.fresh {
        let (trials, them) = if failed == 1 { ("trial", "it") } else { ("trials", "them") };
        progress.warning(&format!("{failed} {trials} failed in an earlier run; --retry-failed trains {them} again"));
    }
}

/// Where the time went, summed over all threads.
fn profiled(profile: &Profile) -> String {
    let total: f64 = Phase::ALL.iter().map(|&phase| profile.seconds(phase)).sum();
    let line = |phase: &Phase| {
        let seconds = profile.seconds(*phase);
        format!("{:12}{seconds:9.3} s{:6.1}%", phase.name(), 100.0 * seconds / total)
    };
    let lines: Vec<String> = Phase::ALL.iter().map(line).collect();
    format!("time by phase, all threads together\n{}", lines.join("\n"))
}

fn write_experiment(session: &Session) -> Result<(), CliError> {
    let text = session.experiment.resolved_toml(&session.folder, &session.contents, session.task());
    Ok(report::write_text(&session.folder.join(RESOLVED), &text)?)
}

/// Trains; also says which trials were finished.
fn train(
    session: &Session,
    watch: &Watch<'_>,
    todo: &[&Trial],
    arguments: &RunArguments,
    limits: Limits<'_>,
    progress: &Progress,
    profile: &Profile,
) -> Result<(Tally, HashSet<String>), CliError> {
    let jobs: Vec<Job> = todo.iter().map(|trial| session.job(trial)).collect();
    let labels: Vec<String> = todo.iter().map(|trial| session.label(trial)).collect();
    let running: Vec<_> = (0..session.jobs).map(|_| std::sync::atomic::AtomicUsize::new(0)).collect();
    let finished = Mutex::new(HashSet::new());
    let on_event = |event: Event<'_>| match event {
        Event::Started { worker, job } => {
            running[worker].store(job, Ordering::Relaxed);
            progress.trial_started(worker, &labels[job]);
        }
        Event::Epoch { worker, epoch } => {
            let job = running[worker].load(Ordering::Relaxed);
            progress.epoch(worker, epoch, jobs[job].settings.train.epochs);
        }
        Event::Skipped { worker } => progress.trial_skipped(worker),
        Event::Finished { worker, job, record } => {
            finished.lock().unwrap_or_else(PoisonError::into_inner).insert(record.trial.clone());
            let result = in_a_line(record);
            let (status, seconds) = (record.status, record.seconds);
            progress.trial_finished(worker, Finished { label: &labels[job], status, seconds, result: &result });
        }
    };
    let profile = arguments.profile.then_some(profile);
    let sweep = Sweep {
        watch,
        cores: session.jobs,
        fail_fast: arguments.fail_fast,
        budget: limits.budget,
        cancelled: limits.cancelled,
        profile,
    };
    let tally = sweep.run(&jobs, &on_event)?;
    Ok((tally, finished.into_inner().unwrap_or_else(PoisonError::into_inner)))
}

/// What came out of a trial.
fn in_a_line(record: &Record) -> String {
    use crate::lab::Part;
    if let Some(error) = &record.error {
        return error.clone();
    }
    let row = record.chosen_epoch.and_then(|epoch| record.curve.row_of(epoch));
    let figure = |part| row.and_then(|row| record.curve.value(part, 1, row));
    let metric = record.metrics.get(1).map_or("", String::as_str);
    match (figure(Part::Train), figure(Part::Test)) {
        (Some(train), Some(test)) => format!("{metric} train {train:.3}, test {test:.3}"),
        _ => record.status.name().to_owned(),
    }
}

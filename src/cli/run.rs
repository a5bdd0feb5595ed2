//! `overfit run`: trains what is missing, writes what is derived, prints the comparison.

use std::collections::HashSet;
use std::sync::atomic::Ordering;
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use super::arguments::RunArguments;
use super::conclusion;
use super::curves_on_screen::Wish;
use super::derived::{Derived, Written};
use super::error::CliError;
use super::interrupt::Interrupt;
use super::notes;
use super::progress::{Finished, Progress};
use super::session::Session;
use super::stage::Stages;
use super::stored::{self, Fate, Note};
use crate::analysis::Terms;
use crate::experiment::Trial;
use crate::lab::{Budget, Event, Job, Record, Status, Store, Sweep, Tally, Wanted, Watch, remove_leftovers};
use crate::metric::Metric;
use crate::train::{Phase, Profile};

pub(super) fn run(arguments: &RunArguments) -> Result<(), CliError> {
    let interrupt = Interrupt::listen()?;
    // All configs are checked before any is trained.
    let sessions = arguments.experiment.configs.iter().map(|config| Session::open(config, &arguments.experiment));
    let sessions = sessions.collect::<Result<Vec<Session>, CliError>>()?;
    refuse_shared_folders(&sessions)?;
    refuse_shards_of_sequences(&sessions, arguments)?;
    let end = arguments.max_time.and_then(|time| Instant::now().checked_add(time));
    let budget = Budget::new(arguments.max_trials, end);
    let limits = Limits { budget: &budget, interrupt: &interrupt };
    let mut total = Tally::default();
    for session in &sessions {
        let tally = run_one(session, arguments, limits)?;
        total.finished += tally.finished;
        total.failed += tally.failed;
        if interrupt.is_called_off() {
            return Err(CliError::Interrupted);
        }
    }
    match total.failed {
        0 => Ok(()),
        failed => Err(CliError::TrialsFailed { failed, trials: total.finished }),
    }
}

/// Two experiments in one folder would overwrite each other's files.
pub(super) fn refuse_shared_folders(sessions: &[Session]) -> Result<(), CliError> {
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
    remove_leftovers(&session.folder);
    let mut store = session.open_store()?;
    if !arguments.fresh {
        conclusion::refuse_conflicts(&store)?;
    }
    let wanted = Wanted {
        results: &session.folder,
        fresh: arguments.fresh,
        failed: arguments.retry_failed,
        models: session.experiment.save_models,
    };
    let mut stages = Stages::new(session, arguments.shard, wanted);
    let mut stage = stages.next(&mut store)?;
    let progress = Progress::new(arguments.progress, arguments.quiet, session.jobs.min(stage.todo.len()).max(1));
    session.warnings.iter().for_each(|warning| progress.warning(warning));
    session.surprising_readings().iter().for_each(|warning| progress.warning(warning));
    let fate = |left: usize| if left == 0 { Fate::NotNeeded } else { Fate::RunAgain };
    say(stored::findings(&mut store, fate(stage.left())), &progress);
    say_what_is_stored(session, &store, arguments, &stage.part, &progress)?;

    let terms = Terms { oracle: arguments.oracle, ..Terms::default() };
    let mut derived = Derived::new(session.plan(), &session.folder).on(terms).written(arguments.derived);
    if stage.left() > 0 || arguments.store_only {
        derived.begin(&store)?;
    }
    progress.planned(stage.total(), stage.total() - stage.left());
    let profile = Profile::default();
    limits.interrupt.training_begins();
    let mut tally = Tally::default();
    // Mostly once, but under halving rung after rung, and again where someone has removed what was stored.
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
        stages.finished(new);
        stage = stages.next(&mut store)?;
        let ended = limits.interrupt.is_called_off() || arguments.fail_fast && tally.failed > 0;
        if ended || limits.budget.is_spent() {
            break;
        }
        // Variants that come out the same share trials; others may have stored what is decided only now.
        progress.planned(stage.total(), stage.total().saturating_sub(stage.left() + tally.finished));
    }
    progress.end();
    if limits.interrupt.is_called_off() {
        progress.message("called off: what is finished is written down; Ctrl-C again ends at once");
    }
    let (left, total) = (stage.left(), stage.total());
    say(stored::findings(&mut store, fate(left)), &progress);
    // What is derived needs room of its own, where there are a hundred thousand trials.
    drop((stage, stages));
    if !arguments.store_only {
        conclude(session, &derived, store, arguments, &progress, &profile)?;
    } else if !arguments.quiet {
        let folder = session.folder.display();
        progress.message(&format!("stored in {folder}/trials; `overfit merge {folder}` writes the derived files"));
    }
    if limits.budget.is_spent() && left > 0 {
        let fresh = if arguments.fresh { " without --fresh" } else { "" };
        // To be told even where nothing else is: what is shown is not all that was asked for.
        progress.warning(&format!(
            "the limit was reached: {left} of {total} trials are left; the same command{fresh} goes on with them"
        ));
    }
    if arguments.profile {
        notes::lines(&profiled(&profile));
    }
    Ok(tally)
}

/// Writes what is derived, and prints the comparison.
fn conclude(
    session: &Session,
    derived: &Derived<'_>,
    store: Store,
    arguments: &RunArguments,
    progress: &Progress,
    profile: &Profile,
) -> Result<(), CliError> {
    let start = Instant::now();
    let mut results = session.results(store)?;
    let Written { summary, warnings } = derived.write(&mut results)?;
    warnings.iter().for_each(|warning| progress.warning(warning));
    profile.add(Phase::Writing, start);
    if !arguments.quiet {
        conclusion::show(&results, &summary, arguments.format, Wish::WhereTheyFit)?;
        let folder = session.folder.display();
        progress.message(&format!("written to {folder} (what was measured on the final networks: measures.csv)"));
    }
    Ok(())
}

/// What ends a run before all is trained.
#[derive(Clone, Copy)]
struct Limits<'a> {
    budget: &'a Budget,
    interrupt: &'a Interrupt,
}

/// What the user should know of the part of the plan that is run, and of what is stored.
fn say_what_is_stored(
    session: &Session,
    store: &Store,
    arguments: &RunArguments,
    part: &[&Trial],
    progress: &Progress,
) -> Result<(), CliError> {
    if let Some(shard) = arguments.shard {
        let distinct: HashSet<_> = session.trials.iter().map(|trial| trial.id).collect();
        progress.message(&format!("shard {shard}: {} of {} trials", part.len(), distinct.len()));
    }
    say(stored::beside(store, session.plan(), &session.folder)?, progress);
    let failed = part.iter().filter(|trial| store.status(&trial.id.to_string()) == Some(Status::Failed)).count();
    if failed > 0 && !arguments.retry_failed && !arguments.fresh {
        let (trials, them) = if failed == 1 { ("trial", "it") } else { ("trials", "them") };
        progress.warning(&format!("{failed} {trials} failed in an earlier run; --retry-failed trains {them} again"));
    }
    Ok(())
}

/// Says notes among the lines of the progress.
fn say(notes: Vec<Note>, progress: &Progress) {
    for note in notes {
        match note {
            Note::Message(text) => progress.message(&text),
            Note::Warning(text) => progress.warning(&text),
        }
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
    let running: Vec<_> = (0..session.jobs).map(|_| std::sync::atomic::AtomicUsize::new(0)).collect();
    let finished = Mutex::new(HashSet::new());
    let on_event = |event: Event<'_>| match event {
        Event::Started { worker, job } => {
            running[worker].store(job, Ordering::Relaxed);
            progress.trial_started(worker, &session.label(todo[job]));
        }
        Event::Epoch { worker, epoch } => {
            let job = running[worker].load(Ordering::Relaxed);
            progress.epoch(worker, epoch, jobs[job].settings.train.epochs);
        }
        Event::Skipped { worker } => progress.trial_skipped(worker),
        Event::Finished { worker, job, record } => {
            finished.lock().unwrap_or_else(PoisonError::into_inner).insert(record.trial.clone());
            let result = in_a_line(record, session.experiment.metric(session.task()));
            let (label, status, seconds) = (session.label(todo[job]), record.status, record.seconds);
            progress.trial_finished(worker, Finished { label: &label, status, seconds, result: &result });
        }
    };
    let profile = arguments.profile.then_some(profile);
    let sweep = Sweep {
        watch,
        cores: session.jobs,
        fail_fast: arguments.fail_fast,
        budget: limits.budget,
        cancelled: limits.interrupt.flag(),
        profile,
    };
    let tally = sweep.run(&jobs, &on_event)?;
    Ok((tally, finished.into_inner().unwrap_or_else(PoisonError::into_inner)))
}

/// What came out of a trial.
fn in_a_line(record: &Record, metric: Metric) -> String {
    use crate::lab::Part;
    if let Some(error) = &record.error {
        return error.clone();
    }
    let figure = |part| record.value(part, metric.name(), record.chosen_epoch?);
    let metric = metric.spoken();
    match (figure(Part::Train), figure(Part::Test)) {
        (Some(train), Some(test)) => format!("{metric} train {train:.3}, test {test:.3}"),
        _ => record.status.name().to_owned(),
    }
}

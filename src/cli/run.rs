//! `overfit run`: trains what is missing, writes what is derived, prints the comparison.

use std::collections::HashSet;
use std::io::IsTerminal;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use super::arguments::RunArguments;
use super::error::CliError;
use super::progress::{self, Finished, Mode, Progress};
use super::session::Session;
use super::{interrupt, print};
use crate::analysis::{Summary, measured};
use crate::experiment::Trial;
use crate::lab::{Event, Job, Record, Status, Store, Sweep, Tally, model_path};
use crate::report::{self, Format, Style, comparison, measured_tables};
use crate::train::{Phase, Profile};

pub(super) fn run(arguments: &RunArguments) -> Result<(), CliError> {
    // All configs are checked before any is trained.
    let sessions = arguments.experiment.configs.iter().map(|config| Session::open(config, &arguments.experiment));
    let sessions = sessions.collect::<Result<Vec<Session>, CliError>>()?;
    refuse_shared_folders(&sessions)?;
    let cancelled = interrupt::flag()?;
    let mut total = Tally::default();
    for session in &sessions {
        let tally = run_one(session, arguments, &cancelled)?;
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

fn run_one(session: &Session, arguments: &RunArguments, cancelled: &Arc<AtomicBool>) -> Result<Tally, CliError> {
    let mode = if arguments.quiet { Mode::None } else { arguments.progress };
    let mut store = Store::open(&session.folder)?;
    let todo = todo(session, &store, arguments.fresh);
    let progress = Progress::new(mode, session.jobs.min(todo.len()).max(1));
    session.warnings.iter().for_each(|warning| progress.warning(warning));
    store.take_warnings().iter().for_each(|warning| progress.warning(warning));

    write_experiment(session)?;
    let distinct: HashSet<_> = session.trials.iter().map(|trial| trial.id).collect();
    progress.planned(distinct.len(), distinct.len() - todo.len());
    let profile = Profile::default();
    let (tally, finished) = train(session, &todo, arguments, cancelled, &progress, &profile)?;
    progress.end();
    let start = Instant::now();
    if arguments.fresh {
        // Only now: what was not trained again is kept.
        store.forget(&finished)?;
        store = Store::open(&session.folder)?;
    } else {
        store.rescan()?;
    }

    let results = session.results(store);
    let summary = Summary::of(&results).map_err(CliError::Store)?;
    report::write_all(&results, &summary, &session.folder)?;
    profile.add(Phase::Writing, start);
    if !arguments.quiet {
        let terminal = std::io::stdout().is_terminal();
        let style = Style { width: terminal_width(), colour: progress::colour_allowed(terminal) };
        let format = Format::from(arguments.format);
        print(&comparison(&results, &summary, format, style))?;
        print(&measured_tables(&results, &summary, &measured(&results).map_err(CliError::Store)?, format, style))?;
        let folder = session.folder.display();
        progress.message(&format!("written to {folder} (what was measured on the final networks: measures.csv)"));
    }
    if arguments.profile {
        eprintln!("{}", profiled(&profile));
    }
    Ok(tally)
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

/// Columns of the terminal on standard output, 80 where it is none.
fn terminal_width() -> u16 {
    terminal_size::terminal_size_of(std::io::stdout()).map_or(80, |(width, _)| width.0)
}

/// The trials that have no stored result yet, each once, in the order of the plan.
fn todo<'a>(session: &'a Session, store: &Store, fresh: bool) -> Vec<&'a Trial> {
    let mut seen = HashSet::new();
    let is_done = |trial: &Trial| {
        let id = trial.id.to_string();
        let needs_model = session.experiment.save_models
            && matches!(store.status(&id), Some(Status::Ok | Status::StoppedEarly))
            && !model_path(&session.folder, &id).exists();
        store.contains(&id) && !needs_model
    };
    session.trials.iter().filter(|trial| seen.insert(trial.id) && (fresh || !is_done(trial))).collect()
}

fn write_experiment(session: &Session) -> Result<(), CliError> {
    let text = session.experiment.resolved_toml(&session.folder, &session.contents);
    Ok(report::write_text(&session.folder.join("experiment.toml"), &text)?)
}

/// Trains; also says which trials were finished.
fn train(
    session: &Session,
    todo: &[&Trial],
    arguments: &RunArguments,
    cancelled: &Arc<AtomicBool>,
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
        Event::Finished { worker, job, record } => {
            finished.lock().unwrap_or_else(PoisonError::into_inner).insert(record.trial.clone());
            let result = in_a_line(record);
            let (status, seconds) = (record.status, record.seconds);
            progress.trial_finished(worker, Finished { label: &labels[job], status, seconds, result: &result });
        }
    };
    let profile = arguments.profile.then_some(profile);
    let sweep =
        Sweep { folder: &session.folder, cores: session.jobs, fail_fast: arguments.fail_fast, cancelled, profile };
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

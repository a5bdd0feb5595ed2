//! `overfit merge`: what shards or machines have stored becomes one folder of results.
//!
//! In: folders of one plan. Out: the records of all, each trial once, in one store, and what is derived from them. The
//! folders stay as they are.

use std::collections::HashSet;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::{Duration, Instant};

use super::arguments::MergeArguments;
use super::conclusion;
use super::curves_on_screen::Wish;
use super::derived::{Derived, Written};
use super::disagreement::disagreement;
use super::error::CliError;
use super::folder::{ResultsFolder, refuse_files};
use super::notes;
use super::stored::{self, Fate, Note};
use crate::atomic_file::write_atomically;
use crate::experiment::{RESOLVED, SEMANTICS};
use crate::lab::{Results, State, Status, Store, StoreWriter, SweepError, model_path, remove_leftovers};
use crate::report::trial_label;

pub(super) fn merge(arguments: &MergeArguments) -> Result<(), CliError> {
    let out = out(arguments)?;
    let is_results = |path: &&PathBuf| arguments.folders.contains(path) || out.join(RESOLVED).exists();
    // What was joined in it before counts, too.
    let paths = distinct(&[arguments.folders.clone(), vec![out.clone()]].concat());
    let folders = paths.iter().filter(is_results).map(|path| ResultsFolder::open(path));
    let folders = folders.collect::<Result<Vec<_>, CliError>>()?;
    refuse_other_plans(&folders)?;
    let first = &folders[0];
    let sources: Vec<&Path> = paths.iter().map(PathBuf::as_path).collect();
    let mut joined = first.results(first.plan().open_store(&sources)?)?;
    await_missing(&mut joined, arguments)?;
    let fate = if joined.missing() == 0 { Fate::NotNeeded } else { Fate::Missing };
    stored::say(stored::findings(&mut joined.store, fate), arguments.quiet);
    stored::say(stored::beside(&joined.store, first.plan(), &first.path)?, arguments.quiet);
    conclusion::refuse_conflicts(&joined.store)?;

    remove_leftovers(&out);
    let mut derived = Derived::of(first).written(arguments.derived);
    if arguments.out.is_some() {
        derived = Derived::new(first.plan(), &out).written(arguments.derived);
        derived.begin(&first.plan().open_store(&[&out])?)?;
        join_patiently(&mut joined, &sources, &out, first.resolved.experiment.save_models)?;
    }
    let mut results = first.results(first.plan().open_store(&[&out])?)?;
    let Written { summary, warnings } = derived.write(&mut results)?;
    stored::say(warnings.into_iter().map(Note::Warning).collect(), arguments.quiet);
    if !arguments.quiet {
        conclusion::show(&results, &summary, arguments.format, Wish::WhereTheyFit)?;
        notes::message(&format!("written to {}", out.display()));
    }
    if results.missing() == 0 {
        conclusion::warn_of_absent(&results, &out);
    }
    refuse_missing(&results, &out)
}

/// Looks again while trials are missing, as long as is asked for.
fn await_missing(results: &mut Results, arguments: &MergeArguments) -> Result<(), CliError> {
    /// Between two looks.
    const PAUSE: Duration = Duration::from_secs(2);
    let (start, patience) = (Instant::now(), arguments.wait.unwrap_or_default());
    if results.missing() > 0 && !patience.is_zero() && !arguments.quiet {
        let (missing, seconds) = (results.missing(), patience.as_secs());
        notes::message(&format!("{missing} trials are missing: looking for them for {seconds} s"));
    }
    while results.missing() > 0 {
        let left = patience.saturating_sub(start.elapsed());
        if left.is_zero() {
            break;
        }
        sleep(left.min(PAUSE));
        results.rescan()?;
    }
    Ok(())
}

/// Where the results go.
fn out(arguments: &MergeArguments) -> Result<PathBuf, CliError> {
    match (&arguments.out, arguments.folders.as_slice()) {
        (Some(out), _) => refuse_files(out).map(|()| out.clone()),
        (None, [only]) => Ok(only.clone()),
        (None, folders) => Err(CliError::Usage(format!(
            "{} folders are joined in another one: it must be named by --out DIR",
            folders.len()
        ))),
    }
}

/// The folders, each once, by whatever path it is named.
fn distinct(folders: &[PathBuf]) -> Vec<PathBuf> {
    let mut seen = HashSet::new();
    let is_new = |folder: &&PathBuf| seen.insert(folder.canonicalize().unwrap_or_else(|_| folder.to_path_buf()));
    folders.iter().filter(is_new).cloned().collect()
}

/// Only parts of one plan can be joined.
fn refuse_other_plans(folders: &[ResultsFolder]) -> Result<(), CliError> {
    let first = &folders[0];
    for other in &folders[1..] {
        refuse_other_meanings(first, other)?;
        if let Some(what) = disagreement(first.plan(), other.plan()) {
            return Err(CliError::Usage(format!(
                "{} and {} must be of one experiment, found {what}",
                first.path.display(),
                other.path.display()
            )));
        }
    }
    Ok(())
}

/// Results of versions in which settings mean different things are never mixed.
fn refuse_other_meanings(one: &ResultsFolder, other: &ResultsFolder) -> Result<(), CliError> {
    let [meaning, other_meaning] = [one, other].map(|folder| folder.resolved.contents.semantics());
    if meaning == other_meaning {
        return Ok(());
    }
    let mut shown = Vec::new();
    for (folder, meaning) in [(one, meaning), (other, other_meaning)] {
        let trials = folder.open_store()?.len();
        shown.push(format!("{} ({trials} stored trials of semantics {meaning})", folder.path.display()));
    }
    Err(CliError::Usage(format!(
        "{} must be of versions in which settings mean the same: run the older one again with this version, which is of \
         semantics {SEMANTICS}, and join it then",
        shown.join(" and ")
    )))
}

/// Joins, once more where a file was changed or removed meanwhile: then what there is by then.
fn join_patiently(results: &mut Results, sources: &[&Path], out: &Path, models: bool) -> Result<(), CliError> {
    match join(results, sources, out, models) {
        Err(error) if error.is_passing() => {
            results.reread()?;
            stored::say(stored::findings(&mut results.store, Fate::Missing), false);
            join(results, sources, out, models)
        }
        done => done,
    }
}

/// Brings into `out` what it lacks.
fn join(results: &Results, sources: &[&Path], out: &Path, models: bool) -> Result<(), CliError> {
    let known = Store::open(out)?;
    let mut writer = StoreWriter::create(out);
    let mut seen = HashSet::new();
    for trial in results.trials.iter().filter(|trial| seen.insert(&trial.id)) {
        let id = trial.id.as_str();
        let Some(status) = results.store.status(id) else { continue };
        // Networks first: a trial that is in the store is complete.
        if models && matches!(status, Status::Ok | Status::StoppedEarly) {
            join_model(id, sources, out)?;
        }
        let is_better = known.status(id).is_none_or(|known| known == Status::Failed && status != Status::Failed);
        if is_better {
            writer.append(&results.store.line(id)?)?;
            writer.sync_when_due()?;
        }
    }
    Ok(writer.sync()?)
}

/// Copies the network of a trial from the first folder that has it.
fn join_model(trial: &str, sources: &[&Path], out: &Path) -> Result<(), CliError> {
    let path = model_path(out, trial);
    let source = sources.iter().map(|folder| model_path(folder, trial)).find(|source| source.exists());
    match source {
        Some(source) if !path.exists() => {
            let copied = write_atomically(&path, |to| io::copy(&mut File::open(&source)?, to).map(drop));
            copied.map_err(|source| CliError::Sweep(SweepError::Model { path, source }))
        }
        _ => Ok(()),
    }
}

/// Trials that no folder has are an error, once what there is was written.
fn refuse_missing(results: &Results, out: &Path) -> Result<(), CliError> {
    let missing = results.trials.iter().filter(|trial| results.state(trial) == State::Missing);
    let missing: Vec<String> = missing.map(|trial| trial_label(results, trial)).collect();
    match missing.is_empty() {
        true => Ok(()),
        false => {
            let to_come = results.to_come;
            let trials = results.trials.len() + to_come;
            Err(CliError::Missing { folder: out.to_owned(), trials, missing, to_come })
        }
    }
}

//! `overfit merge`: what shards or machines have stored becomes one folder of results.
//!
//! In: folders of one plan. Out: the records of all, each trial once, in one store, and what is derived from them. The
//! folders stay as they are.

use std::collections::HashSet;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use super::arguments::MergeArguments;
use super::conclusion;
use super::error::CliError;
use super::folder::ResultsFolder;
use super::note;
use crate::atomic_file::write_atomically;
use crate::experiment::RESOLVED;
use crate::lab::{Results, State, Status, Store, StoreWriter, SweepError, model_path, remove_leftovers};
use crate::report::{self, harmless, trial_label};

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
    let mut store = Store::open_all(&sources)?;
    for warning in store.take_warnings() {
        note(&format!("warning: {}", harmless(&warning)));
    }
    conclusion::refuse_conflicts(&store)?;

    remove_leftovers(&out);
    if arguments.out.is_some() {
        let resolved = &first.resolved;
        let text = resolved.experiment.resolved_toml(&out, &resolved.contents, resolved.task);
        report::write_text(&out.join(RESOLVED), &text)?;
        join(&first.results(store)?, &sources, &out, resolved.experiment.save_models)?;
    }
    let mut results = first.results(Store::open(&out)?)?;
    let summary = conclusion::write(&mut results, &out)?;
    if !arguments.quiet {
        conclusion::show(&results, &summary, arguments.format)?;
        note(&format!("written to {}", harmless(&out.display().to_string())));
    }
    refuse_missing(&results, &out)
}

/// Where the results go.
fn out(arguments: &MergeArguments) -> Result<PathBuf, CliError> {
    match (&arguments.out, arguments.folders.as_slice()) {
        (Some(out), _) if out.exists() && !out.is_dir() => {
            Err(CliError::Usage(format!("--out must be a folder, found a file: {}", out.display())))
        }
        (Some(out), _) => Ok(out.clone()),
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
        if let Some(what) = disagreement(first, other) {
            return Err(CliError::Usage(format!(
                "{} and {} must be of one experiment, found {what}",
                first.path.display(),
                other.path.display()
            )));
        }
    }
    Ok(())
}

/// What two plans differ in first.
fn disagreement(one: &ResultsFolder, other: &ResultsFolder) -> Option<String> {
    let (a, b) = (&one.resolved.experiment, &other.resolved.experiment);
    let swept = |folder: &ResultsFolder| {
        let cells = &folder.resolved.experiment.cells;
        cells.iter().map(|cell| (cell.variant, cell.swept.clone())).collect::<Vec<_>>()
    };
    let folds = |folder: &ResultsFolder| folder.trials.iter().map(|trial| (trial.cell, trial.fold)).collect::<Vec<_>>();
    let hashes = |folder: &ResultsFolder| {
        folder.resolved.contents.data_hashes().iter().map(|hash| (*hash).to_owned()).collect::<HashSet<String>>()
    };
    let semantics = |folder: &ResultsFolder| folder.resolved.contents.semantics();
    if a.name != b.name {
        Some(format!("the names {:?} and {:?}", a.name, b.name))
    } else if a.variants != b.variants || a.baseline != b.baseline {
        Some("other variants or another baseline".to_owned())
    } else if a.axes != b.axes || swept(one) != swept(other) {
        Some("other swept keys or values".to_owned())
    } else if a.seeds != b.seeds || folds(one) != folds(other) {
        Some("other seeds or folds".to_owned())
    } else if semantics(one) != semantics(other) {
        Some("results of versions in which settings mean different things".to_owned())
    } else if hashes(one) != hashes(other) {
        Some("data with other content".to_owned())
    } else {
        let trial = one.trials.iter().zip(&other.trials).find(|(a, b)| a.id != b.id).map(|(trial, _)| trial)?;
        let variant = &a.variants[a.cells[trial.cell].variant].name;
        Some(format!("other settings or initial weights of the variant {variant:?}"))
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
        false => Err(CliError::Missing { folder: out.to_owned(), trials: results.trials.len(), missing }),
    }
}

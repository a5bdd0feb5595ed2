//! `overfit check`: everything is read and checked, the plan is printed, nothing is trained.

use std::collections::HashSet;
use std::path::Path;
use std::time::Duration;

use super::arguments::CheckArguments;
use super::error::CliError;
use super::paragraph::paragraph;
use super::print;
use super::progress::spoken;
use super::session::{Session, distinct};
use crate::data::{folds, profile};
use crate::experiment::Trial;
use crate::lab::{Estimate, Resampling, Staffing, Store, estimate, resampling};
use crate::report::harmless;

pub(super) fn check(arguments: &CheckArguments) -> Result<(), CliError> {
    for config in &arguments.experiment.configs {
        let session = Session::open(config, &arguments.experiment)?;
        for warning in &session.warnings {
            eprintln!("warning: {}", harmless(warning));
        }
        let lines: Vec<String> = plan(config, &session)?.lines().map(harmless).collect();
        print(&format!("{}\n", lines.join("\n")))?;
    }
    Ok(())
}

/// The plan as text.
fn plan(config: &Path, session: &Session) -> Result<String, CliError> {
    let experiment = &session.experiment;
    let store = Store::open(&session.folder)?;
    let mut text = paragraph("experiment", &format!("{} ({})", experiment.name, config.display()));
    for settings in distinct(experiment, |a, b| a.reading_key() == b.reading_key()) {
        let profile = profile(session.library.dataset(settings));
        let files = std::iter::once(&settings.path).chain(&settings.test_path);
        let files: Vec<String> = files.map(|path| path.display().to_string()).collect();
        text.push_str(&paragraph("data", &format!("{}: {profile}", files.join(" and "))));
        text.push_str(&paragraph("target", &format!("{}: {}", profile.target_name, profile.target)));
    }
    let estimates: Vec<(usize, Option<Estimate>)> = estimates(session);
    text.push_str(&rows_and_networks(session, &estimates));
    text.push_str(&paragraph("trials", &trials(session, &store)));
    text.push_str(&paragraph("expected", &expected(session, &store, &estimates)));
    text.push_str(&paragraph("results", &session.folder.display().to_string()));
    Ok(text)
}

/// An estimate for each cell, or for some of them where they are many: (trials that it stands for, estimate).
fn estimates(session: &Session) -> Vec<(usize, Option<Estimate>)> {
    /// Enough to see a sweep's range, few enough to be quick.
    const MEASURED: usize = 16;
    let cells = session.experiment.cells.len();
    let stride = cells.div_ceil(MEASURED);
    let seeds = session.experiment.seeds.len();
    (0..cells)
        .step_by(stride)
        .map(|cell| {
            let folds = folds(&session.experiment.cells[cell].settings.data) as usize;
            let trial = session.trials.iter().find(|trial| trial.cell == cell).expect("a cell has at least one trial");
            let stands_for = stride.min(cells - cell) * seeds * folds;
            (stands_for, estimate(&session.job(trial)))
        })
        .collect()
}

/// The rows of each part and the size of the network, a line for each that differs.
fn rows_and_networks(session: &Session, estimates: &[(usize, Option<Estimate>)]) -> String {
    let settings = &session.experiment.cells[0].settings;
    let mut rows: Vec<String> = Vec::new();
    let mut networks: Vec<String> = Vec::new();
    let stride = session.experiment.cells.len().div_ceil(estimates.len().max(1));
    for (index, estimate) in estimates.iter().enumerate() {
        let Some(estimate) = &estimate.1 else { continue };
        let [train, validation, test, unused] = estimate.rows;
        let kept = if unused > 0 { format!(" ({unused} more are not used)") } else { String::new() };
        let line = format!("train {train}{kept}, validation {validation}, test {test}");
        if !rows.contains(&line) {
            rows.push(line);
        }
        let model = &session.experiment.cells[index * stride].settings.model;
        let hidden: String = model.hidden.iter().map(|units| format!("{units}-")).collect();
        let shape = format!("{}-{hidden}{}", estimate.inputs, estimate.outputs);
        let members = if estimate.members > 1 { format!(", {} networks", estimate.members) } else { String::new() };
        let line = format!("{shape}, {}: {} parameters{members}", word(&model.activation), estimate.parameters);
        if !networks.contains(&line) {
            networks.push(line);
        }
    }
    let split = match resampling(&settings.data) {
        Resampling::Holdout => "every seed splits anew",
        Resampling::Kfold => "cross-validation: each fold is the test part once",
        Resampling::Fixed => "the same split for every seed",
    };
    if let Some(last) = rows.last_mut() {
        last.push_str(&format!("; {split}"));
    }
    paragraph("rows", &rows.join("; or ")) + &paragraph("network", &networks.join("; or "))
}

/// A word of the config.
fn word(value: &impl serde::Serialize) -> String {
    serde_json::to_value(value).ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
}

fn trials(session: &Session, store: &Store) -> String {
    let experiment = &session.experiment;
    let distinct: HashSet<_> = session.trials.iter().map(|trial| trial.id).collect();
    let stored = distinct.iter().filter(|id| store.contains(&id.to_string())).count();
    let mut text = format!(
        "{}: {} x {}",
        counted(session.trials.len(), "trial"),
        match experiment.cells.len() == experiment.variants.len() {
            true => counted(experiment.variants.len(), "variant"),
            false => format!(
                "{} of {}",
                counted(experiment.cells.len(), "point"),
                counted(experiment.variants.len(), "variant")
            ),
        },
        counted(experiment.seeds.len(), "seed"),
    );
    let folds = folds(&experiment.cells[0].settings.data);
    if folds > 1 {
        text.push_str(&format!(" x {folds} folds"));
    }
    if distinct.len() < session.trials.len() {
        text.push_str(&format!("; {} of them are the same as others", session.trials.len() - distinct.len()));
    }
    if stored > 0 {
        text.push_str(&format!("; {stored} stored already"));
    }
    text
}

fn expected(session: &Session, store: &Store, estimates: &[(usize, Option<Estimate>)]) -> String {
    let mut seen = HashSet::new();
    let missing: Vec<&Trial> =
        session.trials.iter().filter(|trial| seen.insert(trial.id) && !store.contains(&trial.id.to_string())).collect();
    if missing.is_empty() {
        return "nothing to train: all trials are stored".to_owned();
    }
    let known = estimates.iter().filter_map(|(trials, estimate)| estimate.as_ref().map(|estimate| (*trials, estimate)));
    let (trials, seconds) = known.clone().fold((0, 0.0), |(trials, seconds), (stands_for, estimate)| {
        (trials + stands_for, seconds + stands_for as f64 * estimate.seconds)
    });
    let Staffing { workers, threads } = Staffing::of(session.jobs, missing.len());
    let shared = threads > 1 && missing.iter().any(|trial| session.job(trial).is_large());
    let cores = if shared { format!("{threads} cores for each large network") } else { "one core each".to_owned() };
    let seconds = seconds / trials.max(1) as f64 * missing.len() as f64 / workers as f64;
    let largest = known.map(|(_, estimate)| estimate.bytes).max().unwrap_or(0);
    let data: usize = session.library.datasets().map(|dataset| dataset.bytes()).sum();
    format!(
        "about {} and {} MB, {} at a time, {cores} (timed on a few rows; stopping early and pruning make it less)",
        spoken(Duration::from_secs_f64(seconds)),
        megabytes(data + workers * largest),
        counted(workers, "trial"),
    )
}

/// Whole megabytes, with what the program itself takes.
fn megabytes(bytes: usize) -> usize {
    /// Code, stacks and buffers.
    const PROGRAM: usize = 6_000_000;
    (bytes + PROGRAM).div_ceil(1_000_000)
}

fn counted(count: usize, thing: &str) -> String {
    format!("{count} {thing}{}", if count == 1 { "" } else { "s" })
}

//! `overfit check`: everything is read and checked, the plan is printed, nothing is trained.

use std::collections::HashSet;
use std::path::Path;
use std::time::Duration;

use super::arguments::CheckArguments;
use super::error::CliError;
use super::paragraph::paragraph;
use super::progress::spoken;
use super::samples::{Mean, Sample, estimates, mean};
use super::session::{Session, distinct};
use super::stored::{self, Fate};
use super::{inventory, notes, print};
use crate::data::{DataSettings, Profile, TargetProfile, TaskChoice, folds, profile};
use crate::experiment::{Rung, Trial};
use crate::lab::{Halving, Resampling, Results, Staffing, Store, resampling};
use crate::report::harmless;

pub(super) fn check(arguments: &CheckArguments) -> Result<(), CliError> {
    for config in &arguments.experiment.configs {
        let session = Session::open(config, &arguments.experiment)?;
        for warning in &session.warnings {
            notes::warning(warning);
        }
        let mut results = session.results(session.open_store()?)?;
        let fate = if results.missing() == 0 { Fate::NotNeeded } else { Fate::RunAgain };
        stored::say(stored::findings(&mut results.store, fate), false);
        let lines: Vec<String> = plan(config, &session, &results)?.lines().map(harmless).collect();
        print(&format!("{}\n", lines.join("\n")))?;
    }
    Ok(())
}

/// The plan as text.
fn plan(config: &Path, session: &Session, results: &Results) -> Result<String, CliError> {
    let experiment = &session.experiment;
    let mut text = paragraph("experiment", &format!("{} ({})", experiment.name, config.display()));
    for settings in distinct(experiment, |a, b| a.reading_key() == b.reading_key()) {
        let profile = profile(session.library.dataset(settings));
        let files = std::iter::once(&settings.path).chain(&settings.test_path);
        let files: Vec<String> = files.map(|path| path.display().to_string()).collect();
        text.push_str(&paragraph("data", &format!("{}: {profile}", files.join(" and "))));
        text.push_str(&paragraph("target", &target(settings, &profile)));
        let columns = profile.columns.to_string();
        text.extend((!columns.is_empty()).then(|| paragraph("columns", &columns)));
    }
    text.push_str(&read_as(session));
    let estimates = estimates(session);
    let halving = results.halving.as_ref();
    text.push_str(&rows_and_networks(session, &estimates));
    text.push_str(&paragraph("checks", &checks(session)));
    text.push_str(&sweep(session, halving));
    text.push_str(&paragraph("trials", &trials(session, halving)));
    text.push_str(&paragraph("expected", &expected(session, &results.store, &estimates, halving)?));
    text.push_str(&paragraph("results", &session.folder.display().to_string()));
    text.extend(inventory::sentence(session, results)?.map(|stored| paragraph("stored", &stored)));
    Ok(text)
}

/// What is predicted, with the keys of what was guessed.
fn target(settings: &DataSettings, profile: &Profile) -> String {
    let name = &profile.target_name;
    let place = if settings.target.is_none() { ", the last column (data.target)" } else { "" };
    let is_number = |name: &str| name.parse::<f64>().is_ok();
    let task = match &profile.target {
        _ if settings.task != TaskChoice::Auto => "",
        TargetProfile::Range(..) => ": a regression (data.task)",
        TargetProfile::Classes(classes) if classes.iter().all(|(class, _)| is_number(class)) => " (data.task)",
        TargetProfile::Classes(_) => "",
    };
    format!("{name}{place}: {}{task}", profile.target)
}

/// What was guessed of the files and is not the plain case, with the keys that say otherwise; nothing where all is plain.
fn read_as(session: &Session) -> String {
    let files = session.library.files();
    let guessed = files.iter().filter(|file| !file.readings.is_empty()).map(|file| {
        let readings: Vec<&str> = file.readings.iter().map(|reading| reading.text.as_str()).collect();
        let path = if files.len() > 1 { format!("{}: ", file.path.display()) } else { String::new() };
        format!("{path}{}", readings.join(", "))
    });
    let guessed: Vec<String> = guessed.collect();
    if guessed.is_empty() { String::new() } else { paragraph("read as", &guessed.join("; ")) }
}

/// The rows of each part and the size of the network, a line for each that differs.
fn rows_and_networks(session: &Session, estimates: &[Sample]) -> String {
    let settings = &session.experiment.cells[0].settings;
    let mut rows: Vec<String> = Vec::new();
    let mut networks: Vec<String> = Vec::new();
    for Sample { cell, estimate, .. } in estimates {
        let Some(estimate) = estimate else { continue };
        let [train, validation, test, unused] = estimate.rows;
        let kept = if unused > 0 { format!(" ({unused} more are not used)") } else { String::new() };
        let line = format!("train {train}{kept}, validation {validation}, test {test}");
        if !rows.contains(&line) {
            rows.push(line);
        }
        let model = &session.experiment.cells[*cell].settings.model;
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

/// What was looked for in the rows, and how much was found: warnings say what.
fn checks(session: &Session) -> String {
    const LOOKED_FOR: &str = "copies across training and test, columns that give the target away or never vary, numbers for missing values, \
         classes with few rows, imbalance";
    match session.findings.len() {
        0 => format!("nothing found: {LOOKED_FOR}"),
        found => format!("{}, see above: {LOOKED_FOR}", counted(found, "finding")),
    }
}

/// A word of the config.
fn word(value: &impl serde::Serialize) -> String {
    serde_json::to_value(value).ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
}

/// How the points of the sweep are found, where that is not plain.
fn sweep(session: &Session, halving: Option<&Halving>) -> String {
    let experiment = &session.experiment;
    let points = |variant: usize| {
        let cells = experiment.cells.iter().filter(|cell| cell.variant == variant && experiment.is_last_rung(cell));
        cells.count()
    };
    let counts: Vec<usize> = (0..experiment.variants.len()).map(points).collect();
    let (least, most) = (counts.iter().min().copied().unwrap_or(0), counts.iter().max().copied().unwrap_or(0));
    let found = if least == most { counted(most, "point") } else { format!("{least} to {most} points") };
    let mut text = match (experiment.drawn(), experiment.strategy()) {
        (None, "grid") => return String::new(),
        (None, strategy) => format!("{strategy}: {found} of a grid for each variant"),
        (Some(drawn), strategy) => {
            let draws = counted(drawn as usize, "draw");
            let single = if experiment.has_single_points() { " with those included and excluded" } else { "" };
            format!("{strategy}: {draws} for each variant; {found} each{single}, equal ones counted once")
        }
    };
    let mut shown: Vec<&[Rung]> = Vec::new();
    for rungs in halving.map(Halving::rungs).unwrap_or_default() {
        if !shown.contains(&rungs.as_slice()) {
            shown.push(rungs);
        }
    }
    for rungs in shown {
        let rungs: Vec<String> = rungs.iter().map(Rung::to_string).collect();
        text.push_str(&format!("; in each seed and fold {}", rungs.join(", then ")));
    }
    paragraph("sweep", &text)
}

fn trials(session: &Session, halving: Option<&Halving>) -> String {
    let experiment = &session.experiment;
    if let Some(halving) = halving {
        let share = 100.0 * halving.share();
        return format!("{}: {share:.0}% of the epochs of all points in full", counted(halving.count(), "trial"));
    }
    let distinct: HashSet<_> = session.trials.iter().map(|trial| trial.id).collect();
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
    text
}

fn expected(
    session: &Session,
    store: &Store,
    estimates: &[Sample],
    halving: Option<&Halving>,
) -> Result<String, CliError> {
    let mut seen = HashSet::new();
    let missing: Vec<&Trial> =
        session.trials.iter().filter(|trial| seen.insert(trial.id) && !store.contains(&trial.id.to_string())).collect();
    let left = match halving {
        Some(halving) => {
            let decided = halving.decide(store, |id| store.contains(id))?;
            let is_missing = |place: &&usize| !store.contains(&halving.trial(**place).id.to_string());
            decided.places.iter().filter(is_missing).count() + decided.to_come - decided.ahead
        }
        None => missing.len(),
    };
    if left == 0 {
        return Ok("nothing to train: all trials are stored".to_owned());
    }
    let Mean { trials, seconds } = mean(estimates);
    let Staffing { workers, threads } = Staffing::of(session.jobs, left);
    let shared = threads > 1 && missing.iter().any(|trial| session.job(trial).is_large());
    let cores = if shared { format!("{threads} cores for each large network") } else { "one core each".to_owned() };
    let missing_in_full = match halving {
        // Shorter trials come first, but nobody reads minutes off a guess.
        Some(halving) => halving.share() * trials as f64 * left as f64 / halving.count() as f64,
        None => left as f64,
    };
    let seconds = seconds * missing_in_full / workers as f64;
    let largest = estimates.iter().filter_map(|sample| Some(sample.estimate.as_ref()?.bytes)).max().unwrap_or(0);
    let data: usize = session.library.datasets().map(|dataset| dataset.bytes()).sum();
    Ok(format!(
        "about {} and {} MB, {} at a time, {cores} (timed on a few rows; stopping early and pruning make it less)",
        spoken(Duration::from_secs_f64(seconds)),
        megabytes(data + workers * largest),
        counted(workers, "trial"),
    ))
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

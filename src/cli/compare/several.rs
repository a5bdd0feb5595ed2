//! Several experiments, or scores that were made elsewhere: each for itself, and all together.
//!
//! In: sources. Out: a [`Study`], printed; with `--oracle` a second one. A swept variant counts once in each experiment, with
//! the scores of the points that were chosen for it, so that variants are matched by name.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::sources::{Folder, Source};
use super::{names, remarks};
use crate::analysis::{ChosenBy, ExperimentScores, Study, Tuned, tuned};
use crate::cli::arguments::CompareArguments;
use crate::cli::error::CliError;
use crate::cli::{conclusion, notes, print};
use crate::report::{Format, studies, write_file, write_study_page};
use crate::tables::read_scores;

pub(super) fn compare(sources: &[Source], arguments: &CompareArguments) -> Result<(), CliError> {
    let folders: Vec<&Folder> = sources.iter().filter_map(as_folder).collect();
    let metric = metric_of(&folders, arguments)?;
    let (tables, table_metric) = tables(sources, metric.as_deref().or(arguments.metric.as_deref()), arguments)?;
    let metric = metric.unwrap_or(table_metric);
    refuse_shared_names(&folders, &tables)?;

    let honest = folders.iter().map(|folder| tuned(&folder.results.compared(), ChosenBy::Validation));
    let honest = honest.collect::<Result<Vec<Tuned>, _>>()?;
    let blind = folders.iter().zip(&honest).find(|(_, tuned)| tuned.is_blind).map(|(folder, _)| folder);
    folders.iter().zip(&honest).for_each(|(folder, tuned)| remarks::of_tuned(folder, tuned));
    let is_swept = honest.iter().flat_map(|tuned| &tuned.points).any(|(_, points)| *points > 1);

    let mut all = Vec::new();
    match blind {
        Some(folder) if !arguments.oracle => return Err(refuse_blind(&folder.path)),
        Some(folder) => notes::warning(&format!("{}; only the oracle is shown", without_validation(&folder.path))),
        None => {
            let experiments = together(honest, &tables);
            let study = study(&experiments, &metric, &folders, arguments)?;
            remarks::of_study(&study);
            all.push(if is_swept { study.chosen_by(ChosenBy::Validation) } else { study });
        }
    }
    if arguments.oracle && is_swept {
        let oracle = folders.iter().map(|folder| tuned(&folder.results.compared(), ChosenBy::Oracle));
        let experiments = together(oracle.collect::<Result<Vec<Tuned>, _>>()?, &tables);
        all.push(study(&experiments, &metric, &folders, arguments)?.chosen_by(ChosenBy::Oracle));
    } else if arguments.oracle {
        notes::warning("--oracle chooses nothing: no variant has several points");
    }
    if let (Some(path), Some(study)) = (&arguments.html, all.first()) {
        write_file(path, |out| write_study_page(study, out))?;
    }
    print(&studies(&all, Format::from(arguments.format), conclusion::style()))
}

fn as_folder(source: &Source) -> Option<&Folder> {
    match source {
        Source::Folder(folder) => Some(folder),
        Source::Table(_) => None,
    }
}

/// The metric of the folders; `None` where there are none.
fn metric_of(folders: &[&Folder], arguments: &CompareArguments) -> Result<Option<String>, CliError> {
    let Some(first) = folders.first() else { return Ok(None) };
    let metric = first.results.metric();
    match folders.iter().find(|folder| folder.results.metric() != metric) {
        Some(other) if arguments.metric.is_none() => Err(CliError::Usage(format!(
            "experiments must be compared by one metric, found {metric} of {} and {} of {}; --metric names one that all \
             have, as loss",
            first.path.display(),
            other.results.metric(),
            other.path.display()
        ))),
        _ => Ok(Some(format!("test_{metric}"))),
    }
}

/// The scores of the tables, and by which metric.
fn tables(
    sources: &[Source],
    metric: Option<&str>,
    arguments: &CompareArguments,
) -> Result<(Vec<ExperimentScores>, String), CliError> {
    let table = |source: &Source| match source {
        Source::Table(path) => Some(path.clone()),
        Source::Folder(_) => None,
    };
    let paths: Vec<PathBuf> = sources.iter().filter_map(table).collect();
    let scores = read_scores(&paths, metric, arguments.resampling.map(Into::into))?;
    scores.warnings.iter().for_each(|warning| notes::warning(warning));
    Ok((scores.experiments, scores.metric))
}

/// A data set counts once.
fn refuse_shared_names(folders: &[&Folder], tables: &[ExperimentScores]) -> Result<(), CliError> {
    let mut seen: BTreeMap<&str, &Path> = BTreeMap::new();
    for folder in folders {
        let (name, path) = (folder.results.experiment.as_str(), folder.path.as_path());
        let other = match seen.insert(name, path) {
            Some(other) => other.display().to_string(),
            None if tables.iter().any(|table| table.name == name) => "a table".to_owned(),
            None => continue,
        };
        return Err(CliError::Usage(format!(
            "{other} and {path} both hold the experiment \"{name}\",\nand of several folders each must be another data set\n\
             parts of one: join them by overfit merge {other} {path} --out DIR\n\
             other settings on the same data: compare each by itself, overfit compare {path}\n\
             different data sets: give one another name, overfit run CONFIG --set name=OTHER",
            path = path.display()
        )));
    }
    Ok(())
}

fn without_validation(path: &Path) -> String {
    format!(
        "{} has swept variants and no validation rows to choose their points by (data.split.validation = 0)",
        path.display()
    )
}

fn refuse_blind(path: &Path) -> CliError {
    CliError::Usage(format!(
        "{}; --oracle chooses them by test figures instead, which is optimistic",
        without_validation(path)
    ))
}

/// All experiments, those of folders first.
fn together(tuned: Vec<Tuned>, tables: &[ExperimentScores]) -> Vec<ExperimentScores> {
    tuned.into_iter().flat_map(|tuned| tuned.experiments).chain(tables.iter().cloned()).collect()
}

fn study(
    experiments: &[ExperimentScores],
    metric: &str,
    folders: &[&Folder],
    arguments: &CompareArguments,
) -> Result<Study, CliError> {
    let mut known: Vec<&str> = Vec::new();
    for variant in experiments.iter().flat_map(|experiment| &experiment.variants) {
        if !known.contains(&variant.name.as_str()) {
            known.push(&variant.name);
        }
    }
    let baseline = match (&arguments.baseline, folders.first()) {
        (Some(wanted), _) => known[names::place(wanted, &known)?],
        (None, Some(first)) => of_configs(first, folders),
        (None, None) => known.first().copied().unwrap_or_default(),
    };
    Ok(Study::of(experiments, metric, baseline, arguments.rope))
}

/// The baseline of the configs; where they name several, that of the first.
fn of_configs<'a>(first: &'a Folder, folders: &[&Folder]) -> &'a str {
    let name = baseline_of(first);
    if let Some(other) = folders.iter().find(|folder| baseline_of(folder) != name) {
        notes::warning(&format!(
            "the baseline is \"{name}\" in {} and \"{}\" in {}: compared with \"{name}\"; --baseline names another",
            first.path.display(),
            baseline_of(other),
            other.path.display()
        ));
    }
    name
}

fn baseline_of(folder: &Folder) -> &str {
    &folder.results.variants[folder.results.baseline]
}

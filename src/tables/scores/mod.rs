//! Scores that were made elsewhere, or here before: `experiment, variant, seed`, perhaps `fold, n_train, n_test`, and a metric.
//!
//! In: CSV files. Out: [`ExperimentScores`], with the rows of one experiment together, whichever files they stand in. Swept
//! keys (columns as `remedies.l2.lambda`) make a variant of their own with each value; rows whose `status` says that there is no network,
//! and rows without a score, are left out and counted. Where a metric `test_x` is compared and a column `train_x` is there,
//! it tells who learns less; `nonzero_parameters` tells which network is smaller.

mod columns;
mod experiment;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use thiserror::Error;

use self::columns::{Columns, Row};
use self::experiment::experiment;
use super::lines::{Line, TableError, open};
use crate::analysis::{ExperimentScores, Score};
use crate::lab::Resampling;

/// Why scores cannot be read.
#[derive(Debug, Error)]
#[expect(missing_docs, reason = "the messages name every field")]
pub enum ScoresError {
    #[error(transparent)]
    Table(#[from] TableError),
    #[error(
        "{path}, line {line}: experiment \"{experiment}\" has variant \"{variant}\", seed {seed}, fold {fold} already; \
         each may stand there once"
    )]
    Twice { path: PathBuf, line: u64, experiment: String, variant: String, seed: u64, fold: u32 },
    #[error(
        "{path} must have a column of scores, as \"{usual}\", or --metric name one; found beside the keys: {}",
        if found.is_empty() { "none" } else { found }
    )]
    NoMetric { path: PathBuf, usual: &'static str, found: String },
    #[error("{path} holds no score of {metric}")]
    Empty { path: PathBuf, metric: String },
    #[error(
        "experiment \"{experiment}\" needs columns n_train and n_test to be compared by resampling {resampling}: the \
         correction for overlapping splits rests on their ratio"
    )]
    NoRows { experiment: String, resampling: &'static str },
}

/// What was read.
pub struct Scores {
    /// The title of the column of scores.
    pub metric: String,
    /// Those of all files.
    pub experiments: Vec<ExperimentScores>,
    /// What the user may not expect.
    pub warnings: Vec<String>,
}

/// Reads files by `metric`, or the metric that a file has; `resampling` says how trials relate to each other where the user
/// knows.
///
/// # Errors
/// Where a file cannot be read, or a cell does not hold what it has to.
pub fn read_scores(
    paths: &[PathBuf],
    metric: Option<&str>,
    resampling: Option<Resampling>,
) -> Result<Scores, ScoresError> {
    let mut table = Table { metric: metric.map(str::to_owned), ..Table::default() };
    for path in paths {
        table.read(path)?;
    }
    let Table { metric, experiments, mut warnings, .. } = table;
    let metric = metric.unwrap_or_default();
    let mut remarks = Remarks::default();
    let experiments = (experiments.into_iter())
        .map(|(name, rows)| experiment(name, &rows, resampling, &mut remarks))
        .collect::<Result<Vec<_>, _>>()?;
    warnings.extend(remarks.warnings());
    Ok(Scores { metric, experiments, warnings })
}

/// What is to be said of experiments: the same of several in one warning.
#[derive(Default)]
struct Remarks(BTreeMap<String, Vec<String>>);

impl Remarks {
    /// So many names are listed.
    const LISTED: usize = 3;

    fn of(&mut self, experiment: &str, text: String) {
        self.0.entry(text).or_default().push(format!("\"{experiment}\""));
    }

    fn warnings(self) -> impl Iterator<Item = String> {
        self.0.into_iter().map(|(text, names)| {
            let more = match names.len().saturating_sub(Self::LISTED) {
                0 => String::new(),
                more => format!(" and {more} more"),
            };
            let which = if names.len() == 1 { "experiment" } else { "experiments" };
            format!("{which} {}{more}: {text}", names[..names.len().min(Self::LISTED)].join(", "))
        })
    }
}

/// What was read so far.
#[derive(Default)]
struct Table {
    metric: Option<String>,
    experiments: Vec<(String, Vec<Row>)>,
    seen: BTreeSet<(String, String, u64, u32)>,
    warnings: Vec<String>,
}

impl Table {
    fn read(&mut self, path: &Path) -> Result<(), ScoresError> {
        let (titles, table) = open(path)?;
        let decimal_comma = table.decimal_comma;
        let columns = Columns::of(path, &titles, self.metric.as_deref())?;
        let metric = titles[columns.metric].to_owned();
        let (mut read, mut left_out) = (0, 0);
        for record in table.into_records() {
            let record = record.map_err(|error| TableError::Read { path: path.to_owned(), error })?;
            let line = Line { path, titles: &titles, record: &record, decimal_comma };
            match columns.row(&line)? {
                Some((experiment, row)) => {
                    self.push(&line, experiment, row)?;
                    read += 1;
                }
                None => left_out += 1,
            }
        }
        if read == 0 {
            return Err(ScoresError::Empty { path: path.to_owned(), metric });
        }
        if left_out > 0 {
            let rows = if left_out == 1 { "1 row has" } else { &format!("{left_out} rows have") };
            let are = if left_out == 1 { "is" } else { "are" };
            self.warnings.push(format!("{}: {rows} no {metric} and {are} left out", path.display()));
        }
        self.metric.get_or_insert(metric);
        Ok(())
    }

    fn push(&mut self, line: &Line, experiment: String, row: Row) -> Result<(), ScoresError> {
        let Score { seed, fold, .. } = row.score;
        if !self.seen.insert((experiment.clone(), row.variant.clone(), seed, fold)) {
            let (path, line) = (line.path.to_owned(), line.number());
            return Err(ScoresError::Twice { path, line, experiment, variant: row.variant, seed, fold });
        }
        match self.experiments.iter_mut().find(|(name, _)| *name == experiment) {
            Some((_, rows)) => rows.push(row),
            None => self.experiments.push((experiment, vec![row])),
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;

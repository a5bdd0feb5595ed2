//! Where in a table of scores what stands, and a row of it.

use std::path::Path;

use csv::StringRecord;

use super::super::lines::{Line, TableError, find, need};
use super::ScoresError;
use crate::analysis::Score;

/// Columns with a meaning of their own, so that none of them is taken for the metric.
const KNOWN: [&str; 8] = ["experiment", "variant", "seed", "fold", "n_train", "n_test", "status", "nonzero_parameters"];

/// The metrics that are compared where none is named.
const USUAL: [&str; 2] = ["test_accuracy", "test_r2"];

/// A row of a table.
pub(super) struct Row {
    pub variant: String,
    pub score: Score,
    pub train: Option<f64>,
    pub size: Option<f64>,
    /// n_train and n_test.
    pub rows: Option<(f64, f64)>,
}

/// Where what stands.
pub(super) struct Columns {
    experiment: usize,
    variant: usize,
    seed: usize,
    pub metric: usize,
    fold: Option<usize>,
    status: Option<usize>,
    train: Option<usize>,
    size: Option<usize>,
    rows: Option<(usize, usize)>,
    swept: Vec<usize>,
}

impl Columns {
    pub fn of(path: &Path, titles: &StringRecord, metric: Option<&str>) -> Result<Self, ScoresError> {
        let find = |name: &str| find(titles, name);
        let need = |name: &str| need(path, titles, name);
        let (experiment, variant, seed) = (need("experiment")?, need("variant")?, need("seed")?);
        let metric = match metric {
            Some(name) => find(name).or_else(|| find(&format!("test_{name}"))).map_or_else(|| need(name), Ok)?,
            None => usual_metric(titles).ok_or_else(|| no_metric(path, titles))?,
        };
        let train = titles[metric].strip_prefix("test_").and_then(|name| find(&format!("train_{name}")));
        let swept = titles.iter().enumerate().filter(|&(at, title)| is_swept(title) && at != metric);
        Ok(Self {
            experiment,
            variant,
            seed,
            metric,
            fold: find("fold"),
            status: find("status"),
            train,
            size: find("nonzero_parameters").or_else(|| find("parameters")),
            rows: find("n_train").zip(find("n_test")),
            swept: swept.map(|(at, _)| at).collect(),
        })
    }

    /// Experiment and row of a line; `None` where it has no score.
    pub fn row(&self, line: &Line) -> Result<Option<(String, Row)>, TableError> {
        let ended = self.status.is_none_or(|at| matches!(line.cell(at), "" | "ok" | "stopped_early"));
        let seed = line.whole(self.seed)?;
        let fold = self.fold.filter(|&at| !line.cell(at).is_empty()).map_or(Ok(0), |at| line.whole(at))?;
        let number = |at: usize| line.number_in(at);
        let value = number(self.metric)?.filter(|_| ended);
        let train = self.train.map_or(Ok(None), number)?;
        let size = self.size.map_or(Ok(None), number)?;
        let rows = match self.rows {
            Some((train, test)) => line.count(train)?.zip(line.count(test)?),
            None => None,
        };
        let point = self.swept.iter().filter(|&&at| !line.cell(at).is_empty());
        let point = point.map(|&at| format!(" {}={}", &line.titles[at], line.key(at)));
        let variant = std::iter::once(line.key(self.variant).into_owned()).chain(point).collect();
        let experiment = line.key(self.experiment).into_owned();
        Ok(value.map(|value| (experiment, Row { variant, score: Score { seed, fold, value }, train, size, rows })))
    }
}

/// Whether a column holds the values of a swept key: the full dotted keys of a config.
fn is_swept(title: &str) -> bool {
    ["data.", "model.", "train.", "remedies."].iter().any(|table| title.starts_with(table))
}

/// The metric where none is named: accuracy or r2 of the test rows, or the only column that is nothing else.
fn usual_metric(titles: &StringRecord) -> Option<usize> {
    let others = || others(titles);
    let only = || others().next().filter(|_| others().count() == 1).map(|(at, _)| at);
    USUAL.into_iter().find_map(|name| find(titles, name)).or_else(only)
}

/// The columns that may be a metric.
fn others(titles: &StringRecord) -> impl Iterator<Item = (usize, &str)> {
    let titles = titles.iter().map(|title| title.trim_start_matches('\u{feff}')).enumerate();
    titles.filter(|(_, title)| !KNOWN.contains(title) && !is_swept(title))
}

fn no_metric(path: &Path, titles: &StringRecord) -> ScoresError {
    let found = others(titles).map(|(_, title)| title).collect::<Vec<_>>().join(", ");
    ScoresError::NoMetric { path: path.to_owned(), usual: USUAL[0], found }
}

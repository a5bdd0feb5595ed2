//! Scores that were made elsewhere, or here before: `experiment, variant, seed`, perhaps `fold, n_train, n_test`, and a metric.
//!
//! In: CSV files. Out: [`ExperimentScores`], with the rows of one experiment together, whichever files they stand in. Swept
//! keys (columns with a dot) make a variant of their own with each value; rows whose `status` says that there is no network,
//! and rows without a score, are left out and counted. Where a metric `test_x` is compared and a column `train_x` is there,
//! it tells who learns less; `nonzero_parameters` tells which network is smaller.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use csv::StringRecord;
use thiserror::Error;

use super::table_csv::{Line, TableError, find, need, open};
use crate::analysis::{ExperimentScores, Overlap, Score, VariantScores, mean};
use crate::lab::Resampling;

/// Why scores cannot be read.
#[derive(Debug, Error)]
pub enum ScoresError {
    #[error(transparent)]
    Table(#[from] TableError),
    #[error(
        "{path}, line {line}: experiment \"{experiment}\" has variant \"{variant}\", seed {seed}, fold {fold} already; \
         each may stand there once"
    )]
    Twice { path: PathBuf, line: u64, experiment: String, variant: String, seed: u64, fold: u32 },
    #[error("{path} holds no score of {metric}")]
    Empty { path: PathBuf, metric: String },
    #[error(
        "experiment \"{experiment}\" needs columns n_train and n_test to be compared by resampling {resampling}: the \
         correction for overlapping splits rests on their ratio"
    )]
    NoRows { experiment: String, resampling: &'static str },
}

/// What was read.
pub(super) struct Scores {
    pub metric: String,
    pub experiments: Vec<ExperimentScores>,
    pub warnings: Vec<String>,
}

/// A row of a file.
struct Row {
    variant: String,
    score: Score,
    train: Option<f64>,
    size: Option<f64>,
    /// n_train and n_test.
    rows: Option<(f64, f64)>,
}

/// Reads files by `metric`, or the metric that a file has; `resampling` says how trials relate to each other where the user
/// knows.
pub(super) fn read(
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
    let experiments = (experiments.into_iter())
        .map(|(name, rows)| experiment(name, &rows, resampling, &mut warnings))
        .collect::<Result<Vec<_>, _>>()?;
    Ok(Scores { metric, experiments, warnings })
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
        let failed = |error| TableError::Read { path: path.to_owned(), error };
        let (titles, table) = open(path)?;
        let decimal_comma = table.decimal_comma;
        let columns = Columns::of(path, &titles, self.metric.as_deref())?;
        let metric = titles[columns.metric].to_owned();
        let (mut read, mut left_out) = (0, 0);
        for record in table.into_records() {
            let record = record.map_err(failed)?;
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
            self.warnings.push(format!("{}: {left_out} rows have no {metric} and are left out", path.display()));
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

/// Where what stands.
struct Columns {
    experiment: usize,
    variant: usize,
    seed: usize,
    metric: usize,
    fold: Option<usize>,
    status: Option<usize>,
    train: Option<usize>,
    size: Option<usize>,
    rows: Option<(usize, usize)>,
    swept: Vec<usize>,
}

impl Columns {
    fn of(path: &Path, titles: &StringRecord, metric: Option<&str>) -> Result<Self, TableError> {
        let find = |name: &str| find(titles, name);
        let need = |name: &str| need(path, titles, name);
        let usual = || ["test_accuracy", "test_r2"].into_iter().find_map(find);
        let metric = match metric {
            Some(name) => find(name).or_else(|| find(&format!("test_{name}"))).map_or_else(|| need(name), Ok)?,
            None => usual().map_or_else(|| need("test_accuracy"), Ok)?,
        };
        let train = titles[metric].strip_prefix("test_").and_then(|name| find(&format!("train_{name}")));
        Ok(Self {
            experiment: need("experiment")?,
            variant: need("variant")?,
            seed: need("seed")?,
            metric,
            fold: find("fold"),
            status: find("status"),
            train,
            size: find("nonzero_parameters").or_else(|| find("parameters")),
            rows: find("n_train").zip(find("n_test")),
            swept: titles.iter().enumerate().filter(|(_, title)| title.contains('.')).map(|(at, _)| at).collect(),
        })
    }

    /// Experiment and row of a line; `None` where it has no score.
    fn row(&self, line: &Line) -> Result<Option<(String, Row)>, TableError> {
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

/// The scores of an experiment from its rows.
fn experiment(
    name: String,
    rows: &[Row],
    resampling: Option<Resampling>,
    warnings: &mut Vec<String>,
) -> Result<ExperimentScores, ScoresError> {
    let mut variants: Vec<VariantScores> = Vec::new();
    let mut places = BTreeMap::new();
    let mut sizes: Vec<Vec<f64>> = Vec::new();
    for row in rows {
        let place = *places.entry(row.variant.as_str()).or_insert_with(|| {
            let variant = row.variant.clone();
            variants.push(VariantScores { name: variant, test: Vec::new(), train: Vec::new(), size: None });
            sizes.push(Vec::new());
            variants.len() - 1
        });
        variants[place].test.push(row.score);
        variants[place].train.extend(row.train.map(|value| Score { value, ..row.score }));
        sizes[place].extend(row.size);
    }
    variants.iter_mut().zip(&sizes).for_each(|(variant, sizes)| variant.size = mean(sizes));
    let folds = rows.iter().map(|row| row.score.fold).collect::<BTreeSet<_>>().len();
    let counts: Option<Vec<(f64, f64)>> = rows.iter().map(|row| row.rows).collect();
    let ratio = counts.map(|counts| {
        counts.iter().map(|(_, test)| test).sum::<f64>() / counts.iter().map(|(train, _)| train).sum::<f64>()
    });
    let resampling = resampling.unwrap_or(match (folds, ratio) {
        (2.., _) => Resampling::Kfold,
        (_, Some(_)) => Resampling::Holdout,
        (_, None) => Resampling::Fixed,
    });
    let overlap = match (resampling, ratio) {
        (Resampling::Fixed, _) => Overlap::None,
        (Resampling::Holdout, Some(test_per_train)) => Overlap::Resampled { test_per_train },
        (Resampling::Kfold, Some(test_per_train)) => Overlap::Folds { test_per_train },
        (Resampling::Kfold, None) if folds >= 2 => {
            warnings.push(format!(
                "experiment \"{name}\" has no columns n_train and n_test: taken for one round of {folds} folds"
            ));
            Overlap::Folds { test_per_train: 1.0 / (folds - 1) as f64 }
        }
        (Resampling::Kfold, None) => return Err(ScoresError::NoRows { experiment: name, resampling: "kfold" }),
        (Resampling::Holdout, None) => return Err(ScoresError::NoRows { experiment: name, resampling: "holdout" }),
    };
    Ok(ExperimentScores { name, resampling, overlap, variants })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_text(text: &str, metric: Option<&str>, resampling: Option<Resampling>) -> Result<Scores, String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("scores.csv");
        std::fs::write(&path, text).unwrap();
        read(&[path], metric, resampling)
            .map_err(|error| error.to_string().replace(&folder.path().display().to_string(), ""))
    }

    fn message(text: &str) -> String {
        read_text(text, None, None).err().expect("an error")
    }

    #[test]
    fn rows_become_experiments_variants_and_scores() {
        let text = "\u{feff}experiment,variant,seed,fold,n_train,n_test,train_accuracy,test_accuracy,nonzero_parameters\n\
                    a,'=x,0,0,90,10,1.0,0.5,10\na,'=x,0,1,80,20,1.0,0.75,20\na,y,0,0,90,10,,0.25,5\nb,y,3,0,50,50,0.5,nan,5\n\
                    b,y,4,0,50,50,0.5,0.5,5\n";
        let scores = read_text(text, None, None).unwrap();
        assert_eq!((scores.metric.as_str(), scores.experiments.len()), ("test_accuracy", 2));
        let [a, b] = &scores.experiments[..] else { panic!("two experiments") };
        assert_eq!((a.resampling, b.resampling), (Resampling::Kfold, Resampling::Holdout));
        assert_eq!(a.overlap, Overlap::Folds { test_per_train: 40.0 / 260.0 });
        let x = a.variant("=x").unwrap();
        assert_eq!(x.test[1], Score { seed: 0, fold: 1, value: 0.75 });
        assert_eq!((x.train.len(), x.size, a.variant("y").unwrap().train.len()), (2, Some(15.0), 0));
        assert_eq!(b.variants[0].test, [Score { seed: 4, fold: 0, value: 0.5 }]);
        assert!(scores.warnings[0].ends_with("scores.csv: 1 rows have no test_accuracy and are left out"));
    }

    #[test]
    fn points_are_variants_and_trials_without_a_network_are_left_out() {
        let text = "experiment,variant,remedies.l2.lambda,seed,fold,status,test_accuracy\n\
                    a,l2,0.1,0,0,ok,0.5\na,l2,0.2,0,0,stopped_early,0.6\na,l2,0.2,1,0,diverged,0.7\na,none,,0,0,ok,0.4\n";
        let scores = read_text(text, Some("accuracy"), None).unwrap();
        let names: Vec<&str> = scores.experiments[0].variants.iter().map(|variant| variant.name.as_str()).collect();
        assert_eq!(names, ["l2 remedies.l2.lambda=0.1", "l2 remedies.l2.lambda=0.2", "none"]);
        assert_eq!(scores.experiments[0].variants[1].test.len(), 1);
        assert_eq!(scores.experiments[0].resampling, Resampling::Fixed);
    }

    #[test]
    fn folds_without_their_rows_are_one_round() {
        let text = "experiment,variant,seed,fold,test_accuracy\na,x,0,0,0.5\na,x,0,1,0.5\na,x,0,2,0.5\n";
        let scores = read_text(text, None, None).unwrap();
        assert_eq!(scores.experiments[0].overlap, Overlap::Folds { test_per_train: 0.5 });
        assert!(scores.warnings[0].contains("taken for one round of 3 folds"));
        let error = read_text(text, None, Some(Resampling::Holdout)).err().unwrap();
        assert!(error.contains("needs columns n_train and n_test to be compared by resampling holdout"), "{error}");
    }

    #[test]
    fn what_is_wrong_is_named_with_its_place() {
        assert_eq!(
            message("experiment,seed,test_accuracy\na,0,1\n"),
            "/scores.csv must have a column \"variant\", found experiment, seed, test_accuracy"
        );
        assert_eq!(
            message("experiment,variant,seed,test_accuracy\na,x,0,0.5\na,x,one,0.5\n"),
            "/scores.csv, line 3, column seed: expected a whole number from 0, found \"one\""
        );
        assert_eq!(
            message("experiment,variant,seed,test_accuracy\na,x,0,good\n"),
            "/scores.csv, line 2, column test_accuracy: expected a number, found \"good\""
        );
        assert_eq!(
            message("experiment,variant,seed,test_accuracy\na,x,0,0.5\na,x,0,0.6\n"),
            "/scores.csv, line 3: experiment \"a\" has variant \"x\", seed 0, fold 0 already; each may stand there once"
        );
        assert_eq!(
            message("experiment,variant,seed,test_accuracy\na,x,0,\n"),
            "/scores.csv holds no score of test_accuracy"
        );
        assert!(message("experiment,variant,seed,f1\na,x,0,1\n").contains("must have a column \"test_accuracy\""));
    }
}

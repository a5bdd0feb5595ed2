//! Curves that were recorded here or elsewhere: `epoch, validation_loss`, a test metric, `train_loss` for the criteria that look
//! at it, and what tells one trial from another (`experiment`, `variant`, swept keys, `seed`, `fold`), as far as it is there.
//!
//! In: CSV files. Out: [`RecordedCurve`]s in the order in which their trials come first. Epoch 0 is the untrained network, and
//! is left out, as in training.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use csv::StringRecord;
use thiserror::Error;

use super::lines::{Line, TableError, find, need, open};
use crate::analysis::RecordedCurve;

/// Why curves cannot be read.
#[derive(Debug, Error)]
#[expect(missing_docs, reason = "the messages name every field")]
pub enum CurvesError {
    #[error(transparent)]
    Table(#[from] TableError),
    #[error(
        "{path}, line {line}, column epoch: expected an epoch above {above}, the one before it of this trial, found {found}"
    )]
    Order { path: PathBuf, line: u64, above: usize, found: usize },
    #[error("{path}, line {line}: this trial stands in {other} already; each may stand in one file")]
    Twice { path: PathBuf, line: u64, other: PathBuf },
    #[error("{path} holds no epoch from 1 on")]
    Empty { path: PathBuf },
    #[error(
        "{path}, column {column} is empty: stopping criteria need it from epoch 1 on{}",
        if *column == VALIDATION { " (split.validation must be above 0 when curves are recorded)" } else { "" }
    )]
    NoErrors { path: PathBuf, column: &'static str },
}

const VALIDATION: &str = "validation_loss";
const TRAINING: &str = "train_loss";

/// What was read.
#[derive(Debug)]
pub struct Curves {
    /// The title of the column of the test metric.
    pub metric: String,
    /// Those of all trials.
    pub curves: Vec<RecordedCurve>,
}

/// Reads files with `metric`, or the metric that a file has; `training` says whether training errors are needed.
///
/// # Errors
/// Where a file cannot be read, or a cell does not hold what it has to.
pub fn read_curves(paths: &[PathBuf], metric: Option<&str>, training: bool) -> Result<Curves, CurvesError> {
    let mut table = Table { metric: metric.map(str::to_owned), training, ..Table::default() };
    for path in paths {
        table.read(path)?;
    }
    Ok(Curves { metric: table.metric.unwrap_or_default(), curves: table.curves })
}

/// What was read so far.
#[derive(Default)]
struct Table {
    metric: Option<String>,
    training: bool,
    curves: Vec<RecordedCurve>,
    /// The last epoch of each curve, epoch 0 too.
    last: Vec<usize>,
    places: BTreeMap<Vec<(String, String)>, usize>,
    /// Each file, and where its curves begin.
    files: Vec<(PathBuf, usize)>,
}

impl Table {
    fn read(&mut self, path: &Path) -> Result<(), CurvesError> {
        let (titles, table) = open(path)?;
        let decimal_comma = table.decimal_comma;
        let columns = Columns::of(path, &titles, self.metric.as_deref(), self.training)?;
        let begin = self.curves.len();
        self.files.push((path.to_owned(), begin));
        for record in table.into_records() {
            let record = record.map_err(|error| TableError::Read { path: path.to_owned(), error })?;
            self.push(&columns, &Line { path, titles: &titles, record: &record, decimal_comma })?;
        }
        self.metric = Some(titles[columns.metric].trim_start_matches('\u{feff}').to_owned());
        let read = &self.curves[begin..];
        if read.iter().all(|curve| curve.epochs.is_empty()) {
            return Err(CurvesError::Empty { path: path.to_owned() });
        }
        let empty = |figures: fn(&RecordedCurve) -> &[f64]| read.iter().flat_map(figures).all(|value| value.is_nan());
        if empty(|curve| &curve.validation) {
            return Err(CurvesError::NoErrors { path: path.to_owned(), column: VALIDATION });
        }
        if self.training && empty(|curve| &curve.training) {
            return Err(CurvesError::NoErrors { path: path.to_owned(), column: TRAINING });
        }
        Ok(())
    }

    fn push(&mut self, columns: &Columns, line: &Line) -> Result<(), CurvesError> {
        let epoch: usize = line.whole(columns.epoch)?;
        let place = self.place(columns.keys_of(line), line, epoch)?;
        if epoch == 0 {
            return Ok(());
        }
        let number = |column: Option<usize>| column.map_or(Ok(None), |column| line.number_in(column));
        let curve = &mut self.curves[place];
        curve.epochs.push(epoch);
        curve.training.push(number(columns.training)?.unwrap_or(f64::NAN));
        curve.validation.push(line.number_in(columns.validation)?.unwrap_or(f64::NAN));
        curve.test.push(line.number_in(columns.metric)?);
        Ok(())
    }

    /// The curve that an epoch belongs to, which may be a new one.
    fn place(&mut self, keys: Vec<(String, String)>, line: &Line, epoch: usize) -> Result<usize, CurvesError> {
        let (path, number) = (|| line.path.to_owned(), line.number());
        let Some(&place) = self.places.get(&keys) else {
            self.places.insert(keys.clone(), self.curves.len());
            self.curves.push(RecordedCurve { keys, ..RecordedCurve::default() });
            self.last.push(epoch);
            return Ok(self.curves.len() - 1);
        };
        let file = self.files.partition_point(|(_, begin)| *begin <= place) - 1;
        if file + 1 != self.files.len() {
            return Err(CurvesError::Twice { path: path(), line: number, other: self.files[file].0.clone() });
        }
        let above = std::mem::replace(&mut self.last[place], epoch);
        if epoch <= above {
            return Err(CurvesError::Order { path: path(), line: number, above, found: epoch });
        }
        Ok(place)
    }
}

/// Where what stands.
struct Columns {
    epoch: usize,
    training: Option<usize>,
    validation: usize,
    metric: usize,
    /// What tells trials apart, by name.
    keys: Vec<(String, usize)>,
}

impl Columns {
    fn of(path: &Path, titles: &StringRecord, metric: Option<&str>, training: bool) -> Result<Self, TableError> {
        let need = |name: &str| need(path, titles, name);
        let usual = || ["test_accuracy", "test_r2", "test_loss"].into_iter().find_map(|name| find(titles, name));
        let metric = match metric {
            Some(name) => {
                find(titles, name).or_else(|| find(titles, &format!("test_{name}"))).map_or_else(|| need(name), Ok)?
            }
            None => usual().map_or_else(|| need("test_accuracy"), Ok)?,
        };
        let names = titles.iter().map(|title| title.trim_start_matches('\u{feff}')).enumerate();
        let is_key = |name: &str| name.contains('.') || ["experiment", "variant", "seed", "fold"].contains(&name);
        let keys = names.filter(|&(at, name)| is_key(name) && at != metric).map(|(at, name)| (name.to_owned(), at));
        Ok(Self {
            epoch: need("epoch")?,
            training: if training { Some(need(TRAINING)?) } else { None },
            validation: need(VALIDATION)?,
            metric,
            keys: keys.collect(),
        })
    }

    fn keys_of(&self, line: &Line) -> Vec<(String, String)> {
        self.keys.iter().map(|(name, at)| (name.clone(), line.key(*at).into_owned())).collect()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::lab::{example_record, example_results};
    use crate::report::{CsvDialect, write_curves};

    fn read_texts(texts: &[&str], metric: Option<&str>, training: bool) -> Result<Curves, String> {
        let folder = tempfile::tempdir().unwrap();
        let path = |(at, text): (usize, &&str)| {
            let path = folder.path().join(format!("{at}.csv"));
            std::fs::write(&path, text).unwrap();
            path
        };
        let paths: Vec<PathBuf> = texts.iter().enumerate().map(path).collect();
        read_curves(&paths, metric, training)
            .map_err(|error| error.to_string().replace(&format!("{}/", folder.path().display()), ""))
    }

    fn message(text: &str) -> String {
        read_texts(&[text], None, true).unwrap_err()
    }

    #[test]
    fn rows_become_the_curves_of_trials_without_epoch_0() {
        let text = "\u{feff}experiment,variant,a.b,seed,fold,epoch,train_loss,validation_loss,test_accuracy,test_loss\n\
                    e,'=x,0.1,0,0,0,9,9,0,9\ne,'=x,0.1,0,0,1,0.5,0.75,0.5,1\ne,'=x,0.1,1,0,1,0.5,,0.5,1\n\
                    e,'=x,0.1,0,0,2,0.25,0.5,,1\n";
        let read = read_texts(&[text], None, true).unwrap();
        assert_eq!((read.metric.as_str(), read.curves.len()), ("test_accuracy", 2));
        let [first, second] = &read.curves[..] else { panic!("two trials") };
        let keys = [("experiment", "e"), ("variant", "=x"), ("a.b", "0.1"), ("seed", "0"), ("fold", "0")];
        assert_eq!(first.keys, keys.map(|(name, value)| (name.to_owned(), value.to_owned())));
        assert_eq!((&first.epochs[..], &first.training[..]), (&[1, 2][..], &[0.5, 0.25][..]));
        assert_eq!((&first.validation[..], &first.test[..]), (&[0.75, 0.5][..], &[Some(0.5), None][..]));
        assert!(second.validation[0].is_nan());
        assert_eq!(read_texts(&[text], Some("loss"), false).unwrap().metric, "test_loss");
    }

    #[test]
    fn a_curve_needs_epochs_and_validation_errors_and_a_test_metric_alone() {
        let read = read_texts(&["epoch,validation_loss,test_loss\n1,0.5,0.25\n"], None, false).unwrap();
        assert_eq!((read.metric.as_str(), &read.curves[0].test[..]), ("test_loss", &[Some(0.25)][..]));
        assert!(read.curves[0].keys.is_empty() && read.curves[0].training[0].is_nan());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn curves_come_back_from_both_dialects_whatever_variants_are_called_and_swept(
            name in "['=+@-][=+;,.\"\\r\\n\\t a-c0-9-]{0,6}[a-c]",
            swept in proptest::num::f64::NORMAL,
            loss in 0.0..1e9_f64,
        ) {
            let make = |_, _| {
                let mut record = example_record("");
                record.curve.validation[0][1] = loss;
                Some(record)
            };
            let (_folder, mut results) = example_results(make);
            results.variants[1] = name.clone();
            results.cells[1].swept = vec![Some(format!("{swept:?}"))];
            for dialect in [CsvDialect::Standard, CsvDialect::ExcelSemicolon] {
                let mut bytes = Vec::new();
                write_curves(&results, dialect, &mut bytes).unwrap();
                let read = read_texts(&[std::str::from_utf8(&bytes).unwrap()], None, true).unwrap();
                let curve = &read.curves[2];
                let value = |key: &str| curve.keys.iter().find(|(name, _)| name == key).map(|(_, value)| value.clone());
                prop_assert_eq!(value("variant"), Some(name.clone()));
                prop_assert_eq!(value("remedies.dropout.hidden"), Some(format!("{swept:?}")));
                prop_assert_eq!(&curve.validation, &[loss]);
            }
        }
    }

    #[test]
    fn what_is_wrong_is_named_with_its_place() {
        let titles = "variant,seed,epoch,train_loss,validation_loss,test_accuracy\n";
        let of = |rows: &str| message(&format!("{titles}{rows}"));
        assert_eq!(
            message("epoch,train_loss,test_accuracy\n1,1,1\n"),
            "0.csv must have a column \"validation_loss\", found epoch, train_loss, test_accuracy"
        );
        assert!(message("epoch,validation_loss,test_loss\n1,1,1\n").contains("must have a column \"train_loss\""));
        assert_eq!(of("v,0,1,1,low,1\n"), "0.csv, line 2, column validation_loss: expected a number, found \"low\"");
        assert_eq!(
            of("v,0,1,1,1,1\nv,0,1,1,1,1\n"),
            "0.csv, line 3, column epoch: expected an epoch above 1, the one before it of this trial, found 1"
        );
        assert_eq!(of("v,0,0,1,1,1\n"), "0.csv holds no epoch from 1 on");
        assert_eq!(
            of("v,0,0,1,1,1\nv,0,1,1,,1\n"),
            "0.csv, column validation_loss is empty: stopping criteria need it from epoch 1 on (split.validation must be \
             above 0 when curves are recorded)"
        );
        assert_eq!(of("v,0,1,,1,1\n"), "0.csv, column train_loss is empty: stopping criteria need it from epoch 1 on");
        let whole = format!("{titles}v,0,1,1,1,1\n");
        assert_eq!(
            read_texts(&[&whole, &whole], None, false).unwrap_err(),
            "1.csv, line 2: this trial stands in 0.csv already; each may stand in one file"
        );
    }
}

//! Means beside the comparison: what was measured at the user's request, and how long trials trained where some stopped early.
//!
//! In: [`Results`]. Out: one [`MeasuredTable`] for all that is a single number, and one for each measure that was taken at
//! two or more places. What is always measured is left to `measures.csv`.

use std::collections::HashMap;

use crate::lab::{Measurement, Record, Results, Status, StoreError};
use crate::train::measures::REGISTRY;

/// Places of a measure up to which it makes a table; a fitted curve has more.
const MOST_PLACES: usize = 16;

/// The time of an epoch: shown beside the time of a prediction.
const EPOCH_SECONDS: &str = "epoch_seconds";
const INFERENCE_SECONDS: &str = "inference_seconds";

/// The epochs that were trained: shown of variants that stopped early.
const EPOCHS: &str = "epochs";

/// Means of measures.
#[derive(Debug, Clone, PartialEq)]
pub struct MeasuredTable {
    /// What the columns are.
    pub columns: Columns,
    /// A row for each cell that was measured: its place among the cells of the plan, and the mean of each column, where there
    /// is one.
    pub rows: Vec<(usize, Vec<Option<f64>>)>,
}

/// The columns of a table.
#[derive(Debug, Clone, PartialEq)]
pub enum Columns {
    /// A measure each, and where it was taken, if at a place.
    Measures(Vec<(String, Option<f64>)>),
    /// One measure, at several places.
    Places {
        /// Its name.
        measure: String,
        /// Shares, numbers of votes.
        at: Vec<f64>,
    },
}

/// The tables of all that was asked for; none where nothing was.
///
/// # Errors
/// If a record cannot be read.
pub fn measured(results: &Results) -> Result<Vec<MeasuredTable>, StoreError> {
    let mut means = Means {
        cells: vec![HashMap::new(); results.cells.len()],
        names: Vec::new(),
        may_stop: vec![false; results.cells.len()],
    };
    for found in results.records() {
        let (trial, record) = found?;
        means.add(trial.cell, &record);
    }
    means.keep_epochs_where_trials_stop();
    Ok(means.tables())
}

/// A number's column: its measure's place among the names, and where it was measured, as bits.
type Key = (usize, Option<u64>);

/// Sums of what was asked for, by cell.
struct Means {
    cells: Vec<HashMap<Key, (f64, usize)>>,
    /// The measures in the order in which they were found.
    names: Vec<String>,
    /// Whether a trial of the cell stopped early.
    may_stop: Vec<bool>,
}

impl Means {
    fn add(&mut self, cell: usize, record: &Record) {
        let asked = |found: &&Measurement| {
            let entry = REGISTRY.iter().find(|entry| entry.names.contains(&found.measure.as_str()));
            entry.is_some_and(|entry| entry.key.is_some()) && found.layer.is_none()
        };
        self.may_stop[cell] |= record.status == Status::StoppedEarly;
        if let Some(&epochs) = record.curve.epoch.last().filter(|_| record.status.has_figures()) {
            self.add_one(cell, EPOCHS, None, f64::from(epochs));
        }
        for found in record.measures.iter().chain(&record.times).filter(asked) {
            self.add_one(cell, &found.measure, found.at, found.value);
        }
        // What remains after the last change of structure is what the prediction is made with.
        let is_timed = record.times.iter().any(|found| found.measure == INFERENCE_SECONDS);
        if let Some(last) = record.times.iter().rfind(|found| found.measure == EPOCH_SECONDS && is_timed) {
            self.add_one(cell, EPOCH_SECONDS, None, last.value);
        }
    }

    fn add_one(&mut self, cell: usize, measure: &str, at: Option<f64>, value: f64) {
        if !value.is_finite() {
            return;
        }
        let name = self.names.iter().position(|name| name == measure).unwrap_or_else(|| {
            self.names.push(measure.to_owned());
            self.names.len() - 1
        });
        let sum = self.cells[cell].entry((name, at.map(f64::to_bits))).or_default();
        *sum = (sum.0 + value, sum.1 + 1);
    }

    /// Elsewhere they are what the config says.
    fn keep_epochs_where_trials_stop(&mut self) {
        let Some(epochs) = self.names.iter().position(|name| name == EPOCHS) else { return };
        for (sums, _) in self.cells.iter_mut().zip(&self.may_stop).filter(|(_, may_stop)| !**may_stop) {
            sums.remove(&(epochs, None));
        }
    }

    fn tables(&self) -> Vec<MeasuredTable> {
        let (mut single, mut tables) = (Vec::new(), Vec::new());
        for (name, measure) in self.names.iter().enumerate() {
            let keys = self.keys(name);
            match keys.len() {
                1 => single.extend(keys),
                2..=MOST_PLACES => {
                    let at = keys.iter().filter_map(place).collect();
                    tables.push(self.table(Columns::Places { measure: measure.clone(), at }, &keys));
                }
                _ => {}
            }
        }
        if !single.is_empty() {
            let names = single.iter().map(|key| (self.names[key.0].clone(), place(key))).collect();
            tables.insert(0, self.table(Columns::Measures(names), &single));
        }
        tables
    }

    /// Where a measure was taken, ascending.
    fn keys(&self, name: usize) -> Vec<Key> {
        let mut keys: Vec<Key> =
            self.cells.iter().flat_map(HashMap::keys).filter(|key| key.0 == name).copied().collect();
        keys.sort_by(|a, b| place(a).unwrap_or_default().total_cmp(&place(b).unwrap_or_default()));
        keys.dedup();
        keys
    }

    fn table(&self, columns: Columns, keys: &[Key]) -> MeasuredTable {
        let mean = |sums: &HashMap<Key, (f64, usize)>, key| sums.get(key).map(|&(sum, n)| sum / n as f64);
        let rows = self.cells.iter().enumerate().map(|(cell, sums)| {
            let values: Vec<Option<f64>> = keys.iter().map(|key| mean(sums, key)).collect();
            (cell, values)
        });
        MeasuredTable { columns, rows: rows.filter(|(_, values)| values.iter().any(Option::is_some)).collect() }
    }
}

fn place(key: &Key) -> Option<f64> {
    key.1.map(f64::from_bits)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lab::{example_record, example_results};

    fn of(measure: &str, layer: Option<u32>, at: Option<f64>, value: f64) -> Measurement {
        Measurement { measure: measure.to_owned(), layer, at, value }
    }

    #[test]
    fn means_of_what_was_asked_for_stand_by_measure_and_place() {
        let (_folder, results) = example_results(|cell, seed| {
            let vote = |at, value| of("vote_accuracy", None, Some(at), value);
            let mut measures =
                vec![of("sparsity", Some(1), None, 0.5), of("sensitivity", None, None, 1.0 + seed as f64)];
            measures.extend([of("flips", None, Some(0.5), 0.25), vote(2.0, f64::NAN)]);
            if cell == 1 {
                measures.extend([vote(10.0, 0.5 + 0.25 * seed as f64), vote(5.0, 0.5)]);
            }
            Some(Record { measures, ..example_record("") })
        });
        let tables = measured(&results).unwrap();
        let single = MeasuredTable {
            columns: Columns::Measures(vec![("sensitivity".to_owned(), None), ("flips".to_owned(), Some(0.5))]),
            rows: vec![(0, vec![Some(1.5), Some(0.25)]), (1, vec![Some(1.5), Some(0.25)])],
        };
        let votes = MeasuredTable {
            columns: Columns::Places { measure: "vote_accuracy".to_owned(), at: vec![5.0, 10.0] },
            rows: vec![(1, vec![Some(0.5), Some(0.625)])],
        };
        assert_eq!(tables, [single, votes]);
    }

    #[test]
    fn epochs_are_shown_where_a_trial_stopped_early() {
        let (_folder, results) = example_results(|cell, seed| {
            let status = if (cell, seed) == (1, 0) { Status::StoppedEarly } else { Status::Ok };
            Some(Record { status, ..example_record("") })
        });
        let columns = Columns::Measures(vec![("epochs".to_owned(), None)]);
        let rows = vec![(1, vec![Some(1.0)])];
        assert_eq!(measured(&results).unwrap(), [MeasuredTable { columns, rows }]);
    }

    #[test]
    fn a_curve_of_many_points_makes_no_table() {
        let (_folder, results) = example_results(|_, _| {
            let points = (0..200).map(|x| of("prediction", None, Some(f64::from(x)), 1.0));
            Some(Record { measures: points.collect(), ..example_record("") })
        });
        assert_eq!(measured(&results).unwrap(), []);
    }

    #[test]
    fn beside_the_time_of_a_prediction_stands_that_of_the_last_epochs() {
        let (_folder, results) = example_results(|cell, _| {
            let mut times = vec![of(EPOCH_SECONDS, None, Some(1.0), 4.0), of(EPOCH_SECONDS, None, Some(6.0), 1.0)];
            times.extend((cell == 0).then(|| of(INFERENCE_SECONDS, None, None, 0.5)));
            Some(Record { times, ..example_record("") })
        });
        let names = [INFERENCE_SECONDS, EPOCH_SECONDS].map(|name| (name.to_owned(), None)).to_vec();
        let wanted = MeasuredTable { columns: Columns::Measures(names), rows: vec![(0, vec![Some(0.5), Some(1.0)])] };
        assert_eq!(measured(&results).unwrap(), [wanted]);
    }
}

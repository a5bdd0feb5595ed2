//! `curves.csv`: one row per trial and epoch.
//!
//! In: the stored records in the order of the plan, so that the bytes depend on nothing but the figures. Out: the keys,
//! `seed, fold, epoch`, the figures of the epoch, `learning_rate, penalty, sparsity, parameters`.

use std::io::Write;

use super::cells::Cell;
use super::csv_table::CsvTable;
use super::dialect::CsvDialect;
use super::file::FillError;
use super::keys;
use crate::analysis::{Figures, measure_names};
use crate::lab::{PlannedTrial, Record, Results};

/// Writes the curves of all stored trials; says how many rows they have.
///
/// # Errors
/// If a record cannot be read, or `out` not be written.
pub fn write_curves(results: &Results, dialect: CsvDialect, out: impl Write) -> Result<u64, FillError> {
    let mut out = CsvTable::new(out, dialect)?;
    out.titles(titles(results))?;
    let mut rows = 0;
    for found in results.records() {
        let (trial, record) = found?;
        let keys = keys_of(results, trial);
        for row in 0..record.curve.epoch.len() {
            keys.iter().try_for_each(|cell| out.cell(cell))?;
            out.row(figures(results, &record, row))?;
        }
        rows += record.curve.epoch.len() as u64;
    }
    out.finish()?;
    Ok(rows)
}

/// The titles of the columns.
pub(super) fn titles(results: &Results) -> Vec<String> {
    let own = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect::<Vec<_>>();
    let after = own(&["learning_rate", "penalty", "sparsity", "parameters"]);
    [keys::names(results), own(&["seed", "fold", "epoch"]), measure_names(&results.metrics), after].concat()
}

/// The cells that all rows of a trial begin with.
pub(super) fn keys_of<'a>(results: &'a Results, trial: &PlannedTrial) -> Vec<Cell<'a>> {
    let mut keys = keys::values(results, trial.cell);
    keys.extend([trial.seed.into(), trial.fold.into()]);
    keys
}

/// The other cells of a row of a trial: epoch and figures.
pub(super) fn figures<'a>(results: &Results, record: &Record, row: usize) -> impl Iterator<Item = Cell<'a>> {
    let curve = &record.curve;
    let figures = Figures::of_row(record, &results.metrics, row).values;
    let own = [curve.learning_rate[row], curve.penalty[row], curve.sparsity[row]].map(Cell::from);
    let (epoch, parameters) = (Cell::from(curve.epoch[row]), Cell::from(curve.parameters[row]));
    [epoch].into_iter().chain(figures.into_iter().map(Cell::from)).chain(own).chain([parameters])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::Task;
    use crate::lab::{METRICS_REGRESSION, example_record, example_results};

    fn written(results: &Results) -> String {
        let mut bytes = Vec::new();
        write_curves(results, CsvDialect::Standard, &mut bytes).unwrap();
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn has_a_row_per_epoch_in_the_order_of_the_plan() {
        let (_folder, mut results) = example_results(|cell, seed| {
            (seed == 1).then(|| {
                let mut record = example_record("");
                record.curve.test[1][1] = [0.75, 0.5][cell];
                record.curve.train[0][0] = f64::INFINITY;
                record
            })
        });
        results.variants[1] = "dropout, \"half\"".to_owned();
        assert_eq!(
            written(&results),
            "\
experiment,variant,remedies.dropout.hidden,seed,fold,epoch,train_loss,validation_loss,test_loss,train_accuracy,\
validation_accuracy,test_accuracy,gap,loss_gap,learning_rate,penalty,sparsity,parameters
toy,none,,1,0,0,,0.7,0.7,0.5,0.5,0.5,0.0,,0.001,0.0,0.0,10
toy,none,,1,0,1,0.1,0.3,0.4,1.0,0.75,0.75,0.25,0.30000000000000004,0.001,0.0,0.0,10
toy,\"dropout, \"\"half\"\"\",0.5,1,0,0,,0.7,0.7,0.5,0.5,0.5,0.0,,0.001,0.0,0.0,10
toy,\"dropout, \"\"half\"\"\",0.5,1,0,1,0.1,0.3,0.4,1.0,0.75,0.5,0.5,0.30000000000000004,0.001,0.0,0.0,10
"
        );
    }

    #[test]
    fn regression_has_r2_and_rmse_in_place_of_accuracy() {
        let (_folder, mut results) = example_results(|_, _| Some(regression()));
        results.trials.truncate(1);
        results.axes.clear();
        results.cells.iter_mut().for_each(|cell| cell.swept.clear());
        results.metrics = METRICS_REGRESSION.map(str::to_owned).to_vec();
        let text = written(&results);
        let lines: Vec<&str> = text.lines().collect();
        assert!(
            lines[0].contains("test_loss,train_r2,validation_r2,test_r2,train_rmse,validation_rmse,test_rmse,gap,")
        );
        assert_eq!(lines[2], "toy,none,0,0,1,0.1,,0.4,1.0,,0.75,3.0,,5.0,0.25,0.30000000000000004,0.001,0.0,0.0,10");
    }

    fn regression() -> Record {
        let mut record = example_record("");
        record.task = Task::Regression;
        record.metrics = METRICS_REGRESSION.map(str::to_owned).to_vec();
        record.curve.train.push(vec![4.0, 3.0]);
        record.curve.test[1][1] = 0.75;
        record.curve.test.push(vec![6.0, 5.0]);
        record.curve.validation.clear();
        record
    }
}

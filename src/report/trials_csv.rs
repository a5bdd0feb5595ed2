//! `trials.csv`: one row per stored trial.
//!
//! In: the stored records in the order of the plan. Out: the keys, `seed, fold, status`, the epochs, the figures at the
//! chosen epoch and (`final_...`) at the last, sizes, time, rows. `n_train` is all rows outside the test part, which is what
//! a corrected test needs; `train_rows` those that trained. Behind all of these stand the metrics that are measured once, at the
//! chosen epoch; last, what its curve says.

use std::io::Write;

use super::cells::Cell;
use super::csv_table::CsvTable;
use super::dialect::CsvDialect;
use super::file::FillError;
use super::keys;
use crate::analysis::{Diagnosis, Figures, chosen_names, generalization_loss, measure_names};
use crate::lab::{PlannedTrial, Record, Results};

/// Writes a row for each stored trial; `diagnoses` are of the same trials in the same order.
///
/// # Errors
/// If a record cannot be read, or `out` not be written.
pub fn write_trials(
    results: &Results,
    diagnoses: &[Option<Diagnosis>],
    dialect: CsvDialect,
    out: impl Write,
) -> Result<(), FillError> {
    let mut out = CsvTable::new(out, dialect)?;
    out.titles(titles(results))?;
    for (place, found) in results.records().enumerate() {
        let (trial, record) = found?;
        out.row(row(results, trial, &record, diagnoses.get(place).copied().flatten()))?;
    }
    out.finish()
}

/// The titles of the columns.
pub(super) fn titles(results: &Results) -> Vec<String> {
    let measures = measure_names(&results.metrics);
    let finals = measures.iter().map(|name| format!("final_{name}"));
    keys::names(results)
        .into_iter()
        .chain(["seed", "fold", "status", "epochs", "chosen_epoch", "best_epoch", "onset_epoch"].map(str::to_owned))
        .chain(measures.iter().cloned())
        .chain(finals)
        .chain(["generalization_loss", "parameters", "nonzero_parameters", "seconds"].map(str::to_owned))
        .chain(["n_train", "n_validation", "n_test", "train_rows", "trial"].map(str::to_owned))
        .chain(chosen_names(results).into_iter().skip(measures.len()))
        .chain(std::iter::once("diagnosis".to_owned()))
        .collect()
}

/// The cells of a trial.
pub(super) fn row<'a>(
    results: &'a Results,
    trial: &'a PlannedTrial,
    record: &Record,
    diagnosis: Option<Diagnosis>,
) -> Vec<Cell<'a>> {
    let curve = &record.curve;
    let last = curve.epoch.last().copied();
    let finals = Figures::at(record, &results.metrics, last);
    let mut chosen = Figures::chosen(record, results).values;
    let further = chosen.split_off(finals.values.len());
    let parameters =
        record.chosen_epoch.or(last).and_then(|epoch| curve.row_of(epoch)).map(|row| curve.parameters[row]);
    let rows = &record.rows;
    let epochs = [last, record.chosen_epoch, record.best_epoch, record.onset_epoch];

    let mut cells = keys::values(results, trial.cell);
    cells.extend([trial.seed.into(), trial.fold.into(), record.status.name().into()]);
    cells.extend(epochs.map(Cell::from));
    cells.extend(chosen.into_iter().chain(finals.values).map(Cell::from));
    cells.extend([generalization_loss(record).into(), parameters.into(), record.nonzero_parameters.into()]);
    cells.push(record.seconds.into());
    cells.extend([rows.outside_test, rows.validation, rows.test, rows.train].map(Cell::from));
    cells.push(trial.id.as_str().into());
    cells.extend(further.into_iter().map(Cell::from));
    cells.push(diagnosis.map(Diagnosis::name).into());
    cells
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lab::{Curve, Status, example_record, example_results};

    #[test]
    fn has_a_row_per_stored_trial_and_one_for_a_failed_one() {
        let failed = Record {
            status: Status::Failed,
            curve: Curve::default(),
            chosen_epoch: None,
            best_epoch: None,
            onset_epoch: None,
            nonzero_parameters: 0,
            ..example_record("")
        };
        let (_folder, results) = example_results(|cell, seed| match (cell, seed) {
            (0, 0) => Some(Record { status: Status::StoppedEarly, chosen_epoch: Some(0), ..example_record("") }),
            (1, 1) => Some(failed.clone()),
            _ => None,
        });
        let mut bytes = Vec::new();
        write_trials(&results, &[Some(Diagnosis::StillImproving), None], CsvDialect::Standard, &mut bytes).unwrap();
        assert_eq!(
            String::from_utf8(bytes).unwrap(),
            "\
experiment,variant,remedies.dropout.hidden,seed,fold,status,epochs,chosen_epoch,best_epoch,onset_epoch,\
train_loss,validation_loss,test_loss,train_accuracy,validation_accuracy,test_accuracy,gap,loss_gap,\
final_train_loss,final_validation_loss,final_test_loss,final_train_accuracy,final_validation_accuracy,\
final_test_accuracy,final_gap,final_loss_gap,\
generalization_loss,parameters,nonzero_parameters,seconds,n_train,n_validation,n_test,train_rows,trial,diagnosis
toy,none,,0,0,stopped_early,1,0,1,1,0.7,0.7,0.7,0.5,0.5,0.5,0.0,0.0,\
0.1,0.3,0.4,1.0,0.75,0.8,0.19999999999999996,0.30000000000000004,0.0,10,10,0.25,80,20,20,60,00,still improving
toy,dropout,0.5,1,0,failed,,,,,,,,,,,,,,,,,,,,,,,0,0.25,80,20,20,60,11,
"
        );
    }
}

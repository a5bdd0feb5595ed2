//! `measures.csv`: what was measured on the final network of each trial, one number a row.
//!
//! In: the stored records in the order of the plan. Out: the keys, `seed, fold, measure, layer, at, value`. Times stand at the
//! end of each trial's rows: all others are the same bytes whenever the same trial is run. `layer` and `at` are empty where
//! they do not apply, `value` where the number is not defined.
//!
//! `train_confusion`, `validation_confusion` and `test_confusion` have the number of the true class as `layer`, that of the
//! predicted class as `at`, from 0 in the order of the classes, and the number of such rows as `value`: rows by `layer` and columns
//! by `at` make the matrix. Pairs that do not occur are left out.

use std::io::Write;

use super::cells::Cell;
use super::csv_table::CsvTable;
use super::dialect::CsvDialect;
use super::file::FillError;
use super::keys;
use crate::lab::{Measurement, Part, PlannedTrial, Record, Results};

/// Writes the measures of all stored trials.
///
/// # Errors
/// If a record cannot be read, or `out` not be written.
pub fn write_measures(results: &Results, dialect: CsvDialect, out: impl Write) -> Result<(), FillError> {
    let mut out = CsvTable::new(out, dialect)?;
    let own = ["seed", "fold", "measure", "layer", "at", "value"].map(str::to_owned);
    out.titles(keys::names(results).into_iter().chain(own))?;
    for found in results.records() {
        let (trial, record) = found?;
        write_trial(results, trial, &record, &mut out)?;
    }
    out.finish()
}

fn write_trial(
    results: &Results,
    trial: &PlannedTrial,
    record: &Record,
    out: &mut CsvTable<impl Write>,
) -> Result<(), FillError> {
    let mut of_trial = keys::values(results, trial.cell);
    of_trial.extend([trial.seed.into(), trial.fold.into()]);
    for found in confusion(record).iter().chain(&record.measures).chain(&record.times) {
        of_trial.iter().try_for_each(|cell| out.cell(cell))?;
        let Measurement { measure, layer, at, value } = found;
        out.row([measure.as_str().into(), (*layer).into(), Cell::from(*at), (*value).into()])?;
    }
    Ok(())
}

/// The confusion matrix of each part at the chosen epoch.
fn confusion(record: &Record) -> Vec<Measurement> {
    let parts =
        [(Part::Train, "train_confusion"), (Part::Validation, "validation_confusion"), (Part::Test, "test_confusion")];
    let of_part = |(part, measure): (Part, &str)| {
        let pairs = record.finals.as_ref().and_then(|finals| finals.part(part)).map(|part| part.confusion.as_slice());
        let row = |&[class, taken_for, rows]: &[u64; 3]| Measurement {
            measure: measure.to_owned(),
            layer: u32::try_from(class).ok(),
            at: Some(taken_for as f64),
            value: rows as f64,
        };
        pairs.unwrap_or_default().iter().map(row).collect::<Vec<_>>()
    };
    parts.into_iter().flat_map(of_part).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lab::{FinalPart, Finals, example_record, example_results};

    #[test]
    fn confusion_has_the_true_class_as_layer_and_the_predicted_one_as_place() {
        let part = |confusion: &[[u64; 3]]| FinalPart { values: Vec::new(), confusion: confusion.to_vec() };
        let (train, test) = (part(&[[0, 0, 6]]), Some(part(&[[0, 0, 2], [0, 2, 1]])));
        let finals = Finals { metrics: Vec::new(), train, validation: None, test };
        let (_folder, results) = example_results(|cell, seed| {
            ((cell, seed) == (0, 0)).then(|| Record { finals: Some(finals.clone()), ..example_record("") })
        });
        let mut bytes = Vec::new();
        write_measures(&results, CsvDialect::Standard, &mut bytes).unwrap();
        let text = String::from_utf8(bytes).unwrap();
        let rows: Vec<&str> = text.lines().skip(1).map(|line| line.strip_prefix("toy,none,,0,0,").unwrap()).collect();
        assert_eq!(rows, ["train_confusion,0,0.0,6.0", "test_confusion,0,0.0,2.0", "test_confusion,0,2.0,1.0"]);
    }

    #[test]
    fn has_a_row_per_number_with_times_last() {
        let of = |measure: &str, layer, at, value| Measurement { measure: measure.to_owned(), layer, at, value };
        let (_folder, results) = example_results(|cell, seed| {
            (seed == 1).then(|| Record {
                measures: vec![of("sparsity", Some(2), None, 0.5), of("vote_accuracy", None, Some(100.0), f64::NAN)],
                times: if cell == 1 { vec![of("epoch_seconds", None, Some(1.0), 0.25)] } else { Vec::new() },
                ..example_record("")
            })
        });
        let mut bytes = Vec::new();
        write_measures(&results, CsvDialect::Standard, &mut bytes).unwrap();
        assert_eq!(
            String::from_utf8(bytes).unwrap(),
            "\
experiment,variant,remedies.dropout.hidden,seed,fold,measure,layer,at,value
toy,none,,1,0,sparsity,2,,0.5
toy,none,,1,0,vote_accuracy,,100.0,
toy,dropout,0.5,1,0,sparsity,2,,0.5
toy,dropout,0.5,1,0,vote_accuracy,,100.0,
toy,dropout,0.5,1,0,epoch_seconds,,1.0,0.25
"
        );
    }
}

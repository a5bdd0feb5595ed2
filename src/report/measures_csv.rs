//! `measures.csv`: what was measured on the final network of each trial, one number a row.
//!
//! In: the stored records in the order of the plan. Out: the keys, `seed, fold, measure, layer, at, value`. Times stand at the
//! end of each trial's rows: all others are the same bytes whenever the same trial is run. `layer` and `at` are empty where
//! they do not apply, `value` where the number is not defined.

use std::io::Write;

use super::cells::{integer, number, text, writer};
use super::file::FillError;
use super::keys;
use crate::lab::{PlannedTrial, Record, Results};

/// Writes the measures of all stored trials.
///
/// # Errors
/// If a record cannot be read, or `out` not be written.
pub fn write_measures(results: &Results, out: impl Write) -> Result<(), FillError> {
    let mut out = writer(out);
    let own = ["seed", "fold", "measure", "layer", "at", "value"].map(str::to_owned);
    out.write_record(keys::names(results).into_iter().chain(own))?;
    for found in results.records() {
        let (trial, record) = found?;
        write_trial(results, trial, &record, &mut out)?;
    }
    Ok(out.flush()?)
}

fn write_trial(
    results: &Results,
    trial: &PlannedTrial,
    record: &Record,
    out: &mut csv::Writer<impl Write>,
) -> Result<(), FillError> {
    let mut of_trial = keys::values(results, trial.cell);
    of_trial.extend([trial.seed.to_string(), trial.fold.to_string()]);
    for found in record.measures.iter().chain(&record.times) {
        of_trial.iter().try_for_each(|cell| out.write_field(cell))?;
        out.write_field(text(&found.measure).as_bytes())?;
        out.write_field(integer(found.layer))?;
        out.write_field(number(found.at))?;
        out.write_field(number(Some(found.value)))?;
        out.write_record(None::<&[u8]>)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lab::{Measurement, example_record, example_results};

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
        write_measures(&results, &mut bytes).unwrap();
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

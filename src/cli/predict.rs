//! `overfit predict`: a saved network applied to the rows of a file.
//!
//! In: a network's file and a data file. Out: a CSV of predictions, and on standard error what is odd about the rows and, where
//! they have answers, how many are right. The data is read to its end before the first row is written.

use std::io::{BufWriter, stdout};

use super::arguments::PredictArguments;
use super::error::CliError;
use super::notes;
use crate::data::NewFile;
use crate::model::{Predictor, read_model};
use crate::report::{PredictionsError, write_predictions};

pub(super) fn predict(arguments: &PredictArguments) -> Result<(), CliError> {
    let model = read_model(&arguments.model)?;
    let description = &model.description;
    let file = NewFile::check(&arguments.data, &description.preprocessing, &description.classes)?;
    let kept = kept(&arguments.keep, &file)?;
    if let Some(out) = &arguments.out
        && [&arguments.data, &arguments.model].iter().any(|input| is_same_file(out, input))
    {
        return Err(CliError::Usage(format!("--out {} is what is read", out.display())));
    }
    if let Some(inference) = &model.inference {
        notes::warning(inference);
    }
    file.readings.iter().filter(|reading| reading.may_surprise).for_each(|reading| {
        notes::warning(&format!("{}: read as {}", arguments.data.display(), reading.text));
    });
    file.warnings.iter().for_each(|warning| notes::warning(warning));

    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let mut predictor = Predictor::new(&model, threads);
    let score = match &arguments.out {
        None => write_predictions(&mut predictor, description, &file, &kept, BufWriter::new(stdout().lock())),
        Some(path) => {
            let mut score = None;
            crate::atomic_file::write_atomically(path, |out| {
                score = Some(write_predictions(&mut predictor, description, &file, &kept, out)?);
                Ok::<_, PredictionsError>(())
            })
            .map_err(|error| error.at(path))?;
            Ok(score.expect("what was written has a score"))
        }
    }?;
    if let Some(score) = score.said() {
        notes::message(&score);
    }
    Ok(())
}

/// The places of the columns to keep.
fn kept(wanted: &[String], file: &NewFile) -> Result<Vec<usize>, CliError> {
    let place = |name: &String| {
        file.names.iter().position(|known| known == name.trim()).ok_or_else(|| {
            CliError::Usage(format!("--keep {name}: the data has the columns {}", file.names.join(", ")))
        })
    };
    wanted.iter().map(place).collect()
}

fn is_same_file(one: &std::path::Path, other: &std::path::Path) -> bool {
    matches!((one.canonicalize(), other.canonicalize()), (Ok(one), Ok(other)) if one == other)
}

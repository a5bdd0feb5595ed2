//! A first config for a table that nobody has described yet.
//!
//! In: a CSV file, and perhaps the name of its target. Out: the text of a config that runs as it is: what was seen in the
//! file and what was guessed, as comments, and a handful of remedies at usual strengths to compare.
//!
//! The text depends on the file alone: neither a clock nor the machine has a say in it.
//!
//! | file | question it answers |
//! | --- | --- |
//! | `target` | which column is to be predicted? |
//! | `columns` | what is in the columns? |
//! | `budget` | how long, how often and in which batches shall be trained? |
//! | `text` | how is all this written down? |

mod budget;
mod columns;
mod target;
mod text;

use std::path::Path;
use std::sync::Arc;

use thiserror::Error;

use super::paths::relative;
use super::{ConfigErrors, Experiment};
use crate::data::{self, DataError, DataSettings, Loaded};
use target::Candidate;

/// A config, and what was guessed for it.
#[derive(Debug)]
pub struct Starter {
    /// The config: TOML.
    pub text: String,
    /// The column that it predicts.
    pub target: String,
    /// Why that one: a fragment that fits behind "the target is ..., ".
    pub reason: &'static str,
    /// What is predicted, as `2 classes: no 12, yes 30`.
    pub predicts: String,
    /// What the reader of the file found odd: lowercase fragments that name file and line or column.
    pub warnings: Vec<String>,
}

/// Why no config could be written.
#[derive(Debug, Error)]
pub enum StarterError {
    /// The file is no table that a network can learn from.
    #[error(transparent)]
    Data(#[from] DataError),
    /// The file, or the place of the config, has a name that no config can have.
    #[error(transparent)]
    Config(#[from] ConfigErrors),
}

/// Describes the file `data` in a config that is to stand at `config`; `wanted` is the target, where the user names one.
///
/// # Errors
/// If the file cannot be read as a table, or no column of it can be predicted.
pub fn starter(data: &Path, config: &Path, wanted: Option<&str>) -> Result<Starter, StarterError> {
    let folder = config.parent().unwrap_or(Path::new(""));
    let data = &if data.is_absolute() { data.display().to_string() } else { relative(data, folder) };
    let names = data::column_names(&*settings(&text::minimal(data, None, &[]), config)?)?;
    let candidates = match wanted {
        Some(name) => vec![Candidate { name: name.to_owned(), reason: "as asked for" }],
        None => target::candidates(&names),
    };
    let Readable { candidate, settings, loaded, left_out } = first_that_can_be_read(data, config, candidates)?;
    let dataset = Arc::new(loaded.dataset);
    let prepared = data::prepare(&dataset, &settings, 0, 0)?;
    let refused = left_out.iter().map(|column| format!("left out, since {}", column.reason));
    let noticed = refused.chain(loaded.warnings).chain(prepared.warnings);
    let warnings: Vec<String> = noticed.collect();
    let plan = budget::plan(prepared.data.train.rows.len(), prepared.data.inputs(), prepared.data.outputs());
    let profile = data::profile(&dataset);
    let described = text::Described {
        data,
        config,
        candidate: &candidate,
        profile: &profile,
        columns: columns::describe(&dataset),
        left_out: &left_out,
        files: &loaded.files,
        warnings: &warnings,
        findings: &data::findings(&prepared.data),
        plan,
    };
    Ok(Starter {
        text: text::config(&described),
        target: candidate.name,
        reason: candidate.reason,
        predicts: profile.target.to_string(),
        warnings,
    })
}

/// A way in which a file can be read.
struct Readable {
    candidate: Candidate,
    settings: Arc<DataSettings>,
    loaded: Loaded,
    left_out: Vec<LeftOut>,
}

/// A column that reading refuses.
struct LeftOut {
    name: String,
    /// A lowercase fragment.
    reason: String,
}

/// The first candidate with which the file is a data set that can be split; the error of the first where none is.
fn first_that_can_be_read(data: &str, config: &Path, candidates: Vec<Candidate>) -> Result<Readable, StarterError> {
    /// A file is read for each: what is not found among so many is the user's to say.
    const TRIED: usize = 6;
    let mut first_error = None;
    for candidate in candidates.into_iter().take(TRIED) {
        match read(data, config, &candidate) {
            Ok((settings, loaded, left_out)) => return Ok(Readable { candidate, settings, loaded, left_out }),
            Err(StarterError::Data(error)) => first_error.get_or_insert(StarterError::Data(error)),
            Err(error) => return Err(error),
        };
    }
    Err(first_error.expect("a table has at least two columns, each a candidate"))
}

/// Reads the file without the columns that hold dates, or numbers with a stray text: what becomes of them the user decides.
fn read(
    data: &str,
    config: &Path,
    candidate: &Candidate,
) -> Result<(Arc<DataSettings>, Loaded, Vec<LeftOut>), StarterError> {
    let mut left_out: Vec<LeftOut> = vec![];
    loop {
        let settings = settings(&text::minimal(data, Some(&candidate.name), &left_out), config)?;
        let error = match data::read(&settings) {
            Ok(loaded) => {
                data::check_split(&loaded.dataset, &settings).map_err(DataError::from)?;
                return Ok((settings, loaded, left_out));
            }
            Err(error) => error,
        };
        let refused = match &error {
            DataError::Dates { column, .. } => column,
            DataError::StrayText(found) => &found.column,
            _ => return Err(error.into()),
        };
        // Left out already, or the target itself: nothing would change.
        if *refused == candidate.name || left_out.iter().any(|column| column.name == *refused) {
            return Err(error.into());
        }
        left_out.push(LeftOut { name: refused.clone(), reason: error.to_string() });
    }
}

/// The `[data]` table of a config with this text.
fn settings(text: &str, config: &Path) -> Result<Arc<DataSettings>, ConfigErrors> {
    Ok(Arc::clone(&Experiment::parse_toml(text, config)?.cells[0].settings.data))
}

#[cfg(test)]
mod tests;

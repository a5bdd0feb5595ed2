//! From files to a [`Dataset`].
//!
//! In: settings whose paths are resolved. Out: the data set, how its files were read, and warnings for all that a user may not
//! expect: columns left out, rows without a target, numbers taken for text. What cannot be right is an error.

use std::path::{Path, PathBuf};

use super::assemble::assemble;
use super::dataset::Dataset;
use super::dialect::{Asked, DecimalChoice, Dialect, EncodingChoice, Guess, Reading, ThousandsChoice};
use super::error::{DataError, FileKey, Place, SettingsError};
use super::header::{Header, likely_ids, unique_names};
use super::oddities::oddities;
use super::selection::keep_columns;
use super::settings::DataSettings;
use super::slip;
use super::source::Source;
use super::table::{Table, WithoutTarget};
use super::target::Target;
use super::wording::{plural, quoted};
use crate::memory;

/// More classes than these are a mistake: an output of the network each.
const MOST_CLASSES: usize = 1000;

/// A data set, and what is odd about it.
#[derive(Debug)]
pub struct Loaded {
    /// The data set.
    pub dataset: Dataset,
    /// Lowercase fragments, each of which names the file and the line or the column.
    pub warnings: Vec<String>,
    /// How the data file and, where there is one, the test file were read.
    pub files: Vec<FileReading>,
}

/// How a file was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileReading {
    /// The file.
    pub path: PathBuf,
    /// How it is written.
    pub dialect: Dialect,
    /// What was guessed of that and is not the plain case.
    pub readings: Vec<Reading>,
}

/// Reads the data file and, where there is one, the test file. Paths must be resolved already.
///
/// # Errors
/// Where a file cannot be read, is not a table, or does not have what the settings ask for.
pub fn read(settings: &DataSettings) -> Result<Loaded, DataError> {
    /// Of the memory that is free: the rest is for what training needs beside the rows.
    const SHARE: f64 = 0.8;
    read_within(settings, (memory::available() as f64 * SHARE) as usize)
}

/// As [`read`](fn@read), where the rows may take so many bytes of memory.
fn read_within(settings: &DataSettings, room: usize) -> Result<Loaded, DataError> {
    let mut attempt = Attempt { room, ..Attempt::default() };
    loop {
        match read_with(settings, attempt) {
            Ok(Some(loaded)) => return Ok(loaded),
            Ok(None) => attempt.doubtful_are_classes = true,
            Err(DataError::NotUtf8 { key, place })
                if settings.encoding == EncodingChoice::Auto && attempt.not_utf8[key as usize].is_none() =>
            {
                attempt.not_utf8[key as usize] = Some(place.line);
            }
            Err(error) => return Err(error),
        }
    }
}

/// With what the files are read; what is learnt of them too late: they are then read once more.
#[derive(Debug, Clone, Copy, Default)]
struct Attempt {
    /// Bytes that the rows may take.
    room: usize,
    /// The line of each file, by its key, that is not UTF-8: it may be the very last.
    not_utf8: [Option<u64>; 2],
    /// Whether words like `-`, which mean a missing number, are classes of the target, since others of its cells are texts.
    doubtful_are_classes: bool,
}

/// Reads the files; nothing where rows were left out that belong to a class.
fn read_with(settings: &DataSettings, attempt: Attempt) -> Result<Option<Loaded>, DataError> {
    let mut warnings = vec![];
    refuse_one_sign_for_two(settings)?;
    let open = |key: FileKey, path: &Path| open(settings, key, path, attempt.not_utf8[key as usize]);
    let (source, names, guess) = open(FileKey::Path, &settings.path)?;
    let ids = likely_ids(&names);
    let (names, file) = begin(&source, names, guess, &settings.path, &mut warnings);
    let header = Header::new(names, ids, settings)?;
    let mut table = Table::new(&header, &settings.missing, attempt.doubtful_are_classes, attempt.room);
    table.append(source, FileKey::Path, &settings.path, file.dialect, header.slots(), &header)?;
    let mut files = vec![file];
    if let Some(path) = &settings.test_path {
        let (source, names, guess) = open(FileKey::TestPath, path)?;
        let (names, file) = begin(&source, names, guess, path, &mut warnings);
        let slots = header.test_slots(&names, path, &settings.path)?;
        table.append(source, FileKey::TestPath, path, file.dialect, slots, &header)?;
        files.push(file);
    }
    if table.has_lost_classes() {
        return Ok(None);
    }
    table.complete()?;
    refuse_numbers_too_large(&table, &header)?;
    warn_of_rows_without_target(&table, &header, &mut warnings);
    warn_of_long_records(&table, &mut warnings);
    let kept = keep_columns(&table, &header, settings, &mut warnings)?;
    let target = target(&mut table, &header, settings)?;
    warnings.extend(slip::blanks_around(&table, &header, &kept));
    warnings.extend(slip::at_target(&table, &header));
    let dataset = assemble(table, &header, &kept, target, settings)?;
    warnings.extend(oddities(&dataset));
    Ok(Some(Loaded { dataset, warnings, files }))
}

fn refuse_one_sign_for_two(settings: &DataSettings) -> Result<(), SettingsError> {
    let sign = match (settings.decimal, settings.thousands) {
        (DecimalChoice::Point, ThousandsChoice::Point) => '.',
        (DecimalChoice::Comma, ThousandsChoice::Comma) => ',',
        _ => return Ok(()),
    };
    let reason = format!("must be another sign than data.decimal, found '{sign}' for both");
    Err(SettingsError { key: "data.thousands", reason })
}

/// The unique names of a file's columns, and how it was read.
fn begin(
    source: &Source,
    names: Vec<String>,
    guess: Guess,
    path: &Path,
    warnings: &mut Vec<String>,
) -> (Vec<String>, FileReading) {
    let place = Place { path: path.to_owned(), line: source.first_line() };
    if let Some(doubt) = guess.header_doubt {
        warnings.push(format!("{place}: {doubt}"));
    }
    let names = unique_names(names, &place, warnings);
    (names, FileReading { path: path.to_owned(), dialect: guess.dialect, readings: guess.readings })
}

/// Opens a file; `not_utf8` is its first line that is known not to be UTF-8.
fn open(
    settings: &DataSettings,
    key: FileKey,
    path: &Path,
    not_utf8: Option<u64>,
) -> Result<(Source, Vec<String>, Guess), DataError> {
    let name = path.file_name().unwrap_or_default().to_string_lossy().to_lowercase();
    let is_tsv = name.strip_suffix(".gz").unwrap_or(&name).ends_with(".tsv");
    Source::open(key, path, &Asked { settings: settings.dialect(), missing: &settings.missing, is_tsv, not_utf8 })
}

/// The name of a column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ColumnName {
    /// Unique in its file.
    pub name: String,
    /// Whether columns of that name tell rows apart and nothing else.
    pub is_name_of_ids: bool,
}

/// The names of the columns of the data file, of which nothing more is read.
///
/// # Errors
/// Where the file cannot be read or is not a table.
pub fn column_names(settings: &DataSettings) -> Result<Vec<ColumnName>, DataError> {
    let begin = |not_utf8| open(settings, FileKey::Path, &settings.path, not_utf8);
    let (_, written, _) = match begin(None) {
        Err(DataError::NotUtf8 { place, .. }) if settings.encoding == EncodingChoice::Auto => begin(Some(place.line))?,
        opened => opened?,
    };
    let ids = likely_ids(&written);
    let names = unique_names(written, &Place { path: settings.path.clone(), line: 1 }, &mut vec![]);
    let named = |(column, name)| ColumnName { name, is_name_of_ids: ids.contains(&column) };
    Ok(names.into_iter().enumerate().map(named).collect())
}

fn refuse_numbers_too_large(table: &Table, header: &Header) -> Result<(), DataError> {
    let features = table.columns.iter().enumerate().map(|(feature, column)| (header.feature_name(feature), column));
    let all = features.chain([(header.names[header.target].as_str(), &table.target)]);
    for (name, column) in all {
        if let (false, Some((row, text))) = (column.is_text, &column.first_too_large) {
            return Err(DataError::TooLarge { place: table.place(*row), column: name.to_owned(), text: text.clone() });
        }
    }
    Ok(())
}

fn warn_of_rows_without_target(table: &Table, header: &Header, warnings: &mut Vec<String>) {
    for file in &table.files {
        if let Some(WithoutTarget { rows, line, word }) = &file.without_target {
            let (path, rows) = (file.path.display(), plural(*rows, "row"));
            let target = quoted(&header.names[header.target]);
            let word = word.as_ref().map(|word| format!(" ({} means missing, as data.missing says)", quoted(word)));
            let word = word.unwrap_or_default();
            warnings
                .push(format!("{path}:{line}: {rows} without the target {target} left out, this is the first{word}"));
        }
    }
}

fn warn_of_long_records(table: &Table, warnings: &mut Vec<String>) {
    for file in &table.files {
        if let Some((line, lines)) = file.long_record {
            let path = file.path.display();
            warnings.push(format!("{path}:{line}: this record goes on over {lines} lines: is a quote not closed?"));
        }
    }
}

fn target(table: &mut Table, header: &Header, settings: &DataSettings) -> Result<Target, DataError> {
    let column = header.names[header.target].clone();
    let path = settings.path.clone();
    let values = std::mem::take(&mut table.target_values);
    let target = Target::new(settings.task, &table.target, values).map_err(|(row, text)| DataError::TextTarget {
        place: table.place(row),
        column: column.clone(),
        text,
    })?;
    if let Target::Classes(_, names) = &target {
        if let [class] = names.as_slice() {
            return Err(DataError::OneClass { path, column, class: class.clone() });
        }
        if names.len() > MOST_CLASSES {
            let hint = slip::hint_at_target(table);
            return Err(DataError::TooManyClasses { path, column, found: names.len(), most: MOST_CLASSES, hint });
        }
        refuse_classes_of_one_row(table, settings, column, &target)?;
    }
    Ok(target)
}

/// Classes of one row each cannot be learned and tested: they are numbers with a slip in them, or names.
fn refuse_classes_of_one_row(
    table: &Table,
    settings: &DataSettings,
    column: String,
    target: &Target,
) -> Result<(), DataError> {
    /// Fewer rows than these say nothing about their classes.
    const FEW_ROWS: usize = 5;
    let Target::Classes(classes, names) = target else { return Ok(()) };
    let mut counts = vec![0; names.len()];
    classes.iter().for_each(|&class| counts[class as usize] += 1);
    let (rows, single) = (classes.len(), counts.iter().filter(|&&count| count == 1).count());
    if rows < FEW_ROWS || single * 10 < rows * 9 {
        return Ok(());
    }
    let (path, found, hint) = (settings.path.clone(), names.len(), slip::hint_at_target(table));
    Err(DataError::SingleRowClasses { path, column, found, rows, single, hint })
}

#[cfg(test)]
mod tests;

//! Which columns are kept.
//!
//! In: the table as read. Out: the features that are neither empty nor look like names, ids or dates, and warnings for all
//! others. Where a column of numbers would be lost because of a few cells, or a column must be numbers and is not: an error.

use super::column::ColumnReader;
use super::counter::FEW_ROWS;
use super::dates::is_date;
use super::dialect::other_notation;
use super::error::{DataError, NotANumber};
use super::header::Header;
use super::precision::spoilt;
use super::settings::DataSettings;
use super::slip;
use super::table::Table;
use super::wording::{list, plural, quoted};

/// Names shown in a warning.
const SHOWN: usize = 5;

/// The features that are kept.
pub(super) fn keep_columns(
    table: &Table,
    header: &Header,
    settings: &DataSettings,
    warnings: &mut Vec<String>,
) -> Result<Vec<usize>, DataError> {
    let path = settings.path.display();
    let before = warnings.len();
    let mut kept = vec![];
    let mut empty = vec![];
    for (feature, column) in table.columns.iter().enumerate() {
        let (name, place) = (header.feature_name(feature), header.features[feature]);
        refuse_text(table, column, name, header.must_be_numeric(place))?;
        if column.is_empty() {
            empty.push(name);
            continue;
        }
        let is_wanted = header.is_wanted(place);
        if !is_wanted {
            refuse_dates(table, column, name)?;
            refuse_stray_texts(table, column, name)?;
        }
        warnings.extend(slip::at_feature(table, header, feature));
        match why_left_out(table, column).filter(|_| !is_wanted) {
            Some(why) => warnings.push(format!("{path}: column {} left out: {why}", quoted(name))),
            None => {
                warnings.extend(spoilt(column, name).map(|what| format!("{path}: {what}")));
                kept.push(feature);
            }
        }
    }
    if !empty.is_empty() {
        let (columns, names) = (plural(empty.len(), "column"), list(empty.into_iter(), SHOWN));
        warnings.push(format!("{path}: {columns} left out, as every cell is missing: {names}"));
    }
    if kept.is_empty() {
        let target = header.names[header.target].clone();
        let why = warnings.get(before).map(|first| format!("; {first}")).unwrap_or_default();
        return Err(DataError::NoFeatures { path: settings.path.clone(), target, why });
    }
    Ok(kept)
}

/// Why a network can learn nothing of a column; a fragment that names the key which keeps it.
fn why_left_out(table: &Table, column: &ColumnReader) -> Option<String> {
    if column.looks_like_names() {
        let (texts, rows) = (column.levels().len(), column.present());
        let notation = column.first_text.as_ref().and_then(|(row, text)| {
            let keys = other_notation(text, table.dialect(*row).notation)?;
            (!keys.is_empty()).then(|| format!("; with {keys} {} is a number", quoted(text)))
        });
        let notation = notation.unwrap_or_default();
        return Some(format!(
            "{texts} different texts in {rows} rows look like names or ids (data.keep keeps it){notation}"
        ));
    }
    let counter = column.counter.as_ref().filter(|_| !column.is_text)?;
    if counter.is_series() {
        return Some("it counts the rows (data.keep keeps it)".to_owned());
    }
    let ids = || {
        format!(
            "its name and {} nearly all distinct look like ids (data.keep keeps it)",
            plural(column.numbers(), "number")
        )
    };
    counter.is_distinct().then(ids)
}

/// A column that the settings say is numbers must be.
fn refuse_text(table: &Table, column: &ColumnReader, name: &str, must_be_numeric: bool) -> Result<(), DataError> {
    match &column.first_text {
        Some((row, text)) if must_be_numeric => {
            Err(DataError::TextInNumeric { place: table.place(*row), column: name.to_owned(), text: text.clone() })
        }
        _ => Ok(()),
    }
}

/// Dates are of no use as they are.
fn refuse_dates(table: &Table, column: &ColumnReader, name: &str) -> Result<(), DataError> {
    let dates = column.levels().iter().filter(|level| is_date(level)).count();
    match &column.first_text {
        Some((row, text)) if column.is_text && dates * 10 >= column.levels().len() * 9 => {
            Err(DataError::Dates { place: table.place(*row), column: name.to_owned(), text: text.clone() })
        }
        _ => Ok(()),
    }
}

/// Where a few texts would make names of a column of numbers, or categories by the dozen, all of it would be lost.
fn refuse_stray_texts(table: &Table, column: &ColumnReader, name: &str) -> Result<(), DataError> {
    let is_stray = column.is_nearly_all_numbers() || column.is_text_by_few_words();
    match &column.first_text {
        Some((row, text)) if is_stray && column.levels().len() > FEW_ROWS => {
            let keys = other_notation(text, table.dialect(*row).notation).filter(|keys| !keys.is_empty());
            Err(DataError::StrayText(Box::new(NotANumber {
                place: table.place(*row),
                column: name.to_owned(),
                text: text.clone(),
                texts: column.texts(),
                numbers: column.numbers(),
                notation: keys.map(|keys| format!("{keys} reads it as a number; ")).unwrap_or_default(),
            })))
        }
        _ => Ok(()),
    }
}

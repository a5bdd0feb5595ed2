//! Which cells look like slips: the few texts in a column of numbers, which make all of it text.
//!
//! In: the table as read. Out: warnings that name line and cell, and hints for errors about the target.

use super::column::ColumnReader;
use super::header::Header;
use super::table::Table;
use super::wording::quoted;

/// A warning if a feature is text by a slip or by leading zeros, or mixes percentages with other numbers; not where the
/// settings say what it is.
pub(super) fn at_feature(table: &Table, header: &Header, feature: usize) -> Option<String> {
    let (column, name) = (&table.columns[feature], quoted(header.feature_name(feature)));
    if header.is_said(header.features[feature]) {
        return None;
    }
    if !column.is_text {
        return mixed_percents(table, column, &name);
    }
    if column.is_text_by_zeros() {
        return leading_zeros(table, column, &name);
    }
    warning(table, column, &format!("column {name} is read as text"))
}

fn leading_zeros(table: &Table, column: &ColumnReader, name: &str) -> Option<String> {
    let (row, text) = column.first_text.as_ref()?;
    let (place, text) = (table.place(*row), quoted(text));
    Some(format!(
        "{place}: column {name} is read as categories because of the leading zero of {text} (data.numeric reads numbers)"
    ))
}

fn mixed_percents(table: &Table, column: &ColumnReader, name: &str) -> Option<String> {
    let (percents, numbers) = (column.percents, column.numbers);
    let place = table.place(column.first_percent.filter(|_| percents < numbers)?);
    Some(format!(
        "{place}: column {name} has {percents} of {numbers} numbers with a percent sign, this is the first: 5% is read as 5, \
         as 5 without it"
    ))
}

/// A warning if the target is classes by a slip.
pub(super) fn at_target(table: &Table, header: &Header) -> Option<String> {
    let what = format!("the target {} is read as classes", quoted(&header.names[header.target]));
    if header.categorical.contains(&header.target) { None } else { warning(table, &table.target, &what) }
}

/// What may be behind a target with too many classes, in brackets.
pub(super) fn hint_at_target(table: &Table) -> String {
    let target = &table.target;
    match &target.first_text {
        Some((row, text)) if target.is_text_by_a_slip() => {
            let (place, text) = (table.place(*row), quoted(text));
            format!(" (is it a number with a stray text in it? {place} has {text})")
        }
        _ if target.is_text => " (are they names or ids?)".to_owned(),
        _ => " (is it a regression?)".to_owned(),
    }
}

fn warning(table: &Table, column: &ColumnReader, what: &str) -> Option<String> {
    let (row, text) = column.first_text.as_ref().filter(|_| column.is_text_by_a_slip())?;
    let (place, text) = (table.place(*row), quoted(text));
    let (cells, them) = match column.texts {
        1 => (text, "it"),
        count => (format!("{count} cells, the first of them {text}"), "them"),
    };
    let numbers = column.numbers;
    Some(format!(
        "{place}: {what} because of {cells}: all other {numbers} cells are numbers (data.missing can name {them})"
    ))
}

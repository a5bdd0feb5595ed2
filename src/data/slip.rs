//! Which cells look like slips: the few texts in a column of numbers, which make all of it text.
//!
//! In: the table as read. Out: warnings that name line and cell, and hints for errors about the target.

use super::column::ColumnReader;
use super::disguise::around_numbers;
use super::header::Header;
use super::table::Table;
use super::wording::{list, quoted};

/// A warning if a feature is text by a slip, by leading zeros or by what stands around its numbers, or mixes percentages with
/// other numbers; not where the settings say what it is.
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
    warning(table, column, &format!("column {name} is read as text")).or_else(|| disguised(table, column, &name))
}

fn leading_zeros(table: &Table, column: &ColumnReader, name: &str) -> Option<String> {
    let (row, text) = column.first_text.as_ref()?;
    let (place, text) = (table.place(*row), quoted(text));
    Some(format!(
        "{place}: column {name} is read as categories because of the leading zero of {text} (data.numeric reads numbers)"
    ))
}

fn mixed_percents(table: &Table, column: &ColumnReader, name: &str) -> Option<String> {
    let (percents, numbers) = (column.percents, column.numbers());
    let place = table.place(column.first_percent.filter(|_| percents < numbers)?);
    Some(format!(
        "{place}: column {name} has {percents} of {numbers} numbers with a percent sign, this is the first: 5% is read as 5, \
         as 5 without it"
    ))
}

/// Texts that are numbers but for what stands around them.
fn disguised(table: &Table, column: &ColumnReader, name: &str) -> Option<String> {
    let what = around_numbers(column.levels())?;
    let (row, text) = column.first_text.as_ref()?;
    let (place, text) = (table.place(*row), quoted(text));
    Some(format!("{place}: column {name} is read as text because of {what}, as in {text}: numbers stand alone"))
}

/// Warnings of categories and classes that some cells have blanks around and others have not: they are taken for the same.
pub(super) fn blanks_around(table: &Table, header: &Header, kept: &[usize]) -> Vec<String> {
    /// Names shown in a warning.
    const SHOWN: usize = 5;
    let path = table.files[0].path.display();
    let warning = |what: String, column: &ColumnReader| {
        let levels: Vec<&str> = column.levels_with_and_without_blanks().collect();
        let names = list(levels.iter().copied(), SHOWN);
        let are = "have blanks around them in some rows and none in others, which makes no difference";
        (!levels.is_empty()).then(|| format!("{path}: {what} {are}: {names}"))
    };
    let target = warning(format!("classes of {}", quoted(&header.names[header.target])), &table.target);
    let features = kept.iter().filter_map(|&feature| {
        warning(format!("categories of {}", quoted(header.feature_name(feature))), &table.columns[feature])
    });
    target.into_iter().chain(features).collect()
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
    let (row, text) =
        column.first_text.as_ref().filter(|_| column.is_text_by_a_slip() || column.is_text_by_few_words())?;
    let (place, text) = (table.place(*row), quoted(text));
    let (cells, them) = match column.texts() {
        1 => (text, "it"),
        count => (format!("{count} cells, the first of them {text}"), "them"),
    };
    let numbers = column.numbers();
    Some(format!(
        "{place}: {what} because of {cells}: all other {numbers} cells are numbers (data.missing can name {them})"
    ))
}

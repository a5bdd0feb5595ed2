//! What is odd about a data set that could be read.
//!
//! In: a data set. Out: warnings: names that differ by their spelling only, orders that nobody gave, dates as numbers, classes
//! without a row to train on.

use super::alike::alike;
use super::dataset::{ColumnKind, Dataset};
use super::order::natural_order;
use super::role::Role;
use super::wording::{list, plural, quoted};

/// Names shown in a warning.
const SHOWN: usize = 5;

/// Lowercase fragments, each of which names the file.
pub(super) fn oddities(dataset: &Dataset) -> Vec<String> {
    let mut warnings = vec![];
    warn_of_orders_by_text(dataset, &mut warnings);
    warn_of_dates_as_numbers(dataset, &mut warnings);
    warn_of_names_alike(dataset, &mut warnings);
    warn_of_classes_without_training(dataset, &mut warnings);
    warnings
}

/// The order of words by their letters is rarely meant: high < low < medium.
fn warn_of_orders_by_text(dataset: &Dataset, warnings: &mut Vec<String>) {
    for column in &dataset.columns {
        let Some(ranks) = &column.ranks else { continue };
        let (natural, is_by_text) = natural_order(ranks);
        if is_by_text && natural == *ranks && ranks.len() > 1 {
            let (path, name) = (dataset.path.display(), quoted(&column.name));
            let order = list(ranks.iter().map(String::as_str), SHOWN);
            warnings.push(format!(
                "{path}: column {name} is ranked by the letters of its categories: {order} (data.ordinal can give an order)"
            ));
        }
    }
}

/// 20240131 is a number, and of little use as one.
fn warn_of_dates_as_numbers(dataset: &Dataset, warnings: &mut Vec<String>) {
    for (index, column) in dataset.columns.iter().enumerate() {
        let is_of_dates = column.kind == ColumnKind::Numeric
            && column.ranks.is_none()
            && !column.is_constant
            && dataset.features.column(index).iter().filter(|x| !x.is_nan()).all(|&x| is_compact_date(x));
        if is_of_dates {
            let (path, name) = (dataset.path.display(), quoted(&column.name));
            warnings.push(format!(
                "{path}: column {name} is read as numbers that look like dates (20240131): put year, month or days since a \
                 start into columns of their own, and leave it out (data.exclude)"
            ));
        }
    }
}

/// Whether a number is year, month and day behind each other. Single precision has even numbers only of that size, so that
/// the day may be off by one.
fn is_compact_date(x: f32) -> bool {
    if !(19_000_000.0..21_010_000.0).contains(&x) {
        return false;
    }
    let digits = x as u32;
    (1..=12).contains(&(digits / 100 % 100)) && digits % 100 <= 32
}

fn warn_of_names_alike(dataset: &Dataset, warnings: &mut Vec<String>) {
    let path = dataset.path.display();
    // Rows are counted only where something is to be said: hardly ever, and all of them would be walked.
    let mut warn = |what: String, names: &[String], counts: &dyn Fn() -> Vec<usize>| {
        let groups = alike(names.iter().map(String::as_str));
        if groups.is_empty() {
            return;
        }
        let counts = counts();
        let shown = groups.iter().take(SHOWN).map(|group| {
            let names: Vec<String> = group
                .iter()
                .map(|&index| format!("{} ({})", quoted(&names[index]), plural(counts[index], "row")))
                .collect();
            names.join(", ")
        });
        let shown = shown.collect::<Vec<_>>().join("; ");
        let more = groups.len().saturating_sub(SHOWN);
        let more = if more > 0 { format!(" and {more} more such groups") } else { String::new() };
        warnings.push(format!("{path}: {what} differ by case, blanks or a final point only: {shown}{more}"));
    };
    let target = quoted(&dataset.target_name);
    let of_classes = || dataset.class_counts(0..dataset.rows());
    warn(format!("classes of {target}"), dataset.class_names(), &of_classes);
    for (index, column) in dataset.columns.iter().enumerate() {
        let ColumnKind::Categorical { levels } = &column.kind else { continue };
        let of_levels = || {
            let mut counts = vec![0; levels.len()];
            let codes = dataset.features.column(index);
            codes.iter().filter(|code| !code.is_nan()).for_each(|&code| counts[code as usize] += 1);
            counts
        };
        warn(format!("categories of {}", quoted(&column.name)), levels, &of_levels);
    }
}

/// Classes that a test file or a split column has in other parts only.
fn warn_of_classes_without_training(dataset: &Dataset, warnings: &mut Vec<String>) {
    let target = quoted(&dataset.target_name);
    if let (Some(start), Some(path)) = (dataset.test_start, &dataset.test_path)
        && let Some(classes) = classes_outside(dataset, 0..start)
    {
        let first = dataset.path.display();
        warnings.push(format!("{}: classes of {target} that {first} has not: {classes}", path.display()));
    }
    if let Some(roles) = &dataset.roles {
        let training = (0..dataset.rows()).filter(|&row| roles[row] == Role::Train);
        if let Some(classes) = classes_outside(dataset, training) {
            let path = dataset.path.display();
            warnings.push(format!("{path}: classes of {target} without a row for training: {classes}"));
        }
    }
}

/// The classes that none of `rows` has.
fn classes_outside(dataset: &Dataset, rows: impl Iterator<Item = usize>) -> Option<String> {
    let counts = dataset.class_counts(rows);
    let classes = dataset.class_names().iter().zip(counts).filter(|(_, count)| *count == 0);
    let unseen: Vec<&str> = classes.map(|(name, _)| name.as_str()).collect();
    (!unseen.is_empty()).then(|| list(unseen.into_iter(), SHOWN))
}

//! What is in the columns?
//!
//! In: a data set. Out: a line for each feature: its name, its kind, its values, what is missing.

use crate::data::{Column, ColumnKind, Dataset};
use crate::schema::{harmless, shortened};

/// More columns than these are counted, not listed.
const SHOWN: usize = 40;
/// More categories than these are not named.
const LEVELS: usize = 4;
/// Columns in which the names stand.
const NAME_WIDTH: usize = 24;

/// A line for each of the first columns, and one for the rest.
pub(super) fn describe(dataset: &Dataset) -> Vec<String> {
    let columns = dataset.columns();
    let mut lines: Vec<String> =
        columns.iter().take(SHOWN).enumerate().map(|(index, column)| line(dataset, index, column)).collect();
    if columns.len() > SHOWN {
        lines.push(format!("and {} more", columns.len() - SHOWN));
    }
    lines
}

fn line(dataset: &Dataset, index: usize, column: &Column) -> String {
    let name = harmless(&shortened(&column.name));
    let values = match &column.kind {
        ColumnKind::Numeric => numbers(dataset, index),
        ColumnKind::Categorical { levels } => categories(levels),
    };
    let missing = match column.missing {
        0 => String::new(),
        count => format!("; {count} missing"),
    };
    let constant = if column.is_constant { "; never varies" } else { "" };
    format!("{name:NAME_WIDTH$}  {values}{missing}{constant}")
}

fn numbers(dataset: &Dataset, index: usize) -> String {
    let values = dataset.features().column(index).into_iter().copied().filter(|x| !x.is_nan());
    let (least, greatest) =
        values.fold((f32::INFINITY, f32::NEG_INFINITY), |(least, greatest), x| (least.min(x), greatest.max(x)));
    format!("number, {least} to {greatest}")
}

fn categories(levels: &[String]) -> String {
    let named: Vec<String> = levels.iter().take(LEVELS).map(|level| harmless(&shortened(level))).collect();
    let more = if levels.len() > LEVELS { ", ..." } else { "" };
    let plural = if levels.len() == 1 { "y" } else { "ies" };
    format!("{} categor{plural}: {}{more}", levels.len(), named.join(", "))
}

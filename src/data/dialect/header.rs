//! Whether the first line names the columns.
//!
//! In: the first record, and the columns below it. Out: a doubt, where it has numbers in more than half of the columns of
//! numbers. Numbers in a row, as 0, 1, 2 or 2019, 2020, 2021, are names.

use csv::StringRecord;

use super::Notation;
use super::numbers::Columns;
use crate::data::wording::quoted;

/// Why the first record may be no header; a fragment.
pub(super) fn doubt(header: &StringRecord, columns: &Columns, notation: Notation) -> Option<String> {
    let is_number = |cell: &[u8]| notation.number(cell).is_some();
    let of_numbers: Vec<&str> = (header.iter().zip(&columns.cells))
        .filter(|(_, column)| Columns::is_of_numbers(column, is_number))
        .map(|(name, _)| name.trim())
        .collect();
    let numbers: Vec<(&str, f64)> =
        of_numbers.iter().filter_map(|name| Some((*name, notation.number(name.as_bytes())?))).collect();
    // A single column of numbers may be called 0 by who counts columns.
    let is_series = match numbers.as_slice() {
        [(name, _)] => *name == "0",
        numbers => numbers.windows(2).all(|pair| pair[1].1 - pair[0].1 == 1.0),
    };
    if numbers.len() * 2 <= of_numbers.len() || is_series {
        return None;
    }
    let (first, _) = numbers.first()?;
    Some(format!("it seems to be data, as {} stands where a name is wanted (data.header = false)", quoted(first)))
}

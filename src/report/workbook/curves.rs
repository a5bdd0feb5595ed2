//! The sheet `curves`: the rows of `curves.csv`.

use super::Book;
use super::columns::Column;
use super::table::Table;
use crate::report::curves_csv::{figures, keys_of, titles};

pub(super) fn table<'a>(book: &Book<'a>) -> Table<'a> {
    let results = book.results;
    Table {
        name: "curves",
        columns: titles(results).into_iter().map(|title| Column::of(title, results)).collect(),
        rows: book.curve_rows,
        fill: Box::new(move |rows| {
            for found in results.records() {
                let (trial, record) = found?;
                let keys = keys_of(results, trial);
                for row in 0..record.curve.epoch.len() {
                    rows.row(keys.iter().cloned().chain(figures(results, &record, row)))?;
                }
            }
            Ok(())
        }),
    }
}

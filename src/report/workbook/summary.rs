//! The sheet `summary`: the rows of `summary.csv`.

use super::Book;
use super::columns::Column;
use super::table::Table;
use crate::report::summary_csv::{row, titles};

pub(super) fn table<'a>(book: &Book<'a>) -> Table<'a> {
    let (results, summary) = (book.subject.results, book.subject.summary);
    Table {
        name: "summary",
        columns: titles(results, summary).into_iter().map(|title| Column::of(title, results)).collect(),
        rows: summary.cells.len() as u64,
        fill: Box::new(move |rows| (0..summary.cells.len()).try_for_each(|cell| rows.row(row(results, summary, cell)))),
    }
}

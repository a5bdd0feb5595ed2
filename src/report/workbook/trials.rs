//! The sheet `trials`: the rows of `trials.csv`.

use super::Book;
use super::columns::Column;
use super::table::Table;
use crate::report::trials_csv::{row, titles};

pub(super) fn table<'a>(book: &Book<'a>) -> Table<'a> {
    let (results, diagnoses) = (book.results, book.diagnoses);
    let is_stored = |trial: &&crate::lab::PlannedTrial| results.store.contains(&trial.id);
    Table {
        name: "trials",
        columns: titles(results).into_iter().map(|title| Column::of(title, results)).collect(),
        rows: results.trials.iter().filter(is_stored).count() as u64,
        fill: Box::new(move |rows| {
            for (place, found) in results.records().enumerate() {
                let (trial, record) = found?;
                rows.row(row(results, trial, &record, diagnoses.get(place).copied().flatten()))?;
            }
            Ok(())
        }),
    }
}

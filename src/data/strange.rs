//! What new rows have that the training rows had not, counted column by column.
//!
//! In: missing cells and categories as they are met. Out: a warning for each column that has such, with counts.

use std::path::Path;

use super::preprocessing::ColumnEncoding;
use super::wording::{plural, quoted};

/// Counts of all columns.
#[derive(Debug, Default)]
pub(super) struct Strange {
    columns: Vec<Counts>,
}

/// Counts of a column.
#[derive(Debug, Default, Clone)]
struct Counts {
    missing: usize,
    unseen: usize,
    /// The first category that is none of the training rows'.
    first_unseen: Option<String>,
}

impl Strange {
    pub(super) fn new(columns: usize) -> Self {
        Self { columns: vec![Counts::default(); columns] }
    }

    /// A cell of that column is missing.
    pub(super) fn missing(&mut self, column: usize) {
        self.columns[column].missing += 1;
    }

    /// A cell of that column is a category that the training rows do not have.
    pub(super) fn unseen(&mut self, column: usize, cell: &[u8]) {
        let counts = &mut self.columns[column];
        counts.unseen += 1;
        counts.first_unseen.get_or_insert_with(|| String::from_utf8_lossy(cell).into_owned());
    }

    /// A lowercase fragment for each thing that a column has.
    pub(super) fn warnings(self, path: &Path, columns: &[ColumnEncoding]) -> Vec<String> {
        let mut warnings = Vec::new();
        for (counts, column) in self.columns.iter().zip(columns) {
            let place = format!("{}: column {}", path.display(), quoted(column.name()));
            if let Some(first) = &counts.first_unseen {
                let what = match column {
                    ColumnEncoding::Category { .. } => "taken for none of its categories",
                    ColumnEncoding::Number { .. } => "taken for missing, as they have no rank",
                };
                let (rows, first) = (plural(counts.unseen, "row"), quoted(first));
                warnings.push(format!("{place}: {rows} with categories that training did not see, as {first}: {what}"));
            }
            if counts.missing > 0 {
                let what = match column {
                    // As in training: a category of its own.
                    ColumnEncoding::Category { missing: Some(_), .. } => continue,
                    ColumnEncoding::Number { fill: Some(fill), ranks: None, .. } => format!("{fill} stands for them"),
                    ColumnEncoding::Number { .. } => "the fill of the training rows stands for them".to_owned(),
                    ColumnEncoding::Category { missing: None, .. } => {
                        "taken for none of its categories, since no training row lacked one".to_owned()
                    }
                };
                warnings.push(format!("{place}: {} missing: {what}", plural(counts.missing, "cell")));
            }
        }
        warnings
    }
}

//! A table that becomes a sheet: its columns, and what writes its rows.

use super::columns::Column;
use super::limits::Limits;
use super::rows::Rows;
use crate::report::file::FillError;

/// A table that becomes a sheet.
pub(super) struct Table<'a> {
    /// The name of the sheet, and of the CSV file with the same rows.
    pub name: &'static str,
    /// Its columns.
    pub columns: Vec<Column>,
    /// How many rows it has below the titles.
    pub rows: u64,
    /// Writes them.
    pub fill: Fill<'a>,
}

/// What writes the rows of a table.
pub(super) type Fill<'a> = Box<dyn FnOnce(&mut Rows<'_>) -> Result<(), FillError> + 'a>;

impl Table<'_> {
    /// Why the table cannot be a sheet, if so.
    pub fn objection(&self, limits: Limits) -> Option<String> {
        limits.objection(self.name, self.rows, self.columns.len())
    }
}

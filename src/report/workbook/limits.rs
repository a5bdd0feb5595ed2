//! What a sheet can hold, and what is said of a table that does not fit.
//!
//! A table that is too large is left out whole: of a part of it a pivot table would show figures that are wrong, and no one
//! would see it.

/// What a sheet can hold.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    /// Rows, that of the titles among them.
    pub rows: u64,
    /// Columns.
    pub columns: usize,
    /// Cells that programs with a few GB of memory still open.
    pub cells: u64,
}

/// The limits of the format, which Excel and LibreOffice share.
pub(super) const LIMITS: Limits = Limits { rows: 1_048_576, columns: 16_384, cells: 20_000_000 };

/// The most characters (of UTF-16) of a cell.
pub(super) const TEXT: usize = 32_767;

impl Limits {
    /// Why a table does not fit, as a sentence; `None` where it does. `rows` are those below the titles.
    pub fn objection(self, table: &str, rows: u64, columns: usize) -> Option<String> {
        let cells = rows.saturating_mul(columns as u64);
        let (found, most) = match () {
            () if rows >= self.rows => (format!("{rows} rows"), format!("{} below the titles", self.rows - 1)),
            () if columns > self.columns => (format!("{columns} columns"), self.columns.to_string()),
            () if cells > self.cells => (format!("{cells} cells"), self.cells.to_string()),
            () => return None,
        };
        Some(format!(
            "{table} has {found}, and a sheet holds at most {most}: it is left out here, {table}.csv has it all"
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_row_and_column_fit_and_the_next_do_not() {
        let limits = Limits { rows: 4, columns: 3, cells: 9 };
        assert_eq!(limits.objection("trials", 3, 3), None);
        assert_eq!(
            limits.objection("trials", 4, 1).unwrap(),
            "trials has 4 rows, and a sheet holds at most 3 below the titles: it is left out here, trials.csv has it all"
        );
        assert!(
            limits.objection("trials", 1, 4).unwrap().starts_with("trials has 4 columns, and a sheet holds at most 3:")
        );
        let narrow = Limits { cells: 8, ..limits };
        assert!(
            narrow.objection("trials", 3, 3).unwrap().starts_with("trials has 9 cells, and a sheet holds at most 8:")
        );
        assert!(
            LIMITS.objection("curves", 1_048_576, 1).is_some() && LIMITS.objection("curves", 1_048_575, 1).is_none()
        );
    }
}

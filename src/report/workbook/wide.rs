//! The sheet `curves_wide`: the columns of `curves_wide.csv` and, behind them, the gaps; the charts are drawn from it.
//!
//! It is part of the frame, since a chart also keeps what it draws.

use rust_xlsxwriter::{Format as CellFormat, Worksheet, XlsxError};

use super::columns::{Column, Format};
use super::frame::{begin, cell_format};
use crate::lab::Results;
use crate::report::cells::Cell;
use crate::report::wide::WideCurves;

/// The name of the sheet.
pub(super) const NAME: &str = "curves_wide";

/// The most cells: rust_xlsxwriter holds them in memory, some 100 bytes each.
pub(super) const CELLS: u64 = 1_000_000;

/// Writes the sheet.
pub(super) fn write(sheet: &mut Worksheet, wide: &WideCurves<'_>, results: &Results) -> Result<(), XlsxError> {
    let epoch = Column::of("epoch".to_owned(), results);
    let of_figure = wide.columns().iter().map(|of| Column::of_figure(of.title.clone(), &of.figure, results));
    let columns: Vec<Column> = std::iter::once(epoch).chain(of_figure).collect();
    begin(sheet, &columns, wide.rows() as u64, 1)?;
    let formats: Vec<CellFormat> = columns.iter().map(|column| cell_format(column.format)).collect();
    debug_assert!(columns.iter().all(|column| column.format != Format::Text));
    for row in 0..wide.rows() {
        for (column, cell) in (0..).zip(wide.row(row)) {
            let value = match cell {
                Cell::Number(value) => value,
                Cell::Whole(value) => value as f64,
                _ => continue,
            };
            sheet.write_number_with_format(row as u32 + 1, column, value, &formats[usize::from(column)])?;
        }
    }
    Ok(())
}

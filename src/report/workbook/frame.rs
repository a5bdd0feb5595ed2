//! The frame of the workbook, made by rust_xlsxwriter: styles, all sheets with titles, filters and frozen panes, the curves side by
//! side, and the charts. The rows of the other tables are [written into it](super::package) afterwards.

use rust_xlsxwriter::{
    Color, DocProperties, ExcelDateTime, Format as CellFormat, FormatAlign, FormatBorder, Workbook, Worksheet,
    XlsxError,
};

use super::columns::{Column, Format};
use super::rows::shortened;
use super::table::Table;
use super::{Sheet, charts, wide};

/// How wide the column of a note is, in characters.
const NOTE: f64 = 100.0;
/// The height of the titles in points: two lines.
const TITLES: f64 = 32.0;
/// The grey behind the titles.
const GREY: u32 = 0xE7_E9_ED;

/// The workbook without the rows of its tables.
pub(super) fn frame(sheets: &[Sheet<'_>]) -> Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    // The bytes do not depend on when they are written.
    let created = ExcelDateTime::from_ymd(2000, 1, 1)?;
    workbook.set_properties(&DocProperties::new().set_creation_datetime(&created));
    for sheet in sheets {
        let worksheet = workbook.add_worksheet();
        match sheet {
            Sheet::Table(table) => {
                worksheet.set_name(table.name)?;
                begin(worksheet, &table.columns, table.rows, frozen(table))?;
            }
            Sheet::Note(name, note) => {
                worksheet.set_name(*name)?.set_column_width(0, NOTE)?;
                worksheet.write_string_with_format(0, 0, note, &CellFormat::new().set_text_wrap())?;
            }
            Sheet::Wide(curves, subject) => {
                worksheet.set_name(wide::NAME)?;
                wide::write(worksheet, curves, subject.results)?;
            }
            Sheet::Charts(curves, subject) => {
                worksheet.set_name("charts")?;
                charts::write(worksheet, curves, subject)?;
            }
        }
    }
    workbook.save_to_buffer()
}

/// The columns that stay in sight: those that say what a row is of, up to the variant.
fn frozen(table: &Table<'_>) -> u16 {
    let variant = table.columns.iter().position(|column| column.title == "variant");
    variant.map_or(0, |variant| variant as u16 + 1)
}

/// The titles of a table above so many rows, with formats and widths of its columns; so many columns stay in sight.
pub(super) fn begin(sheet: &mut Worksheet, columns: &[Column], rows: u64, frozen: u16) -> Result<(), XlsxError> {
    let title = CellFormat::new()
        .set_bold()
        .set_text_wrap()
        .set_align(FormatAlign::Top)
        .set_background_color(Color::RGB(GREY))
        .set_border_bottom(FormatBorder::Thin);
    for (place, column) in (0..).zip(columns) {
        sheet.set_column_width(place, column.width)?;
        sheet.set_column_format(place, &cell_format(column.format))?;
        sheet.write_string_with_format(0, place, shortened(&column.title), &title)?;
    }
    sheet.set_row_height(0, TITLES)?;
    sheet.set_freeze_panes(1, frozen)?;
    if let Some(last) = columns.len().checked_sub(1) {
        sheet.autofilter(0, 0, rows as u32, last as u16)?;
    }
    Ok(())
}

/// A format as the workbook has it.
pub(super) fn cell_format(format: Format) -> CellFormat {
    CellFormat::new().set_num_format(format.code())
}

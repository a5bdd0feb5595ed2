//! A CSV file that is written row by row, in one of the [dialects](CsvDialect).
//!
//! In: [`Cell`]s. Out: the bytes. The csv crate quotes by RFC 4180; lines end with a line feed alone, as the tools that read
//! such files expect.

use std::fmt::Write as _;
use std::io::{self, Write};

use super::cells::{Cell, text};
use super::dialect::CsvDialect;
use super::file::FillError;

/// A CSV file that is being written.
pub(super) struct CsvTable<W: Write> {
    out: csv::Writer<W>,
    dialect: CsvDialect,
    /// A number on its way out.
    number: String,
}

impl<W: Write> CsvTable<W> {
    /// An empty file.
    pub fn new(mut out: W, dialect: CsvDialect) -> io::Result<Self> {
        out.write_all(dialect.beginning().as_bytes())?;
        let out = csv::WriterBuilder::new()
            .delimiter(dialect.delimiter())
            .terminator(csv::Terminator::Any(b'\n'))
            .from_writer(out);
        Ok(Self { out, dialect, number: String::new() })
    }

    /// Writes the titles of the columns.
    pub fn titles<T: AsRef<str>>(&mut self, titles: impl IntoIterator<Item = T>) -> Result<(), FillError> {
        self.row(titles.into_iter().map(|title| Cell::Text(title.as_ref().to_owned().into())))
    }

    /// Writes a whole row.
    pub fn row<'c>(&mut self, cells: impl IntoIterator<Item = Cell<'c>>) -> Result<(), FillError> {
        cells.into_iter().try_for_each(|cell| self.cell(&cell))?;
        self.end_row()
    }

    /// Writes the next cell of a row.
    pub fn cell(&mut self, cell: &Cell<'_>) -> Result<(), FillError> {
        self.number.clear();
        // A String takes what is written into it.
        let _ = match cell {
            Cell::Empty => Ok(()),
            Cell::Number(value) => write!(self.number, "{value:?}"),
            Cell::Whole(value) => write!(self.number, "{value}"),
            Cell::Written(value) => write!(self.number, "{value}"),
            Cell::Text(value) => return Ok(self.out.write_field(text(value).as_bytes())?),
        };
        if let (',', Some(point)) = (self.dialect.decimal(), self.number.find('.')) {
            self.number.replace_range(point..=point, ",");
        }
        Ok(self.out.write_field(&self.number)?)
    }

    /// Ends a row that was written cell by cell.
    pub fn end_row(&mut self) -> Result<(), FillError> {
        Ok(self.out.write_record(None::<&[u8]>)?)
    }

    /// Brings all to the writer below.
    pub fn finish(mut self) -> Result<(), FillError> {
        Ok(self.out.flush()?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(dialect: CsvDialect) -> String {
        let mut bytes = Vec::new();
        let mut table = CsvTable::new(&mut bytes, dialect).unwrap();
        table.titles(["variant", "a.b", "=c"]).unwrap();
        table.row([Cell::from("x;y, z"), Cell::swept(Some("-1.5e-3")), Cell::from(-0.25)]).unwrap();
        table.row([Cell::from("=1.5"), Cell::swept(Some("relu")), Cell::from(1e-7)]).unwrap();
        table.row([Cell::from("1.5"), Cell::from(1_000_u64), Cell::from(None::<f64>)]).unwrap();
        table.finish().unwrap();
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn the_standard_has_commas_and_points() {
        assert_eq!(
            written(CsvDialect::Standard),
            "variant,a.b,'=c\n\"x;y, z\",-1.5e-3,-0.25\n'=1.5,relu,1e-7\n1.5,1000,\n"
        );
    }

    #[test]
    fn excel_has_semicolons_decimal_commas_in_numbers_alone_and_a_byte_order_mark() {
        assert_eq!(
            written(CsvDialect::ExcelSemicolon),
            "\u{feff}variant;a.b;'=c\n\"x;y, z\";-1,5e-3;-0,25\n'=1.5;relu;1e-7\n1.5;1000;\n"
        );
    }
}

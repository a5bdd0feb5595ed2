//! The package of a workbook, a zip: the [frame](super::frame) with the rows of its tables.
//!
//! In: the frame, a whole workbook whose tables have nothing but titles, and what fills them. Out: the same with all rows, which
//! go straight into the file: memory does not depend on their number. (rust_xlsxwriter can stream too, through temporary
//! files, but panics where the disk is full.)

use std::cell::RefCell;
use std::io::{self, Cursor, Read, Write};
use std::rc::Rc;

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipArchive, ZipWriter};

use super::rows::{Rows, letters};
use super::table::Table;
use crate::report::file::FillError;

/// Twice as fast as the usual 6, for files that are a seventh larger.
const COMPRESSION: i64 = 3;

/// Writes a frame with its tables, each beside the number of its sheet, from 1.
pub(super) fn write(frame: Vec<u8>, mut tables: Vec<(usize, Table<'_>)>, out: &mut dyn Write) -> Result<(), FillError> {
    let failed = Failed::default();
    let mut package = ZipWriter::new_stream(Latched { out, failed: failed.clone() });
    let mut frame = ZipArchive::new(Cursor::new(frame)).map_err(io::Error::from)?;
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .compression_level(Some(COMPRESSION))
        // The bytes do not depend on when they are written.
        .last_modified_time(DateTime::default());
    for part in 0..frame.len() {
        let mut part = frame.by_index(part).map_err(io::Error::from)?;
        let name = part.name().map_err(io::Error::from)?.into_owned();
        package.start_file(&name, options).map_err(io::Error::from)?;
        let is_of = |(sheet, _): &(usize, Table<'_>)| name == format!("xl/worksheets/sheet{sheet}.xml");
        match tables.iter().position(is_of) {
            None => drop(io::copy(&mut part, &mut package)?),
            Some(table) => {
                let mut sheet = String::new();
                part.read_to_string(&mut sheet)?;
                fill(&sheet, tables.swap_remove(table).1, &mut Checked { out: &mut package, failed: &failed })?;
            }
        }
        failed.check()?;
    }
    package.finish().map_err(io::Error::from)?;
    Ok(failed.check()?)
}

/// Writes a sheet with the rows of its table.
fn fill(sheet: &str, table: Table<'_>, out: &mut dyn Write) -> Result<(), FillError> {
    const END: &str = "</sheetData>";
    let end = sheet.find(END).expect("the sheet of a table has its titles");
    let styles = styles(sheet, table.columns.len());
    out.write_all(with_dimension(&sheet[..end], &table).as_bytes())?;
    (table.fill)(&mut Rows::new(&mut *out, &styles))?;
    Ok(out.write_all(&sheet.as_bytes()[end..])?)
}

/// The style of each column, as the sheet's `<cols>` have it.
fn styles(sheet: &str, columns: usize) -> Vec<u32> {
    let mut styles = vec![0; columns];
    for column in sheet.split("<col ").skip(1) {
        let number = |name: &str| -> Option<usize> {
            let (_, value) = column.split_once(&format!("{name}=\""))?;
            value.split('"').next()?.parse().ok()
        };
        if let (Some(first), Some(last), Some(style)) = (number("min"), number("max"), number("style")) {
            styles[first - 1..last.min(columns)].fill(style as u32);
        }
    }
    styles
}

/// The beginning of a sheet with the range that it has with all rows: readers that stream rely on it.
fn with_dimension(begin: &str, table: &Table<'_>) -> String {
    const DIMENSION: &str = "<dimension ref=\"";
    let Some((before, after)) = begin.split_once(DIMENSION) else { return begin.to_owned() };
    let after = after.split_once('"').map_or(after, |(_, after)| after);
    let last = letters(table.columns.len().saturating_sub(1));
    format!("{before}{DIMENSION}A1:{last}{}\"{after}", table.rows + 1)
}

/// The first error of a writer.
#[derive(Debug, Clone, Default)]
struct Failed(Rc<RefCell<Option<io::Error>>>);

impl Failed {
    fn check(&self) -> io::Result<()> {
        self.0.take().map_or(Ok(()), Err)
    }
}

/// A writer that keeps its first error for [`Failed::check`], and takes what comes after it without writing: a `ZipWriter` that is
/// dropped tries to write its end, and prints where that fails.
struct Latched<'a> {
    out: &'a mut dyn Write,
    failed: Failed,
}

impl Write for Latched<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.failed.0.borrow().is_none()
            && let Err(error) = self.out.write_all(bytes)
        {
            self.failed.0.replace(Some(error));
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A writer that fails where the one below has failed, so that nothing more is read for a file that cannot be written.
struct Checked<'a, W: Write> {
    out: &'a mut W,
    failed: &'a Failed,
}

impl<W: Write> Write for Checked<'_, W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.out.write(bytes)?;
        match self.failed.0.borrow().as_ref() {
            None => Ok(written),
            Some(error) => Err(io::Error::new(error.kind(), error.to_string())),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

//! `workbook.xlsx`: the tables of the CSV files with numbers as numbers, and native charts of the curves.
//!
//! In: a [`Book`]. Out: the file, and notes on what it lacks. The sheets are `summary`, `charts`, `trials`, `curves` and
//! `curves_wide`, each of a file here. The same results give the same bytes.
//!
//! A sheet ends at 1,048,576 rows. A table that is longer is left out, and its sheet and a warning say so.

mod charts;
mod columns;
mod curves;
mod frame;
mod limits;
mod package;
mod rows;
mod summary;
mod table;
mod trials;
mod wide;

use std::io::{self, Write};

use self::limits::{LIMITS, Limits};
use self::table::Table;
use super::charts::Subject;
use super::file::FillError;
use super::wide::WideCurves;
use crate::analysis::Diagnosis;
use crate::lab::Results;

/// What a workbook is made of.
pub struct Book<'a> {
    /// All results.
    pub results: &'a Results,
    /// What the trials' curves say, in the order of the stored trials.
    pub diagnoses: &'a [Option<Diagnosis>],
    /// How many rows `curves.csv` has.
    pub curve_rows: u64,
    /// What is compared and drawn.
    pub subject: &'a Subject<'a>,
}

/// A sheet before it is filled.
enum Sheet<'a> {
    Table(Table<'a>),
    /// In place of a table that does not fit: its name, and why.
    Note(&'static str, String),
    Wide(&'a WideCurves<'a>, &'a Subject<'a>),
    Charts(&'a WideCurves<'a>, &'a Subject<'a>),
}

/// Writes the workbook; says what it lacks.
///
/// # Errors
/// If a record cannot be read, or `out` not be written.
pub fn write_workbook(book: &Book<'_>, out: &mut dyn Write) -> Result<Vec<String>, FillError> {
    write_within(book, LIMITS, out)
}

fn write_within(book: &Book<'_>, limits: Limits, out: &mut dyn Write) -> Result<Vec<String>, FillError> {
    let wide = WideCurves::of(book.subject, true);
    let sheets = sheets(book, &wide, limits);
    let frame = frame::frame(&sheets).map_err(io::Error::other)?;
    let mut notes = Vec::new();
    let mut tables = Vec::new();
    for (number, sheet) in (1..).zip(sheets) {
        match sheet {
            Sheet::Table(table) => tables.push((number, table)),
            Sheet::Note(_, note) => notes.push(note),
            Sheet::Wide(..) | Sheet::Charts(..) => {}
        }
    }
    package::write(frame, tables, out)?;
    Ok(notes)
}

fn sheets<'a>(book: &Book<'a>, wide: &'a WideCurves<'a>, limits: Limits) -> Vec<Sheet<'a>> {
    let fitting = |table: Table<'a>| match table.objection(limits) {
        None => Sheet::Table(table),
        Some(objection) => Sheet::Note(table.name, objection),
    };
    let mut sheets = vec![fitting(summary::table(book)), fitting(trials::table(book)), fitting(curves::table(book))];
    let of_charts = Limits { cells: limits.cells.min(wide::CELLS), ..limits };
    match of_charts.objection(wide::NAME, wide.rows() as u64, wide.columns().len() + 1) {
        None => {
            sheets.insert(1, Sheet::Charts(wide, book.subject));
            sheets.push(Sheet::Wide(wide, book.subject));
        }
        Some(objection) => sheets.push(Sheet::Note(wide::NAME, objection + ", and the charts of it are left out too")),
    }
    sheets
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::io::{Cursor, Read};

    use super::*;
    use crate::analysis::{Summary, Terms};
    use crate::lab::{Record, example_record, example_results};

    /// The notes of a workbook, and its parts by name. Of two variants with two seeds and two epochs each.
    fn written(limits: Limits) -> (Vec<String>, BTreeMap<String, String>) {
        let mut bytes = Vec::new();
        let notes = write(limits, &mut bytes).unwrap();
        let mut package = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
        let count = package.len();
        let part = |part: usize| {
            let mut part = package.by_index(part).unwrap();
            let mut text = String::new();
            part.read_to_string(&mut text).unwrap();
            (part.name().unwrap().into_owned(), text)
        };
        (notes, (0..count).map(part).collect())
    }

    fn write(limits: Limits, out: &mut dyn Write) -> Result<Vec<String>, FillError> {
        write_of(|_, _| Some(example_record("")), limits, out)
    }

    fn write_of(
        record: impl Fn(usize, u64) -> Option<Record>,
        limits: Limits,
        out: &mut dyn Write,
    ) -> Result<Vec<String>, FillError> {
        let (_folder, results) = example_results(record);
        let summary = Summary::of(&results, Terms::default()).unwrap();
        let subject = Subject::of(&results, &summary).unwrap();
        let book = Book { results: &results, diagnoses: &summary.diagnoses, curve_rows: 8, subject: &subject };
        write_within(&book, limits, out)
    }

    fn rows(sheet: &str) -> usize {
        sheet.matches("<row ").count()
    }

    #[test]
    fn every_table_is_a_sheet_with_its_titles_filters_and_range() {
        let (notes, parts) = written(LIMITS);
        assert_eq!(notes, Vec::<String>::new());
        let sheet = |number: usize| parts[&format!("xl/worksheets/sheet{number}.xml")].as_str();
        assert_eq!([1, 3, 4, 5].map(|number| rows(sheet(number))), [3, 5, 9, 3]);
        assert!(sheet(4).contains("<dimension ref=\"A1:R9\"/>") && sheet(4).contains("<autoFilter ref=\"A1:R9\"/>"));
        assert!(sheet(4).contains("state=\"frozen\"") && sheet(4).matches("topLeftCell=\"C2\"").count() == 1);
        let names = ["summary", "charts", "trials", "curves", "curves_wide"];
        let found =
            parts["xl/workbook.xml"].split("<sheet name=\"").skip(1).map(|rest| rest.split('"').next().unwrap());
        assert_eq!(found.collect::<Vec<_>>(), names);
        assert_eq!(parts.keys().filter(|name| name.starts_with("xl/charts/chart")).count(), 2);
    }

    #[test]
    fn a_table_that_does_not_fit_is_left_out_and_said() {
        assert_eq!(written(Limits { rows: 9, ..LIMITS }).0, Vec::<String>::new(), "8 rows below the titles fit");
        let (notes, parts) = written(Limits { rows: 8, ..LIMITS });
        let note = "curves has 8 rows, and a sheet holds at most 7 below the titles: it is left out here, curves.csv has it all";
        assert_eq!(notes, [note]);
        assert!(parts["xl/sharedStrings.xml"].contains(note));
        assert_eq!(rows(&parts["xl/worksheets/sheet4.xml"]), 1);
        assert_eq!(rows(&parts["xl/worksheets/sheet3.xml"]), 5, "the others are there");
    }

    #[test]
    fn charts_go_where_their_sheet_does_not_fit() {
        let (notes, parts) = written(Limits { cells: 13, ..LIMITS });
        assert!(notes.iter().any(|note| note.starts_with("curves_wide has 14 cells")), "{notes:?}");
        assert!(!parts.keys().any(|name| name.starts_with("xl/charts")), "{:?}", parts.keys());
    }

    #[test]
    fn the_same_results_give_the_same_bytes_and_nothing_says_when_they_were_written() {
        let mut bytes = [Vec::new(), Vec::new()];
        bytes.iter_mut().for_each(|bytes| assert!(write(LIMITS, bytes).unwrap().is_empty()));
        assert!(bytes[0] == bytes[1]);
        let mut package = zip::ZipArchive::new(Cursor::new(&bytes[0])).unwrap();
        for part in 0..package.len() {
            let part = package.by_index(part).unwrap();
            assert_eq!(part.last_modified(), Some(zip::DateTime::default()), "{:?}", part.name());
        }
        assert!(written(LIMITS).1["docProps/core.xml"].matches("2000-01-01T00:00:00Z").count() == 2);
    }

    #[test]
    fn before_any_trial_is_done_there_is_a_workbook_without_charts() {
        let mut bytes = Vec::new();
        assert_eq!(write_of(|_, _| None, LIMITS, &mut bytes).unwrap(), Vec::<String>::new());
        let package = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
        assert!(package.file_names().all(|name| !name.unwrap().starts_with("xl/charts")));
    }

    #[test]
    fn a_disk_that_is_full_is_an_error_wherever_it_ends() {
        struct Full(usize);
        impl Write for Full {
            fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
                self.0 = self.0.checked_sub(bytes.len()).ok_or_else(|| io::Error::from(io::ErrorKind::StorageFull))?;
                Ok(bytes.len())
            }

            fn flush(&mut self) -> io::Result<()> {
                Ok(())
            }
        }
        let mut whole = Vec::new();
        write(LIMITS, &mut whole).unwrap();
        for room in [0, 100, whole.len() / 2, whole.len() - 1] {
            let error = write(LIMITS, &mut Full(room)).unwrap_err();
            assert!(matches!(&error, FillError::Write(error) if error.kind() == io::ErrorKind::StorageFull), "{error}");
        }
        assert!(write(LIMITS, &mut Full(whole.len())).is_ok());
    }
}

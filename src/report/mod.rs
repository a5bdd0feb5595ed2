//! How results are written down.
//!
//! In: [`Results`] and what [`analysis`](crate::analysis) says of them. Out: CSV files, each whole or not
//! at all, a workbook with the same tables, and the comparison as text. Nothing is printed here.

mod cells;
pub mod charts;
mod comparison;
mod csv_table;
mod curves_csv;
mod dialect;
mod file;
mod keys;
mod measures_csv;
mod page;
mod plots;
mod predictions;
mod replay;
mod ruler;
mod selection_csv;
mod status;
mod study;
mod summary_csv;
mod terminal;
mod trials_csv;
mod wide;
mod workbook;

pub use cells::{number, plain_text, text};
pub use comparison::{Format, Spent, Style, comparison, harmless, measured_tables, trial_label};
pub use curves_csv::write_curves;
pub use dialect::CsvDialect;
pub use file::{Files, FillError, ReportError, write_file};
pub use measures_csv::write_measures;
pub use page::{About, write_page, write_study_page};
pub use plots::{PlotFormat, svg, write_plots};
pub use predictions::{PredictionScore, PredictionsError, write_predictions};
pub use replay::replay;
pub use selection_csv::write_selection;
pub use status::{Queued, status, unplanned};
pub use study::studies;
pub use summary_csv::write_summary;
pub use terminal::{beside, learning_curves};
pub use trials_csv::write_trials;
pub use wide::write_curves_wide;
pub use workbook::{Book, write_workbook};

use std::path::Path;

use self::charts::{Subject, charts};
use crate::analysis::{Summary, trial_diagnoses};
use crate::lab::Results;

/// The file of the curves; a folder that has it has derived files.
pub const CURVES: &str = "curves.csv";
/// The page.
pub const PAGE: &str = "report.html";

/// How the derived files are written.
#[derive(Debug, Clone, Copy, Default)]
pub struct FileOptions {
    /// The form of the CSV files.
    pub dialect: CsvDialect,
    /// As what charts are drawn.
    pub plots: PlotFormat,
}

/// Writes every derived file; none of them appears yet. The summary is that of what is [compared](Results::compared). What
/// could not be written into a form that has limits becomes a [warning](Files::warnings).
///
/// # Errors
/// The first file that cannot be written.
pub fn write_all(
    results: &Results,
    summary: &Summary,
    about: &About<'_>,
    options: FileOptions,
    files: &mut Files<'_>,
) -> Result<(), ReportError> {
    let FileOptions { dialect, plots } = options;
    let mut curve_rows = 0;
    files.write(CURVES, |out| {
        curve_rows = write_curves(results, dialect, out)?;
        Ok(())
    })?;
    let compared = results.compared();
    // Those of lower rungs are in no summary.
    let of_all = match results.halving {
        Some(_) => Some(trial_diagnoses(results)?),
        None => None,
    };
    let diagnoses = of_all.as_deref().unwrap_or(&summary.diagnoses);
    files.write("trials.csv", |out| write_trials(results, diagnoses, dialect, out))?;
    files.write("measures.csv", |out| write_measures(results, dialect, out))?;
    files.write("selection.csv", |out| write_selection(&compared, summary, dialect, out))?;
    files.write("summary.csv", |out| write_summary(&compared, summary, dialect, out))?;
    let subject = Subject::of(&compared, summary)?;
    files.write("curves_wide.csv", |out| write_curves_wide(&subject, dialect, out))?;
    let book = Book { results, diagnoses, curve_rows, subject: &subject };
    let mut notes = Vec::new();
    files.write("workbook.xlsx", |out| {
        notes = write_workbook(&book, out)?;
        Ok(())
    })?;
    files.warnings.extend(notes.into_iter().map(|note| format!("workbook.xlsx: {note}")));
    let charts = charts(&subject);
    files.write(PAGE, |out| write_page(&subject, &charts, about, out))?;
    write_plots(&charts, plots, files)
}

/// Writes a text.
///
/// # Errors
/// If the disk fails, naming the path.
pub fn write_text(path: &Path, text: &str) -> Result<(), ReportError> {
    write_file(path, |out| Ok(out.write_all(text.as_bytes())?))
}

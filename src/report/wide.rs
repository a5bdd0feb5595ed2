//! Curves side by side: epochs down, variants across, which is the form that spreadsheets chart without more ado.
//!
//! In: the [`Subject`] of the charts, of which come means over seeds and folds, and which cells are drawn. Out: titles and rows:
//! `epoch`, then the test figure of every variant (and point), then the training figure of every variant, then the gaps where
//! they are asked for. Columns of one kind stand together, so that a part of them is one range too. A curve ends where fewer
//! than half of the trials go on; its cells are empty from there on.

use std::io::Write;

use super::cells::Cell;
use super::charts::Subject;
use super::csv_table::CsvTable;
use super::dialect::CsvDialect;
use super::file::FillError;
use crate::analysis::Spread;

/// The figures of `curves_wide.csv`: test and training; behind them that of the gap.
const FIGURES: usize = 2;

/// Curves side by side.
pub(super) struct WideCurves<'a> {
    /// Each column behind the epoch.
    columns: Vec<WideColumn<'a>>,
    /// The number of epochs, that before training among them.
    rows: usize,
}

/// A column behind the epoch.
pub(super) struct WideColumn<'a> {
    /// The place of the cell in the plan.
    pub cell: usize,
    /// The name of the variant and its point, and that of the figure.
    pub title: String,
    /// The figure's name, as in `curves.csv`.
    pub figure: String,
    values: &'a [Option<Spread>],
}

impl<'a> WideCurves<'a> {
    /// The curves of what is drawn; with those of the gap or without.
    pub fn of(subject: &'a Subject<'a>, with_gap: bool) -> Self {
        let usual = subject.results.usual_metric();
        let figures = [format!("test_{usual}"), format!("train_{usual}"), "gap".to_owned()];
        let wanted = if with_gap { &figures[..] } else { &figures[..FIGURES] };
        let column = |figure: &String, cell: &'a crate::analysis::CellCurves| WideColumn {
            cell: cell.cell,
            title: format!("{} {figure}", subject.name(cell.cell)),
            figure: figure.clone(),
            values: subject.curves.figure(cell, figure),
        };
        let columns: Vec<WideColumn<'a>> =
            wanted.iter().flat_map(|figure| subject.cells().map(move |cell| column(figure, cell))).collect();
        let rows = columns.iter().map(|column| column.values.len()).max().unwrap_or(0);
        Self { columns, rows }
    }

    /// The columns behind the epoch.
    pub fn columns(&self) -> &[WideColumn<'a>] {
        &self.columns
    }

    /// The number of rows below the titles.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// The titles.
    pub fn titles(&self) -> impl Iterator<Item = &str> {
        std::iter::once("epoch").chain(self.columns.iter().map(|column| column.title.as_str()))
    }

    /// A row.
    pub fn row(&self, epoch: usize) -> impl Iterator<Item = Cell<'static>> {
        let mean = move |column: &WideColumn<'_>| column.values.get(epoch).copied().flatten().map(|found| found.mean);
        std::iter::once(Cell::from(epoch)).chain(self.columns.iter().map(move |column| Cell::from(mean(column))))
    }
}

/// Writes `curves_wide.csv`.
///
/// # Errors
/// If `out` cannot be written.
pub fn write_curves_wide(subject: &Subject<'_>, dialect: CsvDialect, out: impl Write) -> Result<(), FillError> {
    let wide = WideCurves::of(subject, false);
    let mut out = CsvTable::new(out, dialect)?;
    out.titles(wide.titles())?;
    (0..wide.rows()).try_for_each(|epoch| out.row(wide.row(epoch)))?;
    out.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::{Summary, Terms};
    use crate::lab::{example_record, example_results};

    #[test]
    fn has_a_row_per_epoch_with_the_means_of_every_variant() {
        let (_folder, mut results) = example_results(|cell, seed| {
            let mut record = example_record("");
            record.curve.test[1][1] = [[0.5, 0.75], [0.25, 0.75]][cell][seed as usize];
            Some(record)
        });
        results.variants[1] = "=dropout".to_owned();
        let summary = Summary::of(&results, Terms::default()).unwrap();
        let subject = Subject::of(&results, &summary).unwrap();
        let mut bytes = Vec::new();
        write_curves_wide(&subject, CsvDialect::Standard, &mut bytes).unwrap();
        assert_eq!(
            String::from_utf8(bytes).unwrap(),
            "epoch,none test_accuracy,'=dropout hidden=0.5 test_accuracy,none train_accuracy,\
             '=dropout hidden=0.5 train_accuracy\n0,0.5,0.5,0.5,0.5\n1,0.625,0.5,1.0,1.0\n"
        );
        let wide = WideCurves::of(&subject, true);
        assert_eq!(wide.columns()[4].title, "none gap");
        assert_eq!(wide.row(1).nth(6), Some(Cell::Number(0.5)));
    }
}

//! `summary.csv`: one row per variant and point.
//!
//! In: the [`Summary`]. Out: the keys, `n`, mean, sd and interval of each figure at the chosen epoch, the difference of the
//! chosen metric from the baseline with its p-value, as such and after Holm's correction over the rows of the file, the mean
//! rank by the test figure within each seed and fold (a description: nothing is chosen by it), and the verdict. Behind these
//! the figure that the difference is of, and those that are measured once, at the chosen epoch; last, what most curves say.

use std::io::Write;

use super::cells::Cell;
use super::csv_table::CsvTable;
use super::dialect::CsvDialect;
use super::file::FillError;
use super::keys;
use crate::analysis::{Estimate, Interval, Summary, measure_names};
use crate::lab::Results;

/// Writes a row for each cell of the plan.
///
/// # Errors
/// If `out` cannot be written.
pub fn write_summary(
    results: &Results,
    summary: &Summary,
    dialect: CsvDialect,
    out: impl Write,
) -> Result<(), FillError> {
    let mut out = CsvTable::new(out, dialect)?;
    out.titles(titles(results, summary))?;
    for cell in 0..summary.cells.len() {
        out.row(row(results, summary, cell))?;
    }
    out.finish()
}

/// The titles of the columns.
pub(super) fn titles(results: &Results, summary: &Summary) -> Vec<String> {
    let mut names = keys::names(results);
    names.push("n".to_owned());
    let (of_curve, further) = measures(results, summary);
    let estimated = |measures: &[String]| -> Vec<String> {
        let figures = |measure| ["mean", "sd", "low", "high"].map(|figure| format!("{measure}_{figure}"));
        measures.iter().flat_map(figures).collect()
    };
    names.extend(estimated(of_curve));
    names.extend(["difference", "difference_low", "difference_high"].map(str::to_owned));
    names.extend(["p_value", "p_adjusted", "rank", "verdict", "metric"].map(str::to_owned));
    names.extend(estimated(further));
    names.push("diagnosis".to_owned());
    names
}

/// The figures of every epoch, and those of the chosen epoch alone.
fn measures<'a>(results: &Results, summary: &'a Summary) -> (&'a [String], &'a [String]) {
    summary.measures.split_at(measure_names(&results.metrics).len())
}

/// The cells of a variant at a point.
pub(super) fn row<'a>(results: &'a Results, summary: &'a Summary, cell: usize) -> Vec<Cell<'a>> {
    let figures = &summary.cells[cell];
    let mut cells = keys::values(results, cell);
    cells.push(figures.n.into());
    let estimated = |measures: &[String]| -> Vec<Cell<'a>> {
        let cells_of = |measure: &String| {
            let Estimate { mean, sd, interval, .. } = summary.estimate(cell, measure);
            let [low, high] = ends(interval);
            [mean.into(), sd.into(), low, high]
        };
        measures.iter().flat_map(cells_of).collect()
    };
    let (of_curve, further) = measures(results, summary);
    cells.extend(estimated(of_curve));
    cells.push(figures.difference.map(|difference| difference.mean).into());
    cells.extend(ends(figures.difference.and_then(|difference| difference.interval)));
    cells.push(figures.difference.and_then(|difference| difference.p_value).into());
    cells.push(figures.judgement.and_then(|judgement| judgement.p_adjusted).into());
    cells.push(figures.rank.into());
    cells.push(figures.judgement.map(|judgement| judgement.verdict.name()).into());
    cells.push(summary.metric.as_str().into());
    cells.extend(estimated(further));
    cells.push(figures.diagnosis.as_ref().map(|found| found.diagnosis.name()).into());
    cells
}

fn ends<'a>(interval: Option<Interval>) -> [Cell<'a>; 2] {
    [interval.map(|interval| interval.low), interval.map(|interval| interval.high)].map(Cell::from)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::Terms;
    use crate::lab::{example_record, example_results};

    #[test]
    fn has_a_row_per_cell_with_what_is_not_known_empty() {
        let (_folder, mut results) = example_results(|cell, seed| {
            (seed == 0).then(|| {
                let mut record = example_record("");
                record.curve.test[1][1] = [0.5, 0.75][cell];
                record
            })
        });
        results.variants[1] = "=dropout".to_owned();
        let mut bytes = Vec::new();
        write_summary(&results, &Summary::of(&results, Terms::default()).unwrap(), CsvDialect::Standard, &mut bytes)
            .unwrap();
        let text = String::from_utf8(bytes).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        assert!(lines[0].starts_with("experiment,variant,remedies.dropout.hidden,n,train_loss_mean,train_loss_sd,train_loss_low,train_loss_high,validation_loss_mean,"));
        assert!(lines[0].ends_with(",loss_gap_mean,loss_gap_sd,loss_gap_low,loss_gap_high,difference,difference_low,difference_high,p_value,p_adjusted,rank,verdict,metric,diagnosis"));
        assert_eq!(
            lines[1],
            "toy,none,,1,0.1,,,,0.3,,,,0.4,,,,1.0,,,,0.75,,,,0.5,,,,0.5,,,,0.30000000000000004,,,,,,,,,2.0,,test_accuracy,too short"
        );
        assert_eq!(
            lines[2],
            "toy,'=dropout,0.5,1,0.1,,,,0.3,,,,0.4,,,,1.0,,,,0.75,,,,0.75,,,,0.25,,,,0.30000000000000004,,,,0.25,,,,,1.0,can't tell,test_accuracy,too short"
        );
        assert_eq!(lines.len(), 3);
    }
}

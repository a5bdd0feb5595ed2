//! `summary.csv`: one row per variant and point.
//!
//! In: the [`Summary`]. Out: the keys, `n`, mean, sd and interval of each figure at the chosen epoch, and the difference of
//! the chosen metric from the baseline. The columns of tests and verdicts are there and empty as long as nothing fills them.

use std::io::Write;

use super::cells::{number, writer};
use super::file::FillError;
use super::keys;
use crate::analysis::{Estimate, Interval, Summary};
use crate::lab::Results;

/// Columns that later analyses fill.
const UNFILLED: [&str; 4] = ["p_value", "p_adjusted", "rank", "verdict"];

/// Writes a row for each cell of the plan.
///
/// # Errors
/// If `out` cannot be written.
pub fn write_summary(results: &Results, summary: &Summary, out: impl Write) -> Result<(), FillError> {
    let mut out = writer(out);
    out.write_record(header(results, summary))?;
    for cell in 0..summary.cells.len() {
        out.write_record(row(results, summary, cell))?;
    }
    Ok(out.flush()?)
}

fn header(results: &Results, summary: &Summary) -> Vec<String> {
    let mut names = keys::names(results);
    names.push("n".to_owned());
    for measure in &summary.measures {
        names.extend(["mean", "sd", "low", "high"].map(|figure| format!("{measure}_{figure}")));
    }
    names.extend(["difference", "difference_low", "difference_high"].map(str::to_owned));
    names.extend(UNFILLED.map(str::to_owned));
    names
}

fn row(results: &Results, summary: &Summary, cell: usize) -> Vec<String> {
    let figures = &summary.cells[cell];
    let mut cells = keys::values(results, cell);
    cells.push(figures.n.to_string());
    for measure in &summary.measures {
        let Estimate { mean, sd, interval, .. } = summary.estimate(cell, measure);
        cells.extend([number(mean), number(sd)]);
        cells.extend(ends(interval));
    }
    cells.push(number(figures.difference.map(|difference| difference.mean)));
    cells.extend(ends(figures.difference.and_then(|difference| difference.interval)));
    cells.extend(UNFILLED.map(|_| String::new()));
    cells
}

fn ends(interval: Option<Interval>) -> [String; 2] {
    [interval.map(|interval| interval.low), interval.map(|interval| interval.high)].map(number)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lab::{example_record, example_results};

    #[test]
    fn has_a_row_per_cell_with_the_unfilled_columns_empty() {
        let (_folder, mut results) = example_results(|cell, seed| {
            (seed == 0).then(|| {
                let mut record = example_record("");
                record.curve.test[1][1] = [0.5, 0.75][cell];
                record
            })
        });
        results.variants[1] = "=dropout".to_owned();
        let mut bytes = Vec::new();
        write_summary(&results, &Summary::of(&results).unwrap(), &mut bytes).unwrap();
        let text = String::from_utf8(bytes).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        assert!(lines[0].starts_with("experiment,variant,remedies.dropout.hidden,n,train_loss_mean,train_loss_sd,train_loss_low,train_loss_high,validation_loss_mean,"));
        assert!(lines[0].ends_with(",loss_gap_mean,loss_gap_sd,loss_gap_low,loss_gap_high,difference,difference_low,difference_high,p_value,p_adjusted,rank,verdict"));
        assert_eq!(
            lines[1],
            "toy,none,,1,0.1,,,,0.3,,,,0.4,,,,1.0,,,,0.75,,,,0.5,,,,0.5,,,,0.30000000000000004,,,,,,,,,,"
        );
        assert_eq!(
            lines[2],
            "toy,'=dropout,0.5,1,0.1,,,,0.3,,,,0.4,,,,1.0,,,,0.75,,,,0.75,,,,0.25,,,,0.30000000000000004,,,,0.25,,,,,,"
        );
        assert_eq!(lines.len(), 3);
    }
}

//! `selection.csv`: which points were chosen, one row per variant, seed and fold.
//!
//! In: the [`Summary`]. Out: the keys of the point that was chosen, seed, fold, among how many points, by what (`validation`,
//! or `oracle` where that was asked for: by the test figures themselves), and its figures at the chosen epoch. Only the titles
//! where no variant was swept.

use std::io::Write;

use super::cells::Cell;
use super::csv_table::CsvTable;
use super::dialect::CsvDialect;
use super::file::FillError;
use super::keys;
use crate::analysis::Summary;
use crate::lab::Results;

/// Writes a row for each winner.
///
/// # Errors
/// If `out` cannot be written.
pub fn write_selection(
    results: &Results,
    summary: &Summary,
    dialect: CsvDialect,
    out: impl Write,
) -> Result<(), FillError> {
    let mut out = CsvTable::new(out, dialect)?;
    let titles =
        ["seed", "fold", "points", "chosen_by"].map(str::to_owned).into_iter().chain(summary.measures.iter().cloned());
    out.titles(keys::names(results).into_iter().chain(titles))?;
    for selected in summary.selected.iter().chain(summary.oracle.iter().flatten()) {
        for winner in &selected.winners {
            let mut cells = keys::values(results, winner.cell);
            cells.extend([winner.seed.into(), winner.fold.into(), selected.points.into()]);
            cells.push(selected.chosen_by.name().into());
            cells.extend(winner.figures.iter().map(|&figure| Cell::from(figure)));
            out.row(cells)?;
        }
    }
    out.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::Terms;
    use crate::lab::{CellKey, PlannedTrial, example_record, example_results};

    #[test]
    fn has_a_row_for_the_winner_of_each_seed() {
        let (_folder, mut results) = example_results(|_, _| Some(example_record("")));
        // Both variants are points of one: what is equal is decided by the plan.
        results.cells[1] = CellKey { variant: 0, ..results.cells[1].clone() };
        results.trials.retain(|trial: &PlannedTrial| (trial.cell, trial.seed) != (0, 1));
        let mut bytes = Vec::new();
        let terms = Terms { oracle: true, ..Terms::default() };
        write_selection(&results, &Summary::of(&results, terms).unwrap(), CsvDialect::Standard, &mut bytes).unwrap();
        let text = String::from_utf8(bytes).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(
            lines[0],
            "experiment,variant,remedies.dropout.hidden,seed,fold,points,chosen_by,train_loss,validation_loss,test_loss,train_accuracy,validation_accuracy,test_accuracy,gap,loss_gap"
        );
        assert!(lines[1].starts_with("toy,none,,0,0,2,validation,0.1,0.3,0.4,1.0,0.75,0.8,"), "{text}");
        assert!(lines[2].starts_with("toy,none,0.5,1,0,2,validation,0.1,"), "{text}");
        assert!(lines[4].starts_with("toy,none,0.5,1,0,2,oracle,0.1,"), "{text}");
        assert_eq!(lines.len(), 5);
    }
}

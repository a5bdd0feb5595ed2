//! What charts are made of: the results that are compared, their summary, and the curves of the cells that are drawn.
//!
//! A page cannot show ten thousand lines. Drawn are at most [`MOST_CELLS`] cells: first those that stand for something (the
//! baseline, the points that validation chose), then the others in the order of the plan. Only their records are read.

use super::palette::Colour;
use crate::analysis::{CellCurves, MeanCurves, Summary};
use crate::lab::{CellKey, Results, Rows, StoreError};
use crate::report::comparison::{cell_name, name_of};

/// The most cells of which curves are drawn.
const MOST_CELLS: usize = 100;
/// The most that are drawn before anyone asks for more.
const SHOWN: usize = 8;

/// What charts are made of.
pub struct Subject<'a> {
    /// What is [compared](Results::compared).
    pub results: &'a Results,
    /// Their summary.
    pub summary: &'a Summary,
    /// The curves of the cells that are drawn, in the order of the plan.
    pub curves: MeanCurves,
    /// How many rows each part of the data has, in the first trial.
    pub rows: Option<Rows>,
    /// How many cells are not drawn.
    pub left_out: usize,
    /// Whether a cell is drawn before anyone asks for it, by its place in the plan.
    shown: Vec<bool>,
    /// The colours of the cells.
    colours: Vec<Colour>,
}

impl<'a> Subject<'a> {
    /// Reads the curves of the cells that are drawn.
    ///
    /// # Errors
    /// If a record cannot be read.
    pub fn of(results: &'a Results, summary: &'a Summary) -> Result<Self, StoreError> {
        let order = by_importance(results, summary);
        let mut shown = vec![false; results.cells.len()];
        order.iter().take(SHOWN).for_each(|&cell| shown[cell] = true);
        let mut drawn: Vec<usize> = order.iter().copied().take(MOST_CELLS).collect();
        drawn.sort_unstable();
        let left_out = order.len() - drawn.len();
        let rows = results.records().next().transpose()?.map(|(_, record)| record.rows);
        Ok(Self {
            results,
            summary,
            rows,
            curves: MeanCurves::of(results, &drawn)?,
            left_out,
            shown,
            colours: colours(results),
        })
    }

    /// The cells with curves.
    pub fn cells(&self) -> impl Iterator<Item = &CellCurves> {
        self.curves.cells.iter().filter(|cell| cell.trials > 0)
    }

    /// The name of a cell.
    pub fn name(&self, cell: usize) -> String {
        cell_name(self.results, cell)
    }

    /// The name of a variant at some values of the axes.
    pub fn name_at(&self, variant: usize, values: &[Option<String>]) -> String {
        name_of(self.results, variant, values)
    }

    /// The colour of a cell: that of its variant, in a shade of its own where the variant has several points.
    pub fn colour(&self, cell: usize) -> Colour {
        self.colours[cell]
    }

    /// The colour of a variant.
    pub fn colour_of(&self, variant: usize) -> Colour {
        Colour::of(variant, self.results.baseline)
    }

    /// Whether a cell is drawn before anyone asks for it.
    pub fn is_shown(&self, cell: usize) -> bool {
        self.shown[cell]
    }

    /// What is not drawn, as a sentence; nothing where all is.
    pub fn omission(&self) -> String {
        match self.left_out {
            0 => String::new(),
            left_out => format!(
                " Not drawn: {left_out} of {} rows of the comparison; curves.csv has all.",
                left_out + self.curves.cells.len()
            ),
        }
    }
}

/// The colour of each cell of the plan.
fn colours(results: &Results) -> Vec<Colour> {
    let mut points = vec![0; results.variants.len()];
    results.cells.iter().for_each(|key| points[key.variant] += 1);
    let mut seen = vec![0; results.variants.len()];
    let colour = |key: &CellKey| {
        seen[key.variant] += 1;
        Colour::of(key.variant, results.baseline).at(seen[key.variant] - 1, points[key.variant])
    };
    results.cells.iter().map(colour).collect()
}

/// The cells that have trials: the baseline's and those that were chosen first, then one of each variant, then the others.
fn by_importance(results: &Results, summary: &Summary) -> Vec<usize> {
    let has_figures = |cell: usize| summary.cells[cell].n + summary.cells[cell].diverged > 0;
    let chosen = summary.selected.iter().filter_map(|selected| selected.chosen().first().map(|&(cell, _)| cell));
    let first_of = |variant: usize| (0..results.cells.len()).find(|&cell| results.cells[cell].variant == variant);
    let first = [first_of(results.baseline)].into_iter().flatten().chain(chosen);
    let firsts = (0..results.variants.len()).filter_map(first_of);
    let mut is_taken = vec![false; results.cells.len()];
    let mut take = |cell: usize| has_figures(cell) && !std::mem::replace(&mut is_taken[cell], true);
    first.chain(firsts).chain(0..results.cells.len()).filter(|&cell| take(cell)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::Terms;
    use crate::lab::{PlannedTrial, example_record, example_results};

    #[test]
    fn of_very_many_cells_the_first_are_drawn_and_the_others_counted() {
        let (_folder, mut results) = example_results(|_, _| Some(example_record("")));
        for cell in 2..150 {
            let swept = vec![Some(cell.to_string())];
            results.cells.push(CellKey { variant: 1, swept, shared_point: 0, split: "".into() });
            results.trials.push(PlannedTrial { cell, seed: 0, fold: 0, id: "10".to_owned() });
        }
        let summary = Summary::of(&results, Terms::default()).unwrap();
        let subject = Subject::of(&results, &summary).unwrap();
        assert_eq!((subject.cells().count(), subject.left_out), (MOST_CELLS, 50));
        assert_eq!((0..150).filter(|&cell| subject.is_shown(cell)).count(), SHOWN);
        assert!(subject.is_shown(0) && subject.omission().contains("50 of 150"));
        assert_eq!(subject.name(1), "dropout hidden=0.5");
    }

    #[test]
    fn points_of_one_variant_have_shades_of_its_colour() {
        let (_folder, mut results) = example_results(|_, _| Some(example_record("")));
        results.cells.push(results.cells[1].clone());
        let summary = Summary::of(&results, Terms::default()).unwrap();
        let subject = Subject::of(&results, &summary).unwrap();
        let colours: Vec<Colour> = (0..3).map(|cell| subject.colour(cell)).collect();
        assert_eq!((colours[0].variant, colours[0].shade), (None, None));
        assert_eq!((colours[1].variant, colours[1].shade), (Some(0), Some(0.0)));
        assert_eq!((colours[2].variant, colours[2].shade), (Some(0), Some(1.0)));
    }
}

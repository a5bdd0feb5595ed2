//! Each variant at its best point, chosen without a look at the test rows.
//!
//! In: the outcomes of every cell. Out: one [`Selected`] per variant: within each seed and fold the point with the best
//! validation figure stands for the variant, and the test figures of these winners are its own. The best of many test
//! figures would be too good: the more points, the more so (Cawley and Talbot 2010). Axes under `data` say what is compared,
//! not how it is trained: nothing is chosen among them.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use super::outcomes::{Outcome, Outcomes};
use super::pairing::{Difference, Score, paired_difference};
use super::statistics::{Estimate, Overlap};
use crate::lab::{CellKey, Results};

/// A variant, tuned on validation figures.
#[derive(Debug, Clone, PartialEq)]
pub struct Selected {
    /// The variant's place among [`Results::variants`].
    pub variant: usize,
    /// The value of each axis among which nothing is chosen; `None` for the others.
    pub given: Vec<Option<String>>,
    /// Whether this is the baseline, tuned likewise.
    pub is_baseline: bool,
    /// Among how many points was chosen.
    pub points: usize,
    /// What was chosen, in the order of seeds and folds.
    pub winners: Vec<Winner>,
    /// One estimate per name of [`Summary::measures`](super::Summary::measures), over the winners.
    pub measures: Vec<Estimate>,
    /// By how much the winners' validation figures are above their test figures: what the choice itself gained, and chance.
    pub optimism: Estimate,
    /// How far the test figure is above that of the baseline's winners, paired by seed and fold.
    pub difference: Option<Difference>,
}

/// What was chosen in a seed and fold.
#[derive(Debug, Clone, PartialEq)]
pub struct Winner {
    /// The seed.
    pub seed: u64,
    /// The fold.
    pub fold: u32,
    /// The cell of the point, by its place in the plan.
    pub cell: usize,
    /// Its figures at the chosen epoch, by the names of [`Summary::measures`](super::Summary::measures).
    pub figures: Vec<Option<f64>>,
}

impl Selected {
    /// How often each point was chosen: cells with counts, the most frequent first, then in the order of the plan.
    pub fn chosen(&self) -> Vec<(usize, usize)> {
        let mut counts = BTreeMap::new();
        self.winners.iter().for_each(|winner| *counts.entry(winner.cell).or_insert(0) += 1);
        let mut counts: Vec<(usize, usize)> = counts.into_iter().collect();
        counts.sort_by_key(|&(_, count)| std::cmp::Reverse(count));
        counts
    }

    fn scores(&self, column: usize) -> Vec<Score> {
        let score =
            |winner: &Winner| Some(Score { seed: winner.seed, fold: winner.fold, value: winner.figures[column]? });
        self.winners.iter().filter_map(score).collect()
    }
}

/// Tunes every variant; nothing where no variant has points to choose among, or no trial has a validation figure.
pub(super) fn select(results: &Results, outcomes: &[Outcomes], measures: &[String], overlap: Overlap) -> Vec<Selected> {
    let column = |name: String| measures.iter().position(|measure| *measure == name);
    let metric = results.metric();
    let columns = (|| {
        Some(Columns {
            validation: column(format!("validation_{metric}"))?,
            loss: column("validation_loss".to_owned())?,
            test: column(format!("test_{metric}"))?,
        })
    })();
    let groups = groups(results);
    let is_choice = groups.iter().any(|group| group.cells.len() > 1);
    let Some(columns) = columns.filter(|_| is_choice) else { return Vec::new() };
    let mut selected: Vec<Selected> =
        groups.into_iter().map(|group| group.select(results, outcomes, columns, overlap)).collect();
    if selected.iter().all(|selected| selected.winners.is_empty()) {
        return Vec::new();
    }
    let baselines: Vec<(Vec<Option<String>>, Vec<Score>)> = selected
        .iter()
        .filter(|selected| selected.is_baseline)
        .map(|baseline| (baseline.given.clone(), baseline.scores(columns.test)))
        .collect();
    for variant in selected.iter_mut().filter(|selected| !selected.is_baseline) {
        let baseline = baselines.iter().find(|(given, _)| *given == variant.given);
        variant.difference =
            baseline.and_then(|(_, scores)| paired_difference(&variant.scores(columns.test), scores, overlap));
    }
    selected
}

/// Places among the figures.
#[derive(Clone, Copy)]
struct Columns {
    validation: usize,
    loss: usize,
    test: usize,
}

/// The cells of a variant among which is chosen.
struct Group {
    variant: usize,
    given: Vec<Option<String>>,
    cells: Vec<usize>,
}

/// The groups in the order of the plan.
fn groups(results: &Results) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for (cell, key) in results.cells.iter().enumerate() {
        let given = given(results, key);
        match groups.iter_mut().find(|group| group.variant == key.variant && group.given == given) {
            Some(group) => group.cells.push(cell),
            None => groups.push(Group { variant: key.variant, given, cells: vec![cell] }),
        }
    }
    groups
}

/// The values of the axes under `data`.
fn given(results: &Results, key: &CellKey) -> Vec<Option<String>> {
    let axes = results.axes.iter().zip(&key.swept);
    axes.map(|(axis, value)| value.clone().filter(|_| axis.starts_with("data."))).collect()
}

impl Group {
    fn select(self, results: &Results, outcomes: &[Outcomes], columns: Columns, overlap: Overlap) -> Selected {
        let mut best: BTreeMap<(u64, u32), (usize, &Outcome)> = BTreeMap::new();
        for &cell in &self.cells {
            for outcome in outcomes[cell].counted.iter().filter(|outcome| rank(outcome, columns).is_some()) {
                let held = best.entry((outcome.seed, outcome.fold)).or_insert((cell, outcome));
                if rank(outcome, columns).partial_cmp(&rank(held.1, columns)) == Some(Ordering::Greater) {
                    *held = (cell, outcome);
                }
            }
        }
        let winner = |(&(seed, fold), &(cell, outcome)): (&(u64, u32), &(usize, &Outcome))| Winner {
            seed,
            fold,
            cell,
            figures: outcome.figures.values.clone(),
        };
        let winners: Vec<Winner> = best.iter().map(winner).collect();
        let estimate = |figure: &dyn Fn(&Winner) -> Option<f64>| {
            Estimate::of(&winners.iter().filter_map(figure).collect::<Vec<_>>(), overlap)
        };
        let measures = winners.first().map_or(0, |winner| winner.figures.len());
        Selected {
            variant: self.variant,
            is_baseline: self.variant == results.baseline,
            given: self.given,
            points: self.cells.len(),
            measures: (0..measures).map(|column| estimate(&|winner| winner.figures[column])).collect(),
            optimism: estimate(&|winner| Some(winner.figures[columns.validation]? - winner.figures[columns.test]?)),
            difference: None,
            winners,
        }
    }
}

/// What the choice goes by, larger is better: the validation metric, then a low validation loss; the first point of the plan
/// where both are equal.
fn rank(outcome: &Outcome, columns: Columns) -> Option<(f64, f64)> {
    let value = |column: usize| outcome.figures.values[column];
    Some((value(columns.validation)?, -value(columns.loss).unwrap_or(f64::INFINITY)))
}

#[cfg(test)]
mod tests;

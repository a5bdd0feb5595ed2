//! Each variant at its best point, chosen without a look at the test rows.
//!
//! In: the outcomes of every cell. Out: one [`Selected`] per variant: within each seed and fold the point with the best
//! validation figure stands for the variant, and the test figures of these winners are its own. The best of many test
//! figures would be too good: the more points, the more so (Cawley and Talbot 2010). Axes under `data` say what is compared,
//! not how it is trained: nothing is chosen among them.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use super::figures::lower_is_better;
use super::outcomes::{Outcome, Outcomes};
use super::pairing::{Difference, Score, paired_difference};
use super::statistics::{Estimate, Overlap, mean};
use super::verdict::{Case, Judgement, judge};
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
    /// What the difference comes to, beside all others of the table.
    pub judgement: Option<Judgement>,
    /// The mean number of the winners' parameters that are not 0.
    pub nonzero_parameters: Option<f64>,
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
    /// How many parameters of its network are not 0.
    pub nonzero_parameters: f64,
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
pub(super) fn select(
    results: &Results,
    outcomes: &[Outcomes],
    measures: &[String],
    overlap: Overlap,
    rope: f64,
) -> Vec<Selected> {
    let column = |name: String| measures.iter().position(|measure| *measure == name);
    let metric = results.metric();
    let columns = (|| {
        Some(Columns {
            validation: column(format!("validation_{metric}"))?,
            loss: column("validation_loss".to_owned())?,
            test: column(format!("test_{metric}"))?,
            train: column(format!("train_{metric}"))?,
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
    let cases: Vec<Option<Case>> = selected.iter().map(|variant| case(variant, &selected, columns, overlap)).collect();
    let judged = judge(&cases, overlap, rope, lower_is_better(metric));
    for (variant, (case, judgement)) in selected.iter_mut().zip(cases.iter().zip(judged)) {
        (variant.difference, variant.judgement) = (case.map(|case| case.test), judgement);
    }
    selected
}

/// What is known of a tuned variant beside the baseline that was tuned likewise; `None` for the baseline itself.
fn case(variant: &Selected, all: &[Selected], columns: Columns, overlap: Overlap) -> Option<Case> {
    let is_its_baseline = |other: &&Selected| other.is_baseline && !variant.is_baseline && other.given == variant.given;
    let baseline = all.iter().find(is_its_baseline)?;
    let difference = |column| paired_difference(&variant.scores(column), &baseline.scores(column), overlap);
    let size = || Some(variant.nonzero_parameters? / baseline.nonzero_parameters?);
    Some(Case { test: difference(columns.test)?, train: difference(columns.train), size: size() })
}

/// Places among the figures.
#[derive(Clone, Copy)]
struct Columns {
    validation: usize,
    loss: usize,
    test: usize,
    train: usize,
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
            nonzero_parameters: outcome.nonzero_parameters,
            figures: outcome.figures.values.clone(),
        };
        let winners: Vec<Winner> = best.iter().map(winner).collect();
        let estimate = |figure: &dyn Fn(&Winner) -> Option<f64>| {
            let score = |winner: &Winner| Some(Score { seed: winner.seed, fold: winner.fold, value: figure(winner)? });
            Estimate::of(&winners.iter().filter_map(score).collect::<Vec<_>>(), overlap)
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
            judgement: None,
            nonzero_parameters: mean(&winners.iter().map(|winner| winner.nonzero_parameters).collect::<Vec<_>>()),
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

//! Each variant at its best point, chosen without a look at the test rows.
//!
//! In: the outcomes of every cell. Out: one [`Selected`] per variant: within each seed and fold the point with the best
//! validation figure stands for the variant, and the test figures of these winners are its own. The best of many test
//! figures would be too good: the more points, the more so (Cawley and Talbot 2010). Who wants to see how much chooses by
//! [`ChosenBy::Oracle`], and is told so wherever its figures stand. Axes under `data` say what is compared, not how it is
//! trained: nothing is chosen among them.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use super::figures::{chosen_names, lower_is_better};
use super::outcomes::{Outcome, Outcomes};
use super::pairing::{Difference, Score, paired_difference};
use super::statistics::{Estimate, Overlap, mean};
use super::verdict::{Case, Judgement, judge};
use crate::lab::{CellKey, Results};

/// Which figures points are chosen by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChosenBy {
    /// Those of the validation rows: honest.
    Validation,
    /// Those of the test rows: optimistic, and no estimate of anything.
    Oracle,
}

impl ChosenBy {
    /// The word for it in files.
    pub fn name(self) -> &'static str {
        match self {
            ChosenBy::Validation => "validation",
            ChosenBy::Oracle => "oracle",
        }
    }
}

/// A variant at the points that were chosen for it.
#[derive(Debug, Clone, PartialEq)]
pub struct Selected {
    /// By which figures.
    pub chosen_by: ChosenBy,
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
    /// By how much the winners' validation figures are better than their test figures: what the choice itself gained, and
    /// chance.
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

/// Tunes every variant; nothing where no variant has points to choose among, or no trial has a figure to choose by.
pub(super) fn select(
    results: &Results,
    outcomes: &[Outcomes],
    chosen_by: ChosenBy,
    overlap: Overlap,
    rope: f64,
) -> Vec<Selected> {
    let columns = Columns::of(results, chosen_by).filter(|_| has_choice(results));
    let Some(columns) = columns else { return Vec::new() };
    let mut selected: Vec<Selected> =
        groups(results).into_iter().map(|group| group.select(results, outcomes, columns, overlap)).collect();
    if selected.iter().all(|selected| selected.winners.is_empty()) {
        return Vec::new();
    }
    let cases: Vec<Option<Case>> = selected.iter().map(|variant| case(variant, &selected, columns, overlap)).collect();
    let judged = judge(&cases, overlap, rope, columns.lower_is_better);
    for (variant, (case, judgement)) in selected.iter_mut().zip(cases.iter().zip(judged)) {
        (variant.difference, variant.judgement) = (case.map(|case| case.test), judgement);
    }
    selected
}

/// Whether a variant has points among which one is to be chosen.
pub(super) fn has_choice(results: &Results) -> bool {
    groups(results).iter().any(Group::is_choice)
}

/// What is known of a tuned variant beside the baseline that was tuned likewise; `None` for the baseline itself.
fn case(variant: &Selected, all: &[Selected], columns: Columns, overlap: Overlap) -> Option<Case> {
    let is_its_baseline = |other: &&Selected| other.is_baseline && !variant.is_baseline && other.given == variant.given;
    let baseline = all.iter().find(is_its_baseline)?;
    let difference = |column| paired_difference(&variant.scores(column), &baseline.scores(column), overlap);
    let size = || Some(variant.nonzero_parameters? / baseline.nonzero_parameters?);
    Some(Case { test: difference(columns.test)?, train: difference(columns.train), size: size() })
}

/// Places among the figures, and what is chosen by.
#[derive(Clone, Copy)]
pub(super) struct Columns {
    chosen_by: ChosenBy,
    lower_is_better: bool,
    validation: usize,
    /// The loss of the rows that are chosen by.
    loss: usize,
    pub test: usize,
    pub train: usize,
}

impl Columns {
    /// Those of the metric that comparisons use; `None` where results have no such figures.
    pub fn of(results: &Results, chosen_by: ChosenBy) -> Option<Self> {
        let measures = chosen_names(results);
        let column = |part: &str, metric: &str| {
            let name = format!("{part}_{metric}");
            measures.iter().position(|measure| *measure == name)
        };
        let loss = match chosen_by {
            ChosenBy::Validation => column("validation", "loss"),
            ChosenBy::Oracle => column("test", "loss"),
        };
        let metric = results.metric();
        Some(Self {
            chosen_by,
            lower_is_better: lower_is_better(metric),
            validation: column("validation", metric)?,
            loss: loss?,
            test: column("test", metric)?,
            train: column("train", metric)?,
        })
    }

    /// What the choice goes by, larger is better: the metric, then a low loss; the first point of the plan where both are
    /// equal.
    fn rank(self, outcome: &Outcome) -> Option<(f64, f64)> {
        let value = |column: usize| outcome.figures.get(column);
        let metric = match self.chosen_by {
            ChosenBy::Validation => value(self.validation)?,
            ChosenBy::Oracle => value(self.test)?,
        };
        let metric = if self.lower_is_better { -metric } else { metric };
        Some((metric, -value(self.loss).unwrap_or(f64::INFINITY)))
    }

    /// By how much the validation figure is better than the test figure.
    fn optimism(self, figures: &[Option<f64>]) -> Option<f64> {
        let above = figures[self.validation]? - figures[self.test]?;
        Some(if self.lower_is_better { -above } else { above })
    }
}

/// The cells of a variant among which is chosen.
pub(super) struct Group {
    pub variant: usize,
    /// The value of each axis among which nothing is chosen.
    pub given: Vec<Option<String>>,
    pub cells: Vec<usize>,
}

/// The groups in the order of the plan.
pub(super) fn groups(results: &Results) -> Vec<Group> {
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
    /// Whether there is anything to choose.
    pub fn is_choice(&self) -> bool {
        self.cells.len() > 1
    }

    /// The best point of each seed and fold, in their order.
    pub fn winners(&self, outcomes: &[Outcomes], columns: Columns) -> Vec<Winner> {
        let mut best: BTreeMap<(u64, u32), (usize, &Outcome)> = BTreeMap::new();
        for &cell in &self.cells {
            for outcome in outcomes[cell].counted.iter().filter(|outcome| columns.rank(outcome).is_some()) {
                let held = best.entry((outcome.seed, outcome.fold)).or_insert((cell, outcome));
                if columns.rank(outcome).partial_cmp(&columns.rank(held.1)) == Some(Ordering::Greater) {
                    *held = (cell, outcome);
                }
            }
        }
        let winner = |(&(seed, fold), &(cell, outcome)): (&(u64, u32), &(usize, &Outcome))| Winner {
            seed,
            fold,
            cell,
            nonzero_parameters: outcome.nonzero_parameters,
            figures: outcome.figures.to_vec(),
        };
        best.iter().map(winner).collect()
    }

    fn select(self, results: &Results, outcomes: &[Outcomes], columns: Columns, overlap: Overlap) -> Selected {
        let winners = self.winners(outcomes, columns);
        let estimate = |figure: &dyn Fn(&Winner) -> Option<f64>| {
            let score = |winner: &Winner| Some(Score { seed: winner.seed, fold: winner.fold, value: figure(winner)? });
            Estimate::of(&winners.iter().filter_map(score).collect::<Vec<_>>(), overlap)
        };
        let measures = winners.first().map_or(0, |winner| winner.figures.len());
        Selected {
            chosen_by: columns.chosen_by,
            variant: self.variant,
            is_baseline: self.variant == results.baseline,
            given: self.given,
            points: self.cells.len(),
            measures: (0..measures).map(|column| estimate(&|winner| winner.figures[column])).collect(),
            optimism: estimate(&|winner| columns.optimism(&winner.figures)),
            difference: None,
            judgement: None,
            nonzero_parameters: mean(&winners.iter().map(|winner| winner.nonzero_parameters).collect::<Vec<_>>()),
            winners,
        }
    }
}

#[cfg(test)]
mod tests;

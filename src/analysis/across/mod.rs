//! What several experiments say together: the unit is the data set, however many trials it has.
//!
//! In: the scores of each experiment. Out: an [`Across`]: average ranks with Friedman's, Iman and Davenport's and Nemenyi's
//! tests, and each variant against the baseline by wins and losses, Wilcoxon's signed-rank test and a verdict. The methods
//! are those of Demšar (2006).

mod against;
#[cfg(test)]
mod demsar;
mod friedman;
mod nemenyi;
mod roundings;
mod signed_rank;

use std::collections::BTreeSet;

pub use against::Against;
pub use friedman::{Friedman, friedman};
pub use nemenyi::{critical_difference, groups};
pub use signed_rank::{SignedRank, least_p_value, signed_rank};

use super::pairing::Score;
use super::ranks::average_ranks;
use super::scores::ExperimentScores;
use super::statistics::mean;

/// What several data sets say.
#[derive(Debug, Clone, PartialEq)]
pub struct Across {
    /// The variants, in the order in which they first appear.
    pub variants: Vec<AcrossVariant>,
    /// How many data sets have all variants: what ranks and tests of ranks are over.
    pub sets: usize,
    /// The experiments that lack a variant.
    pub incomplete: Vec<String>,
    /// Whether the variants differ at all; `None` of fewer than two data sets or variants.
    pub friedman: Option<Friedman>,
    /// Nemenyi's critical difference of average ranks, likewise.
    pub critical_difference: Option<f64>,
    /// Variants whose average ranks do not differ by that much: places among `variants`.
    pub groups: Vec<Vec<usize>>,
}

/// A variant over all data sets.
#[derive(Debug, Clone, PartialEq)]
pub struct AcrossVariant {
    /// Its name.
    pub name: String,
    /// Whether this is the baseline.
    pub is_baseline: bool,
    /// Its mean rank over the complete data sets, 1 for the best; of a single experiment over its seeds and folds. `None`
    /// where none is complete.
    pub rank: Option<f64>,
    /// How it stands to the baseline, over the data sets that have both; `None` for the baseline.
    pub against: Option<Against>,
}

/// Compares all variants over the experiments; differences up to `rope` are taken for none.
pub fn across(experiments: &[ExperimentScores], baseline: &str, rope: f64, lower_is_better: bool) -> Across {
    let names = names(experiments);
    let (complete, incomplete): (Vec<_>, Vec<_>) = (experiments.iter()).partition(|experiment| {
        names.iter().all(|name| experiment.variant(name).is_some_and(|found| !found.test.is_empty()))
    });
    let blocks: Vec<Vec<f64>> = complete.iter().map(|experiment| block(experiment, &names)).collect();
    let ranks = match (experiments, complete.as_slice()) {
        ([_], [only]) => average_ranks(&trials(only, &names), lower_is_better),
        _ => average_ranks(&blocks, lower_is_better),
    };
    let critical_difference = critical_difference(names.len(), blocks.len()).filter(|_| blocks.len() >= 2);
    let against = against::all(experiments, &names, baseline, rope, lower_is_better);
    Across {
        sets: complete.len(),
        incomplete: incomplete.iter().map(|experiment| experiment.name.clone()).collect(),
        friedman: friedman(&blocks),
        critical_difference,
        groups: critical_difference.map_or_else(Vec::new, |difference| groups(&ranks, difference)),
        variants: (names.iter().zip(against).enumerate())
            .map(|(place, (name, against))| AcrossVariant {
                name: (*name).to_owned(),
                is_baseline: *name == baseline,
                rank: ranks.get(place).copied(),
                against,
            })
            .collect(),
    }
}

/// The names of all variants, in the order in which they first appear.
fn names(experiments: &[ExperimentScores]) -> Vec<&str> {
    let mut seen = BTreeSet::new();
    let all = experiments.iter().flat_map(|experiment| &experiment.variants).map(|variant| variant.name.as_str());
    all.filter(|name| seen.insert(*name)).collect()
}

/// The scores of each seed and fold that all variants have; the means of all where they have none in common.
fn trials(experiment: &ExperimentScores, names: &[&str]) -> Vec<Vec<f64>> {
    let scores: Vec<Vec<Score>> =
        names.iter().filter_map(|name| experiment.variant(name)).map(|variant| variant.test.clone()).collect();
    let common = super::ranks::blocks(&scores);
    if !common.is_empty() {
        return common;
    }
    let values = |own: &Vec<Score>| own.iter().map(|score| score.value).collect::<Vec<_>>();
    vec![scores.iter().map(|own| mean(&values(own)).unwrap_or(f64::NAN)).collect()]
}

/// The mean score of each variant, over the seeds and folds that all of them have, or over all where they have none in common.
fn block(experiment: &ExperimentScores, names: &[&str]) -> Vec<f64> {
    let trials = trials(experiment, names);
    let column = |place: usize| trials.iter().map(|block| block[place]).collect::<Vec<_>>();
    (0..names.len()).map(|place| mean(&column(place)).map_or(f64::NAN, roundings::without)).collect()
}

#[cfg(test)]
mod tests;

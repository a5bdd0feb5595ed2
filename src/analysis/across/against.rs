//! Each variant against the baseline over several data sets.
//!
//! In: the scores of each experiment. Out: an [`Against`] per variant: the mean difference over data sets, wins and losses,
//! Wilcoxon's test corrected by Holm for all variants, and the verdict.

use super::super::pairing::{Difference, Score, paired_difference};
use super::super::ranks::blocks;
use super::super::scores::{ExperimentScores, VariantScores};
use super::super::statistics::{Overlap, mean};
use super::super::verdict::{Case, Doubt, Judgement, LEVEL, Verdict, judge};
use super::roundings;
use super::signed_rank::{SignedRank, least_p_value, signed_rank};

/// A variant against the baseline.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Against {
    /// The difference of the means of data sets. Its interval is Student's t over data sets, its p-value that of the
    /// signed-rank test.
    pub difference: Difference,
    /// The signed-rank test itself.
    pub signed_rank: SignedRank,
    /// Data sets where the variant is better.
    pub wins: usize,
    /// Data sets where neither is.
    pub ties: usize,
    /// Data sets where the baseline is better.
    pub losses: usize,
    /// What it comes to.
    pub judgement: Judgement,
}

/// Each variant of `names` against the baseline; `None` for the baseline itself, and where no data set has both.
pub(super) fn all(
    experiments: &[ExperimentScores],
    names: &[&str],
    baseline: &str,
    rope: f64,
    lower_is_better: bool,
) -> Vec<Option<Against>> {
    let evidence: Vec<Option<Evidence>> = (names.iter())
        .map(|name| Evidence::of(experiments, name, baseline, lower_is_better).filter(|_| *name != baseline))
        .collect();
    let cases: Vec<Option<Case>> = evidence.iter().map(|found| found.as_ref().map(|found| found.case)).collect();
    let tested = cases.iter().flatten().count();
    let judged = judge(&cases, Overlap::None, rope, lower_is_better);
    let row = |(found, judgement): (&Option<Evidence>, Option<Judgement>)| {
        let Evidence { case, signed_rank, wins, ties, losses } = (*found)?;
        let judgement = with_too_few_said(judgement?, case.test.resamples, tested);
        Some(Against { difference: case.test, signed_rank, wins, ties, losses, judgement })
    };
    evidence.iter().zip(judged).map(row).collect()
}

/// A signed-rank test of a few data sets cannot find anything, whatever the scores are.
fn with_too_few_said(judgement: Judgement, sets: usize, tested: usize) -> Judgement {
    let is_hopeless = |sets: usize| least_p_value(sets) * tested as f64 >= LEVEL;
    match judgement.verdict {
        Verdict::CantTell(_) if is_hopeless(sets) => {
            let least = (sets..).find(|&sets| !is_hopeless(sets)).unwrap_or(sets);
            Judgement { verdict: Verdict::CantTell(Doubt::TooFew(least)), ..judgement }
        }
        _ => judgement,
    }
}

/// What is known of a variant over the data sets that have it and the baseline.
#[derive(Clone, Copy)]
struct Evidence {
    case: Case,
    signed_rank: SignedRank,
    wins: usize,
    ties: usize,
    losses: usize,
}

impl Evidence {
    fn of(experiments: &[ExperimentScores], name: &str, baseline: &str, lower_is_better: bool) -> Option<Self> {
        let pairs: Vec<Pair> = (0..)
            .zip(experiments)
            .filter_map(|(set, found)| Some(Pair { set, own: found.variant(name)?, other: found.variant(baseline)? }))
            .collect();
        let (test, signed_rank, differences) = tested(&pairs, |variant| &variant.test)?;
        let train = tested(&pairs, |variant| &variant.train).map(|(train, ..)| train);
        let sizes: Vec<f64> = pairs.iter().filter_map(|pair| Some(pair.own.size? / pair.other.size?)).collect();
        let above = differences.iter().filter(|difference| **difference > 0.0).count();
        let ties = differences.iter().filter(|difference| **difference == 0.0).count();
        let below = differences.len() - above - ties;
        let (wins, losses) = if lower_is_better { (below, above) } else { (above, below) };
        Some(Self { case: Case { test, train, size: mean(&sizes) }, signed_rank, wins, ties, losses })
    }
}

/// A data set that has a variant and the baseline.
struct Pair<'a> {
    set: u64,
    own: &'a VariantScores,
    other: &'a VariantScores,
}

/// The difference of some scores over data sets, its signed-rank test, and the difference of each data set.
fn tested(pairs: &[Pair], scores: fn(&VariantScores) -> &[Score]) -> Option<(Difference, SignedRank, Vec<f64>)> {
    let means = pairs.iter().filter_map(|pair| {
        let (own, other) = paired_means(scores(pair.own), scores(pair.other))?;
        let score = |value| Score { seed: pair.set, fold: 0, value };
        Some((score(own), score(other)))
    });
    let (own, other): (Vec<Score>, Vec<Score>) = means.unzip();
    let differences: Vec<f64> =
        own.iter().zip(&other).map(|(own, other)| roundings::difference(own.value, other.value)).collect();
    let signed_rank = signed_rank(&differences)?;
    let found = paired_difference(&own, &other, Overlap::None)?;
    Some((Difference { p_value: Some(signed_rank.p_value), ..found }, signed_rank, differences))
}

/// The means of both over the seeds and folds that both have, or over all where they have none in common.
fn paired_means(own: &[Score], other: &[Score]) -> Option<(f64, f64)> {
    let common = blocks(&[own.to_vec(), other.to_vec()]);
    if common.is_empty() {
        let values = |scores: &[Score]| mean(&scores.iter().map(|score| score.value).collect::<Vec<_>>());
        return Some((values(own)?, values(other)?));
    }
    let column = |place: usize| mean(&common.iter().map(|block| block[place]).collect::<Vec<_>>());
    Some((column(0)?, column(1)?))
}

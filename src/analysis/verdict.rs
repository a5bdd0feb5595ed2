//! One verdict per row of a table: does the variant generalise better than the baseline?
//!
//! In: what is known of each row, a [`Case`]. Out: a [`Judgement`] each. The first rule that holds decides; "significant"
//! means a p-value below [`LEVEL`] after Holm's correction over all rows of the table:
//!
//! 1. **generalises better**: the test figure is significantly better;
//! 2. **smaller gap only because it learns less**: the training figure is significantly worse (or worse by the same in every
//!    pair: figures of training rows that are learnt by heart have no spread), the gap smaller, and the test figure no
//!    better than the baseline's;
//! 3. **same accuracy, smaller network**: the difference lies within the region of practical equivalence with a probability
//!    of at least [`SURE`], and the network has fewer parameters that are not 0 (by [`SMALLER`] at least);
//! 4. **same accuracy**: likewise, without a smaller network. A p-value above the level is never enough for that, and one
//!    below it does not stand against it: what is surely a little worse, by less than anyone cares for, is the same;
//! 5. **worse**: the test figure is significantly worse;
//! 6. **can't tell**: none of these, with what would help: see [`Doubt`].

use super::holm::{Adjusted, holm};
use super::needed::{Needed, needed};
use super::pairing::Difference;
use super::statistics::Overlap;
use super::student::StudentMean;

/// The level of significance.
pub const LEVEL: f64 = 0.05;
/// The probability from which on something is taken for sure.
pub const SURE: f64 = 0.95;
/// Differences up to this size are of no practical interest, where the user says nothing else: a point of accuracy.
pub const ROPE: f64 = 0.01;
/// The largest share of the baseline's parameters that a smaller network has.
pub const SMALLER: f64 = 0.99;

/// What is known of a row.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Case {
    /// How far the test figure is above the baseline's.
    pub test: Difference,
    /// How far the training figure is above the baseline's, where it is known.
    pub train: Option<Difference>,
    /// Its parameters that are not 0 as a share of the baseline's, where that is known.
    pub size: Option<f64>,
}

/// How a row is judged.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Judgement {
    /// The p-value of the test figure's difference after Holm's correction; `None` where there is no p-value.
    pub p_adjusted: Option<f64>,
    /// How probable it is that the true difference matters; `None` where nothing is known of its spread.
    pub probabilities: Option<Probabilities>,
    /// What it comes to.
    pub verdict: Verdict,
}

/// Probabilities of what the true difference is, given the trials; their sum is 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Probabilities {
    /// Better than the baseline by more than the region of practical equivalence.
    pub better: f64,
    /// Within it.
    pub equivalent: f64,
    /// Worse by more than it.
    pub worse: f64,
}

/// What a row's figures come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the module's documentation has the rules")]
pub enum Verdict {
    GeneralisesBetter,
    LearnsLess,
    Worse,
    SameSmaller,
    Same,
    CantTell(Doubt),
}

/// Why nothing can be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Doubt {
    /// There is a single resample: no spread is known.
    Single,
    /// Every pair differs by the same: without spread, test and probabilities are undefined.
    NoSpread,
    /// No pair differs at all.
    Identical,
    /// There are fewer than so many resamples, of which no test could show any difference.
    TooFew(usize),
    /// About so many more resamples would show a difference of this size.
    More(usize),
    /// No number of resamples can show a difference of this size: more data is needed.
    Never,
}

impl Verdict {
    /// The verdict in the words of every table.
    pub fn name(self) -> &'static str {
        match self {
            Verdict::GeneralisesBetter => "generalises better",
            Verdict::LearnsLess => "smaller gap only because it learns less",
            Verdict::Worse => "worse",
            Verdict::SameSmaller => "same accuracy, smaller network",
            Verdict::Same => "same accuracy",
            Verdict::CantTell(_) => "can't tell",
        }
    }
}

impl Probabilities {
    /// Those of a true difference of this distribution, with differences up to `rope` on both sides taken for none.
    pub fn of(distribution: StudentMean, rope: f64) -> Self {
        let better = distribution.above(rope);
        // From the other side, so that a small probability keeps its digits.
        let worse = StudentMean { mean: -distribution.mean, ..distribution }.above(rope);
        Self { better, equivalent: (1.0 - better - worse).max(0.0), worse }
    }
}

/// Judges the rows of a table; `None` stays `None`. Differences are above 0 where the variant scores higher; where
/// `lower_is_better`, those of losses and errors, that is worse.
pub fn judge(cases: &[Option<Case>], overlap: Overlap, rope: f64, lower_is_better: bool) -> Vec<Option<Judgement>> {
    let oriented = |difference: Difference| if lower_is_better { difference.negated() } else { difference };
    let cases: Vec<Option<Case>> = cases
        .iter()
        .map(|case| case.map(|case| Case { test: oriented(case.test), train: case.train.map(oriented), ..case }))
        .collect();
    let p_values = |part: fn(&Case) -> Option<Difference>| {
        let found = cases.iter().map(|case| case.as_ref().and_then(part).and_then(|difference| difference.p_value));
        holm(&found.collect::<Vec<_>>())
    };
    let (test, train) = (p_values(|case| Some(case.test)), p_values(|case| case.train));
    let rows = cases.iter().zip(test.into_iter().zip(train));
    rows.map(|(case, (test, train))| case.as_ref().map(|case| judgement(case, test, train, overlap, rope))).collect()
}

fn judgement(case: &Case, test: Option<Adjusted>, train: Option<Adjusted>, overlap: Overlap, rope: f64) -> Judgement {
    let probabilities = case.test.distribution.map(|distribution| Probabilities::of(distribution, rope));
    let is_sure = |adjusted: Option<Adjusted>| adjusted.is_some_and(|adjusted| adjusted.p < LEVEL);
    let gap_is_smaller = |train: &Difference| train.mean < case.test.mean;
    let is_lower = |difference: &Difference| {
        let without_spread = difference.p_value.is_none() && difference.resamples >= 2;
        difference.mean < 0.0 && (is_sure(train) || without_spread)
    };
    let learns_less = case.train.is_some_and(|train| is_lower(&train) && gap_is_smaller(&train));
    let verdict = if is_sure(test) && case.test.mean > 0.0 {
        Verdict::GeneralisesBetter
    } else if learns_less && case.test.mean <= 0.0 {
        Verdict::LearnsLess
    } else if probabilities.is_some_and(|found| found.equivalent >= SURE) {
        if case.size.is_some_and(|size| size <= SMALLER) { Verdict::SameSmaller } else { Verdict::Same }
    } else if is_sure(test) {
        Verdict::Worse
    } else {
        Verdict::CantTell(doubt(&case.test, test, overlap))
    };
    Judgement { p_adjusted: test.map(|adjusted| adjusted.p), probabilities, verdict }
}

fn doubt(difference: &Difference, adjusted: Option<Adjusted>, overlap: Overlap) -> Doubt {
    let level = LEVEL / adjusted.map_or(1.0, |adjusted| adjusted.factor as f64);
    match needed(difference, overlap, level) {
        Some(Needed::More(more)) => Doubt::More(more),
        Some(Needed::Never) => Doubt::Never,
        None if difference.resamples < 2 => Doubt::Single,
        None if difference.p_value.is_some() => Doubt::Identical,
        None => Doubt::NoSpread,
    }
}

#[cfg(test)]
mod tests;

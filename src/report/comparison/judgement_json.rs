//! What a variant is judged to be, as JSON: the same keys in the comparison of one experiment and of several.

use serde::Serialize;

use super::judged::reason;
use crate::analysis::{Difference, Doubt, Judgement, Verdict};

/// A variant beside its baseline; `null` and 0 pairs where it is the baseline or has no partner.
#[derive(Debug, Default, Serialize)]
pub(in crate::report) struct Compared {
    /// Trials with a partner.
    pub pairs: usize,
    /// How many of them count as resamples of their own.
    pub resamples: usize,
    pub difference: Option<f64>,
    pub low: Option<f64>,
    pub high: Option<f64>,
    pub cliffs_delta: Option<f64>,
    pub p_value: Option<f64>,
    pub p_adjusted: Option<f64>,
    #[serde(flatten)]
    pub judged: Judged,
}

/// What it comes to.
#[derive(Debug, Default, Serialize)]
pub(in crate::report) struct Judged {
    /// Probabilities of the true difference beyond and within the region of practical equivalence.
    pub p_better: Option<f64>,
    pub p_equivalent: Option<f64>,
    pub p_worse: Option<f64>,
    pub verdict: Option<&'static str>,
    /// Why nothing can be told.
    pub reason: Option<String>,
    /// About how many more resamples would show a difference of this size; `null` too where no number does.
    pub more_resamples: Option<usize>,
}

impl Compared {
    /// From a difference and what it comes to; `unit` is what there may be more of.
    pub fn of(difference: Option<&Difference>, judgement: Option<&Judgement>, unit: &str) -> Self {
        let Some(difference) = difference else { return Self::default() };
        Self {
            pairs: difference.pairs,
            resamples: difference.resamples,
            difference: Some(difference.mean),
            low: difference.interval.map(|interval| interval.low),
            high: difference.interval.map(|interval| interval.high),
            cliffs_delta: Some(difference.cliffs_delta),
            p_value: difference.p_value,
            p_adjusted: judgement.and_then(|judgement| judgement.p_adjusted),
            judged: judgement.map(|judgement| Judged::of(judgement, unit)).unwrap_or_default(),
        }
    }
}

impl Judged {
    /// From a judgement.
    pub fn of(judgement: &Judgement, unit: &str) -> Self {
        let doubt = match judgement.verdict {
            Verdict::CantTell(doubt) => Some(doubt),
            _ => None,
        };
        Self {
            p_better: judgement.probabilities.map(|found| found.better),
            p_equivalent: judgement.probabilities.map(|found| found.equivalent),
            p_worse: judgement.probabilities.map(|found| found.worse),
            verdict: Some(judgement.verdict.name()),
            reason: doubt.map(|doubt| reason(doubt, unit)),
            more_resamples: doubt.and_then(|doubt| match doubt {
                Doubt::More(more) => Some(more),
                _ => None,
            }),
        }
    }
}

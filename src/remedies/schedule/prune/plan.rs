//! When what share is gone: the schedules.
//!
//! In: the settings, and the epochs of the training. Out: the cuts, each with its epoch and how far it goes, or a refusal
//! where they do not find room.

use serde::Deserialize;

use super::saliency::Method;
use super::settings::Prune;
use crate::remedies::Refusal;

/// `remedies.prune.schedule`
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Schedule {
    OneShot,
    Iterative,
    Gradual,
}

/// A cut.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Cut {
    /// The epoch after whose updates it takes place.
    pub epoch: usize,
    pub stage: Stage,
}

/// How far a cut goes: the share of the way, 1 at the last cut.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Stage {
    /// Each cut leaves the same share of what it finds: (1 − ratio)^way is left.
    Geometric(f64),
    /// ratio·(1 − (1 − way)³) is gone (Zhu and Gupta 2017).
    Cubic(f64),
}

impl Stage {
    /// The share of the original number that is gone behind the cut, where `ratio` is to be gone in the end; exactly that at
    /// the last cut.
    pub fn removed(self, ratio: f64) -> f64 {
        match self {
            Stage::Geometric(1.0) | Stage::Cubic(1.0) => ratio,
            Stage::Geometric(way) => 1.0 - libm::pow(1.0 - ratio, way),
            Stage::Cubic(way) => ratio * (1.0 - (1.0 - way) * (1.0 - way) * (1.0 - way)),
        }
    }
}

/// The cuts in a training of `epochs` epochs, at least one, each at an epoch of its own, ascending.
pub(super) fn cuts(prune: &Prune, epochs: usize) -> Result<Vec<Cut>, Refusal> {
    if let Some(at_epoch) = prune.at_epoch.filter(|&at_epoch| at_epoch > epochs) {
        return refuse("at_epoch", format!("must be at most train.epochs = {epochs}, found {at_epoch}"));
    }
    // Saliency at initialisation is the idea of SNIP.
    let at_epoch = prune.at_epoch.or((prune.method == Method::Snip).then_some(0));
    match (prune.schedule, prune.rounds) {
        (Schedule::OneShot, Some(_)) => {
            refuse("rounds", "must be left out with schedule = \"one_shot\", which has one cut".to_owned())
        }
        (Schedule::OneShot, None) => {
            Ok(vec![Cut { epoch: at_epoch.unwrap_or(epochs / 2), stage: Stage::Geometric(1.0) }])
        }
        (Schedule::Iterative, rounds) => iterative(at_epoch, rounds.unwrap_or(5), epochs),
        (Schedule::Gradual, _) if prune.rewind => {
            let reason =
                "= true does not go with schedule = \"gradual\", which leaves no time to train between its cuts";
            refuse("rewind", reason.to_owned())
        }
        (Schedule::Gradual, rounds) => gradual(at_epoch, rounds, epochs),
    }
}

/// `rounds` cuts that divide the epochs into equal stretches; `at_epoch` says where the first of them ends.
fn iterative(at_epoch: Option<usize>, rounds: usize, epochs: usize) -> Result<Vec<Cut>, Refusal> {
    let cut = |round: usize, epoch| Cut { epoch, stage: Stage::Geometric(round as f64 / rounds as f64) };
    match at_epoch {
        None if rounds >= epochs => refuse(
            "rounds",
            format!("must be below train.epochs = {epochs}, so that each cut has its epoch, found {rounds}"),
        ),
        None => Ok((1..=rounds).map(|round| cut(round, nearest(round * epochs, rounds + 1))).collect()),
        Some(first) if rounds > 1 && epochs - first < rounds => {
            let left = epochs - first;
            refuse("rounds", format!("must be at most {left}, the epochs from the first cut on, found {rounds}"))
        }
        Some(first) => {
            Ok((1..=rounds).map(|round| cut(round, first + nearest((round - 1) * (epochs - first), rounds))).collect())
        }
    }
}

/// `rounds` cuts at even distances from `at_epoch`, where nothing is removed yet, to three quarters of the epochs.
fn gradual(at_epoch: Option<usize>, rounds: Option<usize>, epochs: usize) -> Result<Vec<Cut>, Refusal> {
    let (start, end) = (at_epoch.unwrap_or(epochs / 4), epochs * 3 / 4);
    if start >= end {
        return if at_epoch.is_some() {
            let reason =
                format!("must be below {end}, three quarters of train.epochs, where gradual ends, found {start}");
            refuse("at_epoch", reason)
        } else {
            refuse("schedule", format!("= \"gradual\" needs at least 2 epochs, found train.epochs = {epochs}"))
        };
    }
    let span = end - start;
    let rounds = rounds.unwrap_or(span);
    if rounds > span {
        let reason = format!("must be at most {span}, the epochs from {start} to {end}, found {rounds}");
        return refuse("rounds", reason);
    }
    let cut = |passed: usize| Cut { epoch: start + passed, stage: Stage::Cubic(passed as f64 / span as f64) };
    Ok((1..=rounds).map(|round| cut(nearest(round * span, rounds))).collect())
}

/// The whole number nearest to a quotient, the larger of two.
fn nearest(numerator: usize, denominator: usize) -> usize {
    (2 * numerator + denominator) / (2 * denominator)
}

fn refuse<T>(key: &'static str, reason: String) -> Result<T, Refusal> {
    Err(Refusal { key, reason })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn epochs_of(cuts: Result<Vec<Cut>, Refusal>) -> Vec<usize> {
        cuts.unwrap().iter().map(|cut| cut.epoch).collect()
    }

    #[test]
    fn iterative_cuts_divide_the_epochs_into_equal_stretches() {
        assert_eq!(epochs_of(iterative(None, 4, 100)), [20, 40, 60, 80]);
        assert_eq!(epochs_of(iterative(None, 2, 10)), [3, 7]);
        assert_eq!(epochs_of(iterative(Some(40), 3, 100)), [40, 60, 80]);
        assert_eq!(epochs_of(iterative(Some(0), 2, 10)), [0, 5]);
        assert_eq!(epochs_of(iterative(Some(10), 1, 10)), [10]);
        assert_eq!(iterative(None, 5, 5).unwrap_err().key, "rounds");
        assert_eq!(iterative(Some(9), 2, 10).unwrap_err().key, "rounds");
    }

    #[test]
    fn gradual_cuts_follow_every_epoch_of_the_middle_half() {
        assert_eq!(epochs_of(gradual(None, None, 20)), (6..=15).collect::<Vec<_>>());
        assert_eq!(epochs_of(gradual(Some(5), Some(2), 20)), [10, 15]);
        assert_eq!(epochs_of(gradual(None, None, 2)), [1]);
        assert_eq!(gradual(Some(15), None, 20).unwrap_err().key, "at_epoch");
        assert_eq!(gradual(None, Some(11), 20).unwrap_err().key, "rounds");
        assert_eq!(gradual(None, None, 1).unwrap_err().key, "schedule");
    }

    #[test]
    fn gradual_pruning_to_nine_tenths_has_the_published_shares() {
        let cuts = gradual(Some(0), Some(4), 16).unwrap();
        let wanted = [(3, 0.520_312_5), (6, 0.7875), (9, 0.885_937_5), (12, 0.9)];
        for (cut, (epoch, removed)) in cuts.iter().zip(wanted) {
            assert_eq!(cut.epoch, epoch);
            assert!((cut.stage.removed(0.9) - removed).abs() < 1e-12, "{cut:?}");
        }
    }

    #[test]
    fn the_rounds_of_the_lottery_leave_the_published_shares_of_300_100() {
        // 20% of what is left goes in each round, 10% in the last layer, 15 rounds.
        let layers = [(784 * 300, 0.8f64), (300 * 100, 0.8), (100 * 10, 0.9)];
        let all: usize = layers.iter().map(|(weights, _)| weights).sum();
        for (round, wanted) in [(1, 80.04), (3, 51.28), (7, 21.07), (12, 6.95), (15, 3.58)] {
            let left = layers.iter().map(|&(weights, kept)| {
                let stage = Stage::Geometric(f64::from(round) / 15.0);
                (1.0 - stage.removed(1.0 - kept.powi(15))) * weights as f64
            });
            let percent = 100.0 * left.sum::<f64>() / all as f64;
            assert!((percent - wanted).abs() < 5e-3, "round {round}: {percent}");
        }
    }

    proptest! {
        #[test]
        fn cuts_ascend_within_the_training_remove_ever_more_and_end_at_the_ratio(
            at_epoch in prop::option::of(0usize..40),
            rounds in 1usize..40,
            epochs in 1usize..60,
            ratio in 0.01..0.99,
        ) {
            let at_epoch = at_epoch.filter(|&at_epoch| at_epoch <= epochs);
            for cuts in [iterative(at_epoch, rounds, epochs), gradual(at_epoch, Some(rounds), epochs)] {
                let Ok(cuts) = cuts else { continue };
                prop_assert_eq!(cuts.len(), rounds);
                prop_assert!(cuts.windows(2).all(|pair| pair[0].epoch < pair[1].epoch));
                prop_assert!(cuts.windows(2).all(|pair| pair[0].stage.removed(ratio) < pair[1].stage.removed(ratio)));
                prop_assert!(cuts[cuts.len() - 1].epoch <= epochs);
                prop_assert_eq!(cuts[cuts.len() - 1].stage.removed(ratio), ratio);
            }
        }
    }
}

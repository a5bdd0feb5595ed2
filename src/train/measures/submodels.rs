//! The thinned networks that dropout has trained, alone and by vote.
//!
//! Sub-model t is the final network with units (or connections) dropped as in a step of training: one draw, the same for every
//! test row. A vote is the mean of the predictions (of classes: of the probabilities) of the first T of them. Rows go through in
//! chunks, each through all sub-models, so that no more than a chunk of predictions is held.

use super::super::{Interrupted, submodel_gates};
use super::probe::{Probe, ROWS, to_predictions};
use super::score::{by_task, score, summed_up};
use super::{Entry, Measurement, Subject};
use crate::nn::Network;

pub(super) const ENTRY: Entry = Entry {
    names: &[
        "submodel_accuracy",
        "submodel_r2",
        "vote_accuracy",
        "vote_r2",
        "full_network_accuracy",
        "full_network_r2",
    ],
    key: Some("submodels"),
    idea: "of variants with dropout: accuracy (r2) of the networks that are left when units are dropped as in training: the mean of \
           the single ones (submodel), of the mean prediction of at = T of them (vote), of the network with all units \
           (full_network)",
    is_time: false,
    measure,
};

fn measure(subject: &Subject<'_>) -> Result<Vec<Measurement>, Interrupted> {
    let Some(settings) = &subject.settings.submodels else { return Ok(Vec::new()) };
    let test = &subject.data.test;
    // Several networks beside dropout are refused before training.
    let [network] = &subject.outcome.ensemble.members[..] else { return Ok(Vec::new()) };
    if test.rows.is_empty() || subject.recipe.dropout_rates(network).iter().all(|&rate| rate == 0.0) {
        return Ok(Vec::new());
    }
    let sums = sums(subject, network, &settings.votes)?;
    let name = |names| by_task(subject.data.task(), names);
    let scored = |sum: f64| summed_up(&test.targets, sum);
    let single = name(["submodel_accuracy", "submodel_r2"]);
    let vote = name(["vote_accuracy", "vote_r2"]);
    let full = name(["full_network_accuracy", "full_network_r2"]);
    let votes = settings.votes.iter().zip(&sums.votes);
    Ok(std::iter::once(Measurement::of(single, scored(sums.single / most(&settings.votes) as f64)))
        .chain(votes.map(|(&count, &sum)| Measurement::at(vote, count as f64, scored(sum))))
        .chain([Measurement::of(full, scored(sums.full))])
        .collect())
}

/// The largest vote.
fn most(votes: &[usize]) -> usize {
    votes.iter().copied().max().unwrap_or(0)
}

/// Sums of scores over the test rows.
struct Sums {
    /// Of every single sub-model, over all of them.
    single: f64,
    /// Of each vote.
    votes: Vec<f64>,
    /// Of the network with all its units.
    full: f64,
}

fn sums(subject: &Subject<'_>, network: &Network, votes: &[usize]) -> Result<Sums, Interrupted> {
    let (data, test, loss) = (subject.data, &subject.data.test, subject.recipe.loss);
    let outputs = subject.data.outputs();
    let mut probe = Probe::new(subject);
    let mut sums = Sums { single: 0.0, votes: vec![0.0; votes.len()], full: 0.0 };
    for (index, rows) in test.rows.chunks(ROWS).enumerate() {
        let first = index * ROWS;
        let mut total = vec![0.0; rows.len() * outputs];
        for t in 0..most(votes) {
            // Loaded each time, which looks for a call from outside too: beside the layers it costs little.
            probe.load(rows.len(), |row, values| data.encode(rows[row], values))?;
            let gates = submodel_gates(subject.recipe, network, rows.len(), subject.seed, t as u64)
                .expect("there is dropout, or nothing would be measured");
            probe.forward_through(&gates, |row, prediction| {
                to_predictions(loss, prediction);
                sums.single += score(&test.targets, first + row, prediction);
                let total = &mut total[row * outputs..][..outputs];
                total.iter_mut().zip(prediction).for_each(|(total, p)| *total += *p);
            });
            for (sum, _) in sums.votes.iter_mut().zip(votes).filter(|(_, count)| **count == t + 1) {
                for (row, total) in total.chunks_exact(outputs).enumerate() {
                    let mean: Vec<f64> = total.iter().map(|total| total / (t + 1) as f64).collect();
                    *sum += score(&test.targets, first + row, &mean);
                }
            }
        }
        probe.load(rows.len(), |row, values| data.encode(rows[row], values))?;
        probe.forward(|row, outputs| sums.full += score(&test.targets, first + row, outputs));
    }
    Ok(sums)
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::Case;
    use super::*;
    use crate::nn::Gate;
    use crate::recipe::{Rescale, Submodels};

    fn asking(mut case: Case, votes: &[usize]) -> Case {
        case.settings.submodels = Some(Submodels { votes: votes.to_vec() });
        case
    }

    fn rows(case: &Case) -> Vec<(&'static str, Option<f64>, f64)> {
        measure(&case.subject()).unwrap().iter().map(|row| (row.measure, row.at, row.value)).collect()
    }

    #[test]
    fn sub_models_of_a_line_are_worked_by_hand() {
        // 2x + 1 with the input dropped half of the time and doubled otherwise: 1 or 4x + 1. Dropped or not is one bit for
        // all rows; a vote of many is 2x + 1 about, the full network exactly.
        let case = asking(Case::regression(), &[1, 2, 5000]).with_dropout(&[0.5], Rescale::Train);
        let crate::data::Targets::Values(y) = &case.data.test.targets else { panic!("a regression has values") };
        let y: Vec<f64> = y.iter().map(|&y| f64::from(y)).collect();
        let mean = y.iter().sum::<f64>() / y.len() as f64;
        let spread: f64 = y.iter().map(|y| (y - mean) * (y - mean)).sum();
        let r2 = |share: f64| {
            1.0 - y.iter().map(|y| (y - share * (2.0 * y - 1.0) - (1.0 - share)).powi(2)).sum::<f64>() / spread
        };
        let found = rows(&case);
        let kept = |t: usize| {
            let gates = submodel_gates(&case.recipe, &case.outcome.ensemble.members[0], 1, 7, t as u64).unwrap();
            matches!(&gates[0], Gate::Mask(factors) if factors[0] == 2.0)
        };
        let share = |count: usize| (0..count).filter(|&t| kept(t)).count() as f64 / count as f64;
        assert!((share(5000) - 0.5).abs() < 0.03);
        let wanted = [
            ("submodel_r2", None, share(5000) * r2(1.0) + (1.0 - share(5000)) * r2(0.0)),
            ("vote_r2", Some(1.0), r2(share(1))),
            ("vote_r2", Some(2.0), r2(share(2))),
            ("vote_r2", Some(5000.0), r2(share(5000))),
            ("full_network_r2", None, 1.0),
        ];
        for (found, wanted) in found.iter().zip(&wanted) {
            assert!(
                (found.0, found.1) == (wanted.0, wanted.1) && (found.2 - wanted.2).abs() < 1e-5,
                "{found:?} {wanted:?}"
            );
        }
        assert_eq!(found.len(), wanted.len());
    }

    #[test]
    fn a_vote_of_one_is_the_only_sub_model() {
        let case = asking(Case::classification(), &[1]).with_dropout(&[0.2, 0.6], Rescale::Train);
        let found = rows(&case);
        assert_eq!((found[0].0, found[1].0), ("submodel_accuracy", "vote_accuracy"));
        assert_eq!(found[0].2, found[1].2);
        assert_eq!(found[2], ("full_network_accuracy", None, 1.0));
    }

    #[test]
    fn votes_in_any_order_are_the_same_votes() {
        let of = |votes: &[usize]| {
            let found = rows(&asking(Case::classification(), votes).with_dropout(&[0.4, 0.5], Rescale::None));
            let mut votes: Vec<_> =
                found.iter().filter(|row| row.0 == "vote_accuracy").map(|row| (row.1, row.2)).collect();
            votes.sort_by(|a, b| a.partial_cmp(b).unwrap());
            votes
        };
        assert_eq!(of(&[1, 3, 8]), of(&[8, 1, 3]));
    }

    #[test]
    fn without_dropout_there_are_no_sub_models() {
        assert_eq!(rows(&asking(Case::classification(), &[1, 2])), []);
        assert_eq!(rows(&asking(Case::classification(), &[1]).with_dropout(&[0.0, 0.0], Rescale::Train)), []);
    }
}

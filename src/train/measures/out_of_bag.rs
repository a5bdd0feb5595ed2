//! What a bagged ensemble is worth on rows that a part of it has not seen: an honest figure without rows held out.

use std::collections::HashSet;

use super::super::Interrupted;
use super::super::bootstrap::bag;
use super::probe::{Probe, ROWS};
use super::score::{by_task, summed_up};
use super::{Entry, Measurement, Subject};
use crate::data::Task;
use crate::recipe::Voting;

pub(super) const ENTRY: Entry = Entry {
    names: &["oob_rows", "oob_loss", "oob_accuracy", "oob_r2", "oob_rmse"],
    key: None,
    idea: "of bagging, out of bag: each training row by the vote of the networks whose bootstrap sample lacks it: the share of the \
           rows that have a vote (oob_rows), and over these the loss, accuracy (r2, rmse)",
    is_time: false,
    measure,
};

fn measure(subject: &Subject<'_>) -> Result<Vec<Measurement>, Interrupted> {
    let Some(Voting::Bagging { networks }) = subject.recipe.voting else { return Ok(Vec::new()) };
    let (data, train, loss) = (subject.data, &subject.data.train, subject.recipe.loss);
    let rows = train.rows.len();
    let bags: Vec<HashSet<usize>> = (0..networks).map(|i| bag(subject.seed, i, rows).into_iter().collect()).collect();
    let mut probe = Probe::new(subject);
    let (mut voted, mut losses, mut scores) = (Vec::new(), 0.0, 0.0);
    for first in (0..rows).step_by(ROWS) {
        let chunk = ROWS.min(rows - first);
        probe.load(chunk, |row, values| data.encode(train.rows[first + row], values))?;
        let votes = |row: usize, member: usize| !bags[member].contains(&(first + row));
        probe.forward_where(votes, |row, outputs| {
            let found = loss.score_of_vote(outputs, &train.targets, first + row);
            (losses, scores) = (losses + found.loss, scores + found.score);
            voted.push(first + row);
        });
    }
    let share = Measurement::of("oob_rows", voted.len() as f64 / rows as f64);
    if voted.is_empty() {
        return Ok(vec![share]);
    }
    let mut targets = train.targets.none_of();
    train.targets.choose(&voted, &mut targets);
    let count = voted.len() as f64;
    let name = by_task(data.task(), ["oob_accuracy", "oob_r2"]);
    let mut found =
        vec![share, Measurement::of("oob_loss", losses / count), Measurement::of(name, summed_up(&targets, scores))];
    if data.task() == Task::Regression {
        found.push(Measurement::of("oob_rmse", libm::sqrt(scores / count) * data.target_scale()));
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::Case;
    use super::*;
    use crate::data::Targets;
    use crate::nn::{Ensemble, Network};

    /// A bagged trial of these copies of the case's network, each changed by its number.
    fn bagged(mut case: Case, networks: usize, change: impl Fn(usize, &mut Network)) -> Case {
        let network = case.outcome.ensemble.members[0].clone();
        let member = |number| {
            let mut network = network.clone();
            change(number, &mut network);
            network
        };
        case.outcome.ensemble = Ensemble { members: (0..networks).map(member).collect() };
        case.recipe.voting = Some(Voting::Bagging { networks });
        case
    }

    fn value(case: &Case, name: &str) -> Option<f64> {
        measure(&case.subject()).unwrap().iter().find(|row| row.measure == name).map(|row| row.value)
    }

    #[test]
    fn of_one_network_the_rows_count_that_it_has_not_seen() {
        let case = bagged(Case::classification(), 1, |_, _| ());
        let rows = case.data.train.rows.len();
        let seen: HashSet<usize> = bag(7, 0, rows).into_iter().collect();
        assert_eq!(value(&case, "oob_rows"), Some((rows - seen.len()) as f64 / rows as f64));
        assert_eq!(value(&case, "oob_accuracy"), Some(1.0));
        assert_eq!(measure(&Case::classification().subject()), Ok(vec![]), "a single network has no bag");
    }

    #[test]
    fn no_network_votes_on_a_row_that_it_has_seen() {
        // Each network of the line 2x + 1 is off by 10 to the power of its number: the mean error of a row names its voters.
        let case = bagged(Case::regression(), 4, |number, network| {
            network.layers[0].bias[0] += 10f32.powi(number as i32);
        });
        let train = &case.data.train;
        let Targets::Values(values) = &train.targets else { panic!("a regression has values") };
        let bags: Vec<Vec<usize>> = (0..4).map(|member| bag(7, member, train.rows.len())).collect();
        let (mut squares, mut voted) = (0.0, 0.0);
        for row in 0..values.len() {
            let voters: Vec<usize> = (0..4).filter(|&member| !bags[member].contains(&row)).collect();
            if !voters.is_empty() {
                let sum: f64 = voters.iter().map(|&member| 10f64.powi(member as i32)).sum();
                squares += (sum / voters.len() as f64).powi(2);
                voted += 1.0;
            }
        }
        assert_eq!(value(&case, "oob_rows"), Some(voted / values.len() as f64));
        let (loss, rmse) = (value(&case, "oob_loss").unwrap(), value(&case, "oob_rmse").unwrap());
        let wanted = 0.5 * squares / voted;
        assert!((loss / wanted - 1.0).abs() < 1e-6, "{loss} {wanted}");
        assert!((rmse * rmse / (2.0 * wanted) - 1.0).abs() < 1e-6, "the target is not scaled: {rmse}");
        assert!(value(&case, "oob_r2").unwrap() < 1.0);
    }
}

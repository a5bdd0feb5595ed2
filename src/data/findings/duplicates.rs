//! Test rows that also stand in training: what is known by heart looks like what generalises.

use super::super::target::Target;
use super::super::trial::TrialData;
use super::Finding;

/// The least share of the test rows that is worth a word, and the least number: a copy by chance flatters little.
const LEAST_SHARE: f64 = 0.01;
const LEAST_COPIES: usize = 2;

/// Counts them by features alone, then by features and target.
pub(super) fn find(data: &TrialData) -> Option<Finding> {
    let dataset = data.dataset();
    let firsts = dataset.firsts_alike();
    // Rows with the same features have the same first. Most test rows have a first that no training row has.
    let mut is_trained = vec![false; firsts.len()];
    data.train.rows.iter().for_each(|&row| is_trained[firsts[row] as usize] = true);
    let alike: Vec<usize> = data.test.rows.iter().copied().filter(|&row| is_trained[firsts[row] as usize]).collect();
    let copies = known_by_target(data, &alike);
    let test_rows = data.test.rows.len();
    let can_be_grouped = dataset.test_start().is_none() && dataset.roles.is_none();
    (copies >= LEAST_COPIES && copies as f64 >= LEAST_SHARE * test_rows as f64).then_some(Finding::Duplicates {
        test_rows,
        copies,
        contradictions: alike.len() - copies,
        can_be_grouped,
    })
}

/// How many of `alike`, test rows with the features of training rows, also have the target of one of those.
fn known_by_target(data: &TrialData, alike: &[usize]) -> usize {
    let dataset = data.dataset();
    let firsts = dataset.firsts_alike();
    let mut is_wanted = vec![false; firsts.len()];
    alike.iter().for_each(|&row| is_wanted[firsts[row] as usize] = true);
    let key = |&row: &usize| {
        let target = match &dataset.target {
            Target::Classes(classes, _) => u64::from(classes[row]),
            Target::Values(values) => (values[row] + 0.0).to_bits(), // 0 and −0 are one
        };
        (firsts[row], target)
    };
    let wanted = data.train.rows.iter().filter(|row| is_wanted[firsts[**row] as usize]);
    let mut trained: Vec<(u32, u64)> = wanted.map(key).collect();
    trained.sort_unstable();
    trained.dedup();
    alike.iter().filter(|row| trained.binary_search(&key(row)).is_ok()).count()
}

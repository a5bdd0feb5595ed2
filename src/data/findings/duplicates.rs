//! Test rows that also stand in training: what is known by heart looks like what generalises.

use std::collections::HashMap;

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
    // The training rows that have each kind of features.
    let mut trained: HashMap<u32, Vec<usize>> = HashMap::new();
    data.train.rows.iter().for_each(|&row| trained.entry(firsts[row]).or_default().push(row));
    let same_target = |one: usize, other: usize| match &dataset.target {
        Target::Classes(classes, _) => classes[one] == classes[other],
        Target::Values(values) => values[one] == values[other],
    };
    let (mut copies, mut contradictions) = (0, 0);
    for &row in &data.test.rows {
        match trained.get(&firsts[row]) {
            Some(alike) if alike.iter().any(|&other| same_target(row, other)) => copies += 1,
            Some(_) => contradictions += 1,
            None => {}
        }
    }
    let test_rows = data.test.rows.len();
    let can_be_grouped = dataset.test_start().is_none() && dataset.roles.is_none();
    (copies >= LEAST_COPIES && copies as f64 >= LEAST_SHARE * test_rows as f64).then_some(Finding::Duplicates {
        test_rows,
        copies,
        contradictions,
        can_be_grouped,
    })
}

//! The rows that each member of a bagged ensemble is trained on.
//!
//! In: how many training rows there are, a member of a trial. Out: its bootstrap sample, drawn from a stream of its own.

use crate::data::TrialData;
use crate::random::{Purpose, StreamKey};
use crate::recipe::{Recipe, Voting};

/// The data of each member; none where all networks train on all rows.
pub(super) fn bags(data: &TrialData, recipe: &Recipe, seed: u64) -> Vec<TrialData> {
    let Some(Voting::Bagging { networks }) = recipe.voting else { return Vec::new() };
    (0..networks).map(|member| data.resampled(&bag(seed, member, data.train.rows.len()))).collect()
}

/// The positions of a member's rows among the training rows: as many draws with replacement as there are `rows`, ascending.
pub(super) fn bag(seed: u64, member: usize, rows: usize) -> Vec<usize> {
    let mut stream = StreamKey::new(seed, Purpose::Bootstrap).member(member as u32).open();
    let mut positions: Vec<usize> = (0..rows).map(|_| stream.below(rows)).collect();
    positions.sort_unstable();
    positions
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bag_has_as_many_rows_as_there_are_and_leaves_about_a_third_of_them_out() {
        let rows = 10_000;
        let mut bag = bag(3, 0, rows);
        assert!(bag.len() == rows && bag.is_sorted() && bag.iter().all(|&row| row < rows));
        bag.dedup();
        // (1 − 1/n)ⁿ of the rows are in no draw: 0.36786, with a standard deviation of 0.0031.
        let absent = 1.0 - bag.len() as f64 / rows as f64;
        assert!((absent - 0.368).abs() < 0.015, "{absent}");
    }

    #[test]
    fn every_member_and_every_seed_has_a_bag_of_its_own() {
        let bags = [bag(3, 0, 50), bag(3, 1, 50), bag(4, 0, 50)];
        assert!(bags[0] != bags[1] && bags[0] != bags[2] && bags[1] != bags[2]);
        assert_eq!(bags[1], bag(3, 1, 50));
    }
}

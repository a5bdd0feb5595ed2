//! Drawing rows so that the classes keep their shares.
//!
//! In: groups of rows, one per class (or a single one where nothing is to be stratified), each in random order. Out: how many
//! rows of each group to draw, folds, and an order whose every beginning is stratified. All in whole numbers, and of rows
//! with equal claims the class that comes first is served first, so that nothing depends on rounding.

/// How many rows each group of `counts` rows gives to a part of `total` rows.
///
/// By largest remainders: each group gives its share, rounded down or up, and the total is exact. Of the groups that would
/// be rounded up, those that would otherwise give nothing come first, so that a rare class is tested if at all possible.
/// Every group keeps one row back for training; only where that leaves too few do others give more than their share, and
/// only where all are down to one row is the total not reached.
pub(super) fn allocate(counts: &[usize], total: usize) -> Vec<usize> {
    let rows: usize = counts.iter().sum();
    if rows == 0 {
        return vec![0; counts.len()];
    }
    let most: Vec<usize> = counts.iter().map(|count| count.saturating_sub(1)).collect();
    let share = |count: usize| total as u128 * count as u128;
    let mut given: Vec<usize> =
        counts.iter().zip(&most).map(|(&count, &most)| ((share(count) / rows as u128) as usize).min(most)).collect();
    let mut left = total - given.iter().sum::<usize>();

    let mut order: Vec<usize> = (0..counts.len()).filter(|&group| given[group] < most[group]).collect();
    order.sort_by_key(|&group| (given[group] > 0, std::cmp::Reverse(share(counts[group]) % rows as u128)));
    order.retain(|&group| share(counts[group]) % rows as u128 > 0);
    for group in order.into_iter().take(left) {
        given[group] += 1;
        left -= 1;
    }
    for _ in 0..left {
        let spare = |&group: &usize| (most[group] - given[group], std::cmp::Reverse(group));
        match (0..counts.len()).max_by_key(spare) {
            Some(group) if given[group] < most[group] => given[group] += 1,
            _ => break,
        }
    }
    given
}

/// Takes the part of `total` rows off the front of the groups.
pub(super) fn draw(groups: &mut [Vec<usize>], total: usize) -> Vec<usize> {
    let counts: Vec<usize> = groups.iter().map(Vec::len).collect();
    let given = allocate(&counts, total);
    groups.iter_mut().zip(given).flat_map(|(group, count)| group.drain(..count).collect::<Vec<_>>()).collect()
}

/// The rows of fold `k` of `folds`: the groups are dealt out like cards, one after the other, so that both folds and their
/// shares of each class differ by one row at most. With `keep_single` a group of one row is in no fold.
pub(super) fn fold(groups: &[Vec<usize>], folds: usize, k: usize, keep_single: bool) -> Vec<usize> {
    let dealt = groups.iter().filter(|group| !keep_single || group.len() > 1).flatten();
    dealt.skip(k).step_by(folds).copied().collect()
}

/// All rows in an order of which every beginning is stratified: among its first n rows each class has its share of n, rounded
/// down or up.
///
/// This is proportionate-fair scheduling (Baruah et al. 1996): the i-th row of a class may come once its share has reached i − 1
/// rows and must come before it exceeds i; of the rows that may come, the most urgent comes.
pub(super) fn nested_order(groups: &[Vec<usize>]) -> impl Iterator<Item = usize> {
    let rows: usize = groups.iter().map(Vec::len).sum();
    let mut taken = vec![0; groups.len()];
    (1..=rows).map(move |n| {
        let may_come = |&group: &usize| {
            let count = groups[group].len();
            taken[group] < count && taken[group] as u128 * (rows as u128) < n as u128 * count as u128
        };
        let deadline =
            |&group: &usize| ((taken[group] + 1) as u128 * rows as u128).div_ceil(groups[group].len() as u128);
        let group = (0..groups.len()).filter(may_come).min_by_key(deadline).expect("shares of all classes sum to n");
        taken[group] += 1;
        groups[group][taken[group] - 1]
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Groups of these sizes with rows 0, 1, 2, ...
    fn groups(counts: &[usize]) -> Vec<Vec<usize>> {
        let mut rows = 0..;
        counts.iter().map(|&count| rows.by_ref().take(count).collect()).collect()
    }

    /// Whether `given` is the share of a class, rounded down or up.
    fn is_share(given: usize, count: usize, total: usize, rows: usize) -> bool {
        let share = total as f64 * count as f64 / rows as f64;
        (given as f64 - share).abs() < 1.0
    }

    #[test]
    fn the_largest_remainders_are_rounded_up() {
        // Shares of 10 rows: 5.5, 2.9, 1.6.
        assert_eq!(allocate(&[55, 29, 16], 10), [5, 3, 2]);
    }

    #[test]
    fn a_class_that_would_give_nothing_is_rounded_up_first() {
        // Shares of 10 rows: 4.9, 4.9, 0.2.
        assert_eq!(allocate(&[49, 49, 2], 10), [5, 4, 1]);
    }

    #[test]
    fn a_single_row_stays_for_training_and_the_others_make_up_for_it() {
        assert_eq!(allocate(&[1, 1, 1, 5], 4), [0, 0, 0, 4]);
        assert_eq!(allocate(&[1, 1], 1), [0, 0]);
        assert_eq!(allocate(&[2], 2), [1]);
        assert_eq!(allocate(&[], 0), [] as [usize; 0]);
    }

    #[test]
    fn folds_are_dealt_like_cards_and_single_rows_kept_out() {
        let groups = groups(&[3, 1, 2]);
        assert_eq!(fold(&groups, 2, 0, true), [0, 2, 5]);
        assert_eq!(fold(&groups, 2, 1, true), [1, 4]);
        assert_eq!(fold(&groups, 2, 1, false), [1, 3, 5]);
    }

    #[test]
    fn the_nested_order_alternates_where_classes_are_even() {
        assert_eq!(nested_order(&groups(&[2, 2])).collect::<Vec<_>>(), [0, 2, 1, 3]);
        assert_eq!(nested_order(&groups(&[3, 1])).collect::<Vec<_>>(), [0, 1, 2, 3]);
    }

    proptest! {
        #[test]
        fn allocation_is_exact_and_within_one_row_of_each_share(
            counts in prop::collection::vec(2usize..60, 1..12), part in 0.0..0.7f64,
        ) {
            let rows: usize = counts.iter().sum();
            let total = (rows as f64 * part) as usize;
            let given = allocate(&counts, total.min(rows - counts.len()));
            let total = total.min(rows - counts.len());
            prop_assert_eq!(given.iter().sum::<usize>(), total);
            for (&given, &count) in given.iter().zip(&counts) {
                prop_assert!(given < count);
                // A class of two rows may have to pass its second seat on.
                prop_assert!(is_share(given, count, total, rows) || counts.contains(&2), "{} of {}", given, count);
            }
        }

        #[test]
        fn every_beginning_of_the_nested_order_is_stratified(counts in prop::collection::vec(1usize..40, 1..10)) {
            let groups = groups(&counts);
            let rows: usize = counts.iter().sum();
            let order: Vec<usize> = nested_order(&groups).collect();
            let mut sorted = order.clone();
            sorted.sort_unstable();
            prop_assert_eq!(sorted, (0..rows).collect::<Vec<_>>());
            let mut taken = vec![0; counts.len()];
            for (n, row) in order.iter().enumerate() {
                taken[groups.iter().position(|group| group.contains(row)).unwrap()] += 1;
                for (&taken, &count) in taken.iter().zip(&counts) {
                    prop_assert!(is_share(taken, count, n + 1, rows), "{} of {} among {}", taken, count, n + 1);
                }
            }
        }

        #[test]
        fn folds_are_disjoint_and_even(counts in prop::collection::vec(2usize..40, 1..8), folds in 2usize..6) {
            let groups = groups(&counts);
            let all: Vec<Vec<usize>> = (0..folds).map(|k| fold(&groups, folds, k, true)).collect();
            let mut together = all.concat();
            together.sort_unstable();
            prop_assert_eq!(together, (0..counts.iter().sum()).collect::<Vec<_>>());
            for group in &groups {
                let share = |fold: &Vec<usize>| fold.iter().filter(|row| group.contains(row)).count();
                let shares: Vec<usize> = all.iter().map(share).collect();
                prop_assert!(shares.iter().max().unwrap() - shares.iter().min().unwrap() <= 1);
            }
        }
    }
}

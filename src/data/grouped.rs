//! Drawing rows so that groups stay whole and the classes keep their shares as well as that allows.
//!
//! In: groups of rows, the class of each row, a random stream. Out: the rows of a part, or of a fold.
//!
//! - A **part** of so many rows: the groups are gone through in random order, and each is taken that brings the part nearer to
//!   its share of each class, Σ (rows − share)² / rows of the class; if none does, the one that does the least harm. Groups of
//!   one row thus fill it exactly.
//! - **Folds**, as scikit-learn's StratifiedGroupKFold deals them out: the largest group first, of equals in random order,
//!   each to the fold that has the fewest rows of its classes, then the fewest rows.

use super::stratify::allocate;
use crate::random::Stream;

/// A group that is still to be dealt out.
#[derive(Debug, Clone)]
pub(super) struct Unit {
    rows: Vec<usize>,
    /// Class and number of rows, of the classes that it has.
    counts: Vec<(usize, usize)>,
}

/// Groups in random order; `class_of` is 0 for every row where nothing is to be stratified.
pub(super) fn shuffled(groups: Vec<Vec<usize>>, class_of: impl Fn(usize) -> usize, stream: &mut Stream) -> Vec<Unit> {
    let mut units: Vec<Unit> = groups.into_iter().map(|rows| Unit { counts: counts(&rows, &class_of), rows }).collect();
    stream.shuffle(&mut units);
    units
}

fn counts(rows: &[usize], class_of: impl Fn(usize) -> usize) -> Vec<(usize, usize)> {
    let mut classes: Vec<usize> = rows.iter().map(|&row| class_of(row)).collect();
    classes.sort_unstable();
    classes.chunk_by(|a, b| a == b).map(|alike| (alike[0], alike.len())).collect()
}

/// All rows of some groups.
pub(super) fn rows(units: Vec<Unit>) -> Vec<usize> {
    units.into_iter().flat_map(|unit| unit.rows).collect()
}

/// The rows of each class.
fn totals(units: &[Unit]) -> Vec<usize> {
    let mut totals = Vec::new();
    for &(class, rows) in units.iter().flat_map(|unit| &unit.counts) {
        if totals.len() <= class {
            totals.resize(class + 1, 0);
        }
        totals[class] += rows;
    }
    totals
}

/// Takes a part of about `total` rows from the groups; at least one group, and at least `keep` stay.
pub(super) fn draw(units: &mut Vec<Unit>, total: usize, keep: usize) -> Vec<usize> {
    if total == 0 || units.len() <= keep {
        return Vec::new();
    }
    let of_class = totals(units);
    let shares = allocate(&of_class, total);
    let mut taken = vec![0; of_class.len()];
    // How much further from its shares the part is with the group than without.
    let harm = |unit: &Unit, taken: &[usize]| -> f64 {
        let of_one = |&(class, rows): &(usize, usize)| {
            let (rows, missing) = (rows as f64, shares[class] as f64 - taken[class] as f64);
            rows * (rows - 2.0 * missing) / of_class[class] as f64
        };
        unit.counts.iter().map(of_one).sum()
    };
    let most = units.len() - keep;
    let (mut chosen, mut left) = (Vec::new(), Vec::new());
    for unit in units.drain(..) {
        if chosen.len() < most && harm(&unit, &taken) < 0.0 {
            unit.counts.iter().for_each(|&(class, rows)| taken[class] += rows);
            chosen.push(unit);
        } else {
            left.push(unit);
        }
    }
    if chosen.is_empty() {
        let least = (0..left.len()).min_by(|&a, &b| harm(&left[a], &taken).total_cmp(&harm(&left[b], &taken)));
        chosen.extend(least.map(|place| left.remove(place)));
    }
    *units = left;
    rows(chosen)
}

/// Deals the groups out into folds; takes those of fold `k` from them, and returns their rows.
pub(super) fn fold(units: &mut Vec<Unit>, folds: usize, k: usize) -> Vec<usize> {
    let of_class = totals(units);
    let mut dealt = vec![vec![0usize; of_class.len()]; folds];
    let mut sizes = vec![0usize; folds];
    let mut order: Vec<usize> = (0..units.len()).collect();
    order.sort_by_key(|&unit| std::cmp::Reverse(units[unit].rows.len()));
    let mut is_chosen = vec![false; units.len()];
    for place in order {
        let unit = &units[place];
        let crowd = |fold: usize| -> f64 {
            let of_one =
                |&(class, rows): &(usize, usize)| rows as f64 * dealt[fold][class] as f64 / of_class[class] as f64;
            unit.counts.iter().map(of_one).sum()
        };
        let better = |&a: &usize, &b: &usize| crowd(a).total_cmp(&crowd(b)).then(sizes[a].cmp(&sizes[b]));
        let Some(fold) = (0..folds).min_by(better) else { break };
        unit.counts.iter().for_each(|&(class, rows)| dealt[fold][class] += rows);
        sizes[fold] += unit.rows.len();
        is_chosen[place] = fold == k;
    }
    let mut chosen = Vec::new();
    let mut left = Vec::new();
    for (unit, is_chosen) in units.drain(..).zip(is_chosen) {
        if is_chosen { chosen.push(unit) } else { left.push(unit) }
    }
    *units = left;
    rows(chosen)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::{Purpose, StreamKey};

    /// Groups of these sizes with rows 0, 1, 2, ...; row i is of class i modulo `classes`.
    fn units(sizes: &[usize], classes: usize, seed: u64) -> Vec<Unit> {
        let mut rows = 0..;
        let groups = sizes.iter().map(|&size| rows.by_ref().take(size).collect()).collect();
        shuffled(groups, |row| row % classes, &mut StreamKey::new(seed, Purpose::Split).open())
    }

    #[test]
    fn groups_of_one_row_fill_a_part_exactly() {
        for seed in 0..10 {
            let mut units = units(&[1; 30], 3, seed);
            let part = draw(&mut units, 6, 1);
            assert_eq!([0, 1, 2].map(|class| part.iter().filter(|row| **row % 3 == class).count()), [2, 2, 2]);
            assert_eq!(units.len(), 24);
        }
    }

    #[test]
    fn a_group_that_does_not_fit_is_passed_over() {
        for seed in 0..10 {
            let mut units = units(&[100, 5, 5, 5, 5], 1, seed);
            let part = draw(&mut units, 10, 1);
            assert_eq!(part.len(), 10);
            assert!(part.iter().all(|&row| row >= 100));
        }
    }

    #[test]
    fn where_no_group_fits_the_one_that_does_the_least_harm_is_taken_and_some_are_kept() {
        let mut three = units(&[50, 40, 60], 1, 0);
        assert_eq!(draw(&mut three, 5, 2).len(), 40);
        assert_eq!(draw(&mut three, 5, 2), [] as [usize; 0]);
    }

    #[test]
    fn folds_are_even_where_groups_allow_it() {
        let sizes = [6, 6, 4, 4, 2, 2, 3, 3];
        let folds: Vec<usize> = (0..3).map(|k| fold(&mut units(&sizes, 1, 1), 3, k).len()).collect();
        assert_eq!(folds.iter().sum::<usize>(), 30);
        assert!(folds.iter().all(|rows| (9..=11).contains(rows)), "{folds:?}");
        // As many groups as folds: one each.
        let single: Vec<usize> = (0..3).map(|k| fold(&mut units(&[9, 1, 1], 2, 4), 3, k).len()).collect();
        assert!(single.iter().all(|rows| *rows > 0) && single.iter().sum::<usize>() == 11);
    }
}

//! Which rows must stay on one side of a split.
//!
//! In: a data set, `data.split.group` and `data.split.group_duplicates`. Out: [`Groups`]: rows of one value of the group column
//! belong together, and so do rows with the same features (whatever their targets); where both are asked for, what either
//! connects.

use super::dataset::Dataset;
use super::settings::SplitSettings;

/// Rows that belong together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Groups {
    /// Every row in one of them, in the order of their first rows, each ascending.
    pub(super) rows: Vec<Vec<usize>>,
}

impl Groups {
    /// The groups that the settings ask for; `None` where every row may go its own way.
    pub(super) fn of(dataset: &Dataset, settings: &SplitSettings) -> Option<Self> {
        let by_column = dataset.groups.as_deref().filter(|_| settings.group.is_some()).map(first_of_each);
        let by_copies = settings.group_duplicates.then(|| dataset.firsts_alike().to_vec());
        let firsts = match (by_column, by_copies) {
            (Some(one), Some(other)) => joined(one, &other),
            (one, other) => one.or(other)?,
        };
        let rows = collected(&firsts);
        (rows.len() < firsts.len()).then_some(Self { rows })
    }
}

/// How many groups the settings ask for, those of a single row included; `None` where they ask for none.
pub(super) fn count(dataset: &Dataset, settings: &SplitSettings) -> Option<usize> {
    if settings.group.is_none() && !settings.group_duplicates {
        return None;
    }
    Some(Groups::of(dataset, settings).map_or(dataset.rows(), |groups| groups.rows.len()))
}

/// For each row the first of its group.
fn first_of_each(groups: &[u32]) -> Vec<u32> {
    let mut first = vec![None; groups.len()];
    (0..).zip(groups).map(|(row, &group)| *first[group as usize].get_or_insert(row)).collect()
}

/// For each row the first of all that are connected with it by either.
fn joined(mut firsts: Vec<u32>, others: &[u32]) -> Vec<u32> {
    for (row, &other) in others.iter().enumerate() {
        let (a, b) = (root(&firsts, row as u32), root(&firsts, other));
        firsts[a.max(b) as usize] = a.min(b);
    }
    // A row's root never comes behind it, so that one pass settles all.
    for row in 0..firsts.len() {
        firsts[row] = firsts[firsts[row] as usize];
    }
    firsts
}

fn root(firsts: &[u32], mut row: u32) -> u32 {
    while firsts[row as usize] != row {
        row = firsts[row as usize];
    }
    row
}

fn collected(firsts: &[u32]) -> Vec<Vec<usize>> {
    let mut place = vec![usize::MAX; firsts.len()];
    let mut rows: Vec<Vec<usize>> = Vec::new();
    for (row, &first) in firsts.iter().enumerate() {
        let first = first as usize;
        if place[first] == usize::MAX {
            place[first] = rows.len();
            rows.push(Vec::new());
        }
        rows[place[first]].push(row);
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::File;
    use super::*;

    const CSV: &str = "x,who,y\n1,b,p\n2,a,q\n1,a,p\n3,c,q\n4,d,p\n3,e,p\n";

    fn groups(column: bool, duplicates: bool) -> Option<Vec<Vec<usize>>> {
        let file = File::new("x.csv", CSV);
        let mut settings = file.settings();
        settings.split.group = Some("who".into()).filter(|_| column);
        settings.split.group_duplicates = duplicates;
        if !column {
            settings.exclude = vec!["who".into()];
        }
        let data = super::super::read(&settings).unwrap().dataset;
        Groups::of(&data, &settings.split).map(|groups| groups.rows)
    }

    #[test]
    fn rows_of_one_value_and_rows_with_the_same_features_belong_together() {
        assert_eq!(groups(false, false), None);
        assert_eq!(groups(true, false).unwrap(), [vec![0], vec![1, 2], vec![3], vec![4], vec![5]]);
        assert_eq!(groups(false, true).unwrap(), [vec![0, 2], vec![1], vec![3, 5], vec![4]]);
        assert_eq!(groups(true, true).unwrap(), [vec![0, 1, 2], vec![3, 5], vec![4]]);
    }

    #[test]
    fn rows_that_are_all_different_go_their_own_way() {
        let file = File::new("x.csv", "x,y\n1,p\n2,q\n3,p\n");
        let mut settings = file.settings();
        settings.split.group_duplicates = true;
        let data = super::super::read(&settings).unwrap().dataset;
        assert_eq!((Groups::of(&data, &settings.split), count(&data, &settings.split)), (None, Some(3)));
    }

    #[test]
    fn what_is_connected_over_several_rows_is_one_group() {
        // By one 0-3 and 1-2, by the other 2-3: all but 4.
        assert_eq!(joined(vec![0, 1, 1, 0, 4], &[0, 1, 2, 2, 4]), [0, 0, 0, 0, 4]);
    }
}

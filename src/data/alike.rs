//! Categories and classes that are the same but for their spelling: yes, Yes and yes. are rather one than three.
//!
//! In: names with their number of rows. Out: those that differ by case, blanks or a point at the end only.

use std::collections::BTreeMap;

/// The groups of indices whose names are alike, in the order of their first.
pub(super) fn alike<'a>(names: impl Iterator<Item = &'a str>) -> Vec<Vec<usize>> {
    let mut groups: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (index, name) in names.enumerate() {
        groups.entry(bare(name)).or_default().push(index);
    }
    let mut groups: Vec<Vec<usize>> = groups.into_values().filter(|group| group.len() > 1).collect();
    groups.sort_unstable();
    groups
}

/// A name without what is easily written otherwise. One that would be nothing then stays as it is.
fn bare(name: &str) -> String {
    let lower: String = name.to_lowercase().split_whitespace().collect();
    let bare = lower.trim_end_matches('.');
    if bare.is_empty() { lower } else { bare.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_blanks_and_a_point_at_the_end_do_not_make_another_name() {
        let names = ["yes", "no", "Yes", "yes.", "n o", "maybe"];
        assert_eq!(alike(names.into_iter()), [vec![0, 2, 3], vec![1, 4]]);
    }

    #[test]
    fn other_signs_do() {
        assert_eq!(alike(["+", "-", ".", "..", "a1", "a2", "<=50K", ">50K"].into_iter()), [] as [Vec<usize>; 0]);
    }
}

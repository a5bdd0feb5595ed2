//! Which column is to be predicted?
//!
//! In: the names of the columns. Out: candidates, the likeliest first, each with the reason.

use crate::data::ColumnName;

/// A column that may be the target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Candidate {
    pub(super) name: String,
    /// Why: a fragment that fits behind "the target is ..., ".
    pub(super) reason: &'static str,
}

/// What targets are called, the surest names first.
const USUAL: &[&str] = &[
    "target",
    "class",
    "label",
    "labels",
    "y",
    "outcome",
    "response",
    "diagnosis",
    "survived",
    "species",
    "churn",
    "defects",
];

/// All columns but those of ids: those with a usual name, then from the last to the first. Where all are ids, all.
pub(super) fn candidates(columns: &[ColumnName]) -> Vec<Candidate> {
    let place = |column: &ColumnName| USUAL.iter().position(|usual| column.name.eq_ignore_ascii_case(usual));
    let mut called_so: Vec<&ColumnName> = columns.iter().filter(|column| place(column).is_some()).collect();
    called_so.sort_by_key(|column| place(column));
    let others = columns.iter().rev().filter(|column| place(column).is_none());
    let mut others: Vec<&ColumnName> = others.filter(|column| !column.is_name_of_ids).collect();
    if called_so.is_empty() && others.is_empty() {
        others = columns.iter().rev().collect();
    }
    let because = |reason| move |column: &ColumnName| Candidate { name: column.name.clone(), reason };
    let is_last = |column: &&ColumnName| columns.last().is_some_and(|last| last.name == column.name);
    let (last, earlier): (Vec<&ColumnName>, Vec<&ColumnName>) = others.into_iter().partition(is_last);
    let called_so = called_so.into_iter().map(because("by its name"));
    let last = last.into_iter().map(because("the last column"));
    called_so.chain(last).chain(earlier.into_iter().map(because("the last column that can be one"))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(names: &[&str]) -> Vec<(String, &'static str)> {
        let column = |&name: &&str| ColumnName { name: name.to_owned(), is_name_of_ids: name.contains("id") };
        let columns: Vec<ColumnName> = names.iter().map(column).collect();
        candidates(&columns).into_iter().map(|candidate| (candidate.name, candidate.reason)).collect()
    }

    #[test]
    fn a_usual_name_comes_before_the_last_column_wherever_it_stands() {
        let found = found(&["Class", "size", "colour"]);
        assert_eq!(found[0], ("Class".to_owned(), "by its name"));
        assert_eq!(found[1], ("colour".to_owned(), "the last column"));
        assert_eq!(found[2], ("size".to_owned(), "the last column that can be one"));
    }

    #[test]
    fn the_surest_of_several_usual_names_is_first() {
        let names: Vec<String> = found(&["y", "label", "target"]).into_iter().map(|(name, _)| name).collect();
        assert_eq!(names, ["target", "label", "y"]);
    }

    #[test]
    fn an_identifier_is_no_target_unless_there_is_nothing_else() {
        assert_eq!(found(&["price", "size", "user_id"])[0].0, "size");
        assert_eq!(found(&["id", "user_id"])[0], ("user_id".to_owned(), "the last column"));
    }
}

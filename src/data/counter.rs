//! Whether a column of numbers only counts or names the rows.
//!
//! In: the name of a column, and its numbers one by one. Out: whether they are consecutive, or all but all distinct.

use std::collections::HashSet;

/// So many rows or fewer say nothing about the distinctness of what is in them.
pub(super) const FEW_ROWS: usize = 20;

/// So many rows at least make a series.
const SHORTEST_SERIES: usize = 5;

/// What is known of the numbers of a column.
#[derive(Debug, Default)]
pub(super) struct Counter {
    count: usize,
    last: f64,
    /// One was no whole number.
    has_fractions: bool,
    /// One did not follow the one before.
    has_gaps: bool,
    /// The next number is the first of its file.
    is_at_start: bool,
    /// Distinct numbers of this file, and how many there were in the files before.
    distinct: HashSet<u64>,
    distinct_before: usize,
}

impl Counter {
    /// Another file begins, in which the count may begin anew.
    pub(super) fn begin_file(&mut self) {
        self.is_at_start = true;
        self.distinct_before += self.distinct.len();
        self.distinct.clear();
    }

    pub(super) fn count(&mut self, x: f64) {
        if self.has_fractions {
            return;
        }
        if x.fract() != 0.0 {
            *self = Self { has_fractions: true, ..Self::default() };
            return;
        }
        self.has_gaps |= self.count > 0 && !self.is_at_start && x != self.last + 1.0;
        self.distinct.insert(x.to_bits());
        (self.count, self.last, self.is_at_start) = (self.count + 1, x, false);
    }

    /// Whether the numbers are consecutive, as rows are counted.
    pub(super) fn is_series(&self) -> bool {
        self.count >= SHORTEST_SERIES && !self.has_gaps && !self.has_fractions
    }

    /// Whether at least nine of ten numbers are whole and distinct, as ids are.
    pub(super) fn is_distinct(&self) -> bool {
        self.count > FEW_ROWS && (self.distinct_before + self.distinct.len()) * 10 >= self.count * 9
    }
}

/// Whether a column without a name, or of this name, may number the rows.
pub(super) fn is_name_of_ids(name: &str) -> bool {
    const WORDS: &[&str] = &[
        "#", "id", "ids", "idx", "index", "key", "no", "no.", "nr", "nr.", "guid", "record", "row", "rowid",
        "rownames", "rownum", "uuid",
    ];
    /// Last words, behind a blank, a hyphen or an underscore.
    const LAST: &[&str] = &["id", "idx", "index", "no", "nr", "number", "uuid"];
    let lower = name.trim().to_lowercase();
    // pandas writes and reads its index so.
    let is_unnamed = lower.is_empty() || lower.starts_with("unnamed: ");
    let last = lower.rsplit_once([' ', '-', '_', '.']).map(|(_, last)| last);
    // PassengerId, customerID
    let is_camel = ["Id", "ID"].iter().any(|end| {
        name.strip_suffix(end).is_some_and(|stem| stem.ends_with(|letter: char| letter.is_ascii_lowercase()))
    });
    is_unnamed || WORDS.contains(&lower.as_str()) || last.is_some_and(|last| LAST.contains(&last)) || is_camel
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counter(numbers: impl IntoIterator<Item = f64>) -> Counter {
        let mut counter = Counter::default();
        numbers.into_iter().for_each(|x| counter.count(x));
        counter
    }

    #[test]
    fn a_series_goes_up_by_one_and_has_five_numbers_at_least() {
        assert!(counter((7..12).map(f64::from)).is_series());
        assert!(!counter((0..4).map(f64::from)).is_series());
        assert!(!counter([0.0, 1.0, 2.0, 4.0, 5.0]).is_series());
        assert!(!counter([0.5, 1.5, 2.5, 3.5, 4.5]).is_series());
    }

    #[test]
    fn ids_are_whole_and_all_but_all_distinct() {
        assert!(counter((0..100).map(|row| f64::from(row % 90) * 1e6)).is_distinct());
        assert!(!counter((0..100).map(|row| f64::from(row % 89))).is_distinct());
        assert!(!counter((0..100).map(|row| f64::from(row) + 0.5)).is_distinct());
        assert!(!counter((0..20).map(f64::from)).is_distinct());
    }

    #[test]
    fn a_second_file_counts_anew() {
        let mut both = counter((0..15).map(f64::from));
        both.begin_file();
        (0..15).for_each(|row| both.count(f64::from(row)));
        assert!(both.is_series() && both.is_distinct());
    }

    #[test]
    fn usual_names_of_ids_are_known() {
        for name in ["", "Unnamed: 0", "id", "ID", "PassengerId", "customerID", "sample_id", "Row", "Sample No", "#"] {
            assert!(is_name_of_ids(name), "{name}");
        }
        for name in ["x", "period", "void", "acid", "age", "humid", "casino", "grid", "Time", "windows"] {
            assert!(!is_name_of_ids(name), "{name}");
        }
    }
}

//! Which rank a category has, where `data.ordinal` says that they have an order.
//!
//! In: the categories of a column, and the order that the settings give, if any. Out: the categories from rank 0 on. The
//! natural order is that by value, by the first number as in 5-9 and 10-19, or by text.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::cell::number;

/// `data.ordinal`
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Ordinal {
    /// Columns in their natural order.
    Columns(Vec<String>),
    /// Columns with the order of their categories; empty where it is the natural one.
    Orders(BTreeMap<String, Vec<String>>),
}

impl Ordinal {
    /// Every column with its order, empty where it is the natural one.
    pub(super) fn orders(&self) -> impl Iterator<Item = (&str, Vec<String>)> {
        let (columns, orders) = match self {
            Self::Columns(columns) => (Some(columns), None),
            Self::Orders(orders) => (None, Some(orders)),
        };
        let natural = columns.into_iter().flatten().map(|name| (name.as_str(), vec![]));
        natural.chain(orders.into_iter().flatten().map(|(name, order)| (name.as_str(), order.clone())))
    }
}

/// The categories in their natural order, and whether that is nothing but the order of their texts.
pub(super) fn natural_order(levels: &[String]) -> (Vec<String>, bool) {
    let mut sorted = levels.to_vec();
    let keys: Option<Vec<(f64, i8)>> = levels.iter().map(|level| first_number(level)).collect();
    if keys.is_none() {
        sorted.sort();
        return (sorted, true);
    }
    let key = |level: &String| first_number(level).unwrap_or((0.0, 0));
    sorted.sort_by(|a, b| {
        let ((a_value, a_side), (b_value, b_side)) = (key(a), key(b));
        a_value.total_cmp(&b_value).then(a_side.cmp(&b_side)).then_with(|| a.cmp(b))
    });
    (sorted, false)
}

/// The number that a category begins with, and the side of it where the category lies: `<5` below, `>5` and `5+` above.
fn first_number(level: &str) -> Option<(f64, i8)> {
    let (side, rest) = match level.strip_prefix(['<', '≤']) {
        Some(rest) => (-1, rest),
        None => level.strip_prefix(['>', '≥']).map_or((0, level), |rest| (1, rest)),
    };
    let rest = rest.strip_prefix('=').unwrap_or(rest).trim_start();
    let end = rest
        .char_indices()
        .find(|&(at, letter)| !(letter.is_ascii_digit() || letter == '.' || (at == 0 && letter == '-')))
        .map_or(rest.len(), |(at, _)| at);
    let value = number(rest[..end].trim_end_matches('.').as_bytes())?;
    let is_open = rest[end..].trim() == "+";
    Some((value, if is_open { 1 } else { side }))
}

/// The rank of each of `levels` in `order`.
///
/// # Errors
/// The index of the first level that is not in it.
pub(super) fn ranks_in(order: &[String], levels: &[String]) -> Result<Vec<u32>, usize> {
    let rank = |level: &String| order.iter().position(|known| known.trim() == level).map(|rank| rank as u32);
    levels.iter().enumerate().map(|(index, level)| rank(level).ok_or(index)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ordered(levels: &[&str]) -> (Vec<String>, bool) {
        natural_order(&levels.iter().map(|&level| level.to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn numbers_and_ranges_are_ordered_by_their_first_number() {
        assert_eq!(ordered(&["10", "9", "-1"]).0, ["-1", "9", "10"]);
        assert_eq!(
            ordered(&["10-19", "5-9", "20+", "<5"]),
            (["<5", "5-9", "10-19", "20+"].map(str::to_owned).to_vec(), false)
        );
        assert_eq!(ordered(&[">=50", "5 to 50", "< 5"]).0, ["< 5", "5 to 50", ">=50"]);
        assert_eq!(ordered(&["2nd", "10th", "1st"]).0, ["1st", "2nd", "10th"]);
    }

    #[test]
    fn words_are_ordered_by_their_text_which_is_told() {
        assert_eq!(ordered(&["low", "high"]), (["high", "low"].map(str::to_owned).to_vec(), true));
        assert!(ordered(&["5-9", "more"]).1);
    }

    #[test]
    fn a_level_that_the_order_does_not_have_is_named() {
        let texts = |words: &[&str]| words.iter().map(|&word| word.to_owned()).collect::<Vec<_>>();
        assert_eq!(ranks_in(&texts(&["S", "M", "L"]), &texts(&["M", "S"])), Ok(vec![1, 0]));
        assert_eq!(ranks_in(&texts(&["S", "M"]), &texts(&["M", "XL"])), Err(1));
    }
}

//! Whether rows of a class get higher scores than others.
//!
//! In: a score for each row, and which rows are of the class. Out: the area under the ROC curve.

/// The share of pairs of a row of the class and another in which the former scores higher; of equals half a pair counts.
///
/// `None` where there are not rows of both kinds, and where a score is not a number. Scores must not be negative.
/// Counted in whole numbers, so that the order of the rows does not matter.
pub fn auc(scores: impl Iterator<Item = f64>, is_of_class: impl Fn(usize) -> bool) -> Option<f64> {
    let (mut own, mut others) = (Vec::new(), Vec::new());
    for (row, score) in scores.enumerate() {
        if score.is_nan() {
            return None;
        }
        // Bits of numbers that are not negative are ordered as the numbers are, and quicker to sort.
        let key = score.abs().to_bits();
        if is_of_class(row) { own.push(key) } else { others.push(key) }
    }
    if own.is_empty() || others.is_empty() {
        return None;
    }
    own.sort_unstable();
    others.sort_unstable();
    let (mut below, mut not_above, mut halves) = (0, 0, 0u128);
    for score in &own {
        while others.get(below).is_some_and(|other| other < score) {
            below += 1;
        }
        while others.get(not_above).is_some_and(|other| other <= score) {
            not_above += 1;
        }
        halves += (below + not_above) as u128;
    }
    Some(halves as f64 / (2 * own.len() as u128 * others.len() as u128) as f64)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn of(scores: &[f64], own: &[bool]) -> Option<f64> {
        auc(scores.iter().copied(), |row| own[row])
    }

    #[test]
    fn areas_worked_by_hand() {
        // The example of scikit-learn's documentation: three of four pairs are in order.
        assert_eq!(of(&[0.1, 0.4, 0.35, 0.8], &[false, false, true, true]), Some(0.75));
        assert_eq!(of(&[0.5, 0.5, 0.5], &[false, true, true]), Some(0.5), "equals are half in order");
        assert_eq!(of(&[0.2, 0.7, 0.7, 0.9], &[false, true, false, true]), Some(0.875));
    }

    #[test]
    fn there_is_none_without_rows_of_both_kinds_or_with_what_is_no_number() {
        assert_eq!(of(&[0.5, 0.6], &[true, true]), None);
        assert_eq!(of(&[], &[]), None);
        assert_eq!(of(&[0.5, f64::NAN], &[true, false]), None);
    }

    proptest! {
        #[test]
        fn it_is_the_share_of_pairs_in_order(rows in prop::collection::vec((0u8..6, any::<bool>()), 2..40)) {
            let scores: Vec<f64> = rows.iter().map(|(score, _)| f64::from(*score) / 5.0).collect();
            let own: Vec<bool> = rows.iter().map(|(_, own)| *own).collect();
            let (mut pairs, mut points) = (0.0, 0.0);
            for a in (0..rows.len()).filter(|&row| own[row]) {
                for b in (0..rows.len()).filter(|&row| !own[row]) {
                    pairs += 1.0;
                    points += if scores[a] > scores[b] { 1.0 } else if scores[a] == scores[b] { 0.5 } else { 0.0 };
                }
            }
            match of(&scores, &own) {
                Some(found) => prop_assert!((found - points / pairs).abs() < 1e-12),
                None => prop_assert_eq!(pairs, 0.0),
            }
        }
    }
}

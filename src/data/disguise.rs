//! Numbers that are texts because of what stands around them: `$1.50`, `12 kg`, `(3.5)`, `−2`.
//!
//! In: the categories of a column. Out: what makes texts of its numbers. They are not read as numbers, since the unit may be
//! what matters (`5 g` and `5 kg`), but whoever wrote them may think that they are.

use super::dialect::is_number_in_any_notation;

/// What is written before or behind amounts of money.
const CURRENCIES: [&str; 12] = ["US$", "$", "€", "£", "¥", "₹", "USD", "EUR", "GBP", "CHF", "JPY", "Fr."];

/// Letters of a unit.
const LONGEST_UNIT: usize = 4;

/// What stands around the numbers of a column whose `levels` all are numbers but for that; a fragment.
pub(super) fn around_numbers(levels: &[String]) -> Option<&'static str> {
    let all = |is: &dyn Fn(&str) -> bool| levels.len() > 1 && levels.iter().all(|level| is(level));
    let is_number = |text: &str| is_number_in_any_notation(text.trim().as_bytes());
    let is_money = |text: &str| {
        let bare = text.trim_start_matches(['-', '+']);
        let amount = |sign: &&str| bare.strip_prefix(*sign).or_else(|| bare.strip_suffix(*sign));
        CURRENCIES.iter().find_map(amount).is_some_and(is_number)
    };
    if all(&|level| is_money(level) || is_number(level)) {
        return Some("a sign of money");
    }
    if all(&|level| is_number(&level.replace(['−', '–'], "-"))) {
        return Some("another sign than - for minus");
    }
    let is_in_brackets = |text: &str| {
        text.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')).is_some_and(is_number) || is_number(text)
    };
    if all(&is_in_brackets) {
        return Some("brackets");
    }
    let unit = unit(levels.first()?);
    let is_measured = |text: &str| text.strip_suffix(unit).is_some_and(is_number);
    let is_unit = !unit.is_empty() && unit.chars().count() <= LONGEST_UNIT && !["st", "nd", "rd", "th"].contains(&unit);
    (is_unit && all(&is_measured)).then_some("a unit")
}

/// The letters that a text ends with.
fn unit(text: &str) -> &str {
    let is_letter = |letter: char| letter.is_alphabetic() || ['°', '/', '²', '³'].contains(&letter);
    &text[text.trim_end_matches(is_letter).len()..]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(levels: &[&str]) -> Option<&'static str> {
        around_numbers(&levels.iter().map(|&level| level.to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn what_stands_around_numbers_is_known() {
        assert_eq!(found(&["$1.50", "-$2", "$1,000"]), Some("a sign of money"));
        assert_eq!(found(&["3 €", "1,5 €", "7"]), Some("a sign of money"));
        assert_eq!(found(&["−1.5", "2", "−3"]), Some("another sign than - for minus"));
        assert_eq!(found(&["(3.5)", "2"]), Some("brackets"));
        assert_eq!(found(&["12kg", "1.5kg"]), Some("a unit"));
        assert_eq!(found(&["36.5 °C", "40 °C"]), Some("a unit"));
    }

    #[test]
    fn names_with_digits_are_names() {
        for levels in [
            &["c1", "c2", "c3"][..],
            &["1st", "2nd", "3rd"],
            &["4th", "5th"],
            &["40-49", "50-59"],
            &["5g", "5kg"],
            &["3D", "red"],
            &["A1", "B2"],
            &["12kg"],
            &["0-9 years", "10-19 years"],
            &[],
        ] {
            assert_eq!(found(levels), None, "{levels:?}");
        }
    }
}

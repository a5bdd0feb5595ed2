//! What a cell of a CSV file says: a number, text, or nothing.
//!
//! Blanks around a cell never count. An empty cell is always missing; what else is, the list `data.missing` says. The word
//! nan is never a number. Of the default list, `-` and `None` mean a missing number, and a category like others among texts.

use super::dialect::Notation;
use super::digits::{self, few_digits, many_digits};
use super::field::Field;
use super::settings::DEFAULT_MISSING;

/// Words of the default list that are as likely a category: `+` and `-`, `mild`, `severe` and `None`.
const DOUBTFUL: [&str; 2] = ["-", "None"];

/// What a cell says.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Cell {
    Missing,
    /// Missing among numbers, a category among texts.
    Doubtful,
    Number(f64),
    /// A number with a percent sign behind it: `12.5%` is 12.5.
    Percent(f64),
    /// Digits that begin with a zero, as 007: rather a name than a number.
    Padded(f64),
    /// Written as a number, but beyond the range of f32, or infinite.
    TooLarge,
    Text,
}

/// Reads cells.
#[derive(Debug)]
pub(super) struct Cells {
    missing: Vec<Vec<u8>>,
    /// Words that mean a missing value among numbers only.
    doubtful: &'static [&'static str],
    /// Whether a word for "missing" is itself a number, as -999: numbers must then be looked up in the list, too.
    missing_numbers: bool,
    /// How the file writes numbers.
    pub(super) notation: Notation,
}

impl Cells {
    pub(super) fn new(missing: &[String]) -> Self {
        let doubtful: &[&str] = if missing == DEFAULT_MISSING { &DOUBTFUL } else { &[] };
        let missing = missing.iter().map(|word| word.trim()).filter(|word| !doubtful.contains(word));
        let missing: Vec<Vec<u8>> = missing.map(|word| word.as_bytes().to_vec()).collect();
        // Whatever the notation: a word that is looked up in vain costs time, nothing else.
        let missing_numbers = missing.iter().any(|word| word.iter().any(u8::is_ascii_digit));
        Self { missing, doubtful, missing_numbers, notation: Notation::PLAIN }
    }

    /// What `cell`, without surrounding blanks, says.
    #[inline]
    pub(super) fn read(&self, cell: &[u8]) -> Cell {
        if self.missing_numbers && self.is_missing(cell) {
            return Cell::Missing;
        }
        match self.notation.number(cell) {
            Some(x) if x.abs() > f64::from(f32::MAX) => Cell::TooLarge,
            Some(x) if is_padded(cell) => Cell::Padded(x),
            Some(x) => Cell::Number(x),
            None if self.is_missing(cell) => Cell::Missing,
            None if self.is_doubtful(cell) => Cell::Doubtful,
            None => self.read_word(cell),
        }
    }

    /// The number that a cell is, where it is written as most are: a hyphen or none, digits, a fraction or none. Of any
    /// other cell [`Self::read`] tells more.
    #[inline(always)]
    pub(super) fn plain_number(&self, cell: Field) -> Option<f64> {
        if self.missing_numbers {
            return None;
        }
        match cell.in_highest_bytes() {
            Some(text) => few_digits(text, cell.len(), self.notation.decimal),
            None => many_digits(cell.text(), self.notation.decimal),
        }
    }

    /// Whether `cell`, without surrounding blanks, means a missing value.
    pub(super) fn is_missing(&self, cell: &[u8]) -> bool {
        cell.is_empty() || self.missing.iter().any(|word| word == cell)
    }

    /// Whether `cell`, without surrounding blanks, means a missing value among numbers only.
    pub(super) fn is_doubtful(&self, cell: &[u8]) -> bool {
        self.doubtful.iter().any(|word| word.as_bytes() == cell)
    }

    fn read_word(&self, cell: &[u8]) -> Cell {
        if let Some(cell) = cell.strip_suffix(b"%") {
            let number = self.notation.number(cell.trim_ascii_end());
            return number.filter(|x| x.abs() <= f64::from(f32::MAX)).map_or(Cell::Text, Cell::Percent);
        }
        let unsigned = cell.strip_prefix(b"-").or_else(|| cell.strip_prefix(b"+")).unwrap_or(cell);
        let is_infinite = unsigned.eq_ignore_ascii_case(b"inf") || unsigned.eq_ignore_ascii_case(b"infinity");
        if is_infinite { Cell::TooLarge } else { Cell::Text }
    }
}

/// Whether a number is all digits, the first of several a zero.
fn is_padded(cell: &[u8]) -> bool {
    cell.len() > 1 && cell[0] == b'0' && cell.iter().all(u8::is_ascii_digit)
}

/// The number that `cell` is, in decimal or scientific notation with a point; infinite where it is beyond f64.
pub(super) fn number(cell: &[u8]) -> Option<f64> {
    let unsigned = cell.strip_prefix(b"-").or_else(|| cell.strip_prefix(b"+")).unwrap_or(cell);
    match unsigned.first() {
        Some(first) if first.is_ascii_digit() || *first == b'.' => {}
        _ => return None,
    }
    if let Some(x) = digits::unsigned(unsigned, b'.') {
        return Some(if cell[0] == b'-' { -x } else { x });
    }
    std::str::from_utf8(cell).ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn numbers_are_read_in_every_usual_notation() {
        for (text, value) in [
            ("5", 5.0),
            ("007", 7.0),
            ("-1.5", -1.5),
            ("+2", 2.0),
            ("1e3", 1000.0),
            (".5", 0.5),
            ("5.", 5.0),
            ("1E-2", 0.01),
        ] {
            assert_eq!(number(text.as_bytes()), Some(value), "{text}");
        }
    }

    proptest! {
        #[test]
        fn short_numbers_have_the_bits_that_the_standard_library_gives(text in r"[+-]?[0-9]{0,10}(\.[0-9]{0,10})?(e-?[0-9])?") {
            let known = text.parse::<f64>().ok().map(f64::to_bits);
            prop_assert_eq!(number(text.as_bytes()).map(f64::to_bits), known, "{}", text);
        }
    }

    proptest! {
        #[test]
        fn a_plain_number_is_what_a_thorough_reading_says(
            text in r"[+-]?[0-9]{0,12}[.,]?[0-9]{0,12}%?( |e5)?",
            decimal in prop_oneof![Just(b'.'), Just(b',')],
            thousands in prop_oneof![Just(None), Just(Some(b'.')), Just(Some(b',')), Just(Some(b' '))],
        ) {
            prop_assume!(thousands != Some(decimal));
            let mut cells = Cells::new(&[]);
            cells.notation = Notation { decimal, thousands };
            if let Some(x) = cells.plain_number(text.as_bytes().into()) {
                prop_assert_eq!(cells.read(text.as_bytes()), Cell::Number(x), "{}", text);
            }
        }
    }

    #[test]
    fn where_a_number_may_mean_that_none_is_there_every_cell_is_read_thoroughly() {
        assert_eq!(Cells::new(&["NA".to_owned()]).plain_number(b"5"[..].into()), Some(5.0));
        assert_eq!(Cells::new(&["-999".to_owned()]).plain_number(b"5"[..].into()), None);
    }

    #[test]
    fn words_dates_and_decimal_commas_are_no_numbers() {
        for text in [
            "",
            "nan",
            "inf",
            "-inf",
            "+infinity",
            "NaN",
            "1,5",
            "2020-01-02",
            "1_000",
            "0x10",
            "-",
            ".",
            "e5",
            "--1",
            "1 2",
        ] {
            assert_eq!(number(text.as_bytes()), None, "{text}");
        }
    }

    #[test]
    fn the_list_decides_what_is_missing_and_an_empty_cell_always_is() {
        let cells = Cells::new(&["-999".to_owned(), " NA ".to_owned()]);
        assert_eq!(cells.read(b"-999"), Cell::Missing);
        assert_eq!(cells.read(b"NA"), Cell::Missing);
        assert_eq!(cells.read(b""), Cell::Missing);
        assert_eq!(cells.read(b"?"), Cell::Text);
        assert_eq!(cells.read(b"-998"), Cell::Number(-998.0));
    }

    #[test]
    fn numbers_beyond_single_precision_are_told_apart() {
        let cells = Cells::new(&[]);
        assert_eq!(cells.read(b"3.4e38"), Cell::Number(3.4e38));
        assert_eq!(cells.read(b"-3.5e38"), Cell::TooLarge);
        assert_eq!(cells.read(b"1e999"), Cell::TooLarge);
        for infinite in ["inf", "-Inf", "+infinity", "INF"] {
            assert_eq!(cells.read(infinite.as_bytes()), Cell::TooLarge, "{infinite}");
        }
        assert_eq!(cells.read(b"info"), Cell::Text);
    }

    #[test]
    fn percent_signs_and_leading_zeros_are_told_apart() {
        let cells = Cells::new(&[]);
        assert_eq!(cells.read(b"12.5%"), Cell::Percent(12.5));
        assert_eq!(cells.read(b"-3 %"), Cell::Percent(-3.0));
        assert_eq!(cells.read(b"%"), Cell::Text);
        assert_eq!(cells.read(b"1e999%"), Cell::Text);
        assert_eq!(cells.read(b"007"), Cell::Padded(7.0));
        for number in ["0", "0.5", "-05", "10", "0e1"] {
            assert!(matches!(cells.read(number.as_bytes()), Cell::Number(_)), "{number}");
        }
    }

    #[test]
    fn a_hyphen_is_missing_for_certain_only_where_a_list_says_so() {
        let default = DEFAULT_MISSING.map(str::to_owned);
        assert_eq!(Cells::new(&default).read(b"-"), Cell::Doubtful);
        assert_eq!(Cells::new(&default).read(b"NA"), Cell::Missing);
        assert_eq!(Cells::new(&["-".to_owned()]).read(b"-"), Cell::Missing);
    }
}

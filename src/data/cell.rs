//! What a cell of a CSV file says: a number, text, or nothing.
//!
//! Blanks around a cell never count. An empty cell is always missing; what else is, the list `data.missing` says. The words
//! nan, inf and infinity are never numbers.

/// What a cell says.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Cell {
    Missing,
    Number(f64),
    /// Written as a number, but beyond the range of f32.
    TooLarge,
    Text,
}

/// Reads cells.
#[derive(Debug)]
pub(super) struct Cells {
    missing: Vec<Vec<u8>>,
    /// Whether a word for "missing" is itself a number, as -999: numbers must then be looked up in the list, too.
    missing_numbers: bool,
}

impl Cells {
    pub(super) fn new(missing: &[String]) -> Self {
        let missing: Vec<Vec<u8>> = missing.iter().map(|word| word.trim().as_bytes().to_vec()).collect();
        let missing_numbers = missing.iter().any(|word| number(word).is_some());
        Self { missing, missing_numbers }
    }

    /// What `cell`, without surrounding blanks, says.
    pub(super) fn read(&self, cell: &[u8]) -> Cell {
        if self.missing_numbers && self.is_missing(cell) {
            return Cell::Missing;
        }
        match number(cell) {
            Some(x) if x.abs() <= f64::from(f32::MAX) => Cell::Number(x),
            Some(_) => Cell::TooLarge,
            None if self.is_missing(cell) => Cell::Missing,
            None => Cell::Text,
        }
    }

    /// Whether `cell`, without surrounding blanks, means a missing value.
    pub(super) fn is_missing(&self, cell: &[u8]) -> bool {
        cell.is_empty() || self.missing.iter().any(|word| word == cell)
    }
}

/// The number that `cell` is, in decimal or scientific notation with a point; infinite where it is beyond f64.
pub(super) fn number(cell: &[u8]) -> Option<f64> {
    /// Whole numbers of so many digits are exact in f64.
    const EXACT_DIGITS: usize = 15;
    if cell.is_empty() {
        return None;
    }
    if cell.len() <= EXACT_DIGITS && cell.iter().all(u8::is_ascii_digit) {
        return Some(cell.iter().fold(0u64, |sum, digit| sum * 10 + u64::from(digit - b'0')) as f64);
    }
    let unsigned = cell.strip_prefix(b"-").or_else(|| cell.strip_prefix(b"+")).unwrap_or(cell);
    if !unsigned.first().is_some_and(|&first| first.is_ascii_digit() || first == b'.') {
        return None;
    }
    std::str::from_utf8(cell).ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
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
        assert_eq!(cells.read(b"inf"), Cell::Text);
    }
}

//! The cells of tables: of CSV files and of the workbook.
//!
//! In: a number or a text. Out: a [`Cell`], or what stands in the cell of a CSV file that programs read.
//!
//! A number is the shortest text that gives the same f64 again, with a point, and with an exponent where it is very small
//! or large (`0.1`, `1.0`, `1e-7`): spreadsheets, R, pandas and awk all read it. What is missing or not finite is empty.
//!
//! A text that a spreadsheet would take for a formula gets an apostrophe in front, which [`plain_text`] takes away.

use std::borrow::Cow;

/// What stands in a cell.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell<'a> {
    /// What is missing or not finite.
    Empty,
    /// A finite number.
    Number(f64),
    /// A whole number.
    Whole(u64),
    /// A number as a config has it, to stay as it is.
    Written(Cow<'a, str>),
    /// A text, not yet made harmless.
    Text(Cow<'a, str>),
}

impl<'a> Cell<'a> {
    /// The value of a swept key: a number stays a number, whatever its sign.
    pub(super) fn swept(value: Option<&'a str>) -> Self {
        match value {
            Some(value) if is_number(value) => Cell::Written(value.into()),
            Some(value) => Cell::Text(value.into()),
            None => Cell::Empty,
        }
    }
}

impl From<f64> for Cell<'_> {
    fn from(value: f64) -> Self {
        if value.is_finite() { Cell::Number(value) } else { Cell::Empty }
    }
}

impl From<u64> for Cell<'_> {
    fn from(value: u64) -> Self {
        Cell::Whole(value)
    }
}

impl From<u32> for Cell<'_> {
    fn from(value: u32) -> Self {
        Cell::Whole(value.into())
    }
}

impl From<usize> for Cell<'_> {
    fn from(value: usize) -> Self {
        Cell::Whole(value as u64)
    }
}

impl<'a> From<&'a str> for Cell<'a> {
    fn from(value: &'a str) -> Self {
        Cell::Text(value.into())
    }
}

impl<'a, T: Into<Cell<'a>>> From<Option<T>> for Cell<'a> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Cell::Empty, T::into)
    }
}

/// A number; empty where there is none.
pub fn number(value: Option<f64>) -> String {
    value.filter(|value| value.is_finite()).map(|value| format!("{value:?}")).unwrap_or_default()
}

/// A whole number; empty where there is none.
pub(super) fn integer<N: ToString>(value: Option<N>) -> String {
    value.map(|value| value.to_string()).unwrap_or_default()
}

/// A text, made harmless.
pub fn text(value: &str) -> Cow<'_, str> {
    if looks_like_a_formula(value) { Cow::Owned(format!("'{value}")) } else { Cow::Borrowed(value) }
}

/// The value of a swept key: a number stays a number, whatever its sign.
pub(super) fn swept(value: Option<&str>) -> Cow<'_, str> {
    match value {
        Some(value) if is_number(value) => Cow::Borrowed(value),
        Some(value) => text(value),
        None => Cow::Borrowed(""),
    }
}

/// The text that [`text`] made a cell of.
pub fn plain_text(cell: &str) -> &str {
    cell.strip_prefix('\'').filter(|rest| looks_like_a_formula(rest)).unwrap_or(cell)
}

fn is_number(value: &str) -> bool {
    value.parse::<f64>().is_ok_and(f64::is_finite)
}

/// With what a cell begins that some spreadsheet takes for a formula; the last four are signs as wide as an ideograph.
const FORMULA_SIGNS: [char; 11] = ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];

/// Apostrophes before the sign count too, so that [`plain_text`] gives back what they were.
fn looks_like_a_formula(value: &str) -> bool {
    value.trim_start_matches('\'').starts_with(FORMULA_SIGNS)
}

/// A CSV writer with the line ends that are promised above.
pub(super) fn writer<W: std::io::Write>(out: W) -> csv::Writer<W> {
    csv::WriterBuilder::new().terminator(csv::Terminator::Any(b'\n')).from_writer(out)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn numbers_are_short_and_exact() {
        let cells = [0.1, 1.0, -0.5, 1e-7, 1e300, 0.1 + 0.2].map(|value| number(Some(value)));
        assert_eq!(cells, ["0.1", "1.0", "-0.5", "1e-7", "1e300", "0.30000000000000004"]);
        assert_eq!([None, Some(f64::NAN), Some(f64::INFINITY)].map(number), ["", "", ""]);
    }

    #[test]
    fn formulas_get_an_apostrophe_and_numbers_do_not() {
        for formula in ["=1+1", "+1", "-1", "@x", "\tx", "\rx", "\n=x", "＝1+1", "＋1", "－1", "＠x"] {
            assert_eq!(text(formula), format!("'{formula}"));
        }
        assert_eq!((text("dropout 50%"), text("'t is"), text("")), ("dropout 50%".into(), "'t is".into(), "".into()));
        assert_eq!((swept(Some("-1e-3")), swept(Some("-x")), swept(None)), ("-1e-3".into(), "'-x".into(), "".into()));
    }

    proptest! {
        #[test]
        fn a_text_comes_back_as_it_was(value in "['=+@a＝\n-]{0,4}.{0,5}") {
            let cell = text(&value).into_owned();
            prop_assert!(!cell.starts_with(FORMULA_SIGNS));
            prop_assert_eq!(plain_text(&cell), value);
        }

        #[test]
        fn a_number_comes_back_to_the_last_bit(value in any::<f64>().prop_filter("finite", |value| value.is_finite())) {
            prop_assert_eq!(number(Some(value)).parse::<f64>().unwrap().to_bits(), value.to_bits());
        }
    }
}

//! Which number a cell is, in the notation of its file.
//!
//! In: a cell. Out: its value. A fraction stands behind a point or a comma, and groups of exactly three digits may be held
//! apart: 1,234.5 or 1.234,5 or 1 234,5.

use serde::{Deserialize, Serialize};

use crate::data::cell;

/// How numbers are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notation {
    /// What stands before the fraction: `.` or `,`.
    pub decimal: u8,
    /// What stands between groups of three digits, if anything does: `,`, `.`, a blank (of any width) or `'`.
    pub thousands: Option<u8>,
}

impl Notation {
    /// A point before the fraction, and nothing between digits.
    pub const PLAIN: Notation = Notation { decimal: b'.', thousands: None };

    /// The number that `cell`, without surrounding blanks, is.
    #[inline]
    pub(in crate::data) fn number(self, cell: &[u8]) -> Option<f64> {
        if self == Self::PLAIN { cell::number(cell) } else { self.other_number(cell) }
    }

    fn other_number(self, cell: &[u8]) -> Option<f64> {
        /// Cells up to so many bytes need no memory of their own.
        const SHORT: usize = 64;
        let (mut short, mut long) = ([0; SHORT], Vec::new());
        let plain = match cell.len() <= SHORT {
            true => &mut short[..cell.len()],
            false => {
                long.resize(cell.len(), 0);
                &mut long[..]
            }
        };
        let length = self.write_plain(cell, plain)?;
        cell::number(&plain[..length])
    }

    /// Writes the cell as in [`Self::PLAIN`]; the length, which is at most that of the cell.
    fn write_plain(self, cell: &[u8], plain: &mut [u8]) -> Option<usize> {
        let signed = usize::from(matches!(cell.first(), Some(b'+' | b'-')));
        plain[..signed].copy_from_slice(&cell[..signed]);
        let (mut rest, mut length) = (&cell[signed..], signed);
        // Digits of the group so far, and whether a separator stands before them.
        let (mut digits, mut is_grouped) = (0, false);
        loop {
            match rest {
                [digit @ b'0'..=b'9', behind @ ..] => {
                    (plain[length], length, digits, rest) = (*digit, length + 1, digits + 1, behind);
                }
                [first, ..] if *first == self.decimal || matches!(first, b'e' | b'E') => break,
                [] => break,
                _ => {
                    let is_first_group = !is_grouped && (1..=3).contains(&digits) && plain[length - digits] != b'0';
                    if !(is_first_group || (is_grouped && digits == 3)) {
                        return None;
                    }
                    (rest, digits, is_grouped) = (self.without_separator(rest)?, 0, true);
                }
            }
        }
        if is_grouped && digits != 3 {
            return None;
        }
        if let [first, behind @ ..] = rest
            && *first == self.decimal
        {
            (plain[length], length, rest) = (b'.', length + 1, behind);
        }
        if rest.contains(&b'.') {
            return None;
        }
        plain[length..length + rest.len()].copy_from_slice(rest);
        Some(length + rest.len())
    }

    /// What stands behind the separator of thousands that `rest` begins with.
    fn without_separator(self, rest: &[u8]) -> Option<&[u8]> {
        /// A blank that breaks no line, and a narrow one, in UTF-8.
        const OTHER_BLANKS: [&[u8]; 2] = [b"\xc2\xa0", b"\xe2\x80\xaf"];
        let separator = self.thousands?;
        if let Some(behind) = rest.strip_prefix(&[separator]) {
            return Some(behind);
        }
        OTHER_BLANKS.iter().filter(|_| separator == b' ').find_map(|blank| rest.strip_prefix(*blank))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(decimal: char, thousands: Option<char>, cell: &str) -> Option<f64> {
        Notation { decimal: decimal as u8, thousands: thousands.map(|c| c as u8) }.number(cell.as_bytes())
    }

    #[test]
    fn commas_and_groups_of_three_are_read() {
        for (decimal, thousands, cell, value) in [
            (',', None, "1,5", 1.5),
            (',', None, "-0,25e3", -250.0),
            (',', None, ",5", 0.5),
            (',', None, "7", 7.0),
            ('.', Some(','), "1,234,567.5", 1_234_567.5),
            ('.', Some(','), "12,345", 12_345.0),
            ('.', Some(','), "1234.5", 1234.5),
            (',', Some('.'), "1.234,5", 1234.5),
            (',', Some(' '), "-1 234,5", -1234.5),
            (',', Some(' '), "1\u{a0}234", 1234.0),
            ('.', Some(' '), "1\u{202f}234", 1234.0),
            ('.', Some('\''), "1'234.5", 1234.5),
        ] {
            assert_eq!(number(decimal, thousands, cell), Some(value), "{cell}");
        }
    }

    #[test]
    fn what_does_not_fit_the_notation_is_no_number() {
        for (decimal, thousands, cell) in [
            (',', None, "1.5"),
            (',', None, "1,2,3"),
            (',', None, "1,2.3"),
            ('.', Some(','), "1,23"),
            ('.', Some(','), "1234,567"),
            ('.', Some(','), "0,123"),
            ('.', Some(','), ",123"),
            ('.', Some(','), "1,234,"),
            ('.', Some(','), "1,,234"),
            ('.', Some(','), "1.5,234"),
            (',', Some('.'), "01.02.2020"),
            (',', Some('.'), "1.5"),
            ('.', Some(' '), "1 2"),
            (',', None, ""),
            (',', None, "-"),
            (',', None, "inf"),
        ] {
            assert_eq!(number(decimal, thousands, cell), None, "{cell}");
        }
    }

    #[test]
    fn a_cell_of_any_length_is_read() {
        let long = format!("1,{}", "0".repeat(200));
        assert_eq!(number(',', None, &long), Some(1.0));
    }
}

//! How a file writes numbers.
//!
//! In: the columns of its first rows. Out: the [`Notation`] in which most of their cells are numbers. Only columns of which
//! nearly every cell is a number in one notation or another have a say. The plain notation wins every tie; among the others
//! a comma stands rather before thousands where commas are between cells too, and rather before fractions where they are not.

use std::borrow::Cow;

use csv::StringRecord;

use super::settings::{DecimalChoice, DialectSettings, ThousandsChoice};
use super::{Notation, Reading};
use crate::data::cell::Cells;
use crate::data::wording::quoted;

const fn notation(decimal: u8, thousands: Option<u8>) -> Notation {
    Notation { decimal, thousands }
}

/// Every notation, in the order of preference between commas.
const NOTATIONS: [Notation; 8] = [
    Notation::PLAIN,
    notation(b'.', Some(b',')),
    notation(b',', None),
    notation(b',', Some(b'.')),
    notation(b'.', Some(b' ')),
    notation(b',', Some(b' ')),
    notation(b'.', Some(b'\'')),
    notation(b',', Some(b'\'')),
];

/// Whether a cell is a number in any notation, a percent sign behind it or not.
pub(in crate::data) fn is_number_in_any_notation(cell: &[u8]) -> bool {
    let cell = without_percent(cell);
    NOTATIONS.iter().any(|notation| notation.number(cell).is_some())
}

/// The notation, if any, that makes a number of a cell which is none in `used`; as keys and values.
pub(in crate::data) fn other_notation(cell: &str, used: Notation) -> Option<String> {
    let cell = without_percent(cell.as_bytes());
    let other = NOTATIONS.iter().find(|notation| notation.number(cell).is_some())?;
    let decimal = (other.decimal != used.decimal).then(|| format!("data.decimal = \"{}\"", char::from(other.decimal)));
    let thousands = other.thousands.filter(|_| other.thousands != used.thousands);
    let thousands = thousands.map(|sign| format!("data.thousands = \"{}\"", char::from(sign)));
    Some(decimal.into_iter().chain(thousands).collect::<Vec<_>>().join(" and "))
}

/// The cells of rows, column by column.
pub(super) struct Columns<'a> {
    /// Cells that say something, without surrounding blanks and percent signs.
    pub(super) cells: Vec<Vec<Cow<'a, str>>>,
}

impl<'a> Columns<'a> {
    pub(super) fn new(rows: &'a [StringRecord], missing: &[String]) -> Self {
        let cells_of = Cells::new(missing);
        let width = rows.first().map_or(0, StringRecord::len);
        let mut cells = vec![Vec::new(); width];
        for row in rows {
            for (column, cell) in cells.iter_mut().zip(row) {
                let cell = cell.trim();
                if !cells_of.is_missing(cell.as_bytes()) && !cells_of.is_doubtful(cell.as_bytes()) {
                    column.push(Cow::Borrowed(cell.strip_suffix('%').unwrap_or(cell).trim_end()));
                }
            }
        }
        Self { cells }
    }

    /// Whether nine tenths of the cells of a column satisfy `is_number`, and at least one.
    pub(super) fn is_of_numbers(column: &[Cow<'a, str>], is_number: impl Fn(&[u8]) -> bool) -> bool {
        let numbers = column.iter().filter(|cell| is_number(cell.as_bytes())).count();
        numbers > 0 && numbers * 10 >= column.len() * 9
    }
}

/// Guesses the notation.
pub(super) fn guess(
    columns: &Columns,
    delimiter: u8,
    settings: &DialectSettings,
    readings: &mut Vec<Reading>,
) -> Notation {
    let allowed = allowed(settings, delimiter);
    if let [only] = allowed.as_slice() {
        return *only;
    }
    let numeric = columns.cells.iter().filter(|column| Columns::is_of_numbers(column, is_number_in_any_notation));
    let cells: Vec<&str> = numeric.flatten().map(AsRef::as_ref).collect();
    let count = |notation: Notation| cells.iter().filter(|cell| notation.number(cell.as_bytes()).is_some()).count();
    let counts: Vec<usize> = allowed.iter().map(|&notation| count(notation)).collect();
    // Of equal ones the first.
    let most = counts.iter().copied().max().unwrap_or(0);
    let best = counts.iter().position(|&count| count == most).unwrap_or(0);
    let notation = allowed[best];
    if counts[best] == 0 {
        return notation;
    }
    let ties = allowed.iter().zip(&counts).filter(|(_, count)| **count == most).map(|(&other, _)| other);
    let doubt = if notation == Notation::PLAIN { None } else { ambiguity(notation, ties, &cells) };
    readings.extend(reading(notation, settings, doubt.as_deref().unwrap_or("")));
    notation
}

/// The notations that the settings leave, in the order of preference; at least one.
fn allowed(settings: &DialectSettings, delimiter: u8) -> Vec<Notation> {
    let decimal = match settings.decimal {
        DecimalChoice::Auto => None,
        DecimalChoice::Point => Some(b'.'),
        DecimalChoice::Comma => Some(b','),
    };
    let thousands = match settings.thousands {
        ThousandsChoice::Auto => None,
        ThousandsChoice::None => Some(None),
        ThousandsChoice::Comma => Some(Some(b',')),
        ThousandsChoice::Point => Some(Some(b'.')),
        ThousandsChoice::Blank => Some(Some(b' ')),
        ThousandsChoice::Apostrophe => Some(Some(b'\'')),
    };
    if let (Some(decimal), Some(thousands)) = (decimal, thousands) {
        return vec![notation(decimal, thousands)];
    }
    let mut order = NOTATIONS;
    if delimiter != b',' {
        order[1..4].rotate_left(1); // decimal commas before commas between thousands
    }
    let fits = |notation: &Notation| {
        decimal.is_none_or(|decimal| notation.decimal == decimal)
            && thousands.is_none_or(|thousands| notation.thousands == thousands)
    };
    order.into_iter().filter(fits).collect()
}

/// A cell that another notation, which fits as well, would make another number.
fn ambiguity(chosen: Notation, others: impl Iterator<Item = Notation>, cells: &[&str]) -> Option<String> {
    let others: Vec<Notation> = others.filter(|&other| other != chosen).collect();
    cells.iter().find_map(|cell| {
        let value = |notation: Notation| notation.number(cell.as_bytes());
        let other = others.iter().find_map(|&other| value(other).filter(|_| value(other) != value(chosen)))?;
        Some(format!(": {} is read as {}, not as {other}", quoted(cell), value(chosen)?))
    })
}

/// What is to be said of a notation; what was asked for goes without saying.
fn reading(notation: Notation, settings: &DialectSettings, doubt: &str) -> Option<Reading> {
    let decimal = notation.decimal == b',' && settings.decimal == DecimalChoice::Auto;
    let name = match notation.thousands.filter(|_| settings.thousands == ThousandsChoice::Auto) {
        None => None,
        Some(b',') => Some("commas"),
        Some(b'.') => Some("points"),
        Some(b' ') => Some("blanks"),
        Some(_) => Some("apostrophes"),
    };
    let text = match (decimal, name) {
        (true, None) => format!("decimal commas (data.decimal){doubt}"),
        (false, Some(name)) => format!("{name} between thousands (data.thousands){doubt}"),
        (true, Some(name)) => {
            format!("decimal commas (data.decimal) and {name} between thousands (data.thousands){doubt}")
        }
        (false, None) => return None,
    };
    Some(Reading::surprising(text))
}

fn without_percent(cell: &[u8]) -> &[u8] {
    cell.strip_suffix(b"%").unwrap_or(cell).trim_ascii_end()
}

//! What stands between the cells of a file.
//!
//! In: its first rows. Out: the delimiter that splits the first row and makes all rows equally wide; where several do, the
//! one under which the greatest share of cells are numbers. Commas win every tie.

use csv::StringRecord;

use super::numbers::is_number_in_any_notation;
use super::sample::Sample;
use super::settings::DelimiterChoice;
use super::{Asked, Reading};

/// What may stand between cells, what is likelier first.
pub(super) const CANDIDATES: [u8; 4] = [b',', b';', b'\t', b'|'];

/// Guesses the delimiter.
pub(super) fn guess(sample: &Sample, comment: Option<u8>, asked: &Asked, readings: &mut Vec<Reading>) -> u8 {
    let named = sample.separator;
    match asked.settings.delimiter {
        DelimiterChoice::Comma => return b',',
        DelimiterChoice::Semicolon => return b';',
        DelimiterChoice::Tab => return b'\t',
        DelimiterChoice::Bar => return b'|',
        DelimiterChoice::Auto if named.is_none() && asked.is_tsv => return b'\t',
        DelimiterChoice::Auto => {}
    }
    let mut best: Option<(Fit, u8)> = None;
    for delimiter in CANDIDATES.into_iter().filter(|_| named.is_none()) {
        if let Some(fit) = Fit::of(&sample.records(delimiter, comment))
            && best.as_ref().is_none_or(|(known, _)| fit.is_better_than(known))
        {
            best = Some((fit, delimiter));
        }
    }
    let delimiter = named.unwrap_or(best.map_or(b',', |(_, delimiter)| delimiter));
    if let Some(name) = [(b';', "semicolons"), (b'\t', "tabs"), (b'|', "bars (|)")]
        .into_iter()
        .find_map(|(known, name)| (known == delimiter).then_some(name))
    {
        let why = if named.is_some() { ", as the first line says" } else { "" };
        readings.push(Reading::plain(format!("{name} between cells{why} (data.delimiter)")));
    }
    delimiter
}

/// How well records fit a table.
struct Fit {
    /// Share of the records that are as wide as the first, 0 to 1.
    agreeing: f64,
    /// Share of the cells that are numbers, 0 to 1.
    numbers: f64,
}

impl Fit {
    /// Nothing where the first record is not split.
    fn of(records: &[StringRecord]) -> Option<Self> {
        let width = records.first().map(StringRecord::len).filter(|&width| width > 1)?;
        let agreeing = records.iter().filter(|record| record.len() == width).count();
        let cells: usize = records.iter().map(StringRecord::len).sum();
        let numbers = records.iter().flatten().filter(|cell| is_number_in_any_notation(cell.trim().as_bytes())).count();
        Some(Self { agreeing: agreeing as f64 / records.len() as f64, numbers: numbers as f64 / cells as f64 })
    }

    fn is_better_than(&self, other: &Self) -> bool {
        if self.agreeing != other.agreeing {
            return self.agreeing > other.agreeing;
        }
        self.numbers > other.numbers
    }
}

//! Which columns of numbers single precision spoils.
//!
//! In: the least and the greatest number of a column, in double precision. Out: a warning where the steps of f32 at that size
//! are coarse beside the column's own range, so that rows that differ in the file become the same: 1000000000001 and
//! 1000000000002, or 1e-50 and 2e-50.

use super::column::ColumnReader;
use super::wording::quoted;

/// A range that has fewer steps of single precision than this is spoilt.
const FEWEST_STEPS: f64 = 1000.0;

/// A fragment about the column of this name, if its numbers are spoilt.
pub(super) fn spoilt(column: &ColumnReader, name: &str) -> Option<String> {
    let (least, greatest) = column.range()?;
    let size = least.abs().max(greatest.abs());
    if least == greatest || greatest - least >= FEWEST_STEPS * step(size) {
        return None;
    }
    let advice = match size < f64::from(f32::MIN_POSITIVE) * FEWEST_STEPS {
        true => "they are too small: another unit helps",
        false => "what they have in common is to be subtracted",
    };
    Some(format!(
        "column {} has numbers from {} to {}, which single precision hardly tells apart: {advice}",
        quoted(name),
        written(least),
        written(greatest)
    ))
}

/// A number as people write it: very large and very small ones with a power of ten.
fn written(x: f64) -> String {
    if x == 0.0 || (1e-4..1e16).contains(&x.abs()) { x.to_string() } else { format!("{x:e}") }
}

/// The distance of neighbouring numbers of single precision, at numbers of this size.
fn step(size: f64) -> f64 {
    let rounded = (size as f32).max(f32::MIN_POSITIVE);
    f64::from(rounded.next_up()) - f64::from(rounded)
}

#[cfg(test)]
mod tests {
    use super::super::cell::Cells;
    use super::*;

    fn found(cells: &[&str]) -> Option<String> {
        let reader = Cells::new(&[]);
        let mut column = ColumnReader::default();
        for (row, cell) in cells.iter().enumerate() {
            column.read(&reader, cell.as_bytes().into(), row);
        }
        spoilt(&column, "a")
    }

    #[test]
    fn numbers_that_single_precision_makes_alike_are_told() {
        assert_eq!(
            found(&["1000000000001", "1000000000059"]).unwrap(),
            "column 'a' has numbers from 1000000000001 to 1000000000059, which single precision hardly tells apart: what \
             they have in common is to be subtracted"
        );
        assert!(found(&["1e-50", "6e-50", "0"]).unwrap().ends_with("they are too small: another unit helps"));
        assert!(found(&["16777216", "16777223"]).is_some());
    }

    #[test]
    fn ordinary_numbers_are_not() {
        for cells in [
            &["1", "2"][..],
            &["1000000000001", "1000000000001"],
            &["1700000000", "1705000000"],
            &["0", "3e38"],
            &["-1e-30", "1e-30"],
            &["0.1", "0.2"],
            &["5000000000", "x"],
            &[],
        ] {
            assert_eq!(found(cells), None, "{cells:?}");
        }
    }
}

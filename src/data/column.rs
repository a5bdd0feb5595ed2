//! Whether a column is numeric or categorical, found out cell by cell.
//!
//! In: cells. Out: for each a number: its value, or the index of its category. A column counts as numeric until its first
//! cell that is no number; if numbers came before, their texts are no longer known and the file must be read once more for
//! this column ([`ColumnReader::start_again`]). All-numeric files, the large ones, are thus read once and keep no text.

use std::collections::HashMap;

use super::cell::{Cell, Cells};

/// What is known of a column so far.
#[derive(Debug, Default)]
pub(super) struct ColumnReader {
    /// Whether its cells are categories.
    pub(super) is_text: bool,
    /// Whether categories of earlier rows are unknown, as their cells were taken for numbers.
    pub(super) is_incomplete: bool,
    pub(super) numbers: usize,
    pub(super) texts: usize,
    pub(super) missing: usize,
    pub(super) first_missing: Option<usize>,
    /// Row and text of the first cell that is no number.
    pub(super) first_text: Option<(usize, String)>,
    /// Row and text of the first number beyond f32.
    pub(super) first_too_large: Option<(usize, String)>,
    /// The categories, in the order of their appearance.
    pub(super) levels: Vec<String>,
    codes: HashMap<String, u32>,
}

impl ColumnReader {
    /// A column that is categorical whatever its cells are.
    pub(super) fn text() -> Self {
        Self { is_text: true, ..Self::default() }
    }

    /// A column that is about to be read; categorical from the start if `is_text`.
    pub(super) fn new(is_text: bool) -> Self {
        Self { is_text, ..Self::default() }
    }

    /// The number of a cell of `row`, or the code of its category; NaN where it is missing. `raw` must be UTF-8.
    pub(super) fn read(&mut self, cells: &Cells, raw: &[u8], row: usize) -> f64 {
        let trimmed = raw.trim_ascii();
        let cell = cells.read(trimmed);
        match cell {
            Cell::Missing => {
                self.missing += 1;
                self.first_missing.get_or_insert(row);
                return f64::NAN;
            }
            Cell::Number(_) | Cell::TooLarge => self.numbers += 1,
            Cell::Text => {
                self.texts += 1;
                if self.first_text.is_none() {
                    self.first_text = Some((row, text(trimmed).to_owned()));
                    self.is_incomplete = !self.is_text && self.numbers > 0;
                    self.is_text = true;
                }
            }
        }
        match cell {
            _ if self.is_text => f64::from(self.code(text(trimmed))),
            Cell::Number(x) => x,
            _ => {
                self.first_too_large.get_or_insert_with(|| (row, text(trimmed).to_owned()));
                f64::NAN
            }
        }
    }

    /// Forgets what was read, but not that it is text.
    pub(super) fn start_again(&mut self) {
        *self = Self::text();
    }

    /// Whether no cell says anything.
    pub(super) fn is_empty(&self) -> bool {
        self.numbers + self.texts == 0
    }

    /// Whether the cells that are no numbers look like slips in a column of numbers: at most three or one in a hundred, and
    /// less than a tenth.
    pub(super) fn is_text_by_a_slip(&self) -> bool {
        /// So few may be slips in a small file.
        const FEW: usize = 3;
        let present = self.numbers + self.texts;
        self.texts > 0 && self.texts <= FEW.max(present / 100) && self.texts * 10 < present
    }

    /// Whether it looks like names or identifiers, of which a network can learn nothing.
    pub(super) fn looks_like_names(&self) -> bool {
        self.is_text && self.levels.len() > 20 && self.levels.len() * 2 > self.numbers + self.texts
    }

    fn code(&mut self, level: &str) -> u32 {
        if let Some(&code) = self.codes.get(level) {
            return code;
        }
        let code = u32::try_from(self.levels.len()).expect("memory ends before 4 billion categories");
        self.levels.push(level.to_owned());
        self.codes.insert(level.to_owned(), code);
        code
    }
}

/// For each of `levels` its rank in their natural order: by value if all are numbers, else by text.
pub(super) fn ranks(levels: &[String]) -> Vec<u32> {
    let values: Option<Vec<f64>> = levels.iter().map(|level| super::cell::number(level.as_bytes())).collect();
    let mut order: Vec<usize> = (0..levels.len()).collect();
    order.sort_by(|&a, &b| match &values {
        Some(values) => values[a].total_cmp(&values[b]).then_with(|| levels[a].cmp(&levels[b])),
        None => levels[a].cmp(&levels[b]),
    });
    let mut ranks = vec![0; levels.len()];
    for (rank, level) in order.into_iter().enumerate() {
        ranks[level] = rank as u32;
    }
    ranks
}

/// `levels` in the order of their `ranks`.
pub(super) fn ranked(levels: &[String], ranks: &[u32]) -> Vec<String> {
    let mut sorted = vec![String::new(); levels.len()];
    for (level, &rank) in levels.iter().zip(ranks) {
        sorted[rank as usize].clone_from(level);
    }
    sorted
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).expect("records are checked to be UTF-8, and only ASCII was trimmed")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(column: &mut ColumnReader, texts: &[&str]) -> Vec<f64> {
        let cells = Cells::new(&["?".to_owned()]);
        texts.iter().enumerate().map(|(row, text)| column.read(&cells, text.as_bytes(), row)).collect()
    }

    #[test]
    fn numbers_stay_numbers_and_missing_cells_are_counted() {
        let mut column = ColumnReader::default();
        let values = read(&mut column, &["1", " ? ", " 2.5 ", ""]);
        assert_eq!((values[0], values[2]), (1.0, 2.5));
        assert!(values[1].is_nan() && values[3].is_nan());
        assert_eq!((column.is_text, column.numbers, column.missing, column.first_missing), (false, 2, 2, Some(1)));
    }

    #[test]
    fn text_after_numbers_asks_for_a_second_reading_and_then_knows_all() {
        let mut column = ColumnReader::default();
        let cells = ["2", "3", "5more", "2"];
        read(&mut column, &cells);
        assert!(column.is_text && column.is_incomplete);
        column.start_again();
        assert_eq!(read(&mut column, &cells), [0.0, 1.0, 2.0, 0.0]);
        assert!(!column.is_incomplete);
        assert_eq!(column.levels, ["2", "3", "5more"]);
    }

    #[test]
    fn text_before_numbers_needs_no_second_reading() {
        let mut column = ColumnReader::default();
        assert_eq!(read(&mut column, &["x", "1", "x"]), [0.0, 1.0, 0.0]);
        assert!(!column.is_incomplete);
    }

    #[test]
    fn a_number_too_large_is_kept_for_the_error() {
        let mut column = ColumnReader::default();
        read(&mut column, &["1", "1e39"]);
        assert_eq!(column.first_too_large, Some((1, "1e39".to_owned())));
    }

    #[test]
    fn a_few_texts_among_many_numbers_are_a_slip() {
        let is_slip = |texts, numbers| {
            let mut column = ColumnReader::default();
            read(&mut column, &[vec!["inf"; texts], vec!["1"; numbers], vec!["?"; 1000]].concat());
            column.is_text_by_a_slip()
        };
        assert!(is_slip(1, 10) && !is_slip(1, 9), "less than a tenth of the cells that are not missing");
        assert!(is_slip(3, 28) && !is_slip(4, 390), "at most three in a small file");
        assert!(is_slip(4, 396) && is_slip(50, 4950) && !is_slip(51, 4950), "at most one in a hundred in a large one");
        assert!(!is_slip(0, 100));
    }

    #[test]
    fn levels_are_ranked_by_value_or_by_text() {
        let levels = |texts: &[&str]| texts.iter().map(|&text| text.to_owned()).collect::<Vec<_>>();
        assert_eq!(ranks(&levels(&["10", "9", "-1"])), [2, 1, 0]);
        assert_eq!(ranks(&levels(&["10", "9", "x"])), [0, 1, 2]);
        let names = levels(&["10", "9", "-1"]);
        assert_eq!(ranked(&names, &ranks(&names)), ["-1", "9", "10"]);
    }
}

//! Whether a column is numeric or categorical, found out cell by cell.
//!
//! In: cells. Out: for each a number: its value, or the index of its category. A column counts as numeric until its first
//! cell that is no number; if numbers came before, their texts are no longer known and the file must be read once more for
//! this column ([`ColumnReader::start_again`]). All-numeric files, the large ones, are thus read once and keep no text.

use super::categories::Categories;
use super::cell::{Cell, Cells};
use super::counter::{Counter, FEW_ROWS};
use super::field::Field;

/// What is known of a column so far.
#[derive(Debug, Default)]
pub(super) struct ColumnReader {
    /// Whether its cells are categories.
    pub(super) is_text: bool,
    /// Whether categories of earlier rows are unknown, as their cells were taken for numbers.
    pub(super) is_incomplete: bool,
    /// Whether a cell was taken for missing that is a category among texts.
    has_doubtful: bool,
    /// Whether digits with a leading zero are numbers, since the settings say that all of the column is.
    takes_padded: bool,
    /// Numbers that came before any text.
    plain_numbers: usize,
    /// Of the numbers, those with a percent sign; of categories, each is counted once.
    pub(super) percents: usize,
    pub(super) missing: usize,
    pub(super) first_missing: Option<usize>,
    /// The first row with a percent sign.
    pub(super) first_percent: Option<usize>,
    /// Row and text of the first cell that is no number.
    pub(super) first_text: Option<(usize, String)>,
    /// Row and text of the first number beyond f32.
    pub(super) first_too_large: Option<(usize, String)>,
    categories: Categories,
    /// What is known of each category.
    kinds: Vec<Kind>,
    range: Range,
    /// What tells a column of row numbers, where its name makes one likely.
    pub(super) counter: Option<Counter>,
}

/// What a column is to be read as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ReadAs {
    /// As what it looks like.
    Found,
    /// As categories, numbers too.
    Text,
    /// As numbers, those with leading zeros too.
    Numbers,
}

impl ColumnReader {
    /// A column that is categorical whatever its cells are.
    pub(super) fn text() -> Self {
        Self { is_text: true, ..Self::default() }
    }

    /// A column that is about to be read; one that may number the rows is watched for it.
    pub(super) fn new(read_as: ReadAs, may_count: bool) -> Self {
        Self {
            is_text: read_as == ReadAs::Text,
            takes_padded: read_as == ReadAs::Numbers,
            counter: may_count.then(Counter::default),
            ..Self::default()
        }
    }

    /// The number of a cell of `row`, or the code of its category; NaN where it is missing. `cell` must be UTF-8.
    #[inline(always)]
    pub(super) fn read(&mut self, cells: &Cells, cell: Field, row: usize) -> f64 {
        if self.is_text {
            return self.read_category(cells, cell, row);
        }
        match cells.plain_number(cell) {
            Some(x) => self.note_number(x),
            None => self.read_any(cells, cell.text(), row),
        }
    }

    #[inline(always)]
    fn read_category(&mut self, cells: &Cells, cell: Field, row: usize) -> f64 {
        let Some(code) = self.categories.find(cell) else { return self.read_spelling(cells, cell, row) };
        self.kinds[code as usize].cells += 1;
        f64::from(code)
    }

    /// Reads a cell that is not written like one that was seen before, but may be of the same category.
    #[inline(never)]
    fn read_spelling(&mut self, cells: &Cells, cell: Field, row: usize) -> f64 {
        let name = cell.trimmed();
        let Some(code) = self.categories.look_up(name.text()) else { return self.read_any(cells, cell.text(), row) };
        self.kinds[code as usize].note(cell.len() > name.len());
        self.categories.remember(cell, code);
        f64::from(code)
    }

    #[inline(always)]
    fn note_number(&mut self, x: f64) -> f64 {
        self.plain_numbers += 1;
        if let Some(counter) = &mut self.counter {
            counter.count(x);
        }
        self.range.include(x);
        x
    }

    /// Reads a cell of which nothing is known. Few are, so that it stays out of the loop over cells.
    #[inline(never)]
    fn read_any(&mut self, cells: &Cells, raw: &[u8], row: usize) -> f64 {
        let trimmed = raw.trim_ascii();
        let cell = match cells.read(trimmed) {
            Cell::Padded(x) if self.takes_padded => Cell::Number(x),
            Cell::Doubtful if self.is_text => Cell::Text,
            Cell::Doubtful => {
                self.has_doubtful = true;
                Cell::Missing
            }
            cell => cell,
        };
        match cell {
            Cell::Missing => {
                self.missing += 1;
                self.first_missing.get_or_insert(row);
                return f64::NAN;
            }
            Cell::Number(x) if !self.is_text => return self.note_number(x),
            Cell::TooLarge if !self.is_text => self.plain_numbers += 1,
            Cell::Number(_) | Cell::TooLarge => {}
            Cell::Percent(x) => {
                self.percents += 1;
                self.first_percent.get_or_insert(row);
                if !self.is_text {
                    return self.note_number(x);
                }
            }
            Cell::Padded(_) | Cell::Text | Cell::Doubtful => self.note_text(trimmed, row),
        }
        if self.is_text {
            return f64::from(self.add(raw, trimmed, cell));
        }
        self.first_too_large.get_or_insert_with(|| (row, text(trimmed).to_owned()));
        f64::NAN
    }

    fn note_text(&mut self, cell: &[u8], row: usize) {
        if self.first_text.is_none() {
            self.first_text = Some((row, text(cell).to_owned()));
            self.is_incomplete = !self.is_text && (self.plain_numbers > 0 || self.has_doubtful);
            self.is_text = true;
        }
    }

    /// Forgets what was read, but not that it is text.
    pub(super) fn start_again(&mut self) {
        *self = Self { takes_padded: self.takes_padded, ..Self::text() };
    }

    /// Cells that are numbers.
    pub(super) fn numbers(&self) -> usize {
        self.plain_numbers + self.cells_of(|sort| sort == Sort::Number)
    }

    /// Cells that are no numbers, those with a leading zero among them.
    pub(super) fn texts(&self) -> usize {
        self.cells_of(|sort| sort != Sort::Number)
    }

    /// Of the texts, those that are numbers but for a leading zero.
    fn padded(&self) -> usize {
        self.cells_of(|sort| sort == Sort::Padded)
    }

    /// Cells of the categories of some sorts.
    fn cells_of(&self, is_meant: impl Fn(Sort) -> bool) -> usize {
        self.kinds.iter().filter(|kind| is_meant(kind.sort)).map(|kind| kind.cells).sum()
    }

    /// Whether no cell says anything.
    pub(super) fn is_empty(&self) -> bool {
        self.present() == 0
    }

    /// Cells that are not missing.
    pub(super) fn present(&self) -> usize {
        self.plain_numbers + self.cells_of(|_| true)
    }

    /// Whether the cells that are no numbers look like slips in a column of numbers: at most three or one in a hundred, and
    /// less than a tenth.
    pub(super) fn is_text_by_a_slip(&self) -> bool {
        /// So few may be slips in a small file.
        const FEW: usize = 3;
        self.is_nearly_all_numbers() && self.texts() <= FEW.max(self.present() / 100)
    }

    /// Whether it is text by less than a tenth of its cells.
    pub(super) fn is_nearly_all_numbers(&self) -> bool {
        self.texts() > 0 && self.padded() < self.texts() && self.texts() * 10 < self.present()
    }

    /// Whether a few words, over and over, make text of a column that is numbers for the most part: a word for what is missing,
    /// rather than categories.
    pub(super) fn is_text_by_few_words(&self) -> bool {
        /// Distinct words; a column that counts up to `3+` has one.
        const FEW_WORDS: usize = 3;
        let words = self.kinds.iter().filter(|kind| kind.sort == Sort::Text).count();
        (1..=FEW_WORDS).contains(&words) && self.numbers() > self.texts() && self.padded() == 0
    }

    /// Categories of which some cells have blanks around them and others have not.
    pub(super) fn levels_with_and_without_blanks(&self) -> impl Iterator<Item = &str> {
        let known = self.levels().iter().zip(&self.kinds);
        known.filter(|(_, kind)| kind.written == Kind::BARE | Kind::PADDED).map(|(level, _)| level.as_str())
    }

    /// Whether it would be numbers but for leading zeros.
    pub(super) fn is_text_by_zeros(&self) -> bool {
        self.texts() > 0 && self.padded() == self.texts()
    }

    /// Whether it looks like names or identifiers, of which a network can learn nothing.
    pub(super) fn looks_like_names(&self) -> bool {
        self.is_text && self.levels().len() > FEW_ROWS && self.levels().len() * 2 > self.present()
    }

    /// The categories, in the order of their appearance.
    pub(super) fn levels(&self) -> &[String] {
        self.categories.names()
    }

    /// Bytes that the categories take, about.
    pub(super) fn text_bytes(&self) -> usize {
        self.categories.bytes()
    }

    /// The least and the greatest number, of a column that has some.
    pub(super) fn range(&self) -> Option<(f64, f64)> {
        let Range { least, greatest } = self.range;
        (!self.is_text && least <= greatest).then_some((least, greatest))
    }

    /// Whether no two of its cells differ, in single precision, but for those that are missing.
    pub(super) fn is_constant(&self) -> bool {
        match self.is_text {
            true => self.levels().len() <= 1,
            false => self.range().is_none_or(|(least, greatest)| least as f32 == greatest as f32),
        }
    }

    /// A new category.
    fn add(&mut self, raw: &[u8], level: &[u8], cell: Cell) -> u32 {
        let sort = match cell {
            Cell::Number(_) | Cell::Percent(_) | Cell::TooLarge => Sort::Number,
            Cell::Padded(_) => Sort::Padded,
            Cell::Text | Cell::Doubtful | Cell::Missing => Sort::Text,
        };
        let mut kind = Kind { sort, cells: 0, written: 0 };
        kind.note(raw.len() > level.len());
        self.kinds.push(kind);
        let code = self.categories.add(text(level));
        self.categories.remember(raw.into(), code);
        code
    }
}

/// The least and the greatest of numbers.
#[derive(Debug)]
struct Range {
    least: f64,
    greatest: f64,
}

impl Default for Range {
    fn default() -> Self {
        Self { least: f64::INFINITY, greatest: f64::NEG_INFINITY }
    }
}

impl Range {
    fn include(&mut self, x: f64) {
        if x < self.least {
            self.least = x;
        }
        if x > self.greatest {
            self.greatest = x;
        }
    }
}

/// What is known of a category.
#[derive(Debug, Clone, Copy)]
struct Kind {
    sort: Sort,
    /// Cells that are of it.
    cells: usize,
    /// [`Self::BARE`], [`Self::PADDED`], or both.
    written: u8,
}

impl Kind {
    /// It is written without blanks around it.
    const BARE: u8 = 1;
    /// It is written with them.
    const PADDED: u8 = 2;

    /// Notes a cell, and whether it has blanks around it.
    fn note(&mut self, has_blanks: bool) {
        self.cells += 1;
        self.written |= if has_blanks { Self::PADDED } else { Self::BARE };
    }
}

/// What a category counts as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sort {
    Number,
    Padded,
    Text,
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).expect("records are checked to be UTF-8, and only ASCII was trimmed")
}

#[cfg(test)]
mod tests;

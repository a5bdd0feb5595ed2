//! Letters that stand for the curves of a plot: at the end of each, and along it where there are no colours.
//!
//! In: the characters that a curve passes, column by column. Out: which letter stands where.

/// So many letters stand side by side behind curves that end together.
pub(super) const MOST_ABREAST: usize = 6;

/// Columns between the letters of one curve and the next, along them.
const APART: usize = 5;

/// The letters of a field.
#[derive(Debug)]
pub(super) struct Letters {
    width: usize,
    height: usize,
    cells: Vec<Option<usize>>,
}

/// The letter of a curve: A to Z, then a to z, then again.
pub(super) fn letter(number: usize) -> char {
    let place = (number % 52) as u8;
    char::from(if place < 26 { b'A' + place } else { b'a' + place - 26 })
}

impl Letters {
    /// None yet.
    pub fn new(width: usize, height: usize) -> Self {
        Self { width, height, cells: vec![None; width * height] }
    }

    /// Columns in all.
    pub fn width(&self) -> usize {
        self.width
    }

    /// The curve whose letter stands at a place.
    pub fn at(&self, column: usize, row: usize) -> Option<usize> {
        self.cells[row * self.width + column]
    }

    /// Puts the letter behind the end of its curve, or behind the letters that are there already.
    pub fn at_the_end(&mut self, number: usize, cells: &[(usize, i64)]) {
        let Some(&(column, row)) = cells.last() else { return };
        let row = row.clamp(0, self.height as i64 - 1) as usize;
        let free = (column + 1..self.width).find(|&column| self.at(column, row).is_none());
        if let Some(column) = free {
            self.cells[row * self.width + column] = Some(number);
        }
    }

    /// Puts the letter on its curve now and then, each curve's in columns of its own.
    pub fn along(&mut self, number: usize, curves: usize, cells: &[(usize, i64)]) {
        let every = APART * curves;
        for &(column, row) in cells {
            let is_inside = row >= 0 && row < self.height as i64;
            if column % every == APART * number + APART / 2 && is_inside {
                self.cells[row as usize * self.width + column].get_or_insert(number);
            }
        }
    }
}

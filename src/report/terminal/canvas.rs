//! Lines drawn with the dots of braille letters: eight to a character of the screen, two across and four down.
//!
//! In: points in units of the drawing, 0 to 1 from the left and from below. Out: for each character which dots are set, and by
//! whom: where lines cross, their dots add up, and the character belongs to the one that was drawn first.

/// Dots of a character, across and down.
const DOTS: (usize, usize) = (2, 4);

/// The bit of each dot in the braille block of Unicode, by row and column.
const BITS: [[u8; 2]; 4] = [[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]];

/// The braille letter without dots.
const BLANK: u32 = 0x2800;

/// A drawing in progress.
#[derive(Debug)]
pub(super) struct Canvas {
    width: usize,
    height: usize,
    cells: Vec<Cell>,
}

/// A character of the screen.
#[derive(Debug, Clone, Copy, Default)]
struct Cell {
    dots: u8,
    /// Who drew here first.
    owner: Option<usize>,
}

impl Canvas {
    /// An empty one of so many characters.
    pub fn new(width: usize, height: usize) -> Self {
        Self { width, height, cells: vec![Cell::default(); width * height] }
    }

    /// Draws straight lines from point to point; what lies outside is cut off, and a point that is missing leaves a hole. Of a
    /// dotted line one column of dots in four is drawn.
    pub fn line(&mut self, points: &[Option<(f64, f64)>], owner: usize, is_dotted: bool) {
        let dots: Vec<Option<(i64, i64)>> =
            points.iter().map(|point| point.and_then(|point| self.dot(point))).collect();
        if let [only] = dots.as_slice() {
            only.iter().for_each(|&dot| self.set(dot, owner));
        }
        for pair in dots.windows(2) {
            if let [Some(from), Some(to)] = *pair {
                self.segment(from, to, owner, is_dotted);
            }
        }
    }

    /// The character at a place and who drew it; a space where nobody did, and outside.
    pub fn character(&self, column: usize, row: usize) -> (char, Option<usize>) {
        let is_inside = column < self.width && row < self.height;
        let cell = if is_inside { self.cells[row * self.width + column] } else { Cell::default() };
        match cell.dots {
            0 => (' ', None),
            dots => (char::from_u32(BLANK + u32::from(dots)).unwrap_or(' '), cell.owner),
        }
    }

    fn dot(&self, (x, y): (f64, f64)) -> Option<(i64, i64)> {
        (!x.is_nan() && !y.is_nan()).then(|| (place(x, self.width * DOTS.0), place(1.0 - y, self.height * DOTS.1)))
    }

    fn segment(&mut self, from: (i64, i64), to: (i64, i64), owner: usize, is_dotted: bool) {
        let (across, down) = (to.0 - from.0, to.1 - from.1);
        let steps = across.abs().max(down.abs()).max(1);
        for step in 0..=steps {
            let along = |start: i64, length: i64| start + (length as f64 * step as f64 / steps as f64).round() as i64;
            let (x, y) = (along(from.0, across), along(from.1, down));
            if !is_dotted || x.rem_euclid(4) == 0 {
                self.set((x, y), owner);
            }
        }
    }

    fn set(&mut self, (x, y): (i64, i64), owner: usize) {
        let (Ok(x), Ok(y)) = (usize::try_from(x), usize::try_from(y)) else { return };
        let (column, row) = (x / DOTS.0, y / DOTS.1);
        if column < self.width && row < self.height {
            let cell = &mut self.cells[row * self.width + column];
            cell.dots |= BITS[y % DOTS.1][x % DOTS.0];
            cell.owner.get_or_insert(owner);
        }
    }
}

/// The column of characters at a share of the width.
pub(super) fn column(x: f64, width: usize) -> i64 {
    place(x, width * DOTS.0).div_euclid(DOTS.0 as i64)
}

/// The row of characters at a share of the height, which counts from below.
pub(super) fn row(y: f64, height: usize) -> i64 {
    place(1.0 - y, height * DOTS.1).div_euclid(DOTS.1 as i64)
}

/// The dot at a share of so many; what is far outside is as far as a line may go that is cut off anyway.
fn place(share: f64, dots: usize) -> i64 {
    (share.clamp(-9.0, 10.0) * (dots - 1) as f64).round() as i64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(canvas: &Canvas) -> Vec<String> {
        (0..canvas.height)
            .map(|row| (0..canvas.width).map(|column| canvas.character(column, row).0).collect())
            .collect()
    }

    #[test]
    fn a_diagonal_goes_from_corner_to_corner() {
        let mut canvas = Canvas::new(4, 2);
        canvas.line(&[Some((0.0, 0.0)), Some((1.0, 1.0))], 7, false);
        assert_eq!(drawn(&canvas), ["  ⡠⠊", "⡠⠊  "]);
        assert_eq!((canvas.character(0, 1).1, canvas.character(0, 0).1), (Some(7), None));
    }

    #[test]
    fn crossing_lines_keep_their_dots_and_the_first_owns_the_character() {
        let mut canvas = Canvas::new(1, 1);
        canvas.line(&[Some((0.0, 1.0)), Some((1.0, 1.0))], 1, false);
        canvas.line(&[Some((0.0, 0.0)), Some((1.0, 0.0))], 2, false);
        assert_eq!(canvas.character(0, 0), ('⣉', Some(1)));
    }

    #[test]
    fn what_is_missing_leaves_a_hole_and_what_is_outside_is_cut() {
        let mut canvas = Canvas::new(4, 1);
        canvas.line(&[Some((0.0, 0.0)), Some((0.3, 0.0)), None, Some((1.0, f64::NAN)), Some((2.0, 9.0))], 0, false);
        assert_eq!(drawn(&canvas), ["⣀⡀  "]);
        let mut canvas = Canvas::new(2, 1);
        canvas.line(&[Some((0.5, 1.0))], 0, false);
        assert_eq!(drawn(&canvas), [" ⠁"]);
    }

    #[test]
    fn a_dotted_line_has_gaps() {
        let mut canvas = Canvas::new(4, 1);
        canvas.line(&[Some((0.0, 0.0)), Some((1.0, 0.0))], 0, true);
        assert_eq!(drawn(&canvas), ["⡀ ⡀ "]);
    }
}

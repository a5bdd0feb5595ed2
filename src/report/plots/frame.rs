//! The frame that lines stand in: a rectangle with axes, numbers and guiding lines.
//!
//! In: a rectangle and a [`Ruler`] for each direction. Out: the frame on the sheet, and where in it a pair of numbers lies.

use super::lettering::width;
use super::sheet::{Anchor, FRAME, GUIDE, LINE, Sheet, TEXT, WIDTH};
use crate::report::charts::{Axis, Scale, Unit};
use crate::report::ruler::{Ruler, Tick};

/// A rectangle of the sheet.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Area {
    pub left: f64,
    pub top: f64,
    pub width: f64,
    pub height: f64,
}

impl Area {
    /// Where a share of the width lies.
    pub fn x(self, at: f64) -> f64 {
        self.left + at * self.width
    }

    /// Where a share of the height lies, counted from below.
    pub fn y(self, at: f64) -> f64 {
        self.top + (1.0 - at) * self.height
    }

    /// Its end on the right.
    pub fn right(self) -> f64 {
        self.left + self.width
    }

    /// Its end below.
    pub fn bottom(self) -> f64 {
        self.top + self.height
    }
}

/// The ruler of an axis for these numbers.
pub(super) fn ruler(axis: &Axis, values: impl IntoIterator<Item = f64>) -> Ruler {
    let ruler = Ruler::around(values, axis.scale == Scale::Log);
    match axis.unit {
        Unit::Percent => ruler.within(Some(0.0), Some(100.0)),
        Unit::Points | Unit::Plain => ruler,
    }
}

/// What stands beside a tick.
pub(super) fn label(axis: &Axis, tick: &Tick) -> String {
    format!("{}{}", tick.label, axis.unit.suffix())
}

/// The room that the numbers of a vertical axis need.
pub(super) fn room(axis: &Axis, ticks: &[Tick]) -> f64 {
    ticks.iter().map(|tick| width(&label(axis, tick), TEXT)).fold(0.0, f64::max) + 8.0
}

/// Guiding lines at the ticks of a vertical axis, with their numbers on the left where these are wanted.
pub(super) fn upright(sheet: &mut Sheet, area: Area, axis: &Axis, ticks: &[Tick], has_numbers: bool) {
    for tick in ticks {
        let y = area.y(tick.at);
        sheet.line((area.left, y), (area.right(), y), GUIDE, 1.0);
        if has_numbers {
            sheet.text((area.left - 6.0, y + 5.0), Anchor::End, &label(axis, tick));
        }
    }
}

/// The horizontal axis below an area, with its numbers.
pub(super) fn level(sheet: &mut Sheet, area: Area, axis: &Axis, ticks: &[Tick]) {
    sheet.line((area.left, area.bottom()), (area.right(), area.bottom()), FRAME, 1.0);
    // Numbers must not run into each other, nor into those of a frame beside this one.
    let mut free = f64::NEG_INFINITY;
    for tick in ticks {
        let (x, text) = (area.x(tick.at), label(axis, tick));
        let (length, is_alone) = (width(&text, TEXT), area.width > 0.6 * WIDTH);
        let (anchor, start) = match tick.at {
            at if at < 0.02 && !is_alone => (Anchor::Start, x),
            at if at > 0.98 => (Anchor::End, x - length),
            _ => (Anchor::Middle, x - length / 2.0),
        };
        sheet.line((x, area.bottom()), (x, area.bottom() + 4.0), FRAME, 1.0);
        if start > free {
            sheet.text((x, area.bottom() + LINE), anchor, &text);
            free = start + length + 4.0;
        }
    }
}

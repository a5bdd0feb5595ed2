//! Marks at points: the shapes that tell variants of one colour apart, and the events of a line.
//!
//! In: a place, a shape, a colour. Out: the mark on the sheet.

use super::sheet::{GROUND, Sheet};
use super::svg::{At, Points};
use crate::report::charts::{EventKind, Marker};

/// Half the size of a mark.
const RADIUS: f64 = 4.0;

/// A filled mark.
pub(super) fn mark(sheet: &mut Sheet, marker: Marker, at: (f64, f64), colour: &str) {
    shape(sheet, marker, at, colour, GROUND);
}

/// A hollow mark.
pub(super) fn hollow(sheet: &mut Sheet, marker: Marker, at: (f64, f64), colour: &str) {
    shape(sheet, marker, at, GROUND, colour);
}

/// The mark of an event.
pub(super) fn event(sheet: &mut Sheet, kind: EventKind, at: (f64, f64), colour: &str) {
    match kind {
        EventKind::Best => mark(sheet, Marker::Circle, at, colour),
        EventKind::Onset => hollow(sheet, Marker::Triangle, at, colour),
    }
}

fn shape(sheet: &mut Sheet, marker: Marker, (x, y): (f64, f64), fill: &str, edge: &str) {
    let r = RADIUS;
    let corners = |around: &[(f64, f64)]| -> Vec<(f64, f64)> {
        around.iter().map(|&(across, down)| (x + across * r, y + down * r)).collect()
    };
    let points = match marker {
        Marker::Circle => {
            let circle: [(&str, &dyn std::fmt::Display); 6] = [
                ("cx", &At(x)),
                ("cy", &At(y)),
                ("r", &At(r)),
                ("fill", &fill),
                ("stroke", &edge),
                ("stroke-width", &1.5),
            ];
            return sheet.svg.empty("circle", &circle);
        }
        Marker::Square => corners(&[(-0.9, -0.9), (0.9, -0.9), (0.9, 0.9), (-0.9, 0.9)]),
        Marker::Diamond => corners(&[(0.0, -1.3), (1.3, 0.0), (0.0, 1.3), (-1.3, 0.0)]),
        Marker::Triangle => corners(&[(0.0, -1.3), (1.2, 0.9), (-1.2, 0.9)]),
        Marker::Cross => corners(&[
            (-0.4, -1.2),
            (0.4, -1.2),
            (0.4, -0.4),
            (1.2, -0.4),
            (1.2, 0.4),
            (0.4, 0.4),
            (0.4, 1.2),
            (-0.4, 1.2),
            (-0.4, 0.4),
            (-1.2, 0.4),
            (-1.2, -0.4),
            (-0.4, -0.4),
        ]),
    };
    let polygon: [(&str, &dyn std::fmt::Display); 4] =
        [("points", &Points(&points)), ("fill", &fill), ("stroke", &edge), ("stroke-width", &1.5)];
    sheet.svg.empty("polygon", &polygon);
}

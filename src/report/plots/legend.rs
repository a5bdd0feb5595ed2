//! The legend below a chart: samples with their words, in as many rows as they need.
//!
//! In: entries. Out: the legend on the sheet. A name that is too long is cut; its group carries the whole of it.

use super::lettering::{shortened, width};
use super::marks;
use super::sheet::{Anchor, FRAME, LINE, MARGIN, Sheet, TEXT, WIDTH};
use super::svg::At;
use crate::report::charts::{EventKind, Marker};

/// The length of a sample.
const SAMPLE: f64 = 26.0;
/// Between sample and word.
const GAP: f64 = 6.0;
/// Between entries.
const BETWEEN: f64 = 16.0;
/// The widest word: two entries stand in a row.
const WIDEST: f64 = (WIDTH - 2.0 * MARGIN - BETWEEN) / 2.0 - SAMPLE - GAP;

/// An entry.
pub(super) struct Entry {
    /// What it says.
    pub text: String,
    /// What it shows.
    pub sample: Sample,
}

/// What an entry shows.
pub(super) enum Sample {
    /// A line, with a mark where it has any: its colour, its dashes, its width.
    Line(String, &'static str, f64, Option<Marker>),
    /// The mark of an event.
    Event(EventKind),
    /// A mark, hollow or filled.
    Mark(Marker, String, bool),
}

/// Draws the entries below what is on the sheet.
pub(super) fn draw(sheet: &mut Sheet, entries: &[Entry]) {
    let mut x = WIDTH;
    for entry in entries {
        let text = shortened(&entry.text, TEXT, WIDEST);
        let length = SAMPLE + GAP + width(&text, TEXT);
        if x + length > WIDTH - MARGIN {
            x = MARGIN;
            sheet.below += LINE;
        }
        let y = sheet.below;
        sheet.svg.open("g", &[]);
        if text != entry.text {
            sheet.svg.text("title", &[], &entry.text);
        }
        sample(sheet, &entry.sample, (x, y - 5.0));
        sheet.text((x + SAMPLE + GAP, y), Anchor::Start, &text);
        sheet.svg.close();
        x += length + BETWEEN;
    }
}

fn sample(sheet: &mut Sheet, sample: &Sample, (x, y): (f64, f64)) {
    let middle = (x + SAMPLE / 2.0, y);
    match sample {
        Sample::Line(colour, dashes, width, marker) => {
            let line: [(&str, &dyn std::fmt::Display); 7] = [
                ("x1", &At(x)),
                ("y1", &At(y)),
                ("x2", &At(x + SAMPLE)),
                ("y2", &At(y)),
                ("stroke", colour),
                ("stroke-width", width),
                ("stroke-dasharray", dashes),
            ];
            sheet.svg.empty("line", &line);
            marker.iter().for_each(|&marker| marks::mark(sheet, marker, middle, colour));
        }
        Sample::Event(kind) => marks::event(sheet, *kind, middle, FRAME),
        Sample::Mark(marker, colour, true) => marks::hollow(sheet, *marker, middle, colour),
        Sample::Mark(marker, colour, false) => marks::mark(sheet, *marker, middle, colour),
    }
}

//! A figure by two swept values: squares whose colours are light enough for the numbers in them.
//!
//! In: a [`HeatMap`]. Out: the drawing. Where figures have both signs, 0 is white and the signs have a colour each.

use super::frame::Area;
use super::lettering::{shortened, width};
use super::sheet::{Anchor, FRAME, GROUND, GUIDE, LINE, MARGIN, Sheet, TEXT, WIDTH};
use super::svg::At;
use crate::report::charts::{Colour, HeatMap, Rgb};

/// The deepest colours of figures above and below 0.
const ABOVE: Rgb = [0x4f, 0x9b, 0xd6];
const BELOW: Rgb = [0xf0, 0x9a, 0x4a];
/// Height of a row.
const ROW: f64 = 32.0;
/// The part of the width that the values on the left may take.
const VALUES: f64 = 0.25;
/// Height of the scale of colours, and of how many steps it is made.
const SCALE: f64 = 12.0;
const STEPS: usize = 40;

/// Draws a square for each pair of values.
pub(super) fn draw(map: &HeatMap, sheet: &mut Sheet) {
    let shades = Shades::of(map);
    sheet.below += LINE;
    sheet.text((MARGIN, sheet.below - 5.0), Anchor::Start, &shortened(&map.y, TEXT, WIDTH - 2.0 * MARGIN));
    sheet.below += 4.0;
    let values: Vec<String> = map.rows.iter().map(|value| shortened(value, TEXT, VALUES * WIDTH)).collect();
    let left = MARGIN + values.iter().map(|value| width(value, TEXT)).fold(0.0, f64::max) + 8.0;
    let area = Area { left, top: sheet.below, width: WIDTH - MARGIN - left, height: ROW * values.len() as f64 };
    let across = area.width / map.columns.len().max(1) as f64;
    // The first row is the lowest.
    for (row, cells) in map.cells.iter().enumerate() {
        let top = area.bottom() - ROW * (row + 1) as f64;
        sheet.text((left - 6.0, top + ROW / 2.0 + 5.0), Anchor::End, &values[row]);
        for (column, cell) in cells.iter().map(|cell| cell.filter(|figure| figure.is_finite())).enumerate() {
            square(sheet, (left + across * column as f64, top), across, &shades, cell);
        }
    }
    for (column, value) in map.columns.iter().enumerate() {
        let value = shortened(value, TEXT, across - 2.0);
        sheet.text((left + across * (column as f64 + 0.5), area.bottom() + LINE), Anchor::Middle, &value);
    }
    sheet.below = area.bottom() + 2.0 * LINE;
    sheet.text((left + area.width / 2.0, sheet.below), Anchor::Middle, &shortened(&map.x, TEXT, area.width));
    sheet.below += LINE;
    shades.draw(map, sheet, Area { top: sheet.below, height: SCALE, ..area });
}

fn square(sheet: &mut Sheet, (x, y): (f64, f64), across: f64, shades: &Shades, cell: Option<f64>) {
    let fill = cell.map_or_else(|| GUIDE.to_owned(), |value| Colour::hex(shades.shade(value)));
    let rectangle: [(&str, &dyn std::fmt::Display); 7] = [
        ("x", &At(x)),
        ("y", &At(y)),
        ("width", &At(across)),
        ("height", &At(ROW)),
        ("fill", &fill),
        ("stroke", &GROUND),
        ("stroke-width", &1.0),
    ];
    sheet.svg.empty("rect", &rectangle);
    let text = cell.map_or_else(|| "–".to_owned(), |value| shades.written(value));
    // A number that does not fit is none: the table has it.
    if width(&text, TEXT) < across - 2.0 {
        sheet.text((x + across / 2.0, y + ROW / 2.0 + 5.0), Anchor::Middle, &text);
    }
}

/// Which colour a figure has.
struct Shades {
    low: f64,
    high: f64,
    decimals: usize,
}

impl Shades {
    fn of(map: &HeatMap) -> Self {
        let figures = || map.cells.iter().flatten().flatten().copied().filter(|figure| figure.is_finite());
        let (low, high) = (figures().fold(f64::INFINITY, f64::min), figures().fold(f64::NEG_INFINITY, f64::max));
        let largest = low.abs().max(high.abs());
        let decimals = if largest >= 10.0 {
            1
        } else if largest >= 0.1 {
            2
        } else {
            4
        };
        match low < 0.0 && high > 0.0 {
            true => Self { low: -largest, high: largest, decimals },
            false => Self { low, high, decimals },
        }
    }

    fn shade(&self, value: f64) -> Rgb {
        let mixed = |towards: Rgb, share: f64| {
            let part = |at: usize| (255.0 + (f64::from(towards[at]) - 255.0) * share).round() as u8;
            [part(0), part(1), part(2)]
        };
        if self.low < 0.0 && self.high > 0.0 {
            let share = (value / self.high).clamp(-1.0, 1.0);
            return mixed(if share < 0.0 { BELOW } else { ABOVE }, share.abs());
        }
        let span = self.high - self.low;
        let share = if span > 0.0 { (value - self.low) / span } else { 0.5 };
        // The lowest figure is not white, since that is no figure.
        mixed(ABOVE, 0.08 + 0.92 * share.clamp(0.0, 1.0))
    }

    fn written(&self, value: f64) -> String {
        format!("{value:.*}", self.decimals).replace('-', "\u{2212}")
    }

    /// The colours from the lowest to the highest figure, with both numbers.
    fn draw(&self, map: &HeatMap, sheet: &mut Sheet, area: Area) {
        let (title, [low, high]) = (&map.value, [self.low, self.high].map(|end| self.written(end)));
        let step = area.width / STEPS as f64;
        for place in 0..STEPS {
            let value = self.low + (self.high - self.low) * (place as f64 + 0.5) / STEPS as f64;
            let fill = Colour::hex(self.shade(value));
            let place: [(&str, &dyn std::fmt::Display); 5] = [
                ("x", &At(area.left + step * place as f64)),
                ("y", &At(area.top)),
                // A little wider, so that no gap is seen between neighbours.
                ("width", &At(step + 0.5)),
                ("height", &At(area.height)),
                ("fill", &fill),
            ];
            sheet.svg.empty("rect", &place);
        }
        sheet.line((area.left, area.bottom()), (area.right(), area.bottom()), FRAME, 1.0);
        let below = area.bottom() + LINE - 2.0;
        let unit = title.unit.suffix();
        sheet.text((area.left, below), Anchor::Start, &format!("{low}{unit}"));
        sheet.text((area.right(), below), Anchor::End, &format!("{high}{unit}"));
        let room = area.width - 2.0 * width(&format!("{high}{unit}00"), TEXT);
        sheet.text((area.x(0.5), below), Anchor::Middle, &shortened(&title.label, TEXT, room));
        sheet.below = below;
    }
}

//! Bars lengthwise, with the names on the left: the gap, scores on training and test rows, differences from the baseline.
//!
//! In: [`Bars`]. Out: the drawing. Where lengths do not begin at 0, only their ends are drawn, as points.

use super::frame::{self, Area};
use super::legend::{self, Entry, Sample};
use super::lettering::{shortened, width};
use super::marks;
use super::sheet::{Anchor, FRAME, GUIDE, LINE, MARGIN, Sheet, TEXT, WIDTH};
use super::svg::At;
use crate::report::charts::{Bar, Bars, Colour, Marker, Role};
use crate::report::ruler::Ruler;

/// Height of a row.
const ROW: f64 = 26.0;
/// Share of a row that its bars fill.
const FILLED: f64 = 0.66;
/// The part of the width that names may take.
const NAMES: f64 = 0.40;
/// The colour of whiskers.
const WHISKER: &str = "#1f2328";

/// Draws a row for each name.
pub(super) fn draw(bars: &Bars, sheet: &mut Sheet) {
    let size = TEXT - 1.0;
    let names: Vec<String> = bars.names.iter().map(|name| shortened(&name.name, size, NAMES * WIDTH)).collect();
    let left = MARGIN + names.iter().map(|name| width(name, size)).fold(0.0, f64::max) + 10.0;
    sheet.below += 4.0;
    let area = Area { left, top: sheet.below, width: WIDTH - 2.0 * MARGIN - left, height: ROW * names.len() as f64 };
    let ruler = ruler(bars);
    let ticks = ruler.ticks((area.width / 45.0) as usize);
    for tick in &ticks {
        sheet.line((area.x(tick.at), area.top), (area.x(tick.at), area.bottom()), GUIDE, 1.0);
    }
    for rule in bars.rules.iter().filter_map(|&rule| ruler.at(rule)) {
        sheet.line((area.x(rule), area.top), (area.x(rule), area.bottom()), FRAME, 1.0);
    }
    frame::level(sheet, area, &bars.value, &ticks);
    for (row, name) in bars.names.iter().enumerate() {
        let middle = area.top + ROW * (row as f64 + 0.5);
        sheet.svg.open("g", &[("class", &"series")]);
        sheet.svg.text("title", &[], &name.name);
        sheet.svg.open("g", &[("font-size", &size)]);
        sheet.text((left - 8.0, middle + 5.0), Anchor::End, &names[row]);
        sheet.svg.close();
        let drawn = Row { area, ruler, middle, colour: Colour::hex(name.colour.rgb()) };
        drawn.draw(bars, row, sheet);
        sheet.svg.close();
    }
    sheet.below = area.bottom() + 2.0 * LINE;
    let label = shortened(&bars.value.label, TEXT, WIDTH - 2.0 * MARGIN);
    // In the middle of its axis, unless it is too long for that.
    let middle = (left + area.width / 2.0).min(WIDTH - MARGIN - width(&label, TEXT) / 2.0);
    sheet.text((middle, sheet.below), Anchor::Middle, &label);
    if bars.groups.len() > 1 {
        sheet.below += 4.0;
        legend::draw(sheet, &bars.groups.iter().map(|group| entry(group.role)).collect::<Vec<_>>());
    }
}

fn ruler(bars: &Bars) -> Ruler {
    let all = bars.groups.iter().flat_map(|group| group.bars.iter().flatten());
    let ends = |bar: &Bar| bar.interval.map_or([bar.value; 3], |(low, high)| [bar.value, low, high]);
    let zero = bars.is_from_zero.then_some(0.0);
    frame::ruler(&bars.value, all.flat_map(ends).chain(zero))
}

fn entry(role: Role) -> Entry {
    Entry { text: role.name().to_owned(), sample: Sample::Mark(Marker::Circle, FRAME.to_owned(), role == Role::Train) }
}

/// A row with its bars.
struct Row {
    area: Area,
    ruler: Ruler,
    middle: f64,
    colour: String,
}

impl Row {
    fn draw(&self, bars: &Bars, row: usize, sheet: &mut Sheet) {
        let count = bars.groups.len() as f64;
        let of_row: Vec<(Role, f64, Bar)> = bars
            .groups
            .iter()
            .enumerate()
            .filter_map(|(place, group)| {
                let offset = ROW * FILLED * ((place as f64 + 0.5) / count - 0.5);
                Some((group.role, self.middle + offset, group.bars[row]?))
            })
            .collect();
        for &(role, y, bar) in &of_row {
            if bars.is_from_zero {
                self.bar(sheet, role, y, ROW * FILLED / count, bar);
            }
            self.whisker(sheet, y, bar, bars.is_from_zero);
            if !bars.is_from_zero {
                self.point(sheet, role, y, bar);
            }
        }
    }

    fn x(&self, value: f64) -> Option<f64> {
        Some(self.area.x(self.ruler.at(value)?.clamp(0.0, 1.0)))
    }

    fn bar(&self, sheet: &mut Sheet, role: Role, y: f64, height: f64, bar: Bar) {
        let (Some(zero), Some(end)) = (self.x(0.0), self.x(bar.value)) else { return };
        let opacity = if role == Role::Train { 0.45 } else { 1.0 };
        let rectangle: [(&str, &dyn std::fmt::Display); 6] = [
            ("x", &At(zero.min(end))),
            ("y", &At(y - height / 2.0)),
            ("width", &At((end - zero).abs())),
            ("height", &At(height)),
            ("fill", &self.colour),
            ("fill-opacity", &opacity),
        ];
        sheet.svg.empty("rect", &rectangle);
    }

    fn whisker(&self, sheet: &mut Sheet, y: f64, bar: Bar, is_on_bar: bool) {
        let Some((low, high)) = bar.interval.and_then(|(low, high)| Some((self.x(low)?, self.x(high)?))) else {
            return;
        };
        let colour = if is_on_bar { WHISKER } else { &self.colour };
        sheet.line((low, y), (high, y), colour, 1.4);
        for x in [low, high] {
            sheet.line((x, y - 3.0), (x, y + 3.0), colour, 1.4);
        }
    }

    fn point(&self, sheet: &mut Sheet, role: Role, y: f64, bar: Bar) {
        let Some(x) = self.x(bar.value) else { return };
        match role {
            Role::Train => marks::hollow(sheet, Marker::Circle, (x, y), &self.colour),
            _ => marks::mark(sheet, Marker::Circle, (x, y), &self.colour),
        }
    }
}

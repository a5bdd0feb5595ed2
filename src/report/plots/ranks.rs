//! Average ranks with the critical difference (Demšar 2006): the best on the left, and a bar over all that do not differ.
//!
//! In: [`Ranks`]. Out: the drawing. The better half of the names stands on the left of the line of ranks, the others on its right,
//! each joined with its rank.

use super::frame::Area;
use super::lettering::{shortened, width};
use super::marks;
use super::sheet::{Anchor, FRAME, INK, LINE, MARGIN, Sheet, TEXT, WIDTH};
use super::svg::Points;
use crate::report::charts::{Colour, Marker, Name, Ranks};

/// Height of a name's row.
const ROW: f64 = 22.0;
/// From the line of ranks to the first bar, and from bar to bar.
const BAR: f64 = 9.0;
/// The widest name, as a part of the width: there are some on either side.
const NAMES: f64 = 0.3;

/// Draws the line of ranks with all that hangs on it.
pub(super) fn draw(ranks: &Ranks, sheet: &mut Sheet) {
    let count = ranks.names.len().max(2);
    let mut order: Vec<&(Name, f64)> = ranks.names.iter().collect();
    order.sort_by(|a, b| a.1.total_cmp(&b.1));
    let (better, worse) = order.split_at(order.len().div_ceil(2));
    let room = |names: &[&(Name, f64)]| names.iter().map(|hung| width(&text(hung), TEXT)).fold(0.0, f64::max) + 14.0;
    let left = MARGIN + room(better);
    let area =
        Area { left, top: sheet.below + 2.0 * LINE + 14.0, width: WIDTH - MARGIN - room(worse) - left, height: 0.0 };
    let x = |rank: f64| area.x((rank - 1.0) / (count - 1) as f64);
    critical(ranks, sheet, &x);
    sheet.line((area.left, area.top), (area.right(), area.top), INK, 1.5);
    // As many numbers as there is room for.
    let every = count.div_ceil((area.width / 24.0).max(2.0) as usize);
    for rank in (1..=count).filter(|rank| (rank - 1) % every == 0 || *rank == count) {
        let x = x(rank as f64);
        sheet.line((x, area.top - 5.0), (x, area.top), INK, 1.5);
        sheet.text((x, area.top - 9.0), Anchor::Middle, &rank.to_string());
    }
    let bars = joined(ranks, sheet, area.top, &x);
    let top = area.top + BAR * bars as f64 + 26.0;
    for (row, hung) in better.iter().enumerate() {
        hang(sheet, hung, (x(hung.1), area.top), (area.left, top + ROW * row as f64), Anchor::End);
    }
    // The worst hangs highest, so that lines do not cross.
    for (row, hung) in worse.iter().rev().enumerate() {
        hang(sheet, hung, (x(hung.1), area.top), (area.right(), top + ROW * row as f64), Anchor::Start);
    }
    sheet.below = top + ROW * better.len() as f64;
    sheet.text((WIDTH / 2.0, sheet.below), Anchor::Middle, "average rank, 1 for the best");
}

/// A name as it is written.
fn text((name, rank): &(Name, f64)) -> String {
    format!("{} ({rank:.2})", shortened(&name.name, TEXT, NAMES * WIDTH - 50.0))
}

/// The length of the critical difference, above the line.
fn critical(ranks: &Ranks, sheet: &mut Sheet, x: &impl Fn(f64) -> f64) {
    let (start, end, y) = (x(1.0), x(1.0 + ranks.critical_difference), sheet.below + 8.0);
    let text = format!("critical difference {:.2}", ranks.critical_difference);
    if end > WIDTH - MARGIN {
        // Longer than the line: then nothing differs, and the number says it.
        return sheet.text((start, y + 4.0), Anchor::Start, &text);
    }
    sheet.line((start, y), (end, y), INK, 1.5);
    for x in [start, end] {
        sheet.line((x, y - 4.0), (x, y + 4.0), INK, 1.5);
    }
    sheet.text((end + 8.0, y + 5.0), Anchor::Start, &text);
}

/// Bars over those that do not differ; returns how many.
fn joined(ranks: &Ranks, sheet: &mut Sheet, top: f64, x: &impl Fn(f64) -> f64) -> usize {
    let groups: Vec<&Vec<usize>> = ranks.groups.iter().filter(|group| group.len() > 1).collect();
    for (place, group) in groups.iter().enumerate() {
        let of_group = || group.iter().map(|&name| ranks.names[name].1);
        let (best, worst) = (of_group().fold(f64::INFINITY, f64::min), of_group().fold(0.0, f64::max));
        let y = top + BAR * (place + 1) as f64;
        sheet.line((x(best) - 4.0, y), (x(worst) + 4.0, y), INK, 4.0);
    }
    groups.len()
}

/// A name beside the line, joined with its rank.
fn hang(sheet: &mut Sheet, hung: &(Name, f64), (x, top): (f64, f64), (side, y): (f64, f64), anchor: Anchor) {
    let (name, rank) = hung;
    let away = if anchor == Anchor::End { -6.0 } else { 6.0 };
    sheet.svg.open("g", &[("class", &"series")]);
    sheet.svg.text("title", &[], &format!("{}: {rank:.2}", name.name));
    let line: [(&str, &dyn std::fmt::Display); 4] = [
        ("points", &Points(&[(x, top), (x, y - 5.0), (side + away / 2.0, y - 5.0)])),
        ("fill", &"none"),
        ("stroke", &FRAME),
        ("stroke-width", &1.0),
    ];
    sheet.svg.empty("polyline", &line);
    marks::mark(sheet, Marker::Circle, (x, top), &Colour::hex(name.colour.rgb()));
    sheet.text((side + away, y), anchor, &text(hung));
    sheet.svg.close();
}

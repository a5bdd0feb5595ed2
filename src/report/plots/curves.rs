//! Lines over numbers, with bands: learning curves, and figures over a swept value.
//!
//! In: [`Curves`]. Out: the drawing. Of few names, all lines stand in one frame; of more, each kind of rows gets a frame of its
//! own beside the others, on one scale, since nobody can follow twenty lines.

use super::frame::{self, Area};
use super::legend::{self, Entry, Sample};
use super::marks;
use super::sheet::{Anchor, FRAME, LINE, MARGIN, Sheet, WIDTH};
use super::svg::{At, Points};
use crate::report::charts::{Colour, Curves, EventKind, Marker, Point, Role, Series, thinned};
use crate::report::ruler::{BEGINNING, Ruler, without_outliers};

/// The most names whose lines share one frame.
const IN_ONE_FRAME: usize = 3;
/// Height of the frames.
const HEIGHT: f64 = 230.0;
/// Between frames.
const BETWEEN: f64 = 14.0;
/// Points of a line: more cannot be told apart.
const MOST_POINTS: usize = 240;

/// Draws the lines that are to be seen without asking.
pub(super) fn draw(curves: &Curves, sheet: &mut Sheet) {
    let shown: Vec<&Series> = curves.series.iter().filter(|series| series.is_shown).collect();
    let (x, y) = rulers(curves, &shown);
    let frames = frames(&shown);
    let (across, up) = (x.ticks(if frames.len() > 1 { 3 } else { 6 }), y.ticks(6));
    sheet.below += LINE;
    sheet.text((MARGIN, sheet.below - 5.0), Anchor::Start, &curves.y.label);
    let left = MARGIN + frame::room(&curves.y, &up);
    let count = frames.len() as f64;
    let width = (WIDTH - MARGIN - 6.0 - left - (count - 1.0) * BETWEEN) / count;
    sheet.below += if frames.len() > 1 { LINE + 6.0 } else { 10.0 };
    for (number, (role, series)) in frames.iter().enumerate() {
        let left = left + number as f64 * (width + BETWEEN);
        let area = Area { left, top: sheet.below, width, height: HEIGHT };
        if let Some(role) = role {
            sheet.text((left + width / 2.0, sheet.below - 8.0), Anchor::Middle, role.name());
        }
        frame::upright(sheet, area, &curves.y, &up, number == 0);
        for &rule in &curves.rules {
            let inside = y.at(rule).filter(|at| (0.0..=1.0).contains(at));
            let height = inside.map(|at| area.y(at));
            height.into_iter().for_each(|y| sheet.line((area.left, y), (area.right(), y), FRAME, 1.0));
        }
        frame::level(sheet, area, &curves.x, &across);
        inside(sheet, area, number, |sheet| {
            let placed = Placed { area, x, y };
            series.iter().for_each(|series| placed.band(sheet, series));
            series.iter().for_each(|series| placed.line(sheet, series));
            series.iter().for_each(|series| placed.events(sheet, series));
        });
    }
    sheet.below += HEIGHT + 2.0 * LINE;
    sheet.text((left + (WIDTH - MARGIN - left) / 2.0, sheet.below), Anchor::Middle, &curves.x.label);
    sheet.below += 4.0;
    legend::draw(sheet, &entries(&shown, frames.len() > 1));
    let all: Vec<&Series> = curves.series.iter().collect();
    let (drawn, all) = (names(&shown).len(), names(&all).len());
    if drawn < all {
        sheet.remark(&format!("{drawn} of {all} are drawn: the baseline, what validation chose, then the first"));
    }
    if is_training(curves) {
        sheet.notes.push(
            "The height of the frame is that of what comes after the first steps; lines that leave it go on outside."
                .to_owned(),
        );
    }
}

/// Whether the lines show how training goes on, whose first steps are large.
fn is_training(curves: &Curves) -> bool {
    curves.x.label == "epoch"
}

/// Whether points are places of their own.
fn has_marks(shown: &[&Series]) -> bool {
    shown.iter().any(|series| series.has_marks || series.role == Role::Rows)
}

/// What is drawn in each frame, and of which rows where there are several.
fn frames<'a>(shown: &[&'a Series]) -> Vec<(Option<Role>, Vec<&'a Series>)> {
    let mut roles: Vec<Role> = shown.iter().map(|series| series.role).filter(|&role| is_of_rows(role)).collect();
    roles.sort_unstable();
    roles.dedup();
    if names(shown).len() <= IN_ONE_FRAME || roles.len() < 2 {
        return vec![(None, shown.to_vec())];
    }
    let of =
        |role: Role| shown.iter().copied().filter(|series| series.role == role || !is_of_rows(series.role)).collect();
    roles.into_iter().map(|role| (Some(role), of(role))).collect()
}

/// Whether a series is of one part of the rows.
fn is_of_rows(role: Role) -> bool {
    matches!(role, Role::Train | Role::Validation | Role::Test)
}

/// The names, each once, with the colour of the first line.
fn names<'a>(shown: &[&'a Series]) -> Vec<(&'a str, Colour, bool)> {
    let mut names: Vec<(&str, Colour, bool)> = Vec::new();
    for series in shown {
        if !names.iter().any(|(name, ..)| *name == series.name) {
            names.push((&series.name, series.colour, series.has_marks));
        }
    }
    names
}

fn rulers(curves: &Curves, shown: &[&Series]) -> (Ruler, Ruler) {
    let points = || shown.iter().flat_map(|series| &series.points);
    let across = || points().map(|point| point.x);
    let (first, last) = (across().fold(f64::INFINITY, f64::min), across().fold(f64::NEG_INFINITY, f64::max));
    let x = frame::ruler(&curves.x, across());
    let x = if first < last && !has_marks(shown) { x.exactly(first, last) } else { x };
    let heights = |point: &Point| point.band.map_or([point.y, point.y], |(low, high)| [low, high]);
    let heights = match is_training(curves) {
        true => {
            let later = points().filter(|point| x.at(point.x).is_some_and(|at| at >= BEGINNING));
            without_outliers(later.flat_map(heights).collect())
        }
        false => points().flat_map(heights).collect(),
    };
    (x, frame::ruler(&curves.y, heights))
}

/// What is drawn is cut off at the edges of the area.
fn inside(sheet: &mut Sheet, area: Area, number: usize, draw: impl FnOnce(&mut Sheet)) {
    // A line that runs along the edge is seen whole.
    const EDGE: f64 = 1.5;
    let id = format!("{}-frame-{number}", sheet.name);
    sheet.svg.open("clipPath", &[("id", &id)]);
    let (width, height) = (At(area.width + 2.0 * EDGE), At(area.height + 2.0 * EDGE));
    let place: [(&str, &dyn std::fmt::Display); 4] =
        [("x", &At(area.left - EDGE)), ("y", &At(area.top - EDGE)), ("width", &width), ("height", &height)];
    sheet.svg.empty("rect", &place);
    sheet.svg.close();
    sheet.svg.open("g", &[("clip-path", &format!("url(#{id})"))]);
    draw(sheet);
    sheet.svg.close();
}

/// Dashes and width of a line.
fn look(role: Role) -> (&'static str, f64) {
    match role {
        Role::Test => ("none", 2.2),
        Role::Train => ("7 4", 1.8),
        Role::Validation => ("1.5 3.5", 1.8),
        Role::Reference | Role::Rows => ("none", 1.2),
    }
}

/// An area with what lies where.
struct Placed {
    area: Area,
    x: Ruler,
    y: Ruler,
}

impl Placed {
    /// A number that has no place on a logarithmic axis lies far below it.
    fn at(&self, x: f64, y: f64) -> Option<(f64, f64)> {
        let below = (y <= 0.0).then_some(-1.0);
        let up = self.y.at(y).or(below)?;
        Some((self.area.x(self.x.at(x)?), self.area.y(up.clamp(-2.0, 3.0))))
    }

    fn band(&self, sheet: &mut Sheet, series: &Series) {
        let points = thinned(&series.points, MOST_POINTS);
        for stretch in points.split(|point| point.band.is_none()).filter(|stretch| stretch.len() > 1) {
            let edge = |of: fn((f64, f64)) -> f64| move |point: &Point| point.band.map(|band| (point.x, of(band)));
            let upper = stretch.iter().filter_map(edge(|band| band.1));
            let lower = stretch.iter().rev().filter_map(edge(|band| band.0));
            let around: Vec<(f64, f64)> = upper.chain(lower).filter_map(|(x, y)| self.at(x, y)).collect();
            let colour = Colour::hex(series.colour.rgb());
            let band: [(&str, &dyn std::fmt::Display); 3] =
                [("points", &Points(&around)), ("fill", &colour), ("fill-opacity", &0.13)];
            sheet.svg.empty("polygon", &band);
        }
    }

    /// The line with its marks, as a group that has the name.
    fn line(&self, sheet: &mut Sheet, series: &Series) {
        let colour = Colour::hex(series.colour.rgb());
        let points = thinned(&series.points, MOST_POINTS);
        let (dashes, width) = look(series.role);
        sheet.svg.open("g", &[("class", &"series")]);
        sheet.svg.text("title", &[], &format!("{}: {}", series.name, series.role.name()));
        let places: Vec<(f64, f64)> = points.iter().filter_map(|point| self.at(point.x, point.y)).collect();
        if series.role != Role::Rows {
            let line: [(&str, &dyn std::fmt::Display); 6] = [
                ("points", &Points(&places)),
                ("fill", &"none"),
                ("stroke", &colour),
                ("stroke-width", &width),
                ("stroke-linejoin", &"round"),
                ("stroke-dasharray", &dashes),
            ];
            sheet.svg.empty("polyline", &line);
        }
        // Of variants that share a colour, some marks tell them apart.
        let every = if series.has_marks || series.role == Role::Rows { 1 } else { (places.len() / 6).max(1) };
        let is_marked = series.has_marks || series.role == Role::Rows || series.colour.marker() != Marker::Circle;
        for &at in places.iter().skip(every / 2).step_by(every).filter(|_| is_marked) {
            marks::mark(sheet, series.colour.marker(), at, &colour);
        }
        sheet.svg.close();
    }

    fn events(&self, sheet: &mut Sheet, series: &Series) {
        let colour = Colour::hex(series.colour.rgb());
        for event in &series.events {
            if let Some(at) = self.at(event.x, event.y) {
                marks::event(sheet, event.kind, at, &colour);
            }
        }
    }
}

/// The names, then what dashes and marks mean.
fn entries(shown: &[&Series], are_apart: bool) -> Vec<Entry> {
    let named = names(shown);
    let marker =
        |colour: Colour, has_marks: bool| (has_marks || colour.marker() != Marker::Circle).then(|| colour.marker());
    let of_name = |&(name, colour, has_marks): &(&str, Colour, bool)| Entry {
        text: name.to_owned(),
        sample: Sample::Line(Colour::hex(colour.rgb()), "none", 2.2, marker(colour, has_marks)),
    };
    let mut roles: Vec<Role> = shown.iter().map(|series| series.role).filter(|&role| is_of_rows(role)).collect();
    roles.sort_unstable();
    roles.dedup();
    if are_apart || roles.len() < 2 {
        roles.clear();
    }
    let of_role = |role: Role| Entry {
        text: role.name().to_owned(),
        sample: Sample::Line(FRAME.to_owned(), look(role).0, look(role).1, None),
    };
    let mut kinds = Vec::new();
    for kind in shown.iter().flat_map(|series| &series.events).map(|event| event.kind) {
        if !kinds.contains(&kind) {
            kinds.push(kind);
        }
    }
    let of_kind = |kind: EventKind| Entry { text: kind.name().to_owned(), sample: Sample::Event(kind) };
    named.iter().map(of_name).chain(roles.into_iter().map(of_role)).chain(kinds.into_iter().map(of_kind)).collect()
}

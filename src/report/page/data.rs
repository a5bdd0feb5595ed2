//! The charts as JSON for the script of the page.
//!
//! In: charts. Out: JSON of which no part can end the element that it stands in: `<` is written `\u003c`. Numbers have six digits,
//! long lines are thinned: the page is for looking at.

use serde_json::{Map, Value, json};

use crate::report::charts::{
    Axis, Bars, Chart, Colour, Curves, HeatMap, Marker, Name, Plot, Point, Ranks, Scale, Series, Unit, thinned,
};

/// So many points all lines of the page may have together: about three megabytes.
const POINTS: usize = 110_000;
/// The most that a line needs on a screen.
const MOST_OF_A_LINE: usize = 400;
/// The fewest that show its shape.
const LEAST_OF_A_LINE: usize = 24;

/// The charts, as a JSON array.
pub(super) fn json(charts: &[Chart]) -> String {
    let lines: usize =
        charts.iter().map(|chart| if let Plot::Curves(curves) = &chart.plot { curves.series.len() } else { 0 }).sum();
    let most = (POINTS / lines.max(1)).clamp(LEAST_OF_A_LINE, MOST_OF_A_LINE);
    let all: Vec<Value> = charts.iter().map(|chart| described(chart, most)).collect();
    Value::Array(all).to_string().replace('<', "\\u003c")
}

fn described(chart: &Chart, most: usize) -> Value {
    let mut fields = match &chart.plot {
        Plot::Curves(curves) => curves_fields(curves, most),
        Plot::Bars(bars) => bars_fields(bars),
        Plot::HeatMap(map) => heat_fields(map),
        Plot::Ranks(ranks) => ranks_fields(ranks),
    };
    fields.insert("name".to_owned(), json!(chart.name));
    fields.insert("title".to_owned(), json!(chart.title));
    fields.insert("short".to_owned(), json!(chart.name.rsplit('-').next()));
    fields.into()
}

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(fields) => fields,
        _ => Map::new(),
    }
}

fn axis(axis: &Axis) -> Value {
    json!({
        "label": axis.label, "log": axis.scale == Scale::Log, "suffix": axis.unit.suffix(), "points": axis.unit == Unit::Points,
    })
}

fn curves_fields(curves: &Curves, most: usize) -> Map<String, Value> {
    object(json!({
        "kind": "curves", "x": axis(&curves.x), "y": axis(&curves.y), "rules": curves.rules,
        "series": curves.series.iter().map(|line| series(line, most)).collect::<Vec<_>>(),
    }))
}

fn series(line: &Series, most: usize) -> Value {
    let points = thinned(&line.points, most);
    let column = |of: &dyn Fn(&Point) -> Option<f64>| points.iter().map(|point| number(of(point))).collect::<Vec<_>>();
    let mut fields = object(json!({
        "name": line.name, "colour": colour(line.colour), "shape": shape(line.colour), "role": line.role.name(),
        "marks": line.has_marks, "shown": line.is_shown,
        "x": column(&|point| Some(point.x)), "y": column(&|point| Some(point.y)),
        "events": line.events.iter().map(|event| json!([event.kind.name(), number(Some(event.x)), number(Some(event.y))])).collect::<Vec<_>>(),
    }));
    if points.iter().any(|point| point.band.is_some()) {
        fields.insert("low".to_owned(), json!(column(&|point| point.band.map(|(low, _)| low))));
        fields.insert("high".to_owned(), json!(column(&|point| point.band.map(|(_, high)| high))));
    }
    fields.into()
}

fn bars_fields(bars: &Bars) -> Map<String, Value> {
    let group = |group: &crate::report::charts::Group| {
        let column = |of: &dyn Fn(&crate::report::charts::Bar) -> Option<f64>| {
            group.bars.iter().map(|bar| number(bar.as_ref().and_then(of))).collect::<Vec<_>>()
        };
        json!({
            "role": group.role.name(), "value": column(&|bar| Some(bar.value)),
            "low": column(&|bar| bar.interval.map(|(low, _)| low)), "high": column(&|bar| bar.interval.map(|(_, high)| high)),
        })
    };
    object(json!({
        "kind": "bars", "value": axis(&bars.value), "zero": bars.is_from_zero, "rules": bars.rules,
        "names": bars.names.iter().map(name).collect::<Vec<_>>(),
        "groups": bars.groups.iter().map(group).collect::<Vec<_>>(),
    }))
}

fn heat_fields(map: &HeatMap) -> Map<String, Value> {
    let row = |row: &Vec<Option<f64>>| row.iter().map(|&value| number(value)).collect::<Vec<_>>();
    object(json!({
        "kind": "heat", "x": map.x, "columns": map.columns, "y": map.y, "rows": map.rows, "value": axis(&map.value),
        "cells": map.cells.iter().map(row).collect::<Vec<_>>(),
    }))
}

fn ranks_fields(ranks: &Ranks) -> Map<String, Value> {
    let ranked = |(own, rank): &(Name, f64)| {
        let mut fields = object(name(own));
        fields.insert("rank".to_owned(), json!(rank));
        Value::from(fields)
    };
    object(json!({
        "kind": "ranks", "names": ranks.names.iter().map(ranked).collect::<Vec<_>>(),
        "critical": ranks.critical_difference, "groups": ranks.groups,
    }))
}

fn name(name: &Name) -> Value {
    json!({ "name": name.name, "colour": colour(name.colour), "shape": shape(name.colour) })
}

/// On paper, and on a dark screen.
fn colour(colour: Colour) -> [String; 2] {
    [Colour::hex(colour.rgb()), Colour::hex(colour.rgb_on_dark())]
}

fn shape(colour: Colour) -> &'static str {
    match colour.marker() {
        Marker::Circle => "circle",
        Marker::Square => "square",
        Marker::Diamond => "diamond",
        Marker::Triangle => "triangle",
        Marker::Cross => "cross",
    }
}

/// Six digits are more than a screen shows; whole numbers stay whole.
fn number(value: Option<f64>) -> Value {
    let Some(value) = value.filter(|value| value.is_finite()) else { return Value::Null };
    match format!("{value:.5e}").parse::<f64>() {
        Ok(short) if short.fract() == 0.0 && short.abs() < 1e15 => json!(short as i64),
        Ok(short) => json!(short),
        Err(_) => Value::Null,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::charts::{Role, Table};

    fn chart(lines: usize, points: usize, name: &str) -> Chart {
        let point =
            |x: usize| Point { x: x as f64, y: (x as f64 / 7.0).sin(), band: Some((0.123_456_789, 0.987_654_321)) };
        let line = Series {
            name: name.to_owned(),
            colour: Colour::of(1, 0),
            role: Role::Test,
            has_marks: false,
            is_shown: true,
            points: (0..points).map(point).collect(),
            events: Vec::new(),
        };
        let axis = Axis { label: "a".to_owned(), scale: Scale::Linear, unit: Unit::Percent };
        let (x, y) = (axis.clone(), axis);
        Chart {
            name: "learning-curve-loss".to_owned(),
            title: name.to_owned(),
            caption: String::new(),
            plot: Plot::Curves(Curves { x, y, series: vec![line; lines], rules: Vec::new() }),
            table: Table::default(),
        }
    }

    #[test]
    fn nothing_in_a_name_can_end_the_element_or_the_text() {
        let name = "</script><script>alert(1)</script> \"quoted\" \\ 正则化";
        let text = json(&[chart(1, 2, name)]);
        assert!(!text.contains('<'), "{text}");
        let back: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(back[0]["series"][0]["name"], name);
        assert_eq!(back[0]["series"][0]["low"][0], 0.123_457);
    }

    #[test]
    fn a_thousand_lines_of_a_thousand_epochs_stay_below_five_megabytes() {
        let size = json(&[chart(1000, 1001, "variant")]).len();
        assert!(size < 5_000_000 && size > 1_000_000, "{size}");
        assert_eq!(number(Some(1.0)).to_string(), "1");
        assert_eq!(number(Some(f64::NAN)), Value::Null);
    }
}

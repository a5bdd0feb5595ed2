use roxmltree::{Document, Node};

use super::*;
use crate::report::charts::{
    Axis, Bar, Bars, Colour, Curves, Event, EventKind, Group, HeatMap, Name, Point, Ranks, Role, Scale, Series, Table,
    Unit,
};

const HOSTILE: &str = "</text><script>alert('x')</script> & \"$x$\" 过拟合 \u{202e}אבג\u{1b}";

fn axis(label: &str, unit: Unit) -> Axis {
    Axis { label: label.to_owned(), scale: Scale::Linear, unit }
}

fn chart(plot: Plot) -> Chart {
    Chart {
        name: "test-chart".to_owned(),
        title: format!("A title with {HOSTILE}"),
        caption: format!("A caption with {HOSTILE}."),
        plot,
        table: Table::default(),
    }
}

fn name(place: usize) -> String {
    if place == 1 { HOSTILE.repeat(6) } else { format!("variant {place}") }
}

fn series(place: usize, role: Role) -> Series {
    let height = |x: u32| 50.0 + place as f64 + f64::from(x) / 2.0;
    let point = |x: u32| Point { x: x.into(), y: height(x), band: Some((height(x) - 1.0, height(x) + 1.0)) };
    Series {
        name: name(place),
        colour: Colour::of(place, 0),
        role,
        has_marks: false,
        is_shown: true,
        points: (0..=60).map(point).collect(),
        events: vec![Event { kind: EventKind::Best, x: 30.0, y: height(30) }],
    }
}

fn curves(names: usize) -> Curves {
    let roles = [Role::Train, Role::Validation, Role::Test];
    let series = (0..names).flat_map(|place| roles.map(|role| series(place, role)));
    Curves {
        x: axis("epoch", Unit::Plain),
        y: axis("accuracy", Unit::Percent),
        series: series.collect(),
        rules: vec![],
    }
}

fn bars(names: usize, is_from_zero: bool) -> Bars {
    let bar = |place: usize| {
        let value = place as f64 - 1.0;
        (place != 2).then_some(Bar { value, interval: Some((value - 0.5, value + 0.5)) })
    };
    let group = |role| Group { role, bars: (0..names).map(bar).collect() };
    Bars {
        value: axis("gap", Unit::Points),
        names: (0..names).map(|place| Name { name: name(place), colour: Colour::of(place, 0) }).collect(),
        groups: vec![group(Role::Train), group(Role::Test)],
        is_from_zero,
        rules: vec![0.0],
    }
}

fn heat_map() -> HeatMap {
    HeatMap {
        x: "remedies.dropout.hidden".to_owned(),
        columns: vec!["0.1".to_owned(), "0.5".to_owned()],
        y: HOSTILE.to_owned(),
        rows: vec!["1e-3".to_owned(), HOSTILE.to_owned()],
        value: axis("gap", Unit::Points),
        cells: vec![vec![Some(-1.0), None], vec![Some(2.0), Some(f64::NAN)]],
    }
}

fn ranks() -> Ranks {
    let names = (0..5).map(|place| Name { name: name(place), colour: Colour::of(place, 0) });
    let ranks = [4.5, 1.2, 2.0, 3.0, 4.3];
    Ranks { names: names.zip(ranks).collect(), critical_difference: 1.5, groups: vec![vec![1, 2], vec![0, 4], vec![3]] }
}

fn all() -> Vec<Chart> {
    let plots = [
        Plot::Curves(curves(2)),
        Plot::Curves(curves(8)),
        Plot::Bars(bars(4, true)),
        Plot::Bars(bars(4, false)),
        Plot::HeatMap(heat_map()),
        Plot::Ranks(ranks()),
    ];
    plots.into_iter().map(chart).collect()
}

/// The elements of a class.
fn of_class<'a>(document: &'a Document<'a>, class: &str) -> Vec<Node<'a, 'a>> {
    document.descendants().filter(|node| node.attribute("class") == Some(class)).collect()
}

fn elements(document: &Document<'_>, name: &str) -> usize {
    document.descendants().filter(|node| node.has_tag_name(("http://www.w3.org/2000/svg", name))).count()
}

#[test]
fn every_kind_is_well_formed_and_says_what_it_is() {
    for chart in all() {
        let text = svg(&chart);
        let document = Document::parse(&text).unwrap_or_else(|error| panic!("{error}\n{text}"));
        let root = document.root_element();
        assert_eq!(root.attribute("role"), Some("img"));
        let size = [root.attribute("width").unwrap(), root.attribute("height").unwrap()];
        assert_eq!(root.attribute("viewBox"), Some(format!("0 0 {} {}", size[0], size[1]).as_str()));
        let child = |name: &str| root.children().find(|node| node.tag_name().name() == name).unwrap();
        assert!(child("title").text().unwrap().starts_with("A title with </text><script>"));
        assert!(child("desc").text().unwrap().contains("& \"$x$\" 过拟合"));
        let labelled = root.attribute("aria-labelledby").unwrap();
        assert_eq!(labelled, "test-chart-title test-chart-desc");
        assert_eq!(child("title").attribute("id"), Some("test-chart-title"));
        assert_eq!(elements(&document, "script"), 0);
        assert!(!text.contains("NaN") && !text.contains("inf"), "{text}");
    }
}

#[test]
fn the_same_chart_gives_the_same_bytes() {
    assert_eq!(all().iter().map(svg).collect::<Vec<_>>(), all().iter().map(svg).collect::<Vec<_>>());
}

#[test]
fn every_name_is_there_whole_however_short_it_is_drawn() {
    for chart in all() {
        let text = svg(&chart);
        let document = Document::parse(&text).unwrap();
        if let Plot::HeatMap(_) = chart.plot {
            continue;
        }
        let whole = crate::report::harmless(&name(1));
        let titles = document.descendants().filter(|node| node.tag_name().name() == "title");
        assert!(titles.filter_map(|title| title.text()).any(|title| title.starts_with(&whole)), "{text}");
        let longest = document.descendants().filter(|node| node.tag_name().name() == "text");
        let longest = longest.filter_map(|node| node.text()).map(|text| text.chars().count()).max().unwrap();
        assert!(longest < 100, "{longest}");
    }
}

#[test]
fn every_line_that_is_to_be_seen_is_drawn_once_with_its_band_and_events() {
    for names in [2, 8] {
        let mut drawn = curves(names);
        drawn.series.last_mut().unwrap().is_shown = false;
        let text = svg(&chart(Plot::Curves(drawn)));
        let document = Document::parse(&text).unwrap();
        assert_eq!(of_class(&document, "series").len(), 3 * names - 1);
        assert_eq!(elements(&document, "polyline"), 3 * names - 1);
        assert_eq!(elements(&document, "polygon"), 3 * names - 1, "bands");
        // And one in the legend.
        assert_eq!(elements(&document, "circle"), 3 * names - 1 + 1, "events");
        let frames = if names == 2 { 1 } else { 3 };
        assert_eq!(elements(&document, "clipPath"), frames);
    }
}

#[test]
fn what_is_left_out_is_said() {
    let mut drawn = curves(8);
    let hide = |series: &mut Series| series.is_shown = series.name != name(7);
    drawn.series.iter_mut().for_each(hide);
    assert!(svg(&chart(Plot::Curves(drawn))).contains(">7 of 8 are drawn"));
    assert!(!svg(&chart(Plot::Curves(curves(8)))).contains("are drawn"));
}

#[test]
fn lines_stay_inside_the_sheet_and_bars_begin_at_zero() {
    let text = svg(&chart(Plot::Bars(bars(4, true))));
    let document = Document::parse(&text).unwrap();
    let number = |node: &Node<'_, '_>, name: &str| node.attribute(name).and_then(|value| value.parse::<f64>().ok());
    let length = |node: &Node<'_, '_>| Some(number(node, "y2")? - number(node, "y1")?);
    let mut upright = document.descendants().filter(|node| node.attribute("x1") == node.attribute("x2"));
    let rule = upright.find(|node| node.attribute("stroke") == Some(sheet::FRAME) && length(node) > Some(50.0));
    let zero = number(&rule.expect("a line at 0"), "x1").unwrap();
    let bars: Vec<(f64, f64)> = document
        .descendants()
        .filter(|node| node.has_attribute("fill-opacity"))
        .map(|bar| (number(&bar, "x").unwrap(), number(&bar, "width").unwrap()))
        .collect();
    assert_eq!(bars.len(), 6, "three names have figures, twice each");
    for (x, width) in bars {
        assert!((x - zero).abs() < 0.02 || (x + width - zero).abs() < 0.02, "{x} {width} {zero}");
        assert!(x >= 0.0 && x + width <= sheet::WIDTH);
    }
}

#[test]
fn a_figure_that_is_missing_has_no_colour_and_no_number() {
    let text = svg(&chart(Plot::HeatMap(heat_map())));
    assert_eq!(text.matches(">–</text>").count(), 2, "{text}");
}

#[test]
fn names_that_do_not_differ_are_joined() {
    let text = svg(&chart(Plot::Ranks(ranks())));
    // The group of one joins nothing.
    assert_eq!(text.matches("stroke-width=\"4\"").count(), 2);
    assert!(text.contains("critical difference 1.50"));
}

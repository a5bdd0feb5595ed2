//! The comparison as a table that fits the screen.
//!
//! In: the rows and the caption. Out: lines of at most the given width; long names wrap, and are cut after a few lines.

use comfy_table::{
    Cell, CellAlignment, ColumnConstraint, ContentArrangement, LineStyle, Row, Table, TableStyle, Width,
};

use super::caption::caption;
use super::rows::{rows, titles};
use super::{Style, diagnosed, dial, judged, selected};
use crate::analysis::Summary;
use crate::lab::Results;

/// The narrowest table that is worth wrapping into; on a narrower screen lines break where the terminal breaks them.
const LEAST_WIDTH: u16 = 60;

/// Lines of a name before it is cut.
const MOST_LINES: usize = 3;

/// The line between titles and figures.
const RULE: char = '─';

/// The table with its caption.
pub(super) fn table(results: &Results, summary: &Summary, style: Style) -> String {
    let titles = titles(results).iter().map(|title| title.replace(' ', "\n")).collect();
    let mut text = framed(titles, rows(results, summary), style);
    text.push('\n');
    text.extend(caption(results, summary).iter().map(|paragraph| wrapped(paragraph, style)));
    text.push_str(&by_dial(results, summary, style));
    text.push_str(&verdicts(judged::HEADING, judged::rows(results, summary), style));
    text.push_str(&diagnoses(results, summary, style));
    for tuned in selected::tables(results, summary) {
        text.push_str(&format!("\n{}", wrapped(tuned.heading, style)));
        text.push_str(&framed(tuned.titles, tuned.rows, style));
        text.push('\n');
        text.extend(tuned.caption.iter().map(|paragraph| wrapped(paragraph, style)));
        text.push_str(&verdicts(tuned.heading_judged, tuned.judged, style));
    }
    text
}

/// Verdicts below an empty line and their heading; nothing where there are none.
pub(super) fn verdicts(heading: &str, rows: Vec<Vec<String>>, style: Style) -> String {
    if rows.is_empty() {
        return String::new();
    }
    format!("\n{}{}", wrapped(heading, style), framed_with(judged::titles(), rows, style, Last::Words))
}

/// Differences by the values of a dial; nothing where there is none, or the screen too narrow for its values.
fn by_dial(results: &Results, summary: &Summary, style: Style) -> String {
    let Some(dial) = dial::table(results, summary) else { return String::new() };
    let figures = framed(dial.titles, dial.rows, style);
    if figures.lines().any(|line| line.chars().count() > width_of(style).into()) {
        return String::new();
    }
    format!("\n{}{figures}\n{}", wrapped(&dial.heading, style), wrapped(&dial.caption, style))
}

/// What the curves say, likewise, with what is to be known of it.
fn diagnoses(results: &Results, summary: &Summary, style: Style) -> String {
    let (rows, caption) = (diagnosed::rows(results, summary), diagnosed::caption(summary));
    let mut text = String::new();
    if !rows.is_empty() {
        text.push_str(&format!("\n{}", wrapped(&diagnosed::heading(summary), style)));
        text.push_str(&framed_with(diagnosed::titles(), rows, style, Last::Words));
    }
    text.extend(caption.map(|caption| format!("\n{}", wrapped(&caption, style))));
    text
}

/// A paragraph in lines that fit the screen.
pub(in crate::report) fn wrapped(paragraph: &str, style: Style) -> String {
    let table = plain_table(width_of(style)).add_row([paragraph]).to_string();
    table.lines().map(|line| format!("{}\n", line.trim())).collect()
}

/// Titles, a line below them, and rows, of which the first cell is text and the others are numbers.
pub(in crate::report) fn framed(titles: Vec<String>, rows: Vec<Vec<String>>, style: Style) -> String {
    framed_with(titles, rows, style, Last::Number)
}

/// What the last column holds.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in crate::report) enum Last {
    Number,
    Words,
}

/// The same, whose last column may be text too.
pub(in crate::report) fn framed_with(titles: Vec<String>, rows: Vec<Vec<String>>, style: Style, last: Last) -> String {
    let mut text = String::new();
    let mut is_title = style.colour;
    for line in figures(titles, rows, width_of(style), last).lines().map(str::trim_end) {
        is_title &= !line.starts_with(RULE);
        text.push_str(&if is_title { format!("\u{1b}[1m{line}\u{1b}[0m\n") } else { format!("{line}\n") });
    }
    text
}

fn width_of(style: Style) -> u16 {
    style.width.max(LEAST_WIDTH)
}

fn figures(titles: Vec<String>, rows: Vec<Vec<String>>, width: u16, last: Last) -> String {
    let numbers = titles.len() - 1 - usize::from(last == Last::Words);
    let mut table = plain_table(width);
    table.load_style(TableStyle::new().header_separator(LineStyle::none().fill(RULE).junction(RULE)));
    table.set_header(titles.iter().map(Cell::new).collect::<Vec<_>>());
    for cells in rows {
        let mut row = Row::from(cells);
        row.max_height(MOST_LINES);
        table.add_row(row);
    }
    let widths = table.column_max_content_widths();
    for column in table.column_iter_mut() {
        column.set_padding((0, 1));
    }
    for (column, width) in table.column_iter_mut().zip(widths).skip(1).take(numbers) {
        column.set_cell_alignment(CellAlignment::Right);
        // Names wrap, numbers never.
        column.set_constraint(ColumnConstraint::LowerBoundary(Width::Fixed(width + column.padding_width())));
    }
    table.to_string()
}

fn plain_table(width: u16) -> Table {
    let mut table = Table::new();
    table.load_style(TableStyle::new()).set_content_arrangement(ContentArrangement::Dynamic).set_width(width);
    table.set_truncation_indicator("…");
    table
}

//! The comparison as a table that fits the screen.
//!
//! In: the rows and the caption. Out: lines of at most the given width; long names wrap, and are cut after a few lines.

use comfy_table::{
    Cell, CellAlignment, ColumnConstraint, ContentArrangement, LineStyle, Row, Table, TableStyle, Width,
};

use super::caption::caption;
use super::rows::{rows, titles};
use super::{Style, selected};
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
    if !summary.selected.is_empty() {
        text.push_str(&format!("\n{}", wrapped(selected::HEADING, style)));
        let titles = selected::titles().into_iter().map(str::to_owned).collect();
        text.push_str(&framed(titles, selected::rows(results, summary), style));
        text.push('\n');
        text.extend(selected::caption(results, summary).iter().map(|paragraph| wrapped(paragraph, style)));
    }
    text
}

/// A paragraph in lines that fit the screen.
pub(super) fn wrapped(paragraph: &str, style: Style) -> String {
    let table = plain_table(width_of(style)).add_row([paragraph]).to_string();
    table.lines().map(|line| format!("{}\n", line.trim())).collect()
}

/// Titles, a line below them, and rows, of which the first cell is text and the others are numbers.
pub(super) fn framed(titles: Vec<String>, rows: Vec<Vec<String>>, style: Style) -> String {
    let mut text = String::new();
    let mut is_title = style.colour;
    for line in figures(titles, rows, width_of(style)).lines().map(str::trim_end) {
        is_title &= !line.starts_with(RULE);
        text.push_str(&if is_title { format!("\u{1b}[1m{line}\u{1b}[0m\n") } else { format!("{line}\n") });
    }
    text
}

fn width_of(style: Style) -> u16 {
    style.width.max(LEAST_WIDTH)
}

fn figures(titles: Vec<String>, rows: Vec<Vec<String>>, width: u16) -> String {
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
    for (column, width) in table.column_iter_mut().zip(widths).skip(1) {
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

//! The comparison as a table that fits the screen.
//!
//! In: the rows and the caption. Out: lines of at most the given width; long names wrap, and are cut after a few lines.

use comfy_table::{
    Cell, CellAlignment, ColumnConstraint, ContentArrangement, LineStyle, Row, Table, TableStyle, Width,
};

use super::Style;
use super::caption::caption;
use super::rows::{rows, titles};
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
    let width = style.width.max(LEAST_WIDTH);
    let mut text = String::new();
    let mut is_title = style.colour;
    for line in figures(results, summary, width).lines().map(str::trim_end) {
        is_title &= !line.starts_with(RULE);
        text.push_str(&if is_title { format!("\u{1b}[1m{line}\u{1b}[0m\n") } else { format!("{line}\n") });
    }
    text.push('\n');
    for paragraph in caption(results, summary) {
        for line in plain_table(width).add_row([paragraph]).lines() {
            text.push_str(line.trim());
            text.push('\n');
        }
    }
    text
}

fn figures(results: &Results, summary: &Summary, width: u16) -> String {
    let titles = titles(results);
    let mut table = plain_table(width);
    table.load_style(TableStyle::new().header_separator(LineStyle::none().fill(RULE).junction(RULE)));
    table.set_header(titles.iter().map(|title| Cell::new(title.replace(' ', "\n"))).collect::<Vec<_>>());
    for cells in rows(results, summary) {
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

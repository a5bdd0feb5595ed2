//! The comparison as a Markdown table, with the caption as paragraphs below it.

use super::caption::caption;
use super::rows::{rows, titles};
use crate::analysis::Summary;
use crate::lab::Results;

/// The table with its caption.
pub(super) fn table(results: &Results, summary: &Summary) -> String {
    let titles = titles(results);
    let mut text = line(titles.iter().map(|&title| title.to_owned()));
    text.push_str(&line(
        titles.iter().enumerate().map(|(column, _)| if column == 0 { ":---" } else { "---:" }.to_owned()),
    ));
    for row in rows(results, summary) {
        text.push_str(&line(row.iter().map(|cell| escaped(cell))));
    }
    for paragraph in caption(results, summary) {
        text.push_str(&format!("\n{}\n", escaped(&paragraph)));
    }
    text
}

fn line(cells: impl Iterator<Item = String>) -> String {
    format!("| {} |\n", cells.collect::<Vec<_>>().join(" | "))
}

/// Names may hold what Markdown or HTML would take for markup.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(c, '\\' | '|' | '<' | '*' | '_' | '`' | '[' | ']' | '&') {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    escaped
}

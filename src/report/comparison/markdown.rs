//! The comparison as a Markdown table, with the caption as paragraphs below it.

use super::caption::caption;
use super::rows::{rows, titles};
use super::{diagnosed, dial, judged, selected};
use crate::analysis::Summary;
use crate::lab::Results;

/// The table with its caption.
pub(super) fn table(results: &Results, summary: &Summary) -> String {
    let mut text = lines(titles(results), rows(results, summary));
    push_paragraphs(&mut text, caption(results, summary));
    if let Some(dial) = dial::table(results, summary) {
        push_paragraphs(&mut text, vec![dial.heading]);
        text.push_str(&format!("\n{}", lines(dial.titles, dial.rows)));
        push_paragraphs(&mut text, vec![dial.caption]);
    }
    push_judged(&mut text, judged::HEADING, judged::rows(results, summary));
    push_diagnosed(&mut text, results, summary);
    for tuned in selected::tables(results, summary) {
        push_paragraphs(&mut text, vec![tuned.heading.to_owned()]);
        text.push_str(&format!("\n{}", lines(tuned.titles, tuned.rows)));
        push_paragraphs(&mut text, tuned.caption);
        push_judged(&mut text, tuned.heading_judged, tuned.judged);
    }
    text
}

fn push_judged(text: &mut String, heading: &str, rows: Vec<Vec<String>>) {
    if !rows.is_empty() {
        push_paragraphs(text, vec![heading.to_owned()]);
        text.push_str(&format!("\n{}", lines(judged::titles(), rows)));
    }
}

fn push_diagnosed(text: &mut String, results: &Results, summary: &Summary) {
    let rows = diagnosed::rows(results, summary);
    if !rows.is_empty() {
        push_paragraphs(text, vec![diagnosed::heading(summary)]);
        text.push_str(&format!("\n{}", lines(diagnosed::titles(), rows)));
    }
    push_paragraphs(text, diagnosed::caption(summary).into_iter().collect());
}

fn push_paragraphs(text: &mut String, paragraphs: Vec<String>) {
    text.extend(paragraphs.iter().map(|paragraph| format!("\n{}\n", escaped(paragraph))));
}

/// Titles and rows, of which the first cell is text and the others are numbers.
pub(in crate::report) fn lines(titles: Vec<String>, rows: Vec<Vec<String>>) -> String {
    let columns = titles.len();
    let mut text = line(titles.iter().map(|title| escaped(title)));
    text.push_str(&line((0..columns).map(|column| if column == 0 { ":---" } else { "---:" }.to_owned())));
    for row in rows {
        text.push_str(&line(row.iter().map(|cell| escaped(cell))));
    }
    text
}

fn line(cells: impl Iterator<Item = String>) -> String {
    format!("| {} |\n", cells.collect::<Vec<_>>().join(" | "))
}

/// Names may hold what Markdown or HTML would take for markup.
pub(in crate::report) fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(c, '\\' | '|' | '<' | '*' | '_' | '`' | '[' | ']' | '&' | '$' | '~') {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    escaped
}

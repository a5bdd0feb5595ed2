//! The comparison as a list of tables with headings and paragraphs, for whoever lays them out: the page.
//!
//! In: the summary. Out: [`Part`]s, in the order of the terminal.

use super::caption::caption;
use super::{diagnosed, dial, judged, rows, selected};
use crate::analysis::Summary;
use crate::lab::Results;

/// A table with what stands around it.
#[derive(Debug, Clone, PartialEq, Default)]
pub(in crate::report) struct Part {
    /// What stands above it; may be empty.
    pub heading: String,
    /// The titles of its columns; the first column is text.
    pub titles: Vec<String>,
    /// Its rows; none where only the paragraphs are to be said.
    pub rows: Vec<Vec<String>>,
    /// Whether the last column is text too.
    pub ends_with_words: bool,
    /// How it is to be read.
    pub paragraphs: Vec<String>,
}

/// All of the comparison.
pub(in crate::report) fn parts(results: &Results, summary: &Summary) -> Vec<Part> {
    let mut parts = vec![Part {
        titles: rows::titles(results),
        rows: rows::rows(results, summary),
        paragraphs: caption(results, summary),
        ..Part::default()
    }];
    parts.extend(dial::table(results, summary).map(|dial| Part {
        heading: dial.heading,
        titles: dial.titles,
        rows: dial.rows,
        ends_with_words: false,
        paragraphs: vec![dial.caption],
    }));
    parts.extend(verdicts(judged::HEADING, judged::rows(results, summary)));
    parts.push(Part {
        heading: diagnosed::heading(summary),
        titles: diagnosed::titles(),
        rows: diagnosed::rows(results, summary),
        ends_with_words: true,
        paragraphs: diagnosed::caption(summary).into_iter().collect(),
    });
    for tuned in selected::tables(results, summary) {
        parts.push(Part {
            heading: tuned.heading.to_owned(),
            titles: tuned.titles,
            rows: tuned.rows,
            ends_with_words: false,
            paragraphs: tuned.caption,
        });
        parts.extend(verdicts(tuned.heading_judged, tuned.judged));
    }
    parts
}

fn verdicts(heading: &str, rows: Vec<Vec<String>>) -> Option<Part> {
    (!rows.is_empty()).then(|| Part {
        heading: heading.to_owned(),
        titles: judged::titles(),
        rows,
        ends_with_words: true,
        paragraphs: Vec::new(),
    })
}

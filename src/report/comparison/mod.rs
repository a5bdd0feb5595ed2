//! The comparison of the variants, for people and for scripts.
//!
//! In: [`Results`] and their [`Summary`]. Out: a text in one of four [`Format`]s: a table for the screen, the same as
//! Markdown, the columns of `summary.csv`, or JSON with full precision.

mod caption;
mod diagnosed;
mod dial;
pub(super) mod json;
pub(super) mod judged;
pub(super) mod judgement_json;
mod label;
pub(super) mod markdown;
mod measured;
mod parts;
pub(super) mod rows;
pub(super) mod screen;
pub(super) mod selected;
mod spent;
mod words;

pub(super) use diagnosed::rows as diagnosis_rows;
pub(super) use judged::{reason as doubt, unit};
pub use label::{cell_name, harmless, name_of, trial_label};
pub use measured::measured_tables;
pub(super) use parts::{Part, parts};
pub(super) use rows::significant;
pub(super) use selected::name as selected_name;
pub use spent::Spent;
pub(super) use words::{Scored, difference_in_words, p_in_words};

use super::dialect::CsvDialect;
use super::summary_csv::write_summary;
use crate::analysis::Summary;
use crate::lab::Results;

/// How the comparison is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Format {
    /// A table that fits the screen.
    #[default]
    Table,
    /// A Markdown table.
    Markdown,
    /// The columns of `summary.csv`.
    Csv,
    /// JSON with full precision.
    Json,
}

/// What the screen can show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Style {
    /// Columns of the terminal.
    pub width: u16,
    /// Whether escape sequences are allowed.
    pub colour: bool,
}

impl Default for Style {
    fn default() -> Self {
        Self { width: 80, colour: false }
    }
}

/// The comparison as text that ends with a line end; `spent` is what halving did. `style` is for [`Format::Table`] alone.
pub fn comparison(results: &Results, summary: &Summary, spent: Option<&Spent>, format: Format, style: Style) -> String {
    if let Some(nothing) = spent.and_then(|spent| spent.nothing_yet(format, style)) {
        return nothing;
    }
    match format {
        Format::Table => screen::table(results, summary, style),
        Format::Markdown => markdown::table(results, summary),
        Format::Json => json::comparison(results, summary, spent),
        Format::Csv => {
            let mut bytes = Vec::new();
            write_summary(results, summary, CsvDialect::Standard, &mut bytes)
                .expect("memory takes what is written into it");
            String::from_utf8(bytes).expect("every cell is text")
        }
    }
}

#[cfg(test)]
mod tests;

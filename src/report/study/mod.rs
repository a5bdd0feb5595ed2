//! The comparison of several experiments, or of scores made elsewhere, for people and for scripts.
//!
//! In: a [`Study`], and perhaps that of an oracle. Out: a text in one of four [`Format`]s. Of one experiment: each variant
//! beside the baseline. Of several: what they say together, then each for itself.

mod csv;
mod json;
mod tables;

use super::comparison::{Format, Style, markdown, screen};
use crate::analysis::Study;
pub(super) use tables::{Block, blocks};

/// The studies as text that ends with a line end: the honest one, then that of an oracle; either may be lacking. `style` is
/// for [`Format::Table`] alone.
pub fn studies(studies: &[Study], format: Format, style: Style) -> String {
    let blocks = || studies.iter().flat_map(blocks).collect::<Vec<_>>();
    match format {
        Format::Json => json::studies(studies),
        Format::Csv => csv::studies(studies),
        Format::Table => join(blocks(), |block| match block {
            Block::Text(paragraph) => screen::wrapped(paragraph, style),
            Block::Numbers(titles, rows) => screen::framed(titles.clone(), rows.clone(), style),
            Block::Verdicts(titles, rows) => {
                screen::framed_with(titles.clone(), rows.clone(), style, screen::Last::Words)
            }
        }),
        Format::Markdown => join(blocks(), |block| match block {
            Block::Text(paragraph) => format!("{}\n", markdown::escaped(paragraph)),
            Block::Numbers(titles, rows) | Block::Verdicts(titles, rows) => {
                markdown::lines(titles.clone(), rows.clone())
            }
        }),
    }
}

/// Blocks with empty lines between them.
fn join(blocks: Vec<Block>, write: impl Fn(&Block) -> String) -> String {
    blocks.iter().map(write).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests;

//! Tables as HTML: real ones, with headings that a screen reader knows.

use maud::{Markup, html};

use super::MOST_ROWS;

/// What the last column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Last {
    Number,
    Words,
}

/// A table whose first column is text; of very many rows the first.
pub(super) fn table(titles: &[String], rows: &[Vec<String>], last: Last) -> Markup {
    let is_words = |column: usize| last == Last::Words && column + 1 == titles.len();
    html! {
        div.scroll tabindex="0" role="region" aria-label="Table" {
            table {
                thead { tr { @for (column, title) in titles.iter().enumerate() { th .words[is_words(column)] scope="col" { (title) } } } }
                tbody {
                    @for row in rows.iter().take(MOST_ROWS) {
                        tr {
                            @for (column, cell) in row.iter().enumerate() {
                                @if column == 0 { th scope="row" { bdi { (cell) } } }
                                @else { td .words[is_words(column)] { (cell) } }
                            }
                        }
                    }
                }
            }
        }
        @if rows.len() > MOST_ROWS {
            p.quiet { "The first " (MOST_ROWS) " of " (rows.len()) " rows; the CSV files beside this page have all." }
        }
    }
}

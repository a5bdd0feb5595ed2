//! A plot beside a text: both begin at the top, and the longer one goes on alone.
//!
//! In: a text of lines, and the lines of a plot. Out: a text.

use textwrap::core::display_width;

/// Between text and plot.
const GAP: usize = 3;

/// The text on the left, in so many columns, and the plot on its right.
pub fn beside(text: &str, columns: u16, plot: &[String]) -> String {
    let mut left = text.lines();
    let mut joined = String::new();
    for line in plot {
        let text = left.next().unwrap_or_default();
        // Escape sequences take no room.
        let space = (usize::from(columns) + GAP).saturating_sub(display_width(text)).max(1);
        joined.push_str(format!("{text}{}{line}", " ".repeat(space)).trim_end());
        joined.push('\n');
    }
    joined.extend(left.map(|line| format!("{line}\n")));
    joined
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_plot_begins_at_one_column_also_beside_bold_text_and_ideographs() {
        let plot = ["|1", "|2", "|3"].map(str::to_owned);
        let bold = "\u{1b}[1mab\u{1b}[0m\n过\n";
        assert_eq!(beside(bold, 4, &plot), "\u{1b}[1mab\u{1b}[0m     |1\n过     |2\n       |3\n");
        assert_eq!(beside("a\nb\nc\nd\n", 1, &plot[..1]), "a   |1\nb\nc\nd\n");
    }
}

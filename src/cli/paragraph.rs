//! A title beside its text.

use textwrap::{Options, WordSplitter};

/// Columns of the titles.
const INDENT: usize = 16;
/// Columns of all: what every terminal has.
const WIDTH: usize = 80;

/// A title, and behind it the text in lines that fit 80 columns, one under the other.
pub(super) fn paragraph(title: &str, body: &str) -> String {
    let (first, others) = (format!("{:INDENT$}", format!("{title} ")), " ".repeat(INDENT));
    let options = Options::new(WIDTH).initial_indent(&first).subsequent_indent(&others);
    // The shape of a network, 64-128-10, is one word.
    let mut text = textwrap::fill(body, options.word_splitter(WordSplitter::NoHyphenation));
    text.push('\n');
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_text_stands_beside_its_title_in_lines_of_eighty_columns() {
        let text = paragraph("idea", &"word ".repeat(30));
        assert!(text.starts_with("idea            word word"));
        assert!(text.lines().count() == 3 && text.lines().all(|line| line.chars().count() <= WIDTH), "{text}");
        assert!(text.lines().skip(1).all(|line| line.starts_with("                word")));
    }

    #[test]
    fn a_long_title_stands_apart_from_its_text() {
        assert_eq!(paragraph("learning_rate_factor", "by which"), "learning_rate_factor by which\n");
    }
}

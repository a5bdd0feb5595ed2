//! Texts as messages quote them: whoever mistakes one file for another may hold a value of a megabyte in hand.

use std::borrow::Cow;

/// So many characters tell a reader which value is meant.
const MOST_CHARACTERS: usize = 80;

/// The text, cut off with `…` where it is too long to be quoted. Every message that quotes what a user wrote, in a config or
/// in a cell of a data file, quotes it through this.
pub fn shortened(text: &str) -> Cow<'_, str> {
    match text.char_indices().nth(MOST_CHARACTERS) {
        Some((end, _)) => Cow::Owned(format!("{}…", &text[..end])),
        None => Cow::Borrowed(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_text_is_cut_between_characters_and_a_short_one_is_left() {
        assert_eq!(shortened(&"é".repeat(80)), "é".repeat(80));
        assert_eq!(shortened(&"é".repeat(100_000)), "é".repeat(80) + "…");
        assert_eq!(shortened(""), "");
    }
}

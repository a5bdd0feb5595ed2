//! The first line `sep=;`, by which Excel is told what stands between cells.
//!
//! In: the text of a file. Out: the delimiter that its first line names; that line is no record then.

use super::delimiter::CANDIDATES;

/// What the first line says, if it says nothing else.
pub(super) fn delimiter_named_by_first_line(text: &str) -> Option<u8> {
    let line = text.lines().next()?.trim_end_matches(' ').trim_matches('"');
    let (key, value) = line.split_once('=')?;
    match value.as_bytes() {
        [sign] if key.eq_ignore_ascii_case("sep") && CANDIDATES.contains(sign) => Some(*sign),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_line_that_says_nothing_else_is_meant() {
        for (text, named) in [
            ("sep=;\na;b\n", Some(b';')),
            ("\"SEP=|\"\na|b\n", Some(b'|')),
            ("sep=\t\n", Some(b'\t')),
            ("sep=,\n", Some(b',')),
            ("sep=:\na:b\n", None),
            ("sep=;;\n", None),
            ("sep,b\n", None),
            ("a,b\nsep=;\n", None),
            ("", None),
        ] {
            assert_eq!(delimiter_named_by_first_line(text), named, "{text:?}");
        }
    }
}

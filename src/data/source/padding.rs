//! Blanks before quotes: `1, "a, b"`.
//!
//! In: CSV text whose cells may begin with blanks. Out: the same without them, so that a quote is the first character of its
//! cell, as the CSV reader wants it. Blanks around a cell never count, so that nothing else changes.

/// Takes the blanks away, block by block.
#[derive(Debug)]
pub(super) struct Padding {
    delimiter: u8,
    /// Nothing of the cell was seen yet, or only blanks.
    at_start: bool,
    is_quoted: bool,
    /// The last byte ended the quotes, unless a second one follows.
    after_quote: bool,
}

impl Padding {
    pub(super) fn new(delimiter: u8) -> Self {
        Self { delimiter, at_start: true, is_quoted: false, after_quote: false }
    }

    /// Takes the blanks of a block away.
    pub(super) fn strip(&mut self, block: &mut Vec<u8>) {
        block.retain(|&byte| !self.is_dropped(byte));
    }

    fn is_dropped(&mut self, byte: u8) -> bool {
        if self.is_quoted {
            (self.is_quoted, self.after_quote) = (byte != b'"', byte == b'"');
            return false;
        }
        if self.at_start && byte == b' ' {
            return true;
        }
        self.is_quoted = byte == b'"' && (self.at_start || self.after_quote);
        self.after_quote = false;
        self.at_start = byte == self.delimiter || byte == b'\n';
        false
    }
}

/// The text without blanks at the beginning of its cells.
pub(in crate::data) fn strip_padding(text: &str, delimiter: u8) -> String {
    let mut bytes = text.as_bytes().to_vec();
    Padding::new(delimiter).strip(&mut bytes);
    String::from_utf8(bytes).expect("only ASCII was taken away")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blanks_before_cells_go_and_those_in_quotes_stay() {
        assert_eq!(strip_padding("a,  \"b, \"\" c\", d e\n f\n", b','), "a,\"b, \"\" c\",d e\nf\n");
        assert_eq!(strip_padding("a\" b, c", b','), "a\" b,c", "a quote inside a cell is a letter");
    }

    #[test]
    fn it_does_not_matter_where_blocks_end() {
        let text = "1,  \"a, \"\"x\"\" ,\n b\", 2\n  3, 4\n";
        let whole = strip_padding(text, b',');
        let mut padding = Padding::new(b',');
        let mut piecewise = Vec::new();
        for byte in text.bytes() {
            let mut block = vec![byte];
            padding.strip(&mut block);
            piecewise.extend(block);
        }
        assert_eq!(String::from_utf8(piecewise).unwrap(), whole);
    }
}

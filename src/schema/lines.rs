//! From a byte of a text to its line.

use std::sync::Arc;

use super::Origin;

/// Where the lines of a file begin.
pub(super) struct Lines<'a> {
    file: &'a Arc<str>,
    /// The first byte of every line, ascending.
    starts: Vec<usize>,
}

impl<'a> Lines<'a> {
    pub(super) fn new(text: &str, file: &'a Arc<str>) -> Self {
        let after_breaks = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at + 1);
        Self { file, starts: std::iter::once(0).chain(after_breaks).collect() }
    }

    /// The number of the line that holds a byte, from 1.
    pub(super) fn line(&self, byte: usize) -> usize {
        self.starts.partition_point(|&start| start <= byte)
    }

    /// The line that holds a byte.
    pub(super) fn origin(&self, byte: usize) -> Origin {
        Origin::Line(self.file.clone(), self.line(byte))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_break_belongs_to_the_line_that_it_ends() {
        let file = "a".into();
        let lines = Lines::new("ab\n\ncd", &file);
        let found: Vec<String> = (0..7).map(|byte| lines.origin(byte).to_string()).collect();
        assert_eq!(found, ["a:1", "a:1", "a:1", "a:2", "a:3", "a:3", "a:3"]);
    }
}

//! Why a line of the store is no record, in words for whoever looks at the file.
//!
//! In: what the reader of JSON says, and the line. Out: the reason, as a fragment.

use serde::Deserialize;
use serde_json::error::Category;
use thiserror::Error;

use super::record::FORMAT;

/// Why a line is no record.
#[derive(Debug, Error)]
pub(super) enum LineError {
    /// The line ends too early.
    #[error("cut off")]
    CutOff,
    /// Not JSON.
    #[error("no JSON from its character {0} on")]
    NoJson(usize),
    /// JSON, but not with these keys.
    #[error("no record: {0}")]
    NoRecord(String),
    /// Another version of the layout.
    #[error("of format {found}{}, this one reads {FORMAT}", if *found > FORMAT.into() { ", which a later version writes" } else { "" })]
    Format { found: u64 },
    /// Columns that contradict each other.
    #[error("its curve has {rows} epochs, but not in every column and in increasing order")]
    Shape { rows: usize },
}

impl From<serde_json::Error> for LineError {
    fn from(error: serde_json::Error) -> Self {
        match error.classify() {
            Category::Eof => Self::CutOff,
            Category::Syntax | Category::Io => Self::NoJson(error.column()),
            Category::Data => {
                let text = error.to_string();
                // Positions within a line and our own types say nothing to a reader of the message.
                let text = text.rsplit_once(" at line ").map_or(text.as_str(), |(what, _)| what);
                Self::NoRecord(text.split(", expected struct ").next().unwrap_or(text).to_owned())
            }
        }
    }
}

/// The line of a later version may lack our keys: its format tells more than the first missing key.
pub(super) fn other_format(line: &[u8]) -> Option<LineError> {
    #[derive(Deserialize)]
    struct Header {
        format: u64,
    }
    let Header { format } = serde_json::from_slice(line).ok()?;
    (format != u64::from(FORMAT)).then_some(LineError::Format { found: format })
}

#[cfg(test)]
mod tests {
    use super::super::record::Record;
    use super::super::record::tests::example;

    #[test]
    fn what_is_wrong_with_a_line_is_said_in_plain_words() {
        let line = example("ab").to_line();
        let said = |line: &[u8]| Record::from_line(line).unwrap_err().to_string();
        assert_eq!(said(&line[..100]), "cut off");
        assert_eq!(said(b"\n"), "cut off");
        assert_eq!(said(b"{\"format\":1,,\n"), "no JSON from its character 13 on");
        assert_eq!(said(b"\0\0"), "no JSON from its character 1 on");
        assert_eq!(said(b"[]"), "no record: invalid length 0");
        assert_eq!(said(b"7"), "no record: invalid type: integer `7`");
        assert_eq!(said(b"{\"format\":1,\"trial\":\"ab\"}"), "no record: missing field `seed`");
    }
}

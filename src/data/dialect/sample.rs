//! The rows that a file begins with.
//!
//! In: its first bytes and their encoding. Out: records, as any delimiter makes them. A last line that is cut off is not
//! looked at.

use csv::StringRecord;

use super::Encoding;
use super::separator_line::delimiter_named_by_first_line;
use crate::data::source::strip_padding;

/// Bytes that are looked at, where they hold several lines.
const BYTES: usize = 1 << 16;
/// Lines that must be seen: of ten thousand columns, few lines fit the usual sample.
const LINES: usize = 5;
/// Bytes that are looked at at most.
const MOST_BYTES: usize = 1 << 23;

/// Whether so many bytes of a file are enough to guess by.
pub(in crate::data) fn is_enough(bytes: &[u8]) -> bool {
    let lines = || bytes.iter().filter(|&&byte| byte == b'\n' || byte == b'\r').count();
    bytes.len() >= MOST_BYTES || (bytes.len() >= BYTES && lines() >= LINES)
}

/// The beginning of a file as text, its line ends LF.
pub(super) struct Sample {
    text: String,
    /// The delimiter that the first line named, which is no part of the text then.
    pub(super) separator: Option<u8>,
}

impl Sample {
    pub(super) fn new(encoding: Encoding, bytes: &[u8], is_whole: bool) -> Self {
        let mut text = match encoding.decoder() {
            None => String::from_utf8_lossy(bytes).into_owned(),
            Some(mut decoder) => {
                let mut text = String::with_capacity(decoder.max_utf8_buffer_length(bytes.len()).unwrap_or(0));
                let _ = decoder.decode_to_string(bytes, &mut text, false);
                text
            }
        };
        if let Some(bare) = text.strip_prefix('\u{feff}') {
            text = bare.to_owned();
        }
        if text.contains('\r') {
            text = text.replace("\r\n", "\n").replace('\r', "\n");
        }
        if let (false, Some(end)) = (is_whole, text.rfind('\n')) {
            text.truncate(end + 1);
        }
        let separator = delimiter_named_by_first_line(&text);
        if separator.is_some() {
            text = text.split_once('\n').map_or(String::new(), |(_, rest)| rest.to_owned());
        }
        Self { text, separator }
    }

    /// The lines that are not blank.
    pub(super) fn lines(&self) -> impl Iterator<Item = &str> {
        self.text.lines().filter(|line| !line.trim().is_empty())
    }

    /// The records, blank ones left out.
    pub(super) fn records(&self, delimiter: u8, comment: Option<u8>) -> Vec<StringRecord> {
        let stripped = self.has_padded_quotes(delimiter).then(|| strip_padding(&self.text, delimiter));
        let text = stripped.as_deref().unwrap_or(&self.text);
        let reader = csv::ReaderBuilder::new()
            .delimiter(delimiter)
            .comment(comment)
            .has_headers(false)
            .flexible(true)
            .from_reader(text.as_bytes());
        let is_blank = |record: &StringRecord| record.iter().all(|cell| cell.trim().is_empty());
        reader.into_records().filter_map(Result::ok).filter(|record| !is_blank(record)).collect()
    }

    /// Whether a blank stands between a delimiter and a quote.
    pub(super) fn has_padded_quotes(&self, delimiter: u8) -> bool {
        let cells = self.text.split(['\n', char::from(delimiter)]);
        cells.into_iter().any(|cell| cell.starts_with(' ') && cell.trim_start_matches(' ').starts_with('"'))
    }
}

//! How letters are written in a file.
//!
//! In: its first bytes. Out: an [`Encoding`], by a byte order mark, by the zeros that UTF-16 has in every second byte of
//! plain letters, or by what is no UTF-8. What is neither is Latin-1, in which every byte is a letter: it can be read,
//! but not checked, and is always said.

use serde::{Deserialize, Serialize};

use super::Reading;
use super::settings::EncodingChoice;

/// How letters are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Encoding {
    /// UTF-8, with or without a byte order mark.
    Utf8,
    /// UTF-16, the low byte first.
    Utf16Le,
    /// UTF-16, the high byte first.
    Utf16Be,
    /// Windows-1252, as browsers read what calls itself ISO 8859-1.
    Latin1,
}

impl Encoding {
    /// What turns it into UTF-8; nothing where it is.
    pub(in crate::data) fn decoder(self) -> Option<encoding_rs::Decoder> {
        match self {
            Self::Utf8 => None,
            Self::Utf16Le => Some(encoding_rs::UTF_16LE.new_decoder_with_bom_removal()),
            Self::Utf16Be => Some(encoding_rs::UTF_16BE.new_decoder_with_bom_removal()),
            Self::Latin1 => Some(encoding_rs::WINDOWS_1252.new_decoder_without_bom_handling()),
        }
    }

    /// Its name in messages.
    pub(in crate::data) fn name(self) -> &'static str {
        match self {
            Self::Utf8 => "UTF-8",
            Self::Utf16Le | Self::Utf16Be => "UTF-16",
            Self::Latin1 => "Latin-1",
        }
    }
}

/// The encoding of a file that begins with `bytes`, of which a line is known not to be UTF-8 where `not_utf8` names it.
pub(super) fn guess(
    bytes: &[u8],
    choice: EncodingChoice,
    not_utf8: Option<u64>,
    readings: &mut Vec<Reading>,
) -> Encoding {
    match choice {
        EncodingChoice::Utf8 => return Encoding::Utf8,
        EncodingChoice::Latin1 => return Encoding::Latin1,
        EncodingChoice::Utf16 => return utf16(bytes).unwrap_or(Encoding::Utf16Le),
        EncodingChoice::Auto => {}
    }
    if bytes.starts_with(b"\xef\xbb\xbf") && not_utf8.is_none() {
        return Encoding::Utf8;
    }
    if let Some(encoding) = utf16(bytes) {
        readings.push(Reading::plain("UTF-16 (data.encoding)".to_owned()));
        return encoding;
    }
    let Some(line) = not_utf8.or_else(|| first_line_that_is_not_utf8(bytes)) else { return Encoding::Utf8 };
    readings.push(Reading::surprising(format!("Latin-1, as line {line} is not UTF-8 (data.encoding)")));
    Encoding::Latin1
}

/// UTF-16 by its mark, or by zeros in more than a third of the bytes at even places and in few at odd ones, or the other
/// way round.
fn utf16(bytes: &[u8]) -> Option<Encoding> {
    if bytes.starts_with(b"\xff\xfe") {
        return Some(Encoding::Utf16Le);
    }
    if bytes.starts_with(b"\xfe\xff") {
        return Some(Encoding::Utf16Be);
    }
    let zeros = |place: usize| bytes.iter().skip(place).step_by(2).filter(|&&byte| byte == 0).count();
    let (high, low, pairs) = (zeros(0), zeros(1), bytes.len() / 2);
    let is_high = |many: usize, few: usize| many * 3 > pairs && few * 20 < pairs;
    match (is_high(low, high), is_high(high, low)) {
        (true, _) => Some(Encoding::Utf16Le),
        (_, true) => Some(Encoding::Utf16Be),
        _ => None,
    }
}

/// The line, from 1, of the first byte that is no UTF-8; a letter that is cut off at the very end is not meant.
fn first_line_that_is_not_utf8(bytes: &[u8]) -> Option<u64> {
    let error = std::str::from_utf8(bytes).err()?;
    error.error_len()?;
    let before = &bytes[..error.valid_up_to()];
    let count = |end: u8| before.iter().filter(|&&byte| byte == end).count() as u64;
    let line_ends = if before.contains(&b'\n') { count(b'\n') } else { count(b'\r') };
    Some(line_ends + 1)
}

//! How a file is written: its encoding, what stands between its cells, which lines are comments, how it writes numbers.
//!
//! In: the first rows of a file, and what the settings say. Out: a [`Dialect`], by which all of the file is read, and a
//! [`Reading`] for each guess that is not the plain case (UTF-8, commas, a header, points before fractions).
//!
//! | file | question it answers |
//! | --- | --- |
//! | `settings` | what may be said of it? |
//! | `foreign` | is this a table at all? |
//! | `encoding` | how are letters written? |
//! | `sample` | which rows does the file begin with? |
//! | `separator_line` | does the first line name the delimiter? |
//! | `comment` | which lines are comments? |
//! | `delimiter` | what stands between cells? |
//! | `notation` | which number is this cell? |
//! | `numbers` | how are numbers written? |
//! | `header` | does the first line name the columns? |

mod comment;
mod delimiter;
mod encoding;
mod foreign;
mod header;
mod notation;
mod numbers;
mod sample;
mod separator_line;
mod settings;

pub use encoding::Encoding;
pub use notation::Notation;
pub use settings::{CommentChoice, DecimalChoice, DelimiterChoice, EncodingChoice, ThousandsChoice};

pub(super) use foreign::foreign;
pub(super) use numbers::{is_number_in_any_notation, other_notation};
pub(super) use sample::is_enough;
pub(super) use settings::{COMMENT, DECIMAL, DELIMITER, DialectSettings, ENCODING, HEADER, THOUSANDS};

use sample::Sample;

/// How a file is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Dialect {
    /// What stands between cells: an ASCII character.
    pub delimiter: u8,
    /// How letters are written.
    pub encoding: Encoding,
    /// Whether the first record names the columns.
    pub has_header: bool,
    /// What lines begin with that are left out: an ASCII character.
    pub comment: Option<u8>,
    /// How numbers are written.
    pub notation: Notation,
    /// Whether quotes may have blanks before them: `1, "a, b"`.
    pub padded_quotes: bool,
    /// Whether the first line is no record, but names the delimiter: `sep=;`.
    pub has_separator_line: bool,
}

/// Something that was guessed of a file and that is not the plain case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    /// A lowercase fragment with the key that overrides it: `semicolons between cells (data.delimiter)`.
    pub text: String,
    /// Whether a wrong guess would not be seen at once: this is for a warning.
    pub may_surprise: bool,
}

/// What is known of a file before it is read.
pub(super) struct Asked<'a> {
    pub(super) settings: DialectSettings,
    /// Cells that mean a missing value.
    pub(super) missing: &'a [String],
    /// Whether the name of the file says that tabs stand between cells.
    pub(super) is_tsv: bool,
    /// The first line that is known not to be UTF-8 from an earlier attempt.
    pub(super) not_utf8: Option<u64>,
}

/// The dialect of a file, and what is to be said of it.
pub(super) struct Guess {
    pub(super) dialect: Dialect,
    pub(super) readings: Vec<Reading>,
    /// Why the first line may be no header: a fragment, to be put behind its place.
    pub(super) header_doubt: Option<String>,
}

/// Guesses what was not asked for from the first bytes of a file (decompressed); `is_whole` if they are all.
pub(super) fn guess(bytes: &[u8], is_whole: bool, asked: &Asked) -> Guess {
    let mut readings = Vec::new();
    let encoding = encoding::guess(bytes, asked.settings.encoding, asked.not_utf8, &mut readings);
    let sample = Sample::new(encoding, bytes, is_whole);
    let comment = comment::guess(&sample, asked.settings.comment, &mut readings);
    let delimiter = delimiter::guess(&sample, comment, asked, &mut readings);
    let records = sample.records(delimiter, comment);
    let (head, rows) = match asked.settings.header {
        true => (records.first(), records.get(1..).unwrap_or_default()),
        false => (None, records.as_slice()),
    };
    let columns = numbers::Columns::new(rows, asked.missing);
    let notation = numbers::guess(&columns, delimiter, &asked.settings, &mut readings);
    let header_doubt = head.and_then(|head| header::doubt(head, &columns, notation));
    let padded_quotes = sample.has_padded_quotes(delimiter);
    let has_header = asked.settings.header;
    let has_separator_line = sample.separator.is_some();
    let dialect = Dialect { delimiter, encoding, has_header, comment, notation, padded_quotes, has_separator_line };
    Guess { dialect, readings, header_doubt }
}

impl Reading {
    fn plain(text: String) -> Self {
        Self { text, may_surprise: false }
    }

    fn surprising(text: String) -> Self {
        Self { text, may_surprise: true }
    }
}

#[cfg(test)]
mod tests;

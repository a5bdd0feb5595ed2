//! The keys of `[data]` that say how a file is written.
//!
//! In: the words of a config. Out: [`DialectSettings`]: what was asked for; `auto` leaves it to a guess.

use serde::{Deserialize, Serialize};

use crate::schema::{Default, Field, Kind};

pub(in crate::data) const DELIMITER: Field = Field {
    name: "delimiter",
    kind: Kind::Choice(&["auto", ",", ";", "tab", "\t", "|"]),
    default: Default::Toml("\"auto\""),
    doc: "what stands between cells; auto: tabs in a .tsv file, else what the first rows fit best",
};

pub(in crate::data) const ENCODING: Field = Field {
    name: "encoding",
    kind: Kind::Choice(&["auto", "utf-8", "utf-16", "latin-1"]),
    default: Default::Toml("\"auto\""),
    doc: "how letters are written; latin-1 is Windows-1252. auto: UTF-16 by its first bytes, UTF-8, and Latin-1 where a \
          line is not UTF-8",
};

pub(in crate::data) const HEADER: Field = Field {
    name: "header",
    kind: Kind::Boolean,
    default: Default::Toml("true"),
    doc: "whether the first line names the columns; without, they are called column_1, column_2, ...",
};

pub(in crate::data) const COMMENT: Field = Field {
    name: "comment",
    kind: Kind::Choice(&["auto", "none", "#", "%"]),
    default: Default::Toml("\"auto\""),
    doc: "what lines begin with that are left out; auto: # or % if the file begins with such lines",
};

pub(in crate::data) const DECIMAL: Field = Field {
    name: "decimal",
    kind: Kind::Choice(&["auto", ".", ","]),
    default: Default::Toml("\"auto\""),
    doc: "what stands before the fraction of a number; auto: a comma if more cells are numbers with it",
};

pub(in crate::data) const THOUSANDS: Field = Field {
    name: "thousands",
    kind: Kind::Choice(&["auto", "none", ",", ".", " ", "'"]),
    default: Default::Toml("\"auto\""),
    doc: "what stands between groups of three digits; auto: whatever makes more cells numbers",
};

/// How files are to be read, as far as that was said. Each holds for the data file and for the test file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(in crate::data) struct DialectSettings {
    pub(in crate::data) delimiter: DelimiterChoice,
    pub(in crate::data) encoding: EncodingChoice,
    pub(in crate::data) header: bool,
    pub(in crate::data) comment: CommentChoice,
    pub(in crate::data) decimal: DecimalChoice,
    pub(in crate::data) thousands: ThousandsChoice,
}

/// `data.delimiter`
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the words of the config")]
pub enum DelimiterChoice {
    #[serde(rename = "auto")]
    Auto,
    #[serde(rename = ",")]
    Comma,
    #[serde(rename = ";")]
    Semicolon,
    #[serde(rename = "tab", alias = "\t")]
    Tab,
    #[serde(rename = "|")]
    Bar,
}

/// `data.encoding`
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the words of the config")]
pub enum EncodingChoice {
    #[serde(rename = "auto")]
    Auto,
    #[serde(rename = "utf-8")]
    Utf8,
    #[serde(rename = "utf-16")]
    Utf16,
    #[serde(rename = "latin-1")]
    Latin1,
}

/// `data.comment`
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the words of the config")]
pub enum CommentChoice {
    #[serde(rename = "auto")]
    Auto,
    #[serde(rename = "none")]
    None,
    #[serde(rename = "#")]
    Hash,
    #[serde(rename = "%")]
    Percent,
}

/// `data.decimal`
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the words of the config")]
pub enum DecimalChoice {
    #[serde(rename = "auto")]
    Auto,
    #[serde(rename = ".")]
    Point,
    #[serde(rename = ",")]
    Comma,
}

/// `data.thousands`
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the words of the config")]
pub enum ThousandsChoice {
    #[serde(rename = "auto")]
    Auto,
    #[serde(rename = "none")]
    None,
    #[serde(rename = ",")]
    Comma,
    #[serde(rename = ".")]
    Point,
    #[serde(rename = " ")]
    Blank,
    #[serde(rename = "'")]
    Apostrophe,
}

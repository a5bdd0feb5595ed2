//! The rows of a sheet as XML.
//!
//! In: [`Cell`]s, and the style of each column. Out: `<row>` elements. Texts are inline strings, which no spreadsheet takes for a
//! formula; a whole number that a spreadsheet could not keep to the last digit is a text.

use std::fmt::Write as _;
use std::io::Write;

use super::limits::TEXT;
use crate::report::cells::Cell;
use crate::report::file::FillError;

/// From here on not every whole number is one of f64.
const EXACT: u64 = 1 << 53;

/// The rows of a sheet that is being written, below its titles.
pub(super) struct Rows<'a> {
    out: &'a mut dyn Write,
    /// The letters of each column with its style.
    columns: Vec<(String, u32)>,
    /// The style of texts.
    text: u32,
    /// How many rows stand above the next one.
    above: u64,
    row: String,
}

impl<'a> Rows<'a> {
    /// Rows below that of the titles. The first column is one of text.
    pub fn new(out: &'a mut dyn Write, styles: &[u32]) -> Self {
        let columns = styles.iter().enumerate().map(|(at, &style)| (letters(at), style)).collect();
        Self { out, columns, text: styles.first().copied().unwrap_or(0), above: 1, row: String::new() }
    }

    /// Writes a row.
    pub fn row<'c>(&mut self, cells: impl IntoIterator<Item = Cell<'c>>) -> Result<(), FillError> {
        self.above += 1;
        self.row.clear();
        put(&mut self.row, format_args!("<row r=\"{}\">", self.above));
        for ((letters, style), cell) in self.columns.iter().zip(cells) {
            let place = format_args!("{letters}{}", self.above);
            match cell {
                Cell::Empty => {}
                Cell::Number(value) => {
                    put(&mut self.row, format_args!("<c r=\"{place}\" s=\"{style}\"><v>{value:?}</v></c>"))
                }
                Cell::Whole(value) if value <= EXACT => {
                    put(&mut self.row, format_args!("<c r=\"{place}\" s=\"{style}\"><v>{value}</v></c>"));
                }
                Cell::Whole(value) => text(&mut self.row, place, self.text, &value.to_string()),
                Cell::Written(value) => {
                    let value: f64 = value.parse().expect("a cell is written only if it is a number");
                    put(&mut self.row, format_args!("<c r=\"{place}\" s=\"{style}\"><v>{value:?}</v></c>"));
                }
                Cell::Text(value) => text(&mut self.row, place, self.text, &value),
            }
        }
        self.row.push_str("</row>");
        Ok(self.out.write_all(self.row.as_bytes())?)
    }
}

fn put(row: &mut String, what: std::fmt::Arguments<'_>) {
    row.write_fmt(what).expect("a String takes what is written into it");
}

/// A cell with a text.
fn text(row: &mut String, place: std::fmt::Arguments<'_>, style: u32, value: &str) {
    let value = shortened(value);
    let is_at_edge = value.starts_with(char::is_whitespace) || value.ends_with(char::is_whitespace);
    let space = if is_at_edge { " xml:space=\"preserve\"" } else { "" };
    put(row, format_args!("<c r=\"{place}\" s=\"{style}\" t=\"inlineStr\"><is><t{space}>"));
    escape(value, row);
    row.push_str("</t></is></c>");
}

/// As much of a text as a cell holds.
pub(super) fn shortened(value: &str) -> &str {
    let mut units = 0;
    let end = value.char_indices().find(|(_, c)| {
        units += c.len_utf16();
        units > TEXT
    });
    end.map_or(value, |(end, _)| &value[..end])
}

/// Writes a text as XML. Characters that XML does not allow, and CR, which its readers change, are `_xHHHH_`; a text that looks
/// like that already gets its first character so (ECMA-376, part 1, 22.9.2.19).
fn escape(value: &str, out: &mut String) {
    for (at, c) in value.char_indices() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '\t' | '\n' => out.push(c),
            '\0'..' ' | '\u{fffe}' | '\u{ffff}' => put(out, format_args!("_x{:04X}_", u32::from(c))),
            '_' if looks_escaped(&value.as_bytes()[at..]) => out.push_str("_x005F_"),
            c => out.push(c),
        }
    }
}

fn looks_escaped(bytes: &[u8]) -> bool {
    matches!(bytes, [b'_', b'x', digits @ .., ] if digits.len() >= 5
        && digits[..4].iter().all(u8::is_ascii_hexdigit) && digits[4] == b'_')
}

/// The letters of a column: A, B, ..., Z, AA, ...
pub(super) fn letters(mut column: usize) -> String {
    let mut letters = Vec::new();
    loop {
        letters.push(b'A' + (column % 26) as u8);
        match column / 26 {
            0 => break,
            rest => column = rest - 1,
        }
    }
    letters.iter().rev().map(|&letter| char::from(letter)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn escaped(value: &str) -> String {
        let mut out = String::new();
        escape(value, &mut out);
        out
    }

    #[test]
    fn numbers_are_numbers_and_texts_texts_with_their_styles() {
        let mut bytes = Vec::new();
        let mut rows = Rows::new(&mut bytes, &[1, 2, 3, 2]);
        let name = "=cmd|' /C calc'!A0";
        rows.row([name.into(), Cell::from(-0.5), Cell::from(7_u64), Cell::Empty]).unwrap();
        rows.row([" <b>".into(), Cell::swept(Some("1e-3")), Cell::from(u64::MAX), Cell::swept(Some("relu"))]).unwrap();
        assert_eq!(
            String::from_utf8(bytes).unwrap(),
            "<row r=\"2\"><c r=\"A2\" s=\"1\" t=\"inlineStr\"><is><t>=cmd|' /C calc'!A0</t></is></c>\
             <c r=\"B2\" s=\"2\"><v>-0.5</v></c><c r=\"C2\" s=\"3\"><v>7</v></c></row>\
             <row r=\"3\"><c r=\"A3\" s=\"1\" t=\"inlineStr\"><is><t xml:space=\"preserve\"> &lt;b&gt;</t></is></c>\
             <c r=\"B3\" s=\"2\"><v>0.001</v></c><c r=\"C3\" s=\"1\" t=\"inlineStr\"><is><t>18446744073709551615</t></is></c>\
             <c r=\"D3\" s=\"1\" t=\"inlineStr\"><is><t>relu</t></is></c></row>"
        );
    }

    #[test]
    fn what_xml_does_not_allow_is_written_in_hexadecimal() {
        assert_eq!(escaped("a\u{1}b\rc\u{ffff}\t\n"), "a_x0001_b_x000D_c_xFFFF_\t\n");
        assert_eq!(escaped("_x0041_ _x004_ _x00411 _xé041_"), "_x005F_x0041_ _x004_ _x00411 _xé041_");
    }

    #[test]
    fn a_text_is_cut_where_a_cell_ends_and_never_within_a_character() {
        assert_eq!(shortened(&"x".repeat(TEXT)).len(), TEXT);
        assert_eq!(shortened(&"𝄞".repeat(TEXT)).chars().count(), TEXT / 2);
    }

    #[test]
    fn columns_have_the_letters_of_spreadsheets() {
        assert_eq!([0, 25, 26, 701, 702, 16_383].map(letters), ["A", "Z", "AA", "ZZ", "AAA", "XFD"]);
    }
}

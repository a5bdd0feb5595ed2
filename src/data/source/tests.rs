//! Files in, records with their lines out.

use std::io::Write;

use sha2::{Digest, Sha256};

use super::super::EncodingChoice;
use super::super::dialect::{Asked, DialectSettings};
use super::super::fixtures::File;
use super::*;

fn open(file: &File, is_tsv: bool) -> Result<(Source, Vec<String>), DataError> {
    let settings = file.settings();
    let asked = Asked { settings: settings.dialect(), missing: &settings.missing, is_tsv, not_utf8: None };
    Source::open(FileKey::Path, file.path(), &asked).map(|(source, names, _)| (source, names))
}

fn lines(name: &str, content: &[u8]) -> Result<Vec<(u64, Vec<String>)>, String> {
    let file = File::new(name, content);
    let (mut source, header) = open(&file, name.contains(".tsv")).map_err(|error| file.message(&error))?;
    let mut records = vec![(0, header)];
    let mut read = Records::default();
    while source.next(&mut read).map_err(|error| file.message(&error))? {
        let record = read.get(0);
        let cells = record.fields().map(|field| String::from_utf8_lossy(field.text()).into_owned());
        records.push((record.line, cells.collect()));
        read.clear();
    }
    Ok(records)
}

#[test]
fn records_have_the_line_on_which_they_begin_whatever_ends_the_lines() {
    for content in [
        "a,b\n\n\n1,2\n\"x\ny\",3\n4,5",
        "a,b\r\n\r\n\r\n1,2\r\n\"x\r\ny\",3\r\n4,5\r\n",
        "a,b\r\r\r1,2\r\"x\ry\",3\r4,5",
    ] {
        let found: Vec<u64> = lines("x.csv", content.as_bytes()).unwrap().iter().map(|(line, _)| *line).collect();
        assert_eq!(found, [0, 4, 5, 7], "{content:?}");
    }
}

#[test]
fn a_byte_order_mark_is_dropped_and_names_are_trimmed() {
    assert_eq!(lines("x.csv", b"\xef\xbb\xbfa , b\n1,2\n").unwrap()[0].1, ["a", "b"]);
}

#[test]
fn tsv_is_separated_by_tabs_and_gz_is_decompressed_member_by_member() {
    let mut zipped = Vec::new();
    for part in ["a\tb\n1,5", "\t2\n"] {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(part.as_bytes()).unwrap();
        zipped.extend(encoder.finish().unwrap());
    }
    assert_eq!(lines("x.tsv.gz", &zipped).unwrap()[1].1, ["1,5", "2"]);
    let message = lines("x.tsv.gz", &zipped[..zipped.len() - 12]).unwrap_err();
    assert!(message.starts_with("data.path: cannot read x.tsv.gz: "), "{message}");
}

#[test]
fn what_is_wrong_is_named_with_its_line() {
    let message = |content: &[u8]| lines("x.csv", content).unwrap_err();
    assert_eq!(message(b""), "data.path: x.csv is empty, a header and rows are wanted");
    assert_eq!(
        message(b"a,b\n1,2\n1,2,3\n"),
        "x.csv:3: 3 fields, 2 wanted as in the header (a cell with a comma in it needs quotes)"
    );
    assert_eq!(message(b"a,b\n1\n"), "x.csv:2: 1 field, 2 wanted as in the header");
    assert_eq!(
        message(b"a,b\n\"r1\",1,2\n"),
        "x.csv:2: 3 fields, 2 wanted as in the header (does the header lack a name for the names of the rows?)"
    );
    assert_eq!(
        message(b"a,b\n1,2\n\"3,4\n5,6\n7,\"8\n"),
        "x.csv:3: 1 field, 2 wanted as in the header (it goes on to line 5: is a quote too many?)"
    );
    assert_eq!(
        message(b"a b\n1 2\n"),
        "x.csv:1: only one column, 'a b', where features and a target are wanted: \
         it seems to be separated by blanks, read are commas (data.delimiter)"
    );
    for end in ["", "\n", "\r\n"] {
        let message = message(format!("a,b\n1,2\n3,\"4\n5,6{end}").as_bytes());
        assert_eq!(message, "x.csv:3: a quote opens in this record that is never closed");
    }
    assert_eq!(message(b"a,b\n1,\x00\n"), "x.csv:2: a zero byte, which no text has: is the file damaged, or no CSV?");
    assert_eq!(message(b"%PDF-1.7 a,b"), "data.path: x.csv seems to be a PDF document: a CSV file is wanted");
}

#[test]
fn bytes_that_are_not_utf8_are_an_error_where_utf8_is_asked_for() {
    let file = File::new("x.csv", b"a,b\n1,2\n1,\xff\n");
    let settings = DialectSettings { encoding: EncodingChoice::Utf8, ..file.settings().dialect() };
    let asked = Asked { settings, missing: &[], is_tsv: false, not_utf8: None };
    let (mut source, ..) = Source::open(FileKey::Path, file.path(), &asked).unwrap();
    let mut records = Records::default();
    source.next(&mut records).unwrap();
    let error = source.next(&mut records).unwrap_err();
    assert!(file.message(&error).starts_with("x.csv:3: not UTF-8 text (data.encoding"), "{error}");
}

#[test]
fn utf16_and_latin1_are_read_as_what_they_say() {
    let utf16 = |text: &str, bytes: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(bytes).collect::<Vec<u8>>();
    for content in [
        utf16("\u{feff}größe,b\r\n1,ä\r\n", u16::to_le_bytes),
        utf16("\u{feff}größe,b\n1,ä\n", u16::to_be_bytes),
        utf16("größe,b\n1,ä\n", u16::to_le_bytes),
        b"gr\xf6\xdfe,b\n1,\xe4\n".to_vec(),
    ] {
        let found = lines("x.csv", &content).unwrap();
        assert_eq!([found[0].1.join("|"), found[1].1.join("|")], ["größe|b", "1|ä"]);
    }
    let mut torn = utf16("\u{feff}a,b\n1,2\n", u16::to_le_bytes);
    torn.extend(0xd800u16.to_le_bytes());
    assert_eq!(
        lines("x.csv", &torn).unwrap_err(),
        "data.path: cannot read x.csv: it is no valid UTF-16 (data.encoding)"
    );
}

#[test]
fn blank_lines_comments_and_blanks_before_quotes_are_left_out() {
    let content = b"# made by x\n# \"y\na,b\n\n1, \"p, q\"\n  \n# end\n2,r\n \t \n";
    let found = lines("x.csv", content).unwrap();
    let found: Vec<(u64, String)> = found.into_iter().map(|(line, cells)| (line, cells.join("|"))).collect();
    assert_eq!(found, [(0, "a|b".to_owned()), (5, "1|p, q".to_owned()), (8, "2|r".to_owned())]);
}

#[test]
fn without_a_header_the_first_record_is_a_row() {
    let file = File::new("x.csv", b"1,p\n2,q\n");
    let settings = DialectSettings { header: false, ..file.settings().dialect() };
    let asked = Asked { settings, missing: &[], is_tsv: false, not_utf8: None };
    let (mut source, names, _) = Source::open(FileKey::Path, file.path(), &asked).unwrap();
    assert_eq!(names, ["column_1", "column_2"]);
    let mut records = Records::default();
    while source.next(&mut records).unwrap() {}
    let found: Vec<(u64, &[u8])> = records.iter().map(|record| (record.line, record.field(1).text())).collect();
    assert_eq!(found, [(1, &b"p"[..]), (2, b"q")]);
}

#[test]
fn a_record_over_many_lines_is_noted() {
    let file = File::new("x.csv", format!("a,b\n1,p\n2,\"q{}\n3,r\n\"\n4,s\n", "\n".repeat(20)));
    let (mut source, _) = open(&file, false).unwrap();
    while source.next(&mut Records::default()).unwrap() {}
    assert_eq!(source.long_record(), Some((3, 23)));
}

#[test]
fn a_record_without_end_is_refused_before_it_fills_the_memory() {
    let mut content = b"a,b\n1,2\n".to_vec();
    content.resize(content.len() + content::MOST_RECORD_BYTES + BLOCK, b'x');
    let message = lines("x.csv", &content).unwrap_err();
    assert_eq!(message, "x.csv:3: this record is longer than 64 MiB: is a quote not closed?");
}

#[test]
fn the_hash_is_that_of_the_decompressed_content() {
    let file = File::new("x.csv", b"a,b\r\n1,2");
    let (mut source, _) = open(&file, false).unwrap();
    while source.next(&mut Records::default()).unwrap() {}
    assert_eq!(source.into_hash(), <[u8; 32]>::from(Sha256::digest(b"a,b\r\n1,2")));
}

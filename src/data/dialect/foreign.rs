//! Files that are no tables of text: known by their first bytes, and told what to do with.

/// First bytes, what begins with them, and what to do.
const KNOWN: &[(&[u8], &str, &str)] = &[
    (b"PK\x03\x04", "an Excel workbook (.xlsx) or a zip archive", "save the sheet as CSV, or unpack it"),
    (b"PK\x05\x06", "an empty zip archive", "a CSV file is wanted"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Excel workbook (.xls)", "save the sheet as CSV"),
    (b"PAR1", "a Parquet file", "in pandas: read_parquet(...).to_csv(..., index=False)"),
    (b"ARROW1", "an Arrow or Feather file", "in pandas: read_feather(...).to_csv(..., index=False)"),
    (b"%PDF-", "a PDF document", "a CSV file is wanted"),
    (b"SQLite format 3\0", "an SQLite database", "export a table as CSV"),
    (b"\x89HDF\r\n\x1a\n", "an HDF5 file", "in pandas: read_hdf(...).to_csv(..., index=False)"),
    (b"\x93NUMPY", "a NumPy array", "in NumPy: savetxt(..., delimiter=',', header='a,b,...', comments='')"),
    (b"\x89PNG", "a PNG image", "a CSV file is wanted"),
    (b"\xff\xd8\xff", "a JPEG image", "a CSV file is wanted"),
    (b"BZh", "compressed by bzip2", "unpack it, or compress it by gzip"),
    (b"\x28\xb5\x2f\xfd", "compressed by Zstandard", "unpack it, or compress it by gzip"),
    (b"\xfd7zXZ\0", "compressed by xz", "unpack it, or compress it by gzip"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive", "unpack it"),
    (b"Rar!\x1a\x07", "a RAR archive", "unpack it"),
    (b"\x7fELF", "a program", "a CSV file is wanted"),
];

/// First letters, in any case, behind a byte order mark and blanks.
const KNOWN_TEXTS: &[(&str, &str, &str)] = &[
    ("<!doctype html", "a web page (HTML)", "download the file itself, not the page that shows it"),
    ("<html", "a web page (HTML)", "download the file itself, not the page that shows it"),
    ("<?xml", "an XML document", "save the table as CSV"),
    ("{\"", "JSON", "in pandas: read_json(...).to_csv(..., index=False)"),
    ("[{", "JSON", "in pandas: read_json(...).to_csv(..., index=False)"),
    ("@relation", "an ARFF file of Weka", "save it as CSV there, or keep what stands behind @data"),
    ("version https://git-lfs", "a pointer of Git LFS, not the data", "fetch the file by 'git lfs pull'"),
];

/// Bytes that are looked at: what is compressed, or made of numbers, shows it sooner.
const BEGINNING: usize = 1 << 10;

/// What a file that begins with `bytes` seems to be, and what to do with it; nothing if it may be a table.
pub(in crate::data) fn foreign(bytes: &[u8]) -> Option<(&'static str, &'static str)> {
    let narrow;
    let bytes = match bytes {
        [0xff, 0xfe, wide @ ..] | [0xfe, 0xff, wide @ ..] => {
            narrow = without_zeros(wide);
            &narrow
        }
        _ => bytes,
    };
    let known = KNOWN.iter().find(|(first, ..)| bytes.starts_with(first) && !(is_a_name(first) && is_text(bytes)));
    if let Some((_, what, advice)) = known {
        return Some((what, advice));
    }
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes).trim_ascii_start();
    let begins =
        |first: &str| text.get(..first.len()).is_some_and(|start| start.eq_ignore_ascii_case(first.as_bytes()));
    KNOWN_TEXTS.iter().find(|(first, ..)| begins(first)).map(|(_, what, advice)| (*what, *advice))
}

/// Whether a column, too, may be called so.
fn is_a_name(first: &[u8]) -> bool {
    first.iter().all(u8::is_ascii_alphanumeric)
}

/// Whether nothing at the beginning is of other than text.
fn is_text(bytes: &[u8]) -> bool {
    bytes.iter().take(BEGINNING).all(|byte| !byte.is_ascii_control() || byte.is_ascii_whitespace())
}

/// The beginning of a text in UTF-16 in one byte for each letter that has no other.
fn without_zeros(wide: &[u8]) -> Vec<u8> {
    wide.iter().take(BEGINNING).copied().filter(|&byte| byte != 0).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_web_page_is_known_whatever_stands_before_it() {
        let (what, _) = foreign(b"\xef\xbb\xbf\n  <!DOCTYPE HTML>\n<html>").unwrap();
        assert_eq!(what, "a web page (HTML)");
        assert_eq!(foreign(b"PK\x03\x04rest").unwrap().0, "an Excel workbook (.xlsx) or a zip archive");
    }

    #[test]
    fn two_bytes_for_each_letter_hide_nothing() {
        let wide = |text: &str| -> Vec<u8> { text.encode_utf16().flat_map(u16::to_le_bytes).collect() };
        for (text, what) in [("%PDF-a,b\n", "a PDF document"), ("\n<html>", "a web page (HTML)"), ("a,b\n", "")] {
            let found = foreign(&[b"\xff\xfe", wide(text).as_slice()].concat());
            assert_eq!(found.map_or("", |(what, _)| what), what, "{text}");
        }
    }

    #[test]
    fn a_column_may_be_called_as_a_file_begins() {
        assert_eq!(foreign(b"PAR1,PAR2,y\n1,2,a\n"), None);
        assert_eq!(foreign(b"PAR1\x15\x04\x15").unwrap().0, "a Parquet file");
        assert_eq!(foreign(b"BZh91AY&SY\x8b\x01").unwrap().0, "compressed by bzip2");
        assert_eq!(foreign(b"BZh9,y\n1,2\n"), None);
    }

    #[test]
    fn a_table_is_not_taken_for_anything_else() {
        for table in ["a,b\n1,2\n", "PK,b\n1,2\n", "<5,b\n", "\"{\",b\n", "[1],b\n", "", "BZ,h\n"] {
            assert_eq!(foreign(table.as_bytes()), None, "{table}");
        }
    }
}

//! The beginnings of files in, dialects out, and what is said of them.

use super::*;

fn asked(change: impl FnOnce(&mut DialectSettings)) -> Asked<'static> {
    let mut settings = DialectSettings {
        delimiter: DelimiterChoice::Auto,
        encoding: EncodingChoice::Auto,
        header: true,
        comment: CommentChoice::Auto,
        decimal: DecimalChoice::Auto,
        thousands: ThousandsChoice::Auto,
    };
    change(&mut settings);
    Asked { settings, missing: &[], is_tsv: false, not_utf8: None }
}

fn guessed(text: &str) -> Guess {
    guess(text.as_bytes(), true, &asked(|_| ()))
}

/// What is said of a file.
fn said(text: &str) -> Vec<String> {
    guessed(text).readings.into_iter().map(|reading| reading.text).collect()
}

/// Delimiter, decimal sign, separator of thousands or a hyphen.
fn signs(text: &str) -> String {
    let Dialect { delimiter, notation, .. } = guessed(text).dialect;
    [delimiter, notation.decimal, notation.thousands.unwrap_or(b'-')].iter().map(|&sign| char::from(sign)).collect()
}

#[test]
fn a_plain_file_goes_without_saying() {
    let guess = guessed("a,b,class\n1.5,2,x\n-3e5,0.25,y\n");
    let plain = Dialect {
        delimiter: b',',
        encoding: Encoding::Utf8,
        has_header: true,
        comment: None,
        notation: Notation::PLAIN,
        padded_quotes: false,
        has_separator_line: false,
    };
    assert_eq!((guess.dialect, guess.readings, guess.header_doubt), (plain, vec![], None));
}

#[test]
fn the_delimiter_is_what_makes_all_rows_equally_wide() {
    assert_eq!(signs("a;b;y\n1.5;2;x\n3;4;y\n"), ";.-");
    assert_eq!(signs("a|b|y\n1|2|x\n3|4|y\n"), "|.-");
    assert_eq!(signs("a\tb\ty\n1\t2\tx, or z\n3\t4\ty\n"), "\t.-");
    assert_eq!(signs("char_freq_;,bw/me,y\n1,2,x\n3,4,y\n"), ",.-", "a name with a semicolon in it");
    assert_eq!(signs("a,b,y\n1,2,x\n1,2,x,4\n"), ",.-", "one row is too long");
    assert_eq!(signs("text;y\n\"a, b\";x\n\"c, d\";y\n"), ";.-");
    assert_eq!(signs("one column\n1\n2\n"), ",.-");
    assert_eq!(said("a;b;y\n1;2;x\n"), ["semicolons between cells (data.delimiter)"]);
}

#[test]
fn where_two_delimiters_fit_the_one_that_makes_numbers_is_right() {
    // Three cells by semicolons, three by commas.
    assert_eq!(signs("1,5;2,5;yes\n3,5;4,5;no\n"), ";,-");
    assert_eq!(signs("a,b;c,d\nx,y;z,w\n"), ",.-", "nothing speaks for either: commas");
}

#[test]
fn what_is_asked_for_is_not_guessed() {
    let guess = guess(
        b"a;b\n1,5;2\n",
        true,
        &asked(|settings| {
            (settings.delimiter, settings.decimal) = (DelimiterChoice::Semicolon, DecimalChoice::Comma);
        }),
    );
    assert_eq!((guess.dialect.delimiter, guess.dialect.notation.decimal, guess.readings), (b';', b',', vec![]));
    let tsv = super::guess(b"a,b\tc\nx,2\t3\n", true, &Asked { is_tsv: true, ..asked(|_| ()) });
    assert_eq!((tsv.dialect.delimiter, tsv.readings), (b'\t', vec![]));
}

#[test]
fn decimal_commas_and_thousands_are_seen_in_columns_of_numbers() {
    assert_eq!(signs("a;b;y\n0,5;1;x\n-1,25;2;y\n"), ";,-");
    assert_eq!(signs("a;b;y\n1.234,5;1;x\n17,25;2;y\n"), ";,.");
    assert_eq!(signs("a,b,y\n\"1,234\",0.5,x\n999,1.5,y\n"), ",.,");
    assert_eq!(signs("a,b,y\n\"1,234.5\",3,x\n\"1,234,567\",4,y\n"), ",.,");
    assert_eq!(signs("a,b,y\n1 234,0.5,x\n999,1.5,y\n"), ",. ");
    assert_eq!(signs("a,b,y\n1'234,0.5,x\n999,1.5,y\n"), ",.'");
    assert_eq!(signs("a,b,y\n\"1,5\",3,x\n\"12,25\",4,y\n"), ",,-", "no groups of three: fractions");
    assert_eq!(signs("a,b,y\n12%,3,x\n1.5 %,4,y\n"), ",.-");
    assert_eq!(signs("a;b\n1.234;x\n5.678;y\n"), ";.-", "a point before three digits is a point");
    assert_eq!(signs("a,b\n\"x, y\",1.5\n\"z, w\",2.5\n"), ",.-", "commas in texts say nothing");
}

#[test]
fn a_number_that_may_be_two_is_said() {
    assert_eq!(
        said("a,b\n\"1,234\",x\n\"5,678\",y\n"),
        ["commas between thousands (data.thousands): '1,234' is read as 1234, not as 1.234"]
    );
    assert_eq!(
        said("a;b\n1,234;x\n5,678;y\n"),
        [
            "semicolons between cells (data.delimiter)",
            "decimal commas (data.decimal): '1,234' is read as 1.234, not as 1234"
        ]
    );
    assert_eq!(said("a;b\n1,5;x\n2,5;y\n")[1], "decimal commas (data.decimal)");
}

#[test]
fn comments_are_guessed_only_where_the_file_begins_with_them() {
    let comment = |text: &str| guessed(text).dialect.comment;
    assert_eq!(comment("# made by x\na,b\n1,2\n"), Some(b'#'));
    assert_eq!(comment("% one\n% two, three\na,b\n1,2\n"), Some(b'%'));
    assert_eq!(comment("#a,b\n1,2\n"), None, "a header");
    assert_eq!(comment("a,b\n#1,2\n"), None);
    assert_eq!(comment("#a,b\n#1,2\n"), None, "every line");
    assert_eq!(said("# x\na,b\n1,2\n"), ["lines that begin with # left out as comments (data.comment)"]);
}

#[test]
fn latin1_is_said_with_the_line_that_is_not_utf8() {
    let latin1 = guess(b"a,b\n1,x\n2,\xe4\n", true, &asked(|_| ()));
    assert_eq!(latin1.dialect.encoding, Encoding::Latin1);
    assert_eq!(latin1.readings[0].text, "Latin-1, as line 3 is not UTF-8 (data.encoding)");
    assert!(latin1.readings[0].may_surprise);
    let late = super::guess(b"a,b\n1,x\n", false, &Asked { not_utf8: Some(700), ..asked(|_| ()) });
    assert_eq!(late.readings[0].text, "Latin-1, as line 700 is not UTF-8 (data.encoding)");
    // A letter that is cut off by the end of the sample.
    assert_eq!(super::guess(b"a,b\n1,x\n2,\xc3", false, &asked(|_| ())).dialect.encoding, Encoding::Utf8);
}

#[test]
fn a_first_line_of_numbers_is_no_header_unless_they_count() {
    let doubt = |text: &str| guessed(text).header_doubt;
    assert_eq!(
        doubt("0.5,1,yes\n0.25,2,no\n1.5,3,yes\n").unwrap(),
        "it seems to be data, as '0.5' stands where a name is wanted (data.header = false)"
    );
    assert_eq!(doubt("0,1,2,label\n0.25,2,1,no\n"), None);
    assert_eq!(doubt("2019,2020,2021\n3,2,1\n"), None);
    assert_eq!(doubt("a,1,y\n0.25,2,no\n"), None, "one of two");
    assert_eq!(doubt("a,b,y\nx,z,no\n"), None);
}

#[test]
fn a_row_that_is_cut_off_by_the_end_of_the_sample_does_not_count() {
    let cut = "a,b,c,y\n1,2,3,x\n4,5";
    assert_eq!(guess(cut.as_bytes(), false, &asked(|_| ())).dialect.delimiter, b',');
    let wide = (0..20_000).map(|column| format!("c{column}")).collect::<Vec<_>>().join(";");
    assert!(!is_enough(wide.as_bytes()), "no line is whole yet");
    assert!(is_enough(&[wide.as_bytes(), b"\n\n\n\n\n"].concat()));
}

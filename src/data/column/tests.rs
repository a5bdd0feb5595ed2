//! Cells in, numbers and codes out, and what is known of the column then.

use proptest::prelude::*;

use super::*;

fn read(column: &mut ColumnReader, texts: &[&str]) -> Vec<f64> {
    let cells = Cells::new(&["?".to_owned()]);
    texts.iter().enumerate().map(|(row, text)| column.read(&cells, text.as_bytes().into(), row)).collect()
}

#[test]
fn numbers_stay_numbers_and_missing_cells_are_counted() {
    let mut column = ColumnReader::default();
    let values = read(&mut column, &["1", " ? ", " 2.5 ", ""]);
    assert_eq!((values[0], values[2]), (1.0, 2.5));
    assert!(values[1].is_nan() && values[3].is_nan());
    assert_eq!((column.is_text, column.numbers(), column.missing, column.first_missing), (false, 2, 2, Some(1)));
}

#[test]
fn text_after_numbers_asks_for_a_second_reading_and_then_knows_all() {
    let mut column = ColumnReader::default();
    let cells = ["2", "3", "5more", "2"];
    read(&mut column, &cells);
    assert!(column.is_text && column.is_incomplete);
    column.start_again();
    assert_eq!(read(&mut column, &cells), [0.0, 1.0, 2.0, 0.0]);
    assert!(!column.is_incomplete);
    assert_eq!(column.levels(), ["2", "3", "5more"]);
}

proptest! {
    #[test]
    fn categories_are_counted_by_their_names_however_they_are_written(
        texts in prop::collection::vec(r"[ \t]{0,2}(x|y|007|1\.5|5%|\?||[pq]{6,18})[ \t]{0,2}", 1..200)
    ) {
        let mut column = ColumnReader::text();
        let codes = read(&mut column, &texts.iter().map(String::as_str).collect::<Vec<_>>());
        let mut names: Vec<&str> = vec![];
        for (text, code) in texts.iter().zip(codes) {
            let name = text.trim();
            if name == "?" || name.is_empty() {
                prop_assert!(code.is_nan());
                continue;
            }
            let expected = names.iter().position(|&known| known == name).unwrap_or_else(|| {
                names.push(name);
                names.len() - 1
            });
            prop_assert_eq!(code, expected as f64, "{}", text);
        }
        prop_assert_eq!(column.levels(), &names);
        let count = |is_meant: fn(&str) -> bool| texts.iter().filter(|text| is_meant(text.trim())).count();
        let found = (column.numbers(), column.padded(), column.present(), column.missing);
        let missing = count(|name| name == "?" || name.is_empty());
        let wanted = (count(|name| name == "1.5" || name == "5%"), count(|name| name == "007"), texts.len() - missing, missing);
        prop_assert_eq!(found, wanted);
        let is_both = |name: &&str| {
            texts.iter().any(|text| text == name) && texts.iter().any(|text| text != name && text.trim() == *name)
        };
        let both: Vec<&str> = names.iter().copied().filter(|name| is_both(name)).collect();
        prop_assert_eq!(column.levels_with_and_without_blanks().collect::<Vec<_>>(), both);
    }
}

#[test]
fn text_before_numbers_needs_no_second_reading() {
    let mut column = ColumnReader::default();
    assert_eq!(read(&mut column, &["x", "1", "x"]), [0.0, 1.0, 0.0]);
    assert!(!column.is_incomplete);
}

#[test]
fn a_hyphen_is_missing_among_numbers_and_a_category_among_texts() {
    let cells = Cells::new(&super::super::settings::DEFAULT_MISSING.map(str::to_owned));
    let read = |column: &mut ColumnReader, texts: &[&str]| -> Vec<f64> {
        texts.iter().enumerate().map(|(row, text)| column.read(&cells, text.as_bytes().into(), row)).collect()
    };
    let mut column = ColumnReader::default();
    assert!(read(&mut column, &["1", "-", "2"])[1].is_nan());
    assert_eq!((column.is_text, column.missing), (false, 1));
    let mut column = ColumnReader::default();
    read(&mut column, &["-", "+", "-"]);
    assert!(column.is_incomplete);
    column.start_again();
    assert_eq!((read(&mut column, &["-", "+", "-"]), column.missing), (vec![0.0, 1.0, 0.0], 0));
}

#[test]
fn a_number_too_large_is_kept_for_the_error() {
    let mut column = ColumnReader::default();
    read(&mut column, &["1", "1e39"]);
    assert_eq!(column.first_too_large, Some((1, "1e39".to_owned())));
}

#[test]
fn a_few_texts_among_many_numbers_are_a_slip() {
    let is_slip = |texts, numbers| {
        let mut column = ColumnReader::default();
        read(&mut column, &[vec!["abc"; texts], vec!["1"; numbers], vec!["?"; 1000]].concat());
        column.is_text_by_a_slip()
    };
    assert!(is_slip(1, 10) && !is_slip(1, 9), "less than a tenth of the cells that are not missing");
    assert!(is_slip(3, 28) && !is_slip(4, 390), "at most three in a small file");
    assert!(is_slip(4, 396) && is_slip(50, 4950) && !is_slip(51, 4950), "at most one in a hundred in a large one");
    assert!(!is_slip(0, 100));
}

//! What becomes of cells and columns as people write them: numbers in disguise, names, ids, dates, orders, spellings; and of
//! files in several ways of writing.

use super::super::super::Ordinal;
use super::*;

#[test]
fn an_infinite_number_is_an_error_as_one_beyond_single_precision_is() {
    let csv =
        rows(30, |index| format!("{},{}", if index == 9 { "-Inf".to_owned() } else { index.to_string() }, index % 2));
    assert_eq!(error(&csv, |_| ()), "x.csv:11: column 'x': -Inf is no finite number (data.missing can name it)");
    assert_eq!(warnings(&csv, |s| s.missing = vec!["-Inf".into()]), [] as [String; 0]);
}

#[test]
fn leading_zeros_make_categories_unless_the_column_is_said_to_be_numbers() {
    let csv = rows(30, |index| format!("{:03},{}", index % 3 + 6, index % 2));
    assert_eq!(
        warnings(&csv, |_| ()),
        ["x.csv:2: column 'x' is read as categories because of the leading zero of '006' (data.numeric reads numbers)"]
    );
    let file = File::new("x.csv", &csv);
    assert_eq!(levels(&file.read(|_| ()).unwrap().dataset, 0), ["006", "007", "008"]);
    let numbers = file.read(|s| s.numeric = vec!["x".into()]).unwrap();
    assert_eq!(numbers.warnings, [] as [String; 0]);
    assert_eq!(numbers.dataset.features()[[1, 0]], 7.0);
    let regression = rows(30, |index| format!("{index}.5,0{index}"));
    assert!(File::new("x.csv", regression).read(|s| s.task = TaskChoice::Regression).is_ok());
}

#[test]
fn text_in_a_column_that_must_be_numbers_is_an_error_with_its_line() {
    assert_eq!(
        error("x,y\n1,p\n007,q\nabc,q\n", |s| s.numeric = vec!["x".into()]),
        "x.csv:4: column 'x' must be numbers, as data.numeric says, found 'abc'"
    );
}

#[test]
fn columns_that_count_or_name_the_rows_are_left_out_unless_they_are_to_be_kept() {
    let csv = (0..30).fold(",id,age,x_id,y\n".to_owned(), |csv, row| {
        csv + &format!("{row},{},{},{},{}\n", 5_000_000u64 + row * row, 20 + row, row % 5, row % 2)
    });
    let file = File::new("x.csv", csv);
    let loaded = file.read(|_| ()).unwrap();
    let found: Vec<String> = loaded.warnings.iter().map(|warning| file.message(warning)).collect();
    assert_eq!(
        found,
        [
            "x.csv:1: column 1 has no name, it is called 'column_1'",
            "x.csv: column 'column_1' left out: it counts the rows (data.keep keeps it)",
            "x.csv: column 'id' left out: its name and 30 numbers nearly all distinct look like ids (data.keep keeps it)",
        ]
    );
    let names: Vec<&str> = loaded.dataset.columns().iter().map(|column| column.name.as_str()).collect();
    assert_eq!(names, ["age", "x_id"], "few distinct numbers are a category, and an age is no id");
    let kept = file.read(|s| s.keep = vec!["column_1".into(), "id".into()]).unwrap();
    assert_eq!((kept.dataset.columns().len(), kept.warnings.len()), (4, 1));
}

#[test]
fn names_are_kept_as_categories_where_that_is_asked_for() {
    let file = File::new(
        "x.csv",
        (0..30).fold("name,x,y\n".to_owned(), |csv, row| csv + &format!("n{row},{row},{}\n", row % 2)),
    );
    let data = file.read(|s| s.keep = vec!["name".into()]).unwrap().dataset;
    assert_eq!(levels(&data, 0).len(), 30);
}

#[test]
fn dates_are_refused_with_advice_unless_they_are_to_be_categories() {
    let csv = rows(30, |index| format!("2024-01-{:02},{}", index + 1, index % 2)).replace("x,y", "day,y");
    let message = error(&csv, |_| ());
    assert!(
        message.starts_with("x.csv:2: column 'day' holds dates or times, as '2024-01-01', of which a network"),
        "{message}"
    );
    let file = File::new("x.csv", &csv);
    assert!(file.read(|s| s.categorical = vec!["day".into()]).is_ok());
}

#[test]
fn percent_signs_are_taken_away_and_a_mixture_is_said() {
    let csv = rows(30, |index| format!("{index}.5%,{}", index % 2));
    let file = File::new("x.csv", &csv);
    assert_eq!(file.read(|_| ()).unwrap().dataset.features()[[2, 0]], 2.5);
    assert_eq!(warnings(&csv, |_| ()), [] as [String; 0]);
    let mixed = csv.replacen("0.5%", "0.5", 1);
    assert_eq!(
        warnings(&mixed, |_| ()),
        [
            "x.csv:3: column 'x' has 29 of 30 numbers with a percent sign, this is the first: 5% is read as 5, as 5 without it"
        ]
    );
}

#[test]
fn classes_and_categories_that_differ_by_their_spelling_are_counted() {
    let csv =
        rows(12, |index| format!("{},{}", ["red", "Red", "blue"][index % 3], ["yes", "no", "yes.", "no"][index % 4]));
    assert_eq!(
        warnings(&csv, |_| ()),
        [
            "x.csv: classes of 'y' differ by case, blanks or a final point only: 'yes' (3 rows), 'yes.' (3 rows)",
            "x.csv: categories of 'x' differ by case, blanks or a final point only: 'Red' (4 rows), 'red' (4 rows)",
        ]
    );
}

#[test]
fn ordered_categories_are_their_ranks() {
    let csv = rows(6, |index| format!("{},{}", ["M", "S", "", "L"][index % 4], index % 2));
    let file = File::new("x.csv", &csv);
    let order = |words: &[&str]| {
        Ordinal::Orders([("x".to_owned(), words.iter().map(|&word| word.to_owned()).collect())].into_iter().collect())
    };
    let data = file.read(|s| s.ordinal = order(&["S", "M", "L", "XL"])).unwrap().dataset;
    let ranks = data.features().column(0);
    assert_eq!((ranks[0], ranks[1], ranks[3]), (1.0, 0.0, 2.0));
    assert!(ranks[2].is_nan(), "a missing rank is imputed as any number is");
    assert_eq!(data.columns()[0].kind, ColumnKind::Numeric);
    assert_eq!(data.columns()[0].ranks.as_deref().unwrap(), ["S", "M", "L", "XL"]);
    assert_eq!(
        error(&csv, |s| s.ordinal = order(&["S", "M"])),
        "x.csv:5: column 'x' has 'L', which data.ordinal does not list: 'S', 'M'"
    );
    assert_eq!(
        warnings(&csv, |s| s.ordinal = Ordinal::Columns(vec!["x".into()])),
        [
            "x.csv: column 'x' is ranked by the letters of its categories: 'L', 'M', 'S' (data.ordinal can give an order)"
        ]
    );
    let ages = File::new("x.csv", rows(6, |index| format!("{},{}", ["10-19", "5-9", "20+"][index % 3], index % 2)));
    let loaded = ages.read(|s| s.ordinal = Ordinal::Columns(vec!["x".into()])).unwrap();
    assert_eq!(
        (loaded.dataset.features().column(0).to_vec(), loaded.warnings.len()),
        (vec![1.0, 0.0, 2.0, 1.0, 0.0, 2.0], 0)
    );
}

#[test]
fn a_class_without_a_row_for_training_is_named() {
    let file = File::new("x.csv", "x,part,y\n1,train,p\n2,train,q\n3,test,r\n4,test,p\n");
    let loaded = file.read(|s| s.split.column = Some("part".into())).unwrap();
    assert_eq!(file.message(&loaded.warnings[0]), "x.csv: classes of 'y' without a row for training: 'r'");
}

#[test]
fn a_word_that_makes_targets_missing_is_named() {
    assert_eq!(
        warnings("x,y\n1,p\n2,NA\n3,q\n4,\n", |_| ()),
        [
            "x.csv:3: 2 rows without the target 'y' left out, this is the first ('NA' means missing, as data.missing says)"
        ]
    );
}

#[test]
fn none_and_hyphens_are_classes_among_texts_and_missing_among_numbers() {
    let file = File::new("x.csv", "x,z,y\n-,1,None\na,-,+\nb,3,-\n,4,NA\n");
    let loaded = file.read(|_| ()).unwrap();
    assert_eq!(loaded.dataset.class_names(), ["+", "-", "None"]);
    assert_eq!(levels(&loaded.dataset, 0), ["-", "a", "b"]);
    assert_eq!(loaded.dataset.columns()[1].missing, 1);
    let asked = file.read(|s| s.missing = vec!["None".into(), "NA".into()]).unwrap().dataset;
    assert_eq!(asked.class_names(), ["+", "-"]);
    assert_eq!(File::new("x.csv", "x,y\n1,0\n2,-\n3,1\n").read(|_| ()).unwrap().dataset.rows(), 2);
}

#[test]
fn a_late_byte_that_is_not_utf8_makes_latin1_of_all_the_file() {
    let mut content =
        rows(20_000, |index| format!("{},{}", index * 7 % 1000, if index % 2 == 0 { "ja" } else { "nein" }))
            .into_bytes();
    content.extend(b"1,k\xf6nnte\n1,k\xf6nnte\n");
    let file = File::new("x.csv", &content);
    let loaded = file.read(|_| ()).unwrap();
    assert_eq!(loaded.dataset.class_names(), ["ja", "könnte", "nein"]);
    assert_eq!(loaded.files[0].readings[0].text, "Latin-1, as line 20002 is not UTF-8 (data.encoding)");
    let asked = file.read(|s| s.encoding = EncodingChoice::Latin1).unwrap();
    assert_eq!(asked.dataset.hash(), loaded.dataset.hash(), "the hash is that of the bytes");
    assert!(asked.files[0].readings.is_empty());
}

#[test]
fn data_and_test_file_may_be_written_in_different_ways() {
    let file = File::new("x.csv", "x,y\n1.5,p\n2.5,q\n");
    let test = file.beside("t.csv", "y;x\nq;7,25\np;8,5\n");
    let loaded = file.read(|s| s.test_path = Some(test)).unwrap();
    assert_eq!(loaded.dataset.features().column(0).to_vec(), [1.5, 2.5, 7.25, 8.5]);
    assert_eq!((loaded.files[0].readings.len(), loaded.files[1].readings.len()), (0, 2));
}

#[test]
fn text_after_numbers_is_read_again_in_the_way_of_its_file() {
    let file = File::new("x.csv", "# x\nx;y\n1,5;p\n2,5;q\nz;q\n");
    let data = file.read(|_| ()).unwrap().dataset;
    assert_eq!(levels(&data, 0), ["1,5", "2,5", "z"]);
}

#[test]
fn one_sign_cannot_stand_before_fractions_and_between_thousands() {
    let message = error("x,y\n1,p\n", |s| (s.decimal, s.thousands) = (DecimalChoice::Comma, ThousandsChoice::Comma));
    assert_eq!(message, "data.thousands must be another sign than data.decimal, found ',' for both");
}

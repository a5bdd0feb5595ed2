//! Each finding on a small file that has what it is about, and on one that nearly has.

use super::super::fixtures::trial_with;
use super::super::settings::{DataSettings, TaskChoice};
use super::*;

/// What is found of a kind, in words; none where there is none.
fn found(csv: &str, kind: &str, change: impl FnOnce(&mut DataSettings)) -> Option<String> {
    let found = findings(&trial_with(csv, 0, change));
    let mut of_kind = found.iter().filter(|finding| finding.kind() == kind);
    let text = of_kind.next().map(ToString::to_string);
    assert_eq!(of_kind.next(), None, "at most one of a kind");
    text
}

/// Rows of two classes, each written by `row(number)` before the class.
fn of_two(rows: usize, row: impl Fn(usize) -> String, class: impl Fn(usize) -> bool) -> String {
    let lines = (0..rows).map(|number| format!("{},{}\n", row(number), if class(number) { "q" } else { "p" }));
    lines.collect()
}

/// A number that says nothing of the parity of `number`.
fn noise(number: usize) -> usize {
    (number * 7919 + number * number % 13) % 101
}

#[test]
fn copies_across_training_and_test_are_counted() {
    // All rows are there four times: whatever the split, most test rows stand in training.
    let csv = format!("x,class\n{}", of_two(100, |row| (row % 25).to_string(), |row| row % 25 % 2 == 0));
    let text = found(&csv, "duplicates", |_| ()).unwrap();
    assert!(text.contains(" of 20 test rows (") && text.contains("group_duplicates = true"), "{text}");
    assert!(!text.contains("another target"), "{text}");
    assert_eq!(found(&csv, "duplicates", |s| s.split.group_duplicates = true), None);
    let different = format!("x,class\n{}", of_two(100, |row| row.to_string(), |row| row.is_multiple_of(2)));
    assert_eq!(found(&different, "duplicates", |_| ()), None);
}

#[test]
fn a_row_of_another_target_is_no_copy() {
    // The features of every row are there twice, once with each class.
    let csv = format!("x,class\n{}", of_two(100, |row| (row / 2).to_string(), |row| row.is_multiple_of(2)));
    assert_eq!(found(&csv, "duplicates", |_| ()), None);
}

#[test]
fn of_a_regression_copies_have_the_same_value_and_others_contradict_them() {
    // Each of 20 rows is there five times, of which one has another value: 1 and −0 for 0 and 0.
    let value = |row: usize| match (row % 5, row / 5) {
        (4, kind) => format!("{}", 1 + kind),
        (3, 0) => "-0".to_owned(),
        (_, kind) => kind.to_string(),
    };
    let rows: String = (0..100).map(|row| format!("{},{}\n", row / 5, value(row))).collect();
    let data = trial_with(&format!("x,y\n{rows}"), 0, |s| s.task = TaskChoice::Regression);
    let contradicts = |&&row: &&usize| {
        let of_kind = data.train.rows.iter().filter(|other| **other / 5 == row / 5);
        of_kind.clone().count() > 0 && of_kind.clone().all(|other| (other % 5 == 4) != (row % 5 == 4))
    };
    let contradictions = data.test.rows.iter().filter(contradicts).count();
    let unknown = |row: &usize| data.train.rows.iter().all(|other| other / 5 != row / 5);
    let copies = 20 - contradictions - data.test.rows.iter().filter(|row| unknown(row)).count();
    assert!(contradictions > 0);
    assert_eq!(
        duplicates::find(&data),
        Some(Finding::Duplicates { test_rows: 20, copies, contradictions, can_be_grouped: true })
    );
}

#[test]
fn a_column_that_tells_the_class_gives_it_away() {
    let gives = |column: &dyn Fn(usize) -> String| {
        let rows = of_two(200, |row| format!("{},{}", noise(row), column(row)), |row| row.is_multiple_of(2));
        found(&format!("a,leak,class\n{rows}"), "gives_away", |_| ())
    };
    let word = gives(&|row| if row.is_multiple_of(2) { "yes".into() } else { "no".into() }).unwrap();
    assert!(word.starts_with("column 'leak' alone gives the target away: it tells 100.0% of the classes;"), "{word}");
    // A number with a threshold, of which no value comes twice.
    assert!(gives(&|row| format!("{}.5", if row.is_multiple_of(2) { 1000 + row } else { row })).is_some());
    assert_eq!(gives(&|row| noise(row + 1).to_string()), None, "noise tells nothing");
    // One row in ten is otherwise: a good feature, as there are.
    let mostly = |row: usize| format!("{}", usize::from(row.is_multiple_of(2)) ^ usize::from(row % 20 < 2));
    assert_eq!(gives(&mostly), None);
}

#[test]
fn names_of_rows_tell_nothing() {
    // Every value once: told by heart, but by nothing that holds of another row.
    let rows = of_two(200, |row| format!("{},k{}", noise(row), row % 60), |row| noise(row).is_multiple_of(2));
    assert_eq!(found(&format!("a,id,class\n{rows}"), "gives_away", |s| s.categorical = vec!["id".into()]), None);
}

#[test]
fn a_column_in_proportion_to_the_target_of_a_regression_gives_it_away() {
    let rows = |bend: f64| -> String {
        (0..100)
            .map(|row| format!("{},{}\n", 3.0 * f64::from(row) + bend * f64::from(row % 7), f64::from(row) + 0.5))
            .collect()
    };
    let regression = |s: &mut DataSettings| s.task = TaskChoice::Regression;
    let text = found(&format!("x,y\n{}", rows(0.0)), "gives_away", regression).unwrap();
    assert!(text.contains("its correlation is 1.0000"), "{text}");
    assert!(found(&format!("x,y\n{}", rows(7.0)), "gives_away", regression).is_some(), "a correlation of .988");
    assert_eq!(found(&format!("x,y\n{}", rows(10.0)), "gives_away", regression), None);
}

#[test]
fn zeros_and_codes_far_from_all_else_look_like_missing_values() {
    let hidden = |column: &dyn Fn(usize) -> String| {
        let rows = of_two(200, |row| format!("{row},{}", column(row)), |row| row.is_multiple_of(2));
        found(&format!("a,b,class\n{rows}"), "hidden_missing", |_| ())
    };
    let pressure = |row: usize| if row.is_multiple_of(10) { 0 } else { 60 + noise(row) % 40 };
    let text = hidden(&|row| pressure(row).to_string()).unwrap();
    assert!(text.starts_with("1 column with a number far from all others") && text.contains("'b' (0 in 20)"), "{text}");
    let coded = |code: i32| move |row: usize| if row < 3 { code } else { noise(row) as i32 };
    assert!(hidden(&|row| coded(-999)(row).to_string()).unwrap().contains("'b' (-999 in 3)"));
    assert!(hidden(&|row| coded(9999)(row).to_string()).unwrap().contains("'b' (9999 in 3)"));
    assert_eq!(hidden(&|row| coded(-99)(row).to_string()), None, "not so far from values up to 100");
    assert_eq!(hidden(&|row| (noise(row) % 30).to_string()), None, "counts begin at 0");
    assert_eq!(
        hidden(&|row| (if row.is_multiple_of(4) { 1000 + noise(row) } else { 0 }).to_string()),
        None,
        "mostly 0"
    );
}

#[test]
fn columns_that_never_vary_are_named() {
    let rows = of_two(20, |row| format!("1,{row},z"), |row| row.is_multiple_of(2));
    let text = found(&format!("a,b,c,class\n{rows}"), "constant", |_| ()).unwrap();
    assert_eq!(text, "2 columns with one and the same value in every row: 'a', 'c'");
}

#[test]
fn classes_with_few_rows_and_a_class_of_most_rows_are_named() {
    let rows = |rare: usize| of_two(100, |row| row.to_string(), |row| row < rare);
    let few = found(&format!("x,class\n{}", rows(6)), "few_rows", |_| ()).unwrap();
    assert_eq!(few, "1 class with too few rows in train/validation/test: 'q' 4/1/1");
    assert_eq!(found(&format!("x,class\n{}", rows(30)), "few_rows", |_| ()), None);
    let text = found(&format!("x,class\n{}", rows(10)), "imbalance", |_| ()).unwrap();
    assert!(text.starts_with("imbalance: 90% of the training rows are of class 'p'"), "{text}");
    assert_eq!(found(&format!("x,class\n{}", rows(30)), "imbalance", |_| ()), None);
}

#[test]
fn what_may_well_be_nothing_is_suspect_only_beside_what_is() {
    let beside = |other: &dyn Fn(usize) -> usize| {
        // Values begin at an eighth of their median.
        let amount = |row: usize| if row.is_multiple_of(9) { 0 } else { 20 + 3 * noise(row) };
        let rows = of_two(200, |row| format!("{},{}", amount(row), other(row)), |row| row.is_multiple_of(2));
        found(&format!("a,b,class\n{rows}"), "hidden_missing", |_| ())
    };
    assert_eq!(beside(&|row| row), None);
    let both = beside(&|row| if row < 5 { 0 } else { 60 + noise(row) }).unwrap();
    assert!(both.contains("'a' (0 in 23), 'b' (0 in 5)"), "{both}");
}

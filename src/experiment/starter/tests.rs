//! Files in, configs out that read the same files again.

use proptest::prelude::*;

use super::*;

/// A folder with a CSV file, and the starter for it.
fn described(csv: &str, wanted: Option<&str>) -> Result<Starter, String> {
    let folder = tempfile::tempdir().unwrap();
    let (data, config) = (folder.path().join("things.csv"), folder.path().join("things.toml"));
    std::fs::write(&data, csv).unwrap();
    starter(&data, &config, wanted).map_err(|error| error.to_string())
}

fn rows(count: usize, row: impl Fn(usize) -> String) -> String {
    (0..count).map(|index| row(index) + "\n").collect()
}

#[test]
fn the_target_is_guessed_by_its_name_and_said_with_the_reason() {
    let csv = "class,size\n".to_owned() + &rows(20, |row| format!("{},{row}.5", ["a", "b"][row % 2]));
    let starter = described(&csv, None).unwrap();
    assert_eq!((starter.target.as_str(), starter.reason), ("class", "by its name"));
    assert!(
        starter.text.contains("# The target is 'class', by its name: 2 classes: a 10, b 10.\n"),
        "{}",
        starter.text
    );
    assert!(starter.text.contains("#   size                      number, 0.5 to 19.5\n"), "{}", starter.text);
    assert!(starter.text.contains("target = \"class\"\n"));
}

#[test]
fn a_column_that_cannot_be_predicted_is_passed_over() {
    let csv = "size,kind,note\n".to_owned() + &rows(30, |row| format!("{row}.5,{},text {row}", ["a", "b"][row % 2]));
    let starter = described(&csv, None).unwrap();
    assert_eq!((starter.target.as_str(), starter.reason), ("kind", "the last column that can be one"));
    assert!(starter.text.contains("# Noticed: "), "the names that are left out are said: {}", starter.text);
}

#[test]
fn the_target_that_the_user_names_is_taken_or_refused() {
    let csv = "class,size\n".to_owned() + &rows(40, |row| format!("{},{row}.5", ["a", "b"][row % 2]));
    let starter = described(&csv, Some("size")).unwrap();
    assert!(starter.text.contains("task = \"regression\"\n"));
    assert!(
        described(&csv, Some("colour")).unwrap_err().contains("did you mean 'class'?") || {
            described(&csv, Some("colour")).unwrap_err().contains("its columns are 'class', 'size'")
        }
    );
}

#[test]
fn a_rare_class_and_copies_of_rows_change_the_metric_and_the_split() {
    let csv = "x,class\n".to_owned() + &rows(50, |row| format!("{row}.5,{}", if row % 20 == 0 { "b" } else { "a" }));
    let text = described(&(csv.clone() + csv.split_once('\n').unwrap().1), None).unwrap().text;
    assert!(text.contains("metric = \"balanced_accuracy\""), "{text}");
    assert!(text.contains("validation = 0.2, group_duplicates = true }"), "{text}");
    assert!(text.contains("# Noticed: "), "{text}");
}

#[test]
fn a_column_of_dates_is_left_out_with_the_reason() {
    let csv = "day,size,class\n".to_owned()
        + &rows(40, |row| format!("2020-01-{:02},{row}.5,{}", 1 + row % 28, ["a", "b"][row % 2]));
    let starter = described(&csv, None).unwrap();
    assert!(starter.text.contains("exclude = [\"day\"]\n"), "{}", starter.text);
    assert!(starter.text.contains("# Noticed: left out, since "), "{}", starter.text);
}

#[test]
fn how_the_file_was_read_is_said() {
    let csv = "size;class\n".to_owned() + &rows(40, |row| format!("{row},5;{}", ["a", "b"][row % 2]));
    let starter = described(&csv, None).unwrap();
    assert!(starter.text.contains("# Read as: "), "{}", starter.text);
    assert_eq!(starter.target, "class");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn a_config_with_any_column_names_reads_as_it_was_meant(first in "[^\u{0}]{1,12}", second in "[^\u{0}]{1,12}") {
        prop_assume!(first.trim() != second.trim() && !first.trim().is_empty() && !second.trim().is_empty());
        let mut csv = csv::Writer::from_writer(vec![]);
        csv.write_record([&first, &second]).unwrap();
        for row in 0..20 {
            csv.write_record([format!("{row}.5"), ["a", "b"][row % 2].to_owned()]).unwrap();
        }
        let csv = String::from_utf8(csv.into_inner().unwrap()).unwrap();
        if let Ok(starter) = described(&csv, None) {
            let experiment = Experiment::parse_toml(&starter.text, Path::new("things.toml")).unwrap();
            prop_assert_eq!(experiment.variants.len(), budget::VARIANTS);
            let target = experiment.cells[0].settings.data.target.clone();
            prop_assert_eq!(target, Some(starter.target));
        }
    }
}

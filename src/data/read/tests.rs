//! Files in, data sets, warnings and errors out.

mod columns;
mod room;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use proptest::prelude::*;

use super::super::fixtures::{File, settings};
use super::super::{ColumnKind, DataSettings, Task, TaskChoice, ThousandsChoice, check_split, prepare, profile};
use super::*;

fn error(csv: &str, change: impl FnOnce(&mut DataSettings)) -> String {
    let file = File::new("x.csv", csv);
    let error = file.read(change).expect_err("the file or the settings are wrong");
    file.message(&error)
}

fn warnings(csv: &str, change: impl FnOnce(&mut DataSettings)) -> Vec<String> {
    let file = File::new("x.csv", csv);
    file.read(change).unwrap().warnings.iter().map(|warning| file.message(warning)).collect()
}

/// `x,y` and rows made of their number.
fn rows(count: usize, row: impl Fn(usize) -> String) -> String {
    (0..count).fold("x,y\n".to_owned(), |csv, index| csv + &row(index) + "\n")
}

fn levels(dataset: &Dataset, column: usize) -> &[String] {
    match &dataset.columns()[column].kind {
        ColumnKind::Categorical { levels } => levels,
        ColumnKind::Numeric => panic!("column {column} is numeric"),
    }
}

#[test]
fn reads_numbers_texts_and_missing_cells() {
    let file = File::new("x.csv", "size,colour,class\n1.5,red,b\n,\"a, \"\"b\"\"\",a\n-3e2,?,b\n");
    let loaded = file.read(|_| ()).unwrap();
    let data = loaded.dataset;
    assert_eq!(loaded.warnings, [] as [String; 0]);
    assert_eq!((data.rows(), data.task(), data.outputs(), data.target_name()), (3, Task::Classification, 2, "class"));
    assert_eq!(data.class_names(), ["a", "b"]);
    assert_eq!(data.target, Target::Classes(vec![1, 0, 1], vec!["a".into(), "b".into()]));
    assert_eq!(levels(&data, 1), ["a, \"b\"", "red"]);
    let features: Vec<f32> = data.features().iter().copied().collect();
    assert_eq!((features[0], features[1], features[3], features[4]), (1.5, 1.0, 0.0, -300.0));
    assert!(features[2].is_nan() && features[5].is_nan());
    assert_eq!((data.columns()[0].missing, data.columns()[0].first_missing), (1, Some(1)));
}

#[test]
fn a_column_that_turns_out_to_be_text_keeps_the_texts_of_its_numbers() {
    let file = File::new("x.csv", "doors,n,class\n2,1,1\n02,2,2\n,3,\n5more,4,x\n2,5,1\n");
    let loaded = file.read(|_| ()).unwrap();
    assert_eq!(levels(&loaded.dataset, 0), ["02", "2", "5more"]);
    assert_eq!(loaded.dataset.features().column(0).to_vec(), [1.0, 0.0, 2.0, 1.0]);
    assert_eq!(loaded.dataset.class_names(), ["1", "2", "x"]);
    assert_eq!(
        file.message(&loaded.warnings[0]),
        "x.csv:4: 1 row without the target 'class' left out, this is the first"
    );
    assert_eq!(loaded.dataset.place(3).line, 6);
}

#[test]
fn numbers_listed_as_categorical_are_categories_in_their_order() {
    let file = File::new("x.csv", "x,y\n10,p\n9,q\n10,p\n");
    let data = file.read(|s| s.categorical = vec!["x".into()]).unwrap().dataset;
    assert_eq!(levels(&data, 0), ["9", "10"]);
    assert_eq!(data.features().column(0).to_vec(), [1.0, 0.0, 1.0]);
}

#[test]
fn a_test_file_lies_behind_and_shares_classes_and_categories() {
    let file = File::new("x.csv", "x,colour,y\n1,red,p\n2,blue,q\n");
    let test = file.beside("t.csv", "y,x,colour\nr,7,green\np,8,red\n");
    let loaded = file.read(|s| s.test_path = Some(test)).unwrap();
    let data = loaded.dataset;
    assert_eq!((data.rows(), data.test_start(), data.class_names().len()), (4, Some(2), 3));
    assert_eq!(levels(&data, 1), ["blue", "green", "red"]);
    assert_eq!(data.features().column(0).to_vec(), [1.0, 2.0, 7.0, 8.0]);
    assert_eq!(file.message(&data.place(3)), "t.csv:3");
    assert_eq!(file.message(&loaded.warnings[0]), "t.csv: classes of 'y' that x.csv has not: 'r'");
    assert_ne!(data.hash(), file.read(|_| ()).unwrap().dataset.hash());
}

#[test]
fn the_hash_is_that_of_the_file() {
    // printf 'x,y\n1,p\n2,q\n' | sha256sum
    let data = File::new("x.csv", "x,y\n1,p\n2,q\n").read(|_| ()).unwrap().dataset;
    assert_eq!(data.hash(), "c250e0ae0300bcba1c93e456d2257823333352511e937a8a61eec1a15b6fec48");
}

#[test]
fn columns_without_use_are_left_out_with_a_warning() {
    let csv = (0..30).fold("name,none,x,y\n".to_owned(), |csv, row| csv + &format!("n{row},,{row},{}\n", row % 2));
    let file = File::new("x.csv", csv);
    let loaded = file.read(|_| ()).unwrap();
    let found: Vec<String> = loaded.warnings.iter().map(|warning| file.message(warning)).collect();
    assert_eq!(
        found,
        [
            "x.csv: column 'name' left out: 30 different texts in 30 rows look like names or ids (data.keep keeps it)",
            "x.csv: 1 column left out, as every cell is missing: 'none'",
        ]
    );
    assert_eq!(loaded.dataset.features().column(0).to_vec(), (0..30u8).map(f32::from).collect::<Vec<_>>());
    assert_eq!(loaded.dataset.columns().len(), 1);

    let kept = file.read(|s| s.categorical = vec!["name".into()]).unwrap().dataset;
    assert_eq!(levels(&kept, 0).len(), 30);

    let nothing_left = file.read(|s| s.exclude = vec!["x".into()]).unwrap_err();
    let message = file.message(&nothing_left);
    assert!(
        message.starts_with("x.csv: no feature column is left beside the target 'y'; x.csv: column 'name' left out: ")
    );
}

#[test]
fn a_stray_text_among_numbers_is_named_with_its_line() {
    let csv = |stray: &str| {
        rows(60, |index| {
            format!("{},{}", if index == 29 { stray.to_owned() } else { (index % 7).to_string() }, index % 2)
        })
    };
    for stray in ["abc", "NAN", "1.5x"] {
        let found = warnings(&csv(stray), |_| ());
        let why = format!("because of '{stray}': all other 59 cells are numbers (data.missing can name it)");
        assert_eq!(found, [format!("x.csv:31: column 'x' is read as text {why}")]);
    }
    let nothing: [String; 0] = [];
    assert_eq!(warnings(&csv("abc"), |s| s.missing = vec!["abc".into()]), nothing);
    assert_eq!(warnings(&csv("abc"), |s| s.categorical = vec!["x".into()]), nothing, "text is asked for");
}

#[test]
fn a_column_of_numbers_is_not_lost_because_of_a_few_texts() {
    let csv = |stray: fn(usize) -> String| {
        (0..60).fold("x,z,y\n".to_owned(), |csv, index| {
            let x = if index >= 58 { stray(index) } else { format!("{index}.5") };
            csv + &format!("{x},{index},{}\n", index % 2)
        })
    };
    let ways_out = "data.missing can name what means a missing value, data.exclude leaves the column out, \
                    data.categorical makes categories of its 58 numbers";
    assert_eq!(
        error(&csv(|index| format!("s{index}")), |_| ()),
        format!("x.csv:60: column 'x' is numbers but for 2 cells, the first of them 's58': {ways_out}")
    );
    assert_eq!(
        error(&csv(|_| "\"1,234\"".to_owned()), |s| s.thousands = ThousandsChoice::None),
        format!(
            "x.csv:60: column 'x' is numbers but for 2 cells, the first of them '1,234': \
             data.thousands = \",\" reads it as a number; {ways_out}"
        )
    );
    let loaded = warnings(&csv(|_| "none".to_owned()), |s| s.missing = vec!["none".into()]);
    assert_eq!(loaded, [] as [String; 0]);
    assert!(warnings(&csv(|_| "none".to_owned()), |s| s.categorical = vec!["x".into()]).is_empty());
}

#[test]
fn a_stray_text_in_the_target_is_named_with_its_line() {
    let csv =
        rows(60, |index| format!("{index},{}", if index == 29 { "abc".to_owned() } else { (index % 7).to_string() }));
    assert_eq!(
        warnings(&csv, |_| ()),
        ["x.csv:31: the target 'y' is read as classes because of 'abc': \
          all other 59 cells are numbers (data.missing can name it)"]
    );
}

#[test]
fn a_target_with_a_class_for_nearly_every_row_is_an_error() {
    let csv = |count, target: fn(usize) -> String| rows(count, |index| format!("{index},{}", target(index)));
    let stray = |index| if index == 29 { "abc".to_owned() } else { format!("{index}.5") };
    assert_eq!(
        error(&csv(60, stray), |_| ()),
        "x.csv: the target 'y' has 60 classes in 60 rows, each with one row; classes need several rows each \
         (is it a number with a stray text in it? x.csv:31 has 'abc')"
    );
    assert_eq!(
        error(&csv(40, |index| format!("n{}", index.max(1))), |_| ()),
        "x.csv: the target 'y' has 39 classes in 40 rows, 38 of them with one row; classes need several rows each \
         (are they names or ids?)"
    );
    let numbers = csv(10, |index| index.to_string());
    assert!(
        error(&numbers, |_| ()).ends_with(
            "10 classes in 10 rows, each with one row; classes need several rows each (is it a regression?)"
        )
    );
    assert_eq!(warnings(&numbers, |s| s.task = TaskChoice::Regression), [] as [String; 0]);
    // A tenth of the rows or more in classes of several rows are classes, if rare ones.
    assert_eq!(warnings(&csv(40, |index| format!("n{}", index.max(4))), |_| ()), [] as [String; 0]);
    assert!(
        error(&csv(1001, stray), |_| ())
            .ends_with("at most 1000 are allowed (is it a number with a stray text in it? x.csv:31 has 'abc')")
    );
}

#[test]
fn long_names_and_cells_are_not_shown_whole() {
    let long = "n".repeat(100_000);
    let name = format!("{}…", "n".repeat(80));
    assert_eq!(
        error(&format!("x,{long}\n1,{long}\n2,{long}\n"), |_| ()),
        format!("x.csv: the target '{name}' has only one class, '{name}', at least two are wanted")
    );
    assert_eq!(
        error(&format!("{long},y\n1,p\n1{},q\n", "0".repeat(100_000)), |_| ()),
        format!("x.csv:3: column '{name}': 1{}… is beyond the range of single precision, ±3.4e38", "0".repeat(79))
    );
    let message = error(&format!("{long},y\n1,p\n2,q\n"), |s| s.target = Some(long.clone() + "x"));
    assert!(message.len() < 500, "{message}");
    let message = read(&settings(Path::new(&long))).unwrap_err().to_string();
    assert!(message.starts_with("data.path: cannot read nnn") && message.len() < 200, "{message}");
    let csv = rows(60, |index| format!("{},{}", if index == 9 { long.clone() } else { index.to_string() }, index % 2));
    let message = error(&csv, |_| ());
    assert!(
        message.starts_with(&format!("x.csv:11: column 'x' is numbers but for '{name}': data.missing")),
        "{message}"
    );
    let loaded = File::new("x.csv", format!("x,y\n1,{long}\n2,q\n")).read(|_| ()).unwrap();
    assert_eq!(profile(&loaded.dataset).target.to_string(), format!("2 classes: {name} 1, q 1"));
}

#[test]
fn constant_columns_are_noticed() {
    let constant = |csv: &str| {
        let loaded = File::new("x.csv", csv).read(|_| ()).unwrap();
        let columns = loaded.dataset.columns().iter().filter(|column| column.is_constant);
        columns.map(|column| column.name.clone()).collect::<Vec<_>>()
    };
    assert_eq!(constant("a,b,c,y\n1,x,1,p\n1,x,2,q\n,x,3,q\n"), ["a", "b"]);
    // Missing text is a category of its own.
    assert_eq!(constant("b,c,y\nx,1,p\n,2,q\n"), [] as [String; 0]);
}

#[test]
fn a_file_that_is_no_table_is_an_error() {
    assert_eq!(error("x,y\n", |_| ()), "data.path: x.csv has a header but no rows");
    let missing = read(&settings(Path::new("no-such-folder/x.csv"))).unwrap_err().to_string();
    assert!(missing.starts_with("data.path: cannot read no-such-folder/x.csv: "), "{missing}");
    let folder = tempfile::tempdir().unwrap();
    let message = read(&settings(folder.path())).unwrap_err().to_string();
    assert!(message.starts_with("data.path: ") && message.ends_with(" is a folder, a CSV file is wanted"), "{message}");
}

#[test]
fn a_test_file_that_is_no_table_is_named_by_its_own_key() {
    let file = File::new("x.csv", "x,y\n1,p\n2,q\n");
    let message = |path: PathBuf| file.message(&file.read(|s| s.test_path = Some(path)).unwrap_err());
    assert_eq!(
        message(file.beside("empty.csv", "")),
        "data.test_path: empty.csv is empty, a header and rows are wanted"
    );
    assert_eq!(message(file.beside("t.csv", "x,y\n")), "data.test_path: t.csv has a header but no rows");
    let missing = message(file.path().with_file_name("nowhere.csv"));
    assert!(missing.starts_with("data.test_path: cannot read nowhere.csv: "), "{missing}");
    let folder = message(file.path().parent().unwrap().to_owned());
    assert!(
        folder.starts_with("data.test_path: ") && folder.ends_with(" is a folder, a CSV file is wanted"),
        "{folder}"
    );
}

#[test]
fn a_target_that_cannot_be_learned_is_an_error() {
    assert_eq!(
        error("x,y\n1,p\n2,p\n", |_| ()),
        "x.csv: the target 'y' has only one class, 'p', at least two are wanted"
    );
    assert_eq!(error("x,y\n1,\n2,NA\n", |_| ()), "x.csv: the target 'y' is missing in every row");
    assert_eq!(
        error("x,y\n1,2.5\n2,p\n", |s| s.task = TaskChoice::Regression),
        "x.csv:3: the target 'y' is 'p', which is no number, but data.task is regression"
    );
    assert_eq!(
        error(&rows(1001, |index| format!("1,{index}.5")), |s| s.task = TaskChoice::Classification),
        "x.csv: the target 'y' has 1001 classes, at most 1000 are allowed (is it a regression?)"
    );
    assert!(error(&rows(1001, |index| format!("1,n{index}")), |_| ()).ends_with("allowed (are they names or ids?)"));
    assert!(
        error("x,y\n1,1\n", |s| (s.task, s.categorical) = (TaskChoice::Regression, vec!["y".into()]))
            .contains("data.task")
    );
}

#[test]
fn a_number_beyond_single_precision_is_an_error_unless_it_is_text() {
    assert_eq!(
        error("x,y\n1,p\n1e39,q\n", |_| ()),
        "x.csv:3: column 'x': 1e39 is beyond the range of single precision, ±3.4e38"
    );
    assert_eq!(
        error("x,y\n1,1\n2,1e400\n", |_| ()),
        "x.csv:3: column 'y': 1e400 is beyond the range of single precision, ±3.4e38"
    );
    assert_eq!(warnings("x,y\n1e39,p\nz,q\n", |_| ()), [] as [String; 0]);
}

#[test]
fn an_unknown_word_in_the_split_column_is_an_error() {
    let message = error("x,part,y\n1,train,p\n2,tset,q\n", |s| s.split.column = Some("part".into()));
    assert_eq!(message, "x.csv:3: column 'part' must be train, validation or test, found 'tset'");
}

#[test]
fn settings_with_equal_keys_read_the_same() {
    let one = settings(Path::new("x.csv"));
    let mut other = one.clone();
    (other.label_noise, other.split.seed) = (0.5, Some(1));
    assert_eq!(one.reading_key(), other.reading_key());
    other.exclude.push("a".into());
    assert_ne!(one.reading_key(), other.reading_key());
}

/// A wider net than any example: real files with strings, gaps, quotes, gz and odd names, where they are at hand.
#[test]
fn reads_every_file_of_the_shared_collection_if_it_is_there() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/datasets");
    let csv_files = |folder: &Path| -> Vec<PathBuf> {
        let Ok(entries) = std::fs::read_dir(folder) else { return vec![] };
        let is_csv = |path: &PathBuf| path.to_string_lossy().contains(".csv");
        entries.map(|entry| entry.unwrap().path()).filter(is_csv).collect()
    };
    let files = [csv_files(&folder), csv_files(&folder.join("proben1"))].concat();
    if files.is_empty() {
        eprintln!("skipped: no {}", folder.display());
        return;
    }
    // File, rows, columns kept (those wholly empty and those like names are not), classes or 1.
    let known = [
        ("iris.csv", 150, 4, 3),
        ("abalone.csv", 4177, 8, 1),
        ("adult_train.csv.gz", 32561, 14, 2),
        ("anneal.csv", 898, 32, 5),
        ("arrhythmia.csv", 452, 279, 13),
        ("car.csv", 1728, 6, 4),
        ("kin8nm.csv.gz", 8192, 8, 1),
        ("soybean.csv", 683, 35, 19),
        ("wine_quality_red.csv", 1599, 11, 6),
    ];
    for path in files {
        let mut settings = settings(&path);
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if name.starts_with("mnist") {
            settings.target = Some("label".into());
        }
        let data = read(&settings).unwrap_or_else(|error| panic!("{error}")).dataset;
        assert!(data.rows() > 50 && !data.columns().is_empty(), "{name}");
        if let Some(&(_, rows, columns, outputs)) = known.iter().find(|known| known.0 == name) {
            assert_eq!((data.rows(), data.columns().len(), data.outputs()), (rows, columns, outputs), "{name}");
        }
    }
}

/// Rows of three cells of every sort.
const ORDERLY: &str = "(([0-3]|a|b|-0|\\.5|\\?||\"x,y\"|é),([0-3]|a|1e38|1e39| 7 |),([0-2]|a|)\n){0,20}";
/// Rows of anything.
const SLOPPY: &str = "([0-3]|a|1e39|\\?|\"|\"x,y\"|é|,|,|,|\n|\n|\r){0,60}";

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, ..ProptestConfig::default() })]

    /// Whatever is in the file: an error, or data that trials can be made of or refuse with an error.
    #[test]
    fn no_content_makes_it_panic(
        body in prop_oneof![ORDERLY, SLOPPY], folds in prop::option::of(2u32..4),
    ) {
        let file = File::new("x.csv", format!("p,q,r\n{body}"));
        let mut settings = file.settings();
        (settings.split.folds, settings.label_noise) = (folds, 0.3);
        if let Ok(loaded) = read(&settings) {
            let data = Arc::new(loaded.dataset);
            let checked = check_split(&data, &settings);
            for (seed, fold) in [(0, 0), (1, folds.unwrap_or(1) - 1)] {
                match prepare(&data, &settings, seed, fold) {
                    Ok(prepared) => {
                        let mut inputs = vec![f32::NAN; prepared.data.inputs()];
                        (0..data.rows()).for_each(|row| prepared.data.encode(row, &mut inputs));
                        prop_assert!(inputs.iter().all(|x| x.is_finite()));
                    }
                    Err(error) => prop_assert!(checked.is_err(), "only here: {}", error),
                }
            }
            profile(&data).to_string();
        }
    }
}

//! `overfit compare` agrees with SciPy, on values that `tests/golden/scipy/make.py` wrote down.

mod support;

use std::fmt::Write;
use std::fs;

use serde_json::Value;
use support::overfit;

/// The JSON that `overfit compare` prints of a CSV.
fn compare(text: &str, options: &[&str]) -> Value {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("scores.csv");
    fs::write(&path, text).unwrap();
    let arguments = [&["compare", path.to_str().unwrap(), "--format", "json"], options].concat();
    serde_json::from_str(&overfit(&arguments).success().stdout).unwrap()
}

fn cases(text: &str) -> Vec<Value> {
    let golden: Value = serde_json::from_str(text).unwrap();
    golden["cases"].as_array().unwrap().clone()
}

fn list(value: &Value) -> &Vec<Value> {
    value.as_array().unwrap()
}

#[track_caller]
fn agree(found: &Value, wanted: &Value, what: &str) {
    let (number, expected) = (found.as_f64(), wanted.as_f64());
    let (Some(number), Some(expected)) = (number, expected) else { panic!("{what}: {found}, SciPy {wanted}") };
    let tolerance = 1e-9 * expected.abs() + 1e-14;
    assert!((number - expected).abs() <= tolerance, "{what}: {number}, SciPy {expected}");
}

/// Rows of `v0, v1, ...`, each key that SciPy has.
#[track_caller]
fn rows_agree(found: &Value, wanted: &Value, what: &str) {
    for (at, row) in list(wanted).iter().enumerate() {
        for (key, value) in row.as_object().unwrap() {
            agree(&found["comparisons"][at + 1][key], value, &format!("{what}, v{}, {key}", at + 1));
        }
    }
}

#[test]
fn several_data_sets_agree_with_scipy() {
    let cases = cases(include_str!("golden/scipy/tables.json"));
    assert_eq!(cases.len(), 7);
    for case in &cases {
        let (name, metric) = (case["name"].as_str().unwrap(), case["metric"].as_str().unwrap());
        let mut text = format!("experiment,variant,seed,{metric}\n");
        for (set, scores) in list(&case["scores"]).iter().enumerate() {
            list(scores).iter().enumerate().for_each(|(at, score)| writeln!(text, "s{set},v{at},0,{score}").unwrap());
        }
        let found = compare(&text, &["--metric", metric, "--baseline", "v0"]);
        for (at, rank) in list(&case["average_ranks"]).iter().enumerate() {
            agree(&found["average_ranks"][format!("v{at}")], rank, name);
        }
        agree(&found["friedman"]["chi_square"], &case["chi_square"], name);
        agree(&found["friedman"]["p_value"], &case["p_value"], name);
        if let Some([chi_square, p_value]) = case["tie_corrected"].as_array().map(Vec::as_slice) {
            agree(&found["friedman"]["tie_corrected"]["chi_square"], chi_square, name);
            agree(&found["friedman"]["tie_corrected"]["p_value"], p_value, name);
        }
        agree(&found["iman_davenport"]["f"], &case["f"], name);
        agree(&found["iman_davenport"]["p_value"], &case["f_p_value"], name);
        agree(&found["nemenyi_cd"], &case["nemenyi_cd"], name);
        rows_agree(&found, &case["rows"], name);
    }
}

#[test]
fn splits_of_one_data_set_agree_with_scipy() {
    let cases = cases(include_str!("golden/scipy/splits.json"));
    assert_eq!(cases.len(), 5);
    for case in &cases {
        let (name, resampling) = (case["name"].as_str().unwrap(), case["resampling"].as_str().unwrap());
        let mut text = "experiment,variant,seed,fold,n_train,n_test,test_accuracy\n".to_owned();
        for (split, scores) in list(&case["scores"]).iter().enumerate() {
            let place = if resampling == "kfold" { format!("0,{split}") } else { format!("{split},0") };
            for (at, score) in list(scores).iter().enumerate() {
                writeln!(text, "d,v{at},{place},{},{},{score}", case["n_train"], case["n_test"]).unwrap();
            }
        }
        rows_agree(&compare(&text, &["--resampling", resampling]), &case["rows"], name);
    }
}

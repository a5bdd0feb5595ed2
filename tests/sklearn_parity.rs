//! Metrics of predictions agree with scikit-learn's, on values that `tests/golden/sklearn/make.py` wrote down.

use overfit::metric::{Classified, FURTHER, Metric};
use serde_json::Value;

fn cases() -> Vec<Value> {
    let golden: Value = serde_json::from_str(include_str!("golden/sklearn/classification.json")).unwrap();
    golden["cases"].as_array().unwrap().clone()
}

fn numbers<T>(value: &Value, read: impl Fn(&Value) -> Option<T>) -> Vec<T> {
    value.as_array().unwrap().iter().map(|item| read(item).unwrap()).collect()
}

/// What the program makes of a case.
fn judged(case: &Value) -> Classified {
    let classes = |key: &str| numbers(&case[key], |class| class.as_u64().map(|class| class as u32));
    let probabilities: Vec<f64> =
        case["probabilities"].as_array().unwrap().iter().flat_map(|row| numbers(row, Value::as_f64)).collect();
    let count = case["classes"].as_u64().unwrap() as usize;
    Classified::of(&classes("truth"), &classes("predicted"), &probabilities, count)
}

#[test]
fn figures_agree_with_scikit_learn() {
    let cases = cases();
    assert_eq!(cases.len(), 9);
    for case in &cases {
        let found = judged(case);
        for (metric, value) in FURTHER.into_iter().zip(found.values) {
            match case[metric.name()].as_f64() {
                Some(wanted) => {
                    assert!((value - wanted).abs() < 1e-12, "{metric:?} {value} {wanted}: {}", case["name"])
                }
                None => assert!(value.is_nan() && metric == Metric::Auc, "{metric:?} {value}: {}", case["name"]),
            }
        }
    }
    assert!(cases.iter().filter(|case| case["auc"].is_null()).count() >= 3, "undefined areas are among the cases");
}

#[test]
fn confusion_agrees_with_scikit_learn() {
    for case in cases() {
        let mut matrix: Vec<Vec<u64>> =
            case["confusion"].as_array().unwrap().iter().map(|row| numbers(row, Value::as_u64)).collect();
        for [class, taken_for, rows] in judged(&case).confusion.pairs() {
            matrix[class as usize][taken_for as usize] -= rows;
        }
        assert!(matrix.iter().flatten().all(|&rest| rest == 0), "{}", case["name"]);
    }
}

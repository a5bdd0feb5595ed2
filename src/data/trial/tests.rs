//! Parts, targets, cuts and noise of whole trials.

use proptest::prelude::*;
use serde_json::json;

use super::super::fixtures::{File, dataset, of_classes, settings};
use super::super::{Scaling, read};
use super::*;

fn prepared(data: &Arc<Dataset>, seed: u64, change: impl FnOnce(&mut DataSettings)) -> Result<TrialData, String> {
    let mut settings = settings(std::path::Path::new("x.csv"));
    change(&mut settings);
    prepare(data, &settings, seed, 0).map(|prepared| prepared.data).map_err(|error| error.to_string())
}

fn two_classes(rows: u32) -> Arc<Dataset> {
    Arc::new(of_classes(&(0..rows).map(|row| row % 2).collect::<Vec<_>>()))
}

#[test]
fn a_trial_has_three_parts_with_their_targets() {
    let data = prepared(&two_classes(50), 3, |s| s.scaling = Scaling::None).unwrap();
    assert_eq!((data.inputs(), data.outputs(), data.task()), (1, 2, Task::Classification));
    assert_eq!((data.train.rows.len(), data.rows_outside_test(), data.target_scale()), (30, 40, 1.0));
    let classes: Vec<u32> = data.test.rows.iter().map(|row| *row as u32 % 2).collect();
    assert_eq!(data.test.targets, Targets::Classes(classes));
    let mut out = [0.0];
    data.encode(17, &mut out);
    assert_eq!(out, [17.0]);
}

#[test]
fn a_regression_is_scaled_by_its_training_rows() {
    let csv = (0..20).fold("a,y\n".to_owned(), |csv, row| csv + &format!("{row},{}.5\n", row * 3));
    let data = prepared(&Arc::new(dataset(&csv)), 0, |_| ()).unwrap();
    let Targets::Values(values) = &data.train.targets else { panic!("a regression has values") };
    let mean = values.iter().copied().map(f64::from).sum::<f64>() / values.len() as f64;
    assert!(mean.abs() < 1e-6, "{mean}");
    for (&row, &value) in data.train.rows.iter().zip(values) {
        let original = f64::from(value) * data.target_scale() + data.target_shift();
        assert!((original - (row as f64 * 3.0 + 0.5)).abs() < 1e-4, "{original}");
    }
}

#[test]
fn the_preprocessing_is_described_in_full() {
    let file = File::new("x.csv", "a,b,part,y\n1,red,train,0.5\n,,train,1.5\n3,blue,train,2.5\n4,green,test,0.5\n");
    let mut settings = file.settings();
    (settings.split.column, settings.scaling) = (Some("part".into()), Scaling::Minmax);
    let data = Arc::new(read(&settings).unwrap().dataset);
    let described = prepare(&data, &settings, 0, 0).unwrap().data.preprocessing(&settings);
    let described = serde_json::to_value(described).unwrap();
    let wanted = json!({
        "reading": {
            "missing": settings.missing, "delimiter": "auto", "encoding": "auto", "header": true, "comment": "auto",
            "decimal": "auto", "thousands": "auto",
        },
        "columns": [
            { "column": "a", "kind": "number", "fill": 2.0, "shift": 1.0, "scale": 2.0 },
            { "column": "b", "kind": "category", "categories": ["blue", "red", null], "missing": 2 },
        ],
        "target": { "name": "y", "shift": 0.5, "scale": 2.0 },
    });
    assert_eq!(described, wanted);
}

#[test]
fn the_first_training_rows_are_kept_in_the_order_of_the_file() {
    let data = two_classes(50);
    let all = prepared(&data, 0, |_| ()).unwrap();
    let cut = prepared(&data, 0, |s| s.train_rows = Some(TrainRows::First { first: 7 })).unwrap();
    assert_eq!(cut.train.rows, all.train.rows[..7]);
    assert_eq!((cut.rows_outside_test(), cut.test), (40, all.test));
}

#[test]
fn more_training_rows_than_there_are_is_an_error_with_both_numbers() {
    assert_eq!(
        prepared(&two_classes(50), 0, |s| s.train_rows = Some(TrainRows::Stratified(31))).unwrap_err(),
        "data.train_rows must be at most 30, the number of training rows, found 31"
    );
}

#[test]
fn label_noise_is_put_on_training_rows_only_and_remembered() {
    let data = two_classes(100);
    let clean = prepared(&data, 1, |_| ()).unwrap();
    let noisy = prepared(&data, 1, |s| s.label_noise = 0.25).unwrap();
    assert_eq!(
        (&noisy.validation, &noisy.test, &noisy.train.rows),
        (&clean.validation, &clean.test, &clean.train.rows)
    );
    assert_eq!(noisy.corrupted().len(), 15);
    let (Targets::Classes(clean), Targets::Classes(noisy_labels)) = (&clean.train.targets, &noisy.train.targets) else {
        panic!("a classification has classes")
    };
    for position in 0..60 {
        assert_eq!(clean[position] != noisy_labels[position], noisy.corrupted().contains(&position));
    }
}

#[test]
fn a_fixed_split_gives_every_seed_the_same_data() {
    let data = two_classes(60);
    let rows = |seed, fixed| {
        let change = |s: &mut DataSettings| (s.split.seed, s.train_rows) = (fixed, Some(TrainRows::Stratified(10)));
        prepared(&data, seed, change).unwrap().train
    };
    assert_eq!(rows(1, Some(5)), rows(2, Some(5)));
    assert_ne!(rows(1, None), rows(2, None));
}

proptest! {
    #[test]
    fn fewer_training_rows_are_among_more_and_stratified(few in 2usize..20, more in 20usize..40, seed in 0u64..50) {
        let data = Arc::new(of_classes(&(0..90).map(|row| u32::from(row % 3 == 0)).collect::<Vec<_>>()));
        let rows = |count| prepared(&data, seed, |s| s.train_rows = Some(TrainRows::Stratified(count))).unwrap().train.rows;
        let (few_rows, more_rows) = (rows(few), rows(more));
        prop_assert_eq!(few_rows.len(), few);
        prop_assert!(few_rows.iter().all(|row| more_rows.contains(row)));
        let third = few_rows.iter().filter(|row| *row % 3 == 0).count();
        prop_assert!((third as f64 - few as f64 / 3.0).abs() < 1.0);
    }
}

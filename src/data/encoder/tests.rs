//! Rows encoded by hand, and by the formula.

use proptest::prelude::*;

use super::super::fixtures::{File, dataset};
use super::*;

fn encoded(data: &Dataset, train: &[usize], impute: Impute, scaling: Scaling) -> Vec<Vec<f32>> {
    let encoder = Encoder::fit(data, train, impute, scaling).unwrap();
    (0..data.rows())
        .map(|row| {
            let mut out = vec![f32::NAN; encoder.width()];
            encoder.encode(data.row(row), &mut out);
            out
        })
        .collect()
}

#[test]
fn numbers_are_filled_then_scaled_and_categories_are_one_hot_in_place() {
    let data = dataset("a,b,c,y\n1,red,10,p\n3,blue,,q\n,red,30,p\n5,green,50,q\n");
    let rows = encoded(&data, &[0, 1, 2], Impute::Mean, Scaling::None);
    assert_eq!(rows[0], [1.0, 0.0, 1.0, 10.0]);
    assert_eq!(rows[1], [3.0, 1.0, 0.0, 20.0]);
    assert_eq!(rows[2], [2.0, 0.0, 1.0, 30.0]);
    assert_eq!(rows[3], [5.0, 0.0, 0.0, 50.0], "green is in no training row");
}

#[test]
fn a_missing_category_is_one_of_its_own_if_a_training_row_has_it() {
    let data = dataset("b,y\nred,p\n,q\nblue,p\n");
    assert_eq!(encoded(&data, &[0, 1, 2], Impute::Median, Scaling::None)[1], [0.0, 0.0, 1.0]);
    assert_eq!(encoded(&data, &[0, 2], Impute::Median, Scaling::None)[1], [0.0, 0.0]);
}

#[test]
fn a_category_that_comes_late_is_found_beside_columns_that_have_shown_all_long_before() {
    let rows: String = (0..2_000)
        .map(|row| match row {
            1_700 => "x,odd,,p\n".to_owned(),
            _ => format!("{},even,{},q\n", if row % 2 == 0 { "x" } else { "y" }, if row < 5 { "v" } else { "w" }),
        })
        .collect();
    let data = dataset(&format!("a,b,c,class\n{rows}"));
    let width = |train: &[usize]| Encoder::fit(&data, train, Impute::Median, Scaling::None).unwrap().width();
    let all: Vec<usize> = (0..2_000).collect();
    assert_eq!((width(&all), width(&all[..1_700]), width(&all[1_700..])), (2 + 2 + 3, 2 + 1 + 2, 2 + 2 + 2));
    let mut out = [f32::NAN; 7];
    let encoder = Encoder::fit(&data, &all, Impute::Median, Scaling::None).unwrap();
    encoder.encode(data.row(1_700), &mut out);
    assert_eq!(out, [1.0, 0.0, 0.0, 1.0, 0.0, 0.0, 1.0]);
}

#[test]
fn standard_scaling_uses_the_deviation_of_the_population() {
    let data = dataset("a,y\n1,p\n3,q\n7,p\n");
    assert_eq!(encoded(&data, &[0, 1], Impute::Median, Scaling::Standard).concat(), [-1.0, 1.0, 5.0]);
    assert_eq!(encoded(&data, &[0, 1], Impute::Median, Scaling::Minmax).concat(), [0.0, 1.0, 3.0]);
    assert_eq!(encoded(&data, &[0, 1], Impute::Median, Scaling::Divide(2.0)).concat(), [0.5, 1.5, 3.5]);
}

#[test]
fn a_column_without_spread_or_without_any_number_in_training_becomes_zero() {
    let data = dataset("a,b,y\n5,,p\n5,,q\n9,7,p\n");
    let rows = encoded(&data, &[0, 1], Impute::Median, Scaling::Standard);
    assert_eq!((rows[0].as_slice(), rows[2].as_slice()), ([0.0, 0.0].as_slice(), [4.0, 7.0].as_slice()));
}

#[test]
fn missing_numbers_become_median_mean_or_the_most_frequent() {
    let data = dataset("a,y\n1,p\n1,q\n4,p\n6,p\n6,p\n9,p\n,q\n");
    let train: Vec<usize> = (0..6).collect();
    let filled = |impute| encoded(&data, &train, impute, Scaling::None)[6][0];
    assert_eq!((filled(Impute::Median), filled(Impute::Mean), filled(Impute::MostFrequent)), (5.0, 4.5, 1.0));
}

#[test]
fn a_missing_number_can_be_refused_by_line_and_column() {
    let file = File::new("x.csv", "a,b,y\n1,2,p\n2,,q\n3,,p\n");
    let data = file.read(|_| ()).unwrap().dataset;
    let error = Encoder::fit(&data, &[0], Impute::Error, Scaling::None).unwrap_err();
    assert_eq!(file.message(&error), "x.csv:3: column 'b' is missing, and data.impute is error");
}

#[test]
fn an_encoder_made_of_its_description_encodes_alike() {
    let (data, train) = (dataset("a,b,c,y\n1,red,10,p\n3,blue,,q\n,red,30,p\n5,green,50,q\n"), [0, 1, 2]);
    let encoder = Encoder::fit(&data, &train, Impute::Median, Scaling::Standard).unwrap();
    let again = Encoder::of(&encoder.describe(&data, &train, Impute::Median));
    // Of the description the codes are 0 for blue and 1 for red; 2 is none of them.
    for (row, code) in [(0, 1.0), (1, 0.0), (2, 1.0), (3, 2.0)] {
        let mut new = data.row(row).to_vec();
        new[1] = code;
        let (mut wanted, mut found) = ([f32::NAN; 4], [f32::NAN; 4]);
        encoder.encode(data.row(row), &mut wanted);
        again.encode(&new, &mut found);
        assert_eq!(found, wanted, "row {row}");
    }
}

#[test]
fn a_column_that_lacks_nothing_is_described_with_a_fill_too() {
    use crate::data::ColumnEncoding;
    let data = dataset("a,y\n1,p\n5,q\n9,p\n");
    let fill = |impute| {
        let encoder = Encoder::fit(&data, &[0, 1, 2], impute, Scaling::None).unwrap();
        match &encoder.describe(&data, &[0, 1, 2], impute)[..] {
            [ColumnEncoding::Number { fill, .. }] => *fill,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!((fill(Impute::Median), fill(Impute::Error)), (Some(5.0), None));
}

proptest! {
    #[test]
    fn encoding_equals_the_formula_and_looks_at_training_rows_only(
        mut values in prop::collection::vec(-1e3..1e3f32, 6..40), other in -1e3..1e3f32,
    ) {
        let csv = |values: &[f32]| {
            let rows: String = values.chunks_exact(2).map(|pair| format!("{},{},0.5\n", pair[0], pair[1])).collect();
            dataset(&format!("a,b,y\n{rows}"))
        };
        values.truncate(values.len() / 2 * 2);
        let data = csv(&values);
        let train: Vec<usize> = (0..data.rows() - 1).collect();
        let rows = encoded(&data, &train, Impute::Median, Scaling::Standard);
        for column in 0..2 {
            let x = |row: usize| f64::from(values[2 * row + column]);
            let mean = train.iter().map(|&row| x(row)).sum::<f64>() / train.len() as f64;
            let variance = train.iter().map(|&row| (x(row) - mean).powi(2)).sum::<f64>() / train.len() as f64;
            for (row, encoded) in rows.iter().enumerate() {
                let wanted = (x(row) as f32 - mean as f32) / variance.sqrt() as f32;
                prop_assert!((encoded[column] - wanted).abs() <= 1e-5 * wanted.abs().max(1.0));
            }
        }
        let last = values.len() - 1;
        values[last] = other;
        let changed = encoded(&csv(&values), &train, Impute::Median, Scaling::Standard);
        prop_assert_eq!(&changed[..train.len()], &rows[..train.len()]);
    }
}

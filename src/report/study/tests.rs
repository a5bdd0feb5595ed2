//! Studies in each of the formats.

use super::*;
use crate::analysis::{ChosenBy, ExperimentScores, Overlap, ROPE, Score, VariantScores};
use crate::lab::Resampling;

/// An experiment of ten folds, from the differences of its second variant in percentage points.
fn experiment(name: &str, points: &[f64]) -> ExperimentScores {
    let scores = |value: &dyn Fn(f64) -> f64| {
        let folds = (0..).zip(points);
        folds.map(|(fold, &points)| Score { seed: 0, fold, value: value(points) }).collect::<Vec<_>>()
    };
    let variant = |name: &str, test| VariantScores { name: name.to_owned(), test, train: Vec::new(), size: None };
    ExperimentScores {
        name: name.to_owned(),
        resampling: Resampling::Kfold,
        overlap: Overlap::Folds { test_per_train: 1.0 / 9.0 },
        variants: vec![variant("none", scores(&|_| 0.8)), variant("dropout", scores(&|points| 0.8 + points / 100.0))],
    }
}

const POINTS: [f64; 10] = [0.5, 1.2, 0.8, -0.3, 0.9, 1.5, 0.2, 0.7, 1.1, 0.4];

fn of(names: &[&str]) -> Study {
    let experiments: Vec<ExperimentScores> = names.iter().map(|name| experiment(name, &POINTS)).collect();
    Study::of(&experiments, "test_accuracy", "none", ROPE)
}

fn study(study: Study, format: Format, style: Style) -> String {
    studies(&[study], format, style)
}

#[test]
fn one_experiment_at_80_columns() {
    let text = study(of(&["toy"]), Format::Table, Style::default());
    let (tables, caption) = text.rsplit_once("\n\n").unwrap();
    assert_eq!(
        tables,
        "\
toy (folds, n_test/n_train 0.111)

variant  trials  test_accuracy        difference
─────────────────────────────────────────────────
none         10         0.8000          baseline
dropout      10         0.8070  +0.0070 ± 0.0055

variant      p  better  same  worse  verdict
────────────────────────────────────────────────────────
dropout  0.018     12%   88%     0%  generalises better"
    );
    assert!(caption.starts_with("difference: test_accuracy minus that of \"none\" (higher is better)"), "{caption}");
}

#[test]
fn several_experiments_are_first_told_together() {
    let text = study(of(&["a", "b"]), Format::Table, Style::default());
    let parts: Vec<&str> = text.split("\n\n").collect();
    assert_eq!(parts[0], "2 experiments together");
    assert_eq!(
        parts[1],
        "\
variant  average rank  difference  wins/ties/losses
────────────────────────────────────────────────────
none            2.000    baseline                 -
dropout         1.000     +0.0070             2/0/0"
    );
    assert!(parts[2].contains("can't tell: fewer than 6 data sets cannot"), "{text}");
    assert!(parts[3].starts_with("Do they differ at all? Friedman χ² = 2.0000, p = 0.157;"), "{text}");
    assert_eq!(parts[4], "each for itself (folds, n_test/n_train 0.111)");
    assert!(parts[5].contains("\nb: dropout           0.8070  +0.0070 ± 0.0055  0.018  generalises better"), "{text}");
    assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");
}

#[test]
fn markdown_has_the_same_tables() {
    let text = study(of(&["a|b"]), Format::Markdown, Style::default());
    assert!(text.starts_with("a\\|b (folds, n\\_test/n\\_train 0.111)\n\n| variant | trials |"), "{text}");
    assert!(text.contains("| dropout | 0.018 | 12% | 88% | 0% | generalises better |\n"), "{text}");
}

#[test]
fn json_has_the_keys_that_scripts_rely_on() {
    let json = |names: &[&str]| -> serde_json::Value {
        serde_json::from_str(&study(of(names), Format::Json, Style::default())).unwrap()
    };
    let one = json(&["toy"]);
    assert_eq!(one["average_ranks"], serde_json::json!({ "none": 1.9, "dropout": 1.1 }), "over folds");
    assert!(one["friedman"].is_null() && one["iman_davenport"].is_null() && one["nemenyi_cd"].is_null());
    let row = &one["comparisons"][1];
    assert_eq!((&row["variant"], &row["verdict"]), (&"dropout".into(), &"generalises better".into()));
    // SciPy, as for the test itself.
    assert!((row["p_value"].as_f64().unwrap() - 0.017_530_443_287_668_65).abs() < 1e-12);
    assert!((row["high"].as_f64().unwrap() - row["low"].as_f64().unwrap() - 0.010_912).abs() < 1e-6);
    let two = json(&["a", "b"]);
    assert_eq!(two["friedman"]["chi_square"], 2.0);
    assert!(two["iman_davenport"].is_null() && two["nemenyi_cd"].is_number());
    assert_eq!((&two["comparisons"][1]["wins"], &two["comparisons"][1]["p_value"]), (&2.into(), &0.5.into()));
    assert_eq!(two["experiments"][1]["comparisons"][1], row.clone());
}

#[test]
fn csv_has_a_row_per_experiment_and_variant_and_one_for_all_together() {
    let text = study(of(&["=a", "b"]), Format::Csv, Style::default());
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), 7);
    assert!(lines[0].starts_with("experiment,variant,n,mean,difference,difference_low,difference_high,p_value,"));
    assert!(lines[2].starts_with("'=a,dropout,10,0.80"), "{text}");
    assert!(lines[6].starts_with(",dropout,,,0.00") && lines[6].ends_with(",1.0,can't tell,2,0"), "{text}");
}

#[test]
fn an_oracle_is_called_one_in_every_format_and_replaces_nothing() {
    let (honest, oracle) =
        (of(&["a", "b"]).chosen_by(ChosenBy::Validation), of(&["a", "b"]).chosen_by(ChosenBy::Oracle));
    let both = |format| studies(&[honest.clone(), oracle.clone()], format, Style::default());
    let alone = |format| studies(std::slice::from_ref(&honest), format, Style::default());
    for format in [Format::Table, Format::Markdown, Format::Csv] {
        let (both, alone) = (both(format), alone(format));
        let rest = both.strip_prefix(&alone).expect("the honest study stays as it is");
        let row = |begin: &str| rest.lines().any(|line| line.starts_with(begin));
        match format {
            Format::Csv => assert!(rest.lines().all(|line| line.ends_with(",oracle")), "{rest}"),
            Format::Markdown => assert!(row("| oracle dropout") && !row("| dropout"), "{rest}"),
            _ => assert!(row("oracle dropout") && row("b: oracle dropout") && !row("dropout  "), "{rest}"),
        }
        assert!(!alone.contains("oracle"), "{alone}");
        assert!(format == Format::Csv || rest.replace('\n', " ").contains("Its figures are optimistic"), "{rest}");
    }
    let json: serde_json::Value = serde_json::from_str(&both(Format::Json)).unwrap();
    assert_eq!((&json["chosen_by"], &json["oracle"]["chosen_by"]), (&"validation".into(), &"oracle".into()));
    assert!(json["oracle"]["note"].as_str().unwrap().contains("optimistic"));
    let only: serde_json::Value =
        serde_json::from_str(&studies(std::slice::from_ref(&oracle), Format::Json, Style::default())).unwrap();
    assert_eq!(only.as_object().unwrap().keys().collect::<Vec<_>>(), ["oracle"]);
}

//! The comparison in each of its formats, against texts written by hand.

use super::*;
use crate::analysis::Terms;
use crate::data::Task;
use crate::lab::{METRICS_REGRESSION, Record, Status, example_record, example_results};

fn scoring(test_accuracy: f64) -> Record {
    let mut record = example_record("");
    record.curve.test[1][1] = test_accuracy;
    record
}

/// Differences .1 and .04: 7 points, ± 46.7 at one degree of freedom with a quarter as many test as other rows.
fn text(format: Format, change: impl Fn(&mut Results)) -> String {
    let accuracies = [[0.7, 0.8], [0.8, 0.84]];
    let (_folder, mut results) = example_results(|cell, seed| Some(scoring(accuracies[cell][seed as usize])));
    change(&mut results);
    comparison(&results, &Summary::of(&results, Terms::default()).unwrap(), None, format, Style::default())
}

fn width(line: &str) -> usize {
    // The names in these tests have no character but ASCII, Han (two columns) and a few of one column.
    line.chars().map(|c| if ('\u{4e00}'..'\u{a000}').contains(&c) { 2 } else { 1 }).sum()
}

#[test]
fn the_table_at_80_columns() {
    assert_eq!(
        text(Format::Table, |_| ()),
        "\
variant              train   test   gap   difference   best  size
                                                      epoch
──────────────────────────────────────────────────────────────────
none                100.0%  75.0%  25.0     baseline      1    10
dropout hidden=0.5  100.0%  82.0%  18.0  +7.0 ± 46.7      1    10

Means over 2 seeds at the chosen epoch (the last, or the best by validation
where early stopping restores it): accuracy; gap and difference in percentage
points. gap: train minus test.
difference: test accuracy minus that of the baseline \"none\", paired by seed
and fold; ±: 95% interval, corrected for overlapping resamples (Nadeau and
Bengio).
p: corrected resampled t-test (Nadeau and Bengio), corrected by Holm for all
rows of the table. better, same, worse: the probability that the true
difference is above, within or below ±1 percentage points. Verdict, the first
that holds: generalises better (test better, p < 0.05); smaller gap only
because it learns less (train worse with p < 0.05, test not better); same
accuracy (same at least 95%), smaller network (1% fewer parameters that are
not 0); worse (test worse, p < 0.05); can't tell, and what would show a
difference of this size, if not more data alone.

judged by the test figures
variant                 p  better  same  worse  verdict
───────────────────────────────────────────────────────────────────────────────
dropout hidden=0.5  0.308     83%    4%    14%  can't tell: about 5 more seeds

No curve is diagnosed: fewer than 5 epochs count.
"
    );
}

/// Six epochs whose validation loss is lowest at epoch 2 for the baseline, and does not rise for the other variant.
fn diagnosed(format: Format, change: impl Fn(&mut Results)) -> String {
    let (_folder, mut results) = example_results(|cell, _| {
        let mut record = scoring(0.8);
        let curve = &mut record.curve;
        curve.epoch = (0..=6).collect();
        curve.train = vec![vec![2.0, 1.0, 0.6, 0.4, 0.3, 0.2, 0.1], vec![0.9; 7]];
        let losses = [vec![2.0, 1.0, 0.7, 0.8, 0.9, 1.0, 1.1], vec![2.0, 1.0, 0.8, 0.7, 0.7, 0.7, 0.7]];
        curve.validation = vec![losses[cell].clone(), vec![0.1, 0.5, 0.88, 0.88, 0.88, 0.86, 0.86]];
        curve.test = vec![vec![0.7; 7], vec![0.8; 7]];
        for column in [&mut curve.learning_rate, &mut curve.penalty, &mut curve.sparsity] {
            *column = vec![0.0; 7];
        }
        curve.parameters = vec![10; 7];
        record.chosen_epoch = Some(6);
        Some(record)
    });
    change(&mut results);
    comparison(&results, &Summary::of(&results, Terms::default()).unwrap(), None, format, Style::default())
}

#[test]
fn below_the_verdicts_stands_what_the_curves_say_with_its_figures() {
    let text = diagnosed(Format::Table, |_| ());
    let (_, told) = text.split_once("\n\ndiagnosed").expect("a table of diagnoses");
    assert_eq!(
        told,
        " by the validation loss, epoch by epoch
variant  trials  diagnosis
────────────────────────────────────────────────────────────────────────────────
none        2/2  overfits from epoch 2: loss 0.8500 → 1.000, accuracy 88.0% →
                 86.0%

trials: how many have the diagnosis, whose figures are medians over those. The
one variant that is not listed fits.
"
    );
}

#[test]
fn the_diagnosis_is_a_column_and_an_object_with_its_figures() {
    let csv = diagnosed(Format::Csv, |_| ());
    let last: Vec<&str> = csv.lines().map(|line| line.rsplit(',').next().unwrap()).collect();
    assert_eq!(last, ["diagnosis", "overfits", "fits"]);
    let json: serde_json::Value = serde_json::from_str(&diagnosed(Format::Json, |_| ())).unwrap();
    let found = &json["comparisons"][0]["diagnosis"];
    assert_eq!((&found["diagnosis"], &found["trials"], &found["of"]), (&"overfits".into(), &2.into(), &2.into()));
    assert_eq!((&found["onset_epoch"], &found["held_out"]), (&2.0.into(), &"validation".into()));
    assert_eq!(found["counts"], serde_json::json!({ "overfits": 2 }));
}

#[test]
fn a_dial_makes_a_table_of_variants_by_values() {
    let text = text(Format::Table, |results| {
        results.axes = vec!["data.train_rows".to_owned()];
        let cell = |variant, value: &str, shared_point| crate::lab::CellKey {
            variant,
            swept: vec![Some(value.to_owned())],
            shared_point,
            split: "".into(),
        };
        results.cells = vec![cell(0, "50", 0), cell(1, "50", 0), cell(0, "100", 1), cell(1, "100", 1)];
        let more = results.trials.clone().into_iter();
        let more = more.map(|trial| crate::lab::PlannedTrial { cell: trial.cell + 2, ..trial });
        results.trials.extend(more);
    });
    let (_, dial) = text.split_once("\n\ndifference from").expect("a table by the dial");
    assert_eq!(
        dial.split("\n\n").take(2).collect::<Vec<_>>().join("\n\n"),
        " \"none\" by train_rows
train_rows            50           100
───────────────────────────────────────
none, test         75.0%         75.0%
none, gap           25.0          25.0
dropout     +7.0 ± 46.7   +7.0 ± 46.7

*: p < 0.05, corrected for all 2 differences."
    );
}

/// The baseline has the points 0.3 and 0.5; validation prefers the second in seed 0 and the first in seed 1, the test rows
/// the first in both.
fn tuned(format: Format, oracle: bool, validates: bool) -> String {
    let (_folder, mut results) = example_results(|cell, seed| {
        let mut record = scoring([[0.7, 0.9], [0.6, 0.8]][cell][seed as usize]);
        record.curve.validation[1][1] = [[0.8, 0.9], [0.85, 0.7]][cell][seed as usize];
        if !validates {
            record.curve.validation.clear();
        }
        Some(record)
    });
    results.cells[0].swept = vec![Some("0.3".to_owned())];
    results.cells[1].variant = 0;
    let terms = Terms { oracle, ..Terms::default() };
    comparison(&results, &Summary::of(&results, terms).unwrap(), None, format, Style::default())
}

#[test]
fn below_a_sweep_stand_the_points_that_validation_chose() {
    let text = tuned(Format::Table, false, true);
    let (_, tuned) = text.split_once("\n\ntuned").expect("a second table");
    assert_eq!(
        tuned,
        " on validation: each variant at the points chosen in each seed and fold
variant: most chosen    points  validation   test   gap  difference  optimism
──────────────────────────────────────────────────────────────────────────────
none: hidden=0.3 (1/2)       2       87.5%  75.0%  25.0    baseline      12.5

In each seed and fold the point with the best validation accuracy (then the
lowest validation loss) stands for its variant; no test figure was looked at
for that. In brackets: how often the point was chosen. difference: from
\"none\", chosen likewise. optimism: validation minus test of what was chosen.
"
    );
}

#[test]
fn the_json_has_what_was_chosen_and_how_often() {
    let json: serde_json::Value = serde_json::from_str(&tuned(Format::Json, false, true)).unwrap();
    let selected = &json["selected"][0];
    assert_eq!(selected["variant"], "none");
    assert_eq!((&selected["points"], &selected["n"]), (&2.into(), &2.into()));
    let point = |value: f64| serde_json::json!({ "point": { "remedies.dropout.hidden": value }, "times": 1 });
    assert_eq!(selected["chosen"], serde_json::json!([point(0.3), point(0.5)]));
    assert_eq!(selected["measures"]["test_accuracy"]["mean"], 0.75);
}

#[test]
fn an_oracle_stands_below_the_honest_choice_and_is_called_one_everywhere() {
    let honest = tuned(Format::Table, false, true);
    let text = tuned(Format::Table, true, true);
    let oracle = text.strip_prefix(&honest).expect("the honest tables stay as they are");
    assert!(oracle.starts_with("\noracle: each variant at the points with the best test figures"), "{oracle}");
    let titles = oracle.lines().find(|line| line.contains("validation")).unwrap();
    assert!(titles.starts_with("oracle: most") && titles.ends_with("gain"), "{oracle}");
    let row = oracle.lines().find(|line| line.starts_with("oracle none: ")).unwrap();
    let figures: Vec<&str> = row.split_whitespace().rev().take(6).collect();
    assert_eq!(figures, ["5.0", "baseline", "20.0", "80.0%", "85.0%", "2"]);
    assert!(oracle.replace('\n', " ").contains("Its figures are optimistic"), "{oracle}");
    assert!(oracle.lines().all(|line| width(line) <= 80), "{oracle}");
}

#[test]
fn without_validation_rows_an_honest_choice_is_refused_and_the_oracle_named() {
    let note = "note: no variant is tuned: there are points to choose among, but no validation rows";
    let text = tuned(Format::Table, false, false).replace('\n', " ");
    assert!(text.contains(note) && text.contains("--oracle chooses by test figures"), "{text}");
    assert!(!tuned(Format::Table, false, true).replace('\n', " ").contains(note));
    let text = tuned(Format::Table, true, false).replace('\n', " ");
    assert!(text.contains(note) && text.contains("oracle none: "), "{text}");
}

#[test]
fn the_json_of_an_oracle_has_a_key_of_its_own() {
    let json = |oracle| -> serde_json::Value {
        serde_json::from_str(&tuned(Format::Json, oracle, true)).expect("the format is JSON")
    };
    let (honest, both) = (json(false), json(true));
    assert!(honest.get("oracle").is_none());
    assert_eq!(honest["selected"], both["selected"]);
    let oracle = &both["oracle"];
    assert!(oracle["note"].as_str().unwrap().contains("optimistic"));
    assert_eq!(
        (&oracle["selected"][0]["chosen_by"], &honest["selected"][0]["chosen_by"]),
        (&"oracle".into(), &"validation".into())
    );
    assert_eq!(oracle["selected"][0]["measures"]["test_accuracy"]["mean"], 0.8);
}

#[test]
fn a_comparison_by_loss_names_it_and_says_that_less_is_better() {
    let table = text(Format::Table, |results| assert!(results.compare_by("loss")));
    assert!(table.starts_with("variant             train   test   gap  difference"), "{table}");
    assert!(table.lines().nth(1).unwrap().contains("loss   loss"), "{table}");
    assert!(table.replace('\n', " ").contains("Of loss less is better."), "{table}");
    assert!(table.contains("within or below ±0.01."), "{table}");
}

#[test]
fn long_wide_and_hostile_names_do_not_break_the_table() {
    for name in ["x".repeat(300), "正则化".repeat(40), "a\n\u{1b}[2Jb".to_owned(), "many short words ".repeat(20)] {
        let table = text(Format::Table, |results| results.variants[1].clone_from(&name));
        assert!(table.lines().all(|line| width(line) <= 80), "{table}");
        assert!(!table.contains('\u{1b}'), "{table}");
        assert!(table.contains("+7.0 ± 46.7"), "{table}");
        assert!(table.lines().count() <= 31, "{table}");
    }
}

#[test]
fn trials_without_a_network_are_told() {
    let (_folder, results) = example_results(|cell, seed| match (cell, seed) {
        (1, 0) => Some(Record { status: Status::Diverged, ..scoring(0.1) }),
        (1, 1) => None,
        _ => Some(scoring(0.8)),
    });
    let table =
        comparison(&results, &Summary::of(&results, Terms::default()).unwrap(), None, Format::Table, Style::default());
    assert!(table.contains("dropout hidden=0.5 (1"), "{table}");
    assert!(table.contains("note: trials that are in no figure here: 1 diverged, 1 missing."), "{table}");
    assert!(table.contains("No difference is shown"), "{table}");
}

#[test]
fn colour_is_used_where_it_is_allowed() {
    let (_folder, results) = example_results(|_, _| Some(scoring(0.8)));
    let summary = Summary::of(&results, Terms::default()).unwrap();
    let table = comparison(&results, &summary, None, Format::Table, Style { colour: true, width: 80 });
    assert!(table.starts_with("\u{1b}[1m"));
    assert!(!comparison(&results, &summary, None, Format::Table, Style::default()).contains('\u{1b}'));
}

#[test]
fn a_regression_shows_r2_and_rmse_at_80_columns() {
    let mut record = scoring(0.5);
    record.task = Task::Regression;
    record.metrics = METRICS_REGRESSION.map(str::to_owned).to_vec();
    for part in [&mut record.curve.train, &mut record.curve.validation, &mut record.curve.test] {
        part.push(vec![60.0, 54.321]);
    }
    let (_folder, mut results) = example_results(|_, _| Some(record.clone()));
    results.task = Task::Regression;
    results.metric = crate::metric::Metric::R2;
    results.metrics.clone_from(&record.metrics);
    let table =
        comparison(&results, &Summary::of(&results, Terms::default()).unwrap(), None, Format::Table, Style::default());
    let row = table.lines().find(|line| line.trim_start().starts_with("dropout")).unwrap();
    assert_eq!(
        row.split_whitespace().skip(2).collect::<Vec<_>>(),
        ["1.000", "0.500", "0.500", "+0.000", "54.32", "1", "10"]
    );
    assert!(table.lines().all(|line| width(line) <= 80), "{table}");
}

#[test]
fn markdown_escapes_markup_in_names() {
    let markdown = text(Format::Markdown, |results| results.variants[1] = "a|b <script> *c* $x$ ~~".to_owned());
    assert!(
        markdown.starts_with(
            "\
| variant | train | test | gap | difference | best epoch | size |
| :--- | ---: | ---: | ---: | ---: | ---: | ---: |
| none | 100.0% | 75.0% | 25.0 | baseline | 1 | 10 |
| a\\|b \\<script> \\*c\\* \\$x\\$ \\~\\~ hidden=0.5 | 100.0% | 82.0% | 18.0 | +7.0 ± 46.7 | 1 | 10 |

Means over 2 seeds"
        ),
        "{markdown}"
    );
}

#[test]
fn json_has_full_precision_and_null_for_what_is_not_known() {
    let json: serde_json::Value = serde_json::from_str(&text(Format::Json, |_| ())).unwrap();
    let (baseline, other) = (&json["comparisons"][0], &json["comparisons"][1]);
    assert_eq!(
        (&json["baseline"], &json["metric"], &json["resampling"]),
        (&"none".into(), &"test_accuracy".into(), &"holdout".into())
    );
    assert_eq!(json["test_per_train"], 0.25);
    assert!(baseline["difference"].is_null() && baseline["p_value"].is_null() && baseline["verdict"].is_null());
    assert_eq!(other["point"]["remedies.dropout.hidden"], 0.5);
    assert_eq!(other["pairs"], 2);
    assert!((other["difference"].as_f64().unwrap() - 0.07).abs() < 1e-15);
    assert!((other["high"].as_f64().unwrap() - 0.536_85).abs() < 1e-5, "{other}");
    assert_eq!(other["measures"]["train_accuracy"]["mean"], 1.0);
    // t = 1.90516 with one degree of freedom: p = 1 − 2/π·atan(t).
    assert!((other["p_value"].as_f64().unwrap() - 0.307_717_349_453).abs() < 1e-9, "{other}");
    assert_eq!(other["p_adjusted"], other["p_value"]);
    assert_eq!(
        (&other["verdict"], &other["rank"], &baseline["rank"]),
        (&"can't tell".into(), &1.0.into(), &2.0.into())
    );
    assert_eq!(other["more_resamples"], 5);
    assert_eq!(other["reason"], "about 5 more seeds");
    let sum: f64 = ["p_better", "p_equivalent", "p_worse"].iter().map(|key| other[key].as_f64().unwrap()).sum();
    assert!((sum - 1.0).abs() < 1e-12, "{other}");
}

#[test]
fn csv_is_that_of_the_summary() {
    let csv = text(Format::Csv, |_| ());
    assert!(csv.starts_with("experiment,variant,remedies.dropout.hidden,n,train_loss_mean,"));
    assert_eq!(csv.lines().count(), 3);
}

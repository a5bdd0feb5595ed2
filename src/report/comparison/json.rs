//! The comparison as JSON: every figure with full precision, `null` where there is none.

use serde::Serialize;
use serde_json::{Map, Value};

use super::judged::unit;
use super::judgement_json::Compared;
use super::selected::ORACLE;
use super::spent::Spent;
use crate::analysis::{CONFIDENCE, Estimate, MajorityDiagnosis, Overlap, Selected, Summary};
use crate::data::Task;
use crate::lab::{Resampling, Results};

#[derive(Serialize)]
struct Comparison<'a> {
    experiment: &'a str,
    task: Task,
    metric: &'a str,
    baseline: &'a str,
    resampling: Resampling,
    /// What the variance of a mean is widened by; `null` where nothing overlaps.
    test_per_train: Option<f64>,
    confidence: f64,
    /// Differences up to this size are taken for none.
    rope: f64,
    missing: usize,
    /// What several data sets say together has the same keys; one says nothing of others.
    data_sets: usize,
    /// By variant and point: over seeds and folds.
    average_ranks: Map<String, Value>,
    friedman: Option<()>,
    iman_davenport: Option<()>,
    nemenyi_cd: Option<f64>,
    comparisons: Vec<Row<'a>>,
    /// The variants at the points that validation chose.
    selected: Vec<SelectedRow<'a>>,
    /// The same at the points with the best test figures, where that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    oracle: Option<Oracle<'a>>,
    /// What successive halving spent.
    #[serde(skip_serializing_if = "Option::is_none")]
    halving: Option<&'a Spent>,
}

#[derive(Serialize)]
struct Oracle<'a> {
    note: &'static str,
    selected: Vec<SelectedRow<'a>>,
}

#[derive(Serialize)]
struct SelectedRow<'a> {
    variant: &'a str,
    /// `validation`, or `oracle`.
    chosen_by: &'static str,
    /// The swept keys among whose values nothing was chosen.
    given: Map<String, Value>,
    is_baseline: bool,
    points: usize,
    n: usize,
    #[serde(flatten)]
    compared: Compared,
    optimism: Value,
    measures: Map<String, Value>,
    /// The points that were chosen, the most frequent first.
    chosen: Vec<Chosen>,
}

#[derive(Serialize)]
struct Chosen {
    point: Map<String, Value>,
    times: usize,
}

#[derive(Serialize)]
struct Row<'a> {
    variant: &'a str,
    /// The swept keys of this variant with their values, as the config writes them.
    point: Map<String, Value>,
    is_baseline: bool,
    n: usize,
    #[serde(flatten)]
    compared: Compared,
    rank: Option<f64>,
    /// What the curves say; `null` where none was diagnosed.
    diagnosis: Value,
    measures: Map<String, Value>,
    best_epoch: Option<f64>,
    chosen_epoch: Option<f64>,
    parameters: Option<f64>,
    nonzero_parameters: Option<f64>,
    sparsity: Option<f64>,
    diverged: usize,
    failed: usize,
    missing: usize,
}

/// The comparison as one JSON object.
pub(super) fn comparison(results: &Results, summary: &Summary, spent: Option<&Spent>) -> String {
    let comparison = Comparison {
        experiment: &results.experiment,
        task: results.task,
        metric: &summary.metric,
        baseline: &results.variants[results.baseline],
        resampling: results.resampling,
        test_per_train: (summary.overlap != Overlap::None).then(|| summary.overlap.test_per_train()),
        confidence: CONFIDENCE,
        rope: summary.rope,
        missing: summary.missing,
        data_sets: 1,
        average_ranks: average_ranks(results, summary),
        friedman: None,
        iman_davenport: None,
        nemenyi_cd: None,
        comparisons: (0..summary.cells.len()).map(|cell| row(results, summary, cell)).collect(),
        selected: selected_rows(results, summary, &summary.selected),
        oracle: summary.oracle.as_ref().map(|selected| oracle(results, summary, selected)),
        halving: spent,
    };
    let mut text = serde_json::to_string_pretty(&comparison).expect("the comparison has only text keys");
    text.push('\n');
    text
}

/// By the names that `overfit compare` gives to the rows of `trials.csv`.
fn average_ranks(results: &Results, summary: &Summary) -> Map<String, Value> {
    let name = |cell: usize| {
        let key = &results.cells[cell];
        let swept = results.axes.iter().zip(&key.swept).filter_map(|(axis, value)| Some((axis, value.as_ref()?)));
        let point: String = swept.map(|(axis, value)| format!(" {axis}={value}")).collect();
        format!("{}{point}", results.variant_of(key))
    };
    summary.cells.iter().enumerate().map(|(cell, figures)| (name(cell), figures.rank.into())).collect()
}

fn row<'a>(results: &'a Results, summary: &'a Summary, cell: usize) -> Row<'a> {
    let (key, figures) = (&results.cells[cell], &summary.cells[cell]);
    Row {
        variant: results.variant_of(key),
        point: point(results, &key.swept),
        is_baseline: figures.is_baseline,
        n: figures.n,
        compared: Compared::of(figures.difference.as_ref(), figures.judgement.as_ref(), unit(results.resampling)),
        rank: figures.rank,
        diagnosis: figures.diagnosis.as_ref().map_or(Value::Null, diagnosis),
        measures: summary.measures.iter().map(|name| (name.clone(), estimate(summary.estimate(cell, name)))).collect(),
        best_epoch: figures.best_epoch,
        chosen_epoch: figures.chosen_epoch,
        parameters: figures.parameters,
        nonzero_parameters: figures.nonzero_parameters,
        sparsity: figures.sparsity,
        diverged: figures.diverged,
        failed: figures.failed,
        missing: figures.missing,
    }
}

fn oracle<'a>(results: &'a Results, summary: &Summary, selected: &[Selected]) -> Oracle<'a> {
    Oracle { note: ORACLE, selected: selected_rows(results, summary, selected) }
}

fn selected_rows<'a>(results: &'a Results, summary: &Summary, selected: &[Selected]) -> Vec<SelectedRow<'a>> {
    selected.iter().map(|selected| selected_row(results, summary, selected)).collect()
}

fn selected_row<'a>(results: &'a Results, summary: &Summary, selected: &Selected) -> SelectedRow<'a> {
    let measure = |name: &String| (name.clone(), estimate(summary.estimate_in(&selected.measures, name)));
    let chosen = selected.chosen().into_iter();
    SelectedRow {
        variant: &results.variants[selected.variant],
        chosen_by: selected.chosen_by.name(),
        given: point(results, &selected.given),
        is_baseline: selected.is_baseline,
        points: selected.points,
        n: selected.winners.len(),
        compared: Compared::of(selected.difference.as_ref(), selected.judgement.as_ref(), unit(results.resampling)),
        optimism: estimate(selected.optimism),
        measures: summary.measures.iter().map(measure).collect(),
        chosen: chosen
            .map(|(cell, times)| Chosen { point: point(results, &results.cells[cell].swept), times })
            .collect(),
    }
}

/// What most curves of a variant say, with the medians of the figures behind it.
fn diagnosis(found: &MajorityDiagnosis) -> Value {
    let counts: Map<String, Value> =
        found.counts.iter().map(|(diagnosis, count)| (diagnosis.name().to_owned(), (*count).into())).collect();
    serde_json::json!({
        "diagnosis": found.diagnosis.name(),
        "trials": found.times,
        "of": found.of,
        "counts": counts,
        "held_out": found.held.name(),
        "epochs": found.epochs,
        "onset_epoch": found.onset_epoch,
        "lowest_loss": found.lowest_loss,
        "final_loss": found.final_loss,
        "rise": found.rise,
        "trend": found.trend,
        "trend_error": found.trend_error,
        "scatter": found.scatter,
        "train_loss_left": found.train_loss_left,
        "onset_score": found.onset_score,
        "guess": found.guess,
        "kept_epoch": found.kept_epoch,
        "train": found.end.train,
        "held_out_score": found.end.held_out,
        "best_train": found.reference.train,
        "best_held_out_score": found.reference.held_out,
    })
}

fn point(results: &Results, swept: &[Option<String>]) -> Map<String, Value> {
    let values = results.axes.iter().zip(swept);
    values.filter_map(|(axis, value)| Some((axis.clone(), typed(value.as_deref()?)))).collect()
}

fn estimate(Estimate { n, mean, sd, interval }: Estimate) -> Value {
    let (low, high) = (interval.map(|interval| interval.low), interval.map(|interval| interval.high));
    serde_json::json!({ "n": n, "mean": mean, "sd": sd, "low": low, "high": high })
}

/// A swept number is a number in JSON too, a list a list; what is neither stays text.
pub(in crate::report) fn typed(value: &str) -> Value {
    serde_json::from_str(value).unwrap_or_else(|_| Value::String(value.to_owned()))
}

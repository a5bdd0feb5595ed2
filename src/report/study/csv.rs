//! Studies as CSV: a row per experiment and variant; behind them, of several experiments, a row per variant without an
//! experiment, which is of all together. Where points of swept variants were chosen, a last column says by what.

use super::super::cells::{integer, number, text, writer};
use crate::analysis::{AcrossVariant, ChosenBy, ComparedVariant, Difference, Judgement, Study};

const TITLES: [&str; 13] = [
    "experiment",
    "variant",
    "n",
    "mean",
    "difference",
    "difference_low",
    "difference_high",
    "p_value",
    "p_adjusted",
    "rank",
    "verdict",
    "wins",
    "losses",
];

/// The rows as text.
pub(super) fn studies(studies: &[Study]) -> String {
    let is_chosen = studies.iter().any(|study| study.chosen_by.is_some());
    let mut out = writer(Vec::new());
    let mut write = |mut row: Vec<String>, chosen_by: &str| {
        row.extend(is_chosen.then(|| chosen_by.to_owned()));
        out.write_record(row).expect("memory takes what is written into it");
    };
    write(TITLES.map(str::to_owned).to_vec(), "chosen_by");
    for study in studies {
        let chosen_by = study.chosen_by.map_or("", ChosenBy::name);
        rows(study).into_iter().for_each(|row| write(row, chosen_by));
    }
    String::from_utf8(out.into_inner().expect("memory takes what is written into it")).expect("every cell is text")
}

fn rows(study: &Study) -> Vec<Vec<String>> {
    let mut rows = Vec::new();
    for experiment in &study.experiments {
        let row = |variant| of_one(&experiment.name, variant, rank_in(study, variant));
        rows.extend(experiment.variants.iter().map(row));
    }
    if study.only().is_none() {
        rows.extend(study.across.variants.iter().map(of_all));
    }
    rows
}

/// The rank of a variant of the only experiment; of several experiments only the mean rank is shown.
fn rank_in(study: &Study, variant: &ComparedVariant) -> Option<f64> {
    study.only()?;
    study.across.variants.iter().find(|found| found.name == variant.name)?.rank
}

fn of_one(experiment: &str, variant: &ComparedVariant, rank: Option<f64>) -> Vec<String> {
    let mut row = vec![text(experiment).into_owned(), text(&variant.name).into_owned(), variant.n.to_string()];
    row.push(number(variant.mean));
    row.extend(compared(variant.difference.as_ref(), variant.judgement.as_ref(), rank));
    row.extend([String::new(), String::new()]);
    row
}

fn of_all(variant: &AcrossVariant) -> Vec<String> {
    let against = variant.against.as_ref();
    let mut row = vec![String::new(), text(&variant.name).into_owned(), String::new(), String::new()];
    let (difference, judgement) = (against.map(|found| &found.difference), against.map(|found| &found.judgement));
    row.extend(compared(difference, judgement, variant.rank));
    row.extend([integer(against.map(|found| found.wins)), integer(against.map(|found| found.losses))]);
    row
}

/// From `difference` to `verdict`.
fn compared(difference: Option<&Difference>, judgement: Option<&Judgement>, rank: Option<f64>) -> [String; 7] {
    let interval = difference.and_then(|difference| difference.interval);
    [
        number(difference.map(|difference| difference.mean)),
        number(interval.map(|interval| interval.low)),
        number(interval.map(|interval| interval.high)),
        number(difference.and_then(|difference| difference.p_value)),
        number(judgement.and_then(|judgement| judgement.p_adjusted)),
        number(rank),
        judgement.map_or(String::new(), |judgement| judgement.verdict.name().to_owned()),
    ]
}

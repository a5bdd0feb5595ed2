//! Stopping criteria on recorded curves, for people and for scripts.
//!
//! In: [`RecordedCurve`]s and criteria. Out: a text in one of four [`Format`]s. CSV and JSON have a row per trial and criterion,
//! `criterion, stop_epoch, best_epoch, test_<metric>, epochs_saved`, of several trials behind the keys that tell them apart;
//! people see the means of each variant beside training to the end.

use serde_json::{Map, Value, json};

use super::cells::{integer, number, swept, text, writer};
use super::comparison::screen::{framed, wrapped};
use super::comparison::{Format, Style, harmless, markdown, rows::NONE};
use crate::analysis::{MeanReplay, RecordedCurve, Replay, by_variant};
use crate::stopping::Criterion;

/// The criteria applied to the curves, as text that ends with a line end. `metric` is the name of the test metric's column;
/// `style` is for [`Format::Table`] alone.
pub fn replay(curves: &[RecordedCurve], metric: &str, criteria: &[Criterion], format: Format, style: Style) -> String {
    let (titles, rows, caption) = match (format, curves) {
        (Format::Csv, _) => return as_csv(curves, metric, criteria),
        (Format::Json, _) => return as_json(curves, metric, criteria),
        (_, [curve]) => of_one(curve, metric, criteria),
        _ => of_several(curves, metric, criteria),
    };
    match format {
        Format::Markdown => format!("{}\n{}\n", markdown::lines(titles, rows), markdown::escaped(&caption)),
        _ => {
            // A long title in one line would squeeze the names of variants.
            let titles = titles.iter().map(|title| title.replace(['_', ' '], "\n")).collect();
            format!("{}\n{}", framed(titles, rows, style), wrapped(&caption, style))
        }
    }
}

/// Titles, rows and caption of a table.
type Table = (Vec<String>, Vec<Vec<String>>, String);

/// A row per criterion.
fn of_one(curve: &RecordedCurve, metric: &str, criteria: &[Criterion]) -> Table {
    let epoch = |epoch: Option<usize>| epoch.map_or(NONE.to_owned(), |epoch| epoch.to_string());
    let row = |criterion: &Criterion| {
        let found = Replay::of(curve, criterion);
        let (stop, best) = (epoch(found.stop_epoch), epoch(found.best_epoch));
        vec![criterion.to_string(), stop, best, figure(found.test), epoch(found.epochs_saved)]
    };
    let metric = harmless(metric);
    let titles = ["criterion", "stop epoch", "best epoch", &metric, "epochs saved"].map(str::to_owned).to_vec();
    let caption = format!(
        "best epoch: the best by validation until the stop, which early stopping would restore; {metric} is measured there. At \
         the end of the curve, epoch {}, it is {}.",
        epoch(curve.epochs.last().copied()),
        figure(curve.test.last().copied().flatten()),
    );
    (titles, criteria.iter().map(row).collect(), caption)
}

/// A row per variant and criterion.
fn of_several(curves: &[RecordedCurve], metric: &str, criteria: &[Criterion]) -> Table {
    let groups = by_variant(curves);
    let experiment = |curve: &RecordedCurve| curve.keys.iter().find(|(name, _)| name == "experiment").cloned();
    let of_one_experiment = groups.iter().all(|group| experiment(group[0]) == experiment(&curves[0]));
    let row = |group: &[&RecordedCurve], criterion: &Criterion| {
        let found = MeanReplay::of(group, criterion);
        let difference = found.test.zip(found.end).map(|(test, end)| test - end);
        vec![
            label(group[0], of_one_experiment),
            criterion.to_string(),
            found.trials.to_string(),
            found.stopped.to_string(),
            found.epochs_saved.map_or(NONE.to_owned(), |saved| format!("{saved:.1}")),
            figure(found.test),
            figure(found.end),
            difference.map_or(NONE.to_owned(), |difference| format!("{:+.4}", rounded(difference))),
        ]
    };
    let rows = groups.iter().flat_map(|group| criteria.iter().map(move |criterion| row(group, criterion))).collect();
    let metric = harmless(metric);
    let titles = ["variant", "criterion", "trials", "stopped", "epochs saved", &metric, "at the end", "difference"];
    let caption = format!(
        "stopped: the trials in which the criterion stops; in the others training goes on to the end and saves no epoch. Means \
         of all trials: epochs saved; {metric} at the best epoch by validation until the stop, which early stopping would \
         restore; the same at the end of the curve; their difference.",
    );
    (titles.map(str::to_owned).to_vec(), rows, caption)
}

/// Variant and point, and the experiment where there are several.
fn label(curve: &RecordedCurve, of_one_experiment: bool) -> String {
    let keys = curve.variant().into_iter().filter(|(_, value)| !value.is_empty());
    let words = keys.filter_map(|(name, value)| match name {
        "experiment" if of_one_experiment => None,
        "experiment" => Some(format!("{value}:")),
        "variant" => Some(value.to_owned()),
        _ => Some(format!("{}={value}", name.rsplit('.').next().unwrap_or(name))),
    });
    match words.collect::<Vec<_>>().join(" ") {
        words if words.is_empty() => NONE.to_owned(),
        words => harmless(&words),
    }
}

fn figure(value: Option<f64>) -> String {
    value.map_or(NONE.to_owned(), |value| format!("{:.4}", rounded(value)))
}

/// To the decimals that are shown, without a negative zero.
fn rounded(value: f64) -> f64 {
    (value * 1e4).round() / 1e4 + 0.0
}

fn as_csv(curves: &[RecordedCurve], metric: &str, criteria: &[Criterion]) -> String {
    let mut out = writer(Vec::new());
    let mut write = |row: Vec<String>| out.write_record(row).expect("memory takes what is written into it");
    let keys = if curves.len() == 1 { Vec::new() } else { key_names(curves) };
    let own = ["criterion", "stop_epoch", "best_epoch", &text(metric), "epochs_saved"].map(str::to_owned);
    write(keys.iter().map(|key| text(key).into_owned()).chain(own).collect());
    for curve in curves {
        let of_trial: Vec<String> = keys.iter().map(|key| swept(value_of(curve, key)).into_owned()).collect();
        for criterion in criteria {
            let found = Replay::of(curve, criterion);
            let (stop, best) = (integer(found.stop_epoch), integer(found.best_epoch));
            let own = [criterion.to_string(), stop, best, number(found.test), integer(found.epochs_saved)];
            write(of_trial.iter().cloned().chain(own).collect());
        }
    }
    String::from_utf8(out.into_inner().expect("memory takes what is written into it")).expect("every cell is text")
}

/// The keys of all curves: seed and fold behind those that single files have.
fn key_names(curves: &[RecordedCurve]) -> Vec<&str> {
    let mut names: Vec<&str> = Vec::new();
    for (name, _) in curves.iter().flat_map(|curve| &curve.keys) {
        if !names.contains(&name.as_str()) {
            names.push(name);
        }
    }
    let (mut names, last): (Vec<&str>, Vec<&str>) =
        names.into_iter().partition(|name| !["seed", "fold"].contains(name));
    names.extend(last);
    names
}

fn value_of<'a>(curve: &'a RecordedCurve, key: &str) -> Option<&'a str> {
    curve.keys.iter().find(|(name, _)| name == key).map(|(_, value)| value.as_str())
}

fn as_json(curves: &[RecordedCurve], metric: &str, criteria: &[Criterion]) -> String {
    let mut replays = Vec::new();
    for curve in curves {
        for criterion in criteria {
            let found = Replay::of(curve, criterion);
            let mut row = key_values(curve.keys.iter().map(|(name, value)| (name.as_str(), value.as_str())));
            row.insert("criterion".to_owned(), criterion.to_string().into());
            row.insert("stop_epoch".to_owned(), found.stop_epoch.into());
            row.insert("best_epoch".to_owned(), found.best_epoch.into());
            row.insert(metric.to_owned(), found.test.into());
            row.insert("epochs_saved".to_owned(), found.epochs_saved.into());
            replays.push(Value::Object(row));
        }
    }
    let mut means = Vec::new();
    for group in by_variant(curves) {
        for criterion in criteria {
            let found = MeanReplay::of(&group, criterion);
            let mut row = key_values(group[0].variant().into_iter());
            row.insert("criterion".to_owned(), criterion.to_string().into());
            row.insert("trials".to_owned(), found.trials.into());
            row.insert("stopped".to_owned(), found.stopped.into());
            row.insert("epochs_saved".to_owned(), found.epochs_saved.into());
            row.insert(metric.to_owned(), found.test.into());
            row.insert(format!("{metric}_at_end"), found.end.into());
            means.push(Value::Object(row));
        }
    }
    let document = json!({ "metric": metric, "replays": replays, "means": means });
    let mut text = serde_json::to_string_pretty(&document).expect("the replays have only text keys");
    text.push('\n');
    text
}

/// Keys as they are; seed and fold as numbers.
fn key_values<'a>(keys: impl Iterator<Item = (&'a str, &'a str)>) -> Map<String, Value> {
    let value = |name: &str, value: &str| match value.parse::<u64>() {
        Ok(number) if name == "seed" || name == "fold" => number.into(),
        _ => value.into(),
    };
    keys.map(|(name, text)| (name.to_owned(), value(name, text))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn curve(variant: &str, seed: &str) -> RecordedCurve {
        let key = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        RecordedCurve {
            keys: vec![
                key("experiment", "e"),
                key("variant", variant),
                key("remedies.l2.lambda", "0.1"),
                key("seed", seed),
            ],
            epochs: vec![1, 2, 3, 4],
            training: vec![1.0, 0.5, 0.25, 0.125],
            validation: vec![1.0, 0.5, 0.75, 0.8],
            test: vec![Some(0.5), Some(0.75), Some(0.5), Some(0.25)],
        }
    }

    fn criteria() -> Vec<Criterion> {
        ["patience:1", "patience:9"].map(|text| text.parse().unwrap()).to_vec()
    }

    fn written(curves: &[RecordedCurve], format: Format) -> String {
        replay(curves, "test_accuracy", &criteria(), format, Style::default())
    }

    #[test]
    fn one_trial_has_a_row_per_criterion() {
        assert_eq!(
            written(&[curve("=v", "0")], Format::Csv),
            "criterion,stop_epoch,best_epoch,test_accuracy,epochs_saved\npatience:1,3,2,0.75,1\npatience:9,,2,0.75,\n"
        );
        let table = written(&[curve("=v", "0")], Format::Markdown);
        assert!(table.contains("| patience:1 | 3 | 2 | 0.7500 | 1 |\n| patience:9 | - | 2 | 0.7500 | - |"), "{table}");
        assert!(table.contains("epoch 4, it is 0.2500."), "{table}");
    }

    #[test]
    fn several_trials_have_their_keys_in_front() {
        let text = written(&[curve("=v", "0"), curve("=v", "1")], Format::Csv);
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(
            [lines[0], lines[4]],
            [
                "experiment,variant,remedies.l2.lambda,seed,criterion,stop_epoch,best_epoch,test_accuracy,epochs_saved",
                "e,'=v,0.1,1,patience:9,,2,0.75,"
            ]
        );
        let json: Value = serde_json::from_str(&written(&[curve("=v", "0"), curve("=v", "1")], Format::Json)).unwrap();
        assert_eq!((&json["replays"][2]["seed"], &json["replays"][2]["stop_epoch"]), (&json!(1), &json!(3)));
        assert_eq!((&json["replays"][3]["stop_epoch"], &json["means"][0]["stopped"]), (&Value::Null, &json!(2)));
    }

    #[test]
    fn people_see_the_means_of_each_variant() {
        let table = written(&[curve("v", "0"), curve("v", "1"), curve("w", "0")], Format::Markdown);
        assert!(table.contains("| v lambda=0.1 | patience:1 | 2 | 2 | 1.0 | 0.7500 | 0.2500 | +0.5000 |"), "{table}");
        assert!(table.contains("| w lambda=0.1 | patience:9 | 1 | 0 | 0.0 | 0.7500 | 0.2500 | +0.5000 |"), "{table}");
    }
}

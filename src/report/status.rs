//! How far an experiment is: done, failed and missing trials by variant.
//!
//! In: [`Results`], what the store holds beside them, and what is queued, where there is a queue. Out: a text in one of four
//! [`Format`]s. JSON also names every trial that failed or is missing.

mod queued;

use serde_json::{Map, Value, json};

use super::cells::{text, writer};
use super::comparison::json::typed;
use super::comparison::screen::{framed, wrapped};
use super::comparison::{Format, Style, harmless, markdown, trial_label};
use crate::lab::{PlannedTrial, Results, State, StoreError, Unplanned};
pub use queued::Queued;

/// So many trials that failed are named for people.
const NAMED: usize = 5;

/// The trials of a variant by how far they are.
#[derive(Debug, Clone, Copy, Default)]
struct Counts {
    done: usize,
    failed: usize,
    missing: usize,
}

impl Counts {
    fn of<'a>(results: &Results, trials: impl Iterator<Item = &'a PlannedTrial>) -> Self {
        let mut counts = Self::default();
        for trial in trials {
            match results.state(trial) {
                State::Done => counts.done += 1,
                State::Failed => counts.failed += 1,
                State::Missing => counts.missing += 1,
            }
        }
        counts
    }

    fn total(self) -> usize {
        self.done + self.failed + self.missing
    }

    fn columns(self) -> [usize; 4] {
        [self.total(), self.done, self.failed, self.missing]
    }
}

/// The titles of [`Counts::columns`].
const COLUMNS: [&str; 4] = ["trials", "done", "failed", "missing"];

/// The status as text that ends with a line end. `style` is for [`Format::Table`] alone.
///
/// # Errors
/// If the record of a trial that failed cannot be read.
pub fn status(
    results: &Results,
    unplanned: Unplanned,
    queued: Option<&Queued>,
    format: Format,
    style: Style,
) -> Result<String, StoreError> {
    let of_variant = |variant: usize| {
        Counts::of(results, results.trials.iter().filter(move |trial| results.cells[trial.cell].variant == variant))
    };
    let mut rows: Vec<(String, Counts)> =
        results.variants.iter().enumerate().map(|(variant, name)| (name.clone(), of_variant(variant))).collect();
    if format == Format::Json {
        return as_json(results, unplanned, queued, &rows);
    }
    if format == Format::Csv {
        return Ok(as_csv(results, &rows));
    }
    if rows.len() > 1 {
        rows.push(("all".to_owned(), Counts::of(results, results.trials.iter())));
    }
    let titles: Vec<String> = ["variant"].into_iter().chain(COLUMNS).map(str::to_owned).collect();
    let cells = |(name, counts): (String, Counts)| {
        std::iter::once(harmless(&name)).chain(counts.columns().map(|count| count.to_string())).collect()
    };
    let cells: Vec<Vec<String>> = rows.into_iter().map(cells).collect();
    let mut notes = notes(results, unplanned)?;
    let missing = results.trials.iter().filter(|trial| results.state(trial) == State::Missing).count();
    notes.extend(queued.map(|queued| queued.sentences(missing)).unwrap_or_default());
    Ok(match format {
        Format::Markdown => {
            let paragraphs = notes.iter().map(|note| format!("\n{}\n", markdown::escaped(note)));
            markdown::lines(titles, cells) + &paragraphs.collect::<String>()
        }
        _ => {
            let paragraphs = notes.iter().map(|note| wrapped(note, style));
            let gap = if notes.is_empty() { "" } else { "\n" };
            framed(titles, cells, style) + gap + &paragraphs.collect::<String>()
        }
    })
}

/// What is stored beside the plan, as a sentence; nothing where there is nothing.
pub fn unplanned(unplanned: Unplanned) -> Option<String> {
    let reasons = [
        (unplanned.settings, "other settings or seeds"),
        (unplanned.data, "other data than there is now"),
        (unplanned.semantics, "another version's meaning of settings"),
    ];
    let reasons: Vec<String> = (reasons.iter())
        .filter(|(count, _)| *count > 0)
        .map(|(count, what)| {
            format!("{count} stored {} to {what}", if *count == 1 { "trial belongs" } else { "trials belong" })
        })
        .collect();
    (!reasons.is_empty()).then(|| format!("{}: kept, not shown", reasons.join(", ")))
}

fn notes(results: &Results, beside: Unplanned) -> Result<Vec<String>, StoreError> {
    let mut notes = Vec::new();
    let failed: Vec<&PlannedTrial> =
        results.trials.iter().filter(|trial| results.state(trial) == State::Failed).collect();
    for trial in failed.iter().take(NAMED) {
        let error = results.store.get(&trial.id)?.error.unwrap_or_default();
        notes.push(format!("{} failed: {}", trial_label(results, trial), harmless(&error)));
    }
    if !failed.is_empty() {
        let more = failed.len().saturating_sub(NAMED);
        let more = if more > 0 { format!("{more} more failed. ") } else { String::new() };
        notes.push(format!("{more}`overfit run --retry-failed` trains again what failed."));
    }
    if results.to_come > 0 {
        notes.push(format!("{} more trials are to come: halving decides by the results of these.", results.to_come));
    }
    notes.extend(unplanned(beside));
    Ok(notes)
}

fn as_csv(results: &Results, rows: &[(String, Counts)]) -> String {
    let mut out = writer(Vec::new());
    let header = ["experiment", "variant"].into_iter().chain(COLUMNS).map(str::to_owned);
    let row = |(name, counts): &(String, Counts)| {
        let names = [&results.experiment, name].map(|name| text(name).into_owned());
        names.into_iter().chain(counts.columns().map(|count| count.to_string())).collect()
    };
    for cells in std::iter::once(header.collect::<Vec<_>>()).chain(rows.iter().map(row)) {
        out.write_record(cells).expect("memory takes what is written into it");
    }
    String::from_utf8(out.into_inner().expect("memory takes what is written into it")).expect("every cell is text")
}

fn as_json(
    results: &Results,
    unplanned: Unplanned,
    queued: Option<&Queued>,
    rows: &[(String, Counts)],
) -> Result<String, StoreError> {
    let counted =
        |counts: Counts| COLUMNS.into_iter().zip(counts.columns()).map(|(key, count)| (key.to_owned(), json!(count)));
    let variant = |(name, counts): &(String, Counts)| {
        Value::Object([("variant".to_owned(), json!(name))].into_iter().chain(counted(*counts)).collect())
    };
    let mut object = Map::from_iter([("experiment".to_owned(), json!(results.experiment))]);
    object.extend(counted(Counts::of(results, results.trials.iter())));
    if results.halving.is_some() {
        object.insert("to_come".to_owned(), json!(results.to_come));
    }
    object.insert("variants".to_owned(), rows.iter().map(variant).collect());
    for (key, state) in [("failed_trials", State::Failed), ("missing_trials", State::Missing)] {
        let trials = results.trials.iter().filter(|trial| results.state(trial) == state);
        let trials: Result<Vec<Value>, StoreError> = trials.map(|trial| described(results, trial)).collect();
        object.insert(key.to_owned(), trials?.into());
    }
    let Unplanned { semantics, data, settings } = unplanned;
    object.insert("not_in_plan".to_owned(), json!({ "settings": settings, "data": data, "semantics": semantics }));
    object.extend(queued.map(|queued| ("queue".to_owned(), queued.json())));
    Ok(format!("{:#}\n", Value::Object(object)))
}

fn described(results: &Results, trial: &PlannedTrial) -> Result<Value, StoreError> {
    let cell = &results.cells[trial.cell];
    let point: Map<String, Value> = (results.axes.iter().zip(&cell.swept))
        .filter_map(|(axis, value)| Some((axis.clone(), typed(value.as_deref()?))))
        .collect();
    let mut value = json!({
        "trial": trial.id,
        "variant": results.variant_of(cell),
        "point": point,
        "seed": trial.seed,
        "fold": trial.fold,
    });
    if results.state(trial) == State::Failed {
        value["error"] = json!(results.store.get(&trial.id)?.error);
    }
    Ok(value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lab::{Record, Status, example_record, example_results};

    /// none: a done and a failed trial; dropout: a diverged and a missing one.
    fn results() -> (tempfile::TempDir, Results) {
        example_results(|cell, seed| {
            let (status, error) = match (cell, seed) {
                (0, 0) => (Status::StoppedEarly, None),
                (0, _) => (Status::Failed, Some("out of\nmemory".to_owned())),
                (_, 0) => (Status::Diverged, None),
                _ => return None,
            };
            Some(Record { status, error, ..example_record("") })
        })
    }

    fn shown(format: Format, unplanned: Unplanned) -> String {
        let (_folder, results) = results();
        status(&results, unplanned, None, format, Style::default()).unwrap()
    }

    #[test]
    fn trials_are_counted_by_variant_and_the_failed_say_why() {
        let beside = Unplanned { settings: 2, data: 1, semantics: 0 };
        assert_eq!(
            shown(Format::Table, beside),
            "\
variant  trials  done  failed  missing
───────────────────────────────────────
none          2     1       1        0
dropout       2     1       0        1
all           4     2       1        1

none seed 1 failed: out of\u{fffd}memory
`overfit run --retry-failed` trains again what failed.
2 stored trials belong to other settings or seeds, 1 stored trial belongs to
other data than there is now: kept, not shown
"
        );
        let markdown = shown(Format::Markdown, Unplanned::default());
        assert!(markdown.contains("| dropout | 2 | 1 | 0 | 1 |\n") && !markdown.contains("not shown"), "{markdown}");
    }

    #[test]
    fn csv_has_a_row_for_each_variant() {
        assert_eq!(
            shown(Format::Csv, Unplanned::default()),
            "experiment,variant,trials,done,failed,missing\ntoy,none,2,1,1,0\ntoy,dropout,2,1,0,1\n"
        );
    }

    #[test]
    fn json_names_what_failed_and_what_is_missing() {
        let value: Value =
            serde_json::from_str(&shown(Format::Json, Unplanned { data: 3, ..Unplanned::default() })).unwrap();
        assert_eq!((&value["trials"], &value["done"], &value["missing"]), (&json!(4), &json!(2), &json!(1)));
        assert_eq!(value["variants"][1]["variant"], "dropout");
        assert_eq!(value["failed_trials"][0]["error"], "out of\nmemory");
        let missing = json!([{ "trial": "11", "variant": "dropout", "point": { "remedies.dropout.hidden": 0.5 },
            "seed": 1, "fold": 0 }]);
        assert_eq!(value["missing_trials"], missing);
        assert_eq!(value["not_in_plan"]["data"], 3);
    }
}

//! What was measured at the user's request, as tables for people.
//!
//! In: the means of the measures. Out: below the comparison, a table of the single numbers and one for each measure that was
//! taken at several places. Scripts read `measures.csv`.

use super::label::label;
use super::rows::{NONE, significant};
use super::{Format, Style, markdown, screen};
use crate::analysis::{Columns, MeasuredTable, Summary};
use crate::lab::Results;

/// The tables as text, each behind an empty line; nothing where nothing was asked for, and in the formats for scripts.
pub fn measured_tables(
    results: &Results,
    summary: &Summary,
    tables: &[MeasuredTable],
    format: Format,
    style: Style,
) -> String {
    let mut text = String::new();
    for table in tables {
        let (caption, titles) = described(table);
        let rows = table.rows.iter().map(|(cell, values)| {
            let name = label(results, *cell, &summary.cells[*cell]);
            std::iter::once(name)
                .chain(values.iter().enumerate().map(|(column, value)| shown(table, column, *value)))
                .collect()
        });
        let rows: Vec<Vec<String>> = rows.collect();
        match format {
            Format::Table => {
                // A long name in one line would squeeze those of the variants.
                let titles = titles.iter().map(|title| title.replace(['_', ' '], "\n")).collect();
                let figures = screen::framed(titles, rows, style);
                text.push_str(&format!("\n{}{figures}", screen::wrapped(&caption, style)));
            }
            Format::Markdown => {
                text.push_str(&format!("\n{}\n\n{}", markdown::escaped(&caption), markdown::lines(titles, rows)));
            }
            Format::Csv | Format::Json => {}
        }
    }
    text
}

/// What a table is about, and the titles of its columns.
fn described(table: &MeasuredTable) -> (String, Vec<String>) {
    let variant = || "variant".to_owned();
    match &table.columns {
        Columns::Measures(names) => {
            let titles = names.iter().map(|(name, at)| match at {
                Some(at) => format!("{name} at {at}"),
                None => name.clone(),
            });
            ("further figures, means".to_owned(), std::iter::once(variant()).chain(titles).collect())
        }
        Columns::Places { measure, at } => {
            let places = at.iter().map(f64::to_string);
            (format!("{measure}, means, at"), std::iter::once(variant()).chain(places).collect())
        }
    }
}

/// Shares of rows in percent, times in microseconds or milliseconds, all else in four digits.
fn shown(table: &MeasuredTable, column: usize, value: Option<f64>) -> String {
    let Some(value) = value else { return NONE.to_owned() };
    let measure = match &table.columns {
        Columns::Measures(names) => &names[column].0,
        Columns::Places { measure, .. } => measure,
    };
    if measure.ends_with("accuracy") || measure == "flips" {
        format!("{:.1}%", 100.0 * value)
    } else if measure == "epochs" {
        format!("{value:.0}")
    } else if measure.ends_with("seconds") {
        in_time_units(value)
    } else {
        significant(value)
    }
}

fn in_time_units(seconds: f64) -> String {
    match seconds {
        _ if seconds >= 1.0 => format!("{seconds:.2} s"),
        _ if seconds >= 1e-3 => format!("{:.2} ms", 1e3 * seconds),
        _ => format!("{:.2} µs", 1e6 * seconds),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::Terms;
    use crate::lab::{example_record, example_results};

    #[test]
    fn shares_times_and_numbers_are_written_each_in_its_way() {
        let (_folder, results) = example_results(|_, _| Some(example_record("")));
        let summary = Summary::of(&results, Terms::default()).unwrap();
        let names = [("flips", Some(0.5)), ("sensitivity", None), ("inference_seconds", None)];
        let names = names.map(|(name, at)| (name.to_owned(), at)).to_vec();
        let single = MeasuredTable {
            columns: Columns::Measures(names),
            rows: vec![(0, vec![Some(0.0123), Some(1.5), Some(2.5e-7)]), (1, vec![None, Some(2.0), Some(0.0125)])],
        };
        let votes = MeasuredTable {
            columns: Columns::Places { measure: "vote_accuracy".to_owned(), at: vec![1.0, 0.25] },
            rows: vec![(1, vec![Some(0.5), None])],
        };
        let text =
            measured_tables(&results, &summary, &[single.clone(), votes.clone()], Format::Table, Style::default());
        assert_eq!(
            text,
            "
further figures, means
variant             flips  sensitivity  inference
                       at                 seconds
                      0.5
──────────────────────────────────────────────────
none                 1.2%        1.500    0.25 µs
dropout hidden=0.5      -        2.000   12.50 ms

vote_accuracy, means, at
variant                 1  0.25
────────────────────────────────
dropout hidden=0.5  50.0%     -
"
        );
        let text =
            measured_tables(&results, &summary, std::slice::from_ref(&votes), Format::Markdown, Style::default());
        assert_eq!(
            text,
            "
vote\\_accuracy, means, at

| variant | 1 | 0.25 |
| :--- | ---: | ---: |
| dropout hidden=0.5 | 50.0% | - |
"
        );
        assert_eq!(measured_tables(&results, &summary, &[votes], Format::Json, Style::default()), "");
    }
}

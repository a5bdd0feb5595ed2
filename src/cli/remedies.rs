//! `overfit remedies`: the registry, listed and explained.

use std::fmt::Write;

use serde_json::{Value, json};

use super::arguments::{FormatArgument, RemediesArguments};
use super::error::CliError;
use super::paragraph::paragraph;
use super::print;
use crate::remedies::{Entry, REGISTRY, find};
use crate::schema::{Default, Field, expected, nearest};

pub(super) fn remedies(arguments: &RemediesArguments) -> Result<(), CliError> {
    match &arguments.name {
        Some(name) => {
            let entry = find(name).ok_or_else(|| unknown(name))?;
            match arguments.format {
                FormatArgument::Json => print(&format!("{:#}\n", described(entry))),
                _ => print(&explained(entry)),
            }
        }
        None => print(&listed(arguments.format)),
    }
}

fn unknown(name: &str) -> CliError {
    let names: Vec<&str> = REGISTRY.iter().map(|entry| entry.name).collect();
    let hint = nearest(name, &names).map(|near| format!(", did you mean {near}?")).unwrap_or_default();
    CliError::Usage(format!("there is no remedy {name:?}{hint} (known: {})", names.join(", ")))
}

fn listed(format: FormatArgument) -> String {
    let mut text = String::new();
    match format {
        FormatArgument::Table => {
            let width = REGISTRY.iter().map(|entry| entry.name.len()).max().unwrap_or(0);
            for entry in REGISTRY {
                // Writing into a String cannot fail.
                let _ = writeln!(text, "{:width$}  {}", entry.name, entry.idea);
            }
        }
        FormatArgument::Markdown => {
            text.push_str("| remedy | what it does | source |\n| --- | --- | --- |\n");
            for entry in REGISTRY {
                let [idea, source] = [entry.idea, entry.source].map(|cell| cell.replace('|', "\\|"));
                let _ = writeln!(text, "| `{}` | {idea} | {source} |", entry.name);
            }
        }
        FormatArgument::Csv => {
            let mut out = csv::Writer::from_writer(Vec::new());
            let rows =
                REGISTRY.iter().map(|entry| [entry.name, entry.idea, entry.formula, entry.touches, entry.source]);
            for row in std::iter::once(["remedy", "idea", "formula", "touches", "source"]).chain(rows) {
                out.write_record(row).expect("memory takes what is written into it");
            }
            let bytes = out.into_inner().expect("memory takes what is written into it");
            text = String::from_utf8(bytes).expect("the registry is text");
        }
        FormatArgument::Json => {
            let all: Vec<Value> = REGISTRY.iter().map(|entry| described(entry)).collect();
            text = format!("{:#}\n", Value::from(all));
        }
    }
    text
}

fn explained(entry: &Entry) -> String {
    let mut text = format!("{}\n\n", entry.name);
    for (title, body) in
        [("idea", entry.idea), ("formula", entry.formula), ("touches", entry.touches), ("source", entry.source)]
    {
        text.push_str(&paragraph(title, body));
    }
    text.push_str("\nparameters\n");
    for field in entry.table.fields {
        let short = if entry.table.short == Some(field.name) { "; the short form stands for it" } else { "" };
        let body = format!("{}; {}; {}{short}", field.doc, expected(&field.kind), default(field));
        text.push_str(&paragraph(&format!("  {}", field.name), &body));
    }
    if let Some(short) = entry.table.short {
        let _ = writeln!(text, "\nin a config\n  [remedies]\n  {0} = {{ {short} = ... }}   # or {0} = ...", entry.name);
    }
    text
}

fn default(field: &Field) -> String {
    match field.default {
        Default::Required => "must be given".to_owned(),
        Default::Absent => "may be left out".to_owned(),
        Default::Toml(value) => format!("default {value}"),
    }
}

fn described(entry: &Entry) -> Value {
    let parameters: Vec<Value> = entry
        .table
        .fields
        .iter()
        .map(|field| json!({ "name": field.name, "doc": field.doc, "kind": expected(&field.kind), "default": default(field) }))
        .collect();
    json!({
        "name": entry.name,
        "idea": entry.idea,
        "formula": entry.formula,
        "touches": entry.touches,
        "source": entry.source,
        "parameters": parameters,
    })
}

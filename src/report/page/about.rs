//! What was run: in words at the top, with the data, the settings and the way to run it again further down.

use std::collections::BTreeSet;

use maud::{Markup, html};

use crate::report::charts::Subject;
use crate::report::harmless;

/// What is known of a run beside its results.
#[derive(Debug, Clone, Copy)]
pub struct About<'a> {
    /// The resolved config.
    pub resolved: &'a str,
    /// What was found in the data before training.
    pub findings: &'a [String],
}

impl About<'_> {
    /// A value of the resolved config, as it stands there.
    fn value(&self, section: &str, key: &str) -> Option<String> {
        let table: toml::Table = self.resolved.parse().ok()?;
        let value = table.get(section)?.get(key)?;
        let value = value.get("kind").unwrap_or(value);
        Some(value.as_str().map_or_else(|| value.to_string(), str::to_owned))
    }
}

/// A paragraph that says what was run.
pub(super) fn in_words(subject: &Subject<'_>, about: &About<'_>) -> Markup {
    let results = subject.results;
    let count = |number: usize, what: &str| format!("{number} {what}{}", if number == 1 { "" } else { "s" });
    let seeds = results.trials.iter().map(|trial| trial.seed).collect::<BTreeSet<_>>().len();
    let folds = results.trials.iter().map(|trial| trial.fold).collect::<BTreeSet<_>>().len();
    let points = results.cells.len();
    let of = |section: &str, key: &str| about.value(section, key).map(|value| harmless(&value)).unwrap_or_default();
    html! {
        p.lead {
            (count(results.variants.len(), "variant"))
            @if points > results.variants.len() { " at " (count(points, "point")) " in all" }
            @if results.variants.len() > 1 { ", compared with " bdi { strong { (harmless(&results.variants[results.baseline])) } } }
            ", each trained with " (count(seeds, "seed"))
            @if folds > 1 { " on " (count(folds, "fold")) }
            ": " (count(results.trials.len() + results.to_come, "trial")) "."
        }
        p.quiet {
            (capital(results.task.name())) " of "
            @match about.value("data", "target") { Some(target) => { code { (harmless(&target)) } } None => { "the last column" } }
            " in " code { (of("data", "path")) }
            "; network " code { (of("model", "hidden")) } ", " (of("model", "activation")) ", "
            (of("train", "epochs")) " epochs of " (of("train", "optimizer")) " at " (of("train", "learning_rate"))
            ", unless a variant or the sweep says otherwise."
        }
    }
}

fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// How many rows there are, and what was found in them.
pub(super) fn data(subject: &Subject<'_>, about: &About<'_>) -> Markup {
    html! {
        @if let Some(rows) = subject.rows {
            p {
                "Rows of the first trial: " (rows.train) " to train, " (rows.validation) " to validate, " (rows.test) " to test."
            }
        }
        @if about.findings.is_empty() {
            p { "Nothing in the data looked odd: no duplicate rows, no column that gives the target away, no class that is too rare." }
        } @else {
            p { "What was found in the data before training:" }
            ul { @for finding in about.findings { li { (harmless(finding)) } } }
        }
    }
}

/// The resolved config, and what to do with it.
pub(super) fn settings(about: &About<'_>) -> Markup {
    html! {
        p { "In the folder of this page:" }
        pre { code {
            "overfit run experiment.toml --out .             # goes on: only what is missing is trained\n"
            "overfit run experiment.toml --out . --seeds 20  # more seeds, narrower intervals\n"
            "overfit run experiment.toml --out again         # all again; the same numbers to the last digit\n"
        } }
        details {
            summary { "All settings, with defaults (experiment.toml)" }
            pre tabindex="0" { code { (about.resolved) } }
        }
        p.quiet {
            "Beside this page lie " code { "curves.csv" } " (every trial, epoch by epoch), " code { "trials.csv" } ", "
            code { "summary.csv" } ", " code { "selection.csv" } " and " code { "measures.csv" } "."
        }
    }
}

/// Who wrote the page.
pub(super) fn footer() -> Markup {
    html! { p { "Written by overfit " (env!("CARGO_PKG_VERSION")) ". This page fetches nothing and sends nothing." } }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_found_in_the_resolved_config() {
        let about = About { resolved: "[model]\nhidden = [64, 64]\nactivation = \"relu\"\n", findings: &[] };
        assert_eq!(about.value("model", "hidden").as_deref(), Some("[64, 64]"));
        assert_eq!(about.value("model", "activation").as_deref(), Some("relu"));
        assert_eq!(about.value("train", "epochs"), None);
    }
}

//! `report.html`: one file that tells what was run and what came of it, for people who did not run it.
//!
//! In: what is compared, its summary, its [`Chart`]s, and [`About`] the run. Out: HTML that needs no network: style, script and
//! numbers stand in it, and its Content-Security-Policy lets nothing else in. The charts are drawn by its own script (`assets/`);
//! a charting library would be twenty times as much to write with every run, and draws labels as markup. Texts are escaped by
//! [`maud`] in HTML, by [`data`] in JSON, and become text nodes in the script: names may hold anything.

mod about;
mod data;
mod frame;
mod tables;
mod verdicts;

pub use about::About;

use std::io::Write;

use maud::{Markup, PreEscaped, html};

use self::tables::{Last, table};
use super::charts::{Chart, Subject};
use super::comparison::parts;
use super::file::FillError;
use super::plots::svg;
use super::study::Block;
use crate::analysis::Study;

/// The most rows of a table on the page; the CSV files have all.
const MOST_ROWS: usize = 400;

/// The largest picture, in bytes, that is worth its weight where the script draws the same.
const LARGEST_STILL: usize = 150_000;

/// Writes the page.
///
/// # Errors
/// If `out` cannot be written.
pub fn write_page(
    subject: &Subject<'_>,
    charts: &[Chart],
    about: &About<'_>,
    mut out: impl Write,
) -> Result<(), FillError> {
    let title = super::harmless(&subject.results.experiment);
    let body = html! {
        header {
            h1 { bdi { (title) } }
            (about::in_words(subject, about))
            nav aria-label="On this page" {
                a href="#verdicts" { "Verdicts" }
                a href="#charts" { "Charts" }
                a href="#figures" { "All figures" }
                a href="#data" { "Data" }
                a href="#settings" { "Settings" }
            }
        }
        main {
            section #verdicts { h2 { "Did it help?" } (verdicts::section(subject)) }
            section #charts { h2 { "Charts" } (figures(charts)) }
            section #figures { h2 { "All figures" } (comparison(subject)) }
            section #data { h2 { "The data" } (about::data(subject, about)) }
            section #settings { h2 { "Settings" } (about::settings(about)) }
        }
        footer { (about::footer()) }
    };
    Ok(out.write_all(frame::page(&title, &body, charts).as_bytes())?)
}

/// Writes the page of several experiments together.
///
/// # Errors
/// If `out` cannot be written.
pub fn write_study_page(study: &Study, mut out: impl Write) -> Result<(), FillError> {
    let chart = super::charts::rank_chart(study);
    let charts: Vec<Chart> = chart.into_iter().collect();
    let count = study.experiments.len();
    let title = format!("{count} experiments compared");
    let body = html! {
        header { h1 { (title) } p.lead { "By " (study.metric.replace('_', " ")) ", beside the baseline " bdi { (super::harmless(&study.baseline)) } "." } }
        main {
            @if charts.is_empty() {
                p.quiet { "There is no diagram of ranks: it takes two experiments that have all variants." }
            }
            section #charts { (figures(&charts)) }
            section #figures { h2 { "All figures" } @for block in super::study::blocks(study) { (laid_out(&block)) } }
        }
        footer { (about::footer()) }
    };
    Ok(out.write_all(frame::page(&title, &body, &charts).as_bytes())?)
}

fn laid_out(block: &Block) -> Markup {
    match block {
        Block::Text(paragraph) => html! { p { (paragraph) } },
        Block::Numbers(titles, rows) => table(titles, rows, Last::Number),
        Block::Verdicts(titles, rows) => table(titles, rows, Last::Words),
    }
}

/// Every chart with its caption and its table; the learning curves share a figure, and a switch changes the metric.
fn figures(charts: &[Chart]) -> Markup {
    let (curves, others): (Vec<&Chart>, Vec<&Chart>) =
        charts.iter().partition(|chart| chart.name.starts_with("learning-curve"));
    let (before, after): (Vec<&Chart>, Vec<&Chart>) =
        others.into_iter().partition(|chart| ["scores", "gaps", "differences"].contains(&chart.name.as_str()));
    html! {
        noscript { p.note { "This viewer runs no script: the charts are still pictures here, and the tables behind them are whole." } }
        @for chart in before { (figure(&chart.title, &[chart])) }
        @if !curves.is_empty() { (figure("Learning curves", &curves)) }
        @for chart in after { (figure(&chart.title, &[chart])) }
        p.quiet.keys {
            "A click on a name in a legend takes its lines away and brings them back, a double click leaves it alone. Drag over a \
             stretch to enlarge it, double-click for the whole. With the keyboard: tab to a chart, then the arrow keys."
        }
    }
}

/// The chart as a picture, for viewers that run no script.
fn still(chart: &Chart) -> String {
    let text = svg(chart);
    let start = text.find("<svg").unwrap_or(0);
    if text.len() > LARGEST_STILL { String::new() } else { text[start..].to_owned() }
}

fn figure(title: &str, charts: &[&Chart]) -> Markup {
    let names: Vec<&str> = charts.iter().map(|chart| chart.name.as_str()).collect();
    html! {
        figure data-charts=(names.join(" ")) id=(format!("chart-{}", names[0])) {
            h3 { (title) }
            div.plot {}
            noscript { @for chart in charts { (PreEscaped(still(chart))) } }
            figcaption { (charts[0].caption) }
            @for chart in charts {
                details {
                    summary { "The numbers" @if charts.len() > 1 { ": " (chart.title.rsplit(": ").next().unwrap_or("")) } }
                    (table(&chart.table.titles, &chart.table.rows, Last::Number))
                }
            }
        }
    }
}

/// The tables that the terminal shows, whole.
fn comparison(subject: &Subject<'_>) -> Markup {
    html! { @for part in parts(subject.results, subject.summary) { (shown(&part)) } }
}

fn shown(part: &super::comparison::Part) -> Markup {
    let last = if part.ends_with_words { Last::Words } else { Last::Number };
    html! {
        @if !part.heading.is_empty() { h3 { (part.heading) } }
        @if !part.rows.is_empty() { (table(&part.titles, &part.rows, last)) }
        @if !part.paragraphs.is_empty() {
            details { summary { "How to read this" } @for paragraph in &part.paragraphs { p { (paragraph) } } }
        }
    }
}

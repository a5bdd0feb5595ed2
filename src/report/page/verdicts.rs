//! The verdicts in sentences, the first thing on the page.

use maud::{Markup, PreEscaped, html};

use crate::analysis::{Difference, Doubt, Judgement, Verdict};
use crate::report::charts::{Colour, Marker, Subject};
use crate::report::comparison::{Scored, diagnosis_rows, difference_in_words, doubt, p_in_words, selected_name, unit};

/// The most rows that are told in words.
const MOST: usize = 12;

/// A variant that is told of.
struct Told {
    name: String,
    colour: Colour,
    judgement: Judgement,
    difference: Option<Difference>,
    /// Its mean test score and its gap, as people read them.
    scores: Scored,
}

/// What was found, in words.
pub(super) fn section(subject: &Subject<'_>) -> Markup {
    let tuned = tuned(subject);
    let rows = rows(subject);
    html! {
        (lead(subject))
        @if !tuned.is_empty() {
            p { "Each variant at the points that validation chose in each seed and fold, beside the baseline tuned likewise:" }
            (list(subject, &tuned))
        }
        @if !rows.is_empty() && (tuned.is_empty() || rows.len() <= MOST) {
            @if !tuned.is_empty() { p { "Each point by itself:" } }
            (list(subject, &rows))
        }
        (diagnoses(subject))
    }
}

/// The baseline, and how many variants are better.
fn lead(subject: &Subject<'_>) -> Markup {
    let (results, summary) = (subject.results, subject.summary);
    let known: Vec<usize> = (0..summary.cells.len()).filter(|&cell| summary.cells[cell].n > 0).collect();
    let baseline = known.iter().copied().find(|&cell| summary.cells[cell].is_baseline);
    let judged = summary.cells.iter().filter_map(|cell| cell.judgement).count();
    let better = summary
        .cells
        .iter()
        .filter_map(|cell| cell.judgement)
        .filter(|found| found.verdict == Verdict::GeneralisesBetter);
    let better = better.count();
    html! {
        @if known.is_empty() { p.lead { "No trial has ended with a network yet." } }
        @if let Some(cell) = baseline {
            @let scores = Scored::of_cell(results, summary, cell);
            p.lead {
                "The baseline " bdi { strong { (subject.name(cell)) } } " reaches " (scores.test) " on the test rows and " (scores.train)
                " on the rows that it has learnt: a gap of " (scores.gap) "."
                @if judged > 0 {
                    @match (better, judged) {
                        (0, 1) => { " The other one is not shown to generalise better." }
                        (0, _) => { " None of the other " (judged) " is shown to generalise better." }
                        (1, 1) => { " The other one generalises better." }
                        (1, _) => { " " strong { "One" } " of the other " (judged) " generalises better." }
                        _ => { " " strong { (better) } " of the other " (judged) " generalise better." }
                    }
                }
            }
        }
        @let absent = absent(subject);
        @if !absent.is_empty() { p.note { "Trials that are in no figure here: " (absent.join(", ")) "." } }
    }
}

/// Trials that ended without a network, or have not ended.
fn absent(subject: &Subject<'_>) -> Vec<String> {
    let total =
        |count: fn(&crate::analysis::CellSummary) -> usize| subject.summary.cells.iter().map(count).sum::<usize>();
    let counts = [
        (total(|cell| cell.diverged), "diverged"),
        (total(|cell| cell.failed), "failed"),
        (subject.summary.missing, "missing"),
    ];
    let words = |(count, what): (usize, &str)| format!("{count} {what}");
    counts.into_iter().filter(|(count, _)| *count > 0).map(words).collect()
}

fn rows(subject: &Subject<'_>) -> Vec<Told> {
    let told = subject.summary.cells.iter().enumerate().filter_map(|(cell, figures)| {
        Some(Told {
            name: subject.name(cell),
            colour: subject.colour(cell),
            judgement: figures.judgement?,
            difference: figures.difference,
            scores: Scored::of_cell(subject.results, subject.summary, cell),
        })
    });
    told.collect()
}

fn tuned(subject: &Subject<'_>) -> Vec<Told> {
    let told = subject.summary.selected.iter().filter_map(|selected| {
        Some(Told {
            name: selected_name(subject.results, selected),
            colour: subject.colour_of(selected.variant),
            judgement: selected.judgement?,
            difference: selected.difference,
            scores: Scored::of_selected(subject.results, subject.summary, selected),
        })
    });
    told.collect()
}

/// The most telling first: better, then worse, then what is undecided.
fn list(subject: &Subject<'_>, told: &[Told]) -> Markup {
    let order = |one: &&Told| match one.judgement.verdict {
        Verdict::GeneralisesBetter => 0,
        Verdict::SameSmaller => 1,
        Verdict::Same => 2,
        Verdict::LearnsLess | Verdict::Worse => 3,
        Verdict::CantTell(_) => 4,
    };
    let mut sorted: Vec<&Told> = told.iter().collect();
    sorted.sort_by_key(order);
    html! {
        ul.verdicts { @for one in sorted.iter().take(MOST) { (item(subject, one)) } }
        @if sorted.len() > MOST { p.quiet { "The verdicts on " (sorted.len() - MOST) " more rows stand among all figures." } }
    }
}

fn item(subject: &Subject<'_>, told: &Told) -> Markup {
    let verdict = told.judgement.verdict;
    let class = match verdict {
        Verdict::GeneralisesBetter | Verdict::SameSmaller => "better",
        Verdict::Worse | Verdict::LearnsLess => "worse",
        Verdict::Same | Verdict::CantTell(_) => "",
    };
    let difference = told.difference.map(|difference| difference_in_words(subject.results, &difference));
    let p = told.judgement.p_adjusted.map(p_in_words);
    html! {
        li {
            (swatch(told.colour))
            div {
                bdi { strong { (told.name) } } ": "
                span class=(format!("verdict {class}")) { (verdict.name()) } "."
                " Test " (told.scores.test)
                @if let Some(difference) = &difference { ", " (difference) " from the baseline" }
                @if let Some(p) = &p { " (" (p) ")" }
                "; gap " (told.scores.gap) "."
                @if let Verdict::CantTell(doubt) = verdict { " " span.quiet { (why(doubt, subject)) } }
            }
        }
    }
}

/// What would help.
fn why(found: Doubt, subject: &Subject<'_>) -> String {
    let unit = unit(subject.results.resampling);
    let reason = doubt(found, unit);
    match found {
        Doubt::More(_) => format!("It would take {reason} to show a difference of this size."),
        Doubt::Never => format!("For a difference this small {reason}, only more data can."),
        Doubt::Single | Doubt::NoSpread => format!("The test is {reason}."),
        Doubt::Identical => format!("The figures are {reason}."),
        Doubt::TooFew(_) => format!("There is too little to go by: {reason}."),
    }
}

/// What the curves say.
fn diagnoses(subject: &Subject<'_>) -> Markup {
    let rows = diagnosis_rows(subject.results, subject.summary);
    html! {
        @if !rows.is_empty() {
            h3 { "What the curves say" }
            ul { @for row in rows.iter().take(MOST) { li { bdi { (row[0]) } ": " (row[2]) " " span.quiet { "(" (row[1]) " trials)" } } } }
            @if rows.len() > MOST { p.quiet { (rows.len() - MOST) " more stand among all figures." } }
        }
    }
}

fn swatch(colour: Colour) -> Markup {
    let style = format!("--light:{};--dark:{}", Colour::hex(colour.rgb()), Colour::hex(colour.rgb_on_dark()));
    let shape = match colour.marker() {
        Marker::Circle => r#"<circle r="5"/>"#,
        Marker::Square => r#"<rect x="-4.5" y="-4.5" width="9" height="9"/>"#,
        Marker::Diamond => r#"<path d="M0 -6L6 0L0 6L-6 0z"/>"#,
        Marker::Triangle => r#"<path d="M0 -6L5.5 5H-5.5z"/>"#,
        Marker::Cross => r#"<path d="M-5 -2h3v-3h4v3h3v4h-3v3h-4v-3h-3z"/>"#,
    };
    html! { svg.swatch viewBox="-6 -6 12 12" style=(style) aria-hidden="true" { (PreEscaped(shape)) } }
}

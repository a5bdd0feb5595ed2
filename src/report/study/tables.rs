//! A study as tables and paragraphs for people.
//!
//! In: a [`Study`]. Out: [`Block`]s in the order in which they are read. Scores are in the metric's own unit, with as many
//! decimals as their size calls for.

use super::super::comparison::judged::{self, p_value, rules, shortest, test, unit};
use super::super::comparison::{harmless, rows::NONE, selected::ORACLE};
use crate::analysis::{
    AcrossVariant, ChosenBy, ComparedVariant, Friedman, Interval, Overlap, StudiedExperiment, Study,
};
use crate::lab::Resampling;

/// A part of the text.
pub(in crate::report) enum Block {
    /// A paragraph.
    Text(String),
    /// Titles and rows, of which the first cell is words and the others are numbers.
    Numbers(Vec<String>, Vec<Vec<String>>),
    /// The same, whose last cell is words too.
    Verdicts(Vec<String>, Vec<Vec<String>>),
}

/// All of a study.
pub(in crate::report) fn blocks(study: &Study) -> Vec<Block> {
    let mut blocks: Vec<Block> = study.is_oracle().then(|| Block::Text(ORACLE.to_owned())).into_iter().collect();
    match study.only() {
        Some(experiment) => blocks.extend(single(study, experiment)),
        None => {
            blocks.extend(together(study));
            blocks.extend(each(study));
        }
    }
    blocks.push(Block::Text(caption(study)));
    blocks
}

/// What stands before the name of all that an oracle chose.
fn oracle(study: &Study) -> &'static str {
    if study.is_oracle() { "oracle " } else { "" }
}

/// The name of a variant.
fn name(study: &Study, variant: &str) -> String {
    harmless(&format!("{}{variant}", oracle(study)))
}

/// An experiment for itself.
fn single(study: &Study, experiment: &StudiedExperiment) -> Vec<Block> {
    let decimals = decimals(study);
    let figures = |variant: &ComparedVariant| {
        let difference = variant.difference.map(|found| (found.mean, found.interval));
        vec![
            name(study, &variant.name),
            variant.n.to_string(),
            variant.mean.map_or(NONE.to_owned(), |mean| format!("{mean:.decimals$}")),
            shown(difference, variant.is_baseline, decimals),
        ]
    };
    let verdict = |variant: &ComparedVariant| {
        Some(judged::row(name(study, &variant.name), &variant.judgement?, unit(experiment.resampling)))
    };
    let titles = ["variant", "trials", &study.metric, "difference"].map(harmless).to_vec();
    let mut blocks = vec![
        Block::Text(format!("{}{} ({})", oracle(study), harmless(&experiment.name), kind(experiment))),
        Block::Numbers(titles, experiment.variants.iter().map(figures).collect()),
    ];
    let verdicts: Vec<_> = experiment.variants.iter().filter_map(verdict).collect();
    if !verdicts.is_empty() {
        blocks.push(Block::Verdicts(judged::titles(), verdicts));
    }
    blocks
}

/// Several experiments, each for itself.
fn each(study: &Study) -> Vec<Block> {
    let decimals = decimals(study);
    let row = |experiment: &StudiedExperiment, variant: &ComparedVariant| {
        let difference = variant.difference.map(|found| (found.mean, found.interval));
        let verdict = variant.judgement.map(|found| judged::line(found.verdict, unit(experiment.resampling)));
        vec![
            harmless(&format!("{}: {}{}", experiment.name, oracle(study), variant.name)),
            variant.mean.map_or(NONE.to_owned(), |mean| format!("{mean:.decimals$}")),
            shown(difference, variant.is_baseline, decimals),
            p_value(variant.judgement.and_then(|found| found.p_adjusted)),
            verdict.unwrap_or_default(),
        ]
    };
    let rows = (study.experiments.iter())
        .flat_map(|experiment| experiment.variants.iter().map(move |variant| row(experiment, variant)));
    let titles = ["experiment: variant", "mean", "difference", "p", "verdict"].map(str::to_owned).to_vec();
    let mut kinds: Vec<String> = study.experiments.iter().map(kind).collect();
    kinds.dedup();
    let kinds = if kinds.len() == 1 { format!(" ({})", kinds[0]) } else { String::new() };
    vec![Block::Text(format!("{}each for itself{kinds}", oracle(study))), Block::Verdicts(titles, rows.collect())]
}

fn kind(experiment: &StudiedExperiment) -> String {
    let what = match experiment.resampling {
        Resampling::Fixed => "one test set for all seeds",
        Resampling::Holdout => "a split per seed",
        Resampling::Kfold => "folds",
    };
    match experiment.overlap {
        Overlap::None => what.to_owned(),
        overlap => format!("{what}, n_test/n_train {:.3}", overlap.test_per_train()),
    }
}

/// All experiments together.
fn together(study: &Study) -> Vec<Block> {
    let decimals = decimals(study);
    let across = &study.across;
    let figures = |variant: &AcrossVariant| {
        let against = variant.against.as_ref();
        let difference = against.map(|found| (found.difference.mean, found.difference.interval));
        vec![
            name(study, &variant.name),
            variant.rank.map_or(NONE.to_owned(), |rank| format!("{rank:.3}")),
            shown(difference, variant.is_baseline, decimals),
            against.map_or(NONE.to_owned(), |found| format!("{}/{}/{}", found.wins, found.ties, found.losses)),
        ]
    };
    let verdict = |variant: &AcrossVariant| {
        Some(judged::row(name(study, &variant.name), &variant.against?.judgement, "data set"))
    };
    let titles = ["variant", "average rank", "difference", "wins/ties/losses"].map(str::to_owned).to_vec();
    let mut blocks = vec![
        Block::Text(format!("{}{} experiments together", oracle(study), study.experiments.len())),
        Block::Numbers(titles, across.variants.iter().map(figures).collect()),
    ];
    let verdicts: Vec<_> = across.variants.iter().filter_map(verdict).collect();
    if !verdicts.is_empty() {
        blocks.push(Block::Verdicts(judged::titles(), verdicts));
    }
    blocks.push(Block::Text(tests_of_ranks(study)));
    blocks
}

/// The tests of ranks in words.
fn tests_of_ranks(study: &Study) -> String {
    let across = &study.across;
    let mut text = match (across.friedman, across.critical_difference) {
        (Some(friedman), Some(difference)) => {
            format!("Do they differ at all? {} {}", of_ranks(&friedman), groups(study, difference))
        }
        _ => "Ranks are tested over two data sets that have two variants at least.".to_owned(),
    };
    if !across.incomplete.is_empty() {
        let names: Vec<String> = across.incomplete.iter().map(|name| harmless(name)).collect();
        text.push_str(&format!(" Without a rank, since a variant is missing there: {}.", names.join(", ")));
    }
    text
}

fn of_ranks(friedman: &Friedman) -> String {
    let p = |p| if p < 0.001 { "p < 0.001".to_owned() } else { format!("p = {}", p_value(Some(p))) };
    let f = match friedman.iman_davenport {
        Some((f, value)) => format!("Iman-Davenport F = {f:.4}, {}", p(value)),
        None => "Iman-Davenport F is undefined, since all data sets rank alike".to_owned(),
    };
    format!("Friedman χ² = {:.4}, {}; {f}.", friedman.chi_square, p(friedman.p_value))
}

fn groups(study: &Study, difference: f64) -> String {
    let across = &study.across;
    let name = |place: &usize| name(study, &across.variants[*place].name);
    let groups: Vec<String> =
        across.groups.iter().map(|group| group.iter().map(name).collect::<Vec<_>>().join(" = ")).collect();
    let known = if groups.is_empty() { "all differ".to_owned() } else { groups.join("; ") };
    format!("Nemenyi's critical difference of average ranks is {difference:.4}; not told apart: {known}.")
}

fn caption(study: &Study) -> String {
    let direction = if study.lower_is_better { "lower is better" } else { "higher is better" };
    let across = match study.only() {
        None => {
            " Together: the mean difference over data sets with its 95% interval (Student's t), p of Wilcoxon's \
             signed-rank test over data sets, corrected by Holm."
        }
        Some(_) => "",
    };
    let tuned = match study.chosen_by {
        Some(ChosenBy::Validation) => {
            " A swept variant stands with the points that validation chose in each seed and fold; no test figure was looked \
             at for that."
        }
        Some(ChosenBy::Oracle) => {
            " A swept variant stands with the points of the best test figures in each seed and fold: an oracle's choice."
        }
        None => "",
    };
    let mut tests: Vec<&str> = Vec::new();
    for experiment in &study.experiments {
        let test = test(experiment.overlap);
        if !tests.contains(&test) {
            tests.push(test);
        }
    }
    format!(
        "difference: {} minus that of \"{}\" ({direction}), paired by seed and fold; ±: 95% interval.{tuned} {}{across} {}",
        harmless(&study.metric),
        harmless(&study.baseline),
        tests.join(" "),
        rules(&shortest(study.rope))
    )
}

/// A difference with half its interval.
fn shown(difference: Option<(f64, Option<Interval>)>, is_baseline: bool, decimals: usize) -> String {
    match difference {
        None if is_baseline => "baseline".to_owned(),
        None => NONE.to_owned(),
        Some((mean, None)) => format!("{mean:+.decimals$}"),
        Some((mean, Some(Interval { low, high }))) => {
            format!("{mean:+.decimals$} ± {:.decimals$}", (high - low) / 2.0)
        }
    }
}

/// Digits after the point that scores of this size are told apart by.
fn decimals(study: &Study) -> usize {
    let means = study.experiments.iter().flat_map(|experiment| &experiment.variants).filter_map(|variant| variant.mean);
    match means.fold(0.0, |largest: f64, mean| mean.abs().max(largest)) {
        largest if largest < 2.0 => 4,
        largest if largest < 200.0 => 2,
        _ => 1,
    }
}

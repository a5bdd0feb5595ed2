//! What the user should know of scores before believing what is said of them.
//!
//! In: the tuned variants of a folder, or a [`Study`]. Out: warnings, a line each, however many variants it holds of.

use super::sources::Folder;
use crate::analysis::{Study, Tuned, lower_is_better};
use crate::cli::notes;

/// So many are named.
const LISTED: usize = 5;

/// Shares are at most this, but for roundings; r2 too.
const WHOLE: f64 = 1.001;
/// What is above that and no more than this may well be percent.
const HUNDRED: f64 = 100.0;
/// A region of practical equivalence from here on is meant in percentage points.
const IN_POINTS: f64 = 0.1;

/// Of an experiment that stands with its tuned variants.
pub(super) fn of_tuned(folder: &Folder, tuned: &Tuned) {
    let name = &folder.results.experiment;
    let counts = || tuned.points.iter().map(|(_, points)| *points);
    if counts().max() != counts().min() {
        let each: Vec<String> = tuned.points.iter().map(|(variant, points)| format!("{variant} {points}")).collect();
        notes::warning(&format!(
            "the variants of \"{name}\" were chosen from different numbers of points ({}): more points are more chances",
            shortened(&each)
        ));
    }
    if tuned.experiments.len() > 1 {
        notes::warning(&format!(
            "\"{name}\" is swept over the data: each of its {} values counts as a data set of its own, though they share rows",
            tuned.experiments.len()
        ));
    }
    let missing = folder.results.missing();
    if missing > 0 {
        notes::warning(&format!("{missing} trials are missing in {}", folder.path.display()));
    }
}

/// Of scores that were compared.
pub(super) fn of_study(study: &Study) {
    [without_baseline(study), without_partner(study), in_percent(study)]
        .into_iter()
        .flatten()
        .for_each(|warning| notes::warning(&warning));
}

/// Experiments that lack the baseline.
fn without_baseline(study: &Study) -> Option<String> {
    let lacking = study.experiments.iter().filter(|experiment| !experiment.variants.iter().any(|one| one.is_baseline));
    let names: Vec<String> = lacking.map(|experiment| format!("\"{}\"", experiment.name)).collect();
    (!names.is_empty()).then(|| {
        format!("the baseline \"{}\" is missing, so that nothing is compared, in {}", study.baseline, shortened(&names))
    })
}

/// Trials that are not compared, since the baseline has none of their seed and fold.
fn without_partner(study: &Study) -> Option<String> {
    let mut lacking = Vec::new();
    for experiment in &study.experiments {
        let has_baseline = experiment.variants.iter().any(|variant| variant.is_baseline);
        for variant in experiment.variants.iter().filter(|variant| has_baseline && !variant.is_baseline) {
            let pairs = variant.difference.map_or(0, |difference| difference.pairs);
            if pairs < variant.n {
                let alone = variant.n - pairs;
                lacking.push(format!("{alone} of {} of \"{}\" in \"{}\"", variant.n, variant.name, experiment.name));
            }
        }
    }
    (!lacking.is_empty()).then(|| {
        format!("trials whose seed and fold \"{}\" lacks are not compared: {}", study.baseline, shortened(&lacking))
    })
}

/// Scores that seem to be in percent, beside a region of practical equivalence that is not.
fn in_percent(study: &Study) -> Option<String> {
    if lower_is_better(&study.metric) || study.rope >= IN_POINTS || study.rope == 0.0 {
        return None;
    }
    let means = study.experiments.iter().flat_map(|experiment| &experiment.variants).filter_map(|variant| variant.mean);
    let largest = means.fold(0.0, f64::max);
    (WHOLE < largest && largest <= HUNDRED).then(|| {
        format!(
            "{} reaches {largest:.1}, as if in percent, and differences up to {} are taken for none: --rope 1 is a \
             percentage point",
            study.metric, study.rope
        )
    })
}

/// The first few of a list.
fn shortened(items: &[String]) -> String {
    let more = match items.len().saturating_sub(LISTED) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    format!("{}{more}", items[..items.len().min(LISTED)].join(", "))
}

//! Studies as JSON: every figure with full precision, `null` where there is none. That of an oracle stands under a key of its
//! own, within the honest one where there is one.

use serde::Serialize;
use serde_json::{Map, Value};

use super::super::comparison::judged::unit;
use super::super::comparison::judgement_json::{Compared, Judged};
use super::super::comparison::selected::ORACLE;
use crate::analysis::{AcrossVariant, CONFIDENCE, ChosenBy, ComparedVariant, Overlap, StudiedExperiment, Study};
use crate::lab::Resampling;

#[derive(Serialize)]
struct Document<'a> {
    metric: &'a str,
    lower_is_better: bool,
    baseline: &'a str,
    rope: f64,
    confidence: f64,
    /// By what the points of swept variants were chosen: `validation`, `oracle`; `null` where nothing was chosen.
    chosen_by: Option<&'static str>,
    /// Why no figure of an oracle is an estimate.
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<&'static str>,
    /// How many data sets have all variants.
    data_sets: usize,
    /// The experiments that lack a variant.
    incomplete: &'a [String],
    /// By variant.
    average_ranks: Map<String, Value>,
    friedman: Option<FriedmanTest>,
    iman_davenport: Option<ImanDavenport>,
    nemenyi_cd: Option<f64>,
    /// Variants that are not told apart.
    nemenyi_groups: Vec<Vec<&'a str>>,
    /// Of one experiment its own; of several what they say together.
    comparisons: Vec<Row<'a>>,
    experiments: Vec<Experiment<'a>>,
}

#[derive(Serialize)]
struct FriedmanTest {
    chi_square: f64,
    p_value: f64,
    /// After the correction for ties.
    tie_corrected: Option<ChiSquare>,
}

#[derive(Serialize)]
struct ChiSquare {
    chi_square: f64,
    p_value: f64,
}

#[derive(Serialize)]
struct ImanDavenport {
    f: f64,
    p_value: f64,
}

#[derive(Serialize)]
struct Experiment<'a> {
    experiment: &'a str,
    resampling: Resampling,
    /// What the variance of a mean is widened by; `null` where nothing overlaps.
    test_per_train: Option<f64>,
    comparisons: Vec<Row<'a>>,
}

#[derive(Serialize)]
struct Row<'a> {
    variant: &'a str,
    is_baseline: bool,
    /// How many trials it has; of several experiments `null`.
    n: Option<usize>,
    mean: Option<f64>,
    #[serde(flatten)]
    compared: Compared,
    /// Data sets won, tied and lost, and the sums of the signed ranks; `null` in a single experiment.
    wins: Option<usize>,
    ties: Option<usize>,
    losses: Option<usize>,
    rank_sum_plus: Option<f64>,
    rank_sum_minus: Option<f64>,
}

/// The studies as one JSON object.
pub(super) fn studies(studies: &[Study]) -> String {
    let mut object = Map::new();
    for study in studies {
        match (study.is_oracle(), document(study)) {
            (true, document) => drop(object.insert("oracle".to_owned(), document)),
            (false, Value::Object(keys)) => object.extend(keys),
            (false, _) => unreachable!("a document has keys"),
        }
    }
    format!("{:#}\n", Value::Object(object))
}

fn document(study: &Study) -> Value {
    let across = &study.across;
    let tie_corrected = |pair: (f64, f64)| ChiSquare { chi_square: pair.0, p_value: pair.1 };
    let friedman = across.friedman.map(|test| FriedmanTest {
        chi_square: test.chi_square,
        p_value: test.p_value,
        tie_corrected: test.tie_corrected.map(tie_corrected),
    });
    let f = across.friedman.and_then(|test| test.iman_davenport);
    let name = |place: &usize| across.variants[*place].name.as_str();
    let document = Document {
        metric: &study.metric,
        lower_is_better: study.lower_is_better,
        baseline: &study.baseline,
        rope: study.rope,
        confidence: CONFIDENCE,
        chosen_by: study.chosen_by.map(ChosenBy::name),
        note: study.is_oracle().then_some(ORACLE),
        data_sets: across.sets,
        incomplete: &across.incomplete,
        average_ranks: across.variants.iter().map(|variant| (variant.name.clone(), variant.rank.into())).collect(),
        friedman,
        iman_davenport: f.map(|(f, p_value)| ImanDavenport { f, p_value }),
        nemenyi_cd: across.critical_difference,
        nemenyi_groups: across.groups.iter().map(|group| group.iter().map(name).collect()).collect(),
        comparisons: match study.only() {
            Some(experiment) => rows(experiment),
            None => across.variants.iter().map(row_together).collect(),
        },
        experiments: study.experiments.iter().map(experiment).collect(),
    };
    serde_json::to_value(document).expect("the study has only text keys")
}

fn experiment(experiment: &StudiedExperiment) -> Experiment<'_> {
    let overlap = experiment.overlap;
    Experiment {
        experiment: &experiment.name,
        resampling: experiment.resampling,
        test_per_train: (overlap != Overlap::None).then(|| overlap.test_per_train()),
        comparisons: rows(experiment),
    }
}

fn rows(experiment: &StudiedExperiment) -> Vec<Row<'_>> {
    let unit = unit(experiment.resampling);
    let row = |variant: &'_ ComparedVariant| -> Compared {
        Compared::of(variant.difference.as_ref(), variant.judgement.as_ref(), unit)
    };
    let rows = experiment.variants.iter().map(|variant| Row {
        variant: &variant.name,
        is_baseline: variant.is_baseline,
        n: Some(variant.n),
        mean: variant.mean,
        compared: row(variant),
        wins: None,
        ties: None,
        losses: None,
        rank_sum_plus: None,
        rank_sum_minus: None,
    });
    rows.collect()
}

fn row_together(variant: &AcrossVariant) -> Row<'_> {
    let against = variant.against.as_ref();
    let compared = against.map(|found| Compared {
        judged: Judged::of(&found.judgement, "data set"),
        ..Compared::of(Some(&found.difference), Some(&found.judgement), "data set")
    });
    Row {
        variant: &variant.name,
        is_baseline: variant.is_baseline,
        n: None,
        mean: None,
        compared: compared.unwrap_or_default(),
        wins: against.map(|found| found.wins),
        ties: against.map(|found| found.ties),
        losses: against.map(|found| found.losses),
        rank_sum_plus: against.map(|found| found.signed_rank.plus),
        rank_sum_minus: against.map(|found| found.signed_rank.minus),
    }
}

//! A config as a document: name, seeds, variants, axes, and the sections as they are written.
//!
//! In: a tree of nodes, short forms expanded and the command line applied. Out: a [`Document`], and what is wrong with the
//! frame; the sections are not looked into here.

use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::metric::Metric;
use crate::schema::{self, Checker, Content, Node, Origin, Problem, Problems, nearest, shortened};

use super::axis::{self, Axis, read_axes};
use super::config::{FRAME, SECTIONS, SETTINGS};
use super::name;
use super::single_points::{Named, read_named};
use super::sweep::{Sweep, Walk};

/// A config, taken apart.
#[derive(Debug)]
pub(super) struct Document {
    /// The folder of the config, from which its paths go out.
    pub folder: PathBuf,
    pub name: String,
    pub seeds: Seeds,
    /// The index of the variant that the others are compared with.
    pub baseline: usize,
    /// What variants are compared by, where that is said, and where.
    pub metric: Option<(Metric, Origin)>,
    pub save_models: bool,
    /// The sections at the top: what every variant has.
    pub base: Node,
    /// At least one.
    pub variants: Vec<VariantDocument>,
    /// The axes of all variants.
    pub shared: Vec<Axis>,
    /// How their points are found.
    pub sweep: Sweep,
    /// Points beside those.
    pub include: Vec<Named>,
    /// Points that are left out of those.
    pub exclude: Vec<Named>,
}

/// A variant as written.
#[derive(Debug)]
pub(super) struct VariantDocument {
    pub name: String,
    /// The sections that it sets.
    pub layer: Node,
    /// The axes of this variant alone.
    pub axes: Vec<Axis>,
}

/// `seeds`
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Seeds {
    Count(u64),
    List(Vec<u64>),
}

impl Seeds {
    pub(super) fn list(&self) -> Vec<u64> {
        match self {
            Seeds::Count(count) => (0..*count).collect(),
            Seeds::List(list) => list.clone(),
        }
    }
}

/// The key that halving sets.
pub(super) const EPOCHS: &str = "train.epochs";

/// The name of the one variant where the config has none.
const ONLY_VARIANT: &str = "base";

/// Takes a config apart. Where something is wrong, something harmless stands in the document, so that the rest can be
/// checked too.
pub(super) fn read(mut root: Node, config: &Path) -> (Document, Problems) {
    flatten_axes(&mut root);
    let mut checker = Checker::default();
    refuse_misplaced(&mut root, &mut checker.problems);
    let frame = checker.check(&root, &FRAME, schema::Path::Root).unwrap_or(Value::Null);
    let mut problems = checker.problems;
    let sweep = Sweep::read(&root, &mut problems);
    let variants = read_variants(&root, sweep.walk(), &mut problems);
    let shared = read_axes(root.at(&["sweep", "parameters"]), "sweep.parameters", sweep.walk(), &mut problems);
    refuse_axes_swept_twice(&variants, &shared, &mut problems);
    refuse_axes_of_strategy(&sweep, &variants, &shared, &mut problems);
    let swept = swept(&variants, &shared);
    let [include, exclude] = ["include", "exclude"].map(|list| read_named(list, &root, &swept, &mut problems));
    let document = Document {
        folder: config.parent().unwrap_or(Path::new("")).to_owned(),
        name: read_name(&root, config, &mut problems),
        seeds: read_seeds(&frame, &root, &mut problems),
        baseline: read_baseline(&root, &variants, &mut problems),
        metric: read_metric(&root),
        save_models: frame["save"]["models"] == "final",
        base: sections(&root),
        variants,
        shared,
        sweep,
        include,
        exclude,
    };
    (document, problems)
}

fn flatten_axes(root: &mut Node) {
    if let Some(parameters) = root.at_mut(&["sweep", "parameters"]) {
        axis::flatten(parameters);
    }
    if let Some(Content::List(variants)) = root.get_mut("variants").map(|node| &mut node.content) {
        variants.iter_mut().filter_map(|variant| variant.get_mut("sweep")).for_each(axis::flatten);
    }
}

/// Takes out what belongs into a section (`dropout = 0.5` for `remedies.dropout = 0.5`), each with a hint where.
fn refuse_misplaced(root: &mut Node, problems: &mut Problems) {
    take_misplaced(root, "", problems);
    if let Some(Content::List(variants)) = root.get_mut("variants").map(|node| &mut node.content) {
        for (index, variant) in variants.iter_mut().enumerate() {
            take_misplaced(variant, &format!("variants.{index}."), problems);
        }
    }
}

fn take_misplaced(table: &mut Node, place: &str, problems: &mut Problems) {
    let Content::Table(entries) = &mut table.content else { return };
    entries.retain(|entry| {
        let key = &entry.key;
        let section = SECTIONS.iter().find(|section| SETTINGS.has_key(&[section, key]));
        if let Some(section) = section {
            let text = format!("unknown key {place}{key}, did you mean {place}{section}.{key}?");
            problems.push(Problem::new(text, &entry.origin));
        }
        section.is_none()
    });
}

/// What of a table are sections.
fn sections(table: &Node) -> Node {
    let entries = table.entries().unwrap_or_default();
    let kept = entries.iter().filter(|entry| SECTIONS.contains(&entry.key.as_str())).cloned();
    Node { content: Content::Table(kept.collect()), origin: table.origin.clone() }
}

fn read_variants(root: &Node, walk: Walk, problems: &mut Problems) -> Vec<VariantDocument> {
    let items = match root.get("variants").map(|node| &node.content) {
        Some(Content::List(items)) => items.as_slice(),
        _ => &[],
    };
    let mut variants: Vec<VariantDocument> = Vec::new();
    for (index, item) in items.iter().enumerate() {
        let Some(name) = item.get("name").and_then(Node::text) else { continue };
        let origin = item.origin_at(&["name"]);
        if name.trim().is_empty() {
            problems.push(Problem::new(format!("variants.{index}.name must not be empty"), &origin));
        }
        if let Some(first) = variants.iter().position(|variant| variant.name == name) {
            let found = shortened(name);
            let text = format!("variants.{index}.name must be new, found {found:?} as in variants.{first}");
            problems.push(Problem::new(text, &origin));
        }
        let axes = read_axes(item.get("sweep"), &format!("variants.{index}.sweep"), walk, problems);
        variants.push(VariantDocument { name: name.to_owned(), layer: sections(item), axes });
    }
    if variants.is_empty() {
        let layer = Node::empty(root.origin.clone());
        variants.push(VariantDocument { name: ONLY_VARIANT.to_owned(), layer, axes: Vec::new() });
    }
    variants
}

/// A key that all variants sweep wins over a variant's own axis, which would say nothing then.
fn refuse_axes_swept_twice(variants: &[VariantDocument], shared: &[Axis], problems: &mut Problems) {
    for (index, variant) in variants.iter().enumerate() {
        for axis in variant.axes.iter().filter(|own| shared.iter().any(|axis| axis.key == own.key)) {
            let key = shortened(&axis.key);
            let text = format!("variants.{index}.sweep.{key:?} must not be swept by sweep.parameters too");
            problems.push(Problem::new(text, &axis.entry.origin));
        }
    }
}

/// Keys that any variant sweeps, each once: those of all first.
pub(super) fn swept<'a>(variants: &'a [VariantDocument], shared: &'a [Axis]) -> Vec<&'a str> {
    let mut keys: Vec<&str> = Vec::new();
    for axis in shared.iter().chain(variants.iter().flat_map(|variant| &variant.axes)) {
        if !keys.contains(&axis.key.as_str()) {
            keys.push(&axis.key);
        }
    }
    keys
}

/// Points are drawn of something, and chosen among something: points of one task, trained for the epochs of a rung.
fn refuse_axes_of_strategy(sweep: &Sweep, variants: &[VariantDocument], shared: &[Axis], problems: &mut Problems) {
    if sweep.strategy() == "grid" || !sweep.is_sound {
        return;
    }
    let axes = || shared.iter().chain(variants.iter().flat_map(|variant| &variant.axes));
    if axes().next().is_none() && problems.is_empty() {
        let text = format!(
            "sweep.strategy {} must have keys to sweep, found none in sweep.parameters and in the sweep of any variant",
            sweep.strategy()
        );
        problems.push(Problem::new(text, &sweep.origin));
    }
    for axis in axes().filter(|_| sweep.halving.is_some()) {
        let reason = match axis.key.split('.').next() {
            _ if axis.key == EPOCHS || axis.key == "train" => "which sets train.epochs of each rung itself",
            Some("data") => "which ranks points by figures of the same rows: variants may have other data",
            _ => continue,
        };
        let text = format!("{} must not be swept under halving, {reason}", shortened(&axis.key));
        problems.push(Problem::new(text, &axis.entry.origin));
    }
}

fn read_name(root: &Node, config: &Path, problems: &mut Problems) -> String {
    let (name, origin) = match root.get("name").map(|node| (node.text(), root.origin_at(&["name"]))) {
        Some((Some(name), origin)) => (name.to_owned(), origin),
        Some((None, _)) => return String::new(), // the frame's check has said so
        None => (config.file_stem().unwrap_or_default().to_string_lossy().into_owned(), root.origin.clone()),
    };
    if let Some(objection) = name::objection(&name) {
        problems.push(Problem::new(format!("name must {objection}, found {:?}", shortened(&name)), &origin));
    }
    name
}

fn read_seeds(frame: &Value, root: &Node, problems: &mut Problems) -> Seeds {
    let Some(list) = frame["seeds"].as_array() else { return Seeds::Count(frame["seeds"].as_u64().unwrap_or(1)) };
    let seeds: Vec<u64> = list.iter().filter_map(Value::as_u64).collect();
    let origin: Origin = root.origin_at(&["seeds"]);
    let mut seen = std::collections::HashSet::new();
    if seeds.is_empty() {
        problems.push(Problem::new("seeds must hold at least one seed, found an empty list", &origin));
    }
    if let Some(twice) = seeds.iter().find(|seed| !seen.insert(**seed)) {
        problems.push(Problem::new(format!("seeds must hold each seed once, found {twice} twice"), &origin));
    }
    Seeds::List(seeds)
}

/// The frame's check has told which words there are.
fn read_metric(root: &Node) -> Option<(Metric, Origin)> {
    let name = root.get("metric").and_then(Node::text)?;
    Some((Metric::from_name(name)?, root.origin_at(&["metric"])))
}

fn read_baseline(root: &Node, variants: &[VariantDocument], problems: &mut Problems) -> usize {
    let Some(name) = root.get("baseline").and_then(Node::text) else { return 0 };
    variants.iter().position(|variant| variant.name == name).unwrap_or_else(|| {
        let names: Vec<&str> = variants.iter().map(|variant| variant.name.as_str()).collect();
        let hint =
            nearest(name, &names).map(|near| format!(", did you mean {:?}?", shortened(near))).unwrap_or_default();
        let text = format!("baseline must be the name of a variant, found {:?}{hint}", shortened(name));
        let problem = Problem::new(text, &root.origin_at(&["baseline"]));
        let names: Vec<_> = names.into_iter().map(shortened).collect();
        problems.push(problem.note(format!("variants: {}", names.join(", "))));
        0
    })
}

//! An axis of a sweep: a key and the values that it takes.
//!
//! In: a list of values, or a range as [`RANGE_FIELDS`] has it. Out: an [`Axis`], whose values are layers that lie over a
//! variant: one after the other on a grid, or one for each number that is drawn.

use std::sync::Arc;

use crate::random::Stream;
use crate::schema::{Content, Entry, Node, Problem, Problems, expand, number_text, shortened};

use super::config::{RANGE_FIELDS, SECTIONS, SETTINGS};
use super::range::Range;
use super::sweep::Walk;

/// A swept key with its values.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Axis {
    /// The key, in full and dotted.
    pub key: String,
    /// What it takes.
    pub domain: Domain,
    /// The key as it stands in the config.
    pub entry: Entry,
}

/// What a swept key takes.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Domain {
    /// One of these: at least one, none of them twice.
    Values(Vec<Arc<AxisValue>>),
    /// A number of this range.
    Range {
        range: Range,
        /// Whether the key takes whole numbers only.
        whole: bool,
    },
}

/// One value of an axis.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct AxisValue {
    /// As it is shown in results.
    pub text: String,
    /// The value itself.
    pub node: Node,
    /// The tables that lead to the value, short forms expanded, to be laid over a variant.
    pub layer: Node,
}

impl Axis {
    /// The values of a grid, in their order; none where numbers are drawn.
    pub fn values(&self) -> &[Arc<AxisValue>] {
        match &self.domain {
            Domain::Values(values) => values,
            Domain::Range { .. } => &[],
        }
    }

    /// A value by chance: each of a list is equally likely, numbers of a range are on its scale. Every draw takes one number
    /// of the stream.
    pub fn drawn(&self, stream: &mut Stream) -> Arc<AxisValue> {
        let share = stream.uniform();
        match &self.domain {
            Domain::Values(values) => Arc::clone(&values[(share * values.len() as f64) as usize]),
            Domain::Range { range, whole } => {
                let content = if *whole { range.drawn_whole(share) } else { None };
                let content = content.unwrap_or_else(|| range.drawn(share));
                Arc::new(value_of(&self.key, Node { content, origin: self.entry.node.origin.clone() }))
            }
        }
    }
}

/// Reads the axes of a table, whose values are known to be lists or ranges; `place` is the dotted key of the table. Where
/// values are `drawn` a range is kept as it is, elsewhere it is walked in its steps.
pub(super) fn read_axes(table: Option<&Node>, place: &str, walk: Walk, problems: &mut Problems) -> Vec<Axis> {
    let entries = table.and_then(Node::entries).unwrap_or_default();
    entries.iter().filter_map(|entry| read_axis(entry, place, walk, problems)).collect()
}

/// A value of a key: the layer that sets it.
pub(super) fn value_of(key: &str, node: Node) -> AxisValue {
    value(&key.split('.').collect::<Vec<_>>(), node)
}

/// Brings axes that stand in nested tables (`train.learning_rate = [...]` without quotes) under their dotted keys.
pub(super) fn flatten(table: &mut Node) {
    let Content::Table(entries) = &mut table.content else { return };
    *entries = std::mem::take(entries).into_iter().flat_map(flattened).collect();
}

fn flattened(entry: Entry) -> Vec<Entry> {
    let is_range = |below: &[Entry]| below.iter().any(|entry| RANGE_FIELDS.iter().any(|field| field.name == entry.key));
    match entry.node.content {
        Content::Table(below) if !below.is_empty() && !is_range(&below) => below
            .into_iter()
            .flat_map(|inner| flattened(Entry { key: format!("{}.{}", entry.key, inner.key), ..inner }))
            .collect(),
        content => vec![Entry { node: Node { content, ..entry.node }, ..entry }],
    }
}

fn read_axis(entry: &Entry, place: &str, walk: Walk, problems: &mut Problems) -> Option<Axis> {
    let path: Vec<&str> = entry.key.split('.').collect();
    if !SECTIONS.contains(&path[0]) {
        let (key, known) = (shortened(&entry.key), SECTIONS.join(", "));
        let text = format!("{place}.{key:?} must be a key of {known} to be swept");
        problems.push(Problem::new(text, &entry.origin));
        return None;
    }
    let domain = match &entry.node.content {
        Content::List(items) => distinct(items.iter().map(|node| value(&path, node.clone())).collect()),
        _ => Range::read(&entry.node)?.and_then(|range| range_domain(range, &path, &entry.node, walk)),
    };
    match domain {
        Ok(domain) => Some(Axis { key: entry.key.clone(), domain, entry: entry.clone() }),
        Err(reason) => {
            problems.push(Problem::new(format!("{place}.{:?} {reason}", shortened(&entry.key)), &entry.origin));
            None
        }
    }
}

fn range_domain(range: Range, path: &[&str], node: &Node, walk: Walk) -> Result<Domain, String> {
    match (range.points(), walk) {
        (Some(_), Walk::Drawn) => Err("must have no points where sweep.points says how many are drawn".to_owned()),
        (None, Walk::Grid) => Err("must have points, how many values, both ends among them".to_owned()),
        (None, _) => {
            let whole = SETTINGS.is_whole_at(path);
            if whole && range.drawn_whole(0.0).is_none() {
                return Err("must hold a whole number, found none between min and max".to_owned());
            }
            Ok(Domain::Range { range, whole })
        }
        (Some(points), _) => {
            let nodes = range.steps(points).into_iter().map(|content| Node { content, origin: node.origin.clone() });
            distinct(nodes.map(|node| value(path, node)).collect())
        }
    }
}

fn value(path: &[&str], node: Node) -> AxisValue {
    let mut layer = Node::nested(path, node.clone());
    expand(&mut layer, &SETTINGS);
    AxisValue { text: text(&node), node, layer }
}

/// A value as results show it: text bare, numbers by their shortest form, lists and tables as in TOML.
fn text(node: &Node) -> String {
    match &node.content {
        Content::Text(text) => text.clone(),
        _ => inner_text(node),
    }
}

fn inner_text(node: &Node) -> String {
    match &node.content {
        Content::Float(value) => number_text(*value, ""),
        Content::List(items) => format!("[{}]", items.iter().map(inner_text).collect::<Vec<_>>().join(", ")),
        Content::Table(entries) => {
            let pairs: Vec<String> =
                entries.iter().map(|entry| format!("{} = {}", entry.key, inner_text(&entry.node))).collect();
            format!("{{ {} }}", pairs.join(", "))
        }
        other => other.to_string(),
    }
}

fn distinct(values: Vec<AxisValue>) -> Result<Domain, String> {
    if values.is_empty() {
        return Err("must hold at least one value, found an empty list".to_owned());
    }
    let mut seen = std::collections::HashSet::new();
    match values.iter().find(|value| !seen.insert(value.text.as_str())) {
        Some(twice) => Err(format!("must hold each value once, found {} twice", shortened(&twice.text))),
        None => Ok(Domain::Values(values.into_iter().map(Arc::new).collect())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::read_toml;

    fn read(text: &str) -> Result<Vec<Axis>, String> {
        let mut root = read_toml(text, &"a.toml".into()).unwrap();
        flatten(&mut root);
        let mut problems = Problems::default();
        let axes = read_axes(Some(&root), "sweep.parameters", Walk::Grid, &mut problems);
        let problems: Vec<String> = problems.into_vec().iter().map(ToString::to_string).collect();
        if problems.is_empty() { Ok(axes) } else { Err(problems.join("\n")) }
    }

    fn texts(text: &str) -> Vec<String> {
        read(text).unwrap().remove(0).values().iter().map(|value| value.text.clone()).collect()
    }

    #[test]
    fn a_list_holds_values_of_any_type() {
        assert_eq!(
            texts("'train.optimizer' = ['sgd', { kind = 'adam', beta1 = 0.5 }]"),
            ["sgd", "{ kind = \"adam\", beta1 = 0.5 }"]
        );
        assert_eq!(texts("'model.hidden' = [[], [8, 8]]"), ["[]", "[8, 8]"]);
        assert_eq!(texts("'remedies.dropout' = [false, 0.5, 1.0, 1e-7]"), ["false", "0.5", "1", "1e-7"]);
    }

    #[test]
    fn a_linear_range_has_equal_steps_and_exact_ends() {
        assert_eq!(texts("'model.x' = { min = 0.1, max = 0.7, points = 4 }"), ["0.1", "0.3", "0.5", "0.7"]);
        assert_eq!(texts("'model.x' = { min = 10, max = 30, points = 3 }"), ["10", "20", "30"]);
    }

    #[test]
    fn a_log_range_has_equal_factors_and_exact_ends() {
        let range = "'train.learning_rate' = { min = 1e-4, max = 1e-1, scale = 'log', points = 4 }";
        assert_eq!(texts(range), ["0.0001", "0.001", "0.01", "0.1"]);
        assert_eq!(
            texts("'model.x' = { min = 16, max = 256, scale = 'log', points = 5 }"),
            ["16", "32", "64", "128", "256"]
        );
    }

    #[test]
    fn whole_values_are_integers_and_suit_any_key() {
        let axes = read("'train.epochs' = { min = 1.0, max = 2, points = 3 }").unwrap();
        let contents: Vec<&Content> = axes[0].values().iter().map(|value| &value.node.content).collect();
        assert_eq!(contents, [&Content::Integer(1), &Content::Float(1.5), &Content::Integer(2)]);
    }

    #[test]
    fn keys_may_be_nested_instead_of_quoted() {
        let axes = read("train.learning_rate = [0.1]\ntrain.epochs = { min = 1, max = 2, points = 2 }").unwrap();
        assert_eq!(
            axes.iter().map(|axis| axis.key.as_str()).collect::<Vec<_>>(),
            ["train.learning_rate", "train.epochs"]
        );
    }

    #[test]
    fn what_is_no_axis_is_refused() {
        for (text, message) in [
            (
                "seeds = [1, 2]",
                "sweep.parameters.\"seeds\" must be a key of data, model, train, remedies, measure to be swept (a.toml:1)",
            ),
            (
                "'model.x' = []",
                "sweep.parameters.\"model.x\" must hold at least one value, found an empty list (a.toml:1)",
            ),
            (
                "'model.x' = [1, 1.0]",
                "sweep.parameters.\"model.x\" must hold each value once, found 1 twice (a.toml:1)",
            ),
            (
                "'model.x' = { min = 2, max = 1, points = 2 }",
                "sweep.parameters.\"model.x\" must have min < max, found 2 and 1 (a.toml:1)",
            ),
            (
                "'model.x' = { min = 0, max = 1, points = 2, scale = 'log' }",
                "sweep.parameters.\"model.x\" must have min > 0 on a log scale, found 0 (a.toml:1)",
            ),
            (
                "'model.x' = { min = 0, max = 1 }",
                "sweep.parameters.\"model.x\" must have points, how many values, both ends among them (a.toml:1)",
            ),
        ] {
            assert_eq!(read(text).unwrap_err(), message);
        }
    }
}

//! Single points: those that a config names beside the strategy's (`sweep.include`), and those that it leaves out
//! (`sweep.exclude`).
//!
//! In: tables of swept keys and values. Out: the points of each variant with and without them. An excluded point is one that
//! has all the values of a table. An included one names all shared keys, all keys of a variant's own, or both: shared values
//! alone are a point of every variant, with its own values as the strategy finds them; own values alone a point at all shared
//! values.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use crate::schema::{Content, Node, Problem, Problems, shortened};

use super::axis::{Axis, AxisValue, value_of};
use super::document::Document;
use super::points::{Point, Pool, drawn};

/// A point, or some values of one, as an item of `sweep.include` or `sweep.exclude` names it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Named {
    /// `sweep.include.0`
    pub place: String,
    /// The values by key.
    pub values: BTreeMap<String, Arc<AxisValue>>,
    /// The item as it stands in the config.
    pub node: Node,
}

/// Where the draws for included points stand, which name no values of a variant's own: behind those of all points.
const INCLUDED: u64 = 1 << 32;

/// Reads `sweep.include` or `sweep.exclude`.
pub(super) fn read_named(list: &str, root: &Node, swept: &[&str], problems: &mut Problems) -> Vec<Named> {
    let Some(node) = root.at(&["sweep", list]) else { return Vec::new() };
    let Content::List(items) = &node.content else { return Vec::new() };
    let mut found = Vec::new();
    for (index, item) in items.iter().enumerate() {
        let mut named = Named { place: format!("sweep.{list}.{index}"), values: BTreeMap::new(), node: item.clone() };
        let known = problems.told();
        read_values(item, "", swept, &mut named, problems);
        if named.values.is_empty() && problems.told() == known {
            let text = format!("{} must hold a value of a swept key, found an empty table", named.place);
            problems.push(Problem::new(text, &item.origin));
        }
        if problems.told() == known {
            found.push(named);
        }
    }
    found
}

/// The values below `prefix`; keys may be nested instead of quoted.
fn read_values(node: &Node, prefix: &str, swept: &[&str], named: &mut Named, problems: &mut Problems) {
    for entry in node.entries().unwrap_or_default() {
        let key = if prefix.is_empty() { entry.key.clone() } else { format!("{prefix}.{}", entry.key) };
        if swept.contains(&key.as_str()) {
            named.values.insert(key.clone(), Arc::new(value_of(&key, entry.node.clone())));
        } else if entry.node.entries().is_some() && swept.iter().any(|known| known.starts_with(&format!("{key}."))) {
            read_values(&entry.node, &key, swept, named, problems);
        } else {
            problems.push(Problem::unknown_key(&named.place, &key, swept, &entry.origin));
        }
    }
}

/// Takes away the points that have all the values of an item.
pub(super) fn exclude(
    document: &Document,
    own_axes: &[&[Axis]],
    shared: &Pool,
    owns: &[Pool],
    points: &mut [Vec<Point>],
    problems: &mut Problems,
) {
    for named in &document.exclude {
        let mut matched = false;
        for ((axes, own), points) in own_axes.iter().zip(owns).zip(&mut *points) {
            points.retain(|point| {
                let own_values = axes.iter().zip(&own.combinations[point.own]);
                let shared_values = document.shared.iter().zip(&shared.combinations[point.shared]);
                let texts: HashMap<&str, &str> = own_values
                    .chain(shared_values)
                    .map(|(axis, value)| (axis.key.as_str(), value.text.as_str()))
                    .collect();
                let is_out =
                    named.values.iter().all(|(key, value)| texts.get(key.as_str()) == Some(&value.text.as_str()));
                matched |= is_out;
                !is_out
            });
        }
        if !matched {
            problems.push(Problem::new(format!("{} must match a point, found none", named.place), &named.node.origin));
        }
    }
}

/// Adds the points that an item names.
pub(super) fn include(
    document: &Document,
    own_axes: &[&[Axis]],
    shared: &mut Pool,
    owns: &mut [Pool],
    points: &mut [Vec<Point>],
    problems: &mut Problems,
) {
    // Tables are crossed with the points of the strategy, not with one another.
    let strategy: Vec<Vec<Point>> = points.to_vec();
    for (item, named) in (0u64..).zip(&document.include) {
        let has = |axes: &[Axis]| axes.iter().filter(|axis| named.values.contains_key(&axis.key)).count();
        let (has_shared, shared_axes) = (has(&document.shared), document.shared.as_slice());
        let has_own = named.values.len() > has_shared;
        if has_shared > 0 && has_shared < shared_axes.len() {
            refuse_partial(named, shared_axes, problems);
            continue;
        }
        let shared_place = (has_shared > 0 || shared_axes.is_empty())
            .then(|| shared.place(shared_axes.iter().map(|axis| Arc::clone(&named.values[&axis.key])).collect()));
        let mut taken = false;
        for (variant, axes) in own_axes.iter().enumerate() {
            let is_its_own =
                !axes.is_empty() && has(axes) == axes.len() && axes.len() + has_shared == named.values.len();
            let own_places: Vec<usize> = if is_its_own {
                taken = true;
                vec![owns[variant].place(axes.iter().map(|axis| Arc::clone(&named.values[&axis.key])).collect())]
            } else if axes.is_empty() && has_shared > 0 {
                // So that there is something to compare with at these values.
                vec![owns[variant].place(Vec::new())]
            } else if !has_own && document.sweep.points.is_some() {
                vec![owns[variant].place(drawn(axes, document.sweep.seed, INCLUDED + item))]
            } else if !has_own {
                strategy[variant].iter().map(|point| point.own).collect()
            } else {
                continue;
            };
            let shared_places: Vec<usize> = match shared_place {
                Some(place) => vec![place],
                None => strategy[variant].iter().map(|point| point.shared).collect(),
            };
            let pairs = own_places.iter().flat_map(|&own| shared_places.iter().map(move |&shared| (own, shared)));
            points[variant].extend(pairs.map(|(own, shared)| Point { own, shared }));
        }
        if has_own && !taken {
            let nearest = own_axes.iter().find(|axes| has(axes) > 0).copied().unwrap_or_default();
            refuse_partial(named, nearest, problems);
        }
    }
}

/// An item must name all of some axes, or none.
fn refuse_partial(named: &Named, axes: &[Axis], problems: &mut Problems) {
    let keys: Vec<&str> = axes.iter().map(|axis| axis.key.as_str()).collect();
    let missing: Vec<String> =
        keys.iter().filter(|key| !named.values.contains_key(**key)).map(|key| shortened(key).into_owned()).collect();
    let text = match missing.is_empty() {
        true => format!("{} must name the keys of one variant, found those of several", named.place),
        false => format!("{} must say a value of {} too, which are swept together", named.place, missing.join(" and ")),
    };
    problems.push(Problem::new(text, &named.node.origin));
}

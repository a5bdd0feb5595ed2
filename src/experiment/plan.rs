//! Layers and cells: the base, a variant over it, its own axes, then the axes of all.
//!
//! In: a [`Document`]. Out: the merged tree of each variant and the checked [`Cell`]s. A cell keeps no tree, since there
//! may be many cells; [`Plan::node`] makes it again where an error has to name a line.

use std::path::PathBuf;

use crate::schema::{self, Checker, Node, Problem, Problems, merge};

use super::axis::{Axis, AxisValue};
use super::config::SETTINGS;
use super::document::Document;
use super::{Cell, ConfigErrors, settings};

/// The layers of an experiment.
#[derive(Debug)]
pub(super) struct Plan {
    folder: PathBuf,
    /// For each variant: its layer over the base, and its own axes.
    variants: Vec<(Node, Vec<Axis>)>,
    shared: Vec<Axis>,
}

/// Cells are kept in memory, each with its settings.
const MOST_CELLS: usize = 1_000_000;

/// Problems that make it pointless to look for more.
const ENOUGH_PROBLEMS: usize = 200;

impl Plan {
    /// Merges the variants. Problems of the base alone are found here, whether or not variants hide them.
    pub(super) fn new(document: &Document, problems: &mut Problems) -> Self {
        let mut checker = Checker::partial();
        checker.problems = std::mem::take(problems);
        checker.check(&document.base, &SETTINGS, schema::Path::Root);
        *problems = checker.problems;
        let variants = (document.variants.iter())
            .map(|variant| {
                let mut node = document.base.clone();
                merge(&mut node, &variant.layer, &SETTINGS);
                (node, variant.axes.clone())
            })
            .collect();
        Self { folder: document.folder.clone(), variants, shared: document.shared.clone() }
    }

    /// The swept keys: the shared ones first, then those of single variants as they appear.
    pub(super) fn axes(&self) -> Vec<String> {
        let own = self.variants.iter().flat_map(|(_, axes)| axes);
        let mut keys: Vec<String> = Vec::new();
        for axis in self.shared.iter().chain(own) {
            if !keys.contains(&axis.key) {
                keys.push(axis.key.clone());
            }
        }
        keys
    }

    /// Every cell, checked. `problems` are those known so far.
    pub(super) fn cells(&self, mut problems: Problems) -> Result<Vec<Cell>, ConfigErrors> {
        let many = self.count().is_none_or(|count| count > MOST_CELLS);
        if many {
            let origin = self.shared.first().map_or(&self.variants[0].0.origin, |axis| &axis.entry.origin);
            let text = format!("the axes of the sweep must have at most {MOST_CELLS} combinations in all");
            problems.push(Problem::new(text, origin));
        }
        let mut checker = Checker::default();
        checker.problems = problems;
        let keys = self.axes();
        let mut cells = Vec::new();
        for (variant, (node, own)) in self.variants.iter().enumerate() {
            for own_values in combinations(if many { &[] } else { own }) {
                let node = layered(node, &own_values);
                for (shared_point, shared_values) in combinations(if many { &[] } else { &self.shared }).enumerate() {
                    if checker.problems.len() > ENOUGH_PROBLEMS {
                        return Err(checker.problems.into());
                    }
                    let node = layered(&node, &shared_values);
                    let Some((settings, fingerprint)) = settings::resolve(&node, &self.folder, &mut checker) else {
                        continue;
                    };
                    let swept = swept(&keys, own, &own_values, &self.shared, &shared_values);
                    cells.push(Cell { variant, swept, shared_point, settings: settings.into(), fingerprint });
                }
            }
        }
        ConfigErrors::unless_empty(checker.problems)?;
        Ok(cells)
    }

    /// The merged tree behind a cell.
    pub(super) fn node(&self, cell: &Cell, keys: &[String]) -> Node {
        let (node, own) = &self.variants[cell.variant];
        let values: Vec<&AxisValue> = (own.iter().chain(&self.shared))
            .filter_map(|axis| {
                let text = keys.iter().position(|key| *key == axis.key).and_then(|at| cell.swept[at].as_deref());
                axis.values.iter().find(|value| Some(value.text.as_str()) == text)
            })
            .collect();
        layered(node, &values)
    }

    /// The number of cells, if it can be counted.
    fn count(&self) -> Option<usize> {
        let product = |axes: &[Axis]| axes.iter().try_fold(1usize, |count, axis| count.checked_mul(axis.values.len()));
        let own = self.variants.iter().try_fold(0usize, |sum, (_, axes)| sum.checked_add(product(axes)?))?;
        own.checked_mul(product(&self.shared)?)
    }
}

/// A tree with values of axes laid over it.
fn layered(node: &Node, values: &[&AxisValue]) -> Node {
    let mut node = node.clone();
    for value in values {
        merge(&mut node, &value.layer, &SETTINGS);
    }
    node
}

/// Every combination of the axes' values, one for no axes; the last axis changes fastest.
fn combinations(axes: &[Axis]) -> impl Iterator<Item = Vec<&AxisValue>> {
    let count = axes.iter().map(|axis| axis.values.len()).product();
    (0..count).map(move |mut index: usize| {
        let mut values: Vec<&AxisValue> = (axes.iter().rev())
            .map(|axis| {
                let value = &axis.values[index % axis.values.len()];
                index /= axis.values.len();
                value
            })
            .collect();
        values.reverse();
        values
    })
}

/// The texts of a cell's values, in the order of `keys`.
fn swept(
    keys: &[String],
    own: &[Axis],
    own_values: &[&AxisValue],
    shared: &[Axis],
    shared_values: &[&AxisValue],
) -> Vec<Option<String>> {
    let pairs = || own.iter().zip(own_values).chain(shared.iter().zip(shared_values));
    keys.iter().map(|key| pairs().find(|(axis, _)| axis.key == *key).map(|(_, value)| value.text.clone())).collect()
}

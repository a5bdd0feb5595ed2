//! The resolved config, written beside the results: every default filled in, short forms written out, variants and axes
//! as they were given, the ranges of a grid as the values that they gave. It is a config itself, of the same trials.

use std::path::Path;

use serde_json::{Value, json};
use toml::{Table, Value as Toml};

use crate::data::Task;
use crate::schema::{self, Checker, Content, Node};

use super::axis::{Axis, Domain};
use super::config::SETTINGS;
use super::document::{Document, Seeds, VariantDocument};
use super::paths::relocate;
use super::{Contents, Experiment, provenance};

impl Experiment {
    /// The resolved config as it is written into `folder`, to which its paths are relative, with what its results come from and
    /// what was found in the data.
    pub fn resolved_toml(&self, folder: &Path, contents: &Contents, task: Task, findings: &[String]) -> String {
        let document = &self.document;
        let mut table = Table::new();
        table.insert("name".to_owned(), Toml::from(self.name.as_str()));
        table.insert("seeds".to_owned(), seeds(&document.seeds));
        table.insert("baseline".to_owned(), Toml::from(self.variants[self.baseline].name.as_str()));
        table.insert("metric".to_owned(), Toml::from(self.metric(task).name()));
        table.insert("provenance".to_owned(), Toml::Table(provenance::table(folder, contents, task, findings)));
        table.extend(self.base(folder));
        let mut text = format!("# Resolved settings, written by overfit; this file can be run again.\n\n{table}");
        for variant in &document.variants {
            text.push_str(&format!("\n[[variants]]\n{}", lines(&self.variant(variant, folder))));
            if !variant.axes.is_empty() {
                text.push_str(&format!("\n[variants.sweep]\n{}", lines(&self.axes_table(&variant.axes, folder))));
            }
        }
        if !document.shared.is_empty() || self.strategy() != "grid" || !document.exclude.is_empty() {
            text.push_str(&format!("\n[sweep]\n{}", lines(&self.sweep(folder))));
            if !document.shared.is_empty() {
                text.push_str(&format!("\n[sweep.parameters]\n{}", lines(&self.axes_table(&document.shared, folder))));
            }
        }
        let models = if self.save_models { "final" } else { "none" };
        text.push_str(&format!("\n[save]\nmodels = \"{models}\"\n"));
        text
    }

    /// The sections of the base, with the defaults.
    fn base(&self, folder: &Path) -> Table {
        let mut base = self.document.base.clone();
        relocate(&mut base, &[], &self.document.folder, folder);
        let mut value = Checker::partial()
            .check(&base, &SETTINGS, schema::Path::Root)
            .expect("the base of an experiment that was loaded is without problems");
        if let Some(remedies) = value["remedies"].as_object_mut() {
            remedies.retain(|_, settings| *settings != Value::Bool(false));
        }
        if let Some(sections) = value.as_object_mut() {
            // Most experiments ask for no more than what is always measured.
            sections.retain(|name, section| name != "measure" || *section != json!({}));
        }
        Table::try_from(&value).expect("settings hold no null and no number beyond 64 bits")
    }

    fn variant(&self, variant: &VariantDocument, folder: &Path) -> Table {
        let mut layer = variant.layer.clone();
        relocate(&mut layer, &[], &self.document.folder, folder);
        let mut table = Table::from_iter([("name".to_owned(), Toml::from(variant.name.as_str()))]);
        for entry in layer.entries().unwrap_or_default() {
            table.insert(entry.key.clone(), toml(&entry.node));
        }
        table
    }

    /// The strategy with its defaults, and single points.
    fn sweep(&self, folder: &Path) -> Table {
        let Document { sweep, include, exclude, .. } = &self.document;
        let integer = |value: u64| Toml::Integer(i64::try_from(value).unwrap_or(i64::MAX));
        let mut table = Table::from_iter([("strategy".to_owned(), Toml::from(sweep.strategy()))]);
        if let Some(points) = sweep.points {
            table.insert("points".to_owned(), integer(points));
            table.insert("seed".to_owned(), integer(sweep.seed));
        }
        if let Some(halving) = sweep.halving {
            table.insert("eta".to_owned(), integer(halving.eta));
            table.extend(halving.min_epochs.map(|epochs| ("min_epochs".to_owned(), integer(epochs))));
        }
        for (list, points) in [("include", include), ("exclude", exclude)] {
            if !points.is_empty() {
                let items = points.iter().map(|named| {
                    let values =
                        named.values.iter().map(|(key, value)| (key.clone(), self.value(key, &value.node, folder)));
                    Toml::Table(values.collect())
                });
                table.insert(list.to_owned(), Toml::Array(items.collect()));
            }
        }
        table
    }

    /// A value of a key, its paths as seen from `folder`.
    fn value(&self, key: &str, node: &Node, folder: &Path) -> Toml {
        let mut node = node.clone();
        relocate(&mut node, &key.split('.').collect::<Vec<_>>(), &self.document.folder, folder);
        toml(&node)
    }

    fn axes_table(&self, axes: &[Axis], folder: &Path) -> Table {
        let values = |axis: &Axis| match &axis.domain {
            Domain::Range { .. } => toml(&axis.entry.node),
            Domain::Values(values) => {
                Toml::Array(values.iter().map(|value| self.value(&axis.key, &value.node, folder)).collect())
            }
        };
        axes.iter().map(|axis| (axis.key.clone(), values(axis))).collect()
    }
}

/// A line for each key: tables in a table would come after its other keys, and the order of axes is that of columns.
fn lines(table: &Table) -> String {
    table.iter().map(|(key, value)| format!("{} = {value}\n", Toml::from(key.as_str()))).collect()
}

fn seeds(seeds: &Seeds) -> Toml {
    let integer =
        |seed: u64| Toml::Integer(i64::try_from(seed).expect("a seed was read as a 64-bit integer with sign"));
    match seeds {
        Seeds::Count(count) => integer(*count),
        Seeds::List(list) => Toml::Array(list.iter().map(|seed| integer(*seed)).collect()),
    }
}

fn toml(node: &Node) -> Toml {
    match &node.content {
        Content::Boolean(value) => Toml::Boolean(*value),
        Content::Integer(value) => Toml::Integer(*value),
        Content::Float(value) => Toml::Float(*value),
        Content::Text(text) => Toml::from(text.as_str()),
        Content::List(items) => Toml::Array(items.iter().map(toml).collect()),
        Content::Table(entries) => {
            Toml::Table(entries.iter().map(|entry| (entry.key.clone(), toml(&entry.node))).collect())
        }
    }
}

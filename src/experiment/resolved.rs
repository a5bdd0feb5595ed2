//! The resolved config, written beside the results: every default filled in, short forms written out, variants and axes
//! as they were given, ranges as the values that they gave. It is a config itself, of the same trials.

use std::path::Path;

use serde_json::{Value, json};
use toml::{Table, Value as Toml};

use crate::data::Task;
use crate::schema::{self, Checker, Content, Node};

use super::axis::Axis;
use super::config::SETTINGS;
use super::document::{Seeds, VariantDocument};
use super::paths::relocate;
use super::{Contents, Experiment, provenance};

impl Experiment {
    /// The resolved config as it is written into `folder`, to which its paths are relative, with what its results come from.
    pub fn resolved_toml(&self, folder: &Path, contents: &Contents, task: Task) -> String {
        let document = &self.document;
        let mut table = Table::new();
        table.insert("name".to_owned(), Toml::from(self.name.as_str()));
        table.insert("seeds".to_owned(), seeds(&document.seeds));
        table.insert("baseline".to_owned(), Toml::from(self.variants[self.baseline].name.as_str()));
        table.insert("provenance".to_owned(), Toml::Table(provenance::table(folder, contents, task)));
        table.extend(self.base(folder));
        let variants = document.variants.iter().map(|variant| self.variant(variant, folder));
        table.insert("variants".to_owned(), variants.collect::<Vec<_>>().into());
        if !document.shared.is_empty() {
            let parameters = Toml::Table(self.axes_table(&document.shared, folder));
            let strategy = ("strategy".to_owned(), Toml::from("grid"));
            let sweep = Table::from_iter([strategy, ("parameters".to_owned(), parameters)]);
            table.insert("sweep".to_owned(), Toml::Table(sweep));
        }
        let models = Toml::from(if self.save_models { "final" } else { "none" });
        table.insert("save".to_owned(), Toml::Table(Table::from_iter([("models".to_owned(), models)])));
        format!("# Resolved settings, written by overfit; this file can be run again.\n\n{table}")
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

    fn variant(&self, variant: &VariantDocument, folder: &Path) -> Toml {
        let mut layer = variant.layer.clone();
        relocate(&mut layer, &[], &self.document.folder, folder);
        let mut table = Table::from_iter([("name".to_owned(), Toml::from(variant.name.as_str()))]);
        for entry in layer.entries().unwrap_or_default() {
            table.insert(entry.key.clone(), toml(&entry.node));
        }
        if !variant.axes.is_empty() {
            table.insert("sweep".to_owned(), Toml::Table(self.axes_table(&variant.axes, folder)));
        }
        Toml::Table(table)
    }

    fn axes_table(&self, axes: &[Axis], folder: &Path) -> Table {
        let values = |axis: &Axis| {
            let path: Vec<&str> = axis.key.split('.').collect();
            let value = |node: &Node| {
                let mut node = node.clone();
                relocate(&mut node, &path, &self.document.folder, folder);
                toml(&node)
            };
            Toml::Array(axis.values.iter().map(|axis_value| value(&axis_value.node)).collect())
        };
        axes.iter().map(|axis| (axis.key.clone(), values(axis))).collect()
    }
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

//! The settings of a trial, checked and typed.
//!
//! In: the merged tree of a cell. Out: [`TrialSettings`] and their [`Fingerprint`].

use std::path::Path as FilePath;
use std::sync::Arc;

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::data::DataSettings;
use crate::nn::{Initialization, ModelSettings};
use crate::recipe::{MEASURE_FIELDS, MeasureSettings, TrainSettings};
use crate::remedies::{self, Remedy};
use crate::schema::{Checker, Kind, Node, Path, Problem, Table};

use super::Fingerprint;
use super::config::SETTINGS;
use super::paths::joined;

/// Everything that makes the numbers of a trial, beside seed and fold.
#[derive(Debug)]
pub struct TrialSettings {
    /// `[data]`, paths relative to the current folder; shared by cells that have the same.
    pub data: Arc<DataSettings>,
    /// `[model]`, the path of its weights relative to the current folder.
    pub model: ModelSettings,
    /// `[train]`
    pub train: TrainSettings,
    /// The remedies that are on, in the order of the registry.
    pub remedies: Vec<ConfiguredRemedy>,
    /// `[measure]`: what is asked for.
    pub measure: MeasureSettings,
}

/// A remedy that is on.
#[derive(Debug)]
pub struct ConfiguredRemedy {
    /// Its key under `remedies`.
    pub name: &'static str,
    /// Its settings.
    pub remedy: Box<dyn Remedy>,
}

/// The files that settings name: data, separate test data, initial weights.
pub(super) type Files<'a> = (&'a FilePath, Option<&'a FilePath>, Option<&'a FilePath>);

impl TrialSettings {
    /// The names of the remedies that are on.
    pub fn remedy_names(&self) -> Vec<&'static str> {
        self.remedies.iter().map(|configured| configured.name).collect()
    }

    pub(super) fn files(&self) -> Files<'_> {
        let weights = match &self.model.init {
            Initialization::File { file } => Some(file.as_path()),
            _ => None,
        };
        (&self.data.path, self.data.test_path.as_deref(), weights)
    }
}

/// Checks a merged tree; nothing if something is wrong, which the checker has noted then. Paths go out from `folder`. Where
/// `last` are the same settings of the data they are shared: most cells have those of the cell before.
pub(super) fn resolve(
    node: &Node,
    folder: &FilePath,
    last: &mut Option<Arc<DataSettings>>,
    checker: &mut Checker,
) -> Option<(TrialSettings, Fingerprint)> {
    let known = checker.problems.told();
    let mut value = checker.check(node, &SETTINGS, Path::Root)?;
    check_initialization(node, checker);
    let (remedies, resolved) = read_remedies(node, &value["remedies"], checker);
    let measured = read_measures(node, &value["measure"], checker);
    if checker.problems.told() > known {
        return None;
    }
    value["remedies"] = resolved;
    let measure: MeasureSettings = typed(&measured);
    // Nothing asked for is no part of the identity, as a remedy that is off is none.
    match measure == MeasureSettings::default() {
        true => drop(value.as_object_mut().and_then(|sections| sections.remove("measure"))),
        false => value["measure"] = measured,
    }
    let mut data: DataSettings = typed(&value["data"]);
    let mut model: ModelSettings = typed(&value["model"]);
    let train: TrainSettings = typed(&value["train"]);
    data.path = joined(folder, &data.path);
    data.test_path = data.test_path.map(|path| joined(folder, &path));
    if let Initialization::File { file } = &mut model.init {
        *file = joined(folder, file);
    }
    let data = last.take().filter(|known| **known == data).unwrap_or_else(|| data.into());
    *last = Some(Arc::clone(&data));
    Some((TrialSettings { data, model, train, remedies, measure }, Fingerprint::of(value)))
}

/// # Panics
/// If a declared table lets through what its type does not take.
fn typed<T: DeserializeOwned>(value: &Value) -> T {
    T::deserialize(value)
        .unwrap_or_else(|error| panic!("a section and its type contradict each other: {error}: {value}"))
}

/// The remedies that are on, and their settings by name.
fn read_remedies(node: &Node, section: &Value, checker: &mut Checker) -> (Vec<ConfiguredRemedy>, Value) {
    let mut on = Vec::new();
    let mut resolved = Map::new();
    for entry in remedies::REGISTRY {
        let origin = || node.origin_at(&["remedies", entry.name]);
        let mut by_default = false;
        let settings = match section.get(entry.name) {
            None | Some(Value::Bool(false)) => continue,
            Some(Value::Bool(true)) => {
                by_default = true;
                let path = Path::Key(&Path::Key(&Path::Root, "remedies"), entry.name);
                match checker.check_table(&Node::empty(origin()), entry.table, path) {
                    Some(settings) => settings,
                    None => continue,
                }
            }
            Some(settings) => settings.clone(),
        };
        let remedy = (entry.make)(&settings);
        if !remedy.is_off() {
            on.push(ConfiguredRemedy { name: entry.name, remedy });
            resolved.insert(entry.name.to_owned(), settings);
        } else if by_default {
            let text = format!("remedies.{} must say how strong it is, found true", entry.name);
            checker.problems.push(Problem::new(text, &origin()));
        }
    }
    (on, Value::Object(resolved))
}

/// What is to be measured: `true` is written out as the defaults, what is `false` left out.
fn read_measures(node: &Node, section: &Value, checker: &mut Checker) -> Value {
    let mut resolved = Map::new();
    for field in MEASURE_FIELDS {
        let origin = || node.origin_at(&["measure", field.name]);
        let settings = match (section.get(field.name), table_of(&field.kind)) {
            (None | Some(Value::Bool(false)), _) => continue,
            (Some(Value::Bool(true)), Some(table)) => {
                let path = Path::Key(&Path::Key(&Path::Root, "measure"), field.name);
                match checker.check_table(&Node::empty(origin()), table, path) {
                    Some(settings) => settings,
                    None => continue,
                }
            }
            (Some(settings), _) => settings.clone(),
        };
        for (key, value) in settings.as_object().into_iter().flatten() {
            if value.as_array().is_some_and(Vec::is_empty) {
                let text = format!("measure.{}.{key} must hold at least one value, found an empty list", field.name);
                checker.problems.push(Problem::new(text, &origin()));
            }
        }
        resolved.insert(field.name.to_owned(), settings);
    }
    Value::Object(resolved)
}

/// The table among the alternatives of a kind.
fn table_of(kind: &Kind) -> Option<&'static Table> {
    match kind {
        Kind::OneOf(kinds) => kinds.iter().find_map(table_of),
        Kind::Table(table) => Some(table),
        _ => None,
    }
}

/// A table under `model.init` is about a normal distribution or about a file.
fn check_initialization(node: &Node, checker: &mut Checker) {
    let Some(init) = node.at(&["model", "init"]).filter(|init| init.entries().is_some()) else { return };
    let has = |key| init.get(key).is_some();
    let reason = match (has("normal"), has("file")) {
        (true, true) => "must have either normal or file, found both",
        (false, false) => "must have either normal or file, found neither",
        (false, true) if has("biases") => "must have biases with normal only, found it with file",
        _ => return,
    };
    let origin = node.origin_at(&["model", "init"]);
    checker.problems.push(Problem::new(format!("model.init {reason}"), &origin));
}

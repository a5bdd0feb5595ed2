//! Where results come from, written beside them: what identities depend on and no setting says.
//!
//! In: the content of the files that were read, and the task that was found in the data. Out: the table `provenance` of
//! `experiment.toml`, and back: with it the plan of a folder of results is known without the config, the data or the
//! initial weights.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use toml::{Table, Value as Toml};

use super::paths::{joined, relative};
use super::{ConfigErrors, Contents, Experiment, Overrides, SEMANTICS, config, document, overrides, source};
use crate::data::Task;
use crate::schema::{Content, Default, Field, Kind, Node, Problem, Table as Declared};

/// The name of the resolved config in a folder of results.
pub const RESOLVED: &str = "experiment.toml";

/// What a folder of results was made from.
#[derive(Debug)]
pub struct Resolved {
    /// The experiment.
    pub experiment: Experiment,
    /// The content of its files, as they were.
    pub contents: Contents,
    /// What is predicted.
    pub task: Task,
    /// What was found in the data before training, each behind the word for its kind.
    pub findings: Vec<String>,
}

/// The keys of the table.
pub(super) const FIELDS: &[Field] = &[
    Field { name: "version", kind: Kind::Text, default: Default::Absent, doc: "the version of the program" },
    Field {
        name: "semantics",
        kind: Kind::Integer { least: 1, most: u32::MAX as i64 },
        default: Default::Absent,
        doc: "the version of what settings mean",
    },
    Field {
        name: "task",
        kind: Kind::Choice(&["classification", "regression"]),
        default: Default::Absent,
        doc: "what is predicted, as was found in the data",
    },
    Field {
        name: "data_sha256",
        kind: Kind::Map(&Kind::Text),
        default: Default::Absent,
        doc: "the hash of each data set's content",
    },
    Field {
        name: "weights_sha256",
        kind: Kind::Map(&Kind::Text),
        default: Default::Absent,
        doc: "the hash of each file of initial weights",
    },
    Field {
        name: "findings",
        kind: Kind::List(&Kind::Text),
        default: Default::Absent,
        doc: "what was found in the data before training",
    },
];

/// The table as a whole.
pub(super) const PROVENANCE: Field = Field {
    name: "provenance",
    kind: Kind::Table(&Declared { fields: FIELDS, short: None }),
    default: Default::Absent,
    doc: "written into the resolved config by the program itself; from a config it is not read",
};

/// Between the paths of a data set and of its separate test data.
const AND: &str = " + ";

/// The table for results in `folder`.
pub(super) fn table(folder: &Path, contents: &Contents, task: Task, findings: &[String]) -> Table {
    let hashes = |pairs: Vec<(Vec<&Path>, &str)>| {
        let name = |paths: Vec<&Path>| paths.iter().map(|path| relative(path, folder)).collect::<Vec<_>>().join(AND);
        Toml::Table(pairs.into_iter().map(|(paths, hash)| (name(paths), Toml::from(hash))).collect())
    };
    let data = contents.datasets().map(|(path, test, hash)| (std::iter::once(path).chain(test).collect(), hash));
    let mut table = Table::from_iter([
        ("version".to_owned(), Toml::from(env!("CARGO_PKG_VERSION"))),
        ("semantics".to_owned(), Toml::from(i64::from(contents.semantics()))),
        ("task".to_owned(), Toml::from(task.name())),
        ("data_sha256".to_owned(), hashes(data.collect())),
    ]);
    if !findings.is_empty() {
        let texts = findings.iter().map(|text| Toml::from(text.as_str())).collect();
        table.insert("findings".to_owned(), Toml::Array(texts));
    }
    let weights: Vec<_> = contents.weights().map(|(path, hash)| (vec![path], hash)).collect();
    if !weights.is_empty() {
        table.insert("weights_sha256".to_owned(), hashes(weights));
    }
    table
}

impl Resolved {
    /// Reads the `experiment.toml` of a folder of results. Neither data nor initial weights are looked for.
    ///
    /// # Errors
    /// If it is not there, is no config, or does not say what its results were made from.
    pub fn load(results: &Path) -> Result<Self, ConfigErrors> {
        let path = results.join(RESOLVED);
        if !path.exists() {
            let text = format!("{} has no {RESOLVED}, a folder of results has one", results.display());
            return Err(Problem::elsewhere(text).into());
        }
        let mut root = source::read(&path)?;
        config::expand_all(&mut root);
        overrides::apply(&mut root, &Overrides::default())?;
        let provenance = root.get("provenance").cloned();
        let experiment = Experiment::from_document(document::read(root, &path))?;
        let lacking = |key: &str| {
            let text = format!("provenance.{key} is missing: `overfit run` with the config writes it again");
            ConfigErrors::from(Problem::elsewhere(format!("{text} ({})", path.display())))
        };
        let provenance = provenance.ok_or_else(|| lacking("task"))?;
        let task = provenance.get("task").and_then(Node::text).and_then(Task::from_name);
        let contents = contents(&experiment, results, &provenance).map_err(|key| lacking(&key))?;
        let findings = match provenance.get("findings").map(|node| &node.content) {
            Some(Content::List(items)) => items.iter().filter_map(Node::text).map(str::to_owned).collect(),
            _ => Vec::new(),
        };
        Ok(Self { task: task.ok_or_else(|| lacking("task"))?, experiment, contents, findings })
    }
}

/// The content of each file that a cell names; of the first that is not there the key.
fn contents(experiment: &Experiment, results: &Path, provenance: &Node) -> Result<Contents, String> {
    let semantics = match provenance.get("semantics").map(|node| &node.content) {
        Some(Content::Integer(version)) => u32::try_from(*version).unwrap_or(SEMANTICS),
        _ => return Err("semantics".to_owned()),
    };
    let mut contents = Contents::of_version(semantics);
    let data = hashes(provenance, "data_sha256");
    let weights = by_path(results, &hashes(provenance, "weights_sha256"));
    // One path or two, whatever is in their names: both ways to read an entry are tried.
    let (alone, pairs) = (by_path(results, &data), by_pair(results, &data));
    for cell in &experiment.cells {
        let (path, test, initial) = cell.settings.files();
        let hash = match test {
            None => alone.get(path),
            Some(test) => pairs.get(&(path.to_owned(), test.to_owned())),
        };
        contents.add_dataset(&cell.settings.data, hash.ok_or("data_sha256")?);
        if let Some(initial) = initial {
            contents.note_weights(initial, weights.get(initial).ok_or("weights_sha256")?);
        }
    }
    Ok(contents)
}

/// Names and hashes.
fn hashes<'a>(provenance: &'a Node, key: &str) -> Vec<(&'a str, &'a str)> {
    let entries = provenance.get(key).and_then(Node::entries).unwrap_or_default();
    entries.iter().filter_map(|entry| Some((entry.key.as_str(), entry.node.text()?))).collect()
}

/// Paths are put together as those of the settings are, so that they can be compared.
fn by_path(results: &Path, hashes: &[(&str, &str)]) -> BTreeMap<PathBuf, String> {
    hashes.iter().map(|(name, hash)| (joined(results, Path::new(name)), (*hash).to_owned())).collect()
}

fn by_pair(results: &Path, hashes: &[(&str, &str)]) -> BTreeMap<(PathBuf, PathBuf), String> {
    let at = |name: &str| joined(results, Path::new(name));
    let ways = hashes.iter().flat_map(|(name, hash)| {
        name.match_indices(AND)
            .map(move |(cut, _)| ((at(&name[..cut]), at(&name[cut + AND.len()..])), (*hash).to_owned()))
    });
    ways.collect()
}

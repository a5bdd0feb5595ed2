//! What two plans differ in, in the words of their configs.
//!
//! In: two plans. Out: nothing where they ask for the same trials by the same names; or the first few keys that differ, with
//! both values.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use toml::{Table, Value};

use super::plan::Plan;

/// So many keys are named.
const NAMED: usize = 3;

/// So many characters of a value are shown.
const SHOWN: usize = 60;

/// What two plans differ in, as a fragment that fits after "found".
pub(super) fn disagreement(one: Plan<'_>, other: Plan<'_>) -> Option<String> {
    let (a, b) = (one.experiment, other.experiment);
    let (meaning, other_meaning) = (one.contents.semantics(), other.contents.semantics());
    if meaning != other_meaning {
        return Some(format!(
            "versions in which settings mean different things: semantics {meaning} and {other_meaning}"
        ));
    }
    let same_metric = a.metric(one.task) == b.metric(other.task);
    let named_alike = a.name == b.name && a.variants == b.variants && a.baseline == b.baseline && same_metric;
    let swept = |plan: Plan<'_>| plan.experiment.cells.iter().map(|cell| cell.swept.clone()).collect::<Vec<_>>();
    if named_alike && one.trials == other.trials && a.axes == b.axes && swept(one) == swept(other) {
        return None;
    }
    let keys = differing_keys(one, other);
    let hashes = |plan: Plan<'_>| plan.contents.data_hashes().into_iter().map(str::to_owned).collect::<BTreeSet<_>>();
    let same_data = hashes(one) == hashes(other);
    let mut found: Vec<String> = (!same_data).then(|| "data with other content".to_owned()).into_iter().collect();
    found.extend(keys.iter().take(NAMED).map(|(key, [one, other])| format!("{key} = {one} and {other}")));
    if keys.len() > NAMED {
        let more = keys.len() - NAMED;
        found.push(format!("{more} more key{}", if more == 1 { "" } else { "s" }));
    }
    Some(if found.is_empty() { "other initial weights".to_owned() } else { found.join(", ") })
}

/// Keys with what each plan has there.
type Differences = Vec<(String, [String; 2])>;

fn differing_keys(one: Plan<'_>, other: Plan<'_>) -> Differences {
    // Both as seen from one place: where a file lies makes no difference, and is left out below.
    let [a, b] = [one, other].map(|plan| settings(&plan.resolved(Path::new("."))));
    let keys: BTreeSet<&String> = a.keys().chain(b.keys()).collect();
    let variants = |settings: &BTreeMap<String, String>| settings.get(VARIANTS).cloned();
    let renamed = variants(&a) != variants(&b);
    let shown = |value: Option<&String>| match value {
        Some(value) if value.chars().count() > SHOWN => value.chars().take(SHOWN).chain(['…']).collect(),
        Some(value) => value.clone(),
        None => "nothing".to_owned(),
    };
    keys.into_iter()
        .filter(|key| a.get(*key) != b.get(*key))
        // What only one variant has is said by the list of their names.
        .filter(|key| !renamed || !key.starts_with("variants.") || a.contains_key(*key) && b.contains_key(*key))
        .map(|key| (key.clone(), [shown(a.get(key)), shown(b.get(key))]))
        .collect()
}

/// The key of the list of variants.
const VARIANTS: &str = "variants";

/// Every setting of a resolved config by its dotted key; variants by their names, and beside them the list of those.
fn settings(resolved: &str) -> BTreeMap<String, String> {
    let mut root: Table = resolved.parse().expect("what we write is TOML");
    root.remove("provenance");
    let variants = match root.remove(VARIANTS) {
        Some(Value::Array(variants)) => variants,
        _ => Vec::new(),
    };
    let mut found = BTreeMap::new();
    flatten("", &root, &mut found);
    let mut names = Vec::new();
    for variant in variants {
        let Value::Table(mut variant) = variant else { continue };
        let name = variant.remove("name").unwrap_or_else(|| Value::from(""));
        flatten(&format!("{VARIANTS}.{name}."), &variant, &mut found);
        names.push(name);
    }
    found.insert(VARIANTS.to_owned(), Value::Array(names).to_string());
    found
}

fn flatten(before: &str, table: &Table, found: &mut BTreeMap<String, String>) {
    for (key, value) in table {
        let is_plain = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
        let name = if key.chars().all(is_plain) { key.clone() } else { Value::from(key.as_str()).to_string() };
        let name = format!("{before}{name}");
        match value {
            // An empty one says no more than one that is not there.
            Value::Table(inner) => flatten(&format!("{name}."), inner, found),
            _ if ["data.path", "data.test_path", "init.file"].iter().any(|path| name.ends_with(path)) => {}
            _ => drop(found.insert(name, value.to_string())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::Task;
    use crate::experiment::{Experiment, Overrides, Trial};

    const CONFIG: &str = "name = 'a'\nseeds = 3\ndata.path = 'a.csv'\ntrain.epochs = 5\n\
        variants = [{ name = 'none' }, { name = 'dropout', remedies.dropout = 0.3 }]\n\
        sweep.parameters.'train.learning_rate' = [0.003, 0.01]\n";

    /// What the config and a changed one differ in.
    fn between(from: &str, to: &str) -> Option<String> {
        let folder = tempfile::tempdir().unwrap();
        let read = |name: &str, text: &str, hash: &str| {
            let path = folder.path().join(name);
            std::fs::write(&path, text).unwrap();
            let experiment = Experiment::load(&path, &Overrides::default()).unwrap();
            let mut contents = crate::experiment::Contents::default();
            contents.add_dataset(&experiment.cells[0].settings.data, hash);
            let trials: Vec<Trial> = experiment.trials(&contents).collect();
            (experiment, contents, trials)
        };
        let changed = CONFIG.replace(from, to);
        assert!(from.is_empty() || changed != CONFIG, "{from}");
        let (one, other) = (read("one.toml", CONFIG, "0a"), read("other.toml", &changed, "0a"));
        let plan = |(experiment, contents, trials)| Plan {
            experiment,
            contents,
            trials,
            task: Task::Classification,
            findings: &[],
        };
        disagreement(plan((&one.0, &one.1, &one.2)), plan((&other.0, &other.1, &other.2)))
    }

    #[test]
    fn the_same_trials_by_the_same_names_agree_however_they_are_written() {
        assert_eq!(between("", ""), None);
        assert_eq!(between("seeds = 3", "seeds = [0, 1, 2]"), None);
        assert_eq!(between("seeds = 3", "seeds = 3\nsave.models = 'final'"), None);
        assert_eq!(between("'a.csv'", "'b.csv'"), None, "where the data lies does not matter");
    }

    #[test]
    fn keys_are_named_with_both_values() {
        let said = |from, to| between(from, to).unwrap();
        assert_eq!(said("epochs = 5", "epochs = 4"), "train.epochs = 5 and 4");
        assert_eq!(said("'a'\n", "'b'\n"), "name = \"a\" and \"b\"");
        assert_eq!(said("seeds = 3", "seeds = 4"), "seeds = 3 and 4");
        assert_eq!(
            said("[0.003, 0.01]", "[0.003]"),
            "sweep.parameters.\"train.learning_rate\" = [0.003, 0.01] and [0.003]"
        );
        let rate = said("dropout = 0.3", "dropout = 0.4");
        assert!(rate.starts_with("variants.\"dropout\".remedies.dropout"), "{rate}");
        assert!(rate.contains("0.3 and 0.4"), "{rate}");
        let renamed = said("'dropout', ", "'x', ");
        assert_eq!(renamed, "variants = [\"none\", \"dropout\"] and [\"none\", \"x\"]");
    }

    #[test]
    fn a_long_list_is_cut() {
        let many = "epochs = 4\ntrain.batch_size = 7\ntrain.shuffle = false\nmodel.hidden = [3]";
        let text = between("epochs = 5", many).unwrap();
        let keys = "model.hidden = [64, 64] and [3], train.batch_size = 32 and 7, train.epochs = 5 and 4, 1 more key";
        assert_eq!(text, keys);
    }
}

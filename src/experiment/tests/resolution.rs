//! The resolved config, and the agreement of declarations and types.

use std::path::Path;

use proptest::prelude::*;

use super::{Experiment, Lab, Overrides, contents, ids};
use crate::data::Task;
use crate::remedies::REGISTRY;
use crate::schema::{Default, Field, Kind};

#[test]
fn the_resolved_config_has_every_default_and_is_a_config_of_the_same_trials() {
    let lab = Lab::new(
        "digits.toml",
        "seeds = [1, 2]\nbaseline = 'b \"quoted\"'\n[data]\npath = 'data/a.csv'\n[remedies]\ndropout = 0.5\nl2 = false\n\
         [[variants]]\nname = 'a'\nremedies = { dropout = false }\nsweep.'train.optimizer' = ['sgd', { kind = 'adam', beta1 = 0.5 }]\n\
         [[variants]]\nname = 'b \"quoted\"'\nremedies.l1 = 1e-7\n\
         [sweep.parameters]\n'train.learning_rate' = { min = 1e-4, max = 1e-1, scale = 'log', points = 3 }\n\
         [save]\nmodels = 'final'\n",
    );
    let first = lab.load(&[]).unwrap();
    let results = lab.folder.path().join("results/digits");
    let text = first.resolved_toml(&results, &contents(&first), Task::Classification, &[]);
    for part in [
        "name = \"digits\"",
        "seeds = [1, 2]",
        "\"../../data/a.csv\" = \"0a1b\"",
        "path = \"../../data/a.csv\"",
        "hidden = [64, 64]",
        "epochs = 100",
        "rescale = \"train\"",
        "\"train.learning_rate\" = [0.0001, 0.00316227766017, 0.1]",
    ] {
        assert!(text.contains(part), "no {part} in\n{text}");
    }
    let second = reloaded(&results, &text);
    assert_eq!(ids(&second), ids(&first));
    assert_eq!((&second.name, &second.axes, second.baseline), (&first.name, &first.axes, first.baseline));
    assert_eq!((second.save_models, second.variants), (true, first.variants));
    let swept = |experiment: &Experiment| experiment.cells.iter().map(|cell| cell.swept.clone()).collect::<Vec<_>>();
    assert_eq!(swept(&reloaded(&results, &text)), swept(&lab.load(&[]).unwrap()));
}

pub(super) fn reloaded(folder: &Path, text: &str) -> Experiment {
    std::fs::create_dir_all(folder).unwrap();
    let path = folder.join("experiment.toml");
    std::fs::write(&path, text).unwrap();
    Experiment::load(&path, &Overrides::default()).unwrap_or_else(|errors| panic!("{errors}\n{text}"))
}

/// A value that a kind allows, as TOML.
fn value_of(kind: &'static Kind) -> BoxedStrategy<String> {
    match kind {
        Kind::Any | Kind::Boolean => any::<bool>().prop_map(|value| value.to_string()).boxed(),
        Kind::Integer { least, most } => {
            (*least..=(*most).min(least.saturating_add(1000))).prop_map(|value| value.to_string()).boxed()
        }
        Kind::Number(interval) => {
            let (low, high) = (interval.low().0.max(-1e3), interval.high().0.min(1e3));
            let interval = *interval;
            (0.0..=1.0)
                .prop_map(move |share: f64| low + share * (high - low))
                .prop_filter("within its open ends", move |value| interval.holds(*value))
                .prop_map(|value| format!("{value:e}"))
                .boxed()
        }
        Kind::Text => "[a-z]{1,8}".prop_map(|text| format!("{text:?}")).boxed(),
        Kind::Choice(words) => proptest::sample::select(*words).prop_map(|word| format!("{word:?}")).boxed(),
        Kind::List(kind) => {
            proptest::collection::vec(value_of(kind), 0..4).prop_map(|items| format!("[{}]", items.join(", "))).boxed()
        }
        Kind::Map(kind) => proptest::collection::btree_map("[a-z]{1,8}", value_of(kind), 0..4)
            .prop_map(|entries| {
                let entries: Vec<String> = entries.iter().map(|(key, value)| format!("{key} = {value}")).collect();
                format!("{{ {} }}", entries.join(", "))
            })
            .boxed(),
        Kind::Table(table) => table_of(table.fields.iter().collect()),
        Kind::Tagged(tagged) => proptest::sample::select(tagged.tags())
            .prop_flat_map(move |tag| {
                let fields = tagged.fields(tag).expect("a tag of its own").collect();
                table_of(fields).prop_map(move |rest| {
                    let rest = rest.trim_matches(['{', '}', ' ']).to_owned();
                    let comma = if rest.is_empty() { "" } else { ", " };
                    format!("{{ {} = {tag:?}{comma}{rest} }}", tagged.tag)
                })
            })
            .boxed(),
        Kind::OneOf(kinds) => (0..kinds.len()).prop_flat_map(|index| value_of(&kinds[index])).boxed(),
    }
}

fn table_of(fields: Vec<&'static Field>) -> BoxedStrategy<String> {
    let entries: Vec<BoxedStrategy<Option<String>>> = fields
        .into_iter()
        .map(|field| {
            let required = field.default == Default::Required;
            (value_of(&field.kind), any::<bool>())
                .prop_map(move |(value, given)| (required || given).then(|| format!("{} = {value}", field.name)))
                .boxed()
        })
        .collect();
    entries
        .prop_map(|entries| format!("{{ {} }}", entries.into_iter().flatten().collect::<Vec<_>>().join(", ")))
        .boxed()
}

/// Any table of settings but `model.init`, whose keys exclude one another.
fn layer() -> impl Strategy<Value = String> {
    let key = |section: &'static str, fields: &'static [Field]| {
        let fields: Vec<&'static Field> = fields.iter().filter(|field| field.name != "init").collect();
        proptest::sample::select(fields).prop_flat_map(move |field| {
            value_of(&field.kind).prop_map(move |value| format!("{section}.{} = {value}\n", field.name))
        })
    };
    let remedy = proptest::sample::select(REGISTRY).prop_flat_map(|entry| {
        table_of(entry.table.fields.iter().collect())
            .prop_map(move |value| format!("remedies.{} = {value}\n", entry.name))
    });
    let one = prop_oneof![
        key("data", crate::data::FIELDS),
        key("model", crate::nn::MODEL_FIELDS),
        key("train", crate::recipe::TRAIN_FIELDS),
        // An empty list measures nothing, which is refused.
        key("measure", crate::recipe::MEASURE_FIELDS).prop_filter("lists hold something", |line| !line.contains("[]")),
        remedy
    ];
    proptest::collection::vec(one, 0..6).prop_map(|lines| {
        let mut seen = std::collections::HashSet::new();
        lines.into_iter().filter(|line| seen.insert(line.split(" = ").next().unwrap_or("").to_owned())).collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn whatever_the_declarations_allow_is_taken_and_resolves_to_the_same_trials(
        base in layer(), one in layer(), two in layer(), rates in proptest::collection::btree_set(1u32..1000, 1..4)
    ) {
        let rates: Vec<String> = rates.iter().map(|rate| format!("{}e-4", rate)).collect();
        let path = if base.contains("data.path") { "" } else { "data.path = 'a.csv'\n" };
        let text = format!(
            "{path}{base}[[variants]]\nname = 'one'\n{one}[[variants]]\nname = 'two'\n{two}\
             [sweep.parameters]\n'train.learning_rate' = [{}]\n", rates.join(", "));
        let lab = Lab::new("a.toml", &text);
        let first = lab.load(&[]).map_err(|errors| TestCaseError::fail(format!("{errors}\n{text}")))?;
        let results = lab.folder.path().join("results/a");
        let second = reloaded(&results, &first.resolved_toml(&results, &contents(&first), Task::Classification, &[]));
        let fingerprints = |experiment: &Experiment| -> Vec<String> {
            experiment.cells.iter().map(|cell| cell.fingerprint.to_string()).collect()
        };
        prop_assert_eq!(fingerprints(&first), fingerprints(&second));
        let some_ids = |experiment: &Experiment| -> Vec<_> { experiment.trials(&contents(experiment)).take(20).collect() };
        prop_assert_eq!(some_ids(&first), some_ids(&second));
    }
}

#[test]
fn every_default_is_read_by_the_type_of_its_section() {
    assert_eq!(super::experiment("").cells.len(), 1);
}

#[test]
fn every_word_that_is_allowed_is_read_by_its_type() {
    let sections = [
        ("data", crate::data::FIELDS),
        ("model", crate::nn::MODEL_FIELDS),
        ("train", crate::recipe::TRAIN_FIELDS),
        ("measure", crate::recipe::MEASURE_FIELDS),
    ];
    for (section, fields) in sections {
        fields.iter().for_each(|field| try_words(&format!("{section}.{}", field.name), &field.kind, ""));
    }
    for entry in REGISTRY {
        let required = entry.table.fields.iter().filter(|field| field.default == Default::Required);
        let others: String = required.map(|field| format!("remedies.{}.{} = 0.5\n", entry.name, field.name)).collect();
        for field in entry.table.fields {
            try_words(&format!("remedies.{}.{}", entry.name, field.name), &field.kind, &others);
        }
    }
}

fn try_words(key: &str, kind: &Kind, others: &str) {
    let load = |value: &str| drop(super::experiment(&format!("{others}{key} = {value}")));
    match kind {
        Kind::Choice(words) => words.iter().for_each(|word| load(&format!("{word:?}"))),
        Kind::Tagged(tagged) => tagged.tags().iter().for_each(|tag| load(&format!("{tag:?}"))),
        Kind::Boolean => ["true", "false"].into_iter().for_each(load),
        Kind::OneOf(kinds) => kinds.iter().for_each(|kind| try_words(key, kind, others)),
        _ => {}
    }
}

#[test]
fn what_is_measured_is_a_part_of_the_identity_and_nothing_asked_for_is_none() {
    let id = |text: &str| ids(&super::experiment(&format!("seeds = 1\n{text}")))[0].clone();
    let plain = id("");
    assert_eq!(id("measure = {}"), plain);
    assert_eq!(id("measure = { sensitivity = false, inference = false, fit = false }"), plain);
    assert_ne!(id("measure.sensitivity = true"), plain);
    assert_eq!(id("measure.sensitivity = true"), id("measure.sensitivity = { delta = 0.5, rows = 500 }"));
    assert_eq!(id("measure.submodels = true"), id("measure.submodels = [1, 2, 5, 10, 30, 100]"));
    assert_eq!(id("measure.feature_drop = true"), id("measure.feature_drop = { kind = 'random' }"));
    assert_ne!(id("measure.feature_drop = true"), id("measure.feature_drop = { kind = ['random', 'block'] }"));
}

#[test]
fn a_variant_may_measure_otherwise_and_the_resolved_config_says_so() {
    let lab = Lab::new(
        "a.toml",
        "seeds = 1\ndata.path = 'a.csv'\n[measure]\nsubmodels = [3]\n[[variants]]\nname = 'a'\n\
         [[variants]]\nname = 'b'\nmeasure = { submodels = false, fit = 9 }\n",
    );
    let first = lab.load(&[]).unwrap();
    let asked = |cell: usize| first.cells[cell].settings.measure.clone();
    assert_eq!(asked(0).submodels.map(|asked| asked.votes), Some(vec![3]));
    assert_eq!((asked(1).submodels, asked(1).fit.map(|fit| fit.points)), (None, Some(9)));
    let results = lab.folder.path().join("results/a");
    assert_eq!(
        ids(&reloaded(&results, &first.resolved_toml(&results, &contents(&first), Task::Classification, &[]))),
        ids(&first)
    );
}

#[test]
fn the_plan_of_a_folder_is_known_without_data_and_initial_weights() {
    let lab = Lab::new(
        "a.toml",
        "seeds = 2\ndata.path = 'here/a.csv'\n[[variants]]\nname = 'a'\nmodel.init.file = 'w'\n\
         [[variants]]\nname = 'b'\ndata.test_path = 'b + c.csv'\n",
    );
    std::fs::write(lab.folder.path().join("w"), "weights").unwrap();
    let first = lab.load(&[]).unwrap();
    let mut known = super::Contents::default();
    known.add_dataset(&first.cells[0].settings.data, "0a1b");
    known.add_dataset(&first.cells[1].settings.data, "2c3d");
    known.add_weights(&first).unwrap();
    let results = lab.folder.path().join("results/a");
    let text = first.resolved_toml(&results, &known, Task::Regression, &[]);
    reloaded(&results, &text);
    std::fs::remove_file(lab.folder.path().join("w")).unwrap();

    let second = super::Resolved::load(&results).unwrap();
    let trials = |experiment: &Experiment, contents| experiment.trials(contents).collect::<Vec<_>>();
    assert_eq!(trials(&second.experiment, &second.contents), trials(&first, &known));
    assert_eq!((second.task, second.contents.semantics()), (Task::Regression, super::SEMANTICS));

    // Written for another folder from what was read, and read there, it is the same.
    let moved = lab.folder.path().join("moved");
    std::fs::create_dir(&moved).unwrap();
    let text = second.experiment.resolved_toml(&moved, &second.contents, second.task, &[]);
    std::fs::write(moved.join(super::RESOLVED), text).unwrap();
    let third = super::Resolved::load(&moved).unwrap();
    assert_eq!(trials(&third.experiment, &third.contents), trials(&first, &known));
}

#[test]
fn a_folder_that_does_not_say_what_its_results_are_of_is_refused_by_key() {
    let lab = Lab::new("experiment.toml", "data.path = 'a.csv'");
    let first = lab.load(&[]).unwrap();
    let text = first.resolved_toml(lab.folder.path(), &contents(&first), Task::Classification, &[]);
    for key in ["semantics", "task", "data_sha256"] {
        let without: String = text.lines().filter(|line| !line.contains(key)).map(|line| format!("{line}\n")).collect();
        let without = if key == "data_sha256" { without.replace("\"a.csv\" = \"0a1b\"", "") } else { without };
        std::fs::write(&lab.config, without).unwrap();
        let message = super::Resolved::load(lab.folder.path()).unwrap_err().to_string();
        assert!(message.starts_with(&format!("provenance.{key} is missing")), "{message}");
    }
    std::fs::remove_file(&lab.config).unwrap();
    let message = super::Resolved::load(lab.folder.path()).unwrap_err().to_string();
    assert!(message.ends_with("has no experiment.toml, a folder of results has one"), "{message}");
}

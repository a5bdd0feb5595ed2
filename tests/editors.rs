//! What the program gives to editors and shells: the JSON Schema of a config, and completions.
//!
//! The schema takes what the program takes, and refuses what the program refuses, as far as an editor can know it.

mod support;

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use support::json_schema::Schema;
use support::{Workplace, overfit};

/// What `overfit schema` prints.
fn schema() -> Schema {
    let schema: Value = serde_json::from_str(&overfit(&["schema"]).success().stdout).expect("a schema is JSON");
    assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
    Schema(schema)
}

/// A config as an editor sees it.
fn read(path: &Path) -> Value {
    let text = fs::read_to_string(path).unwrap();
    match path.extension().is_some_and(|extension| extension == "json") {
        true => serde_json::from_str(&text).unwrap(),
        false => from_toml(&text),
    }
}

fn from_toml(text: &str) -> Value {
    serde_json::to_value(toml::from_str::<toml::Table>(text).unwrap()).unwrap()
}

fn shipped_configs() -> Vec<PathBuf> {
    let folders = ["configs", "configs/article", "tests/golden/pytorch"];
    let entries = folders.iter().flat_map(|folder| {
        fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)).unwrap().map(|entry| entry.unwrap().path())
    });
    let is_config = |path: &PathBuf| path.extension().is_some_and(|end| end == "toml" || end == "json");
    let mut configs: Vec<PathBuf> = entries.filter(is_config).collect();
    configs.sort();
    configs
}

#[test]
fn the_schema_takes_every_shipped_config() {
    let (schema, configs) = (schema(), shipped_configs());
    assert!(configs.len() > 25, "{} configs", configs.len());
    for path in configs {
        assert_eq!(schema.objection(&read(&path)), None, "{}", path.display());
    }
}

/// A small table, and a config with these lines.
fn place(lines: &str) -> Workplace {
    let place = Workplace::new();
    place.write("x.csv", "a,b,y\n".to_owned() + &"1,2,p\n3,4,q\n2,5,p\n6,1,q\n".repeat(10));
    place.write("c.toml", format!("data.path = 'x.csv'\n{lines}"));
    place
}

#[test]
fn schema_and_program_take_the_same_spellings() {
    let schema = schema();
    for lines in [
        "'$schema' = './overfit.schema.json'",
        "remedies.dropout = 0.5",
        "remedies.dropout = { hidden = [0.5, 0.2], input = 0.1, kind = 'gaussian' }",
        "remedies = { l2 = 1e-4, batch_norm = true, class_weights = 'balanced' }",
        "remedies.class_weights = { p = 5 }",
        "remedies.class_weights.weights = { p = 5 }",
        "train.optimizer = 'sgd'",
        "train.optimizer = { beta1 = 0.8 }",
        "train.optimizer = { kind = 'momentum', momentum = 0.8 }\ntrain.schedule = { kind = 'step', step_size = 3 }",
        "train.batch_size = 'full'\ndata.scaling = { divide = 255 }\ndata.train_rows = { first = 20 }",
        "model.init = { normal = 1.0, biases = true }\nmodel.hidden = []",
        "data.ordinal = { a = ['1', '2', '3', '6'] }\nseeds = [3, 1]",
        "[remedies.prune]\nmethod = 'random'\n[[variants]]\nname = 'v'\nremedies.prune.ratio = 0.5",
        "[train]\noptimizer = { kind = 'momentum', momentum = 0.8 }\n[[variants]]\nname = 'v'\ntrain.optimizer.momentum = 0.5",
        "[[variants]]\nname = 'v'\nremedies.l2 = false\nmodel.hidden = [3]",
        "[[variants]]\nname = 'v'\n[variants.sweep]\n'remedies.dropout.hidden' = [0.1, [0.2, 0.3]]\n'remedies.dropout' = [false]",
        "[sweep.parameters]\n'train.learning_rate' = { min = 1e-4, max = 1e-1, scale = 'log', points = 4 }",
        "[sweep.parameters]\ntrain.learning_rate = [0.1]\ntrain.optimizer = ['sgd', { kind = 'adam', beta1 = 0.5 }]",
        "[sweep.parameters]\nmodel.hidden = [[], [3], [3, 3]]\nremedies.l1 = { min = 0.1, max = 1, points = 2 }",
        "[sweep.parameters]\n'remedies.class_weights.weights' = ['balanced']\n'remedies.noise.features.a' = [0.1]",
        "[sweep.parameters]\n'remedies.class_weights.p' = [1, 2]\n'train.schedule.step_size' = [5]\n'train.schedule.kind' = ['step']",
        "[sweep]\nstrategy = 'random'\npoints = 3\n[sweep.parameters]\n'train.learning_rate' = { min = 1e-4, max = 1e-1 }",
        "[sweep]\nexclude = [{ 'model.hidden' = [3] }]\n[sweep.parameters]\nmodel.hidden = [[2], [3]]",
        "[measure]\nsensitivity = true\nfeature_drop = [0.0, 0.5]\nsubmodels = { votes = [1, 2] }\n[save]\nmodels = 'final'",
    ] {
        let place = place(lines);
        place.overfit(&["check", "c.toml"]).success();
        assert_eq!(schema.objection(&read(&place.path().join("c.toml"))), None, "{lines}");
    }
}

#[test]
fn schema_and_program_refuse_the_same_mistakes() {
    let schema = schema();
    for lines in [
        "sedes = 3",
        "seeds = 0",
        "seeds = 'five'",
        "metric = 'acuracy'",
        "data.spilt = { test = 0.2 }",
        "data.split = { test = 1.2 }",
        "data.header = 1",
        "model.hidden = [0]",
        "model.hidden = 64",
        "model.activation = 'rellu'",
        "train.epochs = 1.5",
        "train.learning_rate = 0",
        "train.optimizer = 'adamw'",
        "train.optimizer = { kind = 'sgd', beta1 = 0.8 }",
        "train.batch_size = 'all'",
        "remedies.droput = 0.5",
        "remedies.dropout = 1.0",
        "remedies.dropout = { hidden = 0.5, inputs = 0.1 }",
        "remedies.dropout = 'much'",
        "remedies.l2 = -1e-4",
        "remedies.prune = { ratio = 0.5, structure = 'row' }",
        "[[variants]]\nremedies.l2 = 1e-4",
        "[[variants]]\nname = 'v'\nremedies.l2 = -1.0",
        "[[variants]]\nname = 'v'\nseeds = 3",
        "[[variants]]\nname = 'v'\n[variants.sweep]\n'remedies.dropout.hiden' = [0.1]",
        "[sweep.parameters]\n'train.learning_rates' = [0.1]",
        "[sweep.parameters]\n'train.learning_rate' = [0.1, 0.0]",
        "[sweep.parameters]\n'train.learning_rate' = []",
        "[sweep.parameters]\n'train.learning_rate' = [0.1, 0.1]",
        "[sweep.parameters]\n'train.learning_rate' = 0.1",
        "[sweep.parameters]\n'train.learning_rate' = { min = 1e-4, points = 4 }",
        "[sweep.parameters]\ntrain.learning_rates = [0.1]",
        "[sweep.parameters]\nseeds = [1, 2]",
        "[sweep]\nstrategy = 'bayes'",
        "[measure]\nsubmodels = [0]",
        "[save]\nmodels = 'all'",
    ] {
        let place = place(lines);
        place.overfit(&["check", "c.toml"]).code(2);
        assert!(
            !schema.takes(&read(&place.path().join("c.toml"))),
            "the schema takes what the program refuses: {lines}"
        );
    }
}

#[test]
fn a_config_may_name_its_schema_and_so_may_what_is_written_of_it() {
    let place = place("");
    let config = json!({ "$schema": "./overfit.schema.json", "seeds": 1, "data": { "path": "x.csv" }, "train": { "epochs": 1 } });
    place.write("c.json", config.to_string());
    place.overfit(&["run", "c.json", "--quiet"]).success();
    let resolved = read(&place.path().join("results/c/experiment.toml"));
    assert_eq!(schema().objection(&resolved), None);
    // Its place is no setting: the trials that are there are those of the config without it.
    place.write("c.json", json!({ "seeds": 1, "data": { "path": "x.csv" }, "train": { "epochs": 1 } }).to_string());
    let status = place.overfit(&["check", "c.json"]).success().stdout;
    assert!(status.contains("stored"), "{status}");
}

/// The commands that the help lists.
fn commands() -> Vec<String> {
    let help = overfit(&["help"]).success().stdout;
    let listed =
        help.split("Commands:\n").nth(1).and_then(|rest| rest.split("\n\n").next()).expect("help lists commands");
    let words = listed.lines().filter_map(|line| line.strip_prefix("  ")?.split(' ').next());
    words.filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

#[test]
fn every_shell_gets_a_script_that_knows_every_command() {
    let commands = commands();
    assert!(commands.iter().any(|command| command == "run"), "{commands:?}");
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let script = overfit(&["completions", shell]).success().stdout;
        for command in &commands {
            assert!(script.contains(command.as_str()), "{shell} does not know {command}");
        }
        assert!(script.contains("retry-failed"), "{shell} does not know the options of run");
    }
    assert!(overfit(&["completions", "tcsh"]).code(2).stderr.contains("zsh"));
}

#[test]
fn a_mistyped_command_is_answered_by_the_one_that_was_meant() {
    for (typed, meant) in [("rnu", "'run'"), ("predcit", "'predict'"), ("scheme", "'schema'")] {
        let said = overfit(&[typed]).code(2).stderr;
        assert!(said.contains(meant), "{said}");
    }
    assert!(!overfit(&["xyzzy"]).code(2).stderr.contains("tip:"));
}

#[test]
fn the_help_of_every_command_has_examples() {
    for command in commands().iter().filter(|command| *command != "help") {
        let help = overfit(&[command, "--help"]).success().stdout;
        assert!(help.contains("\nExample") && help.contains(&format!("\n  overfit {command}")), "{command}: {help}");
    }
}

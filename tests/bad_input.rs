//! What is wrong with the data, the config or the command line ends with exit code 2 and a message that names file, line
//! or key, what was found and what is allowed; nothing is trained, nothing written, nothing printed as a result.
//!
//! The messages are kept in `golden/bad_input/*.txt`. `OVERFIT_BLESS=1 cargo test --test bad_input` writes them anew.

mod support;

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use support::{Workplace, blobs, waves};

/// A name, the files beside `good.csv` and `waves.csv`, and the arguments, by default `run bad.toml`.
struct Case {
    name: &'static str,
    files: Vec<(&'static str, Vec<u8>)>,
    arguments: Vec<&'static str>,
}

fn case(name: &'static str, files: &[(&'static str, &[u8])], arguments: &[&'static str]) -> Case {
    let files = files.iter().map(|(name, content)| (*name, content.to_vec())).collect();
    Case { name, files, arguments: arguments.to_vec() }
}

/// Data in `bad.csv`.
fn data(name: &'static str, content: &[u8]) -> Case {
    case(name, &[("bad.csv", content), ("bad.toml", b"[data]\npath = \"bad.csv\"\n")], &["run", "bad.toml"])
}

/// The good data with these lines below `path` in `[data]`.
fn config(name: &'static str, lines: &str) -> Case {
    let text = format!("[data]\npath = \"good.csv\"\n{lines}\n");
    case(name, &[("bad.toml", text.as_bytes())], &["run", "bad.toml"])
}

/// A file in the place of a config.
fn file(name: &'static str, content: &[u8]) -> Case {
    case(name, &[("bad.toml", content)], &["run", "bad.toml"])
}

/// A good config with these arguments behind it.
fn arguments(name: &'static str, arguments: &[&'static str]) -> Case {
    let good: &[u8] = b"[data]\npath = \"good.csv\"\n[train]\nepochs = 5\n";
    case(name, &[("good.toml", good)], &[&["run", "good.toml"], arguments].concat())
}

fn bad_data() -> Vec<Case> {
    let two = |content: &'static [u8], test: &'static [u8]| {
        let config: &[u8] = b"[data]\npath = \"bad.csv\"\ntest_path = \"test.csv\"\n";
        [("bad.csv", content), ("test.csv", test), ("bad.toml", config)]
    };
    let pairs = b"a,b,label\n1,2,x\n2,3,y\n3,4,x\n4,5,y\n5,6,x\n6,7,y\n7,8,x\n8,9,y\n9,9,x\n9,8,y\n";
    vec![
        file("a file that is not there", b"[data]\npath = \"nowhere.csv\"\n"),
        file("a folder", b"[data]\npath = \"folder\"\n"),
        data("an empty file", b""),
        data("a header only", b"a,b,label\n"),
        data("one class", b"a,b,label\n1,2,x\n3,4,x\n5,6,x\n7,8,x\n"),
        data("one column", b"label\nx\ny\n"),
        data("a row too short", b"a,b,label\n1,2,x\n1,2\n3,4,y\n"),
        data("a row too long", b"a,b,label\n1,2,x\n1,2,y\n3,4,x,5\n"),
        case(
            "not UTF-8",
            &[
                ("bad.csv", b"a,b,label\n1,2,x\n1,\xff\xfe,y\n3,4,x\n"),
                ("bad.toml", b"[data]\npath = \"bad.csv\"\nencoding = \"utf-8\"\n"),
            ],
            &["run", "bad.toml"],
        ),
        data("a number too large", b"a,b,label\n1,2,x\n1e99,2,y\n3,4,x\n"),
        data("no target in any row", b"a,b,label\n1,2,\n3,4,\n5,6,\n"),
        data("two rows", b"a,b,label\n1,2,x\n3,4,y\n"),
        case("a test file without a column", &two(pairs, b"a,label\n1,x\n"), &["run", "bad.toml"]),
        case("a test file with a header only", &two(pairs, b"a,b,label\n"), &["run", "bad.toml"]),
        case("a test file that is not there", &[], &["run", "good.toml"]),
        case(
            "no gzip",
            &[("bad.csv.gz", b"a,b,label\n"), ("bad.toml", b"[data]\npath = \"bad.csv.gz\"\n")],
            &["run", "bad.toml"],
        ),
        case(
            "a split column with a wrong word",
            &[
                ("bad.csv", b"a,part,label\n1,train,x\n2,train,y\n3,tset,x\n4,test,y\n"),
                ("bad.toml", b"[data]\npath = \"bad.csv\"\nsplit = { column = \"part\" }\n"),
            ],
            &["run", "bad.toml"],
        ),
        case(
            "a split column without test rows",
            &[
                ("bad.csv", b"a,part,label\n1,train,x\n2,train,y\n3,validation,x\n4,validation,y\n"),
                ("bad.toml", b"[data]\npath = \"bad.csv\"\nsplit = { column = \"part\" }\n"),
            ],
            &["run", "bad.toml"],
        ),
        case(
            "a missing value where none may be",
            &[
                ("bad.csv", b"a,b,label\n1,2,x\n,3,y\n3,4,x\n4,5,y\n5,6,x\n6,7,y\n7,8,x\n8,9,y\n9,9,x\n9,8,y\n"),
                ("bad.toml", b"[data]\npath = \"bad.csv\"\nimpute = \"error\"\n"),
            ],
            &["run", "bad.toml"],
        ),
        config("a target that does not exist", "target = \"lable\""),
        config("a column to exclude that does not exist", "exclude = [\"x9\"]"),
        config("text as the target of a regression", "task = \"regression\""),
        config("more training rows than there are", "train_rows = 1000"),
    ]
}

fn bad_configs() -> Vec<Case> {
    let safetensors: &[u8] = include_bytes!("golden/pytorch/classification.safetensors");
    let init: &[u8] = b"[data]\npath = \"good.csv\"\n[model]\ninit = { file = \"weights.safetensors\" }\n";
    vec![
        file("not TOML", b"[data\npath: good.csv\n"),
        case("not JSON", &[("bad.json", b"{ \"data\": { \"path\": \"good.csv\", } ")], &["run", "bad.json"]),
        case(
            "JSON with a wrong value",
            &[("bad.json", b"{\n \"data\": {\n  \"path\": \"good.csv\",\n  \"train_rows\": 0\n }\n}")],
            &["run", "bad.json"],
        ),
        file("an empty config", b""),
        file("a binary file", b"\x7fELF\x02\x01\x01\x00\xff\xfe"),
        config("an unknown key", "[model]\nhiden = [3]"),
        config("an unknown table", "[modle]\nhidden = [3]"),
        config("an unknown remedy", "[remedies]\ndropuot = 0.5"),
        config("a parameter that a remedy has not", "[remedies]\nprune = { ratio = 0.5, at = 3 }"),
        config("a rate above 1", "[remedies]\ndropout = 1.2"),
        config("a negative penalty", "[remedies]\nl2 = -1"),
        config("no strength", "[remedies]\nl1 = { mode = \"proximal\" }"),
        config("a rate that is no number", "[train]\nlearning_rate = nan"),
        config("an infinite rate", "[train]\nlearning_rate = inf"),
        config("text for a number", "[train]\nepochs = \"many\""),
        config("half an epoch", "[train]\nepochs = 1.5"),
        config("an unknown optimizer", "[train]\noptimizer = \"adamw\""),
        config("a parameter that an optimizer has not", "[train]\noptimizer = { kind = \"sgd\", momentum = 0.9 }"),
        config("a layer without units", "[model]\nhidden = [0]"),
        config("text for layers", "[model]\nhidden = \"big\""),
        config("an unknown activation", "[model]\nactivation = \"rleu\""),
        config("nothing left for training", "split = { test = 0.6, validation = 0.4 }"),
        config("folds and a share for the test", "split = { folds = 5, test = 0.2 }"),
        config("more folds than rows", "split = { folds = 100 }"),
        config("repeats without folds", "split = { repeats = 2 }"),
        config("a test file and a share for the test", "test_path = \"good.csv\"\nsplit = { test = 0.2 }"),
        config("a loss of the other task", "[train]\nloss = \"mse\""),
        config("two variants of one name", "[[variants]]\nname = \"a\"\n[[variants]]\nname = \"a\""),
        config("a variant without a name", "[[variants]]\nremedies.l2 = 1"),
        file(
            "an unknown baseline",
            b"baseline = \"plain\"\n[data]\npath = \"good.csv\"\n[[variants]]\nname = \"none\"\n",
        ),
        file("a name that leaves the folder", b"name = \"../x\"\n[data]\npath = \"good.csv\"\n"),
        file("a seed twice", b"seeds = [1, 1]\n[data]\npath = \"good.csv\"\n"),
        config("early stopping without validation", "split = { validation = 0 }\n[remedies]\nearly_stopping = 5"),
        config("pruning after the end", "[train]\nepochs = 10\n[remedies]\nprune = { ratio = 0.5, at_epoch = 11 }"),
        config(
            "pruning neurons where there are none",
            "[model]\nhidden = []\n[remedies]\nprune = { ratio = 0.5, structure = \"neuron\" }",
        ),
        config(
            "a surgeon for too large a network",
            "[model]\nhidden = [300, 100]\n[remedies]\nprune = { ratio = 0.5, method = \"obs\" }",
        ),
        config("dropout of hidden units where there are none", "[model]\nhidden = []\n[remedies]\ndropout = 0.5"),
        config("a wrong value in a sweep", "[sweep.parameters]\n\"remedies.dropout.hidden\" = [0.1, 1.0]"),
        config("an unknown key in a sweep", "[sweep.parameters]\n\"train.learningrate\" = [0.1]"),
        config("a sweep of what cannot be swept", "[sweep.parameters]\n\"seeds\" = [1, 2]"),
        config("an unknown strategy", "[sweep]\nstrategy = \"ranom\""),
        config("draws without a number", "[sweep]\nstrategy = \"random\"\n[sweep.parameters]\n\"remedies.l2\" = [1]"),
        config("draws of nothing", "[sweep]\nstrategy = \"random\"\npoints = 3"),
        config("a number of draws for a grid", "[sweep]\npoints = 3\n[sweep.parameters]\n\"remedies.l2\" = [1]"),
        config(
            "steps of a range that is drawn from",
            "[sweep]\nstrategy = \"random\"\npoints = 3\n[sweep.parameters]\n\
             \"remedies.l2\" = { min = 1, max = 2, points = 3 }",
        ),
        config("a range of a grid without steps", "[sweep.parameters]\n\"remedies.l2\" = { min = 1, max = 2 }"),
        config(
            "halving without validation",
            "split = { validation = 0 }\n[sweep]\nstrategy = \"halving\"\n[sweep.parameters]\n\"remedies.l2\" = [1, 2]",
        ),
        config(
            "halving of too few epochs",
            "[train]\nepochs = 2\n[sweep]\nstrategy = \"halving\"\n[sweep.parameters]\n\"remedies.l2\" = [1, 2]",
        ),
        config(
            "halving of what it sets itself",
            "[sweep]\nstrategy = \"halving\"\n[sweep.parameters]\n\"train.epochs\" = [10, 20]",
        ),
        config(
            "an included point of a key that is not swept",
            "[sweep]\ninclude = [{ \"remedies.l1\" = 1 }]\n[sweep.parameters]\n\"remedies.l2\" = [1, 2]",
        ),
        config(
            "an included point of half the keys",
            "[sweep]\ninclude = [{ \"remedies.l2\" = 3 }]\n[sweep.parameters]\n\"remedies.l1\" = [1]\n\"remedies.l2\" = [1]",
        ),
        config(
            "an excluded point that is not there",
            "[sweep]\nexclude = [{ \"remedies.l2\" = 3 }]\n[sweep.parameters]\n\"remedies.l2\" = [1, 2]",
        ),
        config(
            "every point excluded",
            "[sweep]\nexclude = [{ \"remedies.l2\" = 1 }]\n[sweep.parameters]\n\"remedies.l2\" = [1]",
        ),
        config("an empty axis", "[sweep.parameters]\n\"remedies.l2\" = []"),
        config(
            "an axis twice",
            "[[variants]]\nname = \"a\"\n[variants.sweep]\n\"remedies.l2\" = [1]\n[sweep.parameters]\n\"remedies.l2\" = [2]",
        ),
        config("initial weights that are not there", "[model]\ninit = { file = \"nowhere.safetensors\" }"),
        case(
            "initial weights of another shape",
            &[("weights.safetensors", safetensors), ("bad.toml", init)],
            &["run", "bad.toml"],
        ),
        case(
            "initial weights that are none",
            &[("weights.safetensors", b"no weights"), ("bad.toml", init)],
            &["run", "bad.toml"],
        ),
        config(
            "several errors at once",
            "[train]\nepochs = 0\nbatch_size = -3\n[remedies]\nl2 = -1\ndropuot = 1\n[[variants]]\nname = \"a\"\nmodel.hidden = [8, 0]",
        ),
    ]
}

fn bad_command_lines() -> Vec<Case> {
    vec![
        case("no config", &[], &["run"]),
        case("a config that is not there", &[], &["run", "nowhere.toml"]),
        case("a config that is a folder", &[], &["run", "folder"]),
        case("an unknown command", &[], &["rnu", "good.toml"]),
        case("a remedy that is not there", &[], &["remedies", "dropuot"]),
        arguments("no jobs", &["--jobs", "0"]),
        arguments("no seeds", &["--seeds", "0"]),
        arguments("an unknown option", &["--epochs", "3"]),
        arguments("an unknown format", &["--format", "xml"]),
        arguments("nothing set", &["--set", "train.epochs"]),
        arguments("an unknown key set", &["--set", "train.epoch=3"]),
        arguments("a wrong value set", &["--set", "remedies.dropout=1.5"]),
        arguments("a wrong type set", &["--set", "model.hidden=wide"]),
        arguments("the same folder for two", &["good.toml"]),
        arguments("one of two is wrong", &["nowhere.toml"]),
        arguments("a limit of no trials", &["--max-trials", "0"]),
        arguments("a time without a unit", &["--max-time", "30"]),
        arguments("no time", &["--max-time", "0m"]),
        arguments(
            "a shard of a halving",
            &[
                "--shard",
                "0/2",
                "--set",
                "sweep.strategy=halving",
                "--set",
                "sweep.parameters.\"train.batch_size\"=[8, 16]",
            ],
        ),
        arguments("a shard that is no part", &["--shard", "half"]),
        arguments("a shard counted from one", &["--shard", "3/3"]),
        arguments("a shard of none", &["--shard", "0/0"]),
        arguments("a shard below the first", &["--shard=-1/3"]),
        case("nothing to replay", &[], &["replay"]),
        case("a folder to replay without curves", &[], &["replay", "folder"]),
        case("curves to replay that are not there", &[], &["replay", "nowhere.csv"]),
        case("an unknown stopping criterion", &[], &["replay", "good.csv", "--criterion", "glq:5"]),
        case("a stopping criterion out of range", &[], &["replay", "good.csv", "--criterion", "gl:0"]),
        case("a CSV to replay that has no curves", &[], &["replay", "good.csv"]),
        case(
            "curves to replay without validation",
            &[("curves.csv", b"epoch,train_loss,validation_loss,test_accuracy\n1,0.5,,0.5\n2,0.4,,0.6\n")],
            &["replay", "curves.csv"],
        ),
        case(
            "curves to replay whose epochs go back",
            &[("curves.csv", b"seed,epoch,validation_loss,test_accuracy\n0,1,0.5,0.5\n0,2,0.5,0.5\n0,1,0.4,0.6\n")],
            &["replay", "curves.csv", "--criterion", "gl:5"],
        ),
        case("nothing to merge", &[], &["merge"]),
        case("a folder to merge that is not there", &[], &["merge", "nowhere"]),
        case("a folder to merge without results", &[], &["merge", "folder"]),
        case("folders to merge, and nowhere to join them", &[], &["merge", "folder", "other"]),
        case("a file to merge into", &[], &["merge", "folder", "--out", "good.csv"]),
        case("the status of a file", &[], &["status", "good.csv"]),
        case("the status of a folder without results", &[], &["status", "folder"]),
        case("the status of nothing", &[], &["status"]),
        case("a report of a folder without results", &[], &["report", "folder"]),
        case("the status of a folder whose experiment is none", &[("experiment.toml", b"[data\n")], &["status", "."]),
        case(
            "the status of a folder that does not say what its results are of",
            &[("experiment.toml", b"name = \"e\"\n[data]\npath = \"good.csv\"\n")],
            &["status", "."],
        ),
        case(
            "a file in the place of the results",
            &[("fine.toml", b"[data]\npath = \"good.csv\"\n")],
            &["run", "fine.toml", "--out", "good.csv"],
        ),
    ]
}

/// Runs a case; gives its message, with the folder replaced, and what else is wrong with how it ended.
fn outcome(case: &Case) -> (String, Vec<String>) {
    let place = Workplace::new();
    place.write("good.csv", blobs(60)).write("waves.csv", waves(60));
    place.write("good.toml", "[data]\npath = \"good.csv\"\ntest_path = \"nowhere.csv\"\n");
    fs::create_dir(place.path().join("folder")).unwrap();
    for (name, content) in &case.files {
        place.write(name, content);
    }
    let before = listing(place.path());
    let run = place.overfit(&case.arguments);
    let mut objections = Vec::new();
    let mut object = |is_wrong: bool, what: String| {
        if is_wrong {
            objections.push(format!("{}: {what}", case.name));
        }
    };
    object(run.code != Some(2), format!("exit code {:?}", run.code));
    object(!run.stdout.is_empty(), format!("on stdout: {}", run.stdout));
    object(run.stderr.contains("panicked"), "panicked".to_owned());
    object(!run.stderr.starts_with("error: "), "does not begin with error:".to_owned());
    object(listing(place.path()) != before, format!("wrote {:?}", listing(place.path())));
    (without_folder(&run.stderr, place.path()), objections)
}

fn listing(folder: &Path) -> Vec<PathBuf> {
    let mut paths: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
}

/// The text with `<dir>` for the folder, which may be named by its canonical path, too.
fn without_folder(text: &str, folder: &Path) -> String {
    let canonical = folder.canonicalize().unwrap();
    text.replace(canonical.to_str().unwrap(), "<dir>").replace(folder.to_str().unwrap(), "<dir>")
}

/// Fails where a case does not end as it should, or does not say what the file of that name holds.
fn compare(file: &str, cases: &[Case]) {
    let (mut found, mut objections) = (String::new(), Vec::new());
    for case in cases {
        let (message, wrong) = outcome(case);
        writeln!(found, "## {}\n{}\n", case.name, message.trim_end()).unwrap();
        objections.extend(wrong);
    }
    assert!(objections.is_empty(), "{}", objections.join("\n"));
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/bad_input").join(file);
    if std::env::var_os("OVERFIT_BLESS").is_some() {
        fs::write(&path, &found).unwrap();
    }
    let wanted = fs::read_to_string(&path).unwrap_or_default();
    let sections = |text: &str| text.split("## ").map(|section| section.trim_end().to_owned()).collect::<Vec<_>>();
    let (found, wanted) = (sections(&found), sections(&wanted));
    for (found, wanted) in found.iter().zip(&wanted) {
        assert_eq!(found, wanted, "see {}", path.display());
    }
    assert_eq!(found.len(), wanted.len(), "cases in {}; OVERFIT_BLESS=1 writes it", path.display());
}

#[test]
fn bad_data_is_refused_with_file_line_and_column() {
    compare("data.txt", &bad_data());
}

#[test]
fn bad_configs_are_refused_with_line_key_and_what_is_allowed() {
    compare("config.txt", &bad_configs());
}

#[test]
fn bad_command_lines_are_refused() {
    compare("command_line.txt", &bad_command_lines());
}

#[test]
fn check_refuses_what_run_refuses_with_the_same_words() {
    for case in bad_configs().iter().chain(&bad_data()) {
        let checked = Case { name: case.name, files: case.files.clone(), arguments: vec!["check", case.arguments[1]] };
        assert_eq!(outcome(&checked), outcome(case), "{}", case.name);
    }
}

#[test]
fn every_message_of_a_config_names_its_place() {
    for case in bad_configs() {
        let (message, _) = outcome(&case);
        let places = ["bad.toml", "bad.json", ".safetensors"];
        for line in message.lines() {
            assert!(places.iter().any(|place| line.contains(place)), "{}: no file in {line:?}", case.name);
        }
    }
}

#[test]
fn a_good_config_in_the_same_place_is_taken() {
    let place = Workplace::new();
    place.write("good.csv", blobs(60)).write("good.toml", "[data]\npath = \"good.csv\"\n[train]\nepochs = 1\n");
    place.overfit(&["run", "good.toml", "--quiet"]).success();
    assert!(place.results("good").folder.exists());
}

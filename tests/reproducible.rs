//! The same config, data and version give the same bytes, whatever happens on the way; a variant's numbers do not depend
//! on its neighbours; what is stored is not trained again; and the test set is never looked at for a choice.

mod support;

use std::collections::HashSet;
use std::fs;
use std::thread::sleep;
use std::time::Duration;

use support::{Model, Results, Row, Tensor, Workplace, blobs, read_model, waves, weights};

/// Every kind of remedy, and one cocktail.
const VARIANTS: [(&str, &str); 10] = [
    ("none", ""),
    ("dropout", "remedies.dropout = { hidden = 0.4, input = 0.1 }"),
    ("penalties", "remedies.l1 = 1e-3\nremedies.l2 = 1e-2\nremedies.max_norm = 2.0"),
    ("stopped early", "remedies.early_stopping = 2"),
    ("pruned", "remedies.prune = { structure = \"neuron\", method = \"random\", ratio = 0.5, at_epoch = 3 }"),
    ("cocktail", "remedies.dropout = 0.2\nremedies.noise = 0.3\nremedies.weight_decay = 0.1\nremedies.prune = 0.4"),
    ("bagging", "remedies.bagging = 3\nremedies.dropout = 0.3"),
    ("snapshots", "remedies.snapshots = 2"),
    ("batch norm", "remedies.batch_norm = true\nremedies.ema = 0.9"),
    ("layer norm", "remedies.layer_norm = true"),
];

/// The places of all of them.
const ALL: [usize; 10] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];

/// A config on `blobs.csv` with these variants, by their places in [`VARIANTS`].
fn config(seeds: &str, epochs: usize, variants: &[usize]) -> String {
    let mut text = format!(
        "seeds = {seeds}\n[data]\npath = \"blobs.csv\"\n[model]\nhidden = [12, 8]\n[train]\nepochs = {epochs}\n\
         batch_size = 16\nlearning_rate = 0.01\n"
    );
    for &place in variants {
        let (name, overrides) = VARIANTS[place];
        text.push_str(&format!("[[variants]]\nname = \"{name}\"\n{overrides}\n"));
    }
    text
}

fn workplace() -> Workplace {
    let place = Workplace::new();
    place.write("blobs.csv", blobs(90));
    place
}

/// A row without the name of its experiment.
fn numbers(mut row: Row) -> Vec<(String, String)> {
    row.remove("experiment");
    let mut cells: Vec<_> = row.into_iter().collect();
    cells.sort();
    cells
}

/// All rows of a variant without the name of the experiment.
fn numbers_of(results: &Results, variant: &str) -> Vec<Vec<(String, String)>> {
    results.curves_of(variant).into_iter().map(numbers).collect()
}

#[test]
fn one_job_and_two_write_the_same_bytes() {
    let place = workplace();
    let text = config("3", 6, &ALL);
    let results = place.experiment("e", &text, &["--jobs", "1"]);
    let (curves, summary, store) = (results.curves_text(), results.bytes("summary.csv"), results.store_files());
    place.experiment("e", &text, &["--jobs", "2", "--fresh"]);
    assert_eq!(results.stored_lines_beside(&store), 3 * ALL.len(), "all are trained again");
    assert!(results.curves_text() == curves, "curves.csv differs");
    assert!(results.bytes("summary.csv") == summary, "summary.csv differs");
}

#[test]
fn the_kernels_for_every_processor_write_the_same_bytes() {
    let place = workplace();
    place.write("e.toml", config("1", 4, &[0, 1, 4, 6, 8, 9]));
    let curves = ["scalar", "avx2", "avx512"].map(|kernels| {
        let arguments = ["run", "e.toml", "--quiet", "--fresh"];
        let output = place.command(&arguments).env("OVERFIT_KERNELS", kernels).output().unwrap();
        assert!(output.status.success(), "{kernels}");
        place.results("e").curves_text()
    });
    assert!(curves[0] == curves[1] && curves[1] == curves[2]);
}

#[test]
fn the_same_command_again_trains_nothing_and_writes_the_same() {
    let place = workplace();
    let text = config("2", 4, &[0, 1]);
    let results = place.experiment("e", &text, &[]);
    let (curves, trials, store) = (results.curves_text(), results.bytes("trials.csv"), results.store_files());
    let results = place.experiment("e", &text, &[]);
    assert_eq!(results.stored_lines(), 4);
    assert_eq!(results.store_files(), store, "no file is added to the store");
    assert_eq!(results.curves_text(), curves);
    assert_eq!(results.bytes("trials.csv"), trials, "seconds included");
}

#[test]
fn derived_files_that_were_deleted_come_back_without_training() {
    let place = workplace();
    let text = config("2", 4, &[0, 1]);
    let results = place.experiment("e", &text, &[]);
    let curves = results.curves_text();
    for file in ["curves.csv", "trials.csv", "summary.csv", "experiment.toml"] {
        fs::remove_file(results.folder.join(file)).unwrap();
    }
    let results = place.experiment("e", &text, &[]);
    assert_eq!((results.curves_text(), results.stored_lines()), (curves, 4));
    assert!(!results.bytes("experiment.toml").is_empty());
}

#[test]
fn fresh_trains_all_again_and_gets_the_same() {
    let place = workplace();
    let text = config("2", 4, &[0, 1]);
    let results = place.experiment("e", &text, &[]);
    let (curves, store) = (results.curves_text(), results.store_files());
    place.experiment("e", &text, &["--fresh"]);
    assert_eq!(results.stored_lines_beside(&store), 4);
    assert_eq!(results.curves_text(), curves);
}

#[test]
fn more_seeds_and_a_wider_sweep_train_only_what_is_missing() {
    let place = workplace();
    let narrow = config("2", 4, &[0, 1]);
    place.experiment("e", &narrow, &[]);
    let results = place.experiment("e", &narrow, &["--seeds", "3"]);
    assert_eq!(results.stored_lines(), 2 * 3, "two more");
    let sweep =
        |rates: &str| format!("{}\n[sweep.parameters]\n\"train.learning_rate\" = [{rates}]\n", config("2", 4, &[0]));
    let results = place.experiment("e", &sweep("0.01, 0.02"), &[]);
    assert_eq!(results.stored_lines(), 6 + 2, "0.01 is stored already");
    let results = place.experiment("e", &sweep("0.005, 0.01, 0.02"), &[]);
    assert_eq!(results.stored_lines(), 8 + 2);
    assert_eq!(results.trials().len(), 6, "the current plan only");
}

#[test]
fn what_changes_no_number_changes_no_identity() {
    let place = workplace();
    let results = place.experiment("e", &config("2", 4, &[0, 1]), &[]);
    let renamed =
        config("[1, 0]", 4, &[1, 0]).replace("\"dropout\"", "\"other name\"") + "[sweep]\nstrategy = \"grid\"\n";
    place.experiment("e", &format!("baseline = \"other name\"\n{renamed}"), &[]);
    assert_eq!(results.stored_lines(), 4, "names, order, baseline and the list of seeds");
    place.experiment("e", &config("2", 4, &[0, 1]), &["--set", "train.shuffle=false"]);
    assert_eq!(results.stored_lines(), 8, "the order of the rows");
}

#[test]
fn other_data_is_another_trial() {
    let place = workplace();
    let text = config("1", 2, &[0]);
    let first = place.experiment("e", &text, &[]).curves_text();
    place.write("blobs.csv", blobs(93));
    let results = place.experiment("e", &text, &[]);
    assert_eq!(results.stored_lines(), 2);
    assert_ne!(results.curves_text(), first);
    place.write("blobs.csv", blobs(90));
    assert_eq!(place.experiment("e", &text, &[]).curves_text(), first);
    assert_eq!(results.stored_lines(), 2, "the first is still stored");
}

#[test]
fn a_variant_has_the_same_numbers_in_any_company() {
    let place = workplace();
    let all = place.experiment("all", &config("2", 6, &ALL), &[]);
    let mut places = ALL;
    places.reverse();
    let reversed = place.experiment("reversed", &config("2", 6, &places), &[]);
    for (index, (name, _)) in VARIANTS.iter().enumerate() {
        let alone = place.experiment(&format!("alone{index}"), &config("2", 6, &[index]), &[]);
        assert_eq!(numbers_of(&alone, name), numbers_of(&all, name), "{name} alone");
        assert_eq!(numbers_of(&reversed, name), numbers_of(&all, name), "{name} in reversed order");
    }
}

#[test]
fn variants_that_come_out_the_same_share_trials_and_have_a_row_each() {
    let place = workplace();
    let twin = "[[variants]]\nname = \"twin\"\nremedies.dropout = { input = 0.1, hidden = 0.40 }\n";
    let text = config("2", 4, &[0, 1]) + twin;
    let results = place.experiment("e", &text, &[]);
    assert_eq!(results.stored_lines(), 4);
    assert_eq!(results.trials().len(), 6);
    let unnamed = |variant| {
        results.curves_of(variant).into_iter().map(|mut row| {
            row.remove("variant");
            numbers(row)
        })
    };
    assert!(unnamed("twin").eq(unnamed("dropout")));
    let check = place.overfit(&["check", "e.toml"]).success();
    assert!(check.stderr.contains("'dropout' and 'twin' come out the same"), "{}", check.stderr);
}

#[test]
fn a_torn_last_line_is_one_trial_to_run_again() {
    let place = workplace();
    let text = config("2", 4, &[0, 1]);
    let results = place.experiment("e", &text, &[]);
    let curves = results.curves_text();
    for left in [1, 500] {
        let file = results.store_files().remove(0);
        let mut bytes = fs::read(&file).unwrap();
        let lines = bytes.iter().filter(|&&byte| byte == b'\n').count();
        let end = bytes.iter().rposition(|&byte| byte == b'\n').unwrap();
        let start = bytes[..end].iter().rposition(|&byte| byte == b'\n').map_or(0, |at| at + 1);
        bytes.truncate(start + left.min(end - start));
        fs::write(&file, &bytes).unwrap();
        place.experiment("e", &text, &[]);
        assert_eq!(results.curves_text(), curves);
        assert_eq!(results.stored_lines(), 4, "{lines} lines of a file less one, and one in a new file");
    }
}

#[test]
fn a_spoilt_line_is_told_and_run_again() {
    let place = workplace();
    let text = config("2", 4, &[0, 1]);
    let results = place.experiment("e", &text, &[]);
    let curves = results.curves_text();
    let file = results.store_files().remove(0);
    let spoilt = fs::read_to_string(&file).unwrap().replacen("\"seed\"", "\"sead\"", 1);
    fs::write(&file, spoilt).unwrap();
    let run = place.overfit(&["run", "e.toml", "--quiet"]).success();
    assert!(run.stderr.starts_with("warning:") && run.stderr.contains(".jsonl"), "{}", run.stderr);
    assert_eq!(results.curves_text(), curves);
}

/// Permutes the labels of the test rows of a CSV whose last two columns are `part` and the target.
fn with_other_test_labels(text: &str) -> String {
    let is_test = |line: &&str| line.split(',').rev().nth(1) == Some("test");
    let label = |line: &str| line.rsplit(',').next().unwrap().to_owned();
    let mut labels: Vec<String> = text.lines().filter(is_test).map(label).collect();
    labels.rotate_left(1);
    let mut labels = labels.into_iter();
    let changed = text.lines().map(|line| match is_test(&line) {
        true => format!("{},{}\n", line.rsplit_once(',').unwrap().0, labels.next().unwrap()),
        false => format!("{line}\n"),
    });
    changed.collect()
}

/// A CSV with a column `part` before the target, in which the first row is a test row.
fn with_parts(text: &str) -> String {
    let part = |row| ["test", "train", "train", "test", "validation", "train", "train"][row % 7];
    let line = |(row, line): (usize, &str)| {
        let (features, target) = line.rsplit_once(',').unwrap();
        if row == 0 {
            format!("{features},part,{target}\n")
        } else {
            format!("{features},{},{target}\n", part(row - 1))
        }
    };
    text.lines().enumerate().map(line).collect()
}

#[test]
fn the_labels_of_the_test_rows_decide_nothing() {
    for (task, data) in [("classification", blobs(120)), ("regression", waves(120))] {
        let place = Workplace::new();
        let parted = with_parts(&data);
        place.write("first.csv", &parted).write("second.csv", with_other_test_labels(&parted));
        let run = |name: &str| {
            let text = config("2", 12, &ALL).replace("blobs", name);
            place.experiment(name, &text.replace("[model]", "split = { column = \"part\" }\n[model]"), &[])
        };
        let (first, second) = (run("first"), run("second"));
        let mut differences = HashSet::new();
        for (file, first, second) in
            [("curves", first.curves(), second.curves()), ("trials", first.trials(), second.trials())]
        {
            assert_eq!(first.len(), second.len(), "{task}, rows of {file}.csv");
            for (first, second) in first.iter().zip(&second) {
                differences
                    .extend(first.iter().filter(|(key, cell)| second[*key] != **cell).map(|(key, _)| key.clone()));
            }
        }
        let may_differ = |key: &String| {
            key.contains("test") || key.contains("gap") || ["experiment", "seconds", "trial"].contains(&key.as_str())
        };
        let decided: Vec<&String> = differences.iter().filter(|key| !may_differ(key)).collect();
        assert!(decided.is_empty(), "{task}: the test labels change {decided:?}");
        assert!(differences.contains("test_loss"), "{task}: the labels were permuted");
    }
}

/// The share of the weights that are exactly 0.
fn zero_share(model: &Model) -> f64 {
    let values: Vec<f32> = weights(model).iter().flat_map(|tensor| tensor.values.clone()).collect();
    values.iter().filter(|&&value| value == 0.0).count() as f64 / values.len() as f64
}

#[test]
fn a_pruned_weight_stays_zero_under_any_optimizer_and_a_pruned_unit_leaves_the_saved_network() {
    for optimizer in ["sgd", "momentum", "nesterov", "rmsprop", "adam"] {
        let place = workplace();
        let text = format!(
            "seeds = 1\n[data]\npath = \"blobs.csv\"\n[model]\nhidden = [12, 8]\n[train]\nepochs = 8\noptimizer = \
             \"{optimizer}\"\n[remedies]\nweight_decay = 0.01\n[save]\nmodels = \"final\"\n\
             [[variants]]\nname = \"whole\"\n\
             [[variants]]\nname = \"weights\"\nremedies.prune = {{ ratio = 0.6, at_epoch = 3 }}\n\
             [[variants]]\nname = \"neurons\"\nremedies.prune = {{ ratio = 0.5, structure = \"neuron\", scope = \"layer\", at_epoch = 3 }}\n"
        );
        let results = place.experiment("e", &text, &[]);
        let shapes =
            |variant| weights(&results.model_of(variant)).iter().map(|t: &&Tensor| t.shape.clone()).collect::<Vec<_>>();
        assert_eq!(shapes("whole"), [[12, 5], [8, 12], [3, 8]]);
        assert_eq!(shapes("weights"), shapes("whole"));
        assert_eq!(shapes("neurons"), [[6, 5], [4, 6], [3, 4]], "{optimizer}");
        assert_eq!(zero_share(&results.model_of("whole")), 0.0, "{optimizer}");
        let share = zero_share(&results.model_of("weights"));
        assert!((share - 0.6).abs() < 0.5 / 180.0, "{optimizer}: {share} of the weights are 0");
    }
}

#[test]
fn a_deleted_model_is_written_again_and_nothing_else_is_trained() {
    let place = workplace();
    let text = config("2", 4, &[0, 1]) + "[save]\nmodels = \"final\"\n";
    let results = place.experiment("e", &text, &[]);
    let (curves, models) = (results.curves_text(), results.models());
    assert_eq!(models.len(), 4);
    let (path, before) = (&models[1], fs::read(&models[1]).unwrap());
    fs::remove_file(path).unwrap();
    place.experiment("e", &text, &[]);
    assert!(fs::read(path).unwrap() == before, "the same network again");
    assert_eq!((results.stored_lines(), results.curves_text()), (5, curves));
}

#[test]
fn asking_for_models_later_trains_those_trials_again_and_changes_no_figure() {
    let place = workplace();
    let text = config("2", 4, &[0, 3]);
    let results = place.experiment("e", &text, &[]);
    let curves = results.curves_text();
    assert!(results.models().is_empty());
    place.experiment("e", &text, &["--set", "save.models=final"]);
    assert_eq!((results.models().len(), results.curves_text()), (4, curves));
}

#[test]
fn a_saved_network_can_be_the_start_of_another_training() {
    let place = workplace();
    let text = config("1", 4, &[0]) + "[save]\nmodels = \"final\"\n";
    let first = place.experiment("first", &text, &[]);
    let file = first.models().remove(0);
    let second = text.replace("[train]", &format!("init = {{ file = \"{}\" }}\n[train]", file.display()));
    let second = place.experiment("second", &second, &[]);
    let (last, start) = (first.curves().pop().unwrap(), second.curves().remove(0));
    assert_eq!((last["epoch"].as_str(), start["epoch"].as_str()), ("4", "0"));
    assert_eq!((&last["train_loss"], &last["test_loss"]), (&start["train_loss"], &start["test_loss"]));
    assert_ne!(read_model(&file), read_model(&second.models()[0]), "the training went on");
}

#[cfg(unix)]
mod interrupted {
    use std::process::{Child, Command, Stdio};

    use super::*;

    /// So many trials that a test always comes in the middle.
    const SEEDS: usize = 150;

    fn start(place: &Workplace) -> Child {
        let mut command = place.command(&["run", "e.toml", "--quiet", "--jobs", "2"]);
        command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    }

    /// Waits until so many trials are stored, or the program ends by itself.
    fn wait_for(lines: usize, child: &mut Child, results: &Results) {
        while results.stored_lines() < lines && child.try_wait().unwrap().is_none() {
            sleep(Duration::from_millis(2));
        }
    }

    fn uninterrupted(text: &str) -> String {
        workplace().experiment("e", text, &[]).curves_text()
    }

    #[test]
    fn ctrl_c_keeps_what_is_finished_and_the_same_command_goes_on() {
        let text = config(&SEEDS.to_string(), 30, &[0, 6]);
        let place = workplace();
        place.write("e.toml", &text);
        let results = place.results("e");
        let mut child = start(&place);
        wait_for(3, &mut child, &results);
        assert!(Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap().success());
        let run = support::Run::from(child.wait_with_output().unwrap()).code(130);
        assert!(run.stderr.contains("interrupted"), "{}", run.stderr);
        let kept = results.stored_lines();
        assert!((3..SEEDS * 2).contains(&kept), "{kept} trials are kept");
        assert_eq!(results.trials().len(), kept, "what is finished is in the files already");
        let results = place.experiment("e", &text, &[]);
        assert_eq!(results.stored_lines(), SEEDS * 2, "no trial is trained twice");
        assert!(results.curves_text() == uninterrupted(&text), "the same bytes as without interruption");
    }

    #[test]
    fn a_kill_at_any_moment_loses_at_most_what_was_running() {
        let text = config(&SEEDS.to_string(), 30, &[0, 1]);
        let place = workplace();
        place.write("e.toml", &text);
        let results = place.results("e");
        let mut kept = 0;
        for more in [0, 1, 7, 30, 2] {
            let mut child = start(&place);
            wait_for(kept + more, &mut child, &results);
            assert!(child.try_wait().unwrap().is_none(), "still at work with {kept} trials");
            child.kill().unwrap();
            child.wait().unwrap();
            let now = results.stored_lines();
            assert!(now >= kept + more);
            kept = now;
        }
        let results = place.experiment("e", &text, &[]);
        assert_eq!(results.stored_lines(), SEEDS * 2, "no trial is trained twice");
        assert!(results.curves_text() == uninterrupted(&text), "the same bytes as without a kill");
        let left =
            fs::read_dir(&results.folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let left: Vec<String> = left.filter(|name| name.contains("tmp")).collect();
        assert!(left.is_empty(), "temporary files are left: {left:?}");
    }
}

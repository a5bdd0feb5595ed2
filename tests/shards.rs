//! One sweep in several parts: shards, machines of another vector width, folders that are joined, and what `merge`,
//! `status` and `report` say from the files alone.

mod support;

use std::fs;

use support::{Results, Workplace, blobs};

/// Two variants at two points, so that nothing is a multiple of anything; `extra` goes on top.
fn config(extra: &str) -> String {
    format!(
        "{extra}\nseeds = 3\n[data]\npath = \"blobs.csv\"\n[model]\nhidden = [12, 8]\n[train]\nepochs = 5\nbatch_size = 16\n\
         [[variants]]\nname = \"none\"\n[[variants]]\nname = \"dropout\"\nremedies.dropout = 0.3\n\
         [sweep.parameters]\n\"train.learning_rate\" = [0.003, 0.01]\n"
    )
}

const TRIALS: usize = 2 * 2 * 3;

fn workplace(extra: &str) -> Workplace {
    let place = Workplace::new();
    place.write("blobs.csv", blobs(60)).write("e.toml", config(extra));
    place
}

fn folder(place: &Workplace, name: &str) -> Results {
    Results { folder: place.path().join(name) }
}

/// Runs shard `index` of `count` into the folder `part<index>`.
#[track_caller]
fn shard(place: &Workplace, index: usize, count: usize) {
    let (shard, out) = (format!("{index}/{count}"), format!("part{index}"));
    place.overfit(&["run", "e.toml", "--quiet", "--shard", &shard, "--out", &out]).success();
}

#[test]
fn shards_of_any_number_merge_to_the_same_bytes() {
    let place = workplace("");
    place.overfit(&["run", "e.toml", "--quiet"]).success();
    let whole = place.results("e");
    for count in [1, 2, 3, 5, 13] {
        let place = workplace("");
        let parts: Vec<String> = (0..count).rev().map(|index| format!("part{index}")).collect();
        (0..count).for_each(|index| shard(&place, index, count));
        let sizes: Vec<usize> = parts.iter().map(|part| folder(&place, part).stored_lines()).collect();
        assert_eq!(sizes.iter().sum::<usize>(), TRIALS, "every trial is in one shard: {sizes:?}");
        assert!(sizes.iter().max().unwrap() - sizes.iter().min().unwrap() <= 1, "{sizes:?}");
        let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
        let run = place.overfit(&[&["merge", "--out", "all"], &parts[..]].concat()).success();
        assert!(run.stdout.contains("dropout"), "the comparison: {}", run.stdout);
        let all = folder(&place, "all");
        for file in ["curves.csv", "summary.csv"] {
            assert!(all.bytes(file) == whole.bytes(file), "{file} differs for {count} shards");
        }
        assert_eq!((all.store_files().len(), all.stored_lines()), (1, TRIALS));
    }
}

#[test]
fn a_shard_writes_what_is_derived_of_its_part() {
    let place = workplace("");
    let run = place.overfit(&["run", "e.toml", "--shard", "1/3"]).success();
    assert!(run.stderr.contains("shard 1/3: 4 of 12 trials"), "{}", run.stderr);
    assert_eq!(place.results("e").trials().len(), 4);
    let run = place.overfit(&["run", "e.toml", "--shard", "1/3"]).success();
    assert!(run.stderr.contains("4 trials, 4 stored already"), "{}", run.stderr);
}

#[test]
fn shards_in_one_folder_need_no_joining() {
    let place = workplace("");
    let whole = workplace("");
    whole.overfit(&["run", "e.toml", "--quiet"]).success();
    for shard in ["1/2", "0/2"] {
        place.overfit(&["run", "e.toml", "--quiet", "--shard", shard]).success();
    }
    assert!(place.results("e").bytes("curves.csv") == whole.results("e").bytes("curves.csv"));
    let store = place.results("e").store_files();
    place.overfit(&["merge", "results/e", "--quiet"]).success();
    assert_eq!(place.results("e").store_files(), store);
}

#[test]
fn missing_trials_are_listed_and_what_there_is_was_joined() {
    let place = workplace("");
    (0..2).for_each(|index| shard(&place, index, 3));
    let run = place.overfit(&["merge", "part0", "part1", "--out", "two"]).code(3);
    assert!(run.stderr.contains("error: 4 of 12 trials are missing in two:\n"), "{}", run.stderr);
    let listed =
        run.stderr.lines().filter(|line| line.contains(" learning_rate=0.0") && line.contains(" seed ")).count();
    assert_eq!(listed, 4, "{}", run.stderr);
    assert_eq!(folder(&place, "two").trials().len(), 8);
    // The rest may come later, into what was joined before.
    shard(&place, 2, 3);
    place.overfit(&["merge", "part2", "--out", "two", "--quiet"]).success();
    assert_eq!((folder(&place, "two").trials().len(), folder(&place, "two").stored_lines()), (12, 12));
    place.overfit(&["merge", "part0", "part0", "part2", "--out", "two", "--quiet"]).success();
    assert_eq!(folder(&place, "two").stored_lines(), 12, "nothing is joined twice");
}

/// Changes a number of the first stored trial, and gives that trial.
fn contradict(results: &Results) -> String {
    let file = results.store_files().remove(0);
    let text = fs::read_to_string(&file).unwrap();
    let (before, after) = text.split_once("\"nonzero_parameters\":").unwrap();
    fs::write(&file, format!("{before}\"nonzero_parameters\":9{after}")).unwrap();
    text.split("\"trial\":\"").nth(1).unwrap()[..20].to_owned()
}

#[test]
fn two_results_that_differ_are_an_error_that_names_them_and_nothing_is_written() {
    let place = workplace("");
    for part in ["a", "b"] {
        place.overfit(&["run", "e.toml", "--quiet", "--out", part]).success();
    }
    place.overfit(&["merge", "a", "b", "--out", "equal", "--quiet"]).success();
    let trial = contradict(&folder(&place, "b"));
    let run = place.overfit(&["merge", "a", "b", "--out", "all"]).code(4);
    for part in
        [&format!("trial {trial} has two results, "), "a/trials/", "b/trials/", ".jsonl:1", "nonzero_parameters is "]
    {
        assert!(run.stderr.contains(part), "no {part} in {}", run.stderr);
    }
    assert!(run.stdout.is_empty() && !place.path().join("all").exists());

    // In one folder neither is chosen either, whatever the command; training both again puts it right.
    for file in folder(&place, "b").store_files() {
        fs::copy(&file, place.path().join("a/trials").join(file.file_name().unwrap())).unwrap();
    }
    for arguments in [&["run", "e.toml", "--out", "a"][..], &["report", "a"], &["merge", "a"], &["status", "a"]] {
        let run = place.overfit(arguments).code(4);
        assert!(run.stderr.contains(&trial), "{arguments:?}: {}", run.stderr);
    }
    place.overfit(&["run", "e.toml", "--quiet", "--out", "a", "--fresh"]).success();
    place.overfit(&["merge", "a", "--quiet"]).success();
}

#[test]
fn only_parts_of_one_experiment_are_joined() {
    let place = workplace("");
    place.overfit(&["run", "e.toml", "--quiet", "--out", "a"]).success();
    let others = [
        ("--set=name=other", "found name = \"e\" and \"other\""),
        ("--set=seeds=4", "found seeds = 3 and 4"),
        ("--set=train.epochs=4", "found train.epochs = 5 and 4"),
        (
            "--set=sweep.parameters.'train.learning_rate'=[0.003]",
            "found sweep.parameters.\"train.learning_rate\" = [0.003, 0.01] and [0.003]",
        ),
        ("--set=variants.1.name=x", "found variants = [\"none\", \"dropout\"] and [\"none\", \"x\"]"),
    ];
    for (index, (set, message)) in others.into_iter().enumerate() {
        let out = format!("b{index}");
        place.overfit(&["run", "e.toml", "--quiet", "--out", &out, set]).success();
        let run = place.overfit(&["merge", "a", &out, "--out", "all"]).code(2);
        assert!(run.stderr.contains(message), "{set}: {}", run.stderr);
    }
    place.write("blobs.csv", blobs(61)).overfit(&["run", "e.toml", "--quiet", "--out", "c"]).success();
    let run = place.overfit(&["merge", "a", "c", "--out", "all"]).code(2);
    assert!(run.stderr.contains("found data with other content"), "{}", run.stderr);
    let resolved = String::from_utf8(folder(&place, "a").bytes("experiment.toml")).unwrap();
    fs::create_dir(place.path().join("later")).unwrap();
    fs::write(place.path().join("later/experiment.toml"), resolved.replace("semantics = 2", "semantics = 3")).unwrap();
    let run = place.overfit(&["merge", "a", "later", "--out", "all"]).code(2);
    let said = "a (12 stored trials of semantics 2) and later (0 stored trials of semantics 3) must be of versions";
    assert!(run.stderr.contains(said), "{}", run.stderr);
    assert!(!place.path().join("all").exists());
}

#[test]
fn a_machine_of_another_vector_width_joins_with_the_same_bytes() {
    let place = workplace("");
    place.overfit(&["run", "e.toml", "--quiet"]).success();
    for (index, kernels) in ["scalar", "avx2", "avx512"].into_iter().enumerate() {
        // Every trial on two of the machines: where they differed, merge would end with 4.
        let (shard, out) = (format!("{index}/3"), format!("part{index}"));
        let next = format!("{}/3", (index + 1) % 3);
        for shard in [shard, next] {
            let arguments = ["run", "e.toml", "--quiet", "--shard", &shard, "--out", &out];
            let output = place.command(&arguments).env("OVERFIT_KERNELS", kernels).output().unwrap();
            assert!(output.status.success(), "{kernels}: {}", String::from_utf8_lossy(&output.stderr));
        }
    }
    place.overfit(&["merge", "part0", "part1", "part2", "--out", "all", "--quiet"]).success();
    assert!(folder(&place, "all").bytes("curves.csv") == place.results("e").bytes("curves.csv"));
}

#[test]
fn networks_are_joined_too() {
    let place = workplace("save.models = \"final\"");
    place.overfit(&["run", "e.toml", "--quiet"]).success();
    (0..2).for_each(|index| shard(&place, index, 2));
    place.overfit(&["merge", "part0", "part1", "--out", "all", "--quiet"]).success();
    let (whole, all) = (place.results("e").models(), folder(&place, "all").models());
    assert_eq!((whole.len(), all.len()), (TRIALS, TRIALS));
    for (one, other) in whole.iter().zip(&all) {
        assert_eq!(one.file_name(), other.file_name());
        assert!(fs::read(one).unwrap() == fs::read(other).unwrap());
    }
}

#[test]
fn the_files_alone_say_what_is_done() {
    let place = workplace("save.models = \"final\"");
    place.write("more + test.csv", blobs(30));
    place.overfit(&["run", "e.toml", "--quiet", "--set", "seeds=1", "--out", "first"]).success();
    // Initial weights and separate test data are in the identities, and needed no more.
    let weights = folder(&place, "first").models().remove(0);
    fs::copy(weights, place.path().join("w.safetensors")).unwrap();
    let set = ["--set", "model.init={ file = \"w.safetensors\" }", "--set", "data.test_path=more + test.csv"];
    place.overfit(&[&["run", "e.toml", "--quiet", "--shard", "0/2"][..], &set].concat()).success();
    let curves = place.results("e").bytes("curves.csv");
    for file in ["e.toml", "blobs.csv", "more + test.csv", "w.safetensors", "results/e/curves.csv"] {
        fs::remove_file(place.path().join(file)).unwrap();
    }
    fs::rename(place.path().join("results/e"), place.path().join("moved")).unwrap();

    let csv = place.overfit(&["status", "moved", "--format", "csv"]).success().stdout;
    assert_eq!(csv.lines().next(), Some("experiment,variant,trials,done,failed,missing"));
    let done: usize = csv.lines().skip(1).map(|line| line.split(',').nth(3).unwrap().parse::<usize>().unwrap()).sum();
    assert_eq!(done, TRIALS / 2, "{csv}");
    let json = place.overfit(&["status", "moved", "--format", "json"]).success().stdout;
    assert_eq!(json.matches("\"trial\":").count(), TRIALS / 2, "each missing trial is named: {json}");
    place.overfit(&["report", "moved", "--quiet"]).success();
    assert!(folder(&place, "moved").bytes("curves.csv") == curves);
    let run = place.overfit(&["merge", "moved", "--out", "deep/er/joined", "--quiet"]).code(3);
    assert!(run.stderr.contains("6 of 12 trials are missing"), "{}", run.stderr);
    assert!(folder(&place, "deep/er/joined").bytes("curves.csv") == curves);
    place.overfit(&["status", "deep/er/joined"]).success();
}

#[test]
fn trials_of_other_settings_and_other_data_are_said_and_kept() {
    let place = workplace("");
    place.overfit(&["run", "e.toml", "--quiet"]).success();
    let run = place.overfit(&["run", "e.toml", "--set", "train.epochs=4"]).success();
    assert!(
        run.stderr.contains("12 stored trials belong to other settings or seeds: kept, not shown\n"),
        "{}",
        run.stderr
    );
    place.write("blobs.csv", blobs(61));
    let run = place.overfit(&["run", "e.toml", "--quiet"]).success();
    let said = "warning: 24 stored trials belong to other data than there is now: kept, not shown";
    assert!(run.stderr.contains(said), "{}", run.stderr);
    assert_eq!((place.results("e").stored_lines(), place.results("e").trials().len()), (36, 12));
    let status = place.overfit(&["status", "results/e"]).success().stdout;
    assert!(status.contains("24 stored trials belong to other data"), "{status}");
    // Back again, and nothing is trained.
    place.write("blobs.csv", blobs(60)).overfit(&["run", "e.toml", "--quiet"]).success();
    assert_eq!(place.results("e").stored_lines(), 36);
}

#[test]
fn trials_of_another_meaning_of_settings_are_said() {
    let place = workplace("");
    place.overfit(&["run", "e.toml", "--quiet"]).success();
    let file = place.results("e").store_files().remove(0);
    let text = fs::read_to_string(&file).unwrap();
    // As a later version would have stored them, under identities of its own.
    let later = text.replace("\"semantics\":2", "\"semantics\":3").replace("\"trial\":\"", "\"trial\":\"x");
    fs::write(&file, later).unwrap();
    let run = place.overfit(&["run", "e.toml", "--quiet"]).success();
    let said = "warning: 12 stored trials belong to another version's meaning of settings: kept, not shown";
    assert!(run.stderr.contains(said), "{}", run.stderr);
}

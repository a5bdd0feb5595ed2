//! What may go wrong while a sweep runs, tried for real: killed, interrupted, without space, in a folder that cannot be
//! written, with a spoilt store, side by side with itself, with trials that crash or diverge. After each, the same command
//! comes to the bytes of a run that nothing disturbed, and leaves nothing half-written.
#![cfg(unix)]

mod support;

use std::fs;
use std::io::Write;
use std::process::Child;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use overfit::experiment::{Contents, Experiment, Overrides};
use overfit::lab::{Budget, Event, Job, Library, Store, Sweep, Wanted, Watch};
use support::processes::{files_below, moment, shell, shell_with_mounts, signal, start, wait, wait_until};
use support::{Noise, Results, Workplace, blobs};

/// Variants: plain, with a remedy that draws numbers, one that stops early, and one whose loss is soon no longer finite.
const VARIANTS: usize = 4;

/// A config of short trials, each a few milliseconds.
fn config(seeds: usize, epochs: usize) -> String {
    format!(
        "seeds = {seeds}\n[data]\npath = \"blobs.csv\"\n[model]\nhidden = [12, 8]\n[train]\nepochs = {epochs}\n\
         batch_size = 16\nlearning_rate = 0.01\noptimizer = \"sgd\"\n[[variants]]\nname = \"none\"\n\
         [[variants]]\nname = \"dropout\"\nremedies.dropout = 0.3\n\
         [[variants]]\nname = \"stopped early\"\nremedies.early_stopping = {{ patience = 3, min_delta = 1 }}\n\
         [[variants]]\nname = \"diverges\"\ntrain.learning_rate = 1e20\n"
    )
}

fn workplace(seeds: usize, epochs: usize) -> Workplace {
    let place = Workplace::new();
    place.write("blobs.csv", blobs(60)).write("e.toml", config(seeds, epochs));
    place
}

/// Most tests use this many seeds and epochs.
const SEEDS: usize = 10;
const EPOCHS: usize = 20;

/// `curves.csv` of a run that nothing disturbed.
fn undisturbed() -> &'static str {
    static CURVES: OnceLock<String> = OnceLock::new();
    CURVES.get_or_init(|| curves_of(SEEDS, EPOCHS))
}

fn curves_of(seeds: usize, epochs: usize) -> String {
    let place = workplace(seeds, epochs);
    place.overfit(RUN).success();
    place.results("e").curves_text()
}

const RUN: &[&str] = &["run", "e.toml", "--quiet", "--jobs", "2"];

/// The same command once more goes well, gives these bytes, and leaves nothing half-written.
#[track_caller]
fn comes_to(place: &Workplace, curves: &str) -> Results {
    place.overfit(RUN).success();
    let results = place.results("e");
    assert!(results.curves_text() == curves, "curves.csv has other bytes than after an undisturbed run");
    let left: Vec<String> = files_below(&results.folder).into_iter().filter(|path| path.contains(".tmp")).collect();
    assert!(left.is_empty(), "left behind: {left:?}");
    results
}

#[test]
fn fifty_kills_at_random_moments_change_no_byte() {
    const KILLS: usize = 50;
    /// A little longer than it takes to start, train some trials, and, once all are done, to write all files.
    const LONGEST: Duration = Duration::from_millis(60);
    /// Where the machine is too busy for that, the moments come later and later.
    const PATIENCE: f64 = 1.1;
    let seeds = 120;
    // Larger networks and more rows, so that many of the kills come before all are trained.
    let config = config(seeds, EPOCHS).replace("[12, 8]", "[64, 64]");
    let place = workplace(seeds, EPOCHS);
    place.write("blobs.csv", blobs(300)).write("e.toml", &config);
    place.overfit(&[RUN, &["--out", "whole"]].concat()).success();
    let curves = Results { folder: place.path().join("whole") }.curves_text();
    let seed = std::env::var("OVERFIT_FAULTS_SEED").ok().and_then(|seed| seed.parse().ok());
    let seed: u64 = seed.unwrap_or_else(|| u64::from(std::process::id()));
    println!("moments of the kills: OVERFIT_FAULTS_SEED={seed}");
    let mut noise = Noise::new(seed);
    let results = place.results("e");
    let (mut kills, mut kept, mut hits, mut longest) = (0, 0, 0, LONGEST);
    while kills < KILLS {
        let mut child = start(&place, RUN);
        std::thread::sleep(moment(&mut noise, longest));
        if child.try_wait().unwrap().is_some() {
            wait(child).success();
        } else {
            child.kill().unwrap();
            child.wait().unwrap();
            kills += 1;
        }
        let now = results.stored_lines();
        assert!(now >= kept, "seed {seed}: after {kills} kills {now} trials are stored, and were {kept}");
        match now > kept {
            true => hits += 1,
            false if now < VARIANTS * seeds => longest = longest.mul_f64(PATIENCE),
            false => {}
        }
        kept = now;
        // It is written once all trials are done, and whole or not at all.
        if results.folder.join("curves.csv").exists() {
            assert!(results.curves_text() == curves, "seed {seed}: curves.csv differs after {kills} kills");
        }
    }
    assert!(hits >= 3, "seed {seed}: only {hits} of {kills} came while trials were trained");
    println!("{hits} of {kills} kills came while trials were trained");
    let results = comes_to(&place, &curves);
    assert_eq!(results.stored_lines(), VARIANTS * seeds, "seed {seed}: no trial that was stored is trained again");
}

/// A run that takes hours, once it trains.
fn long_run(place: &Workplace) -> Child {
    let mut child =
        start(place, &["run", "e.toml", "--jobs", "2", "--progress", "json", "--set", "train.epochs=10000000"]);
    let folder = place.results("e").folder.join("trials");
    // Its file in the store is made just before the first trial begins.
    wait_until(&mut child, || folder.exists() && !files_below(&folder).is_empty());
    assert!(child.try_wait().unwrap().is_none(), "it has ended");
    child
}

#[test]
fn ctrl_c_and_sigterm_end_running_trials_and_keep_what_is_finished() {
    for name in ["INT", "TERM"] {
        let place = workplace(SEEDS, EPOCHS);
        let mut child = start(&place, RUN);
        let results = place.results("e");
        wait_until(&mut child, || results.stored_lines() >= 3);
        signal(&child, name);
        let run = wait(child).code(130);
        assert!(run.stderr.contains("interrupted: what was finished is stored"), "{name}: {}", run.stderr);
        let kept = results.stored_lines();
        assert!(kept >= 3, "{kept}");
        assert_eq!(results.trials().len(), kept, "{name}: what is finished is in the files already");
        let results = comes_to(&place, undisturbed());
        assert_eq!(results.stored_lines(), VARIANTS * SEEDS, "{name}: no trial is trained twice");
    }
}

#[test]
fn a_trial_of_hours_is_given_up_at_once() {
    let place = workplace(1, EPOCHS);
    let child = long_run(&place);
    signal(&child, "TERM");
    wait(child).code(130);
}

#[test]
fn a_second_signal_ends_at_once() {
    let place = workplace(1, EPOCHS);
    let child = long_run(&place);
    // Both are there when it goes on: it has no time to end by itself in between.
    for name in ["STOP", "INT", "TERM", "CONT"] {
        signal(&child, name);
    }
    let run = wait(child).code(130);
    assert!(run.stderr.ends_with("\"exit_code\":130}\n"), "{}", run.stderr);
    assert!(!place.results("e").folder.join("curves.csv").exists(), "it took its time: {}", run.stderr);
    comes_to(&place, &curves_of(1, EPOCHS));
}

#[test]
fn a_signal_before_anything_is_trained_ends_at_once_and_is_said() {
    for name in ["INT", "TERM"] {
        let place = workplace(1, EPOCHS);
        assert_eq!(shell(&place, "rm blobs.csv; mkfifo blobs.csv").code, Some(0));
        let child = start(&place, &["run", "e.toml", "--progress", "json"]);
        // Opens once the program reads at the other end, where it waits for more.
        let mut data = fs::OpenOptions::new().write(true).open(place.path().join("blobs.csv")).unwrap();
        data.write_all(b"a,b,class\n").unwrap();
        signal(&child, name);
        let run = wait(child).code(130);
        assert!(
            run.stderr.starts_with("{\"event\":\"interrupted\",") && run.stderr.lines().count() == 1,
            "{}",
            run.stderr
        );
        assert!(!place.results("e").folder.exists(), "{name}");
    }
}

#[test]
fn a_full_disk_is_said_and_what_was_stored_before_counts() {
    let place = workplace(SEEDS, EPOCHS);
    let script = "mkdir disk && mount -t tmpfs -o size=100k none disk || exit 9
        \"$0\" run e.toml --quiet --jobs 2 --out disk/e; echo \"exit $?\" >&2
        echo \"kept $(cat disk/e/trials/*.jsonl | wc -l)\" >&2
        mount -o remount,size=50m disk || exit 9
        \"$0\" run e.toml --quiet --jobs 2 --out disk/e || exit 8
        ls -A disk/e >&2
        cat disk/e/curves.csv";
    let Some(run) = shell_with_mounts(&place, script) else { return };
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert!(run.stderr.contains("No space left on device") && run.stderr.contains("exit 1\n"), "{}", run.stderr);
    assert!(run.stderr.contains("disk/e/trials/"), "the file is named: {}", run.stderr);
    assert!(!run.stderr.contains("kept 0\n") && !run.stderr.contains(".tmp"), "{}", run.stderr);
    assert!(run.stdout == undisturbed(), "curves.csv differs");
}

#[test]
fn a_disk_that_is_full_before_the_derived_files_are_written_keeps_the_old_ones() {
    let place = workplace(SEEDS, EPOCHS);
    // Nothing is left to train, so that the first file to be written is a derived one.
    let script = "mkdir disk && mount -t tmpfs -o size=50m none disk || exit 9
        \"$0\" run e.toml --quiet --jobs 2 --out disk/e || exit 8
        cat disk/e/* > before 2> /dev/null; ls -A disk/e >&2
        dd if=/dev/zero of=disk/full bs=4k 2> /dev/null
        \"$0\" run e.toml --quiet --out disk/e; echo \"exit $?\" >&2
        \"$0\" report disk/e --quiet; echo \"exit $?\" >&2
        cat disk/e/* > after 2> /dev/null; cmp before after || exit 7
        ls -A disk/e >&2
        rm disk/full; \"$0\" report disk/e --quiet || exit 6
        cat disk/e/curves.csv";
    let Some(run) = shell_with_mounts(&place, script) else { return };
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert_eq!(run.stderr.matches("exit 1\n").count(), 2, "{}", run.stderr);
    assert_eq!(run.stderr.matches("error: cannot write disk/e/").count(), 2, "{}", run.stderr);
    assert!(!run.stderr.contains(".tmp"), "{}", run.stderr);
    assert!(run.stdout == undisturbed(), "curves.csv differs");
}

#[test]
fn a_limit_on_the_length_of_files_is_said_and_what_was_stored_before_counts() {
    let place = workplace(SEEDS, EPOCHS);
    // In blocks of 512 or 1024 bytes, as the shell has it: room for some trials of about three kilobytes.
    let script = "trap '' XFSZ; ulimit -f 24; exec \"$0\" run e.toml --quiet --jobs 2";
    let mut kept = 0;
    for _ in 0..3 {
        let run = shell(&place, script).code(1);
        assert!(run.stderr.contains("cannot write the finished trials into results/e/trials/"), "{}", run.stderr);
        let now = place.results("e").stored_lines();
        assert!(now > kept, "{now} trials are stored, {kept} before");
        kept = now;
    }
    let results = comes_to(&place, undisturbed());
    assert_eq!(results.stored_lines(), VARIANTS * SEEDS, "no trial is trained twice");
}

#[test]
fn a_folder_that_cannot_be_written_is_said_before_anything_is_trained() {
    let place = workplace(SEEDS, EPOCHS);
    fs::create_dir_all(place.results("e").folder).unwrap();
    fs::write(place.results("e").folder.join("trials"), "a file").unwrap();
    let run = place.overfit(RUN).code(1);
    assert!(run.stderr.contains("results/e/trials"), "{}", run.stderr);

    let script = "mkdir disk && mount -t tmpfs -o size=50m none disk || exit 9
        \"$0\" run e.toml --quiet --seeds 1 --out disk/e || exit 8
        mount -o remount,ro disk || exit 9
        for i in 1 2; do
            \"$0\" run e.toml --progress json --jobs 2 --seeds $i --out disk/e; echo \"exit $?\" >&2
        done
        \"$0\" run e.toml --out disk/other; echo \"exit $?\" >&2
        \"$0\" report disk/e; echo \"exit $?\" >&2
        \"$0\" status disk/e --format csv || exit 7";
    let Some(run) = shell_with_mounts(&place, script) else { return };
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert_eq!(run.stderr.matches("exit 1\n").count(), 4, "{}", run.stderr);
    assert_eq!(run.stderr.matches("Read-only file system").count(), 4, "{}", run.stderr);
    assert!(!run.stderr.contains("trial_started"), "{}", run.stderr);
    assert!(run.stdout.contains("e,none,1,1,0,0\n"), "the status needs to write nothing: {}", run.stdout);
}

#[test]
fn a_store_that_was_cut_anywhere_is_completed() {
    let place = workplace(SEEDS, EPOCHS);
    let mut noise = Noise::new(3);
    for _ in 0..8 {
        let results = comes_to(&place, undisturbed());
        let file = results.store_files().into_iter().max_by_key(|file| fs::metadata(file).unwrap().len()).unwrap();
        let mut bytes = fs::read(&file).unwrap();
        bytes.truncate(((noise.draw() + 1.0) / 2.0 * bytes.len() as f64) as usize);
        fs::write(&file, bytes).unwrap();
    }
    let results = comes_to(&place, undisturbed());
    assert_eq!(results.stored_lines(), VARIANTS * SEEDS, "only what was lost is trained again");
}

#[test]
fn a_line_of_garbage_is_named_and_its_trial_run_again() {
    let place = workplace(SEEDS, EPOCHS);
    let results = comes_to(&place, undisturbed());
    let file = results.store_files().remove(0);
    let bytes = fs::read(&file).unwrap();
    let second = 1 + bytes.iter().position(|&byte| byte == b'\n').unwrap();
    for garbage in [&b"\xff\xfe\x00"[..], b"}\n{", b""] {
        // What was run again in the round before does not stand in for it.
        results.store_files().iter().filter(|other| **other != file).for_each(|other| fs::remove_file(other).unwrap());
        let mut spoilt = bytes.clone();
        spoilt.splice(second + 10..second + 40, garbage.iter().copied());
        fs::write(&file, spoilt).unwrap();
        let run = place.overfit(RUN).success();
        assert!(run.stderr.starts_with("warning: ") && run.stderr.contains("line 2"), "{}", run.stderr);
        let name = file.strip_prefix(place.path()).unwrap().display().to_string();
        assert!(run.stderr.contains(&format!(" of {name} cannot be read (")), "{}", run.stderr);
        comes_to(&place, undisturbed());
    }
}

#[test]
fn a_record_of_a_later_format_is_named_and_its_trial_run_again() {
    let place = workplace(SEEDS, EPOCHS);
    let results = comes_to(&place, undisturbed());
    let file = results.store_files().remove(0);
    let later = fs::read_to_string(&file).unwrap().replacen("{\"format\":1,", "{\"format\":2,", 1);
    fs::write(&file, later).unwrap();
    let run = place.overfit(RUN).success();
    assert!(run.stderr.contains("warning: line 1 of results/e/trials/"), "{}", run.stderr);
    assert!(
        run.stderr.contains(".jsonl cannot be read (of format 2, which a later version writes, this one reads 1)"),
        "{}",
        run.stderr
    );
    comes_to(&place, undisturbed());
}

#[test]
fn processes_on_one_folder_share_the_work() {
    let seeds = 20;
    let place = workplace(seeds, EPOCHS);
    // Trials that take longer than a look at what the other has stored.
    let config = config(seeds, 5 * EPOCHS).replace("[12, 8]", "[64, 64]");
    place.write("blobs.csv", blobs(300)).write("e.toml", config);
    let children: Vec<Child> = (0..2).map(|_| start(&place, RUN)).collect();
    for child in children {
        wait(child).success();
    }
    let results = place.results("e");
    let curves = results.curves_text();
    let (trained, trials) = (results.stored_lines(), VARIANTS * seeds);
    assert!(trained >= trials && trained < trials * 3 / 2, "{trained} of {trials} trials were trained");
    comes_to(&place, &curves);
    place.overfit(&[RUN, &["--out", "alone"]].concat()).success();
    assert!(curves == Results { folder: place.path().join("alone") }.curves_text());
}

#[test]
fn the_same_shard_twice_at_once_does_no_harm() {
    let place = workplace(SEEDS, EPOCHS);
    let shards = ["0/2", "1/2", "1/2", "0/2"];
    let children: Vec<Child> = shards.iter().map(|shard| start(&place, &[RUN, &["--shard", shard]].concat())).collect();
    for child in children {
        wait(child).success();
    }
    assert!(place.results("e").curves_text() == undisturbed(), "whichever ended last wrote what all have stored");
    place.overfit(&["merge", "results/e", "--quiet"]).success();
    comes_to(&place, undisturbed());
}

#[test]
fn a_fresh_run_beside_another_loses_nothing() {
    let place = workplace(SEEDS, EPOCHS);
    comes_to(&place, undisturbed());
    let children = [start(&place, &[RUN, &["--fresh"]].concat()), start(&place, &[RUN, &["--fresh"]].concat())];
    for child in children {
        wait(child).success();
    }
    comes_to(&place, undisturbed());
}

#[test]
fn a_fresh_run_that_ends_half_way_leaves_every_trial_stored() {
    let place = workplace(SEEDS, EPOCHS);
    let results = comes_to(&place, undisturbed());
    for name in ["INT", "KILL"] {
        let known = results.store_files();
        let mut child = start(&place, &[RUN, &["--fresh"]].concat());
        wait_until(&mut child, || results.stored_lines_beside(&known) >= 3);
        signal(&child, name);
        child.wait().unwrap();
        let run = place.overfit(&["status", "results/e", "--format", "csv"]).success();
        assert!(run.stdout.contains("e,none,10,10,0,0\n"), "{name}: {}", run.stdout);
        assert!(results.curves_text() == undisturbed(), "{name}");
    }
    let before = results.stored_lines();
    assert_eq!(comes_to(&place, undisturbed()).stored_lines(), before, "nothing is left to train");
}

/// Runs the config's trials in this process; the trial of that place in the plan panics after its first epoch.
fn run_with_a_panic_in(place: &Workplace, panics: usize) -> usize {
    let experiment = Experiment::load(&place.path().join("e.toml"), &Overrides::default()).unwrap();
    let library = Library::read(experiment.cells.iter().map(|cell| &*cell.settings.data)).unwrap();
    let dataset = library.datasets().next().unwrap();
    let mut contents = Contents::default();
    contents.add_dataset(&experiment.cells[0].settings.data, dataset.hash());
    let job = |trial: overfit::experiment::Trial| Job {
        id: trial.id.to_string(),
        dataset: Arc::clone(dataset),
        settings: Arc::clone(&experiment.cells[trial.cell].settings),
        seed: trial.seed,
        fold: trial.fold,
        save_model: false,
    };
    let jobs: Vec<Job> = experiment.trials(&contents).map(job).collect();
    let folder = place.results("e").folder;
    let wanted = Wanted { results: &folder, fresh: false, failed: false, models: false };
    let watch = Watch::new(Store::open(&folder).unwrap(), wanted);
    let never = AtomicBool::new(false);
    let sweep = Sweep {
        watch: &watch,
        cores: 1,
        fail_fast: false,
        budget: &Budget::default(),
        cancelled: &never,
        profile: None,
    };
    let running = AtomicBool::new(false);
    let tally = sweep.run(&jobs, &|event| match event {
        Event::Started { job, .. } => running.store(job == panics, std::sync::atomic::Ordering::Relaxed),
        Event::Epoch { epoch: 1, .. } if running.load(std::sync::atomic::Ordering::Relaxed) => panic!("no luck"),
        _ => {}
    });
    tally.unwrap().failed
}

#[test]
fn a_trial_that_panics_is_recorded_and_tried_again_when_asked() {
    let place = workplace(SEEDS, EPOCHS);
    assert_eq!(run_with_a_panic_in(&place, 7), 1);
    let run = place.overfit(RUN).success();
    assert!(
        run.stderr.contains("warning: 1 trial failed in an earlier run; --retry-failed trains it again"),
        "{}",
        run.stderr
    );
    let results = place.results("e");
    assert_eq!(results.trials().iter().filter(|row| row["status"] == "failed").count(), 1);
    let status = place.overfit(&["status", "results/e"]).success().stdout;
    assert!(status.contains("none seed 7 failed: panicked: no luck"), "{status}");
    place.overfit(&[RUN, &["--retry-failed"]].concat()).success();
    comes_to(&place, undisturbed());
    assert_eq!(results.stored_lines(), VARIANTS * SEEDS + 1, "the failed trial alone is trained again");
}

#[test]
fn a_diverged_trial_is_a_result() {
    let place = workplace(SEEDS, EPOCHS);
    let results = comes_to(&place, undisturbed());
    let of = |variant: &str| {
        results
            .trials()
            .into_iter()
            .filter(|row| row["variant"] == variant)
            .map(|row| row["status"].clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(of("diverges"), vec!["diverged"; SEEDS]);
    assert_eq!(of("stopped early"), vec!["stopped_early"; SEEDS]);
    assert_eq!(of("none"), vec!["ok"; SEEDS]);
}

//! Comparisons that can be believed: variants that are equal are called equal, and `overfit compare` gives published figures.

mod support;

use std::fmt::Write;
use std::fs;

use overfit::analysis::{Overlap, Score, paired_difference};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use support::overfit;

/// The experiments of a simulation.
const EXPERIMENTS: usize = 1000;
/// Of 1,000 experiments 5% are 50 ± 6.9: three deviations above it.
const MOST_DIFFERENT: usize = 70;

/// A source of normal numbers.
struct Dice(ChaCha8Rng);

impl Dice {
    fn new(seed: u64) -> Self {
        Self(ChaCha8Rng::seed_from_u64(seed))
    }

    /// Box and Muller's.
    fn normal(&mut self) -> f64 {
        let (radius, angle): (f64, f64) = (self.0.random(), self.0.random());
        (-2.0 * (1.0 - radius).ln()).sqrt() * (2.0 * std::f64::consts::PI * angle).cos()
    }

    fn shuffle(&mut self, rows: &mut [usize]) {
        for last in (1..rows.len()).rev() {
            rows.swap(last, self.0.random_range(0..=last));
        }
    }
}

/// Rows of a task with two classes and two sets of features, either of which tells as much.
struct Task {
    labels: Vec<bool>,
    /// For each set, for each row.
    features: [Vec<[f64; 3]>; 2],
}

impl Task {
    fn draw(rows: usize, dice: &mut Dice) -> Self {
        let labels: Vec<bool> = (0..rows).map(|row| row % 2 == 0).collect();
        let mut row = |label: &bool| [(); 3].map(|()| dice.normal() + if *label { 0.6 } else { 0.0 });
        let mut features = || labels.iter().map(&mut row).collect();
        let features = [features(), features()];
        Self { labels, features }
    }

    /// The accuracy of a nearest-mean classifier that sees one of the sets of features.
    fn accuracy(&self, set: usize, train: &[usize], test: &[usize]) -> f64 {
        let features = &self.features[set];
        let centre = |class: bool| {
            let rows: Vec<&usize> = train.iter().filter(|&&row| self.labels[row] == class).collect();
            [0, 1, 2].map(|at| rows.iter().map(|&&row| features[row][at]).sum::<f64>() / rows.len() as f64)
        };
        let (yes, no) = (centre(true), centre(false));
        let far = |row: usize, centre: &[f64; 3]| -> f64 {
            features[row].iter().zip(centre).map(|(x, c)| (x - c) * (x - c)).sum()
        };
        let hits = test.iter().filter(|&&row| (far(row, &yes) < far(row, &no)) == self.labels[row]).count();
        hits as f64 / test.len() as f64
    }

    /// Scores of both over some splits.
    fn scores(&self, splits: &[(Vec<usize>, Vec<usize>)], of: impl Fn(usize) -> (u64, u32)) -> [Vec<Score>; 2] {
        [0, 1].map(|set| {
            let split = |(at, (train, test)): (usize, &(Vec<usize>, Vec<usize>))| {
                let (seed, fold) = of(at);
                Score { seed, fold, value: self.accuracy(set, train, test) }
            };
            splits.iter().enumerate().map(split).collect()
        })
    }
}

/// In how many experiments two equal variants are called different, and in how many a test that ignores the overlap does so.
fn called_different(seed: u64, overlap: Overlap, mut draw: impl FnMut(&mut Dice) -> [Vec<Score>; 2]) -> [usize; 2] {
    let mut dice = Dice::new(seed);
    let mut counts = [0; 2];
    for _ in 0..EXPERIMENTS {
        let [a, b] = draw(&mut dice);
        for (count, overlap) in counts.iter_mut().zip([overlap, Overlap::None]) {
            *count += usize::from(paired_difference(&a, &b, overlap).unwrap().p_value.is_some_and(|p| p < 0.05));
        }
    }
    counts
}

#[test]
fn equal_variants_on_overlapping_holdout_splits_are_seldom_called_different() {
    const ROWS: usize = 100;
    let overlap = Overlap::Resampled { test_per_train: 0.25 };
    let [corrected, naive] = called_different(1, overlap, |dice| {
        let task = Task::draw(ROWS, dice);
        let splits: Vec<_> = (0..10)
            .map(|_| {
                let mut rows: Vec<usize> = (0..ROWS).collect();
                dice.shuffle(&mut rows);
                (rows[20..].to_vec(), rows[..20].to_vec())
            })
            .collect();
        task.scores(&splits, |at| (at as u64, 0))
    });
    println!("hold-out: {corrected} of {EXPERIMENTS} called different, by a plain t-test {naive}");
    assert!(corrected <= MOST_DIFFERENT, "{corrected}");
    assert!(naive > 2 * MOST_DIFFERENT, "the splits of this simulation hardly overlap: {naive}");
}

#[test]
fn equal_variants_on_folds_are_seldom_called_different() {
    const ROWS: usize = 100;
    let [corrected, _] = called_different(2, Overlap::Folds { test_per_train: 1.0 / 9.0 }, |dice| {
        let task = Task::draw(ROWS, dice);
        let mut rows: Vec<usize> = (0..ROWS).collect();
        dice.shuffle(&mut rows);
        let fold = |fold: usize| {
            let test = rows[fold * 10..(fold + 1) * 10].to_vec();
            (rows.iter().copied().filter(|row| !test.contains(row)).collect(), test)
        };
        task.scores(&(0..10).map(fold).collect::<Vec<_>>(), |at| (0, at as u32))
    });
    println!("ten folds: {corrected} of {EXPERIMENTS} called different");
    assert!(corrected <= MOST_DIFFERENT, "{corrected}");
}

/// Scores of a variant in five folds, all the same whatever the seed but for a little noise: `seeds` of them.
#[test]
fn many_seeds_on_the_same_folds_are_not_taken_for_many_resamples() {
    let (folds, seeds) = (5, 20);
    // The difference of a fold is the same for all seeds, up to a little noise; those of folds correlate by 1/5.
    let mut draw = |dice: &mut Dice| {
        let shared = 0.2_f64.sqrt() * dice.normal();
        let of_fold: Vec<f64> = (0..folds).map(|_| shared + 0.8_f64.sqrt() * dice.normal()).collect();
        let places: Vec<(u64, u32)> =
            (0..seeds).flat_map(|seed| (0..folds as u32).map(move |fold| (seed, fold))).collect();
        let score = |&(seed, fold): &(u64, u32), value| Score { seed, fold, value };
        let own = places.iter().map(|place| score(place, of_fold[place.1 as usize] + 0.1 * dice.normal())).collect();
        [own, places.iter().map(|place| score(place, 0.0)).collect()]
    };
    let [by_fold, _] = called_different(3, Overlap::Folds { test_per_train: 0.25 }, &mut draw);
    let [by_trial, _] = called_different(3, Overlap::Resampled { test_per_train: 0.25 }, &mut draw);
    println!("five folds x 20 seeds: {by_fold} of {EXPERIMENTS} called different, were each trial to count {by_trial}");
    assert!((30..=MOST_DIFFERENT).contains(&by_fold), "{by_fold}");
    assert!(by_trial > 2 * MOST_DIFFERENT, "{by_trial}");
}

#[test]
fn correlated_differences_are_called_different_in_one_of_twenty() {
    // The model that the correction is exact for: differences of splits correlate by n_test/(n_test + n_train).
    let [corrected, _] = called_different(4, Overlap::Resampled { test_per_train: 0.25 }, |dice| {
        let shared = 0.2_f64.sqrt() * dice.normal();
        let score = |seed, value| Score { seed, fold: 0, value };
        let own = (0..10).map(|seed| score(seed, shared + 0.8_f64.sqrt() * dice.normal())).collect();
        [own, (0..10).map(|seed| score(seed, 0.0)).collect()]
    });
    println!("correlated differences: {corrected} of {EXPERIMENTS} called different");
    assert!((30..=MOST_DIFFERENT).contains(&corrected), "{corrected}");
}

/// The JSON that `overfit compare` prints of a CSV.
fn compare(text: &str, options: &[&str]) -> serde_json::Value {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("scores.csv");
    fs::write(&path, text).unwrap();
    let arguments = [&["compare", path.to_str().unwrap(), "--format", "json"], options].concat();
    serde_json::from_str(&overfit(&arguments).success().stdout).unwrap()
}

/// How the differences of an experiment without any true one are drawn.
struct Plan {
    /// How far the differences of two trials correlate.
    correlation: f64,
    /// For each trial seed and fold.
    places: Vec<(u64, u32)>,
    /// Whether the trials of a fold have one difference, up to a little noise.
    shares_folds: bool,
    variants: usize,
    counts: &'static str,
}

/// In how many of the experiments of one scores.csv any variant is called different, after Holm's correction.
fn any_called_different(plan: &Plan, options: &[&str]) -> usize {
    let mut dice = Dice::new(11);
    let mut text = "experiment,variant,seed,fold,n_train,n_test,test_accuracy\n".to_owned();
    for experiment in 0..EXPERIMENTS {
        for variant in 0..plan.variants {
            let shared = plan.correlation.sqrt() * dice.normal();
            let mut draw = || shared + (1.0 - plan.correlation).sqrt() * dice.normal();
            let by_fold: Vec<f64> = (0..plan.places.len()).map(|_| draw()).collect();
            for (at, (seed, fold)) in plan.places.iter().enumerate() {
                let own = if plan.shares_folds { by_fold[*fold as usize] + 0.1 * dice.normal() } else { by_fold[at] };
                let score = 0.8 + 0.02 * own;
                writeln!(text, "e{experiment},v{variant},{seed},{fold},{},{score}", plan.counts).unwrap();
            }
        }
    }
    let found = compare(&text, options);
    let is_different = |row: &serde_json::Value| row["p_adjusted"].as_f64().is_some_and(|p| p < 0.05);
    let experiments = found["experiments"].as_array().unwrap().iter();
    experiments.filter(|found| found["comparisons"].as_array().unwrap().iter().any(is_different)).count()
}

#[test]
fn equal_variants_in_a_table_of_scores_are_called_different_in_one_of_twenty() {
    let by_seed = |seeds: u64| (0..seeds).map(|seed| (seed, 0)).collect::<Vec<_>>();
    let folds = |seeds: u64| (0..seeds).flat_map(|seed| (0..10).map(move |fold| (seed, fold))).collect::<Vec<_>>();
    let holdout = Plan { correlation: 0.2, places: by_seed(10), shares_folds: false, variants: 2, counts: "80,20" };
    let kfold = Plan { correlation: 0.1, places: folds(1), shares_folds: false, variants: 2, counts: "90,10" };
    let plans = [
        ("hold-out", Plan { variants: 2, ..holdout }, &[][..]),
        ("hold-out, four remedies", Plan { variants: 5, places: by_seed(10), ..holdout }, &[]),
        ("one test set", Plan { correlation: 0.0, places: by_seed(8), ..holdout }, &["--resampling", "fixed"]),
        ("ten folds", Plan { variants: 2, ..kfold }, &[]),
        ("ten folds, shared by five seeds", Plan { places: folds(5), shares_folds: true, ..kfold }, &[]),
        ("ten folds of each of five seeds", Plan { places: folds(5), ..kfold }, &["--resampling", "kfold"]),
    ];
    for (name, plan, options) in plans {
        let different = any_called_different(&plan, options);
        println!("{name}: {different} of {EXPERIMENTS} called different");
        assert!((25..=MOST_DIFFERENT).contains(&different), "{name}: {different}");
    }
}

fn close(found: &serde_json::Value, expected: f64, tolerance: f64) {
    let number = found.as_f64().unwrap_or_else(|| panic!("{found} is no number"));
    assert!((number - expected).abs() <= tolerance, "{found}, expected {expected}");
}

#[test]
fn scores_of_six_data_sets_give_the_published_figures() {
    let rows = [
        [".90", ".92", ".91", ".89"],
        [".80", ".84", ".82", ".79"],
        [".70", ".73", ".74", ".69"],
        [".95", ".96", ".94", ".93"],
        [".60", ".66", ".63", ".61"],
        [".85", ".88", ".86", ".84"],
    ];
    let mut text = "experiment,variant,seed,test_accuracy\n".to_owned();
    for (set, row) in rows.iter().enumerate() {
        row.iter().enumerate().for_each(|(at, score)| writeln!(text, "s{set},v{at},0,{score}").unwrap());
    }
    let found = compare(&text, &["--baseline", "v0"]);
    for (variant, rank) in [("v0", 3.0), ("v1", 1.166_667), ("v2", 2.0), ("v3", 3.833_333)] {
        close(&found["average_ranks"][variant], rank, 1e-6);
    }
    close(&found["friedman"]["chi_square"], 14.6, 1e-9);
    close(&found["friedman"]["p_value"], 0.002_192_4, 5e-8);
    close(&found["iman_davenport"]["f"], 21.4706, 5e-5);
    close(&found["iman_davenport"]["p_value"], 1.103e-5, 5e-9);
    close(&found["nemenyi_cd"], 1.9148, 5e-5);
    // SciPy: stats.wilcoxon([.02, .04, .03, .01, .06, .03], zero_method="zsplit").pvalue, times 3 for Holm.
    close(&found["comparisons"][1]["p_value"], 0.03125, 1e-9);
    close(&found["comparisons"][1]["p_adjusted"], 0.09375, 1e-9);
}

#[test]
fn verdicts_of_planted_scores_stand_in_the_json() {
    let mut text =
        "experiment,variant,seed,n_train,n_test,train_accuracy,test_accuracy,nonzero_parameters\n".to_owned();
    let wobble = [0.4, -0.9, 0.1, 0.8, -0.3, -0.6, 0.7, -0.2];
    // Train, test, spread of the difference, parameters.
    let planted = [
        ("base", 0.99, 0.80, 0.0, 100),
        ("better", 0.97, 0.86, 0.01, 100),
        ("underfits", 0.80, 0.795, 0.01, 100),
        ("worse", 0.99, 0.70, 0.01, 100),
        ("pruned", 0.99, 0.801, 0.002, 40),
        ("noisy", 0.99, 0.81, 0.05, 100),
    ];
    for (variant, train, test, spread, size) in planted {
        for (seed, wobble) in wobble.iter().enumerate() {
            let shared = 0.01 * (seed % 3) as f64;
            writeln!(
                text,
                "d,{variant},{seed},80,20,{},{},{size}",
                train + 0.001 * wobble,
                test + shared + spread * wobble
            )
            .unwrap();
        }
    }
    let found = compare(&text, &[]);
    let verdicts: Vec<&str> =
        (found["comparisons"].as_array().unwrap().iter()).map(|row| row["verdict"].as_str().unwrap_or("-")).collect();
    assert_eq!(
        verdicts,
        [
            "-",
            "generalises better",
            "smaller gap only because it learns less",
            "worse",
            "same accuracy, smaller network",
            "can't tell"
        ]
    );
    assert_eq!(found["comparisons"][5]["reason"], "no number of seeds can show it");
}

#[test]
fn a_folder_of_results_and_wrong_input_are_told_apart() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().to_str().unwrap();
    assert!(overfit(&["compare", path]).code(2).stderr.contains("found no trials.csv in it"));
    let trials = "experiment,variant,seed,fold,status,test_accuracy,n_train,n_test\n\
                  toy,none,0,0,ok,0.5,80,20\ntoy,none,1,0,ok,0.6,80,20\ntoy,dropout,0,0,ok,0.6,80,20\ntoy,dropout,1,0,ok,0.8,80,20\n";
    fs::write(folder.path().join("trials.csv"), trials).unwrap();
    assert!(overfit(&["compare", path]).success().stdout.contains("toy (a split per seed, n_test/n_train 0.250)"));
    let wrong = overfit(&["compare", path, "--baseline", "nothing"]).code(2);
    let expected = "--baseline must be a variant, found \"nothing\"\nthere are:\n  \"none\", \"dropout\"\n";
    assert!(wrong.stderr.contains(expected), "{}", wrong.stderr);
    assert!(overfit(&["compare", path, "--rope", "-1"]).code(2).stderr.contains("must be a number from 0"));
    assert!(overfit(&["compare", path, "--metric", "f1"]).code(2).stderr.contains("must have a column \"f1\""));
}

//! Strategies: which points a sweep has.

use std::collections::BTreeSet;

use super::resolution::reloaded;
use super::{Experiment, Lab, contents, errors, experiment, ids};

/// Variant, swept values and shared point of every cell.
fn cells(experiment: &Experiment) -> Vec<(usize, Vec<String>, usize)> {
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    experiment
        .cells
        .iter()
        .map(|cell| (cell.variant, cell.swept.iter().map(text).collect(), cell.shared_point))
        .collect()
}

/// A baseline that sweeps nothing of its own, and a variant with an axis.
const RANDOM: &str = "\
    [[variants]]\nname = 'none'\n[[variants]]\nname = 'dropout'\n\
    sweep.'remedies.dropout.hidden' = { min = 0.1, max = 0.9 }\n\
    [sweep]\nstrategy = 'random'\npoints = 6\n[sweep.parameters]\n\
    'train.learning_rate' = { min = 1e-4, max = 1e-1, scale = 'log' }\n'train.batch_size' = { min = 4, max = 64 }\n";

#[test]
fn random_points_are_reproducible_and_of_their_ranges() {
    let experiment = experiment(RANDOM);
    assert_eq!(experiment.axes, ["train.learning_rate", "train.batch_size", "remedies.dropout.hidden"]);
    assert_eq!(ids(&experiment), ids(&super::experiment(RANDOM)));
    for cell in &experiment.cells {
        let train = &cell.settings.train;
        assert!((1e-4..=1e-1).contains(&train.learning_rate));
        let texts = cell.swept.iter().flatten();
        texts.for_each(|text| {
            assert!(text.trim_start_matches(['0', '.']).len() <= 4, "{text} has more than four digits")
        });
        let batch: u64 = cell.swept[1].as_ref().unwrap().parse().unwrap();
        assert!((4..=64).contains(&batch), "a whole number");
    }
    let other = super::experiment(&RANDOM.replace("points = 6", "points = 6\nseed = 1"));
    assert_ne!(ids(&experiment), ids(&other));
}

#[test]
fn all_variants_have_the_same_shared_points() {
    let cells = cells(&experiment(RANDOM));
    let of = |variant| cells.iter().filter(move |cell| cell.0 == variant);
    let shared = |variant| of(variant).map(|cell| (cell.1[..2].to_vec(), cell.2)).collect::<Vec<_>>();
    assert_eq!((shared(0).len(), shared(0)), (6, shared(1)));
    let own: BTreeSet<&String> = of(1).map(|cell| &cell.1[2]).collect();
    assert_eq!(own.len(), 6, "its own values differ from point to point");
    assert!(of(0).all(|cell| cell.1[2].is_empty()));
}

#[test]
fn more_points_only_add_points_and_another_axis_changes_no_other() {
    let few = cells(&experiment(RANDOM));
    let many = cells(&experiment(&RANDOM.replace("points = 6", "points = 20")));
    assert_eq!((few[..6].to_vec(), few[6..].to_vec()), (many[..6].to_vec(), many[20..26].to_vec()));
    let wider = cells(&experiment(&format!("{RANDOM}'model.activation' = ['relu', 'tanh']")));
    let rates = |cells: &[(usize, Vec<String>, usize)]| cells.iter().map(|cell| cell.1[0].clone()).collect::<Vec<_>>();
    assert_eq!(rates(&few), rates(&wider));
}

#[test]
fn equal_draws_are_one_point_and_lists_are_drawn_from_evenly() {
    let text = "sweep.strategy = 'random'\nsweep.points = 300\nsweep.parameters.'train.batch_size' = [1, 2, 4]";
    assert_eq!(cells(&experiment(text)).len(), 3);
    let two = format!("{text}\nsweep.parameters.'train.epochs' = {{ min = 1, max = 1000000 }}");
    let drawn = cells(&experiment(&two));
    for value in ["1", "2", "4"] {
        let share = drawn.iter().filter(|cell| cell.1[0] == value).count();
        assert!((70..=130).contains(&share), "{share} of 300");
    }
}

#[test]
fn own_axes_alone_leave_the_baseline_one_point_to_compare_all_with() {
    let text = "[[variants]]\nname = 'none'\n[[variants]]\nname = 'l2'\nsweep.'remedies.l2' = { min = 1e-6, max = 1, \
                scale = 'log' }\n[sweep]\nstrategy = 'random'\npoints = 5";
    let cells = cells(&experiment(text));
    assert_eq!(
        cells.iter().map(|cell| (cell.0, cell.2)).collect::<Vec<_>>(),
        [(0, 0), (1, 0), (1, 0), (1, 0), (1, 0), (1, 0)]
    );
}

/// A grid of 2 x 2 shared points, and of 2 for the second variant.
const GRID: &str = "\
    [[variants]]\nname = 'none'\n[[variants]]\nname = 'dropout'\nsweep.'remedies.dropout.hidden' = [0.1, 0.5]\n\
    [sweep.parameters]\n'train.learning_rate' = [0.1, 0.2]\n'train.batch_size' = [8, 16]\n[sweep]\n";

#[test]
fn what_is_excluded_is_left_out_and_keeps_the_others_in_place() {
    let all = cells(&experiment(GRID));
    let some =
        cells(&experiment(&format!("{GRID}exclude = [{{ 'train.learning_rate' = 0.10, 'train.batch_size' = 16 }}]")));
    let expected: Vec<_> = all.iter().filter(|cell| cell.1[..2] != ["0.1", "16"]).cloned().collect();
    assert_eq!((some.len(), some), (9, expected));
    let own = cells(&experiment(&format!("{GRID}exclude = [{{ remedies.dropout.hidden = 0.5 }}]")));
    assert_eq!(own.len(), 8, "a variant that does not sweep the key keeps all");
}

#[test]
fn included_shared_values_are_a_point_of_every_variant() {
    let text = format!("{GRID}include = [{{ 'train.learning_rate' = 3, train.batch_size = 'full' }}]");
    let cells = cells(&experiment(&text));
    assert_eq!(cells.len(), 12 + 3);
    let added: Vec<_> = cells.iter().filter(|cell| cell.2 == 4).map(|cell| (cell.0, cell.1.join(" "))).collect();
    assert_eq!(added, [(0, "3 full ".to_owned()), (1, "3 full 0.1".to_owned()), (1, "3 full 0.5".to_owned())]);
}

#[test]
fn included_own_values_are_a_point_at_all_shared_values_or_at_those_that_are_named() {
    let of = |item: &str| cells(&experiment(&format!("{GRID}include = [{{ {item} }}]")));
    let own = of("'remedies.dropout.hidden' = 0.9");
    assert_eq!(own.iter().filter(|cell| cell.1[2] == "0.9").map(|cell| cell.2).collect::<Vec<_>>(), [0, 1, 2, 3]);
    let both = of("'remedies.dropout.hidden' = 0.9, 'train.learning_rate' = 3, 'train.batch_size' = 32");
    let added: Vec<_> = both.iter().filter(|cell| cell.2 == 4).map(|cell| (cell.0, cell.1.join(" "))).collect();
    assert_eq!(added, [(0, "3 32 ".to_owned()), (1, "3 32 0.9".to_owned())], "with something to compare it with");
    assert_eq!(of("'train.learning_rate' = 0.1, 'train.batch_size' = 8").len(), 12, "what is there is there once");
}

#[test]
fn included_points_do_not_change_what_is_drawn() {
    let item = "include = [{ 'train.learning_rate' = 0.5, 'train.batch_size' = 5 }]\n[sweep.parameters]";
    let with = cells(&experiment(&RANDOM.replace("[sweep.parameters]", item)));
    let without = cells(&experiment(RANDOM));
    assert_eq!((with.len(), &with[..6], &with[7..13]), (14, &without[..6], &without[6..]));
    assert_eq!((with[6].2, with[13].2), (6, 6));
}

/// Nine points that are halved twice.
const HALVING: &str = "train.epochs = 90\n[[variants]]\nname = 'none'\n[[variants]]\nname = 'longer'\ntrain.epochs = 180\n\
    [sweep]\nstrategy = 'halving'\npoints = 9\n[sweep.parameters]\n'train.learning_rate' = { min = 1e-4, max = 1, scale = 'log' }\n";

#[test]
fn under_halving_each_point_is_a_cell_on_every_rung() {
    let experiment = experiment(HALVING);
    assert_eq!(experiment.axes, ["train.learning_rate", "train.epochs"]);
    let rungs =
        |variant: usize| experiment.rungs[variant].iter().map(|rung| (rung.epochs, rung.points)).collect::<Vec<_>>();
    assert_eq!((rungs(0), rungs(1)), (vec![(10, 9), (30, 3), (90, 1)], vec![(20, 9), (60, 3), (180, 1)]));
    assert_eq!(experiment.cells.len(), 2 * 9 * 3);
    let second = &experiment.cells[4];
    assert_eq!(
        (second.point, second.rung, second.settings.train.epochs, second.swept[1].as_deref()),
        (1, 1, 30, Some("30"))
    );
    assert!(
        experiment.is_sequential() && experiment.is_last_rung(&experiment.cells[5]) && !experiment.is_last_rung(second)
    );
}

#[test]
fn the_last_rung_has_the_trials_of_a_random_sweep() {
    let full = ids(&experiment(&HALVING.replace("halving", "random")));
    let halving = experiment(HALVING);
    let contents = contents(&halving);
    let all = halving.trials(&contents);
    let last = all.filter(|trial| halving.is_last_rung(&halving.cells[trial.cell])).map(|trial| trial.id.to_string());
    assert_eq!(last.collect::<Vec<_>>(), full);
}

#[test]
fn a_resolved_sweep_has_the_same_trials_in_the_same_order() {
    let tables =
        "[sweep.parameters]\n'train.optimizer' = [{ kind = 'sgd' }, { kind = 'adam' }]\n'train.batch_size' = [8, 16]\n";
    let singles = format!(
        "{GRID}include = [{{ remedies.dropout = {{ hidden = 0.7 }} }}]\n\
         exclude = [{{ 'train.batch_size' = 8, 'remedies.dropout.hidden' = 0.1 }}]"
    );
    for text in [RANDOM, HALVING, tables, &singles] {
        let lab = Lab::new("a.toml", &format!("data.path = 'a.csv'\n{text}"));
        let first = lab.load(&[]).unwrap();
        let results = lab.folder.path().join("results/a");
        let second =
            reloaded(&results, &first.resolved_toml(&results, &contents(&first), crate::data::Task::Regression, &[]));
        assert_eq!((&first.axes, cells(&first)), (&second.axes, cells(&second)), "{text}");
        assert_eq!(ids(&first), ids(&second));
        assert_eq!(first.rungs, second.rungs);
    }
}

#[test]
fn json_sweeps_as_toml_does() {
    let json = r#"{"data": {"path": "a.csv"}, "sweep": {"strategy": "random", "points": 3, "parameters":
        {"train.learning_rate": {"min": 1e-4, "max": 0.1, "scale": "log"}},
        "include": [{"train.learning_rate": 0.5}], "exclude": [{"train.learning_rate": 0.003162}]}}"#;
    let text = Lab::new("a.json", json).load(&[]).unwrap_err();
    assert_eq!(text, "sweep.exclude.0 must match a point, found none (a.json:3)");
    let json = json.replace(r#", "exclude": [{"train.learning_rate": 0.003162}]"#, "");
    assert_eq!(Lab::new("a.json", &json).load(&[]).unwrap().cells.len(), 4);
}

#[test]
fn what_makes_no_sweep_is_refused() {
    for (text, message) in [
        ("sweep.points = 3", "sweep.points goes with the strategy random or halving, found grid (wide.toml:2)"),
        ("sweep.eta = 3", "sweep.eta goes with the strategy halving, found grid (wide.toml:2)"),
        (
            "sweep.strategy = 'random'\nsweep.parameters.'train.epochs' = [1]",
            "sweep.points must be given: how many points are drawn for each variant (wide.toml:2)",
        ),
        (
            "sweep.strategy = 'random'\nsweep.points = 3",
            "sweep.strategy random must have keys to sweep, found none in sweep.parameters and in the sweep of any variant \
             (wide.toml:2)",
        ),
        (
            "sweep.strategy = 'random'\nsweep.points = 3\nsweep.parameters.'train.epochs' = { min = 1, max = 9, points = 3 }",
            "sweep.parameters.\"train.epochs\" must have no points where sweep.points says how many are drawn (wide.toml:4)",
        ),
        (
            "sweep.strategy = 'random'\nsweep.points = 3\nsweep.parameters.'train.epochs' = { min = 1.2, max = 1.8 }",
            "sweep.parameters.\"train.epochs\" must hold a whole number, found none between min and max (wide.toml:4)",
        ),
        (
            "sweep.strategy = 'random'\nsweep.points = 900000\nvariants = [{ name = 'a' }, { name = 'b' }]\n\
             sweep.parameters.'train.epochs' = [1]",
            "sweep.points must be at most 1000000 for all variants together, found 900000 each (wide.toml:3)",
        ),
        (
            "sweep.strategy = 'halving'\nsweep.parameters.'train.epochs' = [10, 20]",
            "train.epochs must not be swept under halving, which sets train.epochs of each rung itself (wide.toml:3)",
        ),
        (
            "sweep.strategy = 'halving'\nsweep.parameters.'data.split.folds' = [3, 5]",
            "data.split.folds must not be swept under halving, which ranks points by figures of the same rows: variants may \
             have other data (wide.toml:3)",
        ),
        (
            "sweep.strategy = 'halving'\ntrain.epochs = 2\nsweep.parameters.'train.batch_size' = [10, 20]",
            "train.epochs must be at least eta (3) under halving, found 2 (wide.toml:3)",
        ),
        (
            "sweep.strategy = 'halving'\nsweep.min_epochs = 60\nsweep.parameters.'train.batch_size' = [10, 20]",
            "sweep.min_epochs must leave room for a rung of eta times the epochs: at most 33 where train.epochs is 100 and eta \
             3, found 60 (wide.toml:3)",
        ),
        (
            "sweep.include = [{ 'train.epoch' = 3 }]\nsweep.parameters.'train.epochs' = [10, 20]",
            "unknown key sweep.include.0.\"train.epoch\", did you mean train.epochs? (wide.toml:2; allowed: train.epochs)",
        ),
        (
            "sweep.exclude = [{}]\nsweep.parameters.'train.epochs' = [10, 20]",
            "sweep.exclude.0 must hold a value of a swept key, found an empty table (wide.toml:2)",
        ),
        (
            "sweep.exclude = [{ train.epochs = 30 }]\nsweep.parameters.'train.epochs' = [10, 20]",
            "sweep.exclude.0 must match a point, found none (wide.toml:2)",
        ),
        (
            "sweep.exclude = [{ train.epochs = 10 }]\nsweep.parameters.'train.epochs' = [10]",
            "sweep.exclude must leave a point of each variant, found none of \"base\" (wide.toml:2)",
        ),
        (
            "sweep.include = [{ train.epochs = 30 }]\nsweep.parameters.'train.epochs' = [10]\n\
             sweep.parameters.'train.batch_size' = [8]",
            "sweep.include.0 must say a value of train.batch_size too, which are swept together (wide.toml:2)",
        ),
        (
            "sweep.include = [{ train.epochs = 'x' }]\nsweep.parameters.'train.epochs' = [10]",
            "train.epochs must be a whole number from 1 to 10000000, found \"x\" (wide.toml:2)",
        ),
    ] {
        assert_eq!(errors(text), message, "{text}");
    }
}

/// What is wrong with a random sweep that draws and leaves out points, once the command line has changed it.
fn changed(set: &[&str]) -> String {
    let text = "data.path = 'a.csv'\n[sweep]\nstrategy = 'random'\npoints = 4\nseed = 7\n\
                exclude = [{ 'train.batch_size' = 2 }]\n[sweep.parameters]\n'train.batch_size' = [1, 2, 4]\n\
                'train.learning_rate' = { min = 1e-4, max = 1e-1, scale = 'log' }";
    Lab::new("a.toml", text).load(set).unwrap_err()
}

#[test]
fn one_mistake_gives_one_error() {
    for (set, message) in [
        (&["sweep.points=0"], "sweep.points must be a whole number from 1 to 1000000, found 0 (--set sweep.points=0)"),
        (
            &["sweep.strategy=hyperband"],
            "sweep.strategy must be grid, random or halving, found \"hyperband\" (--set sweep.strategy=hyperband)",
        ),
        (
            &["sweep.strategy=grid"],
            "sweep.points and sweep.seed go with the strategy random or halving, found grid (a.toml:4; --set \
             sweep.strategy=grid)",
        ),
        (&["sweep.eta=4"], "sweep.eta goes with the strategy halving, found random (--set sweep.eta=4)"),
    ] {
        assert_eq!(changed(set), message);
    }
}

#[test]
fn too_many_points_are_blamed_on_where_they_stand() {
    let message = changed(&["sweep.points=900000", "variants=[{ name = 'a' }, { name = 'b' }]"]);
    assert_eq!(
        message,
        "sweep.points must be at most 1000000 for all variants together, found 900000 each (--set sweep.points=900000)"
    );
}

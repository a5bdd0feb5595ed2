//! Every way to split, by example; and what holds for all of them.

use proptest::prelude::*;

use super::super::fixtures::{File, dataset, of_classes, settings};
use super::*;

fn split_settings(change: impl FnOnce(&mut SplitSettings)) -> SplitSettings {
    let mut settings = settings(std::path::Path::new("x.csv")).split;
    change(&mut settings);
    settings
}

fn sizes(split: &Split) -> (usize, usize, usize) {
    (split.train.len(), split.validation.len(), split.test.len())
}

#[test]
fn the_default_is_a_fifth_for_the_test_and_a_fifth_for_validation() {
    let classes: Vec<u32> = (0..50).map(|row| row % 2).collect();
    let data = of_classes(&classes);
    let parts = split(&data, &split_settings(|_| ()), 0, 0);
    assert_eq!(sizes(&parts), (30, 10, 10));
    assert_eq!(data.class_counts(parts.test.iter().copied()), [5, 5]);
    assert_eq!(data.class_counts(parts.validation.iter().copied()), [5, 5]);
}

#[test]
fn shares_are_rounded_half_to_even() {
    assert_eq!((share_of(25, Some(0.1)), share_of(35, Some(0.1)), share_of(10, None)), (2, 4, 2));
}

#[test]
fn every_seed_splits_anew_unless_the_split_has_a_seed() {
    let data = of_classes(&(0..100).map(|row| row % 2).collect::<Vec<_>>());
    let free = split_settings(|_| ());
    assert_eq!((data_seed(&data, &free, 1), data_seed(&data, &free, 2)), (1, 2));
    assert_ne!(split(&data, &free, 1, 0), split(&data, &free, 2, 0));
    assert_eq!(split(&data, &free, 1, 0), split(&data, &free, 1, 0));
    assert_eq!(data_seed(&data, &split_settings(|s| s.seed = Some(7)), 1), 7);
    assert_eq!(data_seed(&data, &split_settings(|s| s.folds = Some(5)), 1), 0);
}

#[test]
fn a_split_column_is_taken_at_its_word() {
    let file = File::new("x.csv", "a,part,y\n1,train,p\n2,TEST,q\n3,Val,p\n4,valid,q\n5,training,q\n");
    let data = file.read(|s| s.split.column = Some("part".into())).unwrap().dataset;
    let parts = split(&data, &split_settings(|s| s.column = Some("part".into())), 9, 0);
    assert_eq!(parts, Split { train: vec![0, 4], validation: vec![2, 3], test: vec![1] });
}

#[test]
fn a_test_file_is_the_test_part_and_validation_comes_from_the_other() {
    let file = File::new("x.csv", (0..10).fold("a,y\n".to_owned(), |csv, row| csv + &format!("{row},{}.5\n", row % 3)));
    let test = file.beside("t.csv", "y,a\n0.5,7\n1.5,8\n");
    let data = file.read(|s| s.test_path = Some(test)).unwrap().dataset;
    let parts = split(&data, &split_settings(|_| ()), 0, 0);
    assert_eq!((parts.train.len(), parts.validation.len(), parts.test), (8, 2, vec![10, 11]));
}

#[test]
fn folds_of_one_repeat_test_every_row_once_and_repeats_differ() {
    let data = of_classes(&(0..23).map(|row| row % 2).collect::<Vec<_>>());
    let settings = split_settings(|s| (s.folds, s.repeats) = (Some(5), 2));
    let parts: Vec<Split> = (0..10).map(|fold| split(&data, &settings, 0, fold)).collect();
    for repeat in parts.chunks(5) {
        let mut tested: Vec<usize> = repeat.iter().flat_map(|part| part.test.clone()).collect();
        tested.sort_unstable();
        assert_eq!(tested, (0..23).collect::<Vec<_>>());
    }
    assert_ne!(parts[0].test, parts[5].test);
    // 18 or 19 rows outside the test part, a fifth of them for validation.
    assert!(parts.iter().all(|part| part.validation.len() == 4));
}

#[test]
fn small_classes_go_where_they_are_needed_most_with_a_warning() {
    let classes: Vec<u32> = (0..40).map(|row| row % 2).chain([2, 3, 3]).collect();
    let data = of_classes(&classes);
    for (settings, fold) in [(split_settings(|_| ()), 0), (split_settings(|s| s.folds = Some(4)), 0)] {
        let parts = split(&data, &settings, 0, fold);
        assert!(parts.train.contains(&40), "the only row of its class trains");
        assert!(!parts.validation.contains(&41) && !parts.validation.contains(&42));
    }
    let parts = split(&data, &split_settings(|_| ()), 0, 0);
    assert_eq!(parts.test.iter().filter(|&&row| row > 40).count(), 1);
    let warnings = warnings(&data, &split_settings(|_| ()));
    assert!(warnings[0].ends_with("classes of 'class' with one row, which is for training: 'c0002'"), "{warnings:?}");
    assert!(warnings[1].ends_with("for training and test, none for validation: 'c0003'"), "{warnings:?}");
}

#[test]
fn a_regression_is_split_without_classes() {
    let data = dataset(&(0..20).fold("a,y\n".to_owned(), |csv, row| csv + &format!("{row},{row}.5\n")));
    assert_eq!(sizes(&split(&data, &split_settings(|s| s.validation = Some(0.0)), 0, 0)), (16, 0, 4));
}

#[test]
fn where_the_shares_leave_less_than_a_row_for_each_class_validation_gives_way() {
    let classes: Vec<u32> = [vec![0; 14], vec![1; 3], vec![2; 3]].concat();
    let data = of_classes(&classes);
    let settings = split_settings(|s| (s.test, s.validation) = (Some(0.45), Some(0.45)));
    let parts = split(&data, &settings, 0, 0);
    // Nine rows each would leave two for three classes.
    assert_eq!(sizes(&parts), (3, 8, 9));
    assert_eq!(data.class_counts(parts.train.iter().copied()), [1, 1, 1]);
}

proptest! {
    /// The shares leave three rows of ten for training, one row at least of each class, so that none has to give way.
    #[test]
    fn parts_are_disjoint_complete_and_stratified(
        counts in prop::collection::vec(3usize..40, 2..6),
        test in 0.1..0.35f64,
        validation in 0.0..0.35f64,
        seed in 0u64..1000,
        folds in prop::option::of(2u32..5),
    ) {
        let classes: Vec<u32> = counts.iter().enumerate().flat_map(|(class, &count)| vec![class as u32; count]).collect();
        let data = of_classes(&classes);
        let settings = split_settings(|s| {
            (s.test, s.validation, s.folds) = (folds.is_none().then_some(test), Some(validation), folds);
        });
        let parts = split(&data, &settings, seed, 1.min(folds.unwrap_or(1) - 1));
        let mut all = [parts.train.clone(), parts.validation.clone(), parts.test.clone()].concat();
        all.sort_unstable();
        prop_assert_eq!(all, (0..classes.len()).collect::<Vec<_>>());
        let mut shared_out = classes.len();
        match folds {
            Some(_) => shared_out -= parts.test.len(),
            None => prop_assert_eq!(parts.test.len(), share_of(shared_out, Some(test))),
        }
        prop_assert_eq!(parts.validation.len(), share_of(shared_out, Some(validation)));
        let tested = data.class_counts(parts.test.iter().copied());
        let validated = data.class_counts(parts.validation.iter().copied());
        let trained = data.class_counts(parts.train.iter().copied());
        for class in 0..counts.len() {
            let share = parts.test.len() as f64 * counts[class] as f64 / classes.len() as f64;
            // Dealt folds are even to one row on either side.
            let allowed = if folds.is_some() { 2.0 } else { 1.0 };
            prop_assert!((tested[class] as f64 - share).abs() < allowed);
            let outside = counts[class] - tested[class];
            let share = parts.validation.len() as f64 * outside as f64 / (classes.len() - parts.test.len()) as f64;
            prop_assert!((validated[class] as f64 - share).abs() <= 1.0);
            prop_assert!(trained[class] > 0);
        }
    }
}

/// Rows of these groups, classes alternating, with their number as the only feature.
fn of_groups(groups: &[u32]) -> Dataset {
    let rows = groups.iter().enumerate().map(|(row, group)| format!("{row},g{group},c{}\n", row % 2));
    let file = File::new("x.csv", format!("x,who,class\n{}", rows.collect::<String>()));
    file.read(|settings| settings.split.group = Some("who".into())).unwrap().dataset
}

fn grouped() -> SplitSettings {
    split_settings(|settings| settings.group = Some("who".into()))
}

#[test]
fn groups_fill_the_parts_as_well_as_they_can() {
    // Ten groups of six rows, three of each class.
    let data = of_groups(&(0..60).map(|row| row / 6).collect::<Vec<_>>());
    let mut tested = std::collections::BTreeSet::new();
    for seed in 0..20 {
        let parts = split(&data, &grouped(), seed, 0);
        assert_eq!(sizes(&parts), (36, 12, 12));
        assert_eq!(data.class_counts(parts.test.iter().copied()), [6, 6]);
        tested.extend(parts.test.iter().map(|row| row / 6));
    }
    assert_eq!(tested.len(), 10, "every group is tested by some seed");
}

#[test]
fn the_order_of_the_rows_within_a_group_does_not_matter() {
    let data = of_groups(&[0, 1, 0, 2, 2, 1, 3, 4, 5, 3]);
    // Rows 0 and 2, 1 and 5 are of one group each: with them exchanged, and their classes, the parts hold the same places.
    let exchanged = File::new(
        "x.csv",
        "x,who,class\n2,g0,c0\n5,g1,c1\n0,g0,c0\n3,g2,c1\n4,g2,c0\n1,g1,c1\n6,g3,c0\n7,g4,c1\n8,g5,c0\n9,g3,c1\n",
    );
    let exchanged = exchanged.read(|settings| settings.split.group = Some("who".into())).unwrap().dataset;
    for seed in 0..5 {
        assert_eq!(split(&data, &grouped(), seed, 0), split(&exchanged, &grouped(), seed, 0));
    }
}

#[test]
fn copies_stay_together_and_data_without_copies_split_as_ever() {
    let together = split_settings(|settings| settings.group_duplicates = true);
    let different = of_classes(&(0..40).map(|row| row % 3).collect::<Vec<_>>());
    for seed in 0..5 {
        assert_eq!(split(&different, &together, seed, 0), split(&different, &split_settings(|_| ()), seed, 0));
    }
    // Each row twice, once with another class.
    let rows = (0..40).map(|row| format!("{},{}\n", row % 20, if row == 25 { "q" } else { "p" }));
    let copied = dataset(&format!("x,class\n{}50,q\n51,q\n", rows.collect::<String>()));
    for seed in 0..5 {
        let parts = split(&copied, &together, seed, 0);
        for part in [&parts.train, &parts.validation, &parts.test] {
            assert!(part.iter().filter(|row| **row < 20).all(|row| part.contains(&(row + 20))), "{part:?}");
        }
        assert!((7..=9).contains(&parts.test.len()), "{}", parts.test.len());
    }
}

proptest! {
    #[test]
    fn groups_never_straddle_and_parts_are_complete(
        groups in prop::collection::vec(0u32..12, 12..80), seed in 0u64..50, folds in prop::option::of(2u32..5),
    ) {
        let data = of_groups(&groups);
        let count = groups.iter().collect::<std::collections::BTreeSet<_>>().len();
        prop_assume!(count >= 6);
        let settings = SplitSettings { folds, ..grouped() };
        let mut tested = vec![0; groups.len()];
        for fold in 0..folds.unwrap_or(1) {
            let parts = split(&data, &settings, seed, fold);
            prop_assert_eq!(&parts, &split(&data, &settings, seed, fold), "the same again");
            let mut all = [&parts.train[..], &parts.validation, &parts.test].concat();
            all.sort_unstable();
            prop_assert_eq!(all, (0..groups.len()).collect::<Vec<_>>());
            prop_assert!(!parts.train.is_empty() && !parts.test.is_empty() && !parts.validation.is_empty());
            for part in [&parts.train, &parts.validation, &parts.test] {
                let of_part = |row: &usize| part.iter().any(|other| groups[*other] == groups[*row]);
                prop_assert!((0..groups.len()).filter(of_part).all(|row| part.contains(&row)));
            }
            parts.test.iter().for_each(|&row| tested[row] += 1);
        }
        if folds.is_some() {
            prop_assert!(tested.iter().all(|times| *times == 1), "every row is tested once");
        }
    }
}

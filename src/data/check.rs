//! Whether the settings of the split go with each other and with the data.
//!
//! In: settings of which each is right by itself, and the data set that was read with them. Out: the first contradiction, by
//! the key that is to blame. What needs the split itself is asked of the first fold, which has the fewest
//! training rows, and of the last, which has the fewest test rows.

use super::dataset::Dataset;
use super::error::SettingsError;
use super::groups::{self, Groups};
use super::settings::{DataSettings, SplitSettings, TrainRows};
use super::split::{DEFAULT_SHARE, Split, data_seed, split};
use super::wording::plural;

/// Number of folds over all repeats; 1 for hold-out, a test file or a split column.
pub fn folds(settings: &DataSettings) -> u32 {
    settings.split.folds.map_or(1, |folds| folds.saturating_mul(settings.split.repeats))
}

/// Checks what concerns more than one key of `[data]`, or key and data.
///
/// # Errors
/// The first contradiction.
pub fn check_split(dataset: &Dataset, settings: &DataSettings) -> Result<(), SettingsError> {
    let split_settings = &settings.split;
    check_image(settings)?;
    refuse_two_ways_to_split(settings)?;
    if let Some(folds) = split_settings.folds
        && folds as usize > dataset.rows()
    {
        return refuse(
            "data.split.folds",
            format!("must be at most {}, the number of rows, found {folds}", dataset.rows()),
        );
    }
    check_groups(dataset, settings)?;
    if split_settings.folds.is_none() && split_settings.repeats > 1 {
        return refuse(
            "data.split.repeats",
            "repeats a cross-validation, but data.split.folds is not given".to_owned(),
        );
    }
    let is_hold_out = split_settings.folds.is_none() && split_settings.column.is_none() && settings.test_path.is_none();
    if is_hold_out {
        check_shares(split_settings)?;
    }
    let seed = data_seed(dataset, split_settings, 0);
    let last = split_settings.folds.map(|folds| folds - 1).filter(|last| *last > 0);
    std::iter::once(0).chain(last).try_for_each(|fold| {
        let parts = split(dataset, split_settings, seed, fold);
        check_sizes(&parts, settings)?;
        check_validation_group(dataset, &parts, split_settings)
    })
}

/// Whether there are as many groups as parts or folds.
fn check_groups(dataset: &Dataset, settings: &DataSettings) -> Result<(), SettingsError> {
    let split = &settings.split;
    let Some(found) = groups::count(dataset, split) else { return Ok(()) };
    let (key, what) = key_of_groups(split);
    match split.folds {
        Some(folds) if folds as usize > found => {
            refuse("data.split.folds", format!("must be at most {found}, the number of {what}, found {folds}"))
        }
        _ if found < 2 => {
            refuse(key, format!("must leave rows for training and for the test, found only 1 of the {what}"))
        }
        _ => Ok(()),
    }
}

/// Groups that are too few leave none for validation, which is wanted unless it is said to be 0.
fn check_validation_group(dataset: &Dataset, parts: &Split, split: &SplitSettings) -> Result<(), SettingsError> {
    let is_wanted = split.validation != Some(0.0);
    if !is_wanted || !parts.validation.is_empty() || Groups::of(dataset, split).is_none() {
        return Ok(());
    }
    let (key, what) = key_of_groups(split);
    refuse(key, format!("leaves none of the {what} for validation (data.split.validation = 0 does without)"))
}

/// The key that makes groups, and what they are.
fn key_of_groups(split: &SplitSettings) -> (&'static str, &'static str) {
    match split.group {
        Some(_) => ("data.split.group", "groups"),
        None => ("data.split.group_duplicates", "different rows"),
    }
}

/// Whether `data.image` has two sides. How many pixels there must be is for the remedy to say that moves them.
fn check_image(settings: &DataSettings) -> Result<(), SettingsError> {
    match settings.image.as_deref() {
        None | Some([_, _]) => Ok(()),
        Some(sides) => refuse(
            "data.image",
            format!("must be two numbers, rows and columns, found {}", plural(sides.len(), "number")),
        ),
    }
}

fn refuse_two_ways_to_split(settings: &DataSettings) -> Result<(), SettingsError> {
    let SplitSettings { test, validation, folds, column, .. } = &settings.split;
    let test_rows_are_said_by = if settings.test_path.is_some() {
        "data.test_path"
    } else if column.is_some() {
        "data.split.column"
    } else if folds.is_some() {
        "data.split.folds"
    } else {
        return Ok(());
    };
    let both =
        || format!("cannot be given with {test_rows_are_said_by}, which says already which rows are for the test");
    let says_all = ["data.test_path", "data.split.column"].contains(&test_rows_are_said_by);
    if says_all && (settings.split.group.is_some() || settings.split.group_duplicates) {
        return refuse(key_of_groups(&settings.split).0, both());
    }
    if test.is_some() {
        return refuse("data.split.test", both());
    }
    if folds.is_some() && test_rows_are_said_by != "data.split.folds" {
        return refuse("data.split.folds", both());
    }
    if column.is_some() && test_rows_are_said_by != "data.split.column" {
        return refuse("data.split.column", both());
    }
    if column.is_some() && validation.is_some() {
        let reason = "cannot be given with data.split.column, which says already which rows are for validation";
        return refuse("data.split.validation", reason.to_owned());
    }
    Ok(())
}

fn check_shares(settings: &SplitSettings) -> Result<(), SettingsError> {
    let (test, validation) = (settings.test.unwrap_or(DEFAULT_SHARE), settings.validation.unwrap_or(DEFAULT_SHARE));
    if test + validation < 1.0 {
        return Ok(());
    }
    let said = |share: Option<f64>| if share.is_some() { "" } else { " (the default)" };
    refuse(
        "data.split.test",
        format!(
            "and data.split.validation must be less than 1 together, found {test}{} and {validation}{}",
            said(settings.test),
            said(settings.validation)
        ),
    )
}

/// Whether there are rows for training and for the test, and as many for training as are to be kept.
pub(super) fn check_sizes(parts: &Split, settings: &DataSettings) -> Result<(), SettingsError> {
    let rows = parts.train.len() + parts.validation.len() + parts.test.len();
    let key = match &settings.split {
        SplitSettings { column: Some(_), .. } => "data.split.column",
        SplitSettings { folds: Some(_), .. } => "data.split.folds",
        _ => "data.split",
    };
    if parts.test.is_empty() {
        return refuse(key, format!("leaves none of {rows} rows for the test"));
    }
    if parts.train.is_empty() {
        return refuse(key, format!("leaves none of {rows} rows for training"));
    }
    let (key, wanted) = match settings.train_rows {
        None => return Ok(()),
        Some(TrainRows::Stratified(count)) => ("data.train_rows", count),
        Some(TrainRows::First { first }) => ("data.train_rows.first", first),
    };
    match parts.train.len() {
        found if wanted > found => {
            refuse(key, format!("must be at most {found}, the number of training rows, found {wanted}"))
        }
        _ => Ok(()),
    }
}

fn refuse(key: &'static str, reason: String) -> Result<(), SettingsError> {
    Err(SettingsError { key, reason })
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::super::fixtures::{File, of_classes, settings};
    use super::*;

    fn refusal(change: impl FnOnce(&mut DataSettings)) -> String {
        let data = of_classes(&(0..20).map(|row| row % 2).collect::<Vec<_>>());
        let mut settings = settings(Path::new("x.csv"));
        change(&mut settings);
        check_split(&data, &settings).map_or_else(|error| error.to_string(), |()| "fine".to_owned())
    }

    #[test]
    fn the_shares_must_leave_something_for_training() {
        assert_eq!(refusal(|_| ()), "fine");
        assert_eq!(
            refusal(|s| (s.split.test, s.split.validation) = (Some(0.6), Some(0.4))),
            "data.split.test and data.split.validation must be less than 1 together, found 0.6 and 0.4"
        );
        assert!(refusal(|s| s.split.test = Some(0.9)).ends_with("found 0.9 and 0.2 (the default)"));
        assert_eq!(refusal(|s| s.split.test = Some(0.01)), "data.split leaves none of 20 rows for the test");
    }

    #[test]
    fn only_one_key_may_say_which_rows_are_for_the_test() {
        assert!(
            refusal(|s| (s.split.folds, s.split.test) = (Some(5), Some(0.2))).starts_with("data.split.test cannot")
        );
        assert!(
            refusal(|s| (s.split.folds, s.split.column) = (Some(5), Some("c".into())))
                .starts_with("data.split.folds cannot")
        );
        assert!(
            refusal(|s| (s.split.folds, s.test_path) = (Some(5), Some("t.csv".into())))
                .starts_with("data.split.folds cannot")
        );
        assert!(
            refusal(|s| (s.split.test, s.test_path) = (Some(0.5), Some("t.csv".into())))
                .contains("with data.test_path")
        );
        assert!(
            refusal(|s| (s.split.validation, s.split.column) = (Some(0.5), Some("c".into())))
                .starts_with("data.split.validation")
        );
    }

    #[test]
    fn folds_and_repeats_must_fit() {
        assert_eq!(refusal(|s| s.split.folds = Some(20)), "fine");
        assert_eq!(
            refusal(|s| s.split.folds = Some(21)),
            "data.split.folds must be at most 20, the number of rows, found 21"
        );
        assert!(refusal(|s| s.split.repeats = 2).starts_with("data.split.repeats"));
        let mut settings = settings(Path::new("x.csv"));
        assert_eq!(folds(&settings), 1);
        (settings.split.folds, settings.split.repeats) = (Some(5), 3);
        assert_eq!(folds(&settings), 15);
    }

    #[test]
    fn no_more_training_rows_can_be_kept_than_there_are() {
        assert_eq!(refusal(|s| s.train_rows = Some(TrainRows::Stratified(12))), "fine");
        assert_eq!(
            refusal(|s| s.train_rows = Some(TrainRows::First { first: 13 })),
            "data.train_rows.first must be at most 12, the number of training rows, found 13"
        );
    }

    #[test]
    fn an_image_has_rows_and_columns() {
        assert_eq!(refusal(|s| s.image = Some(vec![28, 28])), "fine");
        assert_eq!(
            refusal(|s| s.image = Some(vec![784])),
            "data.image must be two numbers, rows and columns, found 1 number"
        );
    }

    #[test]
    fn groups_need_as_many_values_as_parts_and_nothing_else_that_splits() {
        let refusal = |rows: &str, change: &dyn Fn(&mut DataSettings)| {
            let file = File::new("x.csv", format!("a,who,part,y\n{rows}"));
            let test = file.beside("t.csv", "a,who,part,y\n1,m,train,p\n");
            let mut settings = file.settings();
            settings.split.group = Some("who".into());
            change(&mut settings);
            if settings.test_path.is_some() {
                settings.test_path = Some(test);
            }
            let data = super::super::read(&settings).unwrap().dataset;
            check_split(&data, &settings).map_or_else(|error| error.to_string(), |()| "fine".to_owned())
        };
        let [one, two] = ["1,m,train,p\n2,m,train,q\n3,m,test,q\n", "1,m,train,p\n2,m,train,q\n3,f,test,q\n"];
        let three = format!("{two}4,x,test,p\n");
        assert_eq!(refusal(&three, &|_| ()), "fine");
        assert_eq!(
            refusal(one, &|_| ()),
            "data.split.group must leave rows for training and for the test, found only 1 of the groups"
        );
        let no_validation =
            "data.split.group leaves none of the groups for validation (data.split.validation = 0 does without)";
        assert_eq!(refusal(two, &|_| ()), no_validation);
        assert_eq!(refusal(two, &|s| s.split.validation = Some(0.0)), "fine");
        assert_eq!(
            refusal(two, &|s| s.split.folds = Some(3)),
            "data.split.folds must be at most 2, the number of groups, found 3"
        );
        assert_eq!(
            refusal(&three, &|s| s.split.column = Some("part".into())),
            "data.split.group cannot be given with data.split.column, which says already which rows are for the test"
        );
        assert!(
            refusal(&three, &|s| s.test_path = Some("t".into())).starts_with("data.split.group cannot be given with")
        );
        let copies = |s: &mut DataSettings| {
            (s.split.group, s.split.group_duplicates, s.exclude) = (None, true, vec!["a".into()]);
        };
        assert_eq!(
            refusal(one.replace("test", "train").as_str(), &copies),
            "data.split.group_duplicates must leave rows for training and for the test, found only 1 of the different rows"
        );
    }

    #[test]
    fn a_split_column_must_leave_rows_for_training_and_test() {
        let file = File::new("x.csv", "a,part,y\n1,train,p\n2,train,q\n");
        let mut settings = file.settings();
        settings.split.column = Some("part".into());
        let data = super::super::read(&settings).unwrap().dataset;
        let error = check_split(&data, &settings).unwrap_err();
        assert_eq!(error.to_string(), "data.split.column leaves none of 2 rows for the test");
    }
}

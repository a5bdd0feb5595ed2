//! Whether the settings of the split go with each other and with the data.
//!
//! In: settings of which each is right by itself, and the data set that was read with them. Out: the first contradiction, by
//! the key that is to blame. What needs the split itself is asked of the first fold, which has the fewest
//! training rows, and of the last, which has the fewest test rows.

use super::dataset::Dataset;
use super::error::SettingsError;
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
    let last = split_settings.folds.map_or(0, |folds| folds - 1);
    [0, last].into_iter().try_for_each(|fold| check_sizes(&split(dataset, split_settings, seed, fold), settings))
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
    fn a_split_column_must_leave_rows_for_training_and_test() {
        let file = File::new("x.csv", "a,part,y\n1,train,p\n2,train,q\n");
        let mut settings = file.settings();
        settings.split.column = Some("part".into());
        let data = super::super::read(&settings).unwrap().dataset;
        let error = check_split(&data, &settings).unwrap_err();
        assert_eq!(error.to_string(), "data.split.column leaves none of 2 rows for the test");
    }
}

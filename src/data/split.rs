//! Which rows train, validate and test.
//!
//! In: a data set, `data.split`, a seed and the number of a fold. Out: three disjoint lists of rows in the order of the file,
//! which together are all rows. Five ways: by a column, by a test file, by folds, or by hold-out, stratified or not. Rows of one
//! group, and copies where that is asked for, stay together in folds and hold-out parts: see [`grouped`].
//!
//! Stratified, a class of one row is in training and a class of two in training and test: see [`allocate`].
//! The validation part is drawn after the test part, from what is left.
//!
//! [`allocate`]: super::stratify::allocate

use super::dataset::Dataset;
use super::grouped;
use super::groups::Groups;
use super::role::Role;
use super::settings::SplitSettings;
use super::stratify::{draw, fold};
use super::target::Target;
use super::wording::{list, quoted};
use crate::random::{Purpose, Stream, StreamKey};

/// The share of the test and of the validation part where it is not given.
pub(super) const DEFAULT_SHARE: f64 = 0.2;

/// Rows of a data set by their role, each list ascending.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Split {
    pub(super) train: Vec<usize>,
    pub(super) validation: Vec<usize>,
    pub(super) test: Vec<usize>,
}

/// The seed of everything that decides which rows a trial sees, with which labels: that of the settings; 0 where folds, a test
/// file or a column fix the split; else the trial's own.
pub(super) fn data_seed(dataset: &Dataset, settings: &SplitSettings, trial_seed: u64) -> u64 {
    let is_fixed = settings.folds.is_some() || dataset.test_start.is_some() || dataset.roles.is_some();
    settings.seed.unwrap_or(if is_fixed { 0 } else { trial_seed })
}

/// Splits the rows by [`data_seed`]; `fold` counts the folds of all repeats and is 0 without them.
pub(super) fn split(dataset: &Dataset, settings: &SplitSettings, seed: u64, fold: u32) -> Split {
    let groups = if dataset.roles.is_none() { Groups::of(dataset, settings) } else { None };
    let mut parts = match (&dataset.roles, groups, settings.folds) {
        (Some(roles), ..) => by_column(roles),
        (None, Some(groups), _) => by_groups(dataset, settings, seed, fold, groups),
        (None, None, Some(folds)) => by_fold(dataset, settings, seed, folds, fold),
        (None, None, None) if dataset.test_start.is_some() => by_test_file(dataset, settings, seed),
        (None, None, None) => by_hold_out(dataset, settings, seed),
    };
    in_order_of_file(dataset.rows(), &mut parts);
    parts
}

/// Puts each part into ascending order. All rows are in one of them, so that they need not be sorted: each is dealt out to its
/// part, the first row first.
fn in_order_of_file(rows: usize, parts: &mut Split) {
    let mut role_of = vec![Role::Train; rows];
    parts.validation.iter().for_each(|&row| role_of[row] = Role::Validation);
    parts.test.iter().for_each(|&row| role_of[row] = Role::Test);
    let counts = [&parts.train, &parts.validation, &parts.test].map(Vec::len);
    assert_eq!(counts.iter().sum::<usize>(), rows, "every row is in one of the parts");
    *parts = by_column(&role_of);
}

fn by_column(roles: &[Role]) -> Split {
    let mut parts = [vec![], vec![], vec![]];
    // To a place in an array, without a branch: which role comes next is as good as random.
    roles.iter().enumerate().for_each(|(row, &role)| parts[role as usize].push(row));
    let [train, validation, test] = parts;
    Split { train, validation, test }
}

fn by_hold_out(dataset: &Dataset, settings: &SplitSettings, seed: u64) -> Split {
    let rows = dataset.rows();
    let mut stream = StreamKey::new(seed, Purpose::Split).open();
    let mut groups = shuffled_groups(dataset, 0..rows, settings.stratify, &mut stream);
    let test = draw(&mut groups, share_of(rows, settings.test));
    let left = rows - test.len();
    let validation = draw(&mut groups, share_of(rows, settings.validation).min(left));
    Split { train: groups.concat(), validation, test }
}

fn by_test_file(dataset: &Dataset, settings: &SplitSettings, seed: u64) -> Split {
    let rows = dataset.rows_of_first_file();
    let mut stream = StreamKey::new(seed, Purpose::Split).open();
    let (train, validation) = hold_validation_out(dataset, 0..rows, settings, &mut stream);
    Split { train, validation, test: (rows..dataset.rows()).collect() }
}

fn by_fold(dataset: &Dataset, settings: &SplitSettings, seed: u64, folds: u32, number: u32) -> Split {
    let (repeat, k) = (u64::from(number / folds), (number % folds) as usize);
    let key = StreamKey::new(seed, Purpose::Split).step(repeat);
    let groups = shuffled_groups(dataset, 0..dataset.rows(), settings.stratify, &mut key.open());
    let keep_single = groups.len() > 1;
    let test = fold(&groups, folds as usize, k, keep_single);
    let mut is_tested = vec![false; dataset.rows()];
    test.iter().for_each(|&row| is_tested[row] = true);
    let outside = (0..dataset.rows()).filter(|&row| !is_tested[row]);
    // Layer 0 is the partition; each fold draws its validation rows from a stream of its own.
    let (train, validation) = hold_validation_out(dataset, outside, settings, &mut key.layer(1 + k).open());
    Split { train, validation, test }
}

/// Parts of whole groups, for the test by folds or hold-out.
fn by_groups(dataset: &Dataset, settings: &SplitSettings, seed: u64, number: u32, groups: Groups) -> Split {
    let class_of = |row: usize| match &dataset.target {
        Target::Classes(classes, _) if settings.stratify => classes[row] as usize,
        _ => 0,
    };
    // One group is for training; another for validation, unless none is wanted.
    let to_keep = 1 + usize::from(settings.validation != Some(0.0));
    let key = StreamKey::new(seed, Purpose::Split);
    let (mut units, test, of_rows, mut stream) = match settings.folds {
        Some(folds) => {
            let (key, k) = (key.step(u64::from(number / folds)), (number % folds) as usize);
            let mut units = grouped::shuffled(groups.rows, class_of, &mut key.open());
            let test = grouped::fold(&mut units, folds as usize, k);
            let outside = dataset.rows() - test.len();
            (units, test, outside, key.layer(1 + k).open())
        }
        None => {
            let mut stream = key.open();
            let mut units = grouped::shuffled(groups.rows, class_of, &mut stream);
            let keep = to_keep.min(units.len() - 1);
            let test = grouped::draw(&mut units, share_of(dataset.rows(), settings.test), keep);
            (units, test, dataset.rows(), stream)
        }
    };
    stream.shuffle(&mut units);
    let validation = grouped::draw(&mut units, share_of(of_rows, settings.validation), 1);
    Split { train: grouped::rows(units), validation, test }
}

/// Training and validation rows of the rows outside the test part.
fn hold_validation_out(
    dataset: &Dataset,
    rows: impl Iterator<Item = usize>,
    settings: &SplitSettings,
    stream: &mut Stream,
) -> (Vec<usize>, Vec<usize>) {
    let mut groups = shuffled_groups(dataset, rows, settings.stratify, stream);
    let count = groups.iter().map(Vec::len).sum();
    let validation = draw(&mut groups, share_of(count, settings.validation));
    (groups.concat(), validation)
}

/// The rows of each class in random order; all rows in one group where nothing is to be stratified.
pub(super) fn shuffled_groups(
    dataset: &Dataset,
    rows: impl Iterator<Item = usize>,
    stratify: bool,
    stream: &mut Stream,
) -> Vec<Vec<usize>> {
    let mut groups = match &dataset.target {
        Target::Classes(classes, names) if stratify => {
            let mut groups = vec![vec![]; names.len()];
            rows.for_each(|row| groups[classes[row] as usize].push(row));
            groups
        }
        _ => vec![rows.collect()],
    };
    groups.iter_mut().for_each(|group| stream.shuffle(group));
    groups
}

/// A share of some rows, half rounded to even.
fn share_of(rows: usize, share: Option<f64>) -> usize {
    (share.unwrap_or(DEFAULT_SHARE) * rows as f64).round_ties_even() as usize
}

/// Fragments about classes with too few rows to be in every part.
pub(super) fn warnings(dataset: &Dataset, settings: &SplitSettings) -> Vec<String> {
    /// More classes than these are not named.
    const SHOWN: usize = 5;
    if !settings.stratify || dataset.roles.is_some() || dataset.test_start.is_some() {
        return vec![];
    }
    let counts = dataset.class_counts(0..dataset.rows());
    let of_size = |size| {
        let names: Vec<&str> = dataset
            .class_names()
            .iter()
            .zip(&counts)
            .filter(|(_, count)| **count == size)
            .map(|(name, _)| name.as_str())
            .collect();
        (!names.is_empty()).then(|| list(names.into_iter(), SHOWN))
    };
    let (path, target) = (dataset.path.display(), quoted(&dataset.target_name));
    let one =
        of_size(1).map(|names| format!("{path}: classes of {target} with one row, which is for training: {names}"));
    let two = of_size(2).map(|names| {
        format!("{path}: classes of {target} with two rows, for training and test, none for validation: {names}")
    });
    one.into_iter().chain(two).collect()
}

#[cfg(test)]
mod tests;

//! How the columns are called, and what each is for.
//!
//! In: the header as written, and the settings. Out: unique names, and a role for each: target, split, group, feature or none.

use std::collections::{HashMap, HashSet};
use std::path::Path;

use super::column::{ColumnReader, ReadAs};
use super::counter::is_name_of_ids;
use super::error::{DataError, Place, SettingsError};
use super::settings::{DataSettings, TaskChoice};
use super::wording::{list, nearest, quoted};

/// The columns of a data set, by their place in the file.
#[derive(Debug)]
pub(super) struct Header {
    /// Every column of the file.
    pub(super) names: Vec<String>,
    /// Indices of the features, in the order of the file.
    pub(super) features: Vec<usize>,
    pub(super) target: usize,
    pub(super) split: Option<usize>,
    pub(super) group: Option<usize>,
    /// Indices of the columns that are categories even if they hold numbers.
    pub(super) categorical: HashSet<usize>,
    /// Indices of the columns that are kept though they look like names or ids.
    keep: HashSet<usize>,
    /// Indices of the columns that must be numbers.
    numeric: HashSet<usize>,
    /// Indices of the columns whose categories have an order, with that order; empty where it is the natural one.
    ordinal: HashMap<usize, Vec<String>>,
    /// Indices of the columns whose names are those of ids.
    likely_ids: HashSet<usize>,
    /// Whether the target must be numbers.
    is_regression: bool,
}

/// What the names begin with of columns that have none.
const UNNAMED: &str = "column_";

/// Where a field of a record goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Slot {
    /// The feature with this index among the features.
    Feature(usize),
    Target,
    Split,
    Group,
    Nowhere,
}

impl Header {
    /// `likely_ids` are those columns whose names, as written, are those of ids.
    pub(super) fn new(
        names: Vec<String>,
        likely_ids: HashSet<usize>,
        settings: &DataSettings,
    ) -> Result<Self, DataError> {
        let find = |key: &'static str, name: &str| {
            names
                .iter()
                .position(|known| known == name.trim())
                .ok_or_else(|| unknown_column(key, name, &names, &settings.path))
        };
        let find_all =
            |key, wanted: &[String]| wanted.iter().map(|name| find(key, name)).collect::<Result<HashSet<_>, _>>();
        let excluded = find_all("data.exclude", &settings.exclude)?;
        let categorical = find_all("data.categorical", &settings.categorical)?;
        let keep = find_all("data.keep", &settings.keep)?;
        let numeric = find_all("data.numeric", &settings.numeric)?;
        let orders = settings.ordinal.orders().map(|(name, order)| Ok((find("data.ordinal", name)?, order)));
        let ordinal = orders.collect::<Result<HashMap<_, _>, DataError>>()?;
        let split = settings.split.column.as_ref().map(|name| find("data.split.column", name)).transpose()?;
        let group = settings.split.group.as_ref().map(|name| find("data.split.group", name)).transpose()?;
        let used = |column: &usize| !excluded.contains(column) && ![split, group].contains(&Some(*column));
        let target = match &settings.target {
            Some(name) => find("data.target", name)?,
            None => (0..names.len()).rev().find(used).unwrap_or(names.len() - 1),
        };
        let misused = |key, reason| Err(DataError::TargetMisused { key, name: names[target].clone(), reason });
        if excluded.contains(&target) {
            return misused("data.exclude", "it cannot be left out");
        }
        if split == Some(target) {
            return misused("data.split.column", "it cannot say which rows are for the test");
        }
        if group == Some(target) {
            return misused("data.split.group", "it cannot say which rows belong together");
        }
        if categorical.contains(&target) && settings.task == TaskChoice::Regression {
            return misused("data.categorical", "data.task is regression");
        }
        if ordinal.contains_key(&target) {
            return misused("data.ordinal", "an order is for features");
        }
        let ordered: HashSet<usize> = ordinal.keys().copied().collect();
        refuse_both(&names, ("data.numeric", &numeric), ("data.categorical", &categorical))?;
        refuse_both(&names, ("data.numeric", &numeric), ("data.ordinal", &ordered))?;
        refuse_both(&names, ("data.categorical", &categorical), ("data.ordinal", &ordered))?;
        refuse_both(&names, ("data.keep", &keep), ("data.exclude", &excluded))?;
        let features: Vec<usize> = (0..names.len()).filter(|column| *column != target && used(column)).collect();
        if features.is_empty() {
            let (path, target) = (settings.path.clone(), names[target].clone());
            return Err(DataError::NoFeatures { path, target, why: String::new() });
        }
        let is_regression = settings.task == TaskChoice::Regression;
        Ok(Self {
            names,
            features,
            target,
            split,
            group,
            categorical,
            keep,
            numeric,
            ordinal,
            likely_ids,
            is_regression,
        })
    }

    /// A reader for a column, by what the settings say of it and how it is called.
    pub(super) fn reader(&self, column: usize) -> ColumnReader {
        let read_as = if self.categorical.contains(&column) || self.ordinal.contains_key(&column) {
            ReadAs::Text
        } else if self.numeric.contains(&column) || (column == self.target && self.is_regression) {
            ReadAs::Numbers
        } else {
            ReadAs::Found
        };
        ColumnReader::new(read_as, self.likely_ids.contains(&column) && !self.is_wanted(column))
    }

    /// Whether the settings say that a column is of use, or what it is: it is then kept whatever it looks like.
    pub(super) fn is_wanted(&self, column: usize) -> bool {
        self.is_said(column) || self.keep.contains(&column)
    }

    /// Whether the settings say what a column holds.
    pub(super) fn is_said(&self, column: usize) -> bool {
        [&self.categorical, &self.numeric].iter().any(|known| known.contains(&column))
            || self.ordinal.contains_key(&column)
    }

    /// Whether a column may be nothing but numbers.
    pub(super) fn must_be_numeric(&self, column: usize) -> bool {
        self.numeric.contains(&column)
    }

    /// What may be behind a target without any cell: a name that was made for a column without one, which lines that end with
    /// a delimiter have.
    pub(super) fn hint_at_no_targets(&self) -> &'static str {
        let is_unnamed = self.names[self.target].starts_with(UNNAMED) && self.likely_ids.contains(&self.target);
        match is_unnamed && self.target + 1 == self.names.len() {
            true => " (do lines end with a delimiter? data.target can name another)",
            false => "",
        }
    }

    /// The order of a column's categories, where they have one; empty where it is the natural one.
    pub(super) fn order(&self, column: usize) -> Option<&[String]> {
        self.ordinal.get(&column).map(Vec::as_slice)
    }

    /// Where the fields of the file with this header go.
    pub(super) fn slots(&self) -> Vec<Slot> {
        let mut slots = vec![Slot::Nowhere; self.names.len()];
        for (feature, &column) in self.features.iter().enumerate() {
            slots[column] = Slot::Feature(feature);
        }
        slots[self.target] = Slot::Target;
        // One column for both is refused once the data is read: together they make no sense.
        if let Some(group) = self.group {
            slots[group] = Slot::Group;
        }
        if let Some(split) = self.split {
            slots[split] = Slot::Split;
        }
        slots
    }

    /// Where the fields of a test file go, whose columns may stand in another order. Columns that play no role may be
    /// absent from either file.
    pub(super) fn test_slots(&self, names: &[String], path: &Path, other: &Path) -> Result<Vec<Slot>, DataError> {
        let own = self.slots();
        for (name, slot) in self.names.iter().zip(&own) {
            if *slot != Slot::Nowhere && !names.contains(name) {
                return Err(DataError::TestLacksColumn { path: path.into(), other: other.into(), name: name.clone() });
            }
        }
        names
            .iter()
            .map(|name| match self.names.iter().position(|known| known == name) {
                Some(column) => Ok(own[column]),
                None => Err(DataError::TestHasColumn { path: path.into(), other: other.into(), name: name.clone() }),
            })
            .collect()
    }

    /// The name of a feature.
    pub(super) fn feature_name(&self, feature: usize) -> &str {
        &self.names[self.features[feature]]
    }
}

/// The columns whose names, as written, are those of ids.
pub(super) fn likely_ids(written: &[String]) -> HashSet<usize> {
    written.iter().enumerate().filter(|(_, name)| is_name_of_ids(name)).map(|(column, _)| column).collect()
}

fn refuse_both(
    names: &[String],
    one: (&'static str, &HashSet<usize>),
    other: (&'static str, &HashSet<usize>),
) -> Result<(), SettingsError> {
    match one.1.intersection(other.1).min() {
        Some(&column) => {
            let reason = format!("names the column {}, which {} names too", quoted(&names[column]), other.0);
            Err(SettingsError { key: one.0, reason })
        }
        None => Ok(()),
    }
}

/// The names made unique: a second `a` becomes `a.1`, a column without a name `column_3`, each with a warning.
pub(super) fn unique_names(written: Vec<String>, place: &Place, warnings: &mut Vec<String>) -> Vec<String> {
    let mut taken: HashSet<String> = written.iter().cloned().collect();
    let mut seen = HashSet::new();
    let mut names = Vec::with_capacity(written.len());
    for (index, name) in written.into_iter().enumerate() {
        let position = index + 1;
        if !name.is_empty() && seen.insert(name.clone()) {
            names.push(name);
            continue;
        }
        let stem = if name.is_empty() { format!("{UNNAMED}{position}") } else { name.clone() };
        let first = if name.is_empty() { stem.clone() } else { format!("{stem}.1") };
        let fresh = std::iter::once(first)
            .chain((if name.is_empty() { 1.. } else { 2.. }).map(|copy| format!("{stem}.{copy}")))
            .find(|candidate| !taken.contains(candidate))
            .expect("one of endlessly many names is free");
        let what = if name.is_empty() { "has no name".to_owned() } else { format!("is a second {}", quoted(&name)) };
        warnings.push(format!("{place}: column {position} {what}, it is called {}", quoted(&fresh)));
        taken.insert(fresh.clone());
        names.push(fresh);
    }
    names
}

fn unknown_column(key: &'static str, name: &str, names: &[String], path: &Path) -> DataError {
    /// More columns than these are not listed.
    const FEW: usize = 20;
    let guess = nearest(name, names.iter().map(String::as_str)).map(|near| format!("did you mean '{near}'? "));
    let hint = format!("{}its columns are {}", guess.unwrap_or_default(), list(names.iter().map(String::as_str), FEW));
    DataError::UnknownColumn { key, path: path.into(), name: name.to_owned(), hint }
}

#[cfg(test)]
mod tests {
    use super::super::{Ordinal, fixtures};
    use super::*;

    fn header(change: impl FnOnce(&mut DataSettings)) -> Result<Header, String> {
        let mut settings = fixtures::settings(Path::new("x.csv"));
        change(&mut settings);
        let names = ["id", "size", "class", "part"].map(str::to_owned).to_vec();
        Header::new(names, HashSet::new(), &settings).map_err(|error| error.to_string())
    }

    #[test]
    fn the_target_is_the_last_column_that_has_no_other_role() {
        let plain = header(|_| ()).unwrap();
        assert_eq!((plain.target, plain.features), (3, vec![0, 1, 2]));
        let split = header(|s| s.split.column = Some("part".into())).unwrap();
        assert_eq!((split.target, split.features, split.split), (2, vec![0, 1], Some(3)));
    }

    #[test]
    fn an_unknown_column_is_answered_by_the_nearest_name_and_the_list() {
        assert_eq!(
            header(|s| s.target = Some("clas".into())).unwrap_err(),
            "data.target names the column 'clas', which x.csv does not have: \
             did you mean 'class'? its columns are 'id', 'size', 'class', 'part'"
        );
        assert!(header(|s| s.exclude = vec!["ID".into()]).unwrap_err().contains("did you mean 'id'?"));
        assert!(header(|s| s.categorical = vec!["zzz".into()]).unwrap_err().starts_with("data.categorical names"));
        assert!(header(|s| s.split.column = Some("zzz".into())).unwrap_err().starts_with("data.split.column names"));
    }

    #[test]
    fn the_target_cannot_be_left_out_or_be_the_split() {
        assert!(header(|s| (s.target, s.exclude) = (Some("id".into()), vec!["id".into()])).is_err());
        assert!(header(|s| (s.target, s.split.column) = (Some("id".into()), Some("id".into()))).is_err());
        assert!(
            header(|s| s.exclude = ["id", "size", "class"].map(str::to_owned).to_vec())
                .unwrap_err()
                .contains("no feature")
        );
    }

    #[test]
    fn a_test_file_may_order_its_columns_otherwise_but_not_lack_one() {
        let header = header(|s| s.exclude = vec!["id".into()]).unwrap();
        let slots = |names: &[&str]| {
            let names: Vec<String> = names.iter().map(|&name| name.to_owned()).collect();
            header.test_slots(&names, Path::new("t.csv"), Path::new("x.csv")).map_err(|error| error.to_string())
        };
        assert_eq!(slots(&["part", "class", "size"]).unwrap(), [Slot::Target, Slot::Feature(1), Slot::Feature(0)]);
        assert!(slots(&["part", "class"]).unwrap_err().starts_with("t.csv has no column 'size', which x.csv has"));
        assert!(
            slots(&["part", "class", "size", "new"])
                .unwrap_err()
                .starts_with("t.csv has a column 'new', which x.csv has not")
        );
    }

    #[test]
    fn repeated_and_empty_names_become_unique_with_a_warning_each() {
        let mut warnings = vec![];
        let place = Place { path: "x.csv".into(), line: 1 };
        let names = unique_names(["a", "a", "", "a", "a.1"].map(str::to_owned).to_vec(), &place, &mut warnings);
        assert_eq!(names, ["a", "a.2", "column_3", "a.3", "a.1"]);
        assert_eq!(warnings[0], "x.csv:1: column 2 is a second 'a', it is called 'a.2'");
        assert_eq!(warnings[1], "x.csv:1: column 3 has no name, it is called 'column_3'");
        assert_eq!(warnings.len(), 3);
    }

    #[test]
    fn two_keys_that_contradict_each_other_are_an_error() {
        let one = || vec!["id".to_owned()];
        assert_eq!(
            header(|s| (s.numeric, s.categorical) = (one(), one())).unwrap_err(),
            "data.numeric names the column 'id', which data.categorical names too"
        );
        assert!(header(|s| (s.keep, s.exclude) = (one(), one())).unwrap_err().starts_with("data.keep names"));
        assert_eq!(
            header(|s| (s.ordinal, s.target) = (Ordinal::Columns(one()), Some("id".into()))).unwrap_err(),
            "data.ordinal names the column 'id', which is the target: an order is for features"
        );
    }
}

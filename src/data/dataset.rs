//! A data set as it was read, before any split: shared by all trials, never changed.

use std::path::PathBuf;
use std::sync::OnceLock;

use ndarray::Array2;

use super::Task;
use super::copies;
use super::error::Place;
use super::role::Role;
use super::target::Target;

/// The rows of the data file, and those of the test file behind them.
#[derive(Debug)]
pub struct Dataset {
    /// `[rows, columns]` value, or index of the category; NaN where missing.
    pub(super) features: Array2<f32>,
    pub(super) columns: Vec<Column>,
    pub(super) target_name: String,
    pub(super) target: Target,
    /// First row of the test file, where there is one.
    pub(super) test_start: Option<usize>,
    /// `[rows]` what the split column says, where there is one.
    pub(super) roles: Option<Vec<Role>>,
    /// `[rows]` the number of the value of the group column, where there is one.
    pub(super) groups: Option<Vec<u32>>,
    /// `[rows]` the first row with the same features, once somebody has asked.
    pub(super) firsts_alike: OnceLock<Vec<u32>>,
    /// `[rows]` line of the file.
    pub(super) lines: Vec<u32>,
    pub(super) path: PathBuf,
    pub(super) test_path: Option<PathBuf>,
    pub(super) hash: String,
}

/// A feature column.
#[derive(Debug, Clone, PartialEq)]
pub struct Column {
    /// Its name, unique.
    pub name: String,
    /// Numbers or categories.
    pub kind: ColumnKind,
    /// Of a column of ordered categories, which is numeric, the category of each rank from 0.
    pub ranks: Option<Vec<String>>,
    /// Number of rows in which it is missing.
    pub missing: usize,
    /// The first of them.
    pub first_missing: Option<usize>,
    /// Numbers with a percent sign.
    pub percents: usize,
    /// Whether it is the same in all rows, once missing numbers are filled in.
    pub is_constant: bool,
}

/// What a column holds.
#[derive(Debug, Clone, PartialEq)]
pub enum ColumnKind {
    /// Numbers.
    Numeric,
    /// Categories.
    Categorical {
        /// Their names, in natural order; a cell holds an index into them.
        levels: Vec<String>,
    },
}

impl Dataset {
    /// Number of rows, those of the test file included.
    pub fn rows(&self) -> usize {
        self.features.nrows()
    }

    /// The feature columns, in the order of the file.
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// Features as read, `[rows, columns]`: a value, or the index of a category; NaN where missing.
    pub fn features(&self) -> &Array2<f32> {
        &self.features
    }

    /// The name of the target column.
    pub fn target_name(&self) -> &str {
        &self.target_name
    }

    /// Classification or regression.
    pub fn task(&self) -> Task {
        self.target.task()
    }

    /// The names of the classes in natural order (numbers by value, else by text); empty for a regression.
    pub fn class_names(&self) -> &[String] {
        match &self.target {
            Target::Classes(_, names) => names,
            Target::Values(_) => &[],
        }
    }

    /// Outputs that a network needs: one for each class, or one.
    pub fn outputs(&self) -> usize {
        self.class_names().len().max(1)
    }

    /// First row of the test file, where there is one.
    pub fn test_start(&self) -> Option<usize> {
        self.test_start
    }

    /// SHA-256 of the content (of a gz file: decompressed), in hexadecimal digits. With a test file: SHA-256 of both
    /// files' 32-byte hashes behind each other.
    pub fn hash(&self) -> &str {
        &self.hash
    }

    /// Bytes that the data set holds in memory, about.
    pub fn bytes(&self) -> usize {
        /// The lines of the rows, and the first rows that are like them.
        const LISTS: usize = 2;
        let target = match &self.target {
            Target::Classes(classes, _) => size_of_val(classes.as_slice()),
            Target::Values(values) => size_of_val(values.as_slice()),
        };
        let each_row = size_of::<f32>() * self.columns.len() + size_of::<u32>() * LISTS;
        let levels = |column: &Column| match &column.kind {
            ColumnKind::Categorical { levels } => levels.iter().map(|level| level.len() + size_of::<String>()).sum(),
            ColumnKind::Numeric => 0,
        };
        self.rows() * each_row + target + self.columns.iter().map(levels).sum::<usize>()
    }

    /// The file and line from which a row was read.
    pub fn place(&self, row: usize) -> Place {
        let path = match (self.test_start, &self.test_path) {
            (Some(start), Some(path)) if row >= start => path,
            _ => &self.path,
        };
        Place { path: path.clone(), line: u64::from(self.lines[row]) }
    }

    /// The features of a row as read, `[columns]`.
    pub(super) fn row(&self, row: usize) -> &[f32] {
        let columns = self.features.ncols();
        let all = self.features.as_slice().expect("features are made row by row and never turned");
        &all[row * columns..(row + 1) * columns]
    }

    /// For each row the first that has the same features; found once, and kept.
    pub(super) fn firsts_alike(&self) -> &[u32] {
        self.firsts_alike.get_or_init(|| copies::firsts(&self.features))
    }

    /// The rows of the data file, without those of the test file.
    pub(super) fn rows_of_first_file(&self) -> usize {
        self.test_start.unwrap_or(self.rows())
    }

    /// How many of `rows` have each class; empty for a regression.
    pub(super) fn class_counts(&self, rows: impl Iterator<Item = usize>) -> Vec<usize> {
        let Target::Classes(classes, names) = &self.target else { return vec![] };
        let mut counts = vec![0; names.len()];
        for row in rows {
            counts[classes[row] as usize] += 1;
        }
        counts
    }
}

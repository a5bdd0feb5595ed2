//! The `[data]` table of a config.
//!
//! In: the keys, declared in [`FIELDS`]. Out: [`DataSettings`], checked.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::dialect::{
    self, CommentChoice, DecimalChoice, DelimiterChoice, DialectSettings, EncodingChoice, ThousandsChoice,
};
use super::order::Ordinal;
use crate::schema::{Default, Field, Interval, Kind, Table};

/// The default of `data.missing`.
pub(super) const DEFAULT_MISSING: [&str; 13] =
    ["", "NA", "N/A", "n/a", "#N/A", "<NA>", "NaN", "nan", "NULL", "null", "None", "?", "-"];

/// The keys of `[data]`.
pub const FIELDS: &[Field] = &[
    Field { name: "path", kind: Kind::Text, default: Default::Required, doc: "the data: .csv or .tsv, also .gz" },
    Field {
        name: "test_path",
        kind: Kind::Text,
        default: Default::Absent,
        doc: "a separate file of test rows with the same columns",
    },
    Field {
        name: "target",
        kind: Kind::Text,
        default: Default::Absent,
        doc: "the column to predict; the last one where not given",
    },
    Field {
        name: "task",
        kind: Kind::Choice(&["auto", "classification", "regression"]),
        default: Default::Toml("\"auto\""),
        doc: "auto: text means classes, fractions regression, integers classes up to 20 distinct values",
    },
    Field { name: "exclude", kind: Kind::List(&Kind::Text), default: Default::Toml("[]"), doc: "columns to leave out" },
    Field {
        name: "categorical",
        kind: Kind::List(&Kind::Text),
        default: Default::Toml("[]"),
        doc: "columns of numbers that stand for categories; text columns are categories anyway",
    },
    Field {
        name: "numeric",
        kind: Kind::List(&Kind::Text),
        default: Default::Toml("[]"),
        doc: "columns that must be numbers: 007 is 7 in them, and any text is an error",
    },
    Field {
        name: "ordinal",
        kind: Kind::OneOf(&[Kind::List(&Kind::Text), Kind::Map(&Kind::List(&Kind::Text))]),
        default: Default::Toml("[]"),
        doc: "columns of categories with an order, read as their rank: [\"age\"] for the natural one (by value, by the \
              first number as in 5-9, by text), or { size = [\"S\", \"M\", \"L\"] }",
    },
    Field {
        name: "keep",
        kind: Kind::List(&Kind::Text),
        default: Default::Toml("[]"),
        doc: "columns to keep though they look like names or ids",
    },
    Field {
        name: "missing",
        kind: Kind::List(&Kind::Text),
        default: Default::Toml(
            r##"["", "NA", "N/A", "n/a", "#N/A", "<NA>", "NaN", "nan", "NULL", "null", "None", "?", "-"]"##,
        ),
        doc: "cells that mean a missing value; of the default, - and None do so in columns of numbers only",
    },
    dialect::DELIMITER,
    dialect::ENCODING,
    dialect::HEADER,
    dialect::COMMENT,
    dialect::DECIMAL,
    dialect::THOUSANDS,
    Field {
        name: "impute",
        kind: Kind::Choice(&["median", "mean", "most_frequent", "error"]),
        default: Default::Toml("\"median\""),
        doc: "what a missing number becomes, by the training rows; missing text is a category of its own",
    },
    Field {
        name: "scaling",
        kind: Kind::OneOf(&[
            Kind::Choice(&["standard", "minmax", "none"]),
            Kind::Table(&Table {
                fields: &[Field {
                    name: "divide",
                    kind: Kind::Number(Interval::POSITIVE),
                    default: Default::Required,
                    doc: "divide every number by this, as 255 for pixels",
                }],
                short: None,
            }),
        ]),
        default: Default::Toml("\"standard\""),
        doc: "scaling of numeric columns and of a regression's target, by the training rows",
    },
    Field {
        name: "train_rows",
        kind: Kind::OneOf(&[
            Kind::Integer { least: 1, most: i64::MAX },
            Kind::Table(&Table {
                fields: &[Field {
                    name: "first",
                    kind: Kind::Integer { least: 1, most: i64::MAX },
                    default: Default::Required,
                    doc: "keep the first so many training rows, in the order of the file",
                }],
                short: None,
            }),
        ]),
        default: Default::Absent,
        doc: "keep only so many training rows: stratified, and nested (300 rows hold the 100 of a smaller number)",
    },
    Field {
        name: "label_noise",
        kind: Kind::Number(Interval::SHARE),
        default: Default::Toml("0.0"),
        doc: "share of training labels replaced by another class (regression: permuted among the chosen rows)",
    },
    Field {
        name: "image",
        kind: Kind::List(&Kind::Integer { least: 1, most: 1_000_000 }),
        default: Default::Absent,
        doc: "rows and columns of the images whose pixels the columns are, row by row: [28, 28]; for remedies.image",
    },
    Field {
        name: "split",
        kind: Kind::Table(&Table { fields: SPLIT_FIELDS, short: None }),
        default: Default::Toml("{}"),
        doc: "which rows train, validate and test",
    },
];

const SPLIT_FIELDS: &[Field] = &[
    Field {
        name: "test",
        kind: Kind::Number(Interval::open(0.0, 1.0)),
        default: Default::Absent,
        doc: "share of all rows held out for the test; 0.2 where neither folds, a column nor a test file says it",
    },
    Field {
        name: "validation",
        kind: Kind::Number(Interval::RATE),
        default: Default::Absent,
        doc: "share held out for validation, of all rows, or with folds or a test file of the rows outside the test; \
              0.2 where not given",
    },
    Field {
        name: "stratify",
        kind: Kind::Boolean,
        default: Default::Toml("true"),
        doc: "keep the shares of the classes in every part",
    },
    Field {
        name: "folds",
        kind: Kind::Integer { least: 2, most: 1000 },
        default: Default::Absent,
        doc: "cross-validation with so many folds",
    },
    Field {
        name: "repeats",
        kind: Kind::Integer { least: 1, most: 1000 },
        default: Default::Toml("1"),
        doc: "how often the cross-validation is repeated, each time with another partition",
    },
    Field {
        name: "column",
        kind: Kind::Text,
        default: Default::Absent,
        doc: "a column whose cells say train, validation or test",
    },
    Field {
        name: "group",
        kind: Kind::Text,
        default: Default::Absent,
        doc: "a column, no feature then, whose rows of one value (a patient, a day) all fall on the same side; classes keep their \
              shares as well as groups allow",
    },
    Field {
        name: "group_duplicates",
        kind: Kind::Boolean,
        default: Default::Toml("false"),
        doc: "rows with the same features, whatever their targets, all fall on the same side",
    },
    Field {
        name: "seed",
        kind: Kind::Integer { least: 0, most: i64::MAX },
        default: Default::Absent,
        doc: "fixes the split for all trials; without it each seed splits anew (folds: 0)",
    },
];

/// The checked `[data]` table.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "FIELDS documents each key, and its name is the field's")]
pub struct DataSettings {
    pub path: PathBuf,
    pub test_path: Option<PathBuf>,
    pub target: Option<String>,
    pub task: TaskChoice,
    pub exclude: Vec<String>,
    pub categorical: Vec<String>,
    pub numeric: Vec<String>,
    pub ordinal: Ordinal,
    pub keep: Vec<String>,
    pub missing: Vec<String>,
    pub delimiter: DelimiterChoice,
    pub encoding: EncodingChoice,
    pub header: bool,
    pub comment: CommentChoice,
    pub decimal: DecimalChoice,
    pub thousands: ThousandsChoice,
    pub impute: Impute,
    pub scaling: Scaling,
    pub train_rows: Option<TrainRows>,
    pub label_noise: f64,
    pub image: Option<Vec<usize>>,
    pub split: SplitSettings,
}

impl DataSettings {
    /// What [`read`](fn@super::read) depends on: settings with equal keys share one [`Dataset`](super::Dataset).
    pub fn reading_key(&self) -> ReadingKey {
        ReadingKey {
            path: self.path.clone(),
            test_path: self.test_path.clone(),
            target: self.target.clone(),
            task: self.task,
            exclude: self.exclude.clone(),
            categorical: self.categorical.clone(),
            numeric: self.numeric.clone(),
            ordinal: self.ordinal.clone(),
            keep: self.keep.clone(),
            dialect: self.dialect(),
            missing: self.missing.clone(),
            split_column: self.split.column.clone(),
            split_group: self.split.group.clone(),
        }
    }

    /// How files are to be read, as far as that was said.
    pub(super) fn dialect(&self) -> DialectSettings {
        let Self { delimiter, encoding, header, comment, decimal, thousands, .. } = *self;
        DialectSettings { delimiter, encoding, header, comment, decimal, thousands }
    }
}

/// The part of [`DataSettings`] that decides what a [`Dataset`](super::Dataset) holds.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ReadingKey {
    path: PathBuf,
    test_path: Option<PathBuf>,
    target: Option<String>,
    task: TaskChoice,
    exclude: Vec<String>,
    categorical: Vec<String>,
    numeric: Vec<String>,
    ordinal: Ordinal,
    keep: Vec<String>,
    dialect: DialectSettings,
    missing: Vec<String>,
    split_column: Option<String>,
    split_group: Option<String>,
}

/// `data.task`
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the words of the config")]
pub enum TaskChoice {
    Auto,
    Classification,
    Regression,
}

/// `data.impute`
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the words of the config")]
pub enum Impute {
    Median,
    Mean,
    MostFrequent,
    Error,
}

/// `data.scaling`
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scaling {
    /// (x − mean) / standard deviation (of the population, as scikit-learn's `StandardScaler`).
    Standard,
    /// (x − minimum) / (maximum − minimum).
    Minmax,
    /// As in the file.
    None,
    /// x / the number.
    Divide(f64),
}

/// `data.train_rows`
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
#[expect(missing_docs, reason = "FIELDS documents the key")]
pub enum TrainRows {
    /// So many rows, by a stratified order in which a smaller number's rows come first.
    Stratified(usize),
    /// The first rows in the order of the file.
    First { first: usize },
}

/// `data.split`
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "SPLIT_FIELDS documents each key, and its name is the field's")]
pub struct SplitSettings {
    pub test: Option<f64>,
    pub validation: Option<f64>,
    pub stratify: bool,
    pub folds: Option<u32>,
    pub repeats: u32,
    pub column: Option<String>,
    pub group: Option<String>,
    pub group_duplicates: bool,
    pub seed: Option<u64>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_declared_default_of_missing_is_the_known_one() {
        let field = FIELDS.iter().find(|field| field.name == "missing").unwrap();
        let Default::Toml(text) = field.default else { panic!("it has a default") };
        let declared: Vec<&str> =
            text.trim().trim_matches(['[', ']']).split(", ").map(|word| word.trim_matches('"')).collect();
        assert_eq!(declared, DEFAULT_MISSING);
    }
}

//! What in the data may spoil a comparison, found before anything is trained.
//!
//! In: the data of a trial. Out: [`Finding`]s, at most one of each kind. None changes anything: they are said, and the user decides.
//! They are chosen so that few are false alarms, and made so that they cost little beside reading the file: rows are hashed or
//! sorted, and what need not be exact is looked at on a sample of rows, evenly spaced.
//!
//! | file | question it answers |
//! | --- | --- |
//! | `duplicates` | which test rows also stand in training? |
//! | `giveaway` | which single columns tell the target? |
//! | `hidden` | which numbers stand for what is missing? |
//! | `classes` | are there enough rows of each class, and not too many of one? |
//! | `text` | how is it said? |

mod classes;
mod duplicates;
mod giveaway;
mod hidden;
mod text;

use super::trial::TrialData;

/// Something that may spoil a comparison.
#[derive(Debug, Clone, PartialEq)]
pub enum Finding {
    /// Test rows that have a copy among the training rows.
    Duplicates {
        /// Test rows in all.
        test_rows: usize,
        /// With the same features and the same target as a training row.
        copies: usize,
        /// With the features of training rows, all of which have another target.
        contradictions: usize,
        /// Whether `data.split.group_duplicates` can help: not where a file or a column says which rows are for the test.
        can_be_grouped: bool,
    },
    /// Columns that determine the target nearly alone.
    GivesAway {
        /// Each with the share of classes that it tells, or of a regression its correlation with the target.
        columns: Vec<(String, f64)>,
        /// Whether these are shares of classes.
        are_shares: bool,
    },
    /// Columns that never vary.
    Constant {
        /// Their names.
        columns: Vec<String>,
    },
    /// Numbers that stand for missing values.
    HiddenMissing {
        /// Such columns.
        suspects: Vec<Suspect>,
        /// Rows in all.
        rows: usize,
    },
    /// Classes of which there is too little to learn or to judge, each with its rows in training, validation and test.
    FewRows {
        /// Their names with their rows.
        classes: Vec<(String, [usize; 3])>,
    },
    /// Most rows are of one class.
    Imbalance {
        /// The class.
        class: String,
        /// Its share of the training rows.
        share: f64,
    },
}

/// A column with a number that stands for missing values.
#[derive(Debug, Clone, PartialEq)]
pub struct Suspect {
    /// The name of the column.
    pub column: String,
    /// The number.
    pub value: f32,
    /// How many rows have it.
    pub rows: usize,
}

impl Finding {
    /// The word for its kind.
    pub fn kind(&self) -> &'static str {
        match self {
            Finding::Duplicates { .. } => "duplicates",
            Finding::GivesAway { .. } => "gives_away",
            Finding::Constant { .. } => "constant",
            Finding::HiddenMissing { .. } => "hidden_missing",
            Finding::FewRows { .. } => "few_rows",
            Finding::Imbalance { .. } => "imbalance",
        }
    }
}

/// What is found in the rows of a trial, in the order of the kinds.
pub fn findings(data: &TrialData) -> Vec<Finding> {
    let dataset = data.dataset();
    let constant: Vec<String> =
        dataset.columns().iter().filter(|column| column.is_constant).map(|column| column.name.clone()).collect();
    let constant = (!constant.is_empty()).then_some(Finding::Constant { columns: constant });
    [
        duplicates::find(data),
        giveaway::find(data),
        constant,
        hidden::find(dataset),
        classes::few_rows(data),
        classes::imbalance(data),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// At most `most` of the rows, evenly spaced.
fn sampled(rows: &[usize], most: usize) -> impl Iterator<Item = usize> {
    let step = rows.len().div_ceil(most).max(1);
    rows.iter().copied().step_by(step)
}

#[cfg(test)]
mod tests;

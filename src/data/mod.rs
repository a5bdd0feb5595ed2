//! CSV in, rows for training, validation and test out.
//!
//! [`DataSettings`] say what was asked; [`Dataset`] is the file as read, shared by all trials; [`TrialData`] is what one
//! trial sees of it: the rows of each part, with scaling, imputing and encoding fitted on the training rows alone.
//!
//! | file | question it answers |
//! | --- | --- |
//! | `settings` | what may the `[data]` table say? |
//! | `dialect` | how is a file written: what stands between its cells, how are letters and numbers written? |
//! | `source` | which records are in this file, and on which lines? |
//! | `header` | how are the columns called, and what is each for? |
//! | `cell` | is this cell a number, text or missing? |
//! | `column` | is this column numeric or categorical? |
//! | `counter` | does this column only count or name the rows? |
//! | `dates` | is this cell a date? |
//! | `table` | which numbers and categories are in the rows? |
//! | `target` | classes or values? |
//! | `slip` | which cells make text of a column of numbers? |
//! | `selection` | which columns are kept? |
//! | `disguise` | which texts are numbers with something around them? |
//! | `precision` | which numbers does single precision spoil? |
//! | `alike` | which categories differ by their spelling only? |
//! | `order` | which rank does a category have? |
//! | `read` | what is in these files? |
//! | `assemble` | how do rows become a data set? |
//! | `oddities` | what is odd about it? |
//! | `dataset` | what is known of a data set? |
//! | `gather` | how are columns read off the rows? |
//! | `profile` | how is it described to the user? |
//! | `check` | do the settings go with the data? |
//! | `stratify` | how are rows drawn so that the classes keep their shares? |
//! | `role` | what does a split column say of a row? |
//! | `copies` | which rows are copies of each other? |
//! | `groups` | which rows must stay on one side of a split? |
//! | `grouped` | how are rows drawn whose groups stay whole? |
//! | `split` | which rows train, validate and test? |
//! | `labels` | how are targets scaled, and how is noise put on labels? |
//! | `encoder` | how does a row become the inputs of a network? |
//! | `trial` | what does one trial see? |
//! | `preprocessing` | how is what becomes of a row kept with a network? |
//! | `new_rows` | how do rows of another file become inputs of a saved network? |
//! | `strange` | what do these rows have that training did not see? |
//! | `findings` | what in the data may spoil a comparison? |
//! | `wording` | how are names, cells and numbers put into messages? |

use ndarray::{Array2, Axis};

mod alike;
mod assemble;
mod categories;
mod cell;
mod check;
mod column;
mod copies;
mod counter;
mod dataset;
mod dates;
mod dialect;
mod digits;
mod disguise;
mod encoder;
mod error;
mod field;
mod findings;
#[cfg(test)]
pub(crate) mod fixtures;
mod gather;
mod grouped;
mod groups;
mod header;
mod labels;
mod new_rows;
mod oddities;
mod order;
mod precision;
mod preprocessing;
mod profile;
mod read;
mod role;
mod selection;
mod settings;
mod slip;
mod source;
mod split;
mod strange;
mod stratify;
mod table;
mod target;
mod trial;
mod wording;

pub use check::{check_split, folds};
pub use dataset::{Column, ColumnKind, Dataset};
pub use dialect::{
    CommentChoice, DecimalChoice, DelimiterChoice, Dialect, Encoding, EncodingChoice, Notation, Reading,
    ThousandsChoice,
};
pub use encoder::{Encoder, InputFacts};
pub use error::{DataError, FileKey, Place, SettingsError};
pub use findings::{Finding, Suspect, findings};
pub use new_rows::{Answer, NewFile, NewRows};
pub use order::Ordinal;
pub use preprocessing::{ColumnEncoding, Preprocessing, ReadingSettings, TargetEncoding};
pub use profile::{ColumnsProfile, Profile, TargetProfile, profile};
pub use read::{ColumnName, FileReading, Loaded, column_names, read};
pub use settings::{DataSettings, FIELDS, Impute, ReadingKey, Scaling, SplitSettings, TaskChoice, TrainRows};
pub use trial::{Part, Prepared, TrialData, prepare};

/// What is to be predicted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Task {
    /// One of several classes.
    Classification,
    /// A number.
    Regression,
}

impl Task {
    /// Its word in configs and files.
    pub fn name(self) -> &'static str {
        match self {
            Task::Classification => "classification",
            Task::Regression => "regression",
        }
    }

    /// The task of that word.
    pub fn from_name(name: &str) -> Option<Self> {
        [Task::Classification, Task::Regression].into_iter().find(|task| task.name() == name)
    }
}

/// The targets of some rows, in the order of the rows.
#[derive(Debug, Clone, PartialEq)]
pub enum Targets {
    /// The index of each row's class.
    Classes(Vec<u32>),
    /// Each row's value, in scaled units.
    Values(Vec<f32>),
    /// The share of each class in each row: [rows, classes]. Only in training: what is measured has hard labels.
    Shares(Array2<f32>),
}

impl Targets {
    /// Of how many rows.
    pub fn rows(&self) -> usize {
        match self {
            Targets::Classes(classes) => classes.len(),
            Targets::Values(values) => values.len(),
            Targets::Shares(shares) => shares.nrows(),
        }
    }

    /// The same kind of targets, of no rows.
    pub fn none_of(&self) -> Targets {
        match self {
            Targets::Classes(_) => Targets::Classes(Vec::new()),
            Targets::Values(_) => Targets::Values(Vec::new()),
            Targets::Shares(shares) => Targets::Shares(Array2::zeros((0, shares.ncols()))),
        }
    }

    /// Makes hard classes shares of 0 and 1 of `classes` classes, and leaves everything else as it is. Returns the shares,
    /// where there are classes at all.
    pub fn to_shares(&mut self, classes: usize) -> Option<&mut Array2<f32>> {
        if let Targets::Classes(hard) = self {
            let mut shares = Array2::zeros((hard.len(), classes));
            hard.iter().enumerate().for_each(|(row, &class)| shares[[row, class as usize]] = 1.0);
            *self = Targets::Shares(shares);
        }
        match self {
            Targets::Shares(shares) => Some(shares),
            _ => None,
        }
    }

    /// Puts `more` targets behind these.
    ///
    /// # Panics
    /// If they are of another kind.
    pub fn append(&mut self, more: &Targets) {
        match (self, more) {
            (Targets::Classes(all), Targets::Classes(more)) => all.extend_from_slice(more),
            (Targets::Values(all), Targets::Values(more)) => all.extend_from_slice(more),
            _ => panic!("only hard targets of the same kind stand in one row"),
        }
    }

    /// Puts the targets at these positions into `chosen`, whose memory is used again where it is of the same kind.
    pub fn choose(&self, positions: &[usize], chosen: &mut Targets) {
        if std::mem::discriminant(self) != std::mem::discriminant(chosen) {
            *chosen = self.none_of();
        }
        match (self, chosen) {
            (Targets::Classes(all), Targets::Classes(chosen)) => {
                chosen.clear();
                chosen.extend(positions.iter().map(|&position| all[position]));
            }
            (Targets::Values(all), Targets::Values(chosen)) => {
                chosen.clear();
                chosen.extend(positions.iter().map(|&position| all[position]));
            }
            (Targets::Shares(all), Targets::Shares(chosen)) => *chosen = all.select(Axis(0), positions),
            _ => unreachable!("the two have been made alike"),
        }
    }
}

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::*;

    #[test]
    fn chosen_targets_follow_the_positions() {
        let all = Targets::Classes(vec![5, 6, 7]);
        let mut chosen = all.none_of();
        assert_eq!(chosen, Targets::Classes(vec![]));
        all.choose(&[2, 0], &mut chosen);
        all.choose(&[2, 1, 1], &mut chosen);
        assert_eq!(chosen, Targets::Classes(vec![7, 6, 6]));
    }

    #[test]
    fn appended_targets_stand_behind() {
        let mut all = Targets::Values(vec![1.0]);
        all.append(&Targets::Values(vec![3.0, 2.0]));
        assert_eq!(all, Targets::Values(vec![1.0, 3.0, 2.0]));
    }

    #[test]
    fn hard_classes_become_shares_of_zero_and_one_and_are_chosen_anew() {
        let all = Targets::Classes(vec![1, 0]);
        let mut chosen = all.clone();
        assert_eq!(chosen.to_shares(3).map(|shares| shares.clone()), Some(array![[0.0, 1.0, 0.0], [1.0, 0.0, 0.0]]));
        all.choose(&[1], &mut chosen);
        assert_eq!(chosen, Targets::Classes(vec![0]));
        assert_eq!(Targets::Values(vec![2.0]).to_shares(3), None);
    }
}

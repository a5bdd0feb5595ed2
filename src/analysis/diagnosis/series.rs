//! The curve of a stored trial as the diagnosis reads it.
//!
//! In: a [`Record`]. Out: a [`Curve`] of the epochs that count: behind epoch 0, and none before the last change of structure.
//! When that was is told by the times of its epochs, which are taken before and after; a cut behind the very last epoch
//! has no epoch after it, and is told by the parameters or zeros that appear there at once.

use std::collections::BTreeMap;

use super::{Finding, Series, diagnose};
use crate::data::Task;
use crate::lab::{Part, Record, Status};

/// The least share of parameters or weights that go at once in a cut, where nothing of the kind went an epoch before.
const CUT: f64 = 0.05;

/// Which rows are held out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "the words of the split")]
pub enum Held {
    Validation,
    Test,
}

impl Held {
    /// The word of the split.
    pub fn name(self) -> &'static str {
        match self {
            Held::Validation => "validation",
            Held::Test => "test",
        }
    }

    fn part(self) -> Part {
        match self {
            Held::Validation => Part::Validation,
            Held::Test => Part::Test,
        }
    }
}

/// The epochs of a trial that count.
#[derive(Debug, Clone, PartialEq)]
pub struct Curve {
    /// Which rows are held out.
    pub held: Held,
    epochs: Vec<u32>,
    train_loss: Vec<f64>,
    held_out_loss: Vec<f64>,
    untrained_loss: Option<f64>,
    train_score: Vec<f64>,
    held_out_score: Vec<f64>,
    kept_epoch: Option<u32>,
    guess: Option<f64>,
    diverged: bool,
}

impl Curve {
    /// The curve of a trial; `None` of one that crashed.
    pub fn of(record: &Record) -> Option<Self> {
        if record.status == Status::Failed {
            return None;
        }
        let curve = &record.curve;
        let loss = record.metrics.iter().position(|metric| metric == "loss")?;
        let score = record.metrics.iter().position(|metric| metric == "accuracy" || metric == "r2");
        let held = if curve.validation.is_empty() { Held::Test } else { Held::Validation };
        let first = first_epoch(record);
        let rows: Vec<usize> = (0..curve.epoch.len()).filter(|&row| curve.epoch[row] >= first).collect();
        let figures = |part, metric: Option<usize>| {
            let figure = |row: &usize| metric.and_then(|metric| curve.value(part, metric, *row)).unwrap_or(f64::NAN);
            rows.iter().map(figure).collect()
        };
        let last = curve.epoch.last().copied();
        Some(Self {
            held,
            epochs: rows.iter().map(|&row| curve.epoch[row]).collect(),
            train_loss: figures(Part::Train, Some(loss)),
            held_out_loss: figures(held.part(), Some(loss)),
            untrained_loss: curve.row_of(0).and_then(|row| curve.value(Part::Train, loss, row)),
            train_score: figures(Part::Train, score),
            held_out_score: figures(held.part(), score),
            kept_epoch: record.chosen_epoch.filter(|&chosen| Some(chosen) != last),
            guess: guess(record),
            diverged: record.status == Status::Diverged,
        })
    }

    /// Diagnoses it by itself.
    pub fn diagnose(&self) -> Option<Finding> {
        let series = Series {
            epochs: &self.epochs,
            train_loss: &self.train_loss,
            held_out_loss: &self.held_out_loss,
            untrained_loss: self.untrained_loss,
            train_score: &self.train_score,
            held_out_score: &self.held_out_score,
            kept_epoch: self.kept_epoch,
            guess: self.guess,
        };
        diagnose(&series, self.diverged)
    }
}

/// The score of who does not look at the features: for a class the share of the most frequent one.
fn guess(record: &Record) -> Option<f64> {
    if record.task == Task::Regression {
        return Some(0.0);
    }
    let mut rows = BTreeMap::new();
    for [class, _, count] in &record.finals.as_ref()?.train.confusion {
        *rows.entry(class).or_insert(0.0) += *count as f64;
    }
    let all: f64 = rows.values().sum();
    Some(rows.into_values().reduce(f64::max)? / all)
}

/// The first epoch that counts.
fn first_epoch(record: &Record) -> u32 {
    let curve = &record.curve;
    let stretches = record.times.iter().filter(|time| time.measure == "epoch_seconds");
    // The metrics of an epoch are taken after its cut: one epoch before the first that trained what was left.
    let behind_cut =
        stretches.filter_map(|time| time.at).map(|first| (first as u32).saturating_sub(1)).max().unwrap_or(0);
    let cut_at_last = match curve.epoch.len() {
        0..=2 => None,
        rows => {
            let parameters = |row: usize| curve.parameters[row] as f64;
            let fewer = |row: usize| parameters(row) <= (1.0 - CUT) * parameters(row - 1);
            let zeros = |row: usize| curve.sparsity[row] - curve.sparsity[row - 1] >= CUT;
            let is_cut = |row: usize| fewer(row) || zeros(row);
            (is_cut(rows - 1) && !is_cut(rows - 2)).then(|| curve.epoch[rows - 1])
        }
    };
    cut_at_last.unwrap_or(behind_cut).max(1)
}

#[cfg(test)]
mod tests {
    use super::super::Diagnosis;
    use super::*;
    use crate::lab::{FinalPart, Finals, Measurement, example_record};

    /// A classifier's record of epochs 0 to `epochs`; losses of epoch e are 1/(e + 1) in training and twice that elsewhere.
    fn record(epochs: u32) -> Record {
        let rows = epochs as usize + 1;
        let losses = |factor: f64| (0..=epochs).map(|epoch| factor / f64::from(epoch + 1)).collect();
        let mut record = example_record("");
        let curve = &mut record.curve;
        curve.epoch = (0..=epochs).collect();
        curve.train = vec![losses(1.0), vec![0.9; rows]];
        curve.validation = vec![losses(2.0), vec![0.8; rows]];
        curve.test = vec![losses(4.0), vec![0.7; rows]];
        (curve.learning_rate, curve.penalty, curve.sparsity) = (vec![0.1; rows], vec![0.0; rows], vec![0.0; rows]);
        curve.parameters = vec![10; rows];
        record
    }

    #[test]
    fn epoch_0_is_no_epoch_of_the_curve_but_its_loss_is_the_untrained_one() {
        let curve = Curve::of(&record(3)).unwrap();
        assert_eq!((curve.epochs.as_slice(), curve.untrained_loss), ([1, 2, 3].as_slice(), Some(1.0)));
        assert_eq!(curve.held_out_loss, [1.0, 2.0 / 3.0, 0.5]);
        assert_eq!((curve.train_score[2], curve.held_out_score[2], curve.kept_epoch), (0.9, 0.8, Some(1)));
    }

    #[test]
    fn a_guess_gets_the_share_of_the_most_frequent_class_or_no_r2() {
        let part = FinalPart { values: Vec::new(), confusion: vec![[0, 0, 5], [0, 1, 25], [1, 1, 10]] };
        let finals = Finals { metrics: Vec::new(), train: part, validation: None, test: None };
        let classes = Record { finals: Some(finals), ..record(3) };
        assert_eq!((guess(&classes), guess(&record(3))), (Some(0.75), None));
        assert_eq!(guess(&Record { task: Task::Regression, ..record(3) }), Some(0.0));
    }

    #[test]
    fn the_test_rows_stand_in_where_there_are_none_of_validation() {
        let mut record = record(3);
        record.curve.validation.clear();
        let curve = Curve::of(&record).unwrap();
        assert_eq!((curve.held, curve.held_out_loss[0], curve.held_out_score[2]), (Held::Test, 2.0, 0.7));
    }

    #[test]
    fn epochs_before_the_last_cut_do_not_count() {
        let mut cut = record(8);
        let time = |at| Measurement { measure: "epoch_seconds".to_owned(), layer: None, at: Some(at), value: 1.0 };
        cut.times = vec![time(1.0), time(6.0)];
        assert_eq!(Curve::of(&cut).unwrap().epochs, [5, 6, 7, 8]);
        cut.times = vec![time(0.0), time(-1.0), time(f64::NAN)]; // as no program of ours writes it
        assert_eq!(Curve::of(&cut).unwrap().epochs.len(), 8);
        // A cut behind the last epoch, of units or of weights, leaves that epoch alone.
        let mut units = record(8);
        units.curve.parameters[8] = 4;
        let mut weights = record(8);
        weights.curve.sparsity[8] = 0.6;
        for record in [units, weights] {
            let curve = Curve::of(&record).unwrap();
            assert_eq!(curve.epochs, [8]);
            assert_eq!(curve.diagnose().unwrap().diagnosis, Diagnosis::TooShort);
        }
        // Weights that become 0 little by little are no cut.
        let mut gradual = record(8);
        gradual.curve.sparsity = (0..9).map(|epoch| 0.1 * f64::from(epoch)).collect();
        assert_eq!(Curve::of(&gradual).unwrap().epochs.len(), 8);
    }

    #[test]
    fn a_trial_that_crashed_has_no_curve_and_one_that_diverged_says_so() {
        assert_eq!(Curve::of(&Record { status: Status::Failed, ..record(8) }), None);
        let diverged = Curve::of(&Record { status: Status::Diverged, ..record(2) }).unwrap();
        assert_eq!(diverged.diagnose().unwrap().diagnosis, Diagnosis::Diverges);
    }
}

//! Whether a record can be right, as far as it alone can tell.
//!
//! In: a record whose line was read. Out: nothing, or what in it contradicts what every trial of this program writes. A line
//! that was edited, or put together from two, may be a record by its layout and still be the result of no training.

use super::record::{Record, Status};
use crate::data::Task;

/// What contradicts itself first, as a fragment.
pub(super) fn contradiction(record: &Record) -> Option<String> {
    if record.status == Status::Failed {
        return None;
    }
    let curve = &record.curve;
    let (status, rows) = (record.status.name(), curve.epoch.len());
    let last = match (curve.epoch.first(), curve.epoch.last()) {
        (Some(0), Some(&last)) if last as usize + 1 == rows => last,
        (None, _) => return Some(format!("its status is {status}, its curve is empty")),
        _ => return Some("its curve leaves out epochs".to_owned()),
    };
    let epochs =
        [("chosen_epoch", record.chosen_epoch), ("best_epoch", record.best_epoch), ("onset_epoch", record.onset_epoch)];
    let beyond = epochs.into_iter().find_map(|(name, epoch)| Some((name, epoch.filter(|&epoch| epoch > last)?)));
    if let Some((name, epoch)) = beyond {
        return Some(format!("its {name} is {epoch}, its curve ends with epoch {last}"));
    }
    if record.chosen_epoch.is_none() {
        return Some(format!("its status is {status}, it has no chosen_epoch"));
    }
    let parts = [
        ("train", &curve.train, record.rows.train),
        ("validation", &curve.validation, record.rows.validation),
        ("test", &curve.test, record.rows.test),
    ];
    for (name, columns, rows) in parts {
        if columns.is_empty() != (rows == 0) {
            return Some(format!("it has {rows} {name} rows, and {} columns of their metrics", columns.len()));
        }
    }
    if record.status.has_figures() {
        // A test loss may overflow unseen: nothing looks at it while a network is trained.
        let losses = [("train", curve.train.first()), ("validation", curve.validation.first())];
        for (name, losses) in losses {
            if let Some(epoch) = losses.and_then(|losses| losses.iter().position(|loss| !loss.is_finite())) {
                return Some(format!("its status is {status}, its {name} loss at epoch {epoch} is no number"));
            }
        }
    }
    if record.task == Task::Classification {
        for (name, columns, _) in parts {
            let shares = columns.get(1).into_iter().flatten();
            // Not a number stands for itself: of a diverged trial.
            if let Some(share) = shares.copied().find(|share| *share < 0.0 || *share > 1.0) {
                return Some(format!("its {name} accuracy is {share}"));
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::super::record::tests::example;
    use super::super::record::{Curve, Rows};
    use super::*;

    #[test]
    fn what_training_writes_can_be_right() {
        let record = example("ab");
        assert_eq!(contradiction(&record), None);
        assert_eq!(contradiction(&Record { status: Status::StoppedEarly, ..record.clone() }), None);
        let failed = Record { status: Status::Failed, curve: Curve::default(), chosen_epoch: None, ..record.clone() };
        assert_eq!(contradiction(&failed), None);
        let mut diverged = Record { status: Status::Diverged, ..record.clone() };
        diverged.curve.train[0][1] = f64::NAN;
        assert_eq!(contradiction(&diverged), None);
        let mut without = Record { rows: Rows { validation: 0, ..record.rows }, ..record };
        without.curve.validation.clear();
        assert_eq!(contradiction(&without), None);
    }

    #[test]
    fn each_contradiction_is_named() {
        let said = |change: &dyn Fn(&mut Record)| {
            let mut record = example("ab");
            change(&mut record);
            contradiction(&record).unwrap()
        };
        assert_eq!(said(&|record| record.curve = Curve::default()), "its status is ok, its curve is empty");
        assert_eq!(said(&|record| record.curve.epoch = vec![0, 2]), "its curve leaves out epochs");
        assert_eq!(said(&|record| record.curve.epoch = vec![1, 2]), "its curve leaves out epochs");
        let beyond = "its chosen_epoch is 2, its curve ends with epoch 1";
        assert_eq!(said(&|record| record.chosen_epoch = Some(2)), beyond);
        assert_eq!(said(&|record| record.chosen_epoch = None), "its status is ok, it has no chosen_epoch");
        let columns = "it has 20 test rows, and 0 columns of their metrics";
        assert_eq!(said(&|record| record.curve.test.clear()), columns);
        let loss = "its status is ok, its validation loss at epoch 1 is no number";
        assert_eq!(said(&|record| record.curve.validation[0][1] = f64::NAN), loss);
        assert_eq!(said(&|record| record.curve.test[1][0] = 1.5), "its test accuracy is 1.5");
    }
}

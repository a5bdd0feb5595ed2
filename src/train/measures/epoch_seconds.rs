//! What an epoch of training takes, before and after the network has become smaller.

use super::super::Interrupted;
use super::{Entry, Measurement, Subject};

pub(super) const ENTRY: Entry = Entry {
    names: &["epoch_seconds"],
    key: None,
    idea: "mean seconds of an epoch's training steps, without evaluation; where the structure changes, before and after the last \
           planned change (at: the first epoch of that stretch)",
    is_time: true,
    measure,
};

fn measure(subject: &Subject<'_>) -> Result<Vec<Measurement>, Interrupted> {
    let seconds = &subject.outcome.epoch_seconds;
    let (before, after) = seconds.split_at(subject.recipe.last_surgery().min(seconds.len()));
    let stretches = [(1, before), (before.len() + 1, after)];
    let rows = stretches.iter().filter(|(_, stretch)| !stretch.is_empty()).map(|&(first, stretch)| {
        Measurement::at("epoch_seconds", first as f64, stretch.iter().sum::<f64>() / stretch.len() as f64)
    });
    Ok(rows.collect())
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::Case;
    use super::*;
    use crate::recipe::{Operation, Surgery};

    #[derive(Debug)]
    struct Cut(usize);

    impl Surgery for Cut {
        fn is_due(&self, epoch: usize) -> bool {
            epoch == self.0
        }
        fn last_epoch(&self) -> usize {
            self.0
        }
        fn operate(&self, _: &mut Operation<'_>) {}
    }

    #[test]
    fn epochs_before_and_behind_a_change_of_structure_have_a_mean_each() {
        let mut case = Case::classification();
        case.outcome.epoch_seconds = vec![4.0, 2.0, 1.0, 0.5, 0.0];
        let found = |case: &Case| -> Vec<_> {
            measure(&case.subject()).unwrap().iter().map(|row| (row.at.unwrap(), row.value)).collect()
        };
        assert_eq!(found(&case), [(1.0, 1.5)]);
        case.recipe.surgeries.push(Box::new(Cut(2)));
        assert_eq!(found(&case), [(1.0, 3.0), (3.0, 0.5)]);
        case.outcome.epoch_seconds.truncate(2);
        assert_eq!(found(&case), [(1.0, 3.0)], "stopped before the change shows");
    }
}

//! Learning by rote: what becomes of the training rows whose label is noise.

use super::super::Interrupted;
use super::probe::Probe;
use super::score::{by_task, score, summed_up};
use super::{Entry, Measurement, Subject};

pub(super) const ENTRY: Entry = Entry {
    names: &["memorised_accuracy", "memorised_r2", "recovered_accuracy", "recovered_r2"],
    key: None,
    idea: "where data.label_noise replaced labels: accuracy (r2) on those training rows against the false label (memorised) and \
           against the true one, which the network has not seen (recovered)",
    is_time: false,
    measure,
};

fn measure(subject: &Subject<'_>) -> Result<Vec<Measurement>, Interrupted> {
    let (data, train) = (subject.data, &subject.data.train);
    let positions = data.corrupted();
    if positions.is_empty() {
        return Ok(Vec::new());
    }
    let mut false_targets = train.targets.none_of();
    train.targets.choose(positions, &mut false_targets);
    let true_targets = data.true_targets_of_corrupted();
    let (mut memorised, mut recovered) = (0.0, 0.0);
    Probe::new(subject).run(
        positions.len(),
        |row, values| data.encode(train.rows[positions[row]], values),
        |row, outputs| {
            memorised += score(&false_targets, row, outputs);
            recovered += score(&true_targets, row, outputs);
        },
    )?;
    let name = |names| by_task(data.task(), names);
    Ok(vec![
        Measurement::of(name(["memorised_accuracy", "memorised_r2"]), summed_up(&false_targets, memorised)),
        Measurement::of(name(["recovered_accuracy", "recovered_r2"]), summed_up(&true_targets, recovered)),
    ])
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::{Case, points};
    use super::*;
    use crate::data::{Task, fixtures::trial_with};

    #[test]
    fn a_network_that_knows_the_true_labels_recovers_all_and_memorises_none() {
        let mut case = Case::classification();
        case.data = trial_with(&points(40), 1, |settings| {
            settings.label_noise = 0.25;
            settings.scaling = crate::data::Scaling::None;
        });
        assert_eq!(case.data.corrupted().len(), 6, "a quarter of the 24 training rows");
        let values: Vec<_> = measure(&case.subject()).unwrap().iter().map(|row| (row.measure, row.value)).collect();
        // The network of the case tells the classes of these points apart without error.
        assert_eq!(values, [("memorised_accuracy", 0.0), ("recovered_accuracy", 1.0)]);
        // One that always says the other class has learnt the noise by rote: there are two classes.
        case.outcome.ensemble.members[0].layers[1].weights.mapv_inplace(|w| -w);
        let values: Vec<_> = measure(&case.subject()).unwrap().iter().map(|row| row.value).collect();
        assert_eq!(values, [1.0, 0.0]);
    }

    #[test]
    fn a_regression_is_judged_by_r2_and_rows_without_noise_not_at_all() {
        let mut case = Case::regression();
        assert_eq!(measure(&case.subject()), Ok(vec![]));
        let csv: String = (0..20).map(|x| format!("{x},{}.5\n", 2 * x)).collect();
        case.data = trial_with(&format!("x,y\n{csv}"), 3, |settings| {
            settings.label_noise = 0.5;
            settings.scaling = crate::data::Scaling::None;
        });
        assert_eq!(case.data.task(), Task::Regression);
        case.outcome.ensemble.members[0].layers[0].bias.fill(0.5);
        let found = measure(&case.subject()).unwrap();
        // The network gives 2x + 0.5, the true value; exchanged values are far off.
        assert_eq!((found[1].measure, found[1].value), ("recovered_r2", 1.0));
        assert!(found[0].measure == "memorised_r2" && found[0].value < 0.9, "{found:?}");
    }
}

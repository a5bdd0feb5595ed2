//! Whether there are enough rows of each class in each part, and not too many of one.

use super::super::trial::{Part, TrialData};
use super::Finding;

/// Fewer training rows of a class than these are hardly learnt from.
const LEAST_TRAINED: usize = 5;
/// Classes with fewer rows have a warning of their own, by the rule of the split.
const LEAST_ROWS: usize = 3;
/// The share of the largest class from which on an accuracy says little.
const MOST: f64 = 0.8;

/// Classes with few training rows, or with none to validate or test by where that part has rows.
pub(super) fn few_rows(data: &TrialData) -> Option<Finding> {
    let counts = |part: &Part| data.dataset().class_counts(part.rows.iter().copied());
    let [train, validation, test] = [&data.train, &data.validation, &data.test].map(counts);
    let is_validated = !data.validation.rows.is_empty();
    let names = data.dataset().class_names().iter().enumerate();
    let few = names.filter_map(|(class, name)| {
        let rows = [train[class], validation[class], test[class]];
        let is_few = rows[0] < LEAST_TRAINED || rows[1] == 0 && is_validated || rows[2] == 0;
        (is_few && rows.iter().sum::<usize>() >= LEAST_ROWS).then(|| (name.clone(), rows))
    });
    let classes: Vec<(String, [usize; 3])> = few.collect();
    (!classes.is_empty()).then_some(Finding::FewRows { classes })
}

/// The class that most training rows are of.
pub(super) fn imbalance(data: &TrialData) -> Option<Finding> {
    let counts = data.dataset().class_counts(data.train.rows.iter().copied());
    let largest = (0..counts.len()).max_by_key(|&class| counts[class])?;
    let share = counts[largest] as f64 / data.train.rows.len() as f64;
    (share >= MOST).then(|| Finding::Imbalance { class: data.dataset().class_names()[largest].clone(), share })
}

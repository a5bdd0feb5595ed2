//! What the network is worth when columns are missing.
//!
//! A missing column has the training mean of each of its inputs, all inputs of a categorical column at once. Every row has a
//! draw of its own in every repeat, the same for all variants of a seed; what a smaller share takes, a greater takes too.

use std::ops::Range;

use super::super::Interrupted;
use super::probe::Probe;
use super::score::{by_task, score, summed_up};
use super::{Draw, Entry, Measurement, Subject};
use crate::random::{Stream, StreamKey};
use crate::recipe::{DropKind, TrainingRows};

pub(super) const ENTRY: Entry = Entry {
    names: &["feature_drop_accuracy", "feature_drop_r2", "feature_drop_block_accuracy", "feature_drop_block_r2"],
    key: Some("feature_drop"),
    idea: "accuracy (r2) where a share of the columns, at = share, has the training mean: a half column is rounded to even; \
           any columns, drawn for each row, or (feature_drop_block, kind = \"block\") neighbouring columns of the file, also where \
           rows are images",
    is_time: false,
    measure,
};

fn measure(subject: &Subject<'_>) -> Result<Vec<Measurement>, Interrupted> {
    let Some(settings) = &subject.settings.feature_drop else { return Ok(Vec::new()) };
    if subject.data.test.rows.is_empty() {
        return Ok(Vec::new());
    }
    let columns = Columns::of(subject);
    let mut probe = Probe::new(subject);
    let mut found = Vec::new();
    for &kind in settings.kind.list() {
        let names = match kind {
            DropKind::Random => ["feature_drop_accuracy", "feature_drop_r2"],
            DropKind::Block => ["feature_drop_block_accuracy", "feature_drop_block_r2"],
        };
        for &share in &settings.shares {
            let score = columns.score_without(share, kind, settings.repeats, subject, &mut probe)?;
            found.push(Measurement::at(by_task(subject.data.task(), names), share, score));
        }
    }
    Ok(found)
}

/// The inputs of each column, and what they are without it.
struct Columns {
    inputs: Vec<Range<usize>>,
    /// `[inputs]`
    means: Vec<f32>,
}

impl Columns {
    fn of(subject: &Subject<'_>) -> Self {
        let facts = subject.data.encoder().inputs(subject.data.dataset());
        let mut inputs: Vec<Range<usize>> = Vec::new();
        for column in facts.chunk_by(|a, b| a.column == b.column) {
            let first = inputs.last().map_or(0, |before| before.end);
            inputs.push(first..first + column.len());
        }
        Self { inputs, means: TrainingRows::of(subject.data).means() }
    }

    /// The mean over the repeats of the score on the test rows.
    fn score_without(
        &self,
        share: f64,
        kind: DropKind,
        repeats: u64,
        subject: &Subject<'_>,
        probe: &mut Probe<'_>,
    ) -> Result<f64, Interrupted> {
        let (data, test) = (subject.data, &subject.data.test);
        let missing = (share * self.inputs.len() as f64).round_ties_even() as usize;
        // Without a choice all repeats are alike.
        let repeats = if missing == 0 || missing == self.inputs.len() { 1 } else { repeats };
        let mut sum = 0.0;
        for repeat in 0..repeats {
            let key = subject.key(Draw::MissingColumns).step(repeat);
            probe.run(
                test.rows.len(),
                |row, values| {
                    data.encode(test.rows[row], values);
                    self.drop(missing, kind, StreamKey { member: row as u32, ..key }, values);
                },
                |row, outputs| sum += score(&test.targets, row, outputs),
            )?;
        }
        Ok(summed_up(&test.targets, sum / repeats as f64))
    }

    /// Sets the inputs of some columns to their means.
    fn drop(&self, missing: usize, kind: DropKind, key: StreamKey, values: &mut [f32]) {
        for column in chosen(missing, self.inputs.len(), kind, &mut key.open()) {
            let inputs = self.inputs[column].clone();
            values[inputs.clone()].copy_from_slice(&self.means[inputs]);
        }
    }
}

/// `count` of `all` columns.
fn chosen(count: usize, all: usize, kind: DropKind, stream: &mut Stream) -> Vec<usize> {
    match kind {
        DropKind::Block => {
            let first = stream.below(all - count + 1);
            (first..first + count).collect()
        }
        DropKind::Random => {
            let mut columns: Vec<usize> = (0..all).collect();
            // The beginning of a shuffle: what a smaller count takes is a part of it.
            (0..count).for_each(|place| columns.swap(place, place + stream.below(all - place)));
            columns.truncate(count);
            columns
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::fixtures::Case;
    use super::*;
    use crate::data::fixtures::trial;
    use crate::nn::{Layer, Loss};
    use crate::random::Purpose;
    use crate::recipe::{DropKinds, FeatureDrop};

    fn asking(mut case: Case, shares: &[f64], kind: DropKind) -> Case {
        let kind = DropKinds::One(kind);
        case.settings.feature_drop = Some(FeatureDrop { shares: shares.to_vec(), kind, repeats: 40 });
        case
    }

    fn values(case: &Case) -> Vec<(Option<f64>, f64)> {
        measure(&case.subject()).unwrap().iter().map(|row| (row.at, row.value)).collect()
    }

    #[test]
    fn without_its_only_column_a_line_predicts_its_value_at_the_mean() {
        let case = asking(Case::regression(), &[0.0, 0.4, 1.0], DropKind::Random);
        let (train, test) = (&case.data.train.targets, &case.data.test.targets);
        let numbers = |targets: &crate::data::Targets| match targets {
            crate::data::Targets::Values(values) => values.iter().map(|&y| f64::from(y)).collect::<Vec<_>>(),
            _ => panic!("a regression has values"),
        };
        let (train, test) = (numbers(train), numbers(test));
        let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
        let squares = |from: f64| test.iter().map(|y| (y - from) * (y - from)).sum::<f64>();
        // The line at the mean of x is the mean of y.
        let without = 1.0 - squares(mean(&train)) / squares(mean(&test));
        let found = values(&case);
        assert_eq!((found[0], found[1]), ((Some(0.0), 1.0), (Some(0.4), 1.0)), "0.4 of a column is rounded to none");
        assert!((found[2].1 - without).abs() < 1e-5, "{found:?} {without}");
    }

    #[test]
    fn half_of_two_columns_is_either_one() {
        for kind in [DropKind::Random, DropKind::Block] {
            // Only the first column decides: x0 > 0.55 is the first class. Missing, it is its mean, about 0.6, for all: the
            // first class always, right for half of the rows.
            let mut case = asking(Case::classification(), &[0.0, 0.5, 1.0], kind);
            case.outcome.ensemble.members[0].layers =
                vec![Layer::new(ndarray::array![[1.0, 0.0], [-1.0, 0.0]], ndarray::array![-0.55, 0.55])];
            let found = values(&case);
            assert_eq!((found[0].1, found[2].1), (1.0, 0.5), "{kind:?}");
            assert!((found[1].1 - 0.75).abs() < 0.12, "40 repeats of 4 rows: {found:?}");
        }
    }

    #[test]
    fn kinds_of_a_list_have_names_of_their_own() {
        let mut case = asking(Case::classification(), &[0.0, 1.0], DropKind::Random);
        case.settings.feature_drop.as_mut().unwrap().kind = DropKinds::Several(vec![DropKind::Block, DropKind::Random]);
        let names: Vec<_> = measure(&case.subject()).unwrap().iter().map(|row| row.measure).collect();
        let (random, block) = ("feature_drop_accuracy", "feature_drop_block_accuracy");
        assert_eq!(names, [block, block, random, random]);
    }

    #[test]
    fn a_categorical_column_is_missing_as_a_whole() {
        let csv: String = (0..20).map(|i| format!("{i},{},{},c{}\n", ["u", "v", "w"][i % 3], i % 5, i % 2)).collect();
        let data = trial(&format!("x,kind,z,class\n{csv}"), 1);
        let layers = vec![Layer::new(ndarray::Array2::zeros((2, data.inputs())), ndarray::Array1::zeros(2))];
        let case = Case::of(data, layers, Loss::CrossEntropy);
        let columns = Columns::of(&case.subject());
        assert_eq!(columns.inputs, [0..1, 1..4, 4..5]);
        let shares: f32 = columns.means[1..4].iter().sum();
        assert!((shares - 1.0).abs() < 1e-6, "the mean of one-hot inputs is the share of each category");
        let key = StreamKey::new(1, Purpose::Measure);
        let mut values = [9.0; 5];
        columns.drop(2, DropKind::Block, key, &mut values);
        let whole = [values[0] != 9.0, values[1] != 9.0, values[2] != 9.0, values[3] != 9.0, values[4] != 9.0];
        assert!(whole == [true, true, true, true, false] || whole == [false, true, true, true, true], "{values:?}");
    }

    proptest! {
        #[test]
        fn as_many_columns_as_asked_for_are_chosen_once_each(
            all in 1usize..40, share in 0.0..=1.0f64, seed in any::<u64>(), block in any::<bool>(),
        ) {
            let count = (share * all as f64) as usize;
            let kind = if block { DropKind::Block } else { DropKind::Random };
            let key = StreamKey::new(seed, Purpose::Measure);
            let mut found = chosen(count, all, kind, &mut key.open());
            if kind == DropKind::Random && count > 0 {
                let fewer = chosen(count - 1, all, kind, &mut key.open());
                prop_assert_eq!(&fewer[..], &found[..count - 1], "a smaller share takes a part of it");
            }
            found.sort_unstable();
            found.dedup();
            prop_assert!(found.len() == count && found.iter().all(|&column| column < all));
            if kind == DropKind::Block && count > 0 {
                prop_assert_eq!(found[count - 1] - found[0], count - 1);
            }
        }
    }
}

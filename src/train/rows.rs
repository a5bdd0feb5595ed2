//! The rows that training goes through, as inputs of a network and targets.
//!
//! In: a trial's data, a recipe that may add rows. Out: encoded rows and their targets, those of the data first. A small part
//! is encoded once, a large one again whenever it is looked at: then all trials of a sweep share the one matrix of the data
//! set.

use std::borrow::Cow;

use crate::data::{Targets, TrialData};
use crate::recipe::{Moment, Recipe, TrainingRows};

/// Numbers that are kept of a part at most, 4 MB: about what one core finds in its caches again. Beyond that, copying costs
/// as much as encoding, and each of many trials that train at once would hold a copy.
pub(super) const MOST_KEPT: usize = 1 << 20;

/// The rows of the data, and behind them those that the recipe adds.
pub(super) struct Rows<'a> {
    data: &'a TrialData,
    /// [rows, inputs], where they are few.
    kept: Option<Vec<f32>>,
    /// [added rows, inputs]
    added: Vec<f32>,
    targets: Cow<'a, Targets>,
}

impl<'a> Rows<'a> {
    pub fn new(data: &'a TrialData, recipe: &Recipe, origin: Moment) -> Self {
        let (rows, inputs) = (&data.train.rows, data.inputs());
        let kept = (rows.len() * inputs <= MOST_KEPT).then(|| {
            let mut values = vec![0.0; rows.len() * inputs];
            rows.iter().zip(values.chunks_exact_mut(inputs.max(1))).for_each(|(&row, out)| data.encode(row, out));
            values
        });
        let mut all = Self { data, kept, added: Vec::new(), targets: Cow::Borrowed(&data.train.targets) };
        for transform in &recipe.row_transforms {
            let added = transform.added(TrainingRows::of(data), origin);
            all.added.extend_from_slice(&added.inputs);
            all.targets.to_mut().append(&added.targets);
        }
        all
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.targets.rows()
    }

    /// The target of each.
    pub fn targets(&self) -> &Targets {
        &self.targets
    }

    /// Writes the inputs of the row at this position into `out`.
    pub fn write(&self, position: usize, out: &mut [f32]) {
        let rows = &self.data.train.rows;
        match (&self.kept, position.checked_sub(rows.len())) {
            (_, Some(position)) => out.copy_from_slice(&self.added[position * out.len()..][..out.len()]),
            (Some(values), None) => out.copy_from_slice(&values[position * out.len()..][..out.len()]),
            (None, None) => self.data.encode(rows[position], out),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::fixtures::trial;
    use crate::nn::Loss;
    use crate::recipe::{AddedRows, RowTransform};

    const ORIGIN: Moment = Moment { seed: 0, member: 0, step: 0 };

    /// Adds the first row and its target again.
    #[derive(Debug)]
    struct Again;

    impl RowTransform for Again {
        fn added(&self, rows: TrainingRows<'_>, _: Moment) -> AddedRows {
            let mut inputs = vec![0.0; rows.inputs().len()];
            rows.encode(0, &mut inputs);
            let mut targets = rows.targets().none_of();
            rows.targets().choose(&[0], &mut targets);
            AddedRows { inputs, targets }
        }
    }

    fn data() -> TrialData {
        let lines: String = (0..20).map(|i| format!("{},{},{}\n", i * i, ["p", "q"][i % 2], i % 3)).collect();
        trial(&format!("a,b,y\n{lines}"), 1)
    }

    fn recipe() -> Recipe {
        let train = serde_json::from_value(serde_json::json!({
            "epochs": 1, "batch_size": 1, "optimizer": { "kind": "sgd" }, "learning_rate": 1.0,
            "schedule": { "kind": "constant", "warmup": 0.0 }, "shuffle": true,
        }));
        Recipe::new(train.expect("settings of a training"), Loss::CrossEntropy)
    }

    fn row(rows: &Rows<'_>, position: usize) -> Vec<f32> {
        let mut out = vec![f32::NAN; rows.data.inputs()];
        rows.write(position, &mut out);
        out
    }

    #[test]
    fn kept_rows_are_those_that_would_be_encoded_anew() {
        let data = data();
        let kept = Rows::new(&data, &recipe(), ORIGIN);
        assert!(kept.kept.is_some(), "so few rows are kept");
        let anew = Rows { kept: None, ..Rows::new(&data, &recipe(), ORIGIN) };
        (0..kept.count()).for_each(|position| assert_eq!(row(&kept, position), row(&anew, position)));
    }

    #[test]
    fn added_rows_stand_behind_those_of_the_data_which_stay() {
        let data = data();
        let mut recipe = recipe();
        let plain = Rows::new(&data, &recipe, ORIGIN);
        recipe.row_transforms.push(Box::new(Again));
        recipe.row_transforms.push(Box::new(Again));
        let more = Rows::new(&data, &recipe, ORIGIN);
        let count = plain.count();
        assert_eq!((count, more.count()), (data.train.rows.len(), data.train.rows.len() + 2));
        (0..count).for_each(|position| assert_eq!(row(&plain, position), row(&more, position)));
        let mut targets = more.targets().none_of();
        more.targets().choose(&(0..count).collect::<Vec<_>>(), &mut targets);
        assert_eq!(targets, data.train.targets);
        for position in [count, count + 1] {
            assert_eq!(row(&more, position), row(&plain, 0));
        }
    }
}

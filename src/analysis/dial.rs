//! An experiment with a single dial: one axis under `data` or `model` that all variants share.
//!
//! In: [`Results`]. Out: a [`Dial`]: a cell for every variant at every value. What a remedy is worth then depends on one
//! number, and fits a table of variants by values.

use crate::lab::Results;

/// One axis, and where each variant stands at each of its values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dial {
    /// The swept key, full dotted.
    pub axis: String,
    /// Its values as a config writes them, in the order of the plan.
    pub values: Vec<String>,
    /// For each variant the cell of each value, by its place in the plan.
    pub cells: Vec<Vec<usize>>,
}

impl Dial {
    /// The dial of an experiment; `None` where it has another axis, a single value or variant, or a cell is missing.
    pub fn of(results: &Results) -> Option<Self> {
        let [axis] = &results.axes[..] else { return None };
        if !(axis.starts_with("data.") || axis.starts_with("model.")) {
            return None;
        }
        let mut values: Vec<String> = Vec::new();
        for cell in &results.cells {
            let value = cell.swept.first()?.as_ref()?;
            if !values.contains(value) {
                values.push(value.clone());
            }
        }
        let place = |variant: usize, value: &String| {
            let is_it = |cell: &crate::lab::CellKey| cell.variant == variant && cell.swept[0].as_ref() == Some(value);
            results.cells.iter().position(is_it)
        };
        let row = |variant| values.iter().map(|value| place(variant, value)).collect::<Option<Vec<usize>>>();
        let cells = (0..results.variants.len()).map(row).collect::<Option<Vec<_>>>()?;
        (values.len() >= 2 && cells.len() >= 2).then(|| Self { axis: axis.clone(), values, cells })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lab::{CellKey, example_results};

    fn results(axis: &str, cells: &[(usize, Option<&str>)]) -> Results {
        let (_folder, mut results) = example_results(|_, _| None);
        results.axes = vec![axis.to_owned()];
        let key = |&(variant, value): &(usize, Option<&str>)| CellKey {
            variant,
            swept: vec![value.map(str::to_owned)],
            shared_point: 0,
            split: "".into(),
        };
        results.cells = cells.iter().map(key).collect();
        results
    }

    #[test]
    fn a_dial_has_a_cell_for_each_variant_and_value() {
        let cells = [(0, Some("50")), (0, Some("100")), (1, Some("50")), (1, Some("100"))];
        let dial = Dial::of(&results("data.train_rows", &cells)).unwrap();
        assert_eq!(
            (dial.values.as_slice(), dial.cells.as_slice()),
            (["50".to_owned(), "100".to_owned()].as_slice(), [vec![0, 1], vec![2, 3]].as_slice())
        );
    }

    #[test]
    fn what_one_variant_sweeps_or_what_trains_is_no_dial() {
        let all = [(0, Some("1")), (0, Some("2")), (1, Some("1")), (1, Some("2"))];
        assert_eq!(Dial::of(&results("train.epochs", &all)), None);
        assert_eq!(Dial::of(&results("model.hidden", &all[..3])), None, "a cell is missing");
        assert_eq!(Dial::of(&results("model.hidden", &[(0, None), (1, Some("1")), (1, Some("2"))])), None);
        assert_eq!(Dial::of(&results("model.hidden", &[all[0], all[2]])), None, "a single value");
    }
}

//! The encoder as data, for whoever uses a saved network.

use serde_json::{Value, json};

use super::{Encoder, Step, UNKNOWN};
use crate::data::Dataset;
use crate::data::dataset::ColumnKind;

impl Encoder {
    /// What becomes of each column, in the order of the inputs: a number is (x − shift) / scale with `fill` for a missing
    /// one, where x is the index among `ranks` of a category with an order; a category is 1 at its own input, counted from the column's first, and a missing one at `missing`.
    pub fn describe(&self, dataset: &Dataset) -> Value {
        self.steps.iter().flat_map(|step| self.describe_step(step, dataset)).collect()
    }

    fn describe_step(&self, step: &Step, dataset: &Dataset) -> Vec<Value> {
        match step {
            Step::Numbers { columns } => columns
                .clone()
                .map(|column| {
                    let info = &dataset.columns()[column];
                    let mut described = json!({
                        "column": info.name,
                        "kind": "number",
                        "fill": self.fill[column],
                        "shift": self.shift[column],
                        "scale": self.scale[column],
                    });
                    if let Some(ranks) = &info.ranks {
                        described["ranks"] = json!(ranks);
                    }
                    described
                })
                .collect(),
            Step::Category { column, inputs, missing, width } => {
                let info = &dataset.columns()[*column];
                let ColumnKind::Categorical { levels } = &info.kind else {
                    unreachable!("a category step is made of a categorical column")
                };
                let mut categories = vec![Value::Null; *width];
                for (level, &input) in levels.iter().zip(inputs) {
                    if input != UNKNOWN {
                        categories[input as usize] = Value::from(level.as_str());
                    }
                }
                let missing = (*missing != UNKNOWN).then_some(*missing);
                vec![json!({ "column": info.name, "kind": "category", "categories": categories, "missing": missing })]
            }
        }
    }
}

//! Classes that count more than others.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::data::Targets;
use crate::recipe::Recipe;
use crate::remedies::{Context, Entry, Refusal, Remedy, nearest_hint, needs_classes, settings};
use crate::schema::{Default, Field, Interval, Kind, Table, shortened};

pub(in crate::remedies) const ENTRY: Entry = Entry {
    name: "class_weights",
    idea: "let the rows of some classes count more in the loss",
    formula: "batch loss = sum w_i loss_i / sum w_i, w_i the weight of row i's class (of a mixed row the mean of its classes' \
              weights). \"balanced\": w_k = n / (K n_k), n_k of n training rows in class k of K, as scikit-learn's. Weights \
              that are all alike change nothing. A row counts as a whole, its smoothed label too, as with Keras' \
              class_weight.",
    touches: "the training loss; the losses that are reported weigh all rows alike",
    source: "King & Zeng, Logistic regression in rare events data, Political Analysis 9, 2001",
    table: &Table {
        fields: &[Field {
            name: "weights",
            kind: Kind::OneOf(&[
                Kind::Choice(&["balanced"]),
                // So far from each other that single precision still tells them apart in a sum.
                Kind::Map(&Kind::Number(Interval::closed(1e-6, 1e6))),
            ]),
            default: Default::Toml("{}"),
            doc: "\"balanced\", or a table of weights by the names of the classes: { rare = 5 }; 1 for classes not named",
        }],
        short: Some("weights"),
    },
    make: |value| Box::new(settings::<ClassWeights>("class_weights", value)),
};

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct ClassWeights {
    weights: Weights,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
enum Weights {
    Rule(Rule),
    Given(BTreeMap<String, f64>),
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Rule {
    Balanced,
}

/// Rows that are made up for a rare class would count as much as its own.
const BALANCED_TWICE: &str = "must name classes beside remedies.smote, which balances them already, found \"balanced\"";

impl Remedy for ClassWeights {
    fn is_off(&self) -> bool {
        matches!(&self.weights, Weights::Given(weights) if weights.values().all(|&weight| weight == 1.0))
    }

    fn check(&self, context: &Context) -> Result<(), Refusal> {
        needs_classes(context)?;
        let Weights::Given(weights) = &self.weights else {
            return match context.remedies.contains(&"smote") {
                true => Err(Refusal { key: "weights", reason: BALANCED_TWICE.to_owned() }),
                false => Ok(()),
            };
        };
        let classes: Vec<&str> = context.rows.classes().iter().map(String::as_str).collect();
        match weights.keys().find(|name| !classes.contains(&name.as_str())) {
            None => Ok(()),
            Some(name) => {
                let hint = nearest_hint(name, &classes);
                let reason = format!("must name classes of the target, found {:?}{hint}", shortened(name));
                Err(Refusal { key: "weights", reason })
            }
        }
    }

    fn contribute(&self, context: &Context, recipe: &mut Recipe) {
        let classes = context.rows.classes();
        let weights: Vec<f64> = match &self.weights {
            Weights::Rule(Rule::Balanced) => balanced(context.rows.targets(), classes.len()),
            Weights::Given(weights) => classes.iter().map(|class| *weights.get(class).unwrap_or(&1.0)).collect(),
        };
        if weights.iter().any(|&weight| weight != weights[0]) {
            recipe.class_weights = Some(weights);
        }
    }
}

/// n / (K·n_k) of each class; 1 for a class without a row, which is not counted among the K.
fn balanced(targets: &Targets, classes: usize) -> Vec<f64> {
    let Targets::Classes(labels) = targets else { panic!("class weights are checked to go with classes") };
    let mut counts = vec![0usize; classes];
    labels.iter().for_each(|&label| counts[label as usize] += 1);
    let present = counts.iter().filter(|&&count| count > 0).count();
    let weight = |count: usize| labels.len() as f64 / (present * count) as f64;
    counts.into_iter().map(|count| if count == 0 { 1.0 } else { weight(count) }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn balanced_weights_are_those_of_scikit_learn() {
        // compute_class_weight("balanced", classes=np.arange(3), y=[0, 0, 0, 0, 1, 1, 2, 2, 2])
        let targets = Targets::Classes(vec![0, 0, 0, 0, 1, 1, 2, 2, 2]);
        assert_eq!(balanced(&targets, 3), [0.75, 1.5, 1.0]);
    }

    #[test]
    fn a_class_without_training_rows_does_not_count() {
        assert_eq!(balanced(&Targets::Classes(vec![0, 2, 2, 2]), 3), [2.0, 1.0, 4.0 / 6.0]);
    }
}

//! What becomes of the targets of a batch before the loss sees them.
//!
//! In: the targets as the batch transforms left them. Out: smoothed targets, and how much each row counts.
//!
//! # Mixed, smoothed and weighed together
//!
//! Targets are mixed first (a batch transform), then rows are weighed, then labels smoothed. A row that is λ of class a and
//! 1 − λ of class b weighs λ·w_a + (1 − λ)·w_b. Smoothing is linear: it gives the same whether before or behind mixing.
//! A row's weight follows from its own label, not from the classes that smoothing spreads it over: the loss of the smoothed
//! label is multiplied as a whole, as with Keras' `class_weight`. (PyTorch's `CrossEntropyLoss` with both `weight` and
//! `label_smoothing` weighs the spread part class by class; with either of them alone the two agree.)

use crate::data::Targets;
use crate::recipe::Recipe;

/// Smooths targets and weighs rows, as the recipe says.
#[derive(Debug)]
pub(super) struct SoftTargets {
    classes: usize,
    /// ε: the share that is spread over all classes.
    smoothing: f32,
    class_weights: Option<Vec<f32>>,
    row_weights: Vec<f32>,
}

impl SoftTargets {
    pub fn new(recipe: &Recipe, classes: usize) -> Self {
        let class_weights = recipe.class_weights.as_ref();
        Self {
            classes,
            smoothing: recipe.label_smoothing as f32,
            class_weights: class_weights.map(|weights| weights.iter().map(|&weight| weight as f32).collect()),
            row_weights: Vec::new(),
        }
    }

    /// Weighs the rows by their classes, then smooths: y ← (1 − ε)·y + ε/K for K classes.
    pub fn apply(&mut self, targets: &mut Targets) {
        if let Some(weights) = &self.class_weights {
            self.row_weights.clear();
            match targets {
                Targets::Classes(classes) => {
                    self.row_weights.extend(classes.iter().map(|&class| weights[class as usize]));
                }
                Targets::Shares(shares) => self.row_weights.extend(
                    shares
                        .outer_iter()
                        .map(|row| row.iter().zip(weights).map(|(&share, &weight)| share * weight).sum::<f32>()),
                ),
                Targets::Values(_) => panic!("class weights are checked to go with classes before training"),
            }
        }
        if self.smoothing > 0.0
            && let Some(shares) = targets.to_shares(self.classes)
        {
            let even = self.smoothing / self.classes as f32;
            shares.mapv_inplace(|share| (1.0 - self.smoothing) * share + even);
        }
    }

    /// How much each row counts in the loss; all alike where not given.
    pub fn row_weights(&self) -> Option<&[f32]> {
        self.class_weights.is_some().then_some(&self.row_weights)
    }
}

#[cfg(test)]
mod tests {
    use ndarray::{Array2, array};
    use serde_json::json;

    use super::*;
    use crate::nn::Loss;

    fn soft(label_smoothing: f64, class_weights: Option<Vec<f64>>) -> SoftTargets {
        let train = json!({
            "epochs": 1, "batch_size": 8, "optimizer": { "kind": "sgd" }, "learning_rate": 0.1,
            "schedule": { "kind": "constant", "warmup": 0 }, "loss": null, "shuffle": true, "gradient_clip": null,
        });
        let train = serde_json::from_value(train).unwrap();
        let recipe = Recipe { label_smoothing, class_weights, ..Recipe::new(train, Loss::CrossEntropy) };
        SoftTargets::new(&recipe, 3)
    }

    fn close(a: &Array2<f32>, b: &Array2<f32>) -> bool {
        a.dim() == b.dim() && a.iter().zip(b).all(|(a, b)| (a - b).abs() < 1e-6)
    }

    #[test]
    fn a_smoothed_label_keeps_all_but_epsilon_and_its_part_of_that() {
        let mut targets = Targets::Classes(vec![2, 0]);
        soft(0.3, None).apply(&mut targets);
        let Targets::Shares(shares) = targets else { panic!("smoothed labels are shares") };
        assert!(close(&shares, &array![[0.1, 0.1, 0.8], [0.8, 0.1, 0.1]]), "{shares}");
    }

    #[test]
    fn a_row_weighs_what_its_classes_weigh_before_they_are_smoothed() {
        let mut both = soft(0.3, Some(vec![1.0, 2.0, 5.0]));
        let mut targets = Targets::Classes(vec![2, 0]);
        both.apply(&mut targets);
        assert_eq!(both.row_weights(), Some(&[5.0, 1.0][..]));
        let mut mixed = Targets::Shares(array![[0.25, 0.0, 0.75]]);
        both.apply(&mut mixed);
        assert_eq!(both.row_weights(), Some(&[4.0][..]));
        let Targets::Shares(shares) = mixed else { panic!("shares stay shares") };
        assert!(close(&shares, &array![[0.275, 0.1, 0.625]]), "{shares}");
    }

    #[test]
    fn without_either_nothing_changes() {
        let mut nothing = soft(0.0, None);
        let mut targets = Targets::Classes(vec![2, 0]);
        nothing.apply(&mut targets);
        assert_eq!((targets, nothing.row_weights()), (Targets::Classes(vec![2, 0]), None));
    }
}

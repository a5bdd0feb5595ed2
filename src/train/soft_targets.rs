//! What becomes of the targets of a batch before the loss sees them.
//!
//! In: the targets as the batch transforms left them. Out: smoothed targets, and how much each row counts.

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

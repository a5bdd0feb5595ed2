//! Terms of the objective that look at what hidden units give.
//!
//! In: the activations of a pass, a term. Out: sums of its statistic over rows, and its gradient.

use super::{Pass, lanes};
use crate::nn::{Activity, PANEL};

impl Pass {
    /// ∂term/∂statistic of every unit of a hidden layer for one row of the batch: slope(mean) / rows.
    pub(super) fn slopes(&self, hidden: usize, term: &dyn Activity) -> Vec<f64> {
        let mut sums = vec![0.0; self.activations[hidden].units()];
        self.add_statistics(hidden, term, &mut sums);
        let rows = self.rows as f64;
        sums.iter().map(|sum| term.slope(sum / rows) / rows).collect()
    }

    /// Adds each unit's sum of a term's statistic over the rows of the batch to `sums`, in the order of the rows. `hidden`
    /// counts the hidden layers. `[units]`
    pub fn add_statistics(&self, hidden: usize, term: &dyn Activity, sums: &mut [f64]) {
        for panel in 0..self.panels() {
            let lanes = lanes(self.rows, panel);
            for (sum, h) in sums.iter_mut().zip(self.activations[hidden].panel(panel).chunks_exact(PANEL)) {
                h[..lanes].iter().for_each(|&h| *sum += f64::from(term.statistic(h)));
            }
        }
    }
}

/// Adds a term's gradient to ∂J/∂h of a panel, in the lanes that hold rows: `h` and `deltas` are [units, 32].
pub(super) fn add_activity(term: &dyn Activity, slopes: &[f64], h: &[f32], lanes: usize, deltas: &mut [f32]) {
    for ((deltas, h), &slope) in deltas.chunks_exact_mut(PANEL).zip(h.chunks_exact(PANEL)).zip(slopes) {
        for (delta, &h) in deltas[..lanes].iter_mut().zip(h) {
            *delta += (slope * f64::from(term.statistic_slope(h))) as f32;
        }
    }
}

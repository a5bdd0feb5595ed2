//! The terms of hidden units over all rows of a part.
//!
//! In: passes over the rows, chunk by chunk, in evaluation mode. Out: Σ of the terms' values, each from the mean of its
//! statistic over all rows.

use crate::nn::{Activity, Network, Pass};

/// Sums of the statistics of every hidden unit.
pub(super) struct ActivitySums<'a> {
    terms: &'a [Box<dyn Activity>],
    /// Sums over the rows: `[terms][hidden layers][units]`
    sums: Vec<Vec<Vec<f64>>>,
}

impl<'a> ActivitySums<'a> {
    /// Of no rows yet. Without terms nothing is summed.
    pub fn new(terms: &'a [Box<dyn Activity>], network: &Network) -> Self {
        let hidden = &network.layers[..network.layers.len() - 1];
        let zeros: Vec<Vec<f64>> = hidden.iter().map(|layer| vec![0.0; layer.outputs()]).collect();
        Self { terms, sums: vec![zeros; terms.len()] }
    }

    /// Adds the rows that went forward through `pass`.
    pub fn add(&mut self, pass: &Pass) {
        for (term, layers) in self.terms.iter().zip(&mut self.sums) {
            for (hidden, sums) in layers.iter_mut().enumerate() {
                pass.add_statistics(hidden, term.as_ref(), sums);
            }
        }
    }

    /// Σ of the terms, where `rows` rows were added.
    pub fn value(&self, rows: usize) -> f64 {
        let mut value = 0.0;
        for (term, layers) in self.terms.iter().zip(&self.sums) {
            value += layers.iter().flatten().map(|sum| term.value(sum / rows as f64)).sum::<f64>();
        }
        value
    }
}

//! DropConnect in training: single connections are closed, for each sample others (Wan et al. 2013).
//!
//! In: a draw of which weights of a layer each sample keeps. Out: the layer's sums, what flows back through it, and the
//! gradient of its weights, as the pass asks for them. Biases are never closed. The loops are those of `kernels`: every sample
//! has weights of its own, so that nothing is a product of matrices any more, and a step costs several times as much.

use super::Layer;
use super::gate::DRAWS;
use super::kernels::{self, PANEL};
use super::layer::slice;
use crate::random::StreamKey;

/// Which connections of a layer are kept, by sample.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Connections {
    inputs: usize,
    /// Connections of the layer.
    weights: usize,
    /// By what kept weights are multiplied.
    kept: f32,
    /// Bit s of a word says whether sample s of the panel keeps the weight: [panels, outputs, inputs].
    words: Vec<u32>,
}

impl Connections {
    /// The connections of `layer` whose `words` [panels, outputs, inputs] hold a bit for each sample; what is kept is multiplied
    /// by `kept`.
    pub fn new(layer: &Layer, kept: f32, words: Vec<u32>) -> Self {
        Self { inputs: layer.inputs(), weights: layer.weights.len(), kept, words }
    }

    /// Draws anew, with one stream for each panel.
    pub(super) fn draw(&mut self, key: StreamKey, rate: f64, kept: f32, layer: &Layer, panels: usize) {
        (self.inputs, self.weights, self.kept) = (layer.inputs(), layer.weights.len(), kept);
        self.words.resize(panels * self.weights, 0);
        // A connection that is never kept has no place among rates below 1.
        let ones = (DRAWS - libm::round(rate * DRAWS)).max(1.0) as u32;
        let [low, high] = key.mixed();
        for (panel, words) in self.words.chunks_exact_mut(self.weights.max(1)).enumerate() {
            kernels::random_bits([low, high.wrapping_add(panel as u32)], ones, words);
        }
    }

    /// Closed connections, counted in each of the first `rows` samples.
    pub(super) fn closed(&self, rows: usize) -> u64 {
        let panels = self.words.chunks_exact(self.weights.max(1)).enumerate();
        let closed = panels.map(|(panel, words)| {
            let lanes = rows.saturating_sub(panel * PANEL).min(PANEL);
            let in_use = if lanes == PANEL { u32::MAX } else { (1 << lanes) - 1 };
            let mut open = 0;
            kernels::count_ones(words, in_use, &mut open);
            (words.len() * lanes) as u64 - open
        });
        closed.sum()
    }

    /// z = (M∘W)·x + b of a panel: `x` [inputs, 32], `z` [outputs, 32].
    pub(super) fn sums(&self, panel: usize, layer: &Layer, x: &[f32], z: &mut [f32]) {
        let units = self.panel(panel).chunks_exact(self.inputs).zip(layer.units()).zip(&layer.bias);
        for (((words, weights), &bias), z) in units.zip(z.as_chunks_mut::<PANEL>().0) {
            z.fill(bias);
            kernels::connected_sums(words, weights, self.kept, x, z);
        }
    }

    /// (M∘W)ᵀ·δ of a panel: `deltas` [outputs, 32] is that of the layer, `front` [inputs, 32] becomes what flows back.
    pub(super) fn deltas(&self, panel: usize, layer: &Layer, deltas: &[f32], front: &mut [f32]) {
        front.fill(0.0);
        let units = self.panel(panel).chunks_exact(self.inputs).zip(slice(&layer.weights).chunks_exact(self.inputs));
        for ((words, weights), delta) in units.zip(deltas.as_chunks::<PANEL>().0) {
            kernels::connected_deltas(words, weights, self.kept, delta, front);
        }
    }

    /// Adds M∘(δ·xᵀ) of a panel to the gradient of the units from `first` on, which begins at 0 with the first panel: `deltas`
    /// [units, 32], `flat` [lanes, inputs and padding], `gradient` [units, inputs].
    pub(super) fn add_products(&self, panel: usize, first: usize, deltas: &[f32], flat: &[f32], gradient: &mut [f32]) {
        if panel == 0 {
            gradient.fill(0.0);
        }
        let width = self.inputs.next_multiple_of(PANEL);
        let words = self.panel(panel)[first * self.inputs..].chunks_exact(self.inputs);
        let units = words.zip(deltas.chunks_exact(PANEL)).zip(gradient.chunks_exact_mut(self.inputs));
        for ((words, delta), gradient) in units {
            kernels::connected_gradient(words, self.kept, &delta[..flat.len() / width], flat, width, gradient);
        }
    }

    /// The words of a panel: [outputs, inputs].
    fn panel(&self, panel: usize) -> &[u32] {
        &self.words[panel * self.weights..][..self.weights]
    }
}

#[cfg(test)]
mod tests;

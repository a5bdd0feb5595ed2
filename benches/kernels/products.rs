//! The three products of a layer, on numbers that lie as they do in training.

use std::hint::black_box;

use overfit::nn::{PANEL, Panel, Scalars, Start, product};

/// What a product is for.
#[derive(Clone, Copy)]
pub enum Direction {
    /// z = W·x + b
    Forward,
    /// Wᵀ·δ
    Inputs,
    /// Σ δ·xᵀ
    Weights,
}

/// A product with its numbers.
pub struct Product {
    direction: Direction,
    inputs: usize,
    outputs: usize,
    /// Whole panels of samples.
    panels: usize,
    /// [outputs, inputs padded to whole panels]
    weights: Vec<f32>,
    bias: Vec<f32>,
    /// [panels, inputs, 32]
    inputs_by_unit: Vec<f32>,
    /// [32·panels, inputs padded to whole panels]
    inputs_by_row: Vec<f32>,
    /// [panels, outputs, 32]
    outputs_by_unit: Vec<f32>,
}

impl Product {
    /// The product of a layer for batches of `rows` rows, a multiple of 32.
    pub fn new(direction: Direction, inputs: usize, outputs: usize, rows: usize) -> Self {
        let padded = inputs.next_multiple_of(PANEL);
        Self {
            direction,
            inputs,
            outputs,
            panels: rows / PANEL,
            weights: vec![0.01; outputs * padded],
            bias: vec![0.1; outputs],
            inputs_by_unit: vec![0.5; inputs * rows],
            inputs_by_row: vec![0.5; padded * rows],
            outputs_by_unit: vec![0.25; outputs * rows],
        }
    }

    /// Floating-point operations of one computation, without those on padding.
    pub fn operations(&self) -> f64 {
        2.0 * (self.panels * PANEL) as f64 * (self.inputs * self.outputs) as f64
    }

    /// Computes it once, panel by panel.
    pub fn compute(&mut self) {
        for panel in 0..self.panels {
            match self.direction {
                Direction::Forward => self.forward(panel),
                Direction::Inputs => self.input_gradient(panel),
                Direction::Weights => self.weight_gradient(panel),
            }
        }
        black_box((&self.weights, &self.inputs_by_unit, &self.outputs_by_unit));
    }

    fn forward(&mut self, panel: usize) {
        let weights = Scalars { values: &self.weights, row: self.inputs, step: 1 };
        let x = Panel { values: &self.inputs_by_unit[panel * self.inputs * PANEL..], row: PANEL, columns: PANEL };
        let z = &mut self.outputs_by_unit[panel * self.outputs * PANEL..];
        product(Start::Rows(&self.bias), weights, x, self.inputs, self.outputs, z, PANEL);
    }

    fn input_gradient(&mut self, panel: usize) {
        let weights = Scalars { values: &self.weights, row: 1, step: self.inputs };
        let deltas =
            Panel { values: &self.outputs_by_unit[panel * self.outputs * PANEL..], row: PANEL, columns: PANEL };
        let gradient = &mut self.inputs_by_unit[panel * self.inputs * PANEL..];
        product(Start::Zero, weights, deltas, self.outputs, self.inputs, gradient, PANEL);
    }

    fn weight_gradient(&mut self, panel: usize) {
        let padded = self.inputs.next_multiple_of(PANEL);
        let deltas = &self.outputs_by_unit[panel * self.outputs * PANEL..];
        let deltas = Scalars { values: deltas, row: PANEL, step: 1 };
        let start = if panel == 0 { Start::Zero } else { Start::Continue };
        for column in (0..padded).step_by(PANEL) {
            let x =
                Panel { values: &self.inputs_by_row[panel * PANEL * padded + column..], row: padded, columns: PANEL };
            product(start, deltas, x, PANEL, self.outputs, &mut self.weights[column..], padded);
        }
    }
}

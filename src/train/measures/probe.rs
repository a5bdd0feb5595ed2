//! The finished network at work: rows through it, in evaluation mode, in chunks of bounded memory.
//!
//! In: rows, written one by one into the network's inputs. Out: the outputs of each, in order.

use std::sync::atomic::Ordering;
use std::time::Instant;

use super::super::Interrupted;
use super::super::evaluate::evaluation_gates;
use super::Subject;
use crate::nn::{Gate, Loss, Network, PANEL, Pass, Team};

/// Rows that go through the network at once.
pub(super) const ROWS: usize = 8 * PANEL;

/// The network that a trial ended with, or another in its place, and the buffers to run it.
pub(super) struct Probe<'a> {
    subject: Subject<'a>,
    network: &'a Network,
    pass: Pass,
    gates: Vec<Gate>,
    outputs: Vec<f64>,
}

impl<'a> Probe<'a> {
    /// The network that the trial ended with.
    pub fn new(subject: &Subject<'a>) -> Self {
        Self::of(subject, &subject.outcome.network)
    }

    /// `network`, evaluated as that of the trial.
    pub fn of(subject: &Subject<'a>, network: &'a Network) -> Self {
        Self {
            subject: *subject,
            network,
            pass: Pass::new(network, ROWS),
            gates: evaluation_gates(subject.recipe, network),
            outputs: vec![0.0; network.outputs()],
        }
    }

    /// The network whose hidden units give f of their mean sum, where evaluation draws them (DropConnect): what has a gradient.
    pub fn of_means(mut self) -> Self {
        for gate in &mut self.gates {
            if let Gate::Sampled(sampling) = gate {
                *gate = Gate::Scale(sampling.mean);
            }
        }
        self
    }

    /// Shows `see(row, outputs)` what the network gives for each of `rows` rows, written by `fill(row, inputs)`: before softmax
    /// or sigmoid, and free to be changed: `[outputs]`.
    ///
    /// # Errors
    /// If the measuring is called off.
    pub fn run(
        &mut self,
        rows: usize,
        fill: impl Fn(usize, &mut [f32]) + Sync,
        mut see: impl FnMut(usize, &mut [f64]),
    ) -> Result<(), Interrupted> {
        for first in (0..rows).step_by(ROWS) {
            self.load(ROWS.min(rows - first), |row, values| fill(first + row, values))?;
            self.forward(|row, outputs| see(first + row, outputs));
        }
        Ok(())
    }

    /// Loads a chunk of at most [`ROWS`] rows.
    ///
    /// # Errors
    /// If the measuring is called off.
    pub fn load(&mut self, rows: usize, fill: impl Fn(usize, &mut [f32]) + Sync) -> Result<(), Interrupted> {
        if self.subject.cancelled.iter().any(|flag| flag.load(Ordering::Relaxed)) {
            return Err(Interrupted);
        }
        self.pass.load(self.subject.team, rows, fill);
        Ok(())
    }

    /// Shows the outputs of each row that is loaded.
    pub fn forward(&mut self, see: impl FnMut(usize, &mut [f64])) {
        let gates = std::mem::take(&mut self.gates);
        self.forward_through(&gates, see);
        self.gates = gates;
    }

    /// As [`Self::forward`], through other gates than those of evaluation.
    pub fn forward_through(&mut self, gates: &[Gate], mut see: impl FnMut(usize, &mut [f64])) {
        self.pass.forward(self.subject.team, self.network, gates);
        for row in 0..self.pass.batch_mut().nrows() {
            self.outputs.iter_mut().zip(self.pass.output(row)).for_each(|(output, &z)| *output = f64::from(z));
            see(row, &mut self.outputs);
        }
    }

    /// Seconds of a forward pass of the loaded rows, by one thread.
    pub fn forward_seconds(&mut self) -> f64 {
        let (network, team) = (self.network, Team::default());
        let start = Instant::now();
        self.pass.forward(&team, network, &self.gates);
        start.elapsed().as_secs_f64()
    }

    /// Σ(∂f/∂x)² over the inputs of each loaded row, added to `squares`; `slope(row, ∂f/∂z)` writes the slope of f at the outputs
    /// of the last [`Self::forward`].
    pub fn add_squared_gradients(&mut self, slope: impl Fn(usize, &mut [f32]), squares: &mut [f64]) {
        let (team, network) = (self.subject.team, self.network);
        self.pass.input_gradients(team, network, &self.gates, slope, |row, gradient| {
            squares[row] += gradient.iter().map(|&g| f64::from(g) * f64::from(g)).sum::<f64>();
        });
    }
}

/// Makes what the outputs of a row predict of them: probabilities of a classification (softmax, or a sigmoid for each class as
/// the loss has it); the outputs themselves of a regression.
pub(super) fn to_predictions(loss: Loss, outputs: &mut [f64]) {
    match loss {
        Loss::CrossEntropy => {
            let largest = outputs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            outputs.iter_mut().for_each(|z| *z = libm::exp(*z - largest));
            let sum: f64 = outputs.iter().sum();
            outputs.iter_mut().for_each(|p| *p /= sum);
        }
        Loss::BinaryCrossEntropy => outputs.iter_mut().for_each(|z| *z = 1.0 / (1.0 + libm::exp(-*z))),
        Loss::HalfMse | Loss::Mse => {}
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::Case;
    use super::*;

    #[test]
    fn predictions_are_probabilities_of_classes_and_values_of_a_regression() {
        let of = |loss| {
            let mut outputs = [0.0, libm::log(3.0)];
            to_predictions(loss, &mut outputs);
            outputs.map(|p| libm::round(p * 1e12) / 1e12)
        };
        assert_eq!(of(Loss::CrossEntropy), [0.25, 0.75]);
        assert_eq!(of(Loss::BinaryCrossEntropy), [0.5, 0.75]);
        assert_eq!(of(Loss::Mse), [0.0, 1.098_612_288_668]);
        let mut large = [1e4, -1e4];
        to_predictions(Loss::CrossEntropy, &mut large);
        assert_eq!(large, [1.0, 0.0]);
    }

    #[test]
    fn rows_of_several_chunks_come_in_order() {
        let case = Case::regression();
        let mut seen = Vec::new();
        Probe::new(&case.subject())
            .run(2 * ROWS + 3, |row, values| values.fill(row as f32), |row, outputs| seen.push((row, outputs[0])))
            .unwrap();
        // The network of the case gives 2x + 1.
        assert!(seen.iter().enumerate().all(|(i, &(row, z))| row == i && z == 2.0 * i as f64 + 1.0), "{seen:?}");
        assert_eq!(seen.len(), 2 * ROWS + 3);
    }

    #[test]
    fn a_call_from_outside_ends_it() {
        let mut case = Case::regression();
        case.cancelled = true.into();
        assert_eq!(Probe::new(&case.subject()).run(1, |_, _| {}, |_, _| {}), Err(Interrupted));
    }
}

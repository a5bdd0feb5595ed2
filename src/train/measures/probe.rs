//! The finished network, or the networks that vote, at work: rows through them, in evaluation mode, in chunks of bounded memory.
//!
//! In: rows, written one by one into the inputs. Out: the outputs of each, in order.

use std::sync::atomic::Ordering;
use std::time::Instant;

use super::super::Interrupted;
use super::super::committee::{Committee, Seat};
use super::Subject;
use crate::nn::{Ensemble, Gate, Loss, Network, PANEL, Team};

/// Rows that go through the network at once.
pub(super) const ROWS: usize = 8 * PANEL;

/// The network that a trial ended with, or several that vote, or others in their place, and the buffers to run them.
pub(super) struct Probe<'a> {
    subject: Subject<'a>,
    networks: Vec<&'a Network>,
    committee: Committee,
    /// Rows that are loaded.
    rows: usize,
    outputs: Vec<f64>,
}

impl<'a> Probe<'a> {
    /// What the trial ended with.
    pub fn new(subject: &Subject<'a>) -> Self {
        Self::of(subject, &subject.outcome.ensemble)
    }

    /// `ensemble`, evaluated as that of the trial.
    pub fn of(subject: &Subject<'a>, ensemble: &'a Ensemble) -> Self {
        let networks: Vec<&Network> = ensemble.members.iter().collect();
        let mut committee = Committee::new(ROWS);
        committee.seat(subject.recipe, &networks);
        let outputs = vec![0.0; networks[0].outputs()];
        Self { subject: *subject, networks, committee, rows: 0, outputs }
    }

    /// The networks whose hidden units give f of their mean sum, where evaluation draws them (DropConnect): what has a gradient.
    pub fn of_means(mut self) -> Self {
        for gate in self.committee.seats_mut().iter_mut().flat_map(|seat| &mut seat.gates) {
            if let Gate::Sampled(sampling) = gate {
                *gate = Gate::Scale(sampling.mean);
            }
        }
        self
    }

    /// How many networks vote.
    pub fn members(&self) -> usize {
        self.networks.len()
    }

    /// Shows `see(row, outputs)` what comes out for each of `rows` rows, written by `fill(row, inputs)`: before softmax or sigmoid,
    /// of several networks the outputs of their vote, and free to be changed: `[outputs]`.
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
        self.committee.load(self.subject.team, rows, fill);
        self.rows = rows;
        Ok(())
    }

    /// Shows the outputs of each row that is loaded.
    pub fn forward(&mut self, mut see: impl FnMut(usize, &mut [f64])) {
        self.committee.forward(self.subject.team, &self.networks);
        for row in 0..self.rows {
            self.committee.outputs(self.subject.recipe.loss, row, &mut self.outputs);
            see(row, &mut self.outputs);
        }
    }

    /// Shows the outputs of the vote of some of the networks for each row that is loaded, where `votes(row, member)` says that at
    /// least one of them votes.
    pub fn forward_where(&mut self, votes: impl Fn(usize, usize) -> bool, mut see: impl FnMut(usize, &mut [f64])) {
        self.committee.forward(self.subject.team, &self.networks);
        for row in 0..self.rows {
            if (0..self.networks.len()).any(|member| votes(row, member)) {
                let loss = self.subject.recipe.loss;
                self.committee.vote(loss, row, |member| votes(row, member), &mut self.outputs);
                see(row, &mut self.outputs);
            }
        }
    }

    /// Shows `see(member, row, outputs)` the outputs of each network for each row that is loaded.
    pub fn forward_members(&mut self, mut see: impl FnMut(usize, usize, &mut [f64])) {
        self.committee.forward(self.subject.team, &self.networks);
        for (member, seat) in self.committee.seats().iter().enumerate() {
            for row in 0..self.rows {
                self.outputs.iter_mut().zip(seat.pass.output(row)).for_each(|(output, &z)| *output = f64::from(z));
                see(member, row, &mut self.outputs);
            }
        }
    }

    /// As [`Self::forward`], of the first network alone, through other gates than those of evaluation.
    pub fn forward_through(&mut self, gates: &[Gate], mut see: impl FnMut(usize, &mut [f64])) {
        let Seat { pass, .. } = &mut self.committee.seats_mut()[0];
        pass.forward(self.subject.team, self.networks[0], gates);
        for row in 0..self.rows {
            self.outputs.iter_mut().zip(pass.output(row)).for_each(|(output, &z)| *output = f64::from(z));
            see(row, &mut self.outputs);
        }
    }

    /// Seconds of a forward pass of the loaded rows through all networks, by one thread.
    pub fn forward_seconds(&mut self) -> f64 {
        let team = Team::default();
        let start = Instant::now();
        self.committee.forward(&team, &self.networks);
        start.elapsed().as_secs_f64()
    }

    /// Σ(∂f/∂x)² over the inputs of each loaded row, added to `squares`, where f is the mean over the networks of some function of
    /// their outputs; `slope(member, row, slopes)` writes how it changes with the outputs of the last forward pass.
    pub fn add_squared_gradients(&mut self, slope: impl Fn(usize, usize, &mut [f32]), squares: &mut [f64]) {
        let (team, inputs) = (self.subject.team, self.networks[0].inputs());
        let mut sums = vec![0.0; self.rows * inputs];
        let seats = self.committee.seats_mut().iter_mut();
        for (member, (Seat { pass, gates }, network)) in seats.zip(&self.networks).enumerate() {
            let slope = |row: usize, slopes: &mut [f32]| slope(member, row, slopes);
            pass.input_gradients(team, network, gates, slope, |row, gradient| {
                let sums = &mut sums[row * inputs..][..inputs];
                sums.iter_mut().zip(gradient).for_each(|(sum, &g)| *sum += f64::from(g));
            });
        }
        let count = self.networks.len() as f64;
        for (square, sums) in squares.iter_mut().zip(sums.chunks_exact(inputs.max(1))) {
            *square += sums.iter().map(|sum| (sum / count) * (sum / count)).sum::<f64>();
        }
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

//! A saved network at work.
//!
//! In: rows as inputs. Out: the outputs of each, those of the vote where there are several networks: to the last bit what
//! training measured.

use ndarray::ArrayView1;

use super::SavedModel;
use crate::nn::{Gate, Loss, PANEL, Pass, Team};

/// Rows that go through the network at once, at most: more are no faster.
const MOST_ROWS: usize = 256;
/// Inputs that are in memory at once, as far as whole panels of rows allow: 16 MiB.
const INPUTS: usize = 1 << 22;

/// Multiplications of a pass from which on it pays to share it among threads: about a tenth of a millisecond.
const WORTH_SHARING: usize = 8_000_000;

/// A network with its buffers.
pub struct Predictor<'m> {
    model: &'m SavedModel,
    rows: usize,
    loss: Loss,
    team: Team,
    passes: Vec<Pass>,
    /// The outputs of a row.
    joint: Vec<f64>,
}

impl<'m> Predictor<'m> {
    /// The network, to be run by so many threads where it is large.
    pub fn new(model: &'m SavedModel, threads: usize) -> Self {
        let members = &model.ensemble.members;
        let rows = (INPUTS / members[0].inputs()).clamp(PANEL, MOST_ROWS);
        Self {
            rows,
            model,
            loss: Loss::new(Some(model.description.loss), model.description.task),
            team: Team::new(if members[0].weights() * rows < WORTH_SHARING { 1 } else { threads }),
            passes: members.iter().map(|network| Pass::new(network, rows)).collect(),
            joint: vec![0.0; members[0].outputs()],
        }
    }

    /// Rows that go through at once, at most.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Number of inputs.
    pub fn inputs(&self) -> usize {
        self.model.ensemble.members[0].inputs()
    }

    /// What its outputs stand for.
    pub fn loss(&self) -> Loss {
        self.loss
    }

    /// Runs rows, `[rows, inputs]`, at most [`rows`](Self::rows) of them, and hands the outputs of each to `each`: `[outputs]`,
    /// before softmax or sigmoid, in scaled units.
    pub fn run<E>(&mut self, inputs: &[f32], mut each: impl FnMut(&[f64]) -> Result<(), E>) -> Result<(), E> {
        let width = self.inputs();
        let rows = inputs.len() / width;
        for (pass, network) in self.passes.iter_mut().zip(&self.model.ensemble.members) {
            pass.load(&self.team, rows, |row, values| values.copy_from_slice(&inputs[row * width..(row + 1) * width]));
            pass.forward(&self.team, network, &vec![Gate::Open; network.layers.len()]);
        }
        for row in 0..rows {
            match &self.passes[..] {
                [only] => self.joint.iter_mut().zip(only.output(row)).for_each(|(joint, &z)| *joint = f64::from(z)),
                several => {
                    let outputs = several.iter().map(|pass| -> ArrayView1<'_, f32> { pass.output(row) });
                    self.loss.vote(outputs, &mut self.joint);
                }
            }
            each(&self.joint)?;
        }
        Ok(())
    }
}

//! Units or connections dropped at random.
//!
//! In: what the dropout remedy was told. Out: the rate in front of each layer at any step, from which training draws its
//! gates, and evaluation its own.

use super::{Recipe, Stretch};
use crate::nn::{Layer, Network};

/// Units or connections dropped at random: in training each in front of a layer is kept with probability 1 − rate.
#[derive(Debug, Clone, PartialEq)]
pub struct Dropout {
    /// The rate in front of each layer: the inputs', then each hidden layer's.
    pub rates: Vec<f64>,
    /// What is dropped.
    pub kind: DropoutKind,
    /// Where the loss of units is made up for.
    pub rescale: Rescale,
    /// For whom a unit is dropped.
    pub mask: MaskScope,
    /// How the rates change in the course of training.
    pub schedule: DropoutSchedule,
    /// Connections of each layer in a network that is whole, against which is measured what pruning left.
    pub connections: Vec<usize>,
}

/// What is dropped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DropoutKind {
    /// Units.
    Bernoulli,
    /// Nothing: units are multiplied by N(1, rate / (1 − rate)).
    Gaussian,
    /// Connections that leave inputs and hidden units. At test time hidden units give the mean of so many draws, or where there
    /// is no number, what they give on average sums.
    Connect {
        /// Draws at test time.
        samples: Option<usize>,
    },
}

/// For whom a unit is dropped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MaskScope {
    /// For each row by a draw of its own.
    Row,
    /// For all rows of a batch at once: hidden units then leave the matrix product.
    Batch,
}

/// Where the loss of dropped units is made up for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rescale {
    /// In training: what is kept is multiplied by 1/(1 − rate).
    Train,
    /// At test time: everything is multiplied by 1 − rate, as in the paper.
    Test,
    /// Nowhere: at test time the sums are 1/(1 − rate) too large.
    None,
}

/// How the rates change in the course of training. A stretch of training that begins anew (behind a rewind) begins its schedule
/// anew, as it does that of the learning rate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DropoutSchedule {
    /// Not at all.
    Constant,
    /// Down to 0 in equal steps, epoch by epoch, within so many epochs; within the stretch where there is no number.
    Annealed {
        /// N of rate·max(0, 1 − t/N).
        epochs: Option<usize>,
    },
    /// Up from 0, step by step.
    Curriculum,
}

impl DropoutSchedule {
    /// By what the rates are multiplied in step `batch` (from 0) of `epoch` (from 1), for a stretch of training that this epoch
    /// is in, in [0, 1].
    ///
    /// annealed (Rennie 2014): max(0, 1 − t/N), t the epochs of the stretch before this one. curriculum (Morerio 2017): of keep(t) =
    /// (1 − θ)e^(−γt) + θ with γ = 10/T, where t and T are the steps of the stretch before this one and in all, and θ = 1 − rate,
    /// follows the rate 1 − keep(t) = rate·(1 − e^(−γt)).
    pub fn factor(self, stretch: Stretch, epoch: usize, batch: usize, steps_per_epoch: usize) -> f64 {
        let before = epoch - 1 - stretch.start;
        match self {
            DropoutSchedule::Constant => 1.0,
            DropoutSchedule::Annealed { epochs } => {
                (1.0 - before as f64 / epochs.unwrap_or(stretch.epochs) as f64).max(0.0)
            }
            DropoutSchedule::Curriculum => {
                /// γ·T
                const STEEPNESS: f64 = 10.0;
                let step = before * steps_per_epoch + batch;
                let share = step as f64 / (stretch.epochs * steps_per_epoch) as f64;
                1.0 - libm::exp(-STEEPNESS * share)
            }
        }
    }
}

impl Recipe {
    /// The rate in front of each layer of `network`, before any schedule; empty without dropout. Where the rates follow pruning,
    /// that of a layer is its rate·√(kept/all) of the connections that leave what is dropped (Han 2015).
    pub fn dropout_rates(&self, network: &Network) -> Vec<f64> {
        let Some(dropout) = &self.dropout else { return Vec::new() };
        let shrunk = |((&rate, layer), &all): ((&f64, &Layer), &usize)| match self.dropout_follows_pruning {
            true => rate * libm::sqrt(layer.connections() as f64 / all as f64),
            false => rate,
        };
        dropout.rates.iter().zip(&network.layers).zip(&dropout.connections).map(shrunk).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn factors(schedule: DropoutSchedule, stretch: Stretch, epochs: std::ops::Range<usize>) -> Vec<f64> {
        epochs.map(|epoch| schedule.factor(stretch, epoch, 0, 4)).collect()
    }

    #[test]
    fn annealed_rates_fall_to_zero_in_equal_steps() {
        let stretch = Stretch { start: 0, epochs: 4 };
        let annealed = |epochs| DropoutSchedule::Annealed { epochs };
        assert_eq!(factors(annealed(None), stretch, 1..5), [1.0, 0.75, 0.5, 0.25]);
        assert_eq!(factors(annealed(Some(2)), stretch, 1..5), [1.0, 0.5, 0.0, 0.0]);
        assert_eq!(factors(annealed(Some(8)), stretch, 1..3), [1.0, 0.875]);
    }

    #[test]
    fn curriculum_rates_rise_from_zero_to_almost_the_whole() {
        // θ = 0.5, T = 8: keep(t) = 0.5 e^(-10 t/8) + 0.5 at the steps 0, 1, 2 and 7.
        let stretch = Stretch { start: 0, epochs: 2 };
        let keep = |epoch, batch| 1.0 - 0.5 * DropoutSchedule::Curriculum.factor(stretch, epoch, batch, 4);
        for ((epoch, batch), wanted) in
            [((1, 0), 1.0), ((1, 1), 0.643_252_398), ((1, 2), 0.541_042_499), ((2, 3), 0.500_079_231)]
        {
            assert!((keep(epoch, batch) - wanted).abs() < 1e-8, "{epoch}, {batch}: {}", keep(epoch, batch));
        }
    }

    #[test]
    fn a_stretch_begins_its_schedule_anew() {
        for schedule in [DropoutSchedule::Annealed { epochs: None }, DropoutSchedule::Curriculum] {
            let first = factors(schedule, Stretch { start: 0, epochs: 5 }, 1..6);
            assert_eq!(factors(schedule, Stretch { start: 20, epochs: 5 }, 21..26), first);
        }
    }
}

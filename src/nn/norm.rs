//! Normalisation of what a layer's units sum up: z → γ·ẑ + β, between W·x + b and the activation.
//!
//! In training ẑ has mean 0 and variance 1: for batch norm each unit's over the rows of the batch (Ioffe and Szegedy 2015), for
//! layer norm each row's over the units of the layer (Ba, Kiros and Hinton 2016). A [`Pass`](super::Pass) always computes that.
//! At test time batch norm goes by running figures, which makes it linear: [`Network::folded`](super::Network::folded) puts it
//! into weights and biases. Definitions and constants are those of PyTorch's `BatchNorm1d` and `LayerNorm`.

use ndarray::{Array1, Axis};
use serde::{Deserialize, Serialize};

use super::layer::{slice, slice_mut};
use super::optimizer::{Optimizer, OptimizerClock};

/// Over what is normalised, and the constants of that.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum NormKind {
    /// Each unit over the rows of the batch.
    BatchNorm {
        /// Share of a batch's figures in the running ones.
        momentum: f64,
        /// Added to the variance.
        epsilon: f64,
    },
    /// Each row over the units of the layer.
    LayerNorm {
        /// Added to the variance.
        epsilon: f64,
    },
}

impl NormKind {
    /// The name of the kind, as in a config.
    pub fn name(self) -> &'static str {
        match self {
            NormKind::BatchNorm { .. } => "batch_norm",
            NormKind::LayerNorm { .. } => "layer_norm",
        }
    }

    /// Whether it is batch norm.
    pub fn is_batch(self) -> bool {
        matches!(self, NormKind::BatchNorm { .. })
    }

    fn epsilon(self) -> f64 {
        match self {
            NormKind::BatchNorm { epsilon, .. } | NormKind::LayerNorm { epsilon } => epsilon,
        }
    }

    /// By what deviations from the mean are multiplied, for a variance.
    pub(super) fn inverse(self, variance: f64) -> f64 {
        1.0 / libm::sqrt(variance + self.epsilon())
    }
}

/// The normalisation of one layer.
#[derive(Debug, Clone, PartialEq)]
pub struct Norm {
    /// What kind it is.
    pub kind: NormKind,
    /// γ: `[units]`
    pub gain: Array1<f32>,
    /// β: `[units]`
    pub shift: Array1<f32>,
    /// The running mean of each unit's sums; 0 and never used for layer norm: `[units]`
    pub running_mean: Array1<f32>,
    /// The running variance (unbiased) of each unit's sums; 1 and never used for layer norm: `[units]`
    pub running_variance: Array1<f32>,
    /// The optimizer's, of γ and β.
    moments: [[Array1<f32>; 2]; 2],
}

/// The gradient of γ and β.
#[derive(Debug, Clone, PartialEq)]
pub struct NormGradient {
    /// ∂J/∂γ: `[units]`
    pub gain: Array1<f32>,
    /// ∂J/∂β: `[units]`
    pub shift: Array1<f32>,
}

impl NormGradient {
    /// Zeros.
    pub fn zeros(units: usize) -> Self {
        Self { gain: Array1::zeros(units), shift: Array1::zeros(units) }
    }
}

impl Norm {
    /// γ = 1, β = 0, running mean 0 and variance 1.
    pub fn new(kind: NormKind, units: usize) -> Self {
        Self {
            kind,
            gain: Array1::ones(units),
            shift: Array1::zeros(units),
            running_mean: Array1::zeros(units),
            running_variance: Array1::ones(units),
            moments: Default::default(),
        }
    }

    /// The same without the optimizer's moments.
    pub(super) fn bare(&self) -> Self {
        Self { moments: Default::default(), ..self.clone() }
    }

    /// Makes room for the moments that `optimizer` keeps.
    pub(super) fn prepare(&mut self, optimizer: &Optimizer) {
        let (first, second) = optimizer.moments();
        let units = self.gain.len();
        for moments in &mut self.moments {
            for (moments, wanted) in moments.iter_mut().zip([first, second]) {
                let length = if wanted { units } else { 0 };
                if moments.len() != length {
                    *moments = Array1::zeros(length);
                }
            }
        }
    }

    /// Sets the optimizer's moments to 0.
    pub(super) fn forget(&mut self) {
        self.moments.iter_mut().flatten().for_each(|moments| moments.fill(0.0));
    }

    /// Moves γ and β against their gradient.
    pub(super) fn update(
        &mut self,
        optimizer: &Optimizer,
        clock: &OptimizerClock,
        learning_rate: f64,
        gradient: &NormGradient,
    ) {
        let parts = [(&mut self.gain, &gradient.gain), (&mut self.shift, &gradient.shift)];
        for ((values, gradient), [first, second]) in parts.into_iter().zip(&mut self.moments) {
            optimizer.update(
                clock,
                learning_rate,
                slice_mut(values),
                slice(gradient),
                slice_mut(first),
                slice_mut(second),
            );
        }
    }

    /// Takes the running figures this share of the way to those of a batch of `rows` rows, more than one: means, and biased
    /// variances, of which the unbiased ones are kept. `[units]`
    pub(super) fn approach(&mut self, share: f64, rows: usize, means: &[f64], variances: &[f64]) {
        let unbiased = rows as f64 / (rows as f64 - 1.0);
        let approach = |running: &mut f32, figure: f64| {
            *running = ((1.0 - share) * f64::from(*running) + share * figure) as f32;
        };
        self.running_mean.iter_mut().zip(means).for_each(|(running, &mean)| approach(running, mean));
        let variances = variances.iter().map(|variance| variance * unbiased);
        self.running_variance.iter_mut().zip(variances).for_each(|(running, variance)| approach(running, variance));
    }

    /// What batch norm does to a unit at test time: z → factor·z + constant.
    pub(super) fn line(&self, unit: usize) -> (f64, f64) {
        let [gain, shift, mean, variance] =
            [&self.gain, &self.shift, &self.running_mean, &self.running_variance].map(|values| f64::from(values[unit]));
        let factor = gain * self.kind.inverse(variance);
        (factor, shift - factor * mean)
    }

    /// Keeps only these units, in this order.
    pub(super) fn keep(&mut self, units: &[usize]) {
        let Norm { gain, shift, running_mean, running_variance, moments, .. } = self;
        let all = [gain, shift, running_mean, running_variance].into_iter().chain(moments.iter_mut().flatten());
        for values in all.filter(|values| !values.is_empty()) {
            *values = values.select(Axis(0), units);
        }
    }

    /// Takes γ, β and the running figures from another of as many units; the moments stay.
    pub fn assign(&mut self, other: &Norm) {
        self.gain.assign(&other.gain);
        self.shift.assign(&other.shift);
        self.running_mean.assign(&other.running_mean);
        self.running_variance.assign(&other.running_variance);
    }
}

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::*;

    #[test]
    fn running_figures_go_a_tenth_of_the_way_to_the_mean_and_the_unbiased_variance() {
        let mut norm = Norm::new(NormKind::BatchNorm { momentum: 0.1, epsilon: 1e-5 }, 1);
        // Of the rows 1, 2, 6: mean 3, biased variance 14/3, unbiased 7.
        norm.approach(0.1, 3, &[3.0], &[14.0 / 3.0]);
        assert!((norm.running_mean[0] - 0.3).abs() < 1e-6);
        assert!((norm.running_variance[0] - 1.6).abs() < 1e-6, "0.9 and 0.1 times 7");
    }

    #[test]
    fn at_test_time_batch_norm_is_a_line() {
        let mut norm = Norm::new(NormKind::BatchNorm { momentum: 0.1, epsilon: 1.0 }, 1);
        (norm.gain, norm.shift) = (array![3.0], array![0.5]);
        (norm.running_mean, norm.running_variance) = (array![2.0], array![3.0]);
        assert_eq!(norm.line(0), (1.5, -2.5), "(z - 2) / sqrt(3 + 1) * 3 + 0.5");
    }

    #[test]
    fn a_unit_takes_its_figures_along_when_it_stays() {
        let mut norm = Norm::new(NormKind::BatchNorm { momentum: 0.1, epsilon: 1e-5 }, 3);
        let optimizer = Optimizer::Momentum { momentum: 0.9 };
        norm.prepare(&optimizer);
        let gradient = NormGradient { gain: array![1.0, 2.0, 3.0], shift: array![4.0, 5.0, 6.0] };
        norm.update(&optimizer, &OptimizerClock::default(), 1.0, &gradient);
        norm.running_mean = array![7.0, 8.0, 9.0];
        norm.keep(&[2, 0]);
        assert_eq!((&norm.gain, &norm.shift), (&array![-2.0, 0.0], &array![-6.0, -4.0]));
        assert_eq!((&norm.running_mean, &norm.running_variance), (&array![9.0, 7.0], &array![1.0, 1.0]));
        assert_eq!(norm.moments, [[array![3.0, 1.0], array![]], [array![6.0, 4.0], array![]]]);
    }
}

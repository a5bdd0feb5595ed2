//! DropConnect at test time: what a unit gives, averaged over draws of its sum (Wan et al. 2013).
//!
//! With its connections closed at random, a unit's sum u is about normal. In: mean and variance of u for each row. Out: the
//! mean of f(u) over a few draws. The draws are fixed by a key, unit, lane of the panel and number: not by the panel, since
//! how many rows go through at once depends on the number of threads.

use super::kernels::{self, PANEL, Panel, Scalars, Start, product};
use super::layer::slice;
use super::{Activation, Gate, Layer};
use crate::random::StreamKey;

/// How the units of a hidden layer are drawn at test time.
#[derive(Debug, Clone, PartialEq)]
pub struct Sampling {
    /// What the draws belong to.
    pub key: StreamKey,
    /// By what the sums are multiplied on average: the share of connections that is kept, where training did not rescale.
    pub mean: f32,
    /// √(rate / (1 − rate)): the deviation of what a connection lets through, relative to its mean.
    pub deviation: f32,
    /// Draws whose mean is taken.
    pub samples: usize,
}

/// A layer that is sampled.
pub(super) struct Sampled<'a> {
    sampling: &'a Sampling,
    /// W∘W: [outputs, inputs]
    squares: Vec<f32>,
    inputs: usize,
}

impl Gate {
    /// The layer behind the gate, if what its units give is drawn.
    pub(super) fn sampled(&self, layer: &Layer) -> Option<Sampled<'_>> {
        let Gate::Sampled(sampling) = self else { return None };
        let squares = slice(&layer.weights).iter().map(|weight| weight * weight).collect();
        Some(Sampled { sampling, squares, inputs: layer.inputs() })
    }
}

impl Sampled<'_> {
    /// h ← mean of f(u) over the draws of u ~ N(z, deviation²·(W∘W)(x∘x)) for a panel: `x` [inputs, 32], which is what flows into
    /// the layer on average, `z` and `h` [outputs, 32].
    pub fn means(&self, activation: Activation, x: &[f32], z: &[f32], h: &mut [f32]) {
        let samples = self.sampling.samples;
        let key = self.sampling.key.mixed();
        let mut deviations = self.variances(x, h.len() / PANEL);
        deviations.iter_mut().for_each(|value| *value = self.sampling.deviation * value.sqrt());
        let (mut sums, mut given) = (vec![0.0; samples * PANEL], vec![0.0; samples * PANEL]);
        let units = z.chunks_exact(PANEL).zip(deviations.as_chunks::<PANEL>().0).zip(h.chunks_exact_mut(PANEL));
        for (unit, ((z, deviation), h)) in units.enumerate() {
            kernels::normals(key, (unit * samples) as u32, 0.0, 1.0, &mut sums);
            kernels::spread_rows(z, deviation, &mut sums);
            activation.forward(&sums, &mut given);
            kernels::mean_of_rows(&given, h);
        }
    }

    /// (W∘W)(x∘x): [outputs, 32]
    fn variances(&self, x: &[f32], outputs: usize) -> Vec<f32> {
        let mut variances = vec![0.0; outputs * PANEL];
        let x: Vec<f32> = x.iter().map(|x| x * x).collect();
        let squares = Scalars { values: &self.squares, row: self.inputs, step: 1 };
        let x = Panel { values: &x, row: PANEL, columns: PANEL };
        product(Start::Zero, squares, x, self.inputs, outputs, &mut variances, PANEL);
        variances
    }
}

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::*;
    use crate::nn::{Network, Pass, Team};
    use crate::random::Purpose;

    /// What a hidden unit that is drawn gives for the inputs `x`, on average over 32 rows with draws of their own.
    fn sampled(activation: Activation, rate: f64, samples: usize, mean: f32, x: [f32; 3]) -> f64 {
        let hidden = Layer::new(array![[0.5, -1.0, 2.0]], array![0.1]);
        let network = Network::new(vec![hidden, Layer::new(array![[1.0]], array![0.0])], activation);
        let key = StreamKey::new(0, Purpose::ConnectInference);
        let deviation = (rate / (1.0 - rate)).sqrt() as f32;
        let gates = [Gate::Sampled(Sampling { key, mean, deviation, samples }), Gate::Open];
        let mut pass = Pass::new(&network, 32);
        pass.load(&Team::default(), 32, |_, values| values.copy_from_slice(&x));
        pass.forward(&Team::default(), &network, &gates);
        (0..32).map(|row| f64::from(pass.output(row)[0])).sum::<f64>() / 32.0
    }

    #[test]
    fn a_linear_unit_gives_the_mean_of_its_sum() {
        // 0.1 + 0.2 + 1.0 + 2.0 = 3.3; with weights times 0.7, 0.1 + 0.7·3.2 = 2.34
        let x = [0.4, -1.0, 1.0];
        assert!((sampled(Activation::Identity, 0.3, 500, 1.0, x) - 3.3).abs() < 0.05);
        assert!((sampled(Activation::Identity, 0.3, 500, 0.7, x) - 2.34).abs() < 0.05);
    }

    #[test]
    fn a_rectified_unit_gives_the_mean_of_a_rectified_normal() {
        // E max(u, 0) = μΦ(μ/σ) + σφ(μ/σ) for u ~ N(μ, σ²), σ² = rate/(1 − rate)·(W∘W)(x∘x).
        let x = [0.4, 1.0, 0.3];
        for (rate, mean) in [(0.5, 1.0f32), (0.2, 0.8)] {
            let (products, p) = ([0.2, -1.0, 0.6], f64::from(mean));
            let mu = 0.1 + p * products.iter().sum::<f64>();
            let sigma = libm::sqrt(rate / (1.0 - rate) * products.iter().map(|w| p * p * w * w).sum::<f64>());
            let (ratio, root) = (mu / sigma, libm::sqrt(2.0 * core::f64::consts::PI));
            let below = 0.5 * (1.0 + libm::erf(ratio / core::f64::consts::SQRT_2));
            let wanted = mu * below + sigma * libm::exp(-0.5 * ratio * ratio) / root;
            let found = sampled(Activation::Relu, rate, 1000, mean, x);
            assert!((found - wanted).abs() < 0.01 * sigma, "rate {rate}: {found} {wanted}");
        }
    }

    #[test]
    fn rows_of_any_panel_have_the_draws_of_their_lane() {
        let hidden = Layer::new(array![[0.5, -1.0, 2.0]], array![0.1]);
        let network = Network::new(vec![hidden, Layer::new(array![[1.0]], array![0.0])], Activation::Relu);
        let key = StreamKey::new(0, Purpose::ConnectInference);
        let gates = [Gate::Sampled(Sampling { key, mean: 1.0, deviation: 1.0, samples: 3 }), Gate::Open];
        let mut pass = Pass::new(&network, 70);
        pass.load(&Team::default(), 70, |_, values| values.copy_from_slice(&[0.4, 1.0, 0.3]));
        pass.forward(&Team::default(), &network, &gates);
        assert_eq!(pass.output(1), pass.output(33));
        assert_ne!(pass.output(1), pass.output(2));
    }

    #[test]
    fn the_same_network_gives_the_same_twice() {
        let once = || sampled(Activation::Relu, 0.5, 10, 1.0, [0.4, 1.0, 0.3]);
        assert_eq!(once(), once());
        assert_ne!(once(), sampled(Activation::Relu, 0.5, 11, 1.0, [0.4, 1.0, 0.3]));
    }
}

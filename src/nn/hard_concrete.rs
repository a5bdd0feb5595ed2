//! Gates that are learnt: hard concrete (Louizos, Welling and Kingma 2018).
//!
//! In: log α of each input of a layer, and in training a uniform draw. Out: the factor that the input is multiplied by, often
//! exactly 0 or 1, its slope, and the probability that it is not 0, through which a penalty on the number of weights has a
//! gradient.

use super::{Optimizer, OptimizerClock};

/// γ, the lower end of the stretched interval (the paper's constant).
const LOW: f64 = -0.1;
/// ζ, its upper end (the paper's constant).
const HIGH: f64 = 1.1;
/// β, the temperature (the paper's constant).
const TEMPERATURE: f64 = 2.0 / 3.0;
/// The bounds of log α: ln 0.01 and ln 100 (the reference code's).
const BOUNDS: [f64; 2] = [-4.605_170_185_988_091, 4.605_170_185_988_091];
/// −β ln(−γ/ζ)
const SHIFT: f64 = 1.598_596_848_532_247;

/// A gate in front of every input of a layer.
#[derive(Debug, Clone, PartialEq)]
pub struct LearnedGates {
    /// `[inputs]`
    log_alpha: Vec<f32>,
    moments: [Vec<f32>; 2],
}

/// A gate as it was drawn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DrawnGate {
    /// z in [0, 1]
    pub factor: f64,
    /// ∂z/∂log α, 0 where the gate is wholly open or closed.
    pub slope: f64,
}

impl LearnedGates {
    /// Gates of these log α, which no optimizer has moved yet.
    pub fn new(log_alpha: Vec<f32>) -> Self {
        Self { log_alpha, moments: [Vec::new(), Vec::new()] }
    }

    /// Each gate's factor at test time. `[inputs]`
    pub fn test_factors(&self) -> impl Iterator<Item = f64> {
        self.log_alpha.iter().map(|&log_alpha| test_factor(f64::from(log_alpha)))
    }

    /// The probability of each gate to be not 0. `[inputs]`
    pub fn probabilities(&self) -> impl Iterator<Item = f64> {
        self.log_alpha.iter().map(|&log_alpha| probability(f64::from(log_alpha)))
    }

    /// Each gate drawn by `uniform`, which gives numbers in [0, 1). `[inputs]`
    pub fn draw(&self, mut uniform: impl FnMut() -> f64) -> impl Iterator<Item = DrawnGate> {
        self.log_alpha.iter().map(move |&log_alpha| draw(f64::from(log_alpha), uniform()))
    }

    /// Moves log α against its gradient, and back to its bounds. `[inputs]`
    pub(super) fn update(
        &mut self,
        optimizer: &Optimizer,
        clock: &OptimizerClock,
        learning_rate: f64,
        gradient: &[f32],
    ) {
        let [first, second] = &mut self.moments;
        optimizer.update(clock, learning_rate, &mut self.log_alpha, gradient, first, second);
        let [low, high] = BOUNDS.map(|bound| bound as f32);
        // A number that is no longer finite stays, so that it is seen.
        self.log_alpha.iter_mut().for_each(|log_alpha| *log_alpha = log_alpha.clamp(low, high));
    }

    pub(super) fn prepare(&mut self, optimizer: &Optimizer) {
        let (first, second) = optimizer.moments();
        for (moments, keeps) in self.moments.iter_mut().zip([first, second]) {
            moments.resize(if keeps { self.log_alpha.len() } else { 0 }, 0.0);
        }
    }

    pub(super) fn forget(&mut self) {
        self.moments.iter_mut().for_each(|moments| moments.fill(0.0));
    }

    /// Keeps only these inputs, in this order.
    pub(super) fn keep(&mut self, inputs: &[usize]) {
        let [first, second] = &mut self.moments;
        for values in [&mut self.log_alpha, first, second] {
            if !values.is_empty() {
                *values = inputs.iter().map(|&input| values[input]).collect();
            }
        }
    }
}

fn sigmoid(x: f64) -> f64 {
    1.0 / (1.0 + libm::exp(-x))
}

/// clip(σ(log α)(ζ − γ) + γ, 0, 1)
fn test_factor(log_alpha: f64) -> f64 {
    (sigmoid(log_alpha) * (HIGH - LOW) + LOW).clamp(0.0, 1.0)
}

/// P(z ≠ 0) = σ(log α − β ln(−γ/ζ))
fn probability(log_alpha: f64) -> f64 {
    sigmoid(log_alpha + SHIFT)
}

/// s = σ((ln u − ln(1 − u) + log α)/β), z = clip(s(ζ − γ) + γ, 0, 1)
fn draw(log_alpha: f64, uniform: f64) -> DrawnGate {
    /// Keeps the logarithms finite (the reference code's).
    const EDGE: f64 = 1e-6;
    let u = uniform.clamp(EDGE, 1.0 - EDGE);
    let s = sigmoid((libm::log(u) - libm::log(1.0 - u) + log_alpha) / TEMPERATURE);
    let stretched = s * (HIGH - LOW) + LOW;
    let is_inside = stretched > 0.0 && stretched < 1.0;
    let slope = if is_inside { s * (1.0 - s) * (HIGH - LOW) / TEMPERATURE } else { 0.0 };
    DrawnGate { factor: stretched.clamp(0.0, 1.0), slope }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn probabilities_and_test_gates_are_those_worked_out() {
        for (log_alpha, open, test) in [(-2.0, 0.40098, 0.04304), (0.0, 0.83182, 0.5), (2.0, 0.97337, 0.95696)] {
            assert!((probability(log_alpha) - open).abs() < 5e-6, "{log_alpha}: {}", probability(log_alpha));
            assert!((test_factor(log_alpha) - test).abs() < 5e-6, "{log_alpha}: {}", test_factor(log_alpha));
        }
        assert!((SHIFT + TEMPERATURE * libm::log(-LOW / HIGH)).abs() < 1e-15);
        assert!((BOUNDS[1] - libm::log(100.0)).abs() < 1e-15 && BOUNDS[0] == -BOUNDS[1]);
    }

    #[test]
    fn the_test_gate_is_exactly_zero_up_to_minus_the_logarithm_of_eleven() {
        let edge = -libm::log(11.0);
        assert_eq!(test_factor(edge - 1e-9), 0.0);
        assert!(test_factor(edge + 1e-9) > 0.0);
        assert_eq!(test_factor(-edge + 1e-9), 1.0);
    }

    #[test]
    fn drawn_gates_are_open_as_often_as_their_probability_says() {
        for log_alpha in [-2.0, 0.0, 2.0] {
            let draws = 100_000;
            let open = (0..draws).filter(|&i| draw(log_alpha, (f64::from(i) + 0.5) / f64::from(draws)).factor > 0.0);
            let share = open.count() as f64 / f64::from(draws);
            assert!((share - probability(log_alpha)).abs() < 1e-4, "{log_alpha}: {share}");
        }
    }

    #[test]
    fn the_slope_is_that_of_finite_differences() {
        let h = 1e-5;
        for log_alpha in [-1.0, 0.3, 1.5] {
            for u in [0.05, 0.2, 0.4, 0.5, 0.6, 0.95] {
                let wanted = (draw(log_alpha + h, u).factor - draw(log_alpha - h, u).factor) / (2.0 * h);
                assert!((draw(log_alpha, u).slope - wanted).abs() < 1e-6, "log alpha {log_alpha}, u {u}");
            }
        }
    }

    #[test]
    fn log_alpha_stays_within_its_bounds() {
        let mut gates = LearnedGates::new(vec![0.0, 4.0]);
        gates.update(&Optimizer::Sgd {}, &OptimizerClock::default(), 1.0, &[100.0, -100.0]);
        assert_eq!(gates, LearnedGates::new(BOUNDS.map(|bound| bound as f32).to_vec()));
    }
}

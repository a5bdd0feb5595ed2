//! Optimizers: how a gradient moves a weight.
//!
//! In: weights w, gradient g, the two moments kept per weight, the learning rate η. Out: w and the moments, in place.
//! Definitions, order of operations and constants are PyTorch's (`torch.optim`), which has no weight decay here: that is
//! a remedy, and so is the penalty that PyTorch folds into the gradient.

use serde::{Deserialize, Serialize};

use super::kernels::{self, AdamStep};
use crate::schema::{Default, Field, Interval, Kind};

/// Every optimizer and its parameters.
pub const OPTIMIZERS: &[(&str, &[Field])] = &[
    ("sgd", &[]),
    ("momentum", MOMENTUM),
    ("nesterov", MOMENTUM),
    (
        "rmsprop",
        &[
            Field {
                name: "alpha",
                kind: Kind::Number(Interval::RATE),
                default: Default::Toml("0.99"),
                doc: "decay of the mean square",
            },
            EPSILON,
        ],
    ),
    (
        "adam",
        &[
            Field {
                name: "beta1",
                kind: Kind::Number(Interval::RATE),
                default: Default::Toml("0.9"),
                doc: "decay of the first moment",
            },
            Field {
                name: "beta2",
                kind: Kind::Number(Interval::RATE),
                default: Default::Toml("0.999"),
                doc: "decay of the second moment",
            },
            EPSILON,
        ],
    ),
];

const MOMENTUM: &[Field] = &[Field {
    name: "momentum",
    kind: Kind::Number(Interval::RATE),
    default: Default::Toml("0.9"),
    doc: "share of the last step that is kept",
}];

const EPSILON: Field = Field {
    name: "epsilon",
    kind: Kind::Number(Interval::POSITIVE),
    default: Default::Toml("1e-8"),
    doc: "added to the denominator",
};

/// `train.optimizer`. η is the learning rate, g the gradient, m and v the moments (0 at the start).
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
#[expect(missing_docs, reason = "OPTIMIZERS documents the parameters")]
pub enum Optimizer {
    /// w ← w − η·g
    Sgd {},
    /// m ← μ·m + g; w ← w − η·m
    Momentum { momentum: f64 },
    /// m ← μ·m + g; w ← w − η·(g + μ·m)
    Nesterov { momentum: f64 },
    /// v ← α·v + (1−α)·g²; w ← w − η·g / (√v + ε)
    Rmsprop { alpha: f64, epsilon: f64 },
    /// Kingma and Ba (2015): m ← β₁m + (1−β₁)g; v ← β₂v + (1−β₂)g²; w ← w − η/(1−β₁ᵗ) · m / (√v/√(1−β₂ᵗ) + ε)
    Adam { beta1: f64, beta2: f64, epsilon: f64 },
}

/// What an optimizer has to know of its past steps, beside the moments.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct OptimizerClock {
    /// β₁ᵗ after t steps, by repeated multiplication.
    beta1_power: f64,
    /// β₂ᵗ after t steps.
    beta2_power: f64,
}

impl std::default::Default for OptimizerClock {
    fn default() -> Self {
        Self { beta1_power: 1.0, beta2_power: 1.0 }
    }
}

impl Optimizer {
    /// Counts a step. Called once per step, before the updates.
    pub fn tick(&self, clock: &mut OptimizerClock) {
        if let Optimizer::Adam { beta1, beta2, .. } = self {
            clock.beta1_power *= beta1;
            clock.beta2_power *= beta2;
        }
    }

    /// Whether the optimizer keeps a first and a second moment per weight.
    pub fn moments(&self) -> (bool, bool) {
        match self {
            Optimizer::Sgd {} => (false, false),
            Optimizer::Momentum { .. } | Optimizer::Nesterov { .. } => (true, false),
            Optimizer::Rmsprop { .. } => (false, true),
            Optimizer::Adam { .. } => (true, true),
        }
    }

    /// Moves `weights` against `gradient`. `first` and `second` are as long as `weights` where [`Self::moments`] says so,
    /// and empty otherwise.
    pub fn update(
        &self,
        clock: &OptimizerClock,
        learning_rate: f64,
        weights: &mut [f32],
        gradient: &[f32],
        first: &mut [f32],
        second: &mut [f32],
    ) {
        let rate = learning_rate as f32;
        match *self {
            Optimizer::Sgd {} => kernels::sgd(weights, gradient, rate),
            Optimizer::Momentum { momentum } => kernels::momentum(weights, gradient, first, rate, momentum as f32),
            Optimizer::Nesterov { momentum } => kernels::nesterov(weights, gradient, first, rate, momentum as f32),
            Optimizer::Rmsprop { alpha, epsilon } => {
                let alphas = [alpha as f32, (1.0 - alpha) as f32];
                kernels::rmsprop(weights, gradient, second, rate, alphas, epsilon as f32);
            }
            Optimizer::Adam { beta1, beta2, epsilon } => {
                let step = AdamStep {
                    betas: [beta1, 1.0 - beta1, beta2, 1.0 - beta2].map(|beta| beta as f32),
                    rate: (learning_rate / (1.0 - clock.beta1_power)) as f32,
                    widen: (1.0 / libm::sqrt(1.0 - clock.beta2_power)) as f32,
                    epsilon: epsilon as f32,
                };
                kernels::adam(weights, gradient, first, second, step);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two steps on one weight that starts at 1, with gradients 0.5 and −0.25 and η = 0.1.
    fn two_steps(optimizer: Optimizer) -> f32 {
        let (mut w, mut m, mut v) = ([1.0], [0.0], [0.0]);
        let mut clock = OptimizerClock::default();
        for g in [0.5, -0.25] {
            optimizer.tick(&mut clock);
            optimizer.update(&clock, 0.1, &mut w, &[g], &mut m, &mut v);
        }
        w[0]
    }

    #[test]
    fn two_steps_worked_by_hand() {
        let close = |found: f32, wanted: f64| assert!((f64::from(found) - wanted).abs() < 1e-6, "{found} {wanted}");
        close(two_steps(Optimizer::Sgd {}), 1.0 - 0.05 + 0.025);
        // m: 0.5, then 0.45 − 0.25 = 0.2
        close(two_steps(Optimizer::Momentum { momentum: 0.9 }), 1.0 - 0.05 - 0.02);
        // steps: 0.5 + 0.45 = 0.95, then −0.25 + 0.18 = −0.07
        close(two_steps(Optimizer::Nesterov { momentum: 0.9 }), 1.0 - 0.095 + 0.007);
        // v: 0.0025, then 0.99·0.0025 + 0.01·0.0625 = 0.0031
        let wanted = 1.0 - 0.1 * 0.5 / 0.0025f64.sqrt() + 0.1 * 0.25 / 0.0031f64.sqrt();
        close(two_steps(Optimizer::Rmsprop { alpha: 0.99, epsilon: 1e-8 }), wanted);
        // The first step of Adam has length η; m = 0.9·0.05 − 0.025 = 0.02, v = 0.999·0.00025 + 0.0000625
        let second = 0.02 / (1.0 - 0.81) / (0.000_312_25f64 / (1.0 - 0.998_001)).sqrt();
        close(two_steps(Optimizer::Adam { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 }), 1.0 - 0.1 - 0.1 * second);
    }
}

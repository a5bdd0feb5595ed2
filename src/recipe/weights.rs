//! Terms and rules that look at the weights.

use std::fmt::Debug;

use crate::nn::Network;

/// A term of the objective J = mean data loss + Σ penalties.
///
/// It is computed unit by unit, from the weights that feed the unit.
pub trait Penalty: Debug + Send + Sync {
    /// Whether the biases are penalised too.
    fn biases(&self) -> bool;
    /// The term's value.
    fn value(&self, incoming: &[f32]) -> f64;
    /// Adds ∂value/∂w to `gradient`, which is as long as `incoming`.
    fn add_gradient(&self, incoming: &[f32], gradient: &mut [f32]);
}

/// A rule that changes weights outside the gradient.
pub trait WeightRule: Debug + Send + Sync {
    /// Changes the weights; `learning_rate` is that of the step.
    fn apply(&self, learning_rate: f64, network: &mut Network);
    /// The value of the penalty that the rule stands for, 0 where it stands for none.
    fn value(&self, network: &Network) -> f64 {
        let _ = network;
        0.0
    }
}

//! Remedies that change the weights beside the gradient.

pub mod max_norm;
pub mod weight_decay;

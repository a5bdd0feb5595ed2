//! Remedies that change the weights beside the gradient.

pub mod group_lasso;
pub mod max_norm;
pub mod sam;
pub mod weight_decay;

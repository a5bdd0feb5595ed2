//! Remedies that add a term to the objective.

pub mod biased_decay;
pub mod class_weights;
pub mod l1;
pub mod l2;
pub mod label_smoothing;
pub mod weight_elimination;

#[cfg(test)]
mod testing;

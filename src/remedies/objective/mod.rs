//! Remedies that add a term to the objective.

pub mod l1;
pub mod l2;

//! Remedies that act at certain epochs, and see training and validation figures only.

pub mod early_stopping;
pub mod prune;

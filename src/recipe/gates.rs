//! Gates that are learnt beside the weights.

/// A hard concrete gate in front of every input of every layer, and what an open one costs.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LearnedGating {
    /// λ: what a weight costs whose gate is open.
    pub lambda: f64,
    /// The rate at which gates are closed at first, about: log α begins at ln((1 − rate) / rate).
    pub initial_rate: f64,
}

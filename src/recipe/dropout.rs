//! Units dropped at random.

/// Units dropped at random: in training every unit in front of a layer is kept with probability 1 − rate.
#[derive(Debug, Clone, PartialEq)]
pub struct Dropout {
    /// The rate in front of each layer: the inputs', then each hidden layer's.
    pub rates: Vec<f64>,
    /// Where the loss of units is made up for.
    pub rescale: Rescale,
    /// For whom a unit is dropped.
    pub mask: MaskScope,
}

/// For whom a unit is dropped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MaskScope {
    /// For each row by a draw of its own.
    Row,
    /// For all rows of a batch at once: hidden units then leave the matrix product.
    Batch,
}

/// Where the loss of dropped units is made up for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rescale {
    /// In training: what is kept is multiplied by 1/(1 − rate).
    Train,
    /// At test time: everything is multiplied by 1 − rate, as in the paper.
    Test,
    /// Nowhere: at test time the sums are 1/(1 − rate) too large.
    None,
}

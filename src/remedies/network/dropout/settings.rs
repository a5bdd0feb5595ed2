//! The table `remedies.dropout` as it is read.

use serde::Deserialize;

use crate::recipe::{MaskScope, Rescale};

/// The checked table: its declaration documents each key.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Dropout {
    pub hidden: Rates,
    pub input: f64,
    pub kind: KindOf,
    pub rescale: Rescale,
    pub mask: MaskScope,
    pub schedule: ScheduleOf,
    #[serde(default)]
    pub anneal_epochs: Option<usize>,
    pub inference: Inference,
    pub samples: usize,
}

/// The rates behind the hidden layers.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub(super) enum Rates {
    /// The same behind all.
    All(f64),
    /// One for each.
    Each(Vec<f64>),
}

impl Rates {
    pub fn are_zero(&self) -> bool {
        match self {
            Rates::All(rate) => *rate == 0.0,
            Rates::Each(rates) => rates.iter().all(|&rate| rate == 0.0),
        }
    }

    /// The rate behind each of so many hidden layers.
    pub fn of_layers(&self, layers: usize) -> Vec<f64> {
        match self {
            Rates::All(rate) => vec![*rate; layers],
            Rates::Each(rates) => rates.clone(),
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum KindOf {
    Bernoulli,
    Gaussian,
    Connect,
}

impl KindOf {
    pub fn word(self) -> &'static str {
        match self {
            KindOf::Bernoulli => "bernoulli",
            KindOf::Gaussian => "gaussian",
            KindOf::Connect => "connect",
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum ScheduleOf {
    Constant,
    Annealed,
    Curriculum,
}

impl ScheduleOf {
    pub fn word(self) -> &'static str {
        match self {
            ScheduleOf::Constant => "constant",
            ScheduleOf::Annealed => "annealed",
            ScheduleOf::Curriculum => "curriculum",
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Inference {
    Mean,
    Sampled,
}

//! The `[model]` table of a config: the shape of the network.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::Activation;
use crate::schema::{Default, Field, Interval, Kind, Table};

/// The keys of `[model]`.
pub const MODEL_FIELDS: &[Field] = &[
    Field {
        name: "hidden",
        kind: Kind::List(&Kind::Integer { least: 1, most: 1_000_000 }),
        default: Default::Toml("[64, 64]"),
        doc: "units of each hidden layer; [] is linear or logistic regression",
    },
    Field {
        name: "activation",
        kind: Kind::Choice(&["relu", "leaky_relu", "gelu", "silu", "tanh", "sigmoid", "identity"]),
        default: Default::Toml("\"relu\""),
        doc: "activation of the hidden layers",
    },
    Field {
        name: "init",
        kind: Kind::OneOf(&[
            Kind::Choice(&["kaiming_uniform", "kaiming_normal", "xavier_uniform", "xavier_normal", "zeros"]),
            Kind::Table(&Table {
                fields: &[
                    Field {
                        name: "normal",
                        kind: Kind::Number(Interval::NOT_NEGATIVE),
                        default: Default::Absent,
                        doc: "standard deviation of normally distributed weights",
                    },
                    Field {
                        name: "biases",
                        kind: Kind::Boolean,
                        default: Default::Absent,
                        doc: "draw the biases too; otherwise they start at 0",
                    },
                    Field {
                        name: "file",
                        kind: Kind::Text,
                        default: Default::Absent,
                        doc: "a safetensors file with 0.weight [out, in], 0.bias, 2.weight, ...",
                    },
                ],
                short: None,
            }),
        ]),
        default: Default::Toml("\"kaiming_uniform\""),
        doc: "initial weights; biases start at 0",
    },
];

/// The checked `[model]` table.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "MODEL_FIELDS documents each key, and its name is the field's")]
pub struct ModelSettings {
    pub hidden: Vec<usize>,
    pub activation: Activation,
    pub init: Initialization,
}

/// `model.init`
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
#[expect(missing_docs, reason = "MODEL_FIELDS documents each key, and its name is the field's")]
pub enum Initialization {
    /// A rule that derives the spread from the sizes of the layer.
    Rule(InitializationRule),
    /// Normal with this standard deviation.
    Normal {
        normal: f64,
        #[serde(default)]
        biases: bool,
    },
    /// From a safetensors file.
    File { file: PathBuf },
}

/// How the spread of the initial weights follows from a layer's sizes: He et al. (2015), Glorot and Bengio (2010), with
/// PyTorch's gains.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InitializationRule {
    /// Uniform within ± gain·√(3 / inputs).
    KaimingUniform,
    /// Normal with deviation gain / √inputs.
    KaimingNormal,
    /// Uniform within ± √(6 / (inputs + outputs)).
    XavierUniform,
    /// Normal with deviation √(2 / (inputs + outputs)).
    XavierNormal,
    /// All weights 0.
    Zeros,
}

impl ModelSettings {
    /// Units from the inputs to the outputs.
    pub fn sizes(&self, inputs: usize, outputs: usize) -> Vec<usize> {
        std::iter::once(inputs).chain(self.hidden.iter().copied()).chain(std::iter::once(outputs)).collect()
    }
}

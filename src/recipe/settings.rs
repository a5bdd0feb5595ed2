//! The `[train]` table of a config.

use serde::{Deserialize, Serialize};

use crate::nn::{LossChoice, Optimizer, Schedule};
use crate::schema::{Default, Field, Interval, Kind, Tagged};

/// The keys of `[train]`.
pub const TRAIN_FIELDS: &[Field] = &[
    Field {
        name: "epochs",
        kind: Kind::Integer { least: 1, most: 10_000_000 },
        default: Default::Toml("100"),
        doc: "passes over the training rows",
    },
    Field {
        name: "batch_size",
        kind: Kind::OneOf(&[Kind::Integer { least: 1, most: i64::MAX }, Kind::Choice(&["full"])]),
        default: Default::Toml("32"),
        doc: "rows per step, or \"full\" for all; the last partial batch is kept",
    },
    Field {
        name: "optimizer",
        kind: Kind::Tagged(&Tagged { tag: "kind", cases: crate::nn::OPTIMIZERS, common: &[] }),
        default: Default::Toml("\"adam\""),
        doc: "the rule of a step, with PyTorch's definitions and constants",
    },
    Field {
        name: "learning_rate",
        kind: Kind::Number(Interval::POSITIVE),
        default: Default::Toml("1e-3"),
        doc: "length of a step",
    },
    Field {
        name: "schedule",
        kind: Kind::Tagged(&Tagged { tag: "kind", cases: crate::nn::SCHEDULES, common: crate::nn::WARMUP }),
        default: Default::Toml("\"constant\""),
        doc: "how the learning rate changes over the epochs",
    },
    Field {
        name: "loss",
        kind: Kind::Choice(&["cross_entropy", "binary_cross_entropy", "half_mse", "mse"]),
        default: Default::Absent,
        doc: "classification: cross_entropy (default) or binary_cross_entropy, a sigmoid per class; \
              regression: half_mse (default) or mse",
    },
    Field {
        name: "shuffle",
        kind: Kind::Boolean,
        default: Default::Toml("true"),
        doc: "a new order of the training rows in every epoch",
    },
    Field {
        name: "gradient_clip",
        kind: Kind::Number(Interval::POSITIVE),
        default: Default::Absent,
        doc: "largest allowed norm of the whole gradient",
    },
];

/// The checked `[train]` table.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "TRAIN_FIELDS documents each key, and its name is the field's")]
pub struct TrainSettings {
    pub epochs: usize,
    pub batch_size: BatchSize,
    pub optimizer: Optimizer,
    pub learning_rate: f64,
    pub schedule: Schedule,
    pub loss: Option<LossChoice>,
    pub shuffle: bool,
    pub gradient_clip: Option<f64>,
}

/// `train.batch_size`
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum BatchSize {
    /// So many rows.
    Rows(usize),
    /// A word: all rows in one step.
    Word(FullBatch),
}

/// The word `full`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FullBatch {
    /// All training rows.
    Full,
}

impl BatchSize {
    /// Rows per step where there are `rows` training rows.
    pub fn of(self, rows: usize) -> usize {
        match self {
            BatchSize::Rows(size) => size.min(rows),
            BatchSize::Word(FullBatch::Full) => rows,
        }
    }
}

//! `remedies.prune` as a config says it.

use serde::Deserialize;

use super::choice::{Ratio, Scope};
use super::plan::Schedule;
use super::saliency::{Method, Norm, Structure};
use crate::schema::{Default, Field, Interval, Kind};

/// The keys of `remedies.prune`.
pub(super) const FIELDS: &[Field] = &[
    Field {
        name: "method",
        kind: Kind::Choice(&["magnitude", "random", "activation", "snip", "obd", "obs"]),
        default: Default::Toml("\"magnitude\""),
        doc: "what makes a weight or neuron unimportant; activation scores neurons only, obs weights only, of which it takes at \
              most 5,000 with the biases",
    },
    Field {
        name: "structure",
        kind: Kind::Choice(&["weight", "neuron"]),
        default: Default::Toml("\"weight\""),
        doc: "what is removed",
    },
    Field {
        name: "ratio",
        kind: Kind::OneOf(&[Kind::Number(Interval::RATE), Kind::List(&Kind::Number(Interval::RATE))]),
        default: Default::Required,
        doc: "share that is removed in the end; a list has one for each layer, or for each hidden layer where neurons go",
    },
    Field {
        name: "scope",
        kind: Kind::Choice(&["global", "layer"]),
        default: Default::Toml("\"global\""),
        doc: "global: the lowest of all layers, which may leave little of one whose weights are small from the start; layer: \
              the same share of each; a list of ratios settles it",
    },
    Field {
        name: "norm",
        kind: Kind::Choice(&["l1", "l2"]),
        default: Default::Absent,
        doc: "of a neuron's incoming weights, for neurons by magnitude; l2 where not given",
    },
    Field {
        name: "at_epoch",
        kind: Kind::Integer { least: 0, most: i64::MAX },
        default: Default::Absent,
        doc: "the epoch after whose updates it happens or begins; where not given half of train.epochs for one_shot, a quarter \
              for gradual, an equal stretch for iterative, 0 for snip",
    },
    Field {
        name: "schedule",
        kind: Kind::Choice(&["one_shot", "iterative", "gradual"]),
        default: Default::Toml("\"one_shot\""),
        doc: "one cut; cuts with equal stretches of training between them; or many small ones, the larger first",
    },
    Field {
        name: "rounds",
        kind: Kind::Integer { least: 1, most: i64::MAX },
        default: Default::Absent,
        doc: "cuts; where not given 5 for iterative, and for gradual one after every epoch from at_epoch on",
    },
    Field {
        name: "rewind",
        kind: Kind::Boolean,
        default: Default::Toml("false"),
        doc: "go back to the values before training behind each cut (a lottery ticket)",
    },
    Field {
        name: "learning_rate_factor",
        kind: Kind::Number(Interval::POSITIVE),
        default: Default::Toml("1.0"),
        doc: "the learning rate is multiplied by it behind the first cut; 0.1 in the paper",
    },
    Field {
        name: "adjust_dropout",
        kind: Kind::Boolean,
        default: Default::Toml("false"),
        doc: "shrink the rates of dropout with the connections that are left: rate sqrt(kept / all)",
    },
];

/// The checked keys.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Prune {
    pub method: Method,
    pub structure: Structure,
    pub ratio: Ratio,
    pub scope: Scope,
    pub norm: Option<Norm>,
    pub at_epoch: Option<usize>,
    pub schedule: Schedule,
    pub rounds: Option<usize>,
    pub rewind: bool,
    pub learning_rate_factor: f64,
    pub adjust_dropout: bool,
}

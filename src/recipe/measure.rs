//! The `[measure]` table of a config: what is measured on the finished network beside what always is.
//!
//! Each key is `true` for its defaults, a table, or `false` to take away what stands in a layer below.

use serde::{Deserialize, Serialize};

use crate::schema::{Default, Field, Interval, Kind, Table};

/// The keys of `[measure]`.
pub const MEASURE_FIELDS: &[Field] = &[
    Field {
        name: "sensitivity",
        kind: Kind::OneOf(&[Kind::Boolean, Kind::Table(&SENSITIVITY)]),
        default: Default::Absent,
        doc: "how much the outputs change with the inputs, and how many predictions flip when one feature moves",
    },
    Field {
        name: "feature_drop",
        kind: Kind::OneOf(&[Kind::Boolean, Kind::Table(&FEATURE_DROP)]),
        default: Default::Absent,
        doc: "accuracy (r2) with columns missing, their inputs set to the training mean",
    },
    Field {
        name: "submodels",
        kind: Kind::OneOf(&[Kind::Boolean, Kind::Table(&SUBMODELS)]),
        default: Default::Absent,
        doc: "accuracy (r2) of thinned networks, alone and by vote; for variants with dropout",
    },
    Field {
        name: "compression",
        kind: Kind::OneOf(&[Kind::Boolean, Kind::Table(&COMPRESSION)]),
        default: Default::Absent,
        doc: "bytes of the network in a file after each stage of deep compression, and its accuracy (r2) with shared weights",
    },
    Field {
        name: "inference",
        kind: Kind::Boolean,
        default: Default::Absent,
        doc: "seconds per row of a forward pass",
    },
    Field {
        name: "fit",
        kind: Kind::OneOf(&[Kind::Boolean, Kind::Table(&FIT)]),
        default: Default::Absent,
        doc: "the predicted curve of a regression on one numeric column",
    },
];

const SENSITIVITY: Table = Table {
    fields: &[
        Field {
            name: "delta",
            kind: Kind::Number(Interval::POSITIVE),
            default: Default::Toml("0.5"),
            doc: "by how many standard deviations a feature moves for the share of flips",
        },
        Field {
            name: "rows",
            kind: Kind::Integer { least: 1, most: i64::MAX },
            default: Default::Toml("500"),
            doc: "test rows that are looked at, drawn at random where there are more",
        },
    ],
    short: None,
};

const FEATURE_DROP: Table = Table {
    fields: &[
        Field {
            name: "shares",
            kind: Kind::List(&Kind::Number(Interval::SHARE)),
            default: Default::Toml("[0.0, 0.1, 0.25, 0.5]"),
            doc: "shares of the columns that are missing",
        },
        Field {
            name: "kind",
            kind: Kind::OneOf(&[KIND, Kind::List(&KIND)]),
            default: Default::Toml("\"random\""),
            doc: "random: any columns; block: neighbouring columns of the file, half a face; or a list of them",
        },
        Field {
            name: "repeats",
            kind: Kind::Integer { least: 1, most: 1000 },
            default: Default::Toml("5"),
            doc: "draws that a figure is the mean of; each row has its own",
        },
    ],
    short: Some("shares"),
};

const KIND: Kind = Kind::Choice(&["random", "block"]);

const SUBMODELS: Table = Table {
    fields: &[Field {
        name: "votes",
        kind: Kind::List(&Kind::Integer { least: 1, most: 10_000 }),
        default: Default::Toml("[1, 2, 5, 10, 30, 100]"),
        doc: "how many thinned networks vote",
    }],
    short: Some("votes"),
};

const COMPRESSION: Table = Table {
    fields: &[
        Field {
            name: "weight_bits",
            kind: CODE_BITS,
            default: Default::Toml("5"),
            doc: "bits of a shared weight: a layer has at most 2^bits - 1 different ones beside 0",
        },
        Field {
            name: "gap_bits",
            kind: CODE_BITS,
            default: Default::Toml("5"),
            doc: "bits of the gap in front of a stored weight: at most 2^bits - 1 zeros",
        },
    ],
    short: None,
};

const CODE_BITS: Kind = Kind::Integer { least: 1, most: 8 };

const FIT: Table = Table {
    fields: &[Field {
        name: "points",
        kind: Kind::Integer { least: 2, most: 100_000 },
        default: Default::Toml("200"),
        doc: "points of the curve, evenly from the least to the greatest value of the column",
    }],
    short: Some("points"),
};

/// The checked `[measure]` table: what is asked for.
#[derive(Debug, Clone, PartialEq, std::default::Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[expect(missing_docs, reason = "MEASURE_FIELDS documents each key, and its name is the field's")]
pub struct MeasureSettings {
    pub sensitivity: Option<Sensitivity>,
    pub feature_drop: Option<FeatureDrop>,
    pub submodels: Option<Submodels>,
    pub compression: Option<Compression>,
    pub inference: bool,
    pub fit: Option<Fit>,
}

/// `measure.sensitivity`
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "the table documents each key, and its name is the field's")]
pub struct Sensitivity {
    pub delta: f64,
    pub rows: usize,
}

/// `measure.feature_drop`
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "the table documents each key, and its name is the field's")]
pub struct FeatureDrop {
    pub shares: Vec<f64>,
    pub kind: DropKinds,
    pub repeats: u64,
}

/// `measure.feature_drop.kind`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum DropKinds {
    /// A word.
    One(DropKind),
    /// A list: one after the other.
    Several(Vec<DropKind>),
}

impl DropKinds {
    /// The kinds, one after the other.
    pub fn list(&self) -> &[DropKind] {
        match self {
            DropKinds::One(kind) => std::slice::from_ref(kind),
            DropKinds::Several(kinds) => kinds,
        }
    }
}

/// Which columns are missing together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DropKind {
    /// Any.
    Random,
    /// Neighbouring columns of the file.
    Block,
}

/// `measure.submodels`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "the table documents each key, and its name is the field's")]
pub struct Submodels {
    pub votes: Vec<usize>,
}

/// `measure.compression`
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "the table documents each key, and its name is the field's")]
pub struct Compression {
    pub weight_bits: u32,
    pub gap_bits: u32,
}

/// `measure.fit`
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "the table documents each key, and its name is the field's")]
pub struct Fit {
    pub points: usize,
}

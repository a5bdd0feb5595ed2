//! Which keys a config has.
//!
//! [`CONFIG`] declares them all, put together of what the modules declare that own the settings; [`SETTINGS`] is the part
//! that a trial is made of; [`FRAME`] is what stands around it, with those sections as any values: they are checked
//! only when all layers are merged.

use std::sync::LazyLock;

use crate::metric::Metric;
use crate::schema::{Default, Field, Interval, Kind, Node, Table, expand};
use crate::{data, nn, recipe, remedies};

use super::provenance;

/// The keys under which settings of trials stand.
pub(super) const SECTIONS: [&str; 5] = ["data", "model", "train", "remedies", "measure"];

/// Every key that a config may have.
pub(super) static CONFIG: LazyLock<Kind> = LazyLock::new(|| table(frame_fields(sections)));

/// The keys of [`SECTIONS`].
pub(super) static SETTINGS: LazyLock<Kind> = LazyLock::new(|| table(sections()));

/// The keys around the sections, which may hold anything.
pub(super) static FRAME: LazyLock<Kind> = LazyLock::new(|| table(frame_fields(any_sections)));

/// Writes out every short form in a config.
pub(super) fn expand_all(root: &mut Node) {
    expand(root, &CONFIG);
}

fn table(fields: Vec<Field>) -> Kind {
    Kind::Table(leaked(Table { fields: fields.leak(), short: None }))
}

/// Declarations live as long as the program; there are a handful of these.
fn leaked<T>(value: T) -> &'static T {
    Box::leak(Box::new(value))
}

/// The sections themselves.
pub(super) fn sections() -> Vec<Field> {
    let section = |name, fields, doc| Field {
        name,
        kind: Kind::Table(leaked(Table { fields, short: None })),
        default: Default::Toml("{}"),
        doc,
    };
    vec![
        section("data", data::FIELDS, DOCS[0]),
        section("model", nn::MODEL_FIELDS, DOCS[1]),
        section("train", recipe::TRAIN_FIELDS, DOCS[2]),
        section("remedies", remedy_fields(), DOCS[3]),
        section("measure", recipe::MEASURE_FIELDS, DOCS[4]),
    ]
}

fn any_sections() -> Vec<Field> {
    let any = |(name, doc)| Field { name, kind: Kind::Any, default: Default::Absent, doc };
    SECTIONS.into_iter().zip(DOCS).map(any).collect()
}

const DOCS: [&str; 5] = [
    "the data set, and which rows train, validate and test",
    "the shape of the network",
    "how the network is trained",
    "the remedies against overfitting",
    "what is measured on the final network beside what always is, into measures.csv",
];

/// A key for each remedy: its table, its short form, `false` to take it away, `true` for its defaults.
fn remedy_fields() -> &'static [Field] {
    let field = |entry: &&remedies::Entry| Field {
        name: entry.name,
        kind: Kind::OneOf(vec![Kind::Boolean, Kind::Table(entry.table)].leak()),
        default: Default::Absent,
        doc: entry.idea,
    };
    remedies::REGISTRY.iter().map(field).collect::<Vec<_>>().leak()
}

fn frame_fields(sections: fn() -> Vec<Field>) -> Vec<Field> {
    let variant: Vec<Field> = [VARIANT_NAME].into_iter().chain(sections()).chain([VARIANT_SWEEP]).collect();
    let variants = Field {
        name: "variants",
        kind: Kind::List(leaked(table(variant))),
        default: Default::Toml("[]"),
        doc: "what is compared: each a name and any keys that it sets otherwise; without any there is one called base",
    };
    HEAD.into_iter().chain(sections()).chain([variants]).chain(TAIL).collect()
}

const HEAD: [Field; 4] = [
    Field {
        name: "name",
        kind: Kind::Text,
        default: Default::Absent,
        doc: "the experiment's name and that of its folder; the file's stem where not given",
    },
    Field {
        name: "seeds",
        kind: Kind::OneOf(&[
            Kind::Integer { least: 1, most: MOST_SEEDS },
            Kind::List(&Kind::Integer { least: 0, most: i64::MAX }),
        ]),
        default: Default::Toml("5"),
        doc: "a number n for the seeds 0 to n - 1, or a list of seeds",
    },
    Field {
        name: "baseline",
        kind: Kind::Text,
        default: Default::Absent,
        doc: "the variant that the others are compared with; the first where not given",
    },
    Field {
        name: "metric",
        kind: Kind::Choice(&Metric::NAMES),
        default: Default::Absent,
        doc: "the figure that variants are compared by, of the test rows, and that the points of a sweep are chosen by, of the \
              validation rows; accuracy, or r2 of a regression, where not given",
    },
];

/// Seeds are kept in a list.
pub(super) const MOST_SEEDS: i64 = 1_000_000;

const TAIL: [Field; 4] = [
    Field {
        name: "sweep",
        kind: Kind::Table(&Table {
            fields: &[
                Field {
                    name: "strategy",
                    kind: Kind::Choice(&["grid", "random", "halving"]),
                    default: Default::Toml("\"grid\""),
                    doc: "grid: every combination; random: points that are drawn; halving: of either, the best of short \
                          trials go on to longer ones",
                },
                Field {
                    name: "points",
                    kind: Kind::Integer { least: 1, most: super::points::MOST as i64 },
                    default: Default::Absent,
                    doc: "how many points are drawn for each variant; under halving every combination where not given",
                },
                Field {
                    name: "seed",
                    kind: Kind::Integer { least: 0, most: i64::MAX },
                    default: Default::Absent,
                    doc: "what the draws begin with; 0 where not given",
                },
                Field {
                    name: "eta",
                    kind: Kind::Integer { least: 2, most: 1000 },
                    default: Default::Absent,
                    doc: "halving: one point in eta goes on, to eta times the epochs; 3 where not given",
                },
                Field {
                    name: "min_epochs",
                    kind: Kind::Integer { least: 1, most: i64::MAX },
                    default: Default::Absent,
                    doc: "halving: epochs of the first trials; so few that one point is left in the end where not given",
                },
                Field {
                    name: "include",
                    kind: Kind::List(&Kind::Map(&Kind::Any)),
                    default: Default::Absent,
                    doc: "points beside those of the strategy: a table of swept keys and their values for each",
                },
                Field {
                    name: "exclude",
                    kind: Kind::List(&Kind::Map(&Kind::Any)),
                    default: Default::Absent,
                    doc: "points of the strategy that are left out: all that have the values of a table",
                },
                Field {
                    name: "parameters",
                    kind: AXES,
                    default: Default::Toml("{}"),
                    doc: "keys swept by all variants, and their values",
                },
            ],
            short: None,
        }),
        default: Default::Toml("{}"),
        doc: "what is varied over all variants",
    },
    Field {
        name: "save",
        kind: Kind::Table(&Table {
            fields: &[Field {
                name: "models",
                kind: Kind::Choice(&["none", "final"]),
                default: Default::Toml("\"none\""),
                doc: "final: keep the network of each trial's chosen epoch",
            }],
            short: None,
        }),
        default: Default::Toml("{}"),
        doc: "what is kept beside the figures",
    },
    Field {
        name: "$schema",
        kind: Kind::Text,
        default: Default::Absent,
        doc: "where the schema of this config is, for editors; it is not read",
    },
    provenance::PROVENANCE,
];

const VARIANT_NAME: Field =
    Field { name: "name", kind: Kind::Text, default: Default::Required, doc: "the variant's name" };

const VARIANT_SWEEP: Field = Field {
    name: "sweep",
    kind: AXES,
    default: Default::Toml("{}"),
    doc: "keys swept by this variant alone, and their values",
};

const AXES: Kind =
    Kind::Map(&Kind::OneOf(&[Kind::List(&Kind::Any), Kind::Table(&Table { fields: RANGE_FIELDS, short: None })]));

/// The keys of a range.
pub(super) const RANGE_FIELDS: &[Field] = &[
    Field { name: "min", kind: Kind::Number(Interval::ALL), default: Default::Required, doc: "the first value" },
    Field { name: "max", kind: Kind::Number(Interval::ALL), default: Default::Required, doc: "the last value" },
    Field {
        name: "scale",
        kind: Kind::Choice(&["linear", "log"]),
        default: Default::Toml("\"linear\""),
        doc: "linear: equal steps; log: equal factors",
    },
    Field {
        name: "points",
        kind: Kind::Integer { least: *POINTS.start(), most: *POINTS.end() },
        default: Default::Absent,
        doc: "how many values, both ends among them; none where points are drawn",
    },
];

/// A range has two ends; more points than this are a slip of the hand.
pub(super) const POINTS: std::ops::RangeInclusive<i64> = 2..=100_000;

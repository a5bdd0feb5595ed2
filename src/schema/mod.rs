//! What a config may say: every key with its kind, its default and its meaning.
//!
//! A declaration here is the single source for the checker, the error messages, the JSON Schema and the help. The modules
//! that own the settings declare their own tables (`data::FIELDS`, `nn::MODEL_FIELDS`, each remedy's `fields`); this module
//! says what a declaration is, and what can be done by declarations alone:
//!
//! ```text
//! TOML, JSON → Node → expand (short forms) → merge (what lies above wins) → Checker (defaults filled in) → resolved Value
//! ```
//!
//! It imports nothing of ours.

mod check;
mod declaration;
mod expand;
mod expected;
mod harmless;
mod interval;
mod json_schema;
mod lines;
mod merge;
mod nearest;
mod node;
mod problem;
mod read_json;
mod read_toml;
mod shortened;

pub use check::{Checker, Path};
pub use declaration::{Default, Field, Kind, Table, Tagged};
pub use expand::expand;
pub use expected::expected;
pub use harmless::harmless;
pub use interval::Interval;
pub use json_schema::{Completeness, json_schema};
pub use merge::merge;
pub use nearest::nearest;
pub use node::{Content, Entry, Node, Origin, number_text};
pub use problem::{Problem, Problems};
pub use read_json::read_json;
pub use read_toml::{read_toml, read_toml_value};
pub use shortened::shortened;

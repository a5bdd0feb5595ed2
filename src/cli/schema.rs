//! `overfit schema`: the JSON Schema of a config, for editors.

use super::error::CliError;
use super::print;
use crate::experiment::config_schema;

pub(super) fn schema() -> Result<(), CliError> {
    print(&format!("{:#}\n", config_schema()))
}

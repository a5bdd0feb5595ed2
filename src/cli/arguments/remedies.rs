//! `overfit remedies`: its arguments.

use clap::Args;

use super::FormatArgument;

/// `overfit remedies`
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  overfit remedies\n  overfit remedies dropout")]
pub struct RemediesArguments {
    /// The remedy to explain
    pub name: Option<String>,

    /// How the list is printed
    #[arg(long, value_enum, default_value_t)]
    pub format: FormatArgument,
}

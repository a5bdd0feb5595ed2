//! How results are printed.

use clap::ValueEnum;

use crate::report::Format;

/// `--format`
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum FormatArgument {
    /// A table for the screen.
    #[default]
    Table,
    /// Markdown.
    Markdown,
    /// CSV.
    Csv,
    /// JSON with full precision.
    Json,
}

impl From<FormatArgument> for Format {
    fn from(argument: FormatArgument) -> Self {
        match argument {
            FormatArgument::Table => Format::Table,
            FormatArgument::Markdown => Format::Markdown,
            FormatArgument::Csv => Format::Csv,
            FormatArgument::Json => Format::Json,
        }
    }
}

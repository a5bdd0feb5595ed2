//! How the derived files are written: the arguments that `run`, `report` and `merge` share.

use clap::{Args, ValueEnum};

use crate::report::{CsvDialect, FileOptions};

/// How the derived files are written.
#[derive(Debug, Clone, Copy, Args)]
pub struct DerivedArguments {
    /// The form of the CSV files in the folder; what goes to stdout stays standard
    #[arg(long, value_enum, value_name = "DIALECT", default_value_t)]
    pub csv_dialect: CsvDialectArgument,
}

impl From<DerivedArguments> for FileOptions {
    fn from(arguments: DerivedArguments) -> Self {
        FileOptions { dialect: arguments.csv_dialect.into() }
    }
}

/// `--csv-dialect`
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum CsvDialectArgument {
    /// Commas between cells, decimal points.
    #[default]
    Standard,
    /// Semicolons, decimal commas and a byte order mark, for Excel where the decimal sign is a comma.
    ExcelSemicolon,
}

impl From<CsvDialectArgument> for CsvDialect {
    fn from(argument: CsvDialectArgument) -> Self {
        match argument {
            CsvDialectArgument::Standard => CsvDialect::Standard,
            CsvDialectArgument::ExcelSemicolon => CsvDialect::ExcelSemicolon,
        }
    }
}

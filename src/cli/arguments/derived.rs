//! How the derived files are written: the arguments that `run`, `report` and `merge` share.

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, ValueEnum};

use crate::report::{CsvDialect, FileOptions, PlotFormat};

/// How the derived files are written.
#[derive(Debug, Clone, Copy, Args)]
pub struct DerivedArguments {
    /// The form of the CSV files in the folder; what goes to stdout stays standard
    #[arg(long, value_enum, value_name = "DIALECT", default_value_t)]
    pub csv_dialect: CsvDialectArgument,

    /// As what the charts are drawn into plots/: svg; png, which gives both; none, which takes those of before away
    #[arg(long, value_name = "FORMAT", default_value = "svg", value_parser = plots())]
    pub plots: PlotFormat,
}

/// `--plots`
fn plots() -> impl TypedValueParser<Value = PlotFormat> {
    PossibleValuesParser::new(["svg", "png", "none"]).try_map(|name| match name.as_str() {
        "png" => png(),
        "none" => Ok(PlotFormat::None),
        _ => Ok(PlotFormat::Svg),
    })
}

#[cfg(feature = "png")]
fn png() -> Result<PlotFormat, String> {
    Ok(PlotFormat::Png)
}

#[cfg(not(feature = "png"))]
fn png() -> Result<PlotFormat, String> {
    Err("this program was built without it; cargo build --release --features png builds one that has it".to_owned())
}

impl From<DerivedArguments> for FileOptions {
    fn from(arguments: DerivedArguments) -> Self {
        FileOptions { dialect: arguments.csv_dialect.into(), plots: arguments.plots }
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

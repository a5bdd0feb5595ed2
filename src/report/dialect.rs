//! How the CSV files of a folder are written: for programs, or for a spreadsheet whose decimal sign is a comma.

/// The form of CSV files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum CsvDialect {
    /// Commas between cells, decimal points, UTF-8: RFC 4180, what programs expect.
    #[default]
    Standard,
    /// Semicolons between cells, decimal commas, UTF-8 with a byte order mark: what Excel opens by a double click where the
    /// decimal sign is a comma.
    ExcelSemicolon,
}

impl CsvDialect {
    /// What files begin with. Without it Excel takes UTF-8 for the encoding of the system.
    pub(super) fn beginning(self) -> &'static str {
        match self {
            Self::Standard => "",
            Self::ExcelSemicolon => "\u{feff}",
        }
    }

    /// What stands between cells.
    pub(super) fn delimiter(self) -> u8 {
        match self {
            Self::Standard => b',',
            Self::ExcelSemicolon => b';',
        }
    }

    /// What stands before the fraction of a number.
    pub(super) fn decimal(self) -> char {
        match self {
            Self::Standard => '.',
            Self::ExcelSemicolon => ',',
        }
    }
}

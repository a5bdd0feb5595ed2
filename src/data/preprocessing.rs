//! How rows of a table become inputs of a network, and its outputs a prediction: as it is kept with the network.
//!
//! In: what one trial fitted to its training rows. Out: [`Preprocessing`], as data; and back: the [`Encoder`] that does to new
//! rows what was done to those.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};

use super::dialect::DialectSettings;
use super::encoder::Encoder;

/// All that is done to a row.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Preprocessing {
    /// How a file is read.
    pub reading: ReadingSettings,
    /// What becomes of each column, in the order of the inputs.
    pub columns: Vec<ColumnEncoding>,
    /// What is predicted.
    pub target: TargetEncoding,
}

/// How files are to be read, as far as the config said it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ReadingSettings {
    /// Cells that mean a missing value.
    pub missing: Vec<String>,
    #[serde(flatten)]
    pub(super) dialect: DialectSettings,
}

/// What becomes of a column.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum ColumnEncoding {
    /// One input: (x − shift) / scale.
    Number {
        /// Its name.
        column: String,
        /// What takes the place of a missing number; nothing where `data.impute` is `error`.
        fill: Option<f32>,
        /// In the column's units.
        shift: f32,
        /// Never 0.
        scale: f32,
        /// Categories with an order: x is the index among them.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        ranks: Option<Vec<String>>,
    },
    /// An input for each category, which is 1 where the row has it.
    Category {
        /// Its name.
        column: String,
        /// The category of each input; nothing for the input of rows without one.
        categories: Vec<Option<String>>,
        /// The index of that input, if the training rows had such rows.
        missing: Option<u32>,
    },
}

/// What is predicted: value = output · scale + shift; of classes neither counts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TargetEncoding {
    /// The name of its column.
    pub name: String,
    /// In its units.
    pub shift: f64,
    /// Its units per unit of the output.
    pub scale: f64,
}

impl Preprocessing {
    /// Number of inputs.
    pub fn inputs(&self) -> usize {
        self.columns.iter().map(ColumnEncoding::inputs).sum()
    }

    /// The encoder of rows whose columns are these, in this order; a category beyond those of a column is none of them.
    pub(super) fn encoder(&self) -> Encoder {
        Encoder::of(&self.columns)
    }

    /// What in it cannot be, for one that comes from a file.
    pub fn objection(&self) -> Option<String> {
        let mut names = HashSet::new();
        let TargetEncoding { name, shift, scale } = &self.target;
        if !(shift.is_finite() && scale.is_finite()) {
            return Some(format!("the scale of the target {name:?} is not finite"));
        }
        self.columns.iter().find_map(|column| {
            let name = column.name();
            if !names.insert(name) {
                return Some(format!("the column {name:?} is there twice"));
            }
            let is_sound = match column {
                ColumnEncoding::Number { fill, shift, scale, .. } => {
                    fill.is_none_or(f32::is_finite) && shift.is_finite() && scale.is_finite() && *scale != 0.0
                }
                ColumnEncoding::Category { categories, missing, .. } => {
                    missing.is_none_or(|missing| (missing as usize) < categories.len())
                }
            };
            (!is_sound).then(|| format!("the encoding of the column {name:?} cannot be"))
        })
    }
}

impl ColumnEncoding {
    /// The name of the column.
    pub fn name(&self) -> &str {
        match self {
            Self::Number { column, .. } | Self::Category { column, .. } => column,
        }
    }

    fn inputs(&self) -> usize {
        match self {
            Self::Number { .. } => 1,
            Self::Category { categories, .. } => categories.len(),
        }
    }
}

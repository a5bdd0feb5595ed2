//! What `overfit check` tells of a data set.
//!
//! In: a data set. Out: counts, and texts that are put into a page or a table as they are.

use std::fmt;

use super::dataset::{Column, ColumnKind, Dataset};
use super::target::Target;
use super::wording::plural;
use crate::schema::shortened;

/// The shape of a data set.
#[derive(Debug, Clone, PartialEq)]
pub struct Profile {
    /// Rows of the data file that have a target.
    pub rows: usize,
    /// Rows of the test file, where there is one.
    pub test_rows: Option<usize>,
    /// Columns of numbers.
    pub numeric: usize,
    /// Columns of categories.
    pub categorical: usize,
    /// Columns of either kind that never vary.
    pub constant: usize,
    /// Cells of all columns that are missing.
    pub missing_cells: usize,
    /// Columns in which a cell is missing.
    pub columns_with_missing: usize,
    /// How the columns are read that are not plain numbers.
    pub columns: ColumnsProfile,
    /// The name of the target column.
    pub target_name: String,
    /// What is to be predicted.
    pub target: TargetProfile,
}

/// How columns are read that are not plain numbers; names in the order of the file.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ColumnsProfile {
    /// Columns of categories, each with the number of its categories.
    pub categories: Vec<(String, usize)>,
    /// Columns of categories that are read as their ranks.
    pub ranks: Vec<String>,
    /// Columns of numbers with percent signs, which are left away.
    pub percents: Vec<String>,
}

/// The shape of a target.
#[derive(Debug, Clone, PartialEq)]
pub enum TargetProfile {
    /// Each class with its number of rows, in the order of the classes.
    Classes(Vec<(String, usize)>),
    /// The least and the greatest value.
    Range(f64, f64),
}

/// Describes a data set, the rows of its test file included.
pub fn profile(dataset: &Dataset) -> Profile {
    let categorical = dataset.columns.iter().filter(|column| column.kind != ColumnKind::Numeric).count();
    let target = match &dataset.target {
        Target::Classes(_, names) => {
            TargetProfile::Classes(names.iter().cloned().zip(dataset.class_counts(0..dataset.rows())).collect())
        }
        Target::Values(values) => TargetProfile::Range(
            values.iter().copied().fold(f64::INFINITY, f64::min),
            values.iter().copied().fold(f64::NEG_INFINITY, f64::max),
        ),
    };
    Profile {
        rows: dataset.rows_of_first_file(),
        test_rows: dataset.test_start.map(|start| dataset.rows() - start),
        numeric: dataset.columns.len() - categorical,
        categorical,
        constant: dataset.columns.iter().filter(|column| column.is_constant).count(),
        missing_cells: dataset.columns.iter().map(|column| column.missing).sum(),
        columns_with_missing: dataset.columns.iter().filter(|column| column.missing > 0).count(),
        columns: ColumnsProfile::of(&dataset.columns),
        target_name: dataset.target_name.clone(),
        target,
    }
}

impl ColumnsProfile {
    fn of(columns: &[Column]) -> Self {
        let names =
            |is: &dyn Fn(&&Column) -> bool| columns.iter().filter(is).map(|column| column.name.clone()).collect();
        let levels = |column: &Column| match &column.kind {
            ColumnKind::Categorical { levels } => Some((column.name.clone(), levels.len())),
            ColumnKind::Numeric => None,
        };
        Self {
            categories: columns.iter().filter_map(levels).collect(),
            ranks: names(&|column| column.ranks.is_some()),
            percents: names(&|column| column.percents > 0),
        }
    }
}

impl fmt::Display for ColumnsProfile {
    /// `categories: colour (3), size (2); ranks: age; percent signs left away: growth`; nothing where all are plain numbers.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        /// More columns than these are not listed.
        const SHOWN: usize = 10;
        let listed = |what: &str, names: Vec<String>| {
            let shown = names.iter().take(SHOWN).map(String::as_str).collect::<Vec<_>>().join(", ");
            let rest = names.len().saturating_sub(SHOWN);
            let more = if rest > 0 { format!(" and {rest} more") } else { String::new() };
            (!names.is_empty()).then(|| format!("{what}: {shown}{more}"))
        };
        let short = |names: &[String]| names.iter().map(|name| shortened(name).into_owned()).collect();
        let categories = self.categories.iter().map(|(name, levels)| format!("{} ({levels})", shortened(name)));
        let parts = [
            listed("categories", categories.collect()),
            listed("ranks", short(&self.ranks)),
            listed("percent signs left away", short(&self.percents)),
        ];
        f.write_str(&parts.into_iter().flatten().collect::<Vec<_>>().join("; "))
    }
}

impl fmt::Display for Profile {
    /// `150 rows; 5 feature columns (4 numeric, 1 categorical, 1 constant); 3 missing cells in 2 columns`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", plural(self.rows, "row"))?;
        if let Some(rows) = self.test_rows {
            write!(f, " and {rows} in the test file")?;
        }
        let kinds = [(self.numeric, "numeric"), (self.categorical, "categorical"), (self.constant, "constant")];
        let kinds: Vec<String> =
            kinds.iter().filter(|(count, _)| *count > 0).map(|(count, kind)| format!("{count} {kind}")).collect();
        write!(f, "; {} ({})", plural(self.numeric + self.categorical, "feature column"), kinds.join(", "))?;
        if self.missing_cells == 0 {
            return write!(f, "; nothing missing");
        }
        let (cells, columns) =
            (plural(self.missing_cells, "missing cell"), plural(self.columns_with_missing, "column"));
        write!(f, "; {cells} in {columns}")
    }
}

impl fmt::Display for TargetProfile {
    /// `3 classes: setosa 50, versicolor 50, virginica 50`, or `values from 25 to 346`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        /// More classes than these are not listed.
        const SHOWN: usize = 10;
        match self {
            Self::Range(least, greatest) => write!(f, "values from {least} to {greatest}"),
            Self::Classes(classes) => {
                let shown: Vec<String> =
                    classes.iter().take(SHOWN).map(|(name, rows)| format!("{} {rows}", shortened(name))).collect();
                write!(f, "{}: {}", plural(classes.len(), "class"), shown.join(", "))?;
                match classes.len().checked_sub(SHOWN) {
                    Some(rest @ 1..) => write!(f, " and {rest} more"),
                    _ => Ok(()),
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::dataset;
    use super::*;

    #[test]
    fn counts_rows_columns_and_missing_cells() {
        let profile = profile(&dataset("a,b,c,class\n1,x,7,p\n,y,7,q\n3,,7,q\n"));
        assert_eq!(
            profile.to_string(),
            "3 rows; 3 feature columns (2 numeric, 1 categorical, 1 constant); 2 missing cells in 2 columns"
        );
        assert_eq!(profile.target.to_string(), "2 classes: p 1, q 2");
        assert_eq!(profile.columns.to_string(), "categories: b (2)");
    }

    #[test]
    fn columns_that_are_no_plain_numbers_are_listed_ten_of_a_kind() {
        let names: Vec<String> = (0..12).map(|column| format!("c{column}")).collect();
        let texts = ["x,".repeat(12), "y,".repeat(12)];
        let profile = profile(&dataset(&format!("p,{},class\n5%,{}q\n7%,{}r\n", names.join(","), texts[0], texts[1])));
        assert_eq!(
            profile.columns.to_string(),
            "categories: c0 (2), c1 (2), c2 (2), c3 (2), c4 (2), c5 (2), c6 (2), c7 (2), c8 (2), c9 (2) and 2 more; percent \
             signs left away: p"
        );
    }

    #[test]
    fn a_regression_has_a_range() {
        let profile = profile(&dataset("a,y\n1,0.5\n2,-3\n"));
        assert_eq!(profile.target.to_string(), "values from -3 to 0.5");
        assert_eq!(profile.to_string(), "2 rows; 1 feature column (1 numeric); nothing missing");
    }
}

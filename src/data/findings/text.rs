//! A finding in words: what was found, in how many rows, and what can be done.

use std::fmt;

use super::super::wording::{list, plural, quoted};
use super::{Finding, Suspect};

/// Names that are shown.
const SHOWN: usize = 5;

impl fmt::Display for Finding {
    /// A lowercase fragment that fits behind the name of a file.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Finding::Duplicates { test_rows, copies, contradictions, can_be_grouped } => {
                write!(
                    f,
                    "{copies} of {test_rows} test rows ({}) also stand in training",
                    percent(*copies, *test_rows)
                )?;
                if *contradictions > 0 {
                    write!(f, ", {contradictions} more with another target")?;
                }
                f.write_str(": test figures are flattered")?;
                if *can_be_grouped {
                    f.write_str("; data.split.group_duplicates = true keeps copies together")?;
                }
                Ok(())
            }
            Finding::GivesAway { columns, are_shares } => {
                let (first, told) = &columns[0];
                let told = match are_shares {
                    true => format!("it tells {:.1}% of the classes", 100.0 * told),
                    false => format!("its correlation is {told:.4}"),
                };
                write!(f, "column {} alone gives the target away: {told}", quoted(first))?;
                if columns.len() > 1 {
                    let others: Vec<&str> = columns[1..].iter().map(|(name, _)| name.as_str()).collect();
                    write!(f, "; so do {}", list(others.into_iter(), SHOWN))?;
                }
                f.write_str("; if it is not known where the network is to predict, data.exclude leaves it out")
            }
            Finding::Constant { columns } => {
                let names = list(columns.iter().map(String::as_str), SHOWN);
                write!(f, "{} with one and the same value in every row: {names}", plural(columns.len(), "column"))
            }
            Finding::HiddenMissing { suspects, rows } => {
                let one = |suspect: &Suspect| {
                    let Suspect { column, value, rows: count } = suspect;
                    format!("{} ({value} in {count})", quoted(column))
                };
                let shown: Vec<String> = suspects.iter().take(SHOWN).map(one).collect();
                let rest = suspects.len().saturating_sub(SHOWN);
                let rest = if rest > 0 { format!(" and {rest} more") } else { String::new() };
                let what = plural(suspects.len(), "column");
                write!(
                    f,
                    "{what} with a number far from all others, as if for missing values, of {rows} rows: {}{rest}; cells \
                     left empty are filled in by data.impute",
                    shown.join(", ")
                )
            }
            Finding::FewRows { classes } => {
                let one = |(name, [train, validation, test]): &(String, [usize; 3])| {
                    format!("{} {train}/{validation}/{test}", quoted(name))
                };
                let shown: Vec<String> = classes.iter().take(SHOWN).map(one).collect();
                let rest = classes.len().saturating_sub(SHOWN);
                let rest = if rest > 0 { format!(" and {rest} more") } else { String::new() };
                let what = plural(classes.len(), "class");
                write!(f, "{what} with too few rows in train/validation/test: {}{rest}", shown.join(", "))
            }
            Finding::Imbalance { class, share } => write!(
                f,
                "imbalance: {:.0}% of the training rows are of class {}, so that always saying so is hardly ever wrong; \
                 metric = \"balanced_accuracy\" weighs all classes alike",
                100.0 * share,
                quoted(class)
            ),
        }
    }
}

/// A share in whole percent.
fn percent(part: usize, whole: usize) -> String {
    format!("{:.0}%", 100.0 * part as f64 / whole as f64)
}

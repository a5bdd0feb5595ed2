//! Whether the target is classes or values.
//!
//! In: the target column as read, and `data.task`. Out: the class of each row, with the names of the classes in their natural
//! order, or the value of each row.

use super::Task;
use super::categories::{ranked, ranks};
use super::column::ColumnReader;
use super::settings::TaskChoice;

/// Whole numbers are classes up to so many distinct values, if nothing else is said.
const MOST_INTEGER_CLASSES: usize = 20;

/// The target of every row.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Target {
    /// The index of each row's class, and the names of the classes.
    Classes(Vec<u32>, Vec<String>),
    /// Each row's value, in its own units.
    Values(Vec<f64>),
}

impl Target {
    /// `values` are those of `column`: numbers, or codes where it is text.
    ///
    /// # Errors
    /// Row and text of the first cell that is no number, where a regression is asked for.
    pub(super) fn new(choice: TaskChoice, column: &ColumnReader, values: Vec<f64>) -> Result<Self, (usize, String)> {
        if column.is_text {
            if choice == TaskChoice::Regression {
                return Err(column
                    .first_text
                    .clone()
                    .expect("a regression's target is text only because of its cells"));
            }
            let ranks = ranks(column.levels());
            let classes = values.iter().map(|&code| ranks[code as usize]).collect();
            return Ok(Self::Classes(classes, ranked(column.levels(), &ranks)));
        }
        let mut distinct = values.clone();
        distinct.sort_by(f64::total_cmp);
        distinct.dedup(); // 0 and −0 are one
        let is_classes = match choice {
            TaskChoice::Classification => true,
            TaskChoice::Regression => false,
            TaskChoice::Auto => distinct.len() <= MOST_INTEGER_CLASSES && distinct.iter().all(|x| x.fract() == 0.0),
        };
        if !is_classes {
            return Ok(Self::Values(values));
        }
        let class = |x: &f64| distinct.partition_point(|other| other < x) as u32;
        // Adding 0 makes the 0 of −0.
        let names = distinct.iter().map(|x| (x + 0.0).to_string()).collect();
        Ok(Self::Classes(values.iter().map(class).collect(), names))
    }

    pub(super) fn task(&self) -> Task {
        match self {
            Self::Classes(..) => Task::Classification,
            Self::Values(_) => Task::Regression,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::cell::Cells;
    use super::*;

    fn target(choice: TaskChoice, cells: &[&str]) -> Result<Target, (usize, String)> {
        let mut column = ColumnReader::default();
        let reader = Cells::new(&[]);
        let mut values = vec![];
        for round in 0..2 {
            values =
                cells.iter().enumerate().map(|(row, cell)| column.read(&reader, cell.as_bytes().into(), row)).collect();
            if round == 0 && column.is_incomplete {
                column.start_again();
            } else {
                break;
            }
        }
        Target::new(choice, &column, values)
    }

    fn classes(indices: &[u32], names: &[&str]) -> Target {
        Target::Classes(indices.to_vec(), names.iter().map(|&name| name.to_owned()).collect())
    }

    #[test]
    fn text_means_classes_in_the_order_of_their_names() {
        assert_eq!(target(TaskChoice::Auto, &["b", "a", "b"]).unwrap(), classes(&[1, 0, 1], &["a", "b"]));
    }

    #[test]
    fn few_whole_numbers_mean_classes_in_the_order_of_their_values() {
        assert_eq!(
            target(TaskChoice::Auto, &["10", "9", "-1", "9.0"]).unwrap(),
            classes(&[2, 1, 0, 1], &["-1", "9", "10"])
        );
        assert_eq!(target(TaskChoice::Auto, &["0", "-0", "1"]).unwrap(), classes(&[0, 0, 1], &["0", "1"]));
    }

    #[test]
    fn many_whole_numbers_or_one_fraction_mean_regression() {
        let numbers: Vec<String> = (0..21).map(|x| x.to_string()).collect();
        let numbers: Vec<&str> = numbers.iter().map(String::as_str).collect();
        assert!(matches!(target(TaskChoice::Auto, &numbers[..20]).unwrap(), Target::Classes(..)));
        assert!(matches!(target(TaskChoice::Auto, &numbers).unwrap(), Target::Values(_)));
        assert_eq!(target(TaskChoice::Auto, &["1", "2.5"]).unwrap(), Target::Values(vec![1.0, 2.5]));
    }

    #[test]
    fn what_is_asked_for_goes_before_what_it_looks_like() {
        assert_eq!(target(TaskChoice::Regression, &["1", "2"]).unwrap(), Target::Values(vec![1.0, 2.0]));
        assert_eq!(target(TaskChoice::Classification, &["0.5", "1.5"]).unwrap(), classes(&[0, 1], &["0.5", "1.5"]));
        assert_eq!(target(TaskChoice::Regression, &["a", "2"]).unwrap_err(), (0, "a".to_owned()));
    }
}

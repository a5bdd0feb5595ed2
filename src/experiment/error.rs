//! What is wrong with an experiment.

use std::fmt;

use thiserror::Error;

use crate::schema::{Problem, Problems};

/// Problems of one config, at least one, by file and line; each is shown on a line of its own.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub struct ConfigErrors {
    problems: Vec<Problem>,
}

/// A config with more problems than this has one that repeats itself.
const MOST_SHOWN: usize = 20;

impl ConfigErrors {
    /// Every problem, by file and line; those without a line last.
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }

    /// Nothing, or what was found.
    pub(super) fn unless_empty(problems: Problems) -> Result<(), Self> {
        if problems.is_empty() { Ok(()) } else { Err(problems.into()) }
    }
}

impl fmt::Display for ConfigErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, problem) in self.problems.iter().take(MOST_SHOWN).enumerate() {
            let line_break = if index == 0 { "" } else { "\n" };
            write!(f, "{line_break}{problem}")?;
        }
        match self.problems.len().saturating_sub(MOST_SHOWN) {
            0 => Ok(()),
            more => write!(f, "\nand {more} more"),
        }
    }
}

impl From<Problem> for ConfigErrors {
    fn from(problem: Problem) -> Self {
        Self { problems: vec![problem] }
    }
}

impl From<Vec<Problem>> for ConfigErrors {
    fn from(mut problems: Vec<Problem>) -> Self {
        Problem::sort(&mut problems);
        Self { problems }
    }
}

impl From<Problems> for ConfigErrors {
    fn from(problems: Problems) -> Self {
        problems.into_vec().into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::Origin;

    #[test]
    fn shows_twenty_problems_and_counts_the_rest() {
        let problems: Vec<Problem> = (0..23).map(|n| Problem::elsewhere(format!("problem {n}"))).collect();
        let text = ConfigErrors::from(problems).to_string();
        assert_eq!(text.lines().count(), 21);
        assert!(text.ends_with("problem 19\nand 3 more"), "{text}");
    }

    #[test]
    fn problems_follow_the_lines_of_the_file() {
        let mut problems = Problems::default();
        for line in [7, 3] {
            problems.push(Problem::new(format!("problem {line}"), &Origin::Line("a.toml".into(), line)));
        }
        assert_eq!(ConfigErrors::from(problems).to_string(), "problem 3 (a.toml:3)\nproblem 7 (a.toml:7)");
    }
}

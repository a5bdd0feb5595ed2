//! What is wrong with a config, said in one line each.

use std::collections::HashSet;
use std::fmt;

use super::{Origin, nearest};

/// One thing that is wrong, as one line: `remedies.dropout.hidden must be in [0, 1), found 1.2 (configs/wide.toml:14)`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Problem {
    text: String,
    /// What stands in brackets behind the text.
    notes: Vec<String>,
}

impl Problem {
    /// A problem with the value at `origin`.
    pub fn new(text: impl Into<String>, origin: &Origin) -> Self {
        let notes = match origin {
            Origin::Default => Vec::new(),
            origin => vec![origin.to_string()],
        };
        Self { text: text.into(), notes }
    }

    /// A problem that has no place in a config.
    pub fn elsewhere(text: impl Into<String>) -> Self {
        Self { text: text.into(), notes: Vec::new() }
    }

    /// `key` is none of `known`: names the nearest of them and lists all.
    pub fn unknown_key(table: &str, key: &str, known: &[&str], origin: &Origin) -> Self {
        let dot = if table.is_empty() { "" } else { "." };
        let hint = nearest::hint(key, known);
        let allowed = if known.is_empty() { "no keys".to_owned() } else { known.join(", ") };
        Self::new(format!("unknown key {table}{dot}{}{hint}", shown_key(key)), origin)
            .note(format!("allowed: {allowed}"))
    }

    /// Adds a remark in the brackets.
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.notes.push(note.into());
        self
    }
}

/// A key that would not stand bare in TOML is quoted.
fn shown_key(key: &str) -> String {
    let bare = !key.is_empty() && key.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '-');
    if bare { key.to_owned() } else { format!("{key:?}") }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)?;
        if self.notes.is_empty() { Ok(()) } else { write!(f, " ({})", self.notes.join("; ")) }
    }
}

/// The problems found so far, each once, in the order in which they were found.
#[derive(Debug, Default)]
pub struct Problems {
    found: Vec<Problem>,
    seen: HashSet<Problem>,
}

impl Problems {
    /// Adds a problem, unless it is known already.
    pub fn push(&mut self, problem: Problem) {
        if self.seen.insert(problem.clone()) {
            self.found.push(problem);
        }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.found.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// All of them.
    pub fn into_vec(self) -> Vec<Problem> {
        self.found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_key_is_answered_with_the_nearest_and_all() {
        let origin = Origin::Line("configs/wide.toml".into(), 9);
        let problem = Problem::unknown_key("model", "hiden", &["hidden", "activation", "init"], &origin);
        assert_eq!(
            problem.to_string(),
            "unknown key model.hiden, did you mean hidden? (configs/wide.toml:9; allowed: hidden, activation, init)"
        );
    }

    #[test]
    fn the_same_problem_is_told_once() {
        let mut problems = Problems::default();
        for text in ["a", "b", "a"] {
            problems.push(Problem::elsewhere(text));
        }
        assert_eq!(problems.into_vec(), [Problem::elsewhere("a"), Problem::elsewhere("b")]);
    }
}

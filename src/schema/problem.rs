//! What is wrong with a config, said in one line each.

use std::collections::HashSet;
use std::fmt;
use std::sync::Arc;

use super::{Origin, nearest, shortened};

/// One thing that is wrong, as one line: `remedies.dropout.hidden must be in [0, 1), found 1.2 (configs/wide.toml:14)`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Problem {
    text: String,
    /// What stands in brackets behind the text.
    notes: Vec<String>,
    /// The file and the line, where there is one.
    line: Option<(Arc<str>, usize)>,
}

impl Problem {
    /// A problem with the value at `origin`.
    pub fn new(text: impl Into<String>, origin: &Origin) -> Self {
        let notes = match origin {
            Origin::Default => Vec::new(),
            origin => vec![origin.to_string()],
        };
        let line = match origin {
            Origin::Line(file, line) => Some((file.clone(), *line)),
            _ => None,
        };
        Self { text: text.into(), notes, line }
    }

    /// A problem that has no place in a config.
    pub fn elsewhere(text: impl Into<String>) -> Self {
        Self { text: text.into(), notes: Vec::new(), line: None }
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

    /// Puts problems in the order in which a reader of the files comes upon them: by file and line, those of one line in the
    /// order in which they were found, those without a line last.
    pub fn sort(problems: &mut [Problem]) {
        problems.sort_by(|a, b| (a.line.is_none(), &a.line).cmp(&(b.line.is_none(), &b.line)));
    }
}

/// A key that would not stand bare in TOML is quoted, a long one cut off.
fn shown_key(key: &str) -> String {
    let bare = !key.is_empty() && key.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '-');
    let key = shortened(key);
    if bare { key.into_owned() } else { format!("{key:?}") }
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
    told: usize,
}

impl Problems {
    /// Adds a problem, unless it is known already.
    pub fn push(&mut self, problem: Problem) {
        self.told += 1;
        if self.seen.insert(problem.clone()) {
            self.found.push(problem);
        }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.found.len()
    }

    /// How many were added, those that were known already among them: whether something is wrong where it has grown.
    pub fn told(&self) -> usize {
        self.told
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
    fn a_long_key_is_not_shown_whole() {
        let message = Problem::unknown_key("", &"k".repeat(100_000), &["a"], &Origin::Default).to_string();
        assert_eq!(message, format!("unknown key {}… (allowed: a)", "k".repeat(80)));
    }

    #[test]
    fn problems_are_sorted_by_file_and_line_and_those_without_a_line_come_last() {
        let at = |file: &str, line, text: &str| Problem::new(text, &Origin::Line(file.into(), line));
        let mut problems = [
            Problem::new("option", &Origin::Option("--set x=1".into())),
            at("b.toml", 1, "b1"),
            at("a.toml", 10, "a10 first"),
            Problem::new("file", &Origin::File("a.toml".into())),
            at("a.toml", 9, "a9"),
            at("a.toml", 10, "a10 second"),
        ];
        Problem::sort(&mut problems);
        assert_eq!(problems.map(|problem| problem.text), ["a9", "a10 first", "a10 second", "b1", "option", "file"]);
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

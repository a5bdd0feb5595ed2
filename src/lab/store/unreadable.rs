//! Lines of the store that count for nothing: how many there are in which file, and why.
//!
//! In: one line after the other, as they are met. Out: one sentence for each file and kind, however many lines there are.

use std::collections::{BTreeMap, HashSet};
use std::fmt;
use std::mem;
use std::path::{Path, PathBuf};

/// Why a line counts for nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Fault {
    /// It is no record.
    Unreadable,
    /// It is a record that cannot be the result of its trial.
    Impossible,
}

/// Lines of one file that count for nothing.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Unreadable {
    /// The file.
    pub path: PathBuf,
    /// Why.
    pub fault: Fault,
    /// How many.
    pub lines: usize,
    /// The first of them, counted from 1.
    pub first: u64,
    /// What is wrong with the first, as a fragment.
    pub reason: String,
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { path, lines, first, reason, .. } = self;
        let path = path.display();
        let cannot = match self.fault {
            Fault::Unreadable => "cannot be read",
            Fault::Impossible => "cannot be right",
        };
        match lines {
            1 => write!(f, "line {first} of {path} {cannot} ({reason})"),
            _ => write!(f, "{lines} lines of {path} {cannot} (first: line {first}, {reason})"),
        }
    }
}

/// The lines that were met so far.
#[derive(Debug, Clone, Default)]
pub(super) struct Tally {
    met: BTreeMap<(PathBuf, Fault), Unreadable>,
    said: HashSet<Unreadable>,
}

impl Tally {
    /// Counts a line.
    pub(super) fn count(&mut self, path: &Path, fault: Fault, line: u64, reason: String) {
        let new = || Unreadable { path: path.to_owned(), fault, lines: 0, first: line, reason };
        self.met.entry((path.to_owned(), fault)).or_insert_with(new).lines += 1;
    }

    /// Takes over what an earlier tally of the same files has handed out.
    pub(super) fn said_before(&mut self, earlier: &mut Self) {
        self.said = mem::take(&mut earlier.said);
    }

    /// What was not handed out yet.
    pub(super) fn take(&mut self) -> Vec<Unreadable> {
        self.met.values().filter(|found| self.said.insert((*found).clone())).cloned().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_a_file_are_one_sentence_that_is_handed_out_once() {
        let (mut tally, path) = (Tally::default(), Path::new("trials/x.jsonl"));
        for line in [3, 5] {
            tally.count(path, Fault::Unreadable, line, format!("reason {line}"));
        }
        tally.count(path, Fault::Impossible, 4, "its seed is 4".to_owned());
        let said = |tally: &mut Tally| tally.take().iter().map(ToString::to_string).collect::<Vec<_>>();
        let sentences = [
            "2 lines of trials/x.jsonl cannot be read (first: line 3, reason 3)",
            "line 4 of trials/x.jsonl cannot be right (its seed is 4)",
        ];
        assert_eq!(said(&mut tally), sentences);
        assert!(said(&mut tally).is_empty());
        let mut again = Tally::default();
        again.said_before(&mut tally);
        let mut tally = again;
        tally.count(path, Fault::Impossible, 4, "its seed is 4".to_owned());
        assert!(said(&mut tally).is_empty(), "it was said before");
        tally.count(path, Fault::Impossible, 6, "its fold is 4".to_owned());
        assert_eq!(said(&mut tally), ["2 lines of trials/x.jsonl cannot be right (first: line 4, its seed is 4)"]);
    }
}

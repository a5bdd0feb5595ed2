//! The categories of a column, found again cell by cell.
//!
//! In: texts. Out: for each a code, from 0 in the order in which they came. Most columns have few categories with short names:
//! those are compared as one integer each, all of them, which is quicker than to look one up.

use std::collections::HashMap;

use foldhash::fast::RandomState;

use super::field::Field;

/// Categories that are compared one by one.
const FEW: usize = 16;

/// The categories of a column.
#[derive(Debug, Default)]
pub(super) struct Categories {
    names: Vec<String>,
    /// The names as integers, another one for each as no text has a zero in it; empty once there are many, or one is long.
    packed: Vec<u128>,
    codes: HashMap<Vec<u8>, u32, RandomState>,
    /// Bytes that they take, about.
    bytes: usize,
}

impl Categories {
    /// Their names, by code.
    pub(super) fn names(&self) -> &[String] {
        &self.names
    }

    /// Bytes that they take, about.
    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    /// The code of a category that was seen before.
    #[inline]
    pub(super) fn find(&self, name: Field) -> Option<u32> {
        match name.packed() {
            Some(wanted) if !self.packed.is_empty() => {
                // Without a branch for each: which of them it is cannot be foretold.
                let mut found = None;
                for (&known, code) in self.packed.iter().zip(0..) {
                    if known == wanted {
                        found = Some(code);
                    }
                }
                found
            }
            _ => self.codes.get(name.text()).copied(),
        }
    }

    /// A new category; its code.
    pub(super) fn add(&mut self, name: &str) -> u32 {
        /// What a category takes beside its letters: two texts, an entry of the table, an integer.
        const EACH: usize = 100;
        let code = u32::try_from(self.names.len()).expect("memory ends before 4 billion categories");
        match Field::from(name.as_bytes()).packed() {
            Some(packed) if self.packed.len() == self.names.len() && self.names.len() < FEW => self.packed.push(packed),
            _ => self.packed.clear(),
        }
        self.bytes += 2 * name.len() + EACH;
        self.names.push(name.to_owned());
        self.codes.insert(name.as_bytes().to_owned(), code);
        code
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_and_many_short_and_long_names_are_found_again() {
        let long = "x".repeat(17);
        for count in [1, 2, FEW, FEW + 1, 3 * FEW] {
            for names in [
                (0..count).map(|index| format!("level {index}")).collect::<Vec<_>>(),
                (0..count).map(|index| format!("{}{index}", long)).collect(),
                (0..count).map(|index| "y".repeat(index + 1)).collect(),
            ] {
                let mut categories = Categories::default();
                for (name, code) in names.iter().zip(0..) {
                    assert_eq!(categories.find(name.as_bytes().into()), None, "{name}");
                    assert_eq!(categories.add(name), code);
                }
                for (name, code) in names.iter().zip(0..) {
                    assert_eq!(categories.find(name.as_bytes().into()), Some(code), "{name}");
                }
                assert_eq!(categories.find(b"none of them"[..].into()), None);
                assert_eq!(categories.names(), names);
            }
        }
    }
}

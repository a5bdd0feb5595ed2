//! The categories of a column, found again cell by cell.
//!
//! In: texts. Out: for each a code, from 0 in the order in which they came. Short names are compared as integers, each with the
//! one that has the same place; only where places clash, and for long names, a table of texts is asked. And the order in which
//! people would put them.

use std::collections::HashMap;

use foldhash::fast::RandomState;

use super::cell;
use super::field::Field;

/// The categories of a column.
#[derive(Debug, Default)]
pub(super) struct Categories {
    names: Vec<String>,
    /// As many places as a power of two; none while there are no names.
    places: Vec<Place>,
    codes: HashMap<Vec<u8>, u32, RandomState>,
    /// Bytes that they take, about.
    bytes: usize,
}

/// Room for two names that fall on the same place: each as an integer, and its code. 0 is the integer of no name.
type Place = [(u128, u32); 2];

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
    #[inline(always)]
    pub(super) fn find(&self, name: Field) -> Option<u32> {
        if let (Some(wanted @ 1..), false) = (name.packed(), self.places.is_empty()) {
            let [(first, first_code), (second, second_code)] = self.places[self.place(wanted)];
            // Which of the two it is cannot be foretold: no branch for it.
            let code = if second == wanted { second_code } else { first_code };
            if (first == wanted) | (second == wanted) {
                return Some(code);
            }
        }
        self.look_up(name.text())
    }

    #[inline(never)]
    fn look_up(&self, name: &[u8]) -> Option<u32> {
        self.codes.get(name).copied()
    }

    /// A new category; its code.
    pub(super) fn add(&mut self, name: &str) -> u32 {
        /// What a category takes beside its letters: two texts, an entry of the table, places.
        const EACH: usize = 200;
        let code = u32::try_from(self.names.len()).expect("memory ends before 4 billion categories");
        self.bytes += 2 * name.len() + EACH;
        self.names.push(name.to_owned());
        self.codes.insert(name.as_bytes().to_owned(), code);
        self.give_place(code);
        code
    }

    /// Gives the name of that code its place; all names others where places become few.
    fn give_place(&mut self, code: u32) {
        /// Places for each name, at least, so that few fall on the same.
        const FOR_EACH: usize = 2;
        /// So many lie near the processor.
        const MOST: usize = 1 << 10;
        let wanted = (FOR_EACH * self.names.len()).next_power_of_two().min(MOST);
        let mut moved = code..code + 1;
        if self.places.len() < wanted {
            self.places = vec![Place::default(); 2 * wanted];
            moved.start = 0;
        }
        for code in moved {
            if let Some(packed) = Field::from(self.names[code as usize].as_bytes()).packed() {
                let place = self.place(packed);
                let [first, second] = &mut self.places[place];
                *(if first.0 == 0 { first } else { second }) = (packed, code);
            }
        }
    }

    /// The place of a name: the highest bits of a product, on which all of its letters have an influence.
    #[inline(always)]
    fn place(&self, packed: u128) -> usize {
        /// 2^64 divided by the golden ratio, an odd number.
        const MULTIPLIER: u64 = 0x9e37_79b9_7f4a_7c15;
        let folded = packed as u64 ^ ((packed >> 64) as u64).rotate_left(29);
        let bits = self.places.len().trailing_zeros();
        (folded.wrapping_mul(MULTIPLIER) >> (u64::BITS - bits)) as usize
    }
}

/// For each of `levels` its rank in their natural order: by value if all are numbers, else by text.
pub(super) fn ranks(levels: &[String]) -> Vec<u32> {
    let values: Option<Vec<f64>> = levels.iter().map(|level| cell::number(level.as_bytes())).collect();
    let mut order: Vec<usize> = (0..levels.len()).collect();
    order.sort_by(|&a, &b| match &values {
        Some(values) => values[a].total_cmp(&values[b]).then_with(|| levels[a].cmp(&levels[b])),
        None => levels[a].cmp(&levels[b]),
    });
    let mut ranks = vec![0; levels.len()];
    for (rank, level) in order.into_iter().enumerate() {
        ranks[level] = rank as u32;
    }
    ranks
}

/// `levels` in the order of their `ranks`.
pub(super) fn ranked(levels: &[String], ranks: &[u32]) -> Vec<String> {
    let mut sorted = vec![String::new(); levels.len()];
    for (level, &rank) in levels.iter().zip(ranks) {
        sorted[rank as usize].clone_from(level);
    }
    sorted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_and_many_short_and_long_names_are_found_again() {
        let long = "x".repeat(17);
        for count in [1, 2, 7, 16, 17, 300, 5000] {
            for names in [
                (0..count).map(|index| format!("level {index}")).collect::<Vec<_>>(),
                (0..count).map(|index| format!("{}{index}", long)).collect(),
                (0..count.min(40)).map(|index| "y".repeat(index + 1)).collect(),
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

    #[test]
    fn levels_are_ranked_by_value_or_by_text() {
        let levels = |texts: &[&str]| texts.iter().map(|&text| text.to_owned()).collect::<Vec<_>>();
        assert_eq!(ranks(&levels(&["10", "9", "-1"])), [2, 1, 0]);
        assert_eq!(ranks(&levels(&["10", "9", "x"])), [0, 1, 2]);
        let names = levels(&["10", "9", "-1"]);
        assert_eq!(ranked(&names, &ranks(&names)), ["-1", "9", "10"]);
    }
}

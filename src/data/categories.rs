//! The categories of a column, found again cell by cell.
//!
//! In: cells. Out: for each a code, from 0 in the order in which their names came. A cell is compared as an integer, as it is
//! written, with those that have the same place; only cells that are new, long, or find no place are trimmed and looked up by
//! their text. And the order in which people would put the names.

use std::collections::HashMap;

use foldhash::fast::RandomState;

use super::cell;
use super::field::Field;

/// The categories of a column.
#[derive(Debug, Default)]
pub(super) struct Categories {
    names: Vec<String>,
    codes: HashMap<Vec<u8>, u32, RandomState>,
    /// Bytes that these take, about.
    bytes: usize,
    /// As many as a power of two; none while there are no names.
    places: Vec<Place>,
}

/// Room for two spellings that fall on the same place.
#[derive(Debug, Clone, Copy)]
struct Place {
    /// What cells are as integers, [`NONE`] for no cell.
    spellings: [u128; 2],
    codes: [u32; 2],
}

/// No text, since all text is UTF-8.
const NONE: u128 = u128::MAX;

const EMPTY: Place = Place { spellings: [NONE; 2], codes: [0; 2] };

impl Categories {
    /// Their names, by code.
    pub(super) fn names(&self) -> &[String] {
        &self.names
    }

    /// Bytes that they take, about.
    pub(super) fn bytes(&self) -> usize {
        self.bytes + size_of_val(self.places.as_slice())
    }

    /// The code of a cell that was seen before, written in the same way, unless there was no place for it.
    #[inline(always)]
    pub(super) fn find(&self, cell: Field) -> Option<u32> {
        let wanted = cell.packed()?;
        let Place { spellings: [first, second], codes } = self.places.get(self.place(wanted))?;
        // Which of the two it is cannot be foretold: no branch for it.
        ((*first == wanted) | (*second == wanted)).then(|| codes[usize::from(*second == wanted)])
    }

    /// The code of the category of that name.
    pub(super) fn look_up(&self, name: &[u8]) -> Option<u32> {
        self.codes.get(name).copied()
    }

    /// A new category; its code.
    pub(super) fn add(&mut self, name: &str) -> u32 {
        /// What a category takes beside its letters: two texts, an entry of the table, what is known of it.
        const EACH: usize = 200;
        let code = u32::try_from(self.names.len()).expect("memory ends before 4 billion categories");
        self.bytes += 2 * name.len() + EACH;
        self.names.push(name.to_owned());
        self.codes.insert(name.as_bytes().to_owned(), code);
        code
    }

    /// Lets `cell`, which is written in a way that was not found, be found the next time.
    pub(super) fn remember(&mut self, cell: Field, code: u32) {
        /// So many are near the processor, and few spellings that people write find none.
        const MOST: usize = 1 << 11;
        let Some(spelling) = cell.packed() else { return };
        while !self.try_place(spelling, code) && self.places.len() < MOST {
            self.double_places();
        }
    }

    /// Gives a spelling its place, if there is room in it; whether there was.
    fn try_place(&mut self, spelling: u128, code: u32) -> bool {
        let place = self.place(spelling);
        let Some(place) = self.places.get_mut(place) else { return false };
        let Some(free) = place.spellings.iter().position(|&taken| taken == NONE) else { return false };
        (place.spellings[free], place.codes[free]) = (spelling, code);
        true
    }

    fn double_places(&mut self) {
        const FEWEST: usize = 8;
        let doubled = vec![EMPTY; (2 * self.places.len()).max(FEWEST)];
        for place in std::mem::replace(&mut self.places, doubled) {
            // Each has a place that differs from the old one in a single bit, if at all: there is room.
            let known = place.spellings.into_iter().zip(place.codes).filter(|(spelling, _)| *spelling != NONE);
            for (spelling, code) in known {
                self.try_place(spelling, code);
            }
        }
    }

    /// The place of a spelling, on which all of its letters have an influence: the halves of a product, folded.
    #[inline(always)]
    fn place(&self, spelling: u128) -> usize {
        /// Odd numbers without a pattern: 2^64 divided by the golden ratio, and by the square root of two.
        const NUMBERS: [u64; 2] = [0x9e37_79b9_7f4a_7c15, 0xb504_f333_f9de_6485];
        let (low, high) = (spelling as u64 ^ NUMBERS[0], (spelling >> 64) as u64 ^ NUMBERS[1]);
        let product = u128::from(low) * u128::from(high);
        (product as u64 ^ (product >> 64) as u64) as usize & self.places.len().wrapping_sub(1)
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
    use super::super::field::MOST_PACKED;
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
                    categories.remember(name.as_bytes().into(), code);
                }
                let mut found = 0;
                for (name, code) in names.iter().zip(0..) {
                    assert_eq!(categories.look_up(name.as_bytes()), Some(code), "{name}");
                    let at_once = categories.find(name.as_bytes().into());
                    assert!(at_once.is_none_or(|known| known == code), "{name}: {at_once:?}");
                    found += usize::from(at_once.is_some());
                }
                let short = names.iter().filter(|name| name.len() <= MOST_PACKED).count();
                assert!(found * 10 >= short.min(2000) * 9, "{found} of {short} short names have a place");
                assert_eq!((categories.find(b"none"[..].into()), categories.look_up(b"none")), (None, None));
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

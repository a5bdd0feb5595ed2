//! A cell where it lies in its record.
//!
//! In: the bytes of a record from a cell on. Out: the cell's text, and its few bytes as one integer: what lies behind a cell may be
//! loaded with it and masked, so that no branch depends on its length, which cannot be foretold.

/// A cell, surrounding blanks and all.
#[derive(Debug, Clone, Copy)]
pub(super) struct Field<'r> {
    /// The cell and what lies behind it in its record.
    from: &'r [u8],
    len: usize,
}

/// The most bytes that make an integer.
pub(super) const MOST_PACKED: usize = size_of::<u128>();

impl<'r> Field<'r> {
    /// The first `len` bytes of `from`.
    pub(super) fn new(from: &'r [u8], len: usize) -> Self {
        assert!(len <= from.len(), "a cell lies within its record");
        Self { from, len }
    }

    /// The text of the cell.
    #[inline(always)]
    pub(super) fn text(self) -> &'r [u8] {
        &self.from[..self.len]
    }

    /// Bytes of the text.
    #[inline(always)]
    pub(super) fn len(self) -> usize {
        self.len
    }

    /// The cell without blanks around it.
    #[inline(always)]
    pub(super) fn trimmed(self) -> Self {
        let text = self.text();
        // All that may be trimmed is no greater than the space.
        if let ([first, ..], [.., last]) = (text, text)
            && *first.min(last) > b' '
        {
            return self;
        }
        let len = text.trim_ascii().len();
        Self { from: &self.from[text.len() - text.trim_ascii_start().len()..], len }
    }

    /// The bytes of the text as a word, the last the highest, zeros below; nothing where they are more than eight.
    #[inline(always)]
    pub(super) fn in_highest_bytes(self) -> Option<u64> {
        let free = 8 * (size_of::<u64>().checked_sub(self.len)?) as u32;
        let text = match self.from.first_chunk() {
            Some(&bytes) => u64::from_le_bytes(bytes),
            None => self.packed()? as u64,
        };
        Some(text.checked_shl(free).unwrap_or(0))
    }

    /// The bytes of the text, the first the lowest, as an integer; nothing where they are more than [`MOST_PACKED`].
    #[inline(always)]
    pub(super) fn packed(self) -> Option<u128> {
        /// For each length the bits of a text.
        const MASKS: [u128; MOST_PACKED + 1] = {
            let mut masks = [u128::MAX; MOST_PACKED + 1];
            let mut len = 0;
            while len < MOST_PACKED {
                masks[len] = (1 << (8 * len)) - 1;
                len += 1;
            }
            masks
        };
        let mask = MASKS.get(self.len)?;
        let bytes = self.from.first_chunk().copied().unwrap_or_else(|| {
            let mut bytes = [0; MOST_PACKED];
            bytes[..self.len].copy_from_slice(self.text());
            bytes
        });
        Some(u128::from_le_bytes(bytes) & mask)
    }
}

impl<'r> From<&'r [u8]> for Field<'r> {
    /// A cell behind which nothing is known to lie.
    fn from(text: &'r [u8]) -> Self {
        Self::new(text, text.len())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn integers_are_those_of_the_text_alone(text in "[a-c]{0,18}", behind in "[a-c]{0,18}") {
            let all = format!("{text}{behind}");
            let mut bytes = [0; MOST_PACKED];
            let expected = (text.len() <= MOST_PACKED).then(|| {
                bytes[..text.len()].copy_from_slice(text.as_bytes());
                u128::from_le_bytes(bytes)
            });
            let field = Field::new(all.as_bytes(), text.len());
            prop_assert_eq!(field.packed(), expected);
            let mut highest = [0; 8];
            let expected = (text.len() <= 8).then(|| {
                highest[8 - text.len()..].copy_from_slice(text.as_bytes());
                u64::from_le_bytes(highest)
            });
            prop_assert_eq!(field.in_highest_bytes(), expected);
        }

        #[test]
        fn blanks_around_it_are_left_out(text in r"[ \t]{0,2}[a b]{0,5}[ \t]{0,2}", behind in "[ a]{0,3}") {
            let all = format!("{text}{behind}");
            let trimmed = Field::new(all.as_bytes(), text.len()).trimmed();
            prop_assert_eq!(trimmed.text(), text.as_bytes().trim_ascii());
        }
    }
}

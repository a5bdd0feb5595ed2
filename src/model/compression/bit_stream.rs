//! Numbers of a few bits one behind the other, as bytes.
//!
//! In: values with their widths. Out: bytes, and the values again. The first bit is the highest of the first byte.

/// Puts bits together.
#[derive(Debug, Default)]
pub(super) struct BitWriter {
    bytes: Vec<u8>,
    /// Bits of the last byte that are taken, 0 to 7; at 0 the last byte is full.
    taken: u32,
}

impl BitWriter {
    /// Appends the lowest `width` bits of `value`, the highest of them first.
    pub(super) fn push(&mut self, value: u64, width: u32) {
        for place in (0..width).rev() {
            let bit = (value >> place & 1) as u8;
            if self.taken == 0 {
                self.bytes.push(0);
            }
            let last = self.bytes.len() - 1;
            self.bytes[last] |= bit << (7 - self.taken);
            self.taken = (self.taken + 1) % 8;
        }
    }

    /// Leaves the rest of the last byte empty.
    pub(super) fn align(&mut self) {
        self.taken = 0;
    }

    /// All bytes.
    pub(super) fn finish(self) -> Vec<u8> {
        self.bytes
    }
}

/// Takes bits apart.
#[derive(Debug)]
pub(super) struct BitReader<'a> {
    bytes: &'a [u8],
    /// Bits that were read.
    position: usize,
}

impl<'a> BitReader<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, position: 0 }
    }

    /// The number of the next `width` bits; nothing where the bytes end before.
    pub(super) fn take(&mut self, width: u32) -> Option<u64> {
        let mut value = 0;
        for _ in 0..width {
            let byte = *self.bytes.get(self.position / 8)?;
            let bit = byte >> (7 - self.position % 8) & 1;
            value = value << 1 | u64::from(bit);
            self.position += 1;
        }
        Some(value)
    }

    /// Passes over the rest of a byte that was begun.
    pub(super) fn align(&mut self) {
        self.position = self.position.next_multiple_of(8);
    }

    /// Whether all bytes were read.
    pub(super) fn is_at_end(&self) -> bool {
        self.position >= 8 * self.bytes.len()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_highest_bit_comes_first() {
        let mut out = BitWriter::default();
        out.push(0b101, 3);
        out.push(0b01, 2);
        out.align();
        out.push(0xabc, 12);
        assert_eq!(out.finish(), [0b1010_1000, 0xab, 0xc0]);
    }

    #[test]
    fn a_number_that_the_bytes_do_not_hold_is_none() {
        let mut bits = BitReader::new(&[0b1010_1000]);
        assert_eq!((bits.take(3), bits.take(5), bits.is_at_end(), bits.take(1)), (Some(0b101), Some(8), true, None));
    }

    proptest! {
        #[test]
        fn numbers_come_back(numbers in prop::collection::vec((any::<u64>(), 0u32..=64, any::<bool>()), 0..40)) {
            let mut out = BitWriter::default();
            for &(value, width, aligned) in &numbers {
                out.push(value, width);
                if aligned {
                    out.align();
                }
            }
            let bytes = out.finish();
            let mut bits = BitReader::new(&bytes);
            for (value, width, aligned) in numbers {
                let lowest = if width == 64 { value } else { value & ((1 << width) - 1) };
                prop_assert_eq!(bits.take(width), Some(lowest));
                if aligned {
                    bits.align();
                }
            }
            bits.align();
            prop_assert!(bits.is_at_end());
        }
    }
}

//! Huffman codes: the fewest bits for symbols of known frequency, each symbol in a whole number of bits.
//!
//! In: how often each symbol occurs. Out: a canonical code, which its lengths alone determine: shorter codes first,
//! among equally long ones the smaller symbol. Where two trees are equally good the one whose parts were made first is
//! taken, so that the same counts always give the same code.
//!
//! Source: Huffman, A method for the construction of minimum-redundancy codes, Proc. IRE 40(9), 1952.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::bit_stream::{BitReader, BitWriter};

/// Bits of a length in a stored table: 0 for a symbol that does not occur, else the length and 1. A code of 62 bits
/// would need more symbols (a Fibonacci number of them) than a layer of 2^32 weights has.
const LENGTH_BITS: u32 = 6;

/// A canonical Huffman code.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Code {
    /// Bits of each symbol; none where it does not occur. A symbol that is alone needs 0 bits.
    lengths: Vec<Option<u32>>,
    /// The bits of each symbol, in the lowest places.
    words: Vec<u64>,
    /// The symbols that occur, in the order of their words.
    order: Vec<u8>,
    /// How many symbols there are of each length, from 0.
    of_length: Vec<u64>,
}

impl Code {
    /// The code of symbols that occur so often; symbol i has the count i, at most 256 of them.
    pub(super) fn of(counts: &[u64]) -> Self {
        Self::canonical(depths(counts))
    }

    /// The code of these lengths, which are those of a tree.
    fn canonical(lengths: Vec<Option<u32>>) -> Self {
        let mut order: Vec<u8> = (0..=u8::MAX).zip(&lengths).filter(|(_, l)| l.is_some()).map(|(s, _)| s).collect();
        order.sort_by_key(|&symbol| lengths[usize::from(symbol)]);
        let longest = lengths.iter().flatten().max().map_or(0, |&longest| longest as usize + 1);
        let (mut words, mut of_length) = (vec![0; lengths.len()], vec![0; longest]);
        let (mut word, mut length_before) = (0_u64, 0);
        for &symbol in &order {
            let length = lengths[usize::from(symbol)].expect("what is ordered occurs");
            word <<= length - length_before;
            words[usize::from(symbol)] = word;
            of_length[length as usize] += 1;
            (word, length_before) = (word + 1, length);
        }
        Self { lengths, words, order, of_length }
    }

    /// Bits that symbols need that occur so often, the table apart.
    pub(super) fn bits(&self, counts: &[u64]) -> u64 {
        self.lengths.iter().zip(counts).map(|(length, &count)| u64::from(length.unwrap_or(0)) * count).sum()
    }

    /// Writes the table, from which the code can be made again.
    pub(super) fn write_table(&self, out: &mut BitWriter) {
        for length in &self.lengths {
            out.push(length.map_or(0, |length| u64::from(length) + 1), LENGTH_BITS);
        }
    }

    /// Reads the table of a code of so many symbols; none where the bits end before, or are not the table of a code.
    pub(super) fn read_table(bits: &mut BitReader<'_>, symbols: usize) -> Option<Self> {
        let mut lengths = Vec::with_capacity(symbols);
        for _ in 0..symbols {
            lengths.push(bits.take(LENGTH_BITS)?.checked_sub(1).map(|length| length as u32));
        }
        // Kraft: the leaves of a tree share out all words, each 2^−length of them.
        let share: u128 = lengths.iter().flatten().map(|&length| 1_u128 << (63 - length)).sum();
        (share == 0 || share == 1 << 63).then(|| Self::canonical(lengths))
    }

    /// Writes a symbol that occurs.
    pub(super) fn write(&self, symbol: u8, out: &mut BitWriter) {
        let length = self.lengths[usize::from(symbol)].expect("the code was made for what is written");
        out.push(self.words[usize::from(symbol)], length);
    }

    /// Reads a symbol; none where the bits end before.
    pub(super) fn read(&self, bits: &mut BitReader<'_>) -> Option<u8> {
        // Among the words of each length, those of symbols come first; `first` is the first of them.
        let (mut word, mut first, mut before) = (0, 0, 0);
        for (length, &count) in self.of_length.iter().enumerate() {
            if length > 0 {
                word = word << 1 | bits.take(1)?;
                first <<= 1;
            }
            if word - first < count {
                return Some(self.order[before + (word - first) as usize]);
            }
            first += count;
            before += count as usize;
        }
        None
    }
}

/// The entropy in bits per symbol of symbols that occur so often; 0 where none does.
pub(super) fn entropy(counts: &[u64]) -> f64 {
    let total = counts.iter().sum::<u64>() as f64;
    let occurring = counts.iter().filter(|&&count| count > 0).map(|&count| count as f64);
    occurring.map(|count| count / total * libm::log2(total / count)).sum()
}

/// How deep each symbol lies in the tree: the two rarest become one, until one is left. Of equally rare ones the
/// smaller symbol, then the older subtree goes first, which keeps the tree low.
fn depths(counts: &[u64]) -> Vec<Option<u32>> {
    let occurring = counts.iter().enumerate().filter(|&(_, &count)| count > 0);
    let mut rarest: BinaryHeap<Reverse<(u64, usize)>> =
        occurring.map(|(symbol, &count)| Reverse((count, symbol))).collect();
    // The symbols, and behind them the subtrees in the order in which they are made.
    let mut parents: Vec<Option<usize>> = vec![None; counts.len()];
    while let (Some(Reverse((a, first))), Some(&Reverse((b, second)))) = (rarest.pop(), rarest.peek()) {
        rarest.pop();
        let parent = parents.len();
        (parents[first], parents[second]) = (Some(parent), Some(parent));
        parents.push(None);
        rarest.push(Reverse((a + b, parent)));
    }
    // A parent stands behind its children.
    let mut depths = vec![0; parents.len()];
    for node in (0..parents.len()).rev() {
        depths[node] = parents[node].map_or(0, |parent| depths[parent] + 1);
    }
    counts.iter().zip(depths).map(|(&count, depth)| (count > 0).then_some(depth)).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn lengths(counts: &[u64]) -> Vec<Option<u32>> {
        Code::of(counts).lengths
    }

    /// Symbols → bytes → symbols.
    fn there_and_back(code: &Code, symbols: &[u8], alphabet: usize) -> (Vec<u8>, Code) {
        let mut out = BitWriter::default();
        code.write_table(&mut out);
        symbols.iter().for_each(|&symbol| code.write(symbol, &mut out));
        let bytes = out.finish();
        let mut bits = BitReader::new(&bytes);
        let again = Code::read_table(&mut bits, alphabet).unwrap();
        (symbols.iter().map(|_| again.read(&mut bits).unwrap()).collect(), again)
    }

    #[test]
    fn the_textbooks_alphabet_gets_its_words() {
        // Cormen et al., Introduction to Algorithms, 16.3: a to f occur 45, 13, 12, 16, 9, 5 times; 224 bits in all.
        let counts = [45, 13, 12, 16, 9, 5];
        let code = Code::of(&counts);
        assert_eq!(code.lengths, [1, 3, 3, 3, 4, 4].map(Some));
        assert_eq!(code.words, [0b0, 0b100, 0b101, 0b110, 0b1110, 0b1111]);
        assert_eq!(code.bits(&counts), 224);
    }

    #[test]
    fn halves_quarters_and_eighths_need_exactly_their_entropy() {
        let counts = [4, 2, 1, 1];
        assert_eq!(lengths(&counts), [1, 2, 3, 3].map(Some));
        assert_eq!((entropy(&counts), Code::of(&counts).bits(&counts)), (1.75, 14));
    }

    #[test]
    fn ties_go_to_the_smaller_symbol_and_the_lower_tree() {
        assert_eq!(lengths(&[1, 1, 1]), [2, 2, 1].map(Some));
        assert_eq!(lengths(&[1, 1, 1, 1, 2]), [3, 3, 2, 2, 2].map(Some));
    }

    #[test]
    fn a_symbol_that_is_alone_needs_no_bits() {
        let code = Code::of(&[0, 7, 0]);
        assert_eq!(
            (code.lengths.clone(), code.bits(&[0, 7, 0]), entropy(&[0, 7, 0])),
            (vec![None, Some(0), None], 0, 0.0)
        );
        assert_eq!(there_and_back(&code, &[1; 7], 3), (vec![1; 7], code));
    }

    #[test]
    fn no_symbols_have_a_code_too() {
        let code = Code::of(&[0, 0]);
        assert_eq!((entropy(&[0, 0]), there_and_back(&code, &[], 2)), (0.0, (vec![], code.clone())));
    }

    #[test]
    fn a_table_that_no_tree_has_is_refused() {
        let read = |stored: [u64; 3]| {
            let mut out = BitWriter::default();
            stored.iter().for_each(|&length| out.push(length, LENGTH_BITS));
            Code::read_table(&mut BitReader::new(&out.finish()), 3).is_some()
        };
        assert!(read([2, 3, 3]), "1, 2 and 2 bits");
        assert!(!read([2, 2, 2]), "three words of one bit");
        assert!(!read([2, 3, 0]), "nobody has the word 11");
    }

    proptest! {
        #[test]
        fn bits_per_symbol_are_at_least_the_entropy_and_less_than_one_more(
            counts in prop::collection::vec(prop_oneof![Just(0_u64), 1..10_u64, 1..1_000_000_u64], 1..=256)
                .prop_filter("some symbol occurs", |counts| counts.iter().any(|&count| count > 0)),
        ) {
            let mean = Code::of(&counts).bits(&counts) as f64 / counts.iter().sum::<u64>() as f64;
            let entropy = entropy(&counts);
            prop_assert!(entropy - 1e-9 <= mean && mean < entropy + 1.0, "{} {}", entropy, mean);
        }

        #[test]
        fn symbols_come_back(symbols in prop::collection::vec(prop_oneof![4 => 0..4_u8, 1 => any::<u8>()], 0..400)) {
            let mut counts = [0; 256];
            symbols.iter().for_each(|&symbol| counts[usize::from(symbol)] += 1);
            let code = Code::of(&counts);
            prop_assert_eq!(there_and_back(&code, &symbols, 256), (symbols, code));
        }
    }
}

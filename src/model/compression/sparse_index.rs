//! The relative index of a sparse layer: gaps in place of places.
//!
//! In: the weights of a layer in the order of its rows. Out: an [`Entry`] for each that is not 0. A gap is the number
//! of zeros in front of a weight, from 0 to 2^bits − 1. Where there are more, a filler, which is a weight of 0, goes as
//! far as a gap reaches. Zeros behind the last weight are not stored.

/// A stored weight.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Entry {
    /// Zeros between the entry before and this one.
    pub(super) gap: u8,
    /// The weight; 0 in a filler.
    pub(super) weight: f32,
}

/// The entries of `weights` with gaps of `bits` bits, at most 8.
pub(super) fn entries(weights: &[f32], bits: u32) -> Vec<Entry> {
    let reach = 1_usize << bits;
    let mut entries = Vec::new();
    let mut zeros = 0;
    for &weight in weights {
        if weight == 0.0 {
            zeros += 1;
            continue;
        }
        let fillers = zeros / reach;
        entries.extend(std::iter::repeat_n(Entry { gap: (reach - 1) as u8, weight: 0.0 }, fillers));
        entries.push(Entry { gap: (zeros % reach) as u8, weight });
        zeros = 0;
    }
    entries
}

/// The places of the entries with these gaps.
pub(super) fn places(gaps: &[u8]) -> impl Iterator<Item = usize> {
    gaps.iter().scan(0, |next, &gap| {
        let place = *next + usize::from(gap);
        *next = place + 1;
        Some(place)
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_filler_bridges_a_gap_that_is_too_wide() {
        // Figure 2 of the paper: 3.4 at place 1, 0.9 at 4, 1.7 at 15, gaps of 3 bits. From 4 to 15 is more than 8
        // places.
        let mut weights = [0.0; 16];
        (weights[1], weights[4], weights[15]) = (3.4, 0.9, 1.7);
        let expected = [(1, 3.4), (2, 0.9), (7, 0.0), (2, 1.7)];
        assert_eq!(entries(&weights, 3), expected.map(|(gap, weight)| Entry { gap, weight }));
    }

    #[test]
    fn the_widest_gap_needs_no_filler_and_one_zero_more_needs_one() {
        let behind = |zeros: usize| {
            let mut weights = vec![0.0; zeros];
            weights.push(1.0);
            entries(&weights, 5).len()
        };
        assert_eq!((behind(31), behind(32), behind(63), behind(64)), (1, 2, 2, 3));
    }

    #[test]
    fn nothing_is_stored_of_zeros_alone() {
        assert!(entries(&[0.0; 100], 5).is_empty());
    }

    proptest! {
        #[test]
        fn every_weight_is_at_its_place(
            weights in prop::collection::vec(prop_oneof![8 => Just(0.0_f32), 1 => -1.0_f32..1.0], 0..300),
            bits in 1u32..=8,
        ) {
            let entries = entries(&weights, bits);
            prop_assert!(entries.iter().all(|entry| u32::from(entry.gap) < 1 << bits));
            let gaps: Vec<u8> = entries.iter().map(|entry| entry.gap).collect();
            let mut found = vec![0.0; weights.len()];
            for (place, entry) in places(&gaps).zip(&entries) {
                found[place] = entry.weight;
            }
            prop_assert_eq!(found, weights);
        }
    }
}

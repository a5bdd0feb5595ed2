//! Ranks: who scored best, second, third among variants that were measured together.
//!
//! In: blocks of scores, one score per variant: all trials of a seed and fold, or all figures of a data set. Out: ranks from 1
//! for the best on; who ties shares the mean of the ranks in question.

use std::collections::BTreeMap;

use super::pairing::Score;

/// The ranks of some scores, 1 for the best.
pub fn ranks(scores: &[f64], lower_is_better: bool) -> Vec<f64> {
    let mut order: Vec<usize> = (0..scores.len()).collect();
    let better = |a: &usize, b: &usize| scores[*a].total_cmp(&scores[*b]);
    order.sort_by(|a, b| if lower_is_better { better(a, b) } else { better(b, a) });
    let mut ranks = vec![0.0; scores.len()];
    for tied in order.chunk_by(|a, b| scores[*a] == scores[*b]) {
        let before = order.iter().position(|place| *place == tied[0]).unwrap_or_default();
        let mean = before as f64 + (tied.len() + 1) as f64 / 2.0;
        tied.iter().for_each(|&place| ranks[place] = mean);
    }
    ranks
}

/// The mean rank of each variant over blocks of as many scores; nothing of no blocks.
pub fn average_ranks(blocks: &[Vec<f64>], lower_is_better: bool) -> Vec<f64> {
    let Some(first) = blocks.first() else { return Vec::new() };
    let mut sums = vec![0.0; first.len()];
    for block in blocks {
        sums.iter_mut().zip(ranks(block, lower_is_better)).for_each(|(sum, rank)| *sum += rank);
    }
    sums.into_iter().map(|sum| sum / blocks.len() as f64).collect()
}

/// The scores of each seed and fold that all variants have, in the order of seeds and folds.
pub(super) fn blocks(variants: &[Vec<Score>]) -> Vec<Vec<f64>> {
    let mut blocks: BTreeMap<(u64, u32), Vec<f64>> = BTreeMap::new();
    for (place, scores) in variants.iter().enumerate() {
        for score in scores {
            let block = blocks.entry((score.seed, score.fold)).or_default();
            // Whoever is not the next here has left out a variant before it.
            if block.len() == place {
                block.push(score.value);
            }
        }
    }
    blocks.into_values().filter(|block| block.len() == variants.len()).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn ties_share_the_mean_of_their_ranks() {
        assert_eq!(ranks(&[0.9, 0.95, 0.9, 0.8], false), [2.5, 1.0, 2.5, 4.0]);
        assert_eq!(ranks(&[0.9, 0.95, 0.9, 0.8], true), [2.5, 4.0, 2.5, 1.0]);
        assert_eq!(ranks(&[1.0; 4], false), [2.5; 4]);
        assert_eq!(ranks(&[0.0, -0.0], false), [1.5, 1.5]);
    }

    #[test]
    fn averages_run_over_the_blocks() {
        assert_eq!(average_ranks(&[vec![0.9, 0.8], vec![0.7, 0.7]], false), [1.25, 1.75]);
        assert!(average_ranks(&[], false).is_empty());
    }

    #[test]
    fn a_seed_that_a_variant_lacks_makes_no_block() {
        let score = |seed, value| Score { seed, fold: 0, value };
        let (first, second) = ([score(0, 1.0), score(1, 2.0), score(2, 5.0)], [score(2, 3.0), score(1, 4.0)]);
        assert_eq!(blocks(&[first.to_vec(), second.to_vec()]), [[2.0, 4.0], [5.0, 3.0]]);
        assert!(blocks(&[first[..1].to_vec(), Vec::new(), first.to_vec()]).is_empty());
    }

    proptest! {
        #[test]
        fn ranks_sum_to_that_of_one_to_k(scores in prop::collection::vec(0u8..5, 1..12)) {
            let scores: Vec<f64> = scores.into_iter().map(f64::from).collect();
            let count = scores.len() as f64;
            prop_assert_eq!(ranks(&scores, false).iter().sum::<f64>(), count * (count + 1.0) / 2.0);
            let reversed = ranks(&scores, true).into_iter().map(|rank| count + 1.0 - rank).collect::<Vec<_>>();
            prop_assert_eq!(ranks(&scores, false), reversed);
        }
    }
}

//! How long, how often and in which batches shall be trained?
//!
//! In: the size of the data. Out: seeds, epochs and a batch size with which a first run of all variants takes seconds on a
//! table of a thousand rows and minutes at most on a large one. Counted in multiplications, not timed, so that the same
//! file gives the same config everywhere.

/// Units of the two hidden layers, which are the defaults of a config.
pub(super) const HIDDEN: [usize; 2] = [64, 64];

/// Multiplications of the whole first run; two ordinary cores do so many in about half a minute.
const MOST_WORK: f64 = 6e11;

/// Variants that a starter config compares.
pub(super) const VARIANTS: usize = 5;

/// What is written under `seeds`, `train.epochs` and `train.batch_size`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Plan {
    pub(super) seeds: usize,
    pub(super) epochs: usize,
    pub(super) batch_size: usize,
}

/// The greatest of some plans that is not too much work; the least where all are.
pub(super) fn plan(train_rows: usize, inputs: usize, outputs: usize) -> Plan {
    /// Seeds and epochs, the greatest first. Fewer than three seeds say nothing about chance.
    const PLANS: [(usize, usize); 7] = [(10, 100), (10, 50), (5, 50), (5, 30), (5, 20), (3, 20), (3, 10)];
    let [first, second] = HIDDEN;
    let weights = inputs * first + first * second + second * outputs;
    // Forward, backward to the weights, backward to the inputs: a multiplication per weight and row each.
    let work_per_epoch = 3.0 * weights as f64 * train_rows as f64;
    let is_bearable =
        |(seeds, epochs): &(usize, usize)| work_per_epoch * (VARIANTS * seeds * epochs) as f64 <= MOST_WORK;
    let (seeds, epochs) = PLANS.into_iter().find(is_bearable).unwrap_or(PLANS[PLANS.len() - 1]);
    let batch_size = match train_rows {
        ..5_000 => 32,
        5_000..50_000 => 128,
        _ => 512,
    };
    Plan { seeds, epochs, batch_size }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_small_table_is_trained_often_and_long() {
        assert_eq!(plan(90, 4, 3), Plan { seeds: 10, epochs: 100, batch_size: 32 });
    }

    #[test]
    fn a_large_table_is_trained_less_in_larger_batches() {
        let mnist = plan(36_000, 784, 10);
        assert_eq!(mnist, Plan { seeds: 3, epochs: 10, batch_size: 128 });
        let more_rows = plan(3_600_000, 784, 10);
        assert_eq!(more_rows, Plan { batch_size: 512, ..mnist });
    }
}

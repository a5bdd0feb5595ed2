//! Networks that are handed out together and vote.

use super::{Recipe, Stretch};

/// Why there are several networks. Their vote is the mean of what they predict.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Voting {
    /// So many networks, each trained for itself on a bootstrap sample of the training rows.
    Bagging {
        /// At least 1.
        networks: usize,
    },
    /// The network as it is at the end of each of so many cycles of the learning rate.
    Snapshots {
        /// At least 1.
        cycles: usize,
    },
}

impl Recipe {
    /// The networks that are trained beside each other.
    pub fn members(&self) -> usize {
        match self.voting {
            Some(Voting::Bagging { networks }) => networks,
            Some(Voting::Snapshots { .. }) | None => 1,
        }
    }

    /// The cycle of the learning rate that `epoch` (from 1) belongs to; nothing where the recipe has no cycles. Their ends divide
    /// the epochs as evenly as whole epochs can.
    pub fn cycle(&self, epoch: usize) -> Option<Stretch> {
        let Some(Voting::Snapshots { cycles }) = self.voting else { return None };
        let end = |cycle: usize| (2 * cycle * self.train.epochs + cycles) / (2 * cycles);
        let cycle = (1..cycles).find(|&cycle| end(cycle) >= epoch).unwrap_or(cycles);
        let start = end(cycle - 1);
        Some(Stretch { start, epochs: end(cycle) - start })
    }

    /// The factor of the cycle on the learning rate at step `batch` (from 0) of `epoch` (from 1): (cos(π·t/T) + 1) / 2 at step t
    /// (from 0) of the T steps of the cycle (Huang 2017); 1 where there are no cycles.
    pub fn cycle_factor(&self, epoch: usize, batch: usize, steps_per_epoch: usize) -> f64 {
        let Some(cycle) = self.cycle(epoch) else { return 1.0 };
        let step = (epoch - 1 - cycle.start) * steps_per_epoch + batch;
        let share = step as f64 / (cycle.epochs * steps_per_epoch) as f64;
        0.5 * (libm::cos(core::f64::consts::PI * share) + 1.0)
    }

    /// Whether the network behind `epoch` (from 1) votes from then on: a cycle ends there, and what is planned to be removed from
    /// the network has been.
    pub fn takes_snapshot(&self, epoch: usize) -> bool {
        let ends = self.cycle(epoch).is_some_and(|cycle| cycle.start + cycle.epochs == epoch);
        ends && epoch >= self.last_surgery()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::nn::Loss;

    fn recipe(epochs: usize, voting: Option<Voting>) -> Recipe {
        let train = serde_json::from_value(serde_json::json!({
            "epochs": epochs, "batch_size": 1, "optimizer": { "kind": "sgd" }, "learning_rate": 1.0,
            "schedule": { "kind": "constant", "warmup": 0.0 }, "shuffle": true,
        }));
        Recipe { voting, ..Recipe::new(train.expect("settings of a training"), Loss::HalfMse) }
    }

    fn cycles(epochs: usize, cycles: usize) -> Recipe {
        recipe(epochs, Some(Voting::Snapshots { cycles }))
    }

    fn taken(recipe: &Recipe) -> Vec<usize> {
        (1..=recipe.train.epochs).filter(|&epoch| recipe.takes_snapshot(epoch)).collect()
    }

    #[test]
    fn a_snapshot_is_taken_at_the_end_of_every_cycle() {
        assert_eq!(taken(&cycles(100, 5)), [20, 40, 60, 80, 100]);
        assert_eq!(taken(&cycles(10, 4)), [3, 5, 8, 10]);
        assert_eq!(taken(&cycles(6, 4)), [2, 3, 5, 6], "the paper's cycles of ⌈6/4⌉ would be three");
        assert_eq!(taken(&cycles(7, 1)), [7]);
        assert_eq!(taken(&cycles(2, 5)), [1, 2], "the first epochs of a training that is cut short");
        assert_eq!(taken(&recipe(7, None)), [0usize; 0]);
    }

    #[test]
    fn the_rate_of_a_cycle_has_the_papers_values() {
        // α(t) = α0/2·(cos(π·mod(t − 1, ⌈T/M⌉)/⌈T/M⌉) + 1) for T = 12 steps, M = 3 cycles: 1, .853553, .5, .146447, 1, ...
        let recipe = cycles(6, 3);
        let factors: Vec<f64> = (0..12).map(|step| recipe.cycle_factor(1 + step / 2, step % 2, 2)).collect();
        for (step, factor) in factors.iter().enumerate() {
            let wanted = [1.0, 0.853_553_390_593, 0.5, 0.146_446_609_407][step % 4];
            assert!((factor - wanted).abs() < 1e-11, "{step}: {factors:?}");
        }
        let bagging = self::recipe(6, Some(Voting::Bagging { networks: 3 }));
        assert_eq!((bagging.cycle_factor(2, 1, 2), bagging.members()), (1.0, 3));
        assert_eq!((cycles(6, 3).members(), self::recipe(6, None).members()), (1, 1));
    }

    proptest! {
        #[test]
        fn cycles_divide_the_epochs_and_differ_by_one_at_most(epochs in 1usize..80, share in 0.0..1.0f64) {
            let count = 1 + (share * (epochs - 1) as f64) as usize;
            let recipe = cycles(epochs, count);
            let ends = taken(&recipe);
            prop_assert_eq!((ends.len(), ends[count - 1]), (count, epochs));
            for epoch in 1..=epochs {
                let cycle = recipe.cycle(epoch).unwrap();
                prop_assert!(cycle.start < epoch && epoch <= cycle.start + cycle.epochs);
                prop_assert!((epochs / count..=epochs.div_ceil(count)).contains(&cycle.epochs));
            }
        }
    }
}

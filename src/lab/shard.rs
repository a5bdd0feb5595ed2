//! A part of a plan, for one of several machines or tasks.
//!
//! In: `I/N`, and a plan. Out: the trials of that part. It depends on the plan alone, so that the parts are disjoint and
//! whole wherever they are run; which trials stand side by side in a part does not matter, since a seed fixes all that
//! variants share.

use std::collections::{HashMap, HashSet};
use std::fmt;
use std::str::FromStr;

use crate::experiment::{Experiment, Trial, TrialId};

/// Part `index` of `count`, counted from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shard {
    index: usize,
    count: usize,
}

/// The most parts: array jobs of cluster engines are smaller.
pub const MOST_SHARDS: usize = 1_000_000;

impl Shard {
    /// The trials of this part, each identity once, in the order of the plan.
    pub fn select<'a>(&self, experiment: &Experiment, trials: &'a [Trial]) -> Vec<&'a Trial> {
        let part = Self::deal(experiment, trials, self.count);
        let mut seen = HashSet::new();
        trials.iter().filter(|trial| part[&trial.id] == self.index && seen.insert(trial.id)).collect()
    }

    /// Which of `count` parts each trial is in. Parts have equally many trials, or one more, and equally many of each cell as
    /// far as its trials go round, since a cell may cost more than another.
    pub fn deal(experiment: &Experiment, trials: &[Trial], count: usize) -> HashMap<TrialId, usize> {
        let mut seen = HashSet::new();
        let mut dealt: Vec<&Trial> = trials.iter().filter(|trial| seen.insert(trial.id)).collect();
        // By fingerprint, which is as good as chance: dear cells follow no pattern that parts could fall in with.
        dealt.sort_by_key(|trial| (experiment.cells[trial.cell].fingerprint, trial.cell));
        dealt.iter().enumerate().map(|(place, trial)| (trial.id, place % count)).collect()
    }
}

impl FromStr for Shard {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let numbers = text.split_once('/').and_then(|(index, count)| Some((number(index)?, number(count)?)));
        match numbers {
            None => Err("must be I/N, two whole numbers, as 0/4".to_owned()),
            Some((_, 0)) => Err("must have N of at least 1".to_owned()),
            Some((_, count)) if count > MOST_SHARDS => Err(format!("must have N of at most {MOST_SHARDS}")),
            Some((index, count)) if index >= count => {
                Err(format!("must have I from 0 to {}, the last of {count} shards", count - 1))
            }
            Some((index, count)) => Ok(Self { index, count }),
        }
    }
}

/// A number in digits alone: no sign, no blanks.
fn number(text: &str) -> Option<usize> {
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok()).flatten()
}

impl fmt::Display for Shard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.index, self.count)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::experiment::{Contents, Overrides};

    /// A plan of `cells` cells and `seeds` seeds, of which two variants come out the same.
    fn plan(cells: usize, seeds: usize) -> (Experiment, Vec<Trial>) {
        let folder = tempfile::tempdir().unwrap();
        let config = folder.path().join("a.toml");
        let rates: Vec<String> = (1..=cells).map(|rate| rate.to_string()).collect();
        let text = format!(
            "seeds = {seeds}\ndata.path = 'a.csv'\nvariants = [{{ name = 'a' }}, {{ name = 'b' }}]\n\
             sweep.parameters.'train.learning_rate' = [{}]\n",
            rates.join(", ")
        );
        std::fs::write(&config, text).unwrap();
        let experiment = Experiment::load(&config, &Overrides::default()).unwrap();
        let mut contents = Contents::default();
        contents.add_dataset(&experiment.cells[0].settings.data, "0a1b");
        let trials = experiment.trials(&contents).collect();
        (experiment, trials)
    }

    #[test]
    fn is_read_from_two_numbers() {
        assert_eq!("2/7".parse(), Ok(Shard { index: 2, count: 7 }));
        for text in ["", "1", "1/", "/2", "-1/2", "+1/2", "1/2/3", " 0/1", "0,2", "a/b", "3/3", "0/0", "0/1000001"] {
            assert!(text.parse::<Shard>().is_err(), "{text}");
        }
        assert_eq!("3/3".parse::<Shard>().unwrap_err(), "must have I from 0 to 2, the last of 3 shards");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(40))]

        #[test]
        fn shards_are_disjoint_whole_and_even(cells in 1usize..8, seeds in 1usize..8, count in 1usize..12) {
            let (experiment, trials) = plan(cells, seeds);
            let parts: Vec<Vec<&Trial>> =
                (0..count).map(|index| Shard { index, count }.select(&experiment, &trials)).collect();
            let ids: HashSet<TrialId> = parts.iter().flatten().map(|trial| trial.id).collect();
            prop_assert_eq!(ids.len(), cells * seeds, "every trial, though it stands in the plan twice");
            prop_assert_eq!(parts.iter().map(Vec::len).sum::<usize>(), ids.len());
            let even = |sizes: Vec<usize>| sizes.iter().max().unwrap() - sizes.iter().min().unwrap() <= 1;
            prop_assert!(even(parts.iter().map(Vec::len).collect()));
            for cell in 0..cells {
                prop_assert!(even(parts.iter().map(|part| part.iter().filter(|t| t.cell == cell).count()).collect()));
            }
        }
    }
}

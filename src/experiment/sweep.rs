//! `[sweep]`: how the points of an experiment are found.
//!
//! In: the section as written. Out: a [`Sweep`]: the strategy with its numbers. Which points these are is a matter of
//! `points`, which trials of them are run under halving one of `rungs` and of the results.

use crate::schema::{Content, Node, Origin, Problem, Problems};

/// How points are found.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Sweep {
    /// How many points are drawn for each variant; all combinations of the values where not given.
    pub points: Option<u64>,
    /// What the draws begin with.
    pub seed: u64,
    /// Whether the best of shorter trials go on to longer ones.
    pub halving: Option<Halving>,
    /// Where the strategy stands.
    pub origin: Origin,
    /// Where the epochs of the first rung stand.
    pub min_epochs_origin: Origin,
}

/// Successive halving.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Halving {
    /// One point in so many goes on.
    pub eta: u64,
    /// The epochs of the first rung.
    pub min_epochs: Option<u64>,
}

/// One point in three goes on, as in scikit-learn.
const ETA: u64 = 3;

impl Sweep {
    /// Reads the section, whose kinds the frame's check has told.
    pub fn read(root: &Node, problems: &mut Problems) -> Self {
        let at = |key| root.at(&["sweep", key]);
        let origin = root.origin_at(&["sweep", "strategy"]);
        let strategy = at("strategy").and_then(Node::text).unwrap_or("grid");
        for (key, allowed) in [("points", RANDOM), ("seed", RANDOM), ("eta", HALVING), ("min_epochs", HALVING)] {
            if at(key).is_some() && !allowed.contains(&strategy) {
                let text = format!("sweep.{key} goes with the strategy {}, found {strategy}", allowed.join(" or "));
                problems.push(Problem::new(text, &root.origin_at(&["sweep", key])));
            }
        }
        if strategy == "random" && at("points").is_none() {
            let text = "sweep.points must be given: how many points are drawn for each variant";
            problems.push(Problem::new(text, &origin));
        }
        if strategy == "halving" && at("seed").is_some() && at("points").is_none() {
            let text =
                "sweep.seed goes with sweep.points: without them every combination is a point, and none is drawn";
            problems.push(Problem::new(text, &root.origin_at(&["sweep", "seed"])));
        }
        let number = |key| match at(key).map(|node| &node.content) {
            Some(Content::Integer(number)) => u64::try_from(*number).ok(),
            _ => None,
        };
        Self {
            points: number("points").or((strategy == "random").then_some(1)).filter(|_| strategy != "grid"),
            seed: number("seed").unwrap_or(0),
            halving: (strategy == "halving").then(|| Halving {
                eta: number("eta").filter(|eta| *eta >= 2).unwrap_or(ETA),
                min_epochs: number("min_epochs").filter(|epochs| *epochs >= 1),
            }),
            origin,
            min_epochs_origin: root.origin_at(&["sweep", "min_epochs"]),
        }
    }

    /// The word for it.
    pub fn strategy(&self) -> &'static str {
        match (&self.halving, self.points) {
            (Some(_), _) => "halving",
            (None, Some(_)) => "random",
            (None, None) => "grid",
        }
    }
}

const RANDOM: &[&str] = &["random", "halving"];
const HALVING: &[&str] = &["halving"];

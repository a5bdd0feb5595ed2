//! `[sweep]`: how the points of an experiment are found.
//!
//! In: the section as written. Out: a [`Sweep`]: the strategy with its numbers. Which points these are is a matter of
//! `points`, which trials of them are run under halving one of `rungs` and of the results.

use crate::schema::{Content, Node, Origin, Problem, Problems};

use super::points::MOST;

/// How points are found.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Sweep {
    /// How many points are drawn for each variant; all combinations of the values where not given.
    pub points: Option<u64>,
    /// What the draws begin with.
    pub seed: u64,
    /// Whether the best of shorter trials go on to longer ones.
    pub halving: Option<Halving>,
    /// Whether strategy and numbers are as they should be. Where they are not, which is a problem already, nothing that
    /// follows from them is one.
    pub is_sound: bool,
    /// Where the strategy stands.
    pub origin: Origin,
    /// Where the number of points stands.
    pub points_origin: Origin,
    /// Where the epochs of the first rung stand.
    pub min_epochs_origin: Origin,
}

/// Which values an axis needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Walk {
    /// Every one: a range says in how many steps.
    Grid,
    /// Those that are drawn: a range has no steps.
    Drawn,
    /// Nobody knows.
    Unknown,
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

/// The strategies, and which of them each key goes with.
const STRATEGIES: &[&str] = &["grid", "random", "halving"];
const RANDOM: &[&str] = &["random", "halving"];
const HALVING: &[&str] = &["halving"];
const KEYS: [(&str, &[&str]); 4] = [("points", RANDOM), ("seed", RANDOM), ("eta", HALVING), ("min_epochs", HALVING)];

impl Sweep {
    /// Reads the section, whose kinds the frame's check has told.
    pub fn read(root: &Node, problems: &mut Problems) -> Self {
        let at = |key| root.at(&["sweep", key]);
        let origin = |key| root.origin_at(&["sweep", key]);
        let strategy = at("strategy").map_or(Some("grid"), Node::text);
        let is_known = strategy.is_some_and(|strategy| STRATEGIES.contains(&strategy));
        let strategy = strategy.unwrap_or_default();
        let number = |key| match at(key).map(|node| &node.content) {
            Some(Content::Integer(number)) => u64::try_from(*number).ok(),
            _ => None,
        };
        let points = number("points").filter(|points| (1..=MOST as u64).contains(points));
        let known = problems.told();
        if is_known {
            refuse_foreign_keys(root, strategy, problems);
            refuse_lacking_keys(root, strategy, problems);
        }
        let is_sound = is_known && problems.told() == known && (at("points").is_none() || points.is_some());
        let points = match is_sound {
            true => points,
            // One point does no harm, and lets the rest be checked.
            false => Some(1),
        };
        Self {
            points,
            seed: number("seed").unwrap_or(0),
            halving: (strategy == "halving").then(|| Halving {
                eta: number("eta").filter(|eta| *eta >= 2).unwrap_or(ETA),
                min_epochs: number("min_epochs").filter(|epochs| *epochs >= 1),
            }),
            is_sound,
            origin: origin("strategy"),
            points_origin: origin("points"),
            min_epochs_origin: origin("min_epochs"),
        }
    }

    /// Which values its axes need.
    pub fn walk(&self) -> Walk {
        match (self.is_sound, self.points) {
            (false, _) => Walk::Unknown,
            (true, Some(_)) => Walk::Drawn,
            (true, None) => Walk::Grid,
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

/// Keys of another strategy are one mistake, however many they are.
fn refuse_foreign_keys(root: &Node, strategy: &str, problems: &mut Problems) {
    let is_foreign =
        |(key, allowed): &(&str, &[&str])| root.at(&["sweep", key]).is_some() && !allowed.contains(&strategy);
    let foreign: Vec<(&str, &[&str])> = KEYS.into_iter().filter(is_foreign).collect();
    let Some((first, _)) = foreign.first() else { return };
    let goes_with_all = |strategy: &&&str| foreign.iter().all(|(_, allowed)| allowed.contains(*strategy));
    let allowed: Vec<&str> = STRATEGIES.iter().filter(goes_with_all).copied().collect();
    let keys: Vec<String> = foreign.iter().map(|(key, _)| format!("sweep.{key}")).collect();
    let go = if keys.len() == 1 { "goes" } else { "go" };
    let text = format!("{} {go} with the strategy {}, found {strategy}", keys.join(" and "), allowed.join(" or "));
    let problem = Problem::new(text, &root.origin_at(&["sweep", first]));
    // Where the strategy was typed, the keys of the file are not what is wrong.
    problems.push(match root.origin_at(&["sweep", "strategy"]) {
        typed @ Origin::Option(_) => problem.note(typed.to_string()),
        _ => problem,
    });
}

/// Keys that a strategy cannot do without.
fn refuse_lacking_keys(root: &Node, strategy: &str, problems: &mut Problems) {
    let has = |key| root.at(&["sweep", key]).is_some();
    if strategy == "random" && !has("points") {
        let text = "sweep.points must be given: how many points are drawn for each variant";
        problems.push(Problem::new(text, &root.origin_at(&["sweep", "strategy"])));
    }
    if strategy == "halving" && has("seed") && !has("points") {
        let text = "sweep.seed goes with sweep.points: without them every combination is a point, and none is drawn";
        problems.push(Problem::new(text, &root.origin_at(&["sweep", "seed"])));
    }
}

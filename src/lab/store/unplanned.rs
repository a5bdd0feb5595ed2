//! Stored trials that the plan does not ask for: they stay in the store, and are not shown.

use std::collections::HashSet;

use super::Store;

/// Stored trials outside a plan, by the first reason that is known: each counts once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Unplanned {
    /// Trials of a version in which the same settings meant something else.
    pub semantics: usize,
    /// Trials on data with another content than the plan's.
    pub data: usize,
    /// Trials with other settings, initial weights, seeds or folds.
    pub settings: usize,
}

impl Unplanned {
    /// How many there are.
    pub fn total(&self) -> usize {
        self.semantics + self.data + self.settings
    }
}

impl Store {
    /// Counts the stored trials that are not among `planned`, for a plan of these semantics on data with these hashes.
    pub fn unplanned(&self, planned: &HashSet<&str>, semantics: u32, data: &[&str]) -> Unplanned {
        let mut found = Unplanned::default();
        for (trial, entry) in &self.index {
            if planned.contains(trial.as_str()) {
                continue;
            }
            let (other_semantics, other_data) = &self.origins[entry.origin];
            // Records of early versions do not say what their identity comes from.
            if *other_semantics != 0 && *other_semantics != semantics {
                found.semantics += 1;
            } else if !other_data.is_empty() && !data.contains(&other_data.as_str()) {
                found.data += 1;
            } else {
                found.settings += 1;
            }
        }
        found
    }
}

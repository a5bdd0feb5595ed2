//! Two results of one trial that say different things, of which neither may be chosen silently.

use std::fmt;

use super::{Status, Store, StoreError};
use crate::lab::difference::{Difference, first_difference};

/// Two results of one trial that differ in more than the time they took.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conflict {
    /// The trial's identity.
    pub trial: String,
    /// File and line of each: first the one that would count.
    pub places: [String; 2],
    /// The version of the program that wrote each.
    pub versions: [String; 2],
    /// Where they differ first.
    pub difference: Difference,
    /// Whether the plan has this trial, as far as the store knows the plan.
    pub is_planned: bool,
}

impl fmt::Display for Conflict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [kept, other] = &self.places;
        write!(f, "trial {} has two results, {kept} and {other}: {}", self.trial, self.difference)?;
        match &self.versions {
            [one, other] if one == other => Ok(()),
            [one, other] => write!(f, " (written by versions {one} and {other})"),
        }
    }
}

impl Store {
    /// The trials of which two records differ in more than the time they took. A failed attempt is no result, and
    /// contradicts none.
    ///
    /// # Errors
    /// If a record cannot be read.
    pub fn conflicts(&self) -> Result<Vec<Conflict>, StoreError> {
        let mut conflicts = Vec::new();
        for (trial, place) in &self.duplicates {
            let kept = self.index[trial].place;
            // Folders that were copied hold the same lines.
            let lines = [self.read_line(kept)?, self.read_line(*place)?];
            if lines[0] == lines[1] {
                continue;
            }
            let (one, other) = (self.parse(&lines[0], kept)?, self.parse(&lines[1], *place)?);
            if other.status != Status::Failed
                && let Some(difference) = first_difference(&one, &other)
            {
                let places = [kept, *place].map(|place| self.shown(place));
                let is_planned = self.expected.as_ref().is_none_or(|expected| expected.has(trial));
                let versions = [one.version, other.version];
                conflicts.push(Conflict { trial: trial.clone(), places, versions, difference, is_planned });
            }
        }
        conflicts.sort_by(|a, b| (&a.trial, &a.places).cmp(&(&b.trial, &b.places)));
        Ok(conflicts)
    }
}

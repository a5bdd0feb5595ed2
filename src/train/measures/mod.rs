//! What is measured on the network (or the networks that vote) that a trial ends with, beside its curve.
//!
//! In: a finished trial. Out: [`Measures`], the rows of `measures.csv`. Everything is measured in evaluation mode, on the test
//! rows where nothing else is said, and nothing is chosen by it. [`REGISTRY`] says what each measure is; the rows of a trial
//! come in its order, times last, since they alone differ from run to run.
//!
//! Layers of weights count from 1, the last is the output layer. A new measure is one file and one line in the registry.

mod calibration;
mod compression;
mod dropped_share;
mod epoch_seconds;
mod feature_drop;
mod fit;
#[cfg(test)]
mod fixtures;
mod inference;
mod largest_norm;
mod memorisation;
mod out_of_bag;
mod probe;
mod score;
mod sensitivity;
mod sparsity;
mod submodels;

use std::sync::atomic::AtomicBool;

use super::{Ending, Interrupted, Outcome};
use crate::data::TrialData;
use crate::nn::{ModelSettings, Team};
use crate::random::{Purpose, StreamKey};
use crate::recipe::{MeasureSettings, Recipe};

/// Every measure, in the order of the rows of a trial; times come last.
pub const REGISTRY: &[&Entry] = &[
    &sparsity::ENTRY,
    &largest_norm::ENTRY,
    &dropped_share::ENTRY,
    &calibration::ENTRY,
    &memorisation::ENTRY,
    &out_of_bag::ENTRY,
    &sensitivity::ENTRY,
    &feature_drop::ENTRY,
    &submodels::ENTRY,
    &compression::ENTRY,
    &fit::ENTRY,
    &epoch_seconds::ENTRY,
    &inference::ENTRY,
];

/// What the registry knows of a measure.
#[derive(Debug)]
pub struct Entry {
    /// What stands in the column `measure`.
    pub names: &'static [&'static str],
    /// The key of `[measure]` that asks for it; `None` where it is always measured.
    pub key: Option<&'static str>,
    /// What it is, and what stands in the columns `layer` and `at`: a lowercase fragment.
    pub idea: &'static str,
    /// Whether it is a time, which differs from run to run.
    pub is_time: bool,
    measure: fn(&Subject<'_>) -> Result<Vec<Measurement>, Interrupted>,
}

/// One measured number: a row of `measures.csv`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Measurement {
    /// What was measured: one of its entry's names.
    pub measure: &'static str,
    /// The layer, from 1, where it is about one.
    pub layer: Option<usize>,
    /// Where it was measured, if there are several places: a share, a number of votes, an epoch, an x.
    pub at: Option<f64>,
    /// The number; not finite where it is not defined.
    pub value: f64,
}

/// What was measured on a trial.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Measures {
    /// What the same trial gives again.
    pub figures: Vec<Measurement>,
    /// What depends on machine and moment.
    pub times: Vec<Measurement>,
}

/// A finished trial.
#[derive(Debug, Clone, Copy)]
pub struct Subject<'a> {
    /// The threads to work with.
    pub team: &'a Team,
    /// Its data.
    pub data: &'a TrialData,
    /// The shape of its network before training.
    pub model: &'a ModelSettings,
    /// What its training did.
    pub recipe: &'a Recipe,
    /// What came of it.
    pub outcome: &'a Outcome,
    /// What its random streams began with.
    pub seed: u64,
    /// What is asked for.
    pub settings: &'a MeasureSettings,
    /// Each may be set from outside to call the measuring off.
    pub cancelled: &'a [&'a AtomicBool],
}

impl Subject<'_> {
    /// Measures all that is always measured and all that is asked for; nothing of a diverged trial.
    ///
    /// # Errors
    /// If the measuring is called off.
    pub fn measure(&self) -> Result<Measures, Interrupted> {
        let mut measures = Measures::default();
        if self.outcome.ending == Ending::Diverged {
            return Ok(measures);
        }
        for entry in REGISTRY {
            let found = (entry.measure)(self)?;
            if entry.is_time { &mut measures.times } else { &mut measures.figures }.extend(found);
        }
        Ok(measures)
    }

    /// The key of the random numbers of a draw; its steps are free.
    fn key(&self, draw: Draw) -> StreamKey {
        StreamKey::new(self.seed, Purpose::Measure).layer(draw as usize)
    }
}

/// What measures draw. The numbers are part of the results: never reuse or change one.
#[derive(Debug, Clone, Copy)]
#[repr(usize)]
enum Draw {
    /// The test rows that sensitivity looks at.
    SensitivityRows = 1,
    /// The features that move (one stream per row, as the step).
    MovedFeatures = 2,
    /// The columns that are missing (one stream per repeat, as the step, and row, as the member).
    MissingColumns = 3,
}

impl Measurement {
    /// A number of the whole network.
    fn of(measure: &'static str, value: f64) -> Self {
        Self { measure, layer: None, at: None, value }
    }

    /// A number of the layer of that index.
    fn of_layer(measure: &'static str, index: usize, value: f64) -> Self {
        Self { measure, layer: Some(index + 1), at: None, value }
    }

    /// A number that was measured at a place.
    fn at(measure: &'static str, at: f64, value: f64) -> Self {
        Self { measure, layer: None, at: Some(at), value }
    }
}

#[cfg(test)]
mod tests {
    use super::fixtures::Case;
    use super::*;

    #[test]
    fn every_row_has_a_name_that_its_entry_lists_and_times_come_last() {
        let everything = MeasureSettings { inference: true, ..MeasureSettings::default() };
        let case = Case { settings: everything, ..Case::classification() };
        for entry in REGISTRY {
            let found = (entry.measure)(&case.subject()).unwrap();
            assert!(found.iter().all(|row| entry.names.contains(&row.measure)), "{found:?}");
        }
        let first_time = REGISTRY.iter().position(|entry| entry.is_time).unwrap();
        assert!(REGISTRY[first_time..].iter().all(|entry| entry.is_time));
        assert!(!case.subject().measure().unwrap().times.is_empty());
    }

    #[test]
    fn every_name_belongs_to_one_entry_and_every_key_is_a_key_of_the_table() {
        let mut names: Vec<&str> = REGISTRY.iter().flat_map(|entry| entry.names).copied().collect();
        names.sort_unstable();
        assert!(names.windows(2).all(|pair| pair[0] != pair[1]), "{names:?}");
        let keys: Vec<&str> = crate::recipe::MEASURE_FIELDS.iter().map(|field| field.name).collect();
        assert!(keys.iter().all(|key| REGISTRY.iter().any(|entry| entry.key == Some(*key))));
        assert!(REGISTRY.iter().filter_map(|entry| entry.key).all(|key| keys.contains(&key)));
    }

    #[test]
    fn a_diverged_trial_has_no_measures() {
        let mut case = Case::classification();
        case.outcome.ending = Ending::Diverged;
        assert_eq!(case.subject().measure().unwrap(), Measures::default());
    }

    #[test]
    fn what_is_measured_depends_on_no_number_of_threads() {
        let mut case = Case::classification();
        case.settings = serde_json::from_str(
            r#"{"sensitivity": {"delta": 0.5, "rows": 2}, "feature_drop": {"shares": [0.5], "kind": "random", "repeats": 2}}"#,
        )
        .unwrap();
        let alone = case.subject().measure().unwrap().figures;
        case.team = Team::new(3);
        assert_eq!(case.subject().measure().unwrap().figures, alone);
    }
}

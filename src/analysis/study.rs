//! Several experiments compared: each for itself, and all together.
//!
//! In: the scores of each experiment, the metric and the baseline. Out: a [`Study`], which is all that a report of them needs.

use super::across::{Across, across};
use super::figures::lower_is_better;
use super::scores::{ComparedVariant, ExperimentScores};
use super::selection::ChosenBy;
use super::statistics::Overlap;
use crate::lab::Resampling;

/// What several experiments say.
#[derive(Debug, Clone, PartialEq)]
pub struct Study {
    /// What is compared.
    pub metric: String,
    /// Whether less of it is better.
    pub lower_is_better: bool,
    /// The variant that the others are compared with.
    pub baseline: String,
    /// Differences up to this size are taken for none.
    pub rope: f64,
    /// By what the points of swept variants were chosen; `None` where nothing was chosen.
    pub chosen_by: Option<ChosenBy>,
    /// Each experiment for itself.
    pub experiments: Vec<StudiedExperiment>,
    /// All together; of a single experiment it has ranks and no tests.
    pub across: Across,
}

/// An experiment for itself.
#[derive(Debug, Clone, PartialEq)]
pub struct StudiedExperiment {
    /// Its name.
    pub name: String,
    /// How its trials relate to each other.
    pub resampling: Resampling,
    /// How far they share training rows.
    pub overlap: Overlap,
    /// Each variant beside the baseline.
    pub variants: Vec<ComparedVariant>,
}

impl Study {
    /// Compares experiments by `metric`.
    pub fn of(experiments: &[ExperimentScores], metric: &str, baseline: &str, rope: f64) -> Self {
        let lower_is_better = lower_is_better(metric);
        let single = |experiment: &ExperimentScores| StudiedExperiment {
            name: experiment.name.clone(),
            resampling: experiment.resampling,
            overlap: experiment.overlap,
            variants: experiment.compare(baseline, rope, lower_is_better),
        };
        Self {
            metric: metric.to_owned(),
            lower_is_better,
            baseline: baseline.to_owned(),
            rope,
            chosen_by: None,
            experiments: experiments.iter().map(single).collect(),
            across: across(experiments, baseline, rope, lower_is_better),
        }
    }

    /// The same, of swept variants whose points were chosen.
    pub fn chosen_by(self, chosen_by: ChosenBy) -> Self {
        Self { chosen_by: Some(chosen_by), ..self }
    }

    /// Whether points were chosen by test figures.
    pub fn is_oracle(&self) -> bool {
        self.chosen_by == Some(ChosenBy::Oracle)
    }

    /// The experiment, where there is no other.
    pub fn only(&self) -> Option<&StudiedExperiment> {
        match self.experiments.as_slice() {
            [only] => Some(only),
            _ => None,
        }
    }
}

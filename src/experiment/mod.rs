//! Experiments: from a config as written to the trials that it asks for.
//!
//! In: a config file and what the command line changes in it. Out: an [`Experiment`]: variants x points with checked
//! settings, and its [`Trial`]s, each with an identity of its own.
//!
//! ```text
//! source → overrides → config (which keys there are) → document (names, seeds, variants, axes)
//!        → points (of a grid, or drawn), rungs → plan (layers merged into cells) → settings (cells checked, typed) → identity (trials)
//! ```
//!
//! `config_schema` is the JSON Schema of all keys, for editors. `starter` writes a first config for a table. `readiness` checks
//! what can only be known with the data at hand, `resolved` writes the config down again, and `provenance` what its results
//! come from, so that the plan of a folder of results is known from the folder alone.

mod axis;
mod config;
mod config_schema;
mod document;
mod error;
mod identity;
mod name;
mod overrides;
mod paths;
mod plan;
mod points;
mod provenance;
mod range;
mod readiness;
mod resolved;
mod rungs;
mod settings;
mod single_points;
mod source;
mod starter;
mod sweep;

use std::path::Path;
use std::sync::Arc;

pub use config_schema::config_schema;
pub use error::ConfigErrors;
pub use identity::{ContentError, Contents, Fingerprint, SEMANTICS, Trial, TrialId};
pub use overrides::Overrides;
pub use paths::canonical;
pub use provenance::{RESOLVED, Resolved};
pub use rungs::Rung;
pub use settings::{ConfiguredRemedy, TrialSettings};
pub use starter::{Starter, StarterError, starter};

use crate::data::Task;
use crate::metric::Metric;
use crate::schema::Node;
use document::Document;
use plan::Plan;

/// A checked experiment.
#[derive(Debug)]
pub struct Experiment {
    /// Its name: also that of its folder.
    pub name: String,
    /// What is compared; at least one.
    pub variants: Vec<Variant>,
    /// The index of the variant that the others are compared with.
    pub baseline: usize,
    /// The swept keys, in full and dotted: the shared ones first, then those of single variants.
    pub axes: Vec<String>,
    /// The seeds, each once; at least one.
    pub seeds: Vec<u64>,
    /// Variant by variant its points, on a grid its own values and for each of them the shared ones; under halving each point
    /// rung by rung.
    pub cells: Vec<Cell>,
    /// Under halving the rungs of each variant; otherwise none.
    pub rungs: Vec<Vec<Rung>>,
    /// Whether the network of each trial is kept.
    pub save_models: bool,
    /// The document, from which all the above was made.
    document: Document,
    /// The layers behind the cells.
    plan: Plan,
}

/// A variant of an experiment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Variant {
    /// Its name, any text.
    pub name: String,
}

/// One variant at one point of the sweep.
#[derive(Debug, Clone)]
pub struct Cell {
    /// The index of the variant.
    pub variant: usize,
    /// The value at each of [`Experiment::axes`] as text; nothing where this variant does not sweep that key.
    pub swept: Vec<Option<String>>,
    /// The index of the combination of shared values; a variant is compared with the baseline at the same one.
    pub shared_point: usize,
    /// The index of the combination of the variant's own values.
    own_point: usize,
    /// The index of the point among those of the variant.
    pub point: usize,
    /// The index of the rung under halving; 0 otherwise.
    pub rung: usize,
    /// What its trials do.
    pub settings: Arc<TrialSettings>,
    /// The identity of the settings.
    pub fingerprint: Fingerprint,
}

impl Experiment {
    /// Reads, checks and plans an experiment: all that needs no data. Paths to data are made relative to the current
    /// folder.
    ///
    /// # Errors
    /// Everything that is wrong with the config, not only the first.
    pub fn load(config: &Path, overrides: &Overrides) -> Result<Self, ConfigErrors> {
        Self::from_root(source::read(config)?, config, overrides)
    }

    /// The experiment of a TOML config with this text, which stands or may stand at `config`.
    ///
    /// # Errors
    /// As [`load`](Self::load).
    pub fn parse_toml(text: &str, config: &Path) -> Result<Self, ConfigErrors> {
        let root = crate::schema::read_toml(text, &config.display().to_string().into())?;
        Self::from_root(root, config, &Overrides::default())
    }

    fn from_root(mut root: Node, config: &Path, overrides: &Overrides) -> Result<Self, ConfigErrors> {
        config::expand_all(&mut root);
        overrides::apply(&mut root, overrides)?;
        Self::from_document(document::read(root, config))
    }

    fn from_document((document, mut problems): (Document, crate::schema::Problems)) -> Result<Self, ConfigErrors> {
        let plan = Plan::new(&document, &mut problems);
        let (cells, rungs) = plan.cells(problems)?;
        let variants = document.variants.iter().map(|variant| Variant { name: variant.name.clone() }).collect();
        Ok(Self {
            name: document.name.clone(),
            variants,
            baseline: document.baseline,
            axes: plan.axes(),
            seeds: document.seeds.list(),
            cells,
            rungs,
            save_models: document.save_models,
            document,
            plan,
        })
    }

    /// Whether which trials are run depends on the results of others, so that no shard can know its part.
    pub fn is_sequential(&self) -> bool {
        !self.rungs.is_empty()
    }

    /// Whether a cell is on the last rung of its variant, whose figures are compared; without halving every cell is.
    pub fn is_last_rung(&self, cell: &Cell) -> bool {
        self.rungs.get(cell.variant).is_none_or(|rungs| cell.rung + 1 == rungs.len())
    }

    /// The word for how points are found: `grid`, `random` or `halving`.
    pub fn strategy(&self) -> &'static str {
        self.document.sweep.strategy()
    }

    /// How many points are drawn for each variant, if they are drawn.
    pub fn drawn(&self) -> Option<u64> {
        self.document.sweep.points
    }

    /// Whether points are named that are beside those of the strategy, or left out of them.
    pub fn has_single_points(&self) -> bool {
        !(self.document.include.is_empty() && self.document.exclude.is_empty())
    }

    /// The figure by which the variants are compared.
    pub fn metric(&self, task: Task) -> Metric {
        let chosen = self.document.metric.as_ref().map(|(metric, _)| *metric);
        chosen.filter(|metric| metric.is_of(task)).unwrap_or(Metric::of(task))
    }

    /// Pairs of cells that come out the same, each with the first that does.
    pub fn duplicates(&self) -> Vec<(usize, usize)> {
        let mut first = std::collections::HashMap::new();
        let mut pairs = Vec::new();
        for (index, cell) in self.cells.iter().enumerate() {
            let same = *first.entry((cell.fingerprint, cell.settings.files())).or_insert(index);
            if same != index {
                pairs.push((same, index));
            }
        }
        pairs
    }
}

#[cfg(test)]
mod tests;

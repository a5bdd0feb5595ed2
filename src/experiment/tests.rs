//! Whole configs, from text to trials.

mod merging;
mod messages;
mod readiness;
mod resolution;
mod sweeps;
mod trials;

use std::path::PathBuf;

use super::*;

/// A folder with one config in it.
struct Lab {
    folder: tempfile::TempDir,
    config: PathBuf,
}

impl Lab {
    fn new(name: &str, text: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let config = folder.path().join(name);
        std::fs::write(&config, text).unwrap();
        Self { folder, config }
    }

    fn load(&self, set: &[&str]) -> Result<Experiment, String> {
        let overrides =
            Overrides { set: set.iter().map(|typed| (*typed).to_owned()).collect(), ..Overrides::default() };
        let prefix = format!("{}/", self.folder.path().display());
        Experiment::load(&self.config, &overrides).map_err(|errors| errors.to_string().replace(&prefix, ""))
    }
}

/// The experiment of a TOML config with a line for the data before it.
fn experiment(text: &str) -> Experiment {
    loaded(text).unwrap_or_else(|errors| panic!("{errors}"))
}

/// What is wrong with a TOML config, with a line for the data before it.
fn errors(text: &str) -> String {
    loaded(text).err().unwrap_or_else(|| panic!("nothing is wrong with {text}"))
}

fn loaded(text: &str) -> Result<Experiment, String> {
    Lab::new("wide.toml", &format!("data.path = \"a.csv\"\n{text}")).load(&[])
}

/// Contents that pretend that every data set is the same.
fn contents(experiment: &Experiment) -> Contents {
    let mut contents = Contents::default();
    experiment.cells.iter().for_each(|cell| contents.add_dataset(&cell.settings.data, "0a1b"));
    contents
}

fn ids(experiment: &Experiment) -> Vec<String> {
    experiment.trials(&contents(experiment)).map(|trial| trial.id.to_string()).collect()
}

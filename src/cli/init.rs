//! `overfit init`: looks at a CSV file and writes a first config for it.
//!
//! In: a data file. Out: a config, where none was, and what was guessed.

use std::path::{Path, PathBuf};

use super::arguments::InitArguments;
use super::error::CliError;
use super::{notes, print};
use crate::atomic_file::write_atomically;
use crate::data::DataError;
use crate::experiment::{Starter, StarterError, starter};
use crate::report::{ReportError, harmless};

pub(super) fn init(arguments: &InitArguments) -> Result<(), CliError> {
    let beside_us = default_config(&arguments.data);
    let asked = arguments.config.as_ref().or(arguments.out.as_ref());
    let to_screen = asked.is_some_and(|config| config == Path::new("-"));
    // What goes to the screen is meant for the current folder, like the default.
    let config = asked.filter(|_| !to_screen).cloned().unwrap_or(beside_us);
    if !to_screen && !arguments.force && config.exists() {
        let config = config.display();
        return Err(CliError::Usage(format!("{config} is there already: --force writes over it, --out elsewhere")));
    }
    // The paths in a config are seen from its folder.
    let folder = config.parent().filter(|folder| !folder.as_os_str().is_empty() && !folder.is_dir());
    if let Some(folder) = folder {
        let (config, folder) = (config.display(), folder.display());
        return Err(CliError::Usage(format!("{config} cannot be written: there is no folder {folder}")));
    }
    let starter = starter(&arguments.data, &config, arguments.target.as_deref()).map_err(|error| match error {
        // These are about a config, of which the user knows nothing yet.
        StarterError::Data(DataError::Settings(error)) => {
            CliError::Setup(format!("{}: {error}", arguments.data.display()))
        }
        StarterError::Data(error) => CliError::Data(error),
        StarterError::Config(error) => CliError::Config(error),
    })?;
    for warning in &starter.warnings {
        notes::warning(warning);
    }
    if to_screen {
        return print(&starter.text);
    }
    write_atomically(&config, |out| out.write_all(starter.text.as_bytes()))
        .map_err(|source| ReportError::Write { path: config.clone(), source })?;
    print(&said(&config, &starter))
}

/// `x.toml` for `anywhere/x.csv.gz`.
fn default_config(data: &Path) -> PathBuf {
    let name = data.file_name().unwrap_or_default().to_string_lossy();
    let stem = name.strip_suffix(".gz").unwrap_or(&name);
    Path::new(stem).with_extension("toml")
}

/// What was guessed, and what to do next.
fn said(config: &Path, starter: &Starter) -> String {
    let (config, target) = (config.display(), harmless(&starter.target));
    format!(
        "wrote {config}: the target is '{target}', {}: {}\n\n    overfit check {config}\n    overfit run {config}\n",
        starter.reason,
        harmless(&starter.predicts)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_config_is_called_like_its_data() {
        for (data, config) in [("a/b.csv", "b.toml"), ("b.csv.gz", "b.toml"), ("b.c.tsv", "b.c.toml"), ("b", "b.toml")]
        {
            assert_eq!(default_config(Path::new(data)), Path::new(config), "{data}");
        }
    }
}

//! The networks that are kept beside the results of an experiment.
//!
//! In: the folder of the results. Out: where the network of a trial is, and how many belong to no trial of a plan.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};

use crate::experiment::TrialId;

/// The folder of the networks within the results of an experiment.
pub(super) const MODELS: &str = "models";

/// What the name of a network's file ends with.
const EXTENSION: &str = "safetensors";

/// Where the network of a trial is kept.
pub fn model_path(folder: &Path, trial: &str) -> PathBuf {
    folder.join(MODELS).join(format!("{trial}.{EXTENSION}"))
}

/// How many networks there are of trials that are not `planned`. They are kept, as their records are: whoever goes back to
/// their settings need not train them again. Files with other names than ours are not counted.
pub fn unplanned_models(folder: &Path, planned: &HashSet<&str>) -> usize {
    // A folder that is not there, or cannot be listed, has none that could be told of.
    let Ok(entries) = fs::read_dir(folder.join(MODELS)) else { return 0 };
    let is_unplanned = |name: &str| {
        let trial = name.strip_suffix(EXTENSION).and_then(|stem| stem.strip_suffix('.'));
        trial.is_some_and(|trial| TrialId::from_hexadecimal(trial).is_some() && !planned.contains(trial))
    };
    entries.flatten().filter(|entry| entry.file_name().to_str().is_some_and(is_unplanned)).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn networks_of_other_trials_are_counted_and_other_files_are_not() {
        let folder = tempfile::tempdir().unwrap();
        let (planned, other) = ("0123456789abcdef0123", "ffffffffffffffffffff");
        assert_eq!(unplanned_models(folder.path(), &HashSet::new()), 0);
        fs::create_dir(folder.path().join(MODELS)).unwrap();
        for name in [planned, other, "mine"] {
            fs::write(model_path(folder.path(), name), "").unwrap();
        }
        fs::write(folder.path().join(MODELS).join(other), "").unwrap();
        assert_eq!(unplanned_models(folder.path(), &HashSet::from([planned])), 1);
    }
}

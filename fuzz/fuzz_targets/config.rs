//! Any text as a config, TOML or JSON: it is an experiment, whose resolved form is a config of the same trials, or it is
//! refused with problems that can be shown.

#![no_main]

use std::fs;
use std::path::Path;
use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use overfit::data::Task;
use overfit::experiment::{Contents, Experiment, Overrides};
use tempfile::TempDir;

static FOLDER: LazyLock<TempDir> = LazyLock::new(|| tempfile::tempdir().expect("there is room for a folder"));

fn fingerprints(experiment: &Experiment) -> Vec<String> {
    experiment.cells.iter().map(|cell| cell.fingerprint.to_string()).collect()
}

/// How many points the axes of a sweep ask for, as far as the text shows it.
fn points(text: &str) -> f64 {
    let counts = text.split("points").skip(1).filter_map(|rest| {
        let digits = rest.trim_start_matches(['"', '\'', ' ', '=', ':']);
        let end = digits.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(digits.len());
        digits[..end].parse::<f64>().ok()
    });
    counts.filter(|count| *count > 0.0).product()
}

fuzz_target!(|bytes: &[u8]| {
    // A million points are allowed, and are minutes under a sanitizer.
    if points(&String::from_utf8_lossy(bytes)) > 1e4 {
        return;
    }
    let name = if bytes.trim_ascii_start().starts_with(b"{") { "x.json" } else { "x.toml" };
    let path = FOLDER.path().join(name);
    fs::write(&path, bytes).expect("there is room for a small file");
    let experiment = match Experiment::load(&path, &Overrides::default()) {
        Ok(experiment) => experiment,
        Err(errors) => return assert!(!errors.to_string().is_empty()),
    };
    let name = Path::new(&experiment.name);
    assert_eq!(name.components().count(), 1, "a name is that of one folder");
    assert!(!name.is_absolute() && !experiment.name.starts_with('.'));
    if experiment.cells.len() > 100 {
        return;
    }
    let mut contents = Contents::default();
    experiment.cells.iter().for_each(|cell| contents.add_dataset(&cell.settings.data, "0a1b"));
    let resolved = experiment.resolved_toml(FOLDER.path(), &contents, Task::Classification, &[]);
    let again = Experiment::parse_toml(&resolved, &FOLDER.path().join("experiment.toml"));
    let again = again.unwrap_or_else(|errors| panic!("{errors}\n{resolved}"));
    assert_eq!(fingerprints(&again), fingerprints(&experiment), "{resolved}");
});

//! Any bytes as a file of initial weights (safetensors): a network of the shape that was asked for with finite weights, or
//! an error.

#![no_main]

use std::fs;
use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use overfit::experiment::Experiment;
use overfit::nn::{ModelSettings, Network};
use tempfile::TempDir;

static FOLDER: LazyLock<TempDir> = LazyLock::new(|| tempfile::tempdir().expect("there is room for a folder"));

static SETTINGS: LazyLock<ModelSettings> = LazyLock::new(|| {
    let text = "data.path = 'x.csv'\nmodel = { hidden = [3], init = { file = 'w.safetensors' } }\n";
    let experiment = Experiment::parse_toml(text, &FOLDER.path().join("x.toml"));
    experiment.expect("the settings are right").cells[0].settings.model.clone()
});

fuzz_target!(|bytes: &[u8]| {
    fs::write(FOLDER.path().join("w.safetensors"), bytes).expect("there is room for a small file");
    match Network::initialized(&SETTINGS, 2, 2, 0) {
        Ok(network) => {
            assert_eq!(network.sizes(), [2, 3, 2]);
            assert!(network.parts().flatten().all(|weight| weight.is_finite()));
        }
        Err(error) => assert!(!error.to_string().is_empty()),
    }
});

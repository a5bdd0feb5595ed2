//! The same networks, batches and rules as in PyTorch give the same losses, epoch by epoch.
//!
//! The golden values come from `golden/pytorch/make.py`, which trains every variant of the two configs beside it with
//! PyTorch: each optimizer with each loss, each activation, the schedules, clipping, and the remedies that PyTorch
//! has (`balanced` class weights are scikit-learn's).

mod support;

use std::path::{Path, PathBuf};

use support::{overfit, read_csv};

/// Largest allowed difference, relative to PyTorch's loss.
const TOLERANCE: f64 = 1e-4;

fn compare(name: &str) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/pytorch");
    let results = tempfile::tempdir().unwrap();
    let out: PathBuf = results.path().join(name);
    overfit(&["run", folder.join(format!("{name}.json")).to_str().unwrap(), "--quiet", "--out", out.to_str().unwrap()])
        .success();
    let ours = read_csv(&out.join("curves.csv"));
    let theirs = read_csv(&folder.join(format!("{name}.losses.csv")));
    assert_eq!(ours.len(), theirs.len(), "rows of {name}");
    for (ours, theirs) in ours.iter().zip(&theirs) {
        for key in ["variant", "epoch"] {
            assert_eq!(ours[key], theirs[key]);
        }
        for key in ["train_loss", "validation_loss", "test_loss"] {
            let (found, wanted): (f64, f64) = (ours[key].parse().unwrap(), theirs[key].parse().unwrap());
            let difference = (found - wanted).abs() / wanted.abs();
            let (variant, epoch) = (&ours["variant"], &ours["epoch"]);
            assert!(difference < TOLERANCE, "{name}, {variant}, epoch {epoch}, {key}: {found}, PyTorch {wanted}");
        }
    }
}

#[test]
fn classification_gives_pytorchs_losses() {
    compare("classification");
}

#[test]
fn regression_gives_pytorchs_losses() {
    compare("regression");
}

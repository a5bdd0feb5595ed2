//! For every remedy in the registry settings that do nothing, and settings that show, on the data sets of these tests.

use overfit::remedies::{Entry, REGISTRY};

/// A remedy so weak that it does nothing, and so strong that it shows within a few epochs. What has no strength zero is
/// set such that it never acts.
pub struct Strengths {
    /// The key under `remedies`.
    pub name: &'static str,
    /// So weak that it does nothing.
    pub off: &'static str,
    /// So strong that it shows.
    pub on: &'static str,
}

const STRENGTHS: &[Strengths] = &[
    Strengths {
        name: "dropout",
        off: "{ hidden = [0, 0], input = 0, kind = \"gaussian\", rescale = \"test\" }",
        on: "0.4",
    },
    Strengths { name: "batch_norm", off: "false", on: "true" },
    Strengths { name: "layer_norm", off: "false", on: "true" },
    Strengths { name: "activity_l1", off: "0", on: "1e-2" },
    Strengths { name: "kl_sparsity", off: "{ lambda = 0, rho = 0.5 }", on: "0.1" },
    Strengths { name: "l0", off: "{ lambda = 0, initial_rate = 0.1 }", on: "1e-2" },
    Strengths { name: "sparse_connection", off: "{ share = 1, threshold = 0 }", on: "0.7" },
    Strengths { name: "l1", off: "{ lambda = 0, mode = \"subgradient\", biases = true }", on: "1e-2" },
    Strengths { name: "l2", off: "{ lambda = 0, scale = \"per_row\", biases = true }", on: "1e-2" },
    Strengths { name: "weight_elimination", off: "{ lambda = 0, w0 = 0.1, biases = true }", on: "1e-2" },
    Strengths { name: "biased_decay", off: "{ lambda = 0, form = \"exponential\" }", on: "1e-2" },
    Strengths { name: "weight_decay", off: "{ lambda = 0, biases = true }", on: "0.1" },
    Strengths { name: "group_lasso", off: "{ lambda = 0, group = \"outgoing\" }", on: "1e-2" },
    Strengths { name: "max_norm", off: "1e6", on: "0.5" },
    Strengths { name: "sam", off: "0", on: "0.3" },
    Strengths {
        name: "prune",
        off: "{ ratio = 0, structure = \"neuron\", at_epoch = 1 }",
        on: "{ ratio = 0.5, at_epoch = 2 }",
    },
    Strengths { name: "early_stopping", off: "{ patience = 1000, restore_best = false }", on: "1" },
    Strengths { name: "smote", off: "0", on: "5" },
    Strengths { name: "image", off: "{ shift = 0, rotate = 0 }", on: "{ shift = 1 }" },
    Strengths { name: "noise", off: "{ input = 0, weight = 0, gradient = 0, features = { x0 = 0 } }", on: "0.3" },
    Strengths { name: "feature_mask", off: "{ share = 0, fill = \"permute\" }", on: "0.2" },
    Strengths { name: "mixup", off: "0", on: "0.4" },
    Strengths { name: "label_smoothing", off: "0", on: "0.2" },
    Strengths { name: "class_weights", off: "{ red = 1 }", on: "{ red = 5 }" },
    Strengths { name: "swa", off: "1", on: "0.5" },
    Strengths { name: "ema", off: "0", on: "0.9" },
    Strengths { name: "bagging", off: "0", on: "2" },
    Strengths { name: "snapshots", off: "0", on: "2" },
];

/// Settings without which a remedy is refused.
pub fn needed_by(name: &str) -> &'static str {
    match name {
        "kl_sparsity" => "\nmodel.activation = \"sigmoid\"",
        // Makes the classes differ in size.
        "smote" => "\ndata.label_noise = 0.3",
        _ => "",
    }
}

/// Remedies that are refused together; without the second of each pair all go together.
pub const APART: &[[&str; 2]] = &[
    ["swa", "ema"],
    ["swa", "l0"],
    ["ema", "l0"],
    ["sam", "l0"],
    ["swa", "snapshots"],
    ["ema", "snapshots"],
    ["bagging", "snapshots"],
    ["batch_norm", "layer_norm"],
    ["l0", "layer_norm"],
    ["group_lasso", "layer_norm"],
];

/// What is about classes refuses a regression.
pub const FOR_CLASSES: &[&str] = &["smote", "label_smoothing", "class_weights"];

/// The remedies that go with a data set of the workplace.
pub fn remedies_for(data: &str) -> impl Iterator<Item = &'static Entry> {
    REGISTRY.iter().copied().filter(move |entry| data == "blobs" || !FOR_CLASSES.contains(&entry.name))
}

pub fn strengths_of(entry: &Entry) -> &'static Strengths {
    let found = STRENGTHS.iter().find(|strengths| strengths.name == entry.name);
    found.unwrap_or_else(|| panic!("{} needs a line in STRENGTHS", entry.name))
}

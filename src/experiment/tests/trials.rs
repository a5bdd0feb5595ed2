//! Trials and their identities.

use super::{Lab, contents, experiment, ids};

#[test]
fn trials_are_cell_by_cell_seed_by_seed_fold_by_fold() {
    let experiment = experiment("seeds = [7, 3]\ndata.split = { folds = 2 }\nsweep.parameters.'train.epochs' = [1, 2]");
    let trials: Vec<_> = experiment.trials(&contents(&experiment)).collect();
    let order: Vec<(usize, u64, u32)> = trials.iter().map(|trial| (trial.cell, trial.seed, trial.fold)).collect();
    assert_eq!(order, [(0, 7, 0), (0, 7, 1), (0, 3, 0), (0, 3, 1), (1, 7, 0), (1, 7, 1), (1, 3, 0), (1, 3, 1)]);
    assert_eq!(experiment.trial_count(), 8);
    let distinct: std::collections::HashSet<_> = trials.iter().map(|trial| trial.id).collect();
    assert_eq!(distinct.len(), 8);
}

#[test]
fn what_changes_no_number_changes_no_identity() {
    let first = ids(&experiment("seeds = 2\ntrain.learning_rate = 1\nremedies.l2 = 1"));
    for same in [
        "name = 'other'\nseeds = 2\ntrain.learning_rate = 1.0\nremedies.l2 = { lambda = 1e0 }",
        "seeds = [0, 1]\nbaseline = 'a'\nsave.models = 'final'\ntrain.learning_rate = 1\n[[variants]]\nname = 'a'\nremedies.l2 = 1",
        "seeds = 2\nremedies = { l2 = 1, dropout = { hidden = 0, input = 0.0, rescale = 'none' } }\ntrain.learning_rate = 1",
        "seeds = 2\nmetric = 'auc'\ndata.split.group_duplicates = false\nremedies.l2 = 1\ntrain.learning_rate = 1",
        "seeds = 2\ndata.image = [2, 2]\nremedies.l2 = 1\ntrain.learning_rate = 1",
        "seeds = 2\nremedies.l2 = 1\nsweep.parameters.'train.learning_rate' = [1]",
        "seeds = 2\nremedies = { l2 = 1, l1 = false }\ntrain = { learning_rate = 1, optimizer = 'adam', epochs = 100 }",
    ] {
        assert_eq!(ids(&experiment(same)), first, "{same}");
    }
}

#[test]
fn what_changes_a_number_changes_the_identity() {
    let first = ids(&experiment("seeds = 1"));
    for other in [
        "seeds = [1]",
        "seeds = 1\ntrain.learning_rate = 0.002",
        "seeds = 1\nremedies.l2 = 1",
        "seeds = 1\ndata.target = 'x'",
        "seeds = 1\nmodel.hidden = [64]",
        "seeds = 1\ndata.label_noise = 0.1",
        "seeds = 1\ndata.split.group = 'who'",
        "seeds = 1\ndata.split.group_duplicates = true",
    ] {
        assert_ne!(ids(&experiment(other)), first, "{other}");
    }
    let moved = |image: &str| ids(&experiment(&format!("seeds = 1\ndata.image = {image}\nremedies.image.shift = 1")));
    assert_ne!(moved("[2, 3]"), moved("[3, 2]"));
}

#[test]
fn the_content_of_files_counts_and_not_their_names() {
    let one = experiment("seeds = 1");
    let two = Lab::new("a.toml", "seeds = 1\ndata.path = 'elsewhere/b.csv'").load(&[]).unwrap();
    assert_eq!(ids(&one), ids(&two));
    let mut other = super::Contents::default();
    other.add_dataset(&one.cells[0].settings.data, "ffff");
    assert_ne!(one.trials(&other).map(|trial| trial.id.to_string()).collect::<Vec<_>>(), ids(&one));

    let lab = Lab::new("a.toml", "seeds = 1\ndata.path = 'a.csv'\nmodel.init.file = 'w'");
    let experiment = lab.load(&[]).unwrap();
    let id = |weights: &str| {
        std::fs::write(lab.folder.path().join("w"), weights).unwrap();
        let mut contents = contents(&experiment);
        contents.add_weights(&experiment).unwrap();
        experiment.trials(&contents).next().unwrap().id
    };
    assert_eq!(id("1"), id("1"));
    assert_ne!(id("1"), id("2"));
}

#[test]
fn missing_weights_are_an_error_that_names_the_file() {
    let experiment = experiment("model.init.file = 'no such file'");
    let message = super::Contents::default().add_weights(&experiment).unwrap_err().to_string();
    assert!(message.starts_with("model.init.file: cannot read ") && message.contains("no such file: "), "{message}");
}

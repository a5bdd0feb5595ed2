//! Checks that need the data.

use std::sync::Arc;

use super::Lab;
use crate::data;

/// What is wrong with a config once its data, 40 rows of classes or of values, are there.
fn objections(text: &str, regression: bool) -> Option<String> {
    let lab = Lab::new("a.toml", &format!("data.path = 'a.csv'\nseeds = 1\n{text}"));
    let target = |row: usize| if regression { format!("{row}.5") } else { ["red", "blue"][row % 2].to_owned() };
    let rows: String = (0..40).map(|row| format!("{row},{}\n", target(row))).collect();
    std::fs::write(lab.folder.path().join("a.csv"), format!("x,y\n{rows}")).unwrap();
    let experiment = lab.load(&[]).unwrap_or_else(|errors| panic!("{errors}"));
    let read = |settings: &data::DataSettings| Arc::new(data::read(settings).unwrap().dataset);
    let prefix = format!("{}/", lab.folder.path().display());
    experiment.check_with_data(read).err().map(|errors| errors.to_string().replace(&prefix, ""))
}

#[test]
fn the_loss_must_be_one_of_the_task() {
    for (loss, regression) in
        [("cross_entropy", false), ("binary_cross_entropy", false), ("half_mse", true), ("mse", true)]
    {
        let text = format!("train.loss = '{loss}'");
        assert_eq!(objections(&text, regression), None, "{loss}");
        let message = objections(&text, !regression).unwrap();
        assert!(
            message.starts_with("train.loss must be ") && message.ends_with(&format!("found {loss} (a.toml:3)")),
            "{message}"
        );
    }
}

#[test]
fn a_remedy_that_needs_validation_refuses_at_its_line() {
    let text =
        "data.split.validation = 0\n[[variants]]\nname = 'a'\n[[variants]]\nname = 'b'\nremedies.early_stopping = 3";
    let message = objections(text, false).unwrap();
    assert!(message.starts_with("remedies.early_stopping") && message.ends_with("(a.toml:8)"), "{message}");
    assert_eq!(message.lines().count(), 1);
}

#[test]
fn a_split_that_leaves_no_training_rows_is_told_once_for_all_cells() {
    let text = "data.split = { test = 0.6, validation = 0.5 }\nsweep.parameters.'train.epochs' = [1, 2, 3]";
    let message = objections(text, false).unwrap();
    assert!(message.starts_with("data.split.") && message.ends_with("(a.toml:3)"), "{message}");
    assert_eq!(message.lines().count(), 1, "{message}");
}

#[test]
fn a_refusal_because_of_a_swept_value_names_the_line_of_the_value() {
    let text =
        "remedies.prune = { ratio = 0.5 }\ntrain.epochs = 10\n[sweep.parameters]\n'remedies.prune.at_epoch' = [5,\n11]";
    let message = objections(text, false).unwrap();
    assert!(message.starts_with("remedies.prune.at_epoch must be at most"), "{message}");
    assert!(message.ends_with("(a.toml:7)"), "{message}");
}

#[test]
fn a_curve_needs_a_regression_on_one_number() {
    assert_eq!(objections("measure.fit = true", true), None);
    let message = objections("[measure]\nfit = true", false).unwrap();
    assert_eq!(
        message,
        "measure.fit must be asked of a regression on one numeric column, found a classification (a.toml:4)"
    );
    let message = objections("data.categorical = ['x']\nmeasure.fit = 50", true).unwrap();
    assert!(message.starts_with("measure.fit must be asked of"), "{message}");
    assert!(message.ends_with(" inputs (a.toml:4)"), "{message}");
}

#[test]
fn what_goes_with_no_rung_is_told_once_for_all_rungs() {
    // Rungs of 3, 9 and 27 epochs.
    let text = "train.epochs = 27\nremedies.prune = { ratio = 0.5, at_epoch = AT }\nsweep.strategy = 'halving'\n\
                [sweep.parameters]\n'train.batch_size' = [1, 2, 3, 4, 5, 6, 7, 8, 9]";
    let message = objections(&text.replace("AT", "20"), false).unwrap();
    assert_eq!(message.lines().count(), 1, "{message}");
    assert!(message.starts_with("remedies.prune.at_epoch must be at most"), "{message}");
    assert!(message.ends_with("(a.toml:4; under halving rung 1 has train.epochs = 3)"), "{message}");
    let message = objections(&text.replace("AT", "40"), false).unwrap();
    assert!(message.lines().count() == 1 && message.ends_with("found 40 (a.toml:4)"), "{message}");
}

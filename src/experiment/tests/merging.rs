//! Which layer wins.

use super::{Lab, experiment, ids};

#[test]
fn toml_and_json_are_one() {
    let toml = "seeds = 2\n[data]\npath = 'a.csv'\n[model]\nhidden = [8]\n[train]\noptimizer = { kind = 'adam', beta1 = 0.8 }\n\
                [remedies]\ndropout = 0.5\n[[variants]]\nname = 'a'\nsweep.'train.learning_rate' = [0.1, 1]\n";
    let json = r#"{"seeds": 2, "data": {"path": "a.csv"}, "model": {"hidden": [8]},
        "train": {"optimizer": {"kind": "adam", "beta1": 0.8}}, "remedies": {"dropout": 0.5},
        "variants": [{"name": "a", "sweep": {"train.learning_rate": [0.1, 1]}}]}"#;
    let toml = Lab::new("a.toml", toml).load(&[]).unwrap();
    let json = Lab::new("a.json", json).load(&[]).unwrap();
    assert_eq!(ids(&toml), ids(&json));
    assert_eq!((toml.axes, toml.seeds), (json.axes, json.seeds));
}

#[test]
fn a_table_of_any_names_may_stand_for_its_remedy_and_merges_name_by_name() {
    let variant = |base: &str, over: &str| {
        ids(&experiment(&format!(
            "seeds = 1\nremedies.class_weights = {base}\n[[variants]]\nname = 'a'\nremedies.class_weights = {over}"
        )))
    };
    let both = variant("{ weights = { red = 2, blue = 3 } }", "{}");
    assert_eq!(variant("{ red = 2 }", "{ blue = 3 }"), both);
    assert_eq!(variant("{ red = 2, blue = 4 }", "{ weights = { blue = 3 } }"), both);
    assert_eq!(variant("{ red = 2, blue = 3 }", "'balanced'"), variant("'balanced'", "'balanced'"));
    assert_ne!(variant("'balanced'", "{ red = 2, blue = 3 }"), variant("'balanced'", "'balanced'"));
}

#[test]
fn without_variants_there_is_one_called_base_with_five_seeds() {
    let experiment = experiment("");
    assert_eq!(experiment.name, "wide");
    assert_eq!(experiment.variants[0].name, "base");
    assert_eq!(experiment.seeds, [0, 1, 2, 3, 4]);
    assert_eq!((experiment.cells.len(), experiment.cells[0].swept.len()), (1, 0));
}

#[test]
fn a_shared_value_wins_over_the_variant_and_that_over_the_base() {
    let experiment = experiment(
        "train = { learning_rate = 1, epochs = 10 }\n\
         [[variants]]\nname = 'a'\ntrain = { learning_rate = 2, epochs = 20 }\n\
         [[variants]]\nname = 'b'\n[sweep.parameters]\n'train.learning_rate' = [3, 4]\n",
    );
    let seen: Vec<(usize, f64, usize)> = (experiment.cells.iter())
        .map(|cell| (cell.variant, cell.settings.train.learning_rate, cell.settings.train.epochs))
        .collect();
    assert_eq!(seen, [(0, 3.0, 20), (0, 4.0, 20), (1, 3.0, 10), (1, 4.0, 10)]);
    let shared: Vec<usize> = experiment.cells.iter().map(|cell| cell.shared_point).collect();
    assert_eq!(shared, [0, 1, 0, 1]);
}

#[test]
fn axes_of_a_variant_leave_the_cells_of_others_empty() {
    let experiment = experiment(
        "[[variants]]\nname = 'none'\n\
         [[variants]]\nname = 'dropout'\n[variants.sweep]\n'remedies.dropout.hidden' = [0.1, 0.5]\n\
         [sweep.parameters]\n'train.optimizer' = ['sgd', 'adam']\n'model.hidden' = [[8]]\n",
    );
    assert_eq!(experiment.axes, ["train.optimizer", "model.hidden", "remedies.dropout.hidden"]);
    let rows: Vec<Vec<&str>> = (experiment.cells.iter())
        .map(|cell| cell.swept.iter().map(|text| text.as_deref().unwrap_or("")).collect())
        .collect();
    assert_eq!(
        rows,
        [
            ["sgd", "[8]", ""],
            ["adam", "[8]", ""],
            ["sgd", "[8]", "0.1"],
            ["adam", "[8]", "0.1"],
            ["sgd", "[8]", "0.5"],
            ["adam", "[8]", "0.5"]
        ]
    );
}

#[test]
fn false_takes_a_remedy_away_and_strength_zero_does_not_turn_it_on() {
    let experiment = experiment(
        "remedies = { weight_decay = 1e-4, dropout = { hidden = 0.5, input = 0.2 } }\n\
         [[variants]]\nname = 'both'\n[[variants]]\nname = 'one'\nremedies.weight_decay = false\n\
         [[variants]]\nname = 'input only'\nremedies.dropout = 0\n[[variants]]\nname = 'zero'\nremedies.weight_decay = 0\n\
         [[variants]]\nname = 'patient'\nremedies.early_stopping = true\n",
    );
    let on: Vec<Vec<&str>> = (experiment.cells.iter())
        .map(|cell| cell.settings.remedies.iter().map(|configured| configured.name).collect())
        .collect();
    assert_eq!(
        on,
        [
            vec!["dropout", "weight_decay"],
            vec!["dropout"],
            vec!["dropout", "weight_decay"],
            vec!["dropout"],
            vec!["dropout", "weight_decay", "early_stopping"]
        ]
    );
    assert_eq!(experiment.duplicates(), [(1, 3)]);
}

#[test]
fn an_option_changes_the_base_below_the_variants() {
    let text = "data.path = 'a.csv'\ntrain.epochs = 3\nremedies.dropout = 0.5\n\
                [[variants]]\nname = 'a'\n[[variants]]\nname = 'b'\ntrain.epochs = 4";
    let epochs = |set: &[&str]| -> Vec<usize> {
        let experiment = Lab::new("a.toml", text).load(set).unwrap();
        experiment.cells.iter().map(|cell| cell.settings.train.epochs).collect()
    };
    assert_eq!(epochs(&[]), [3, 4]);
    assert_eq!(epochs(&["train.epochs=9"]), [9, 4]);
    assert_eq!(epochs(&["train.epochs=9", "variants.1.train.epochs=5"]), [9, 5]);
    let with = Lab::new("a.toml", text).load(&["remedies.dropout.input=0.2"]).unwrap();
    assert_eq!(format!("{:?}", with.cells[0].settings.remedies[0].remedy).matches("0.5").count(), 1);
}

#[test]
fn paths_go_out_from_the_folder_of_the_config() {
    let lab = Lab::new("a.toml", "data = { path = '../x.csv', test_path = '/y.csv' }\nmodel.init.file = 'w'");
    let experiment = lab.load(&[]).unwrap();
    let settings = &experiment.cells[0].settings;
    assert_eq!(settings.data.path, lab.folder.path().join("../x.csv"));
    assert_eq!(settings.data.test_path.as_deref(), Some(std::path::Path::new("/y.csv")));
    let weights = crate::nn::Initialization::File { file: lab.folder.path().join("w") };
    assert_eq!(settings.model.init, weights);
}

//! `overfit replay` finds on a recorded curve what early stopping does while it trains.

mod support;

use std::collections::HashMap;

use support::{Results, Row, Workplace, blobs};

/// A criterion as `replay` and as a config have it.
const CRITERIA: [(&str, &str); 4] = [
    ("patience:3", "criterion = \"patience\", patience = 3"),
    ("gl:3", "criterion = \"gl\", alpha = 3"),
    ("pq:0.2:4", "criterion = \"pq\", alpha = 0.2, strip = 4"),
    ("up:1:3", "criterion = \"up\", strips = 1, strip = 3"),
];

const EPOCHS: usize = 40;

/// Trains without stopping, and once with each criterion.
fn trained() -> (Workplace, Results) {
    let workplace = Workplace::new();
    workplace.write("blobs.csv", blobs(120));
    let mut config = format!(
        "seeds = 3\n[data]\npath = \"blobs.csv\"\n[model]\nhidden = [32]\n\
         [train]\nepochs = {EPOCHS}\nlearning_rate = 0.02\n[[variants]]\nname = \"none\"\n"
    );
    for (name, keys) in CRITERIA {
        config.push_str(&format!("[[variants]]\nname = \"{name}\"\nremedies.early_stopping = {{ {keys} }}\n"));
    }
    let results = workplace.experiment("stops", &config, &[]);
    (workplace, results)
}

/// The rows of each trial of a variant, by seed.
fn rows_of<'a>(rows: &'a [Row], variant: &str) -> HashMap<&'a str, Vec<&'a Row>> {
    let mut found: HashMap<&str, Vec<&Row>> = HashMap::new();
    for row in rows.iter().filter(|row| row["variant"] == variant) {
        found.entry(&row["seed"]).or_default().push(row);
    }
    found
}

#[test]
fn a_criterion_stops_on_an_undisturbed_run_where_it_stops_a_training() {
    let (workplace, results) = trained();
    let folder = results.folder.to_str().expect("the folder of a test is text");
    let criteria = CRITERIA.iter().flat_map(|(criterion, _)| ["--criterion", criterion]);
    let arguments: Vec<&str> = ["replay", folder, "--format", "csv"].into_iter().chain(criteria).collect();
    let text = workplace.overfit(&arguments).success().stdout;
    let replays: Vec<Row> =
        csv::Reader::from_reader(text.as_bytes()).deserialize().map(|row| row.expect("our own CSV")).collect();
    let (curves, trials) = (results.curves(), results.trials());
    for (criterion, _) in CRITERIA {
        let stopped_curves = rows_of(&curves, criterion);
        let mut stops = 0;
        for replay in replays.iter().filter(|row| row["variant"] == "none" && row["criterion"] == criterion) {
            let seed = &replay["seed"];
            let trained = &stopped_curves[seed.as_str()];
            let last: usize = trained[trained.len() - 1]["epoch"].parse().expect("an epoch");
            let stop = replay["stop_epoch"].parse().ok();
            assert_eq!(stop.unwrap_or(EPOCHS), last, "{criterion}, seed {seed}");
            stops += usize::from(stop.is_some());
            assert_eq!(replay["epochs_saved"], stop.map_or(String::new(), |stop| (EPOCHS - stop).to_string()));
            let trial = trials.iter().find(|row| row["variant"] == criterion && &row["seed"] == seed).expect("a trial");
            assert_eq!(trial["best_epoch"], replay["best_epoch"], "{criterion}, seed {seed}");
            assert_eq!(trial["test_accuracy"], replay["test_accuracy"], "{criterion}, seed {seed}: what is restored");
        }
        assert!(stops > 0, "{criterion} stops nothing, and is not tried");
    }
}

#[test]
fn the_worked_example_comes_out_through_the_program() {
    let training = [1.0, 0.75, 0.6, 0.52, 0.46, 0.42, 0.39, 0.37, 0.355, 0.345];
    let validation = [1.0, 0.8, 0.7, 0.72, 0.69, 0.71, 0.73, 0.74, 0.76, 0.78];
    let mut text = "epoch,train_loss,validation_loss,test_accuracy\n".to_owned();
    for (index, (training, validation)) in training.iter().zip(validation).enumerate() {
        text.push_str(&format!("{},{training},{validation},0.{}\n", index + 1, index + 1));
    }
    let workplace = Workplace::new();
    workplace.write("curves.csv", text);
    let criteria = ["gl:2", "gl:5", "patience:3", "up:1", "pq:0.5"];
    let arguments: Vec<&str> = ["replay", "curves.csv", "--format", "csv"]
        .into_iter()
        .chain(criteria.iter().flat_map(|criterion| ["--criterion", criterion]))
        .collect();
    assert_eq!(
        workplace.overfit(&arguments).success().stdout,
        "criterion,stop_epoch,best_epoch,test_accuracy,epochs_saved\n\
         gl:2,4,3,0.3,6\ngl:5,7,5,0.5,3\npatience:3,8,5,0.5,2\nup:1,10,5,0.5,0\npq:0.5,,5,0.5,\n"
    );
    let of_all = workplace.overfit(&["replay", "curves.csv"]).success().stdout;
    for criterion in ["patience:10", "gl:5", "pq:0.5", "up:3"] {
        assert!(of_all.contains(criterion), "{criterion} is there by default: {of_all}");
    }
}

//! What is found in the data before training, and groups that stay on one side: through the program.

mod support;

use std::fmt::Write;

use support::{Workplace, read_csv};

/// 120 rows of which every one is there three times.
fn copied() -> String {
    let mut csv = "x,who,class\n".to_owned();
    for row in 0..120 {
        let kind = row % 40;
        writeln!(csv, "{}.5,p{},{}", kind * 7 % 41, kind / 2, if kind % 3 == 0 { "a" } else { "b" }).unwrap();
    }
    csv
}

const CONFIG: &str = "seeds = 1\nmodel.hidden = []\ntrain.epochs = 2\ndata.path = \"copied.csv\"\n";

#[test]
fn check_and_run_warn_and_the_folder_remembers() {
    let place = Workplace::new();
    place.write("copied.csv", copied()).write("plain.toml", CONFIG);
    let checked = place.overfit(&["check", "plain.toml"]).success();
    let is_warning = |line: &&str| line.starts_with("warning: copied.csv: ") && line.contains("also stand in training");
    assert_eq!(checked.stderr.lines().filter(is_warning).count(), 1, "{}", checked.stderr);
    assert!(checked.stdout.contains("checks          1 finding"), "{}", checked.stdout);
    let run = place.overfit(&["run", "plain.toml"]).success();
    assert_eq!(run.stderr.lines().filter(is_warning).count(), 1, "{}", run.stderr);
    let resolved = std::fs::read_to_string(place.results("plain").folder.join("experiment.toml")).unwrap();
    assert!(resolved.contains("findings = [\"duplicates: "), "{resolved}");
    let folder = place.results("plain").folder.display().to_string();
    place.overfit(&["report", &folder]).success();

    let grouped = place.overfit(&["check", "plain.toml", "--set", "data.split.group_duplicates=true"]).success();
    assert!(!grouped.stderr.contains("warning"), "{}", grouped.stderr);
    assert!(grouped.stdout.contains("checks          nothing found"), "{}", grouped.stdout);
}

#[test]
fn a_group_column_is_no_feature_and_its_mistakes_name_it() {
    let place = Workplace::new();
    place.write("copied.csv", copied()).write("grouped.toml", format!("{CONFIG}data.split.group = \"who\"\n"));
    let checked = place.overfit(&["check", "grouped.toml"]).success().stdout;
    assert!(checked.contains("1 feature column (1 numeric)"), "{checked}");
    place.overfit(&["run", "grouped.toml", "--quiet"]).success();
    assert_eq!(read_csv(&place.results("grouped").folder.join("trials.csv")).len(), 1);
    let refused = |set: &str| place.overfit(&["check", "grouped.toml", "--set", set]).code(2).stderr;
    let unknown = refused("data.split.group=whom");
    assert!(unknown.contains("data.split.group names the column 'whom'") && unknown.contains("'who'"), "{unknown}");
    let folds = refused("data.split.folds=21");
    assert!(folds.contains("data.split.folds must be at most 20, the number of groups, found 21"), "{folds}");
    let target = refused("data.target=who");
    assert!(target.contains("data.split.group names the column 'who', which is the target"), "{target}");
    place.write("copied.csv", copied().replacen("p0,", ",", 1));
    let missing = place.overfit(&["check", "grouped.toml"]).code(2).stderr;
    assert!(missing.contains("copied.csv:2: column 'who', which data.split.group names, is missing"), "{missing}");
}

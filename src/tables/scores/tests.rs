//! Tables of scores as they come, and what is wrong with some.

use super::*;
use crate::analysis::Overlap;

fn read_text(text: &str, metric: Option<&str>, resampling: Option<Resampling>) -> Result<Scores, String> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("scores.csv");
    std::fs::write(&path, text).unwrap();
    read_scores(&[path], metric, resampling)
        .map_err(|error| error.to_string().replace(&folder.path().display().to_string(), ""))
}

fn message(text: &str) -> String {
    read_text(text, None, None).err().expect("an error")
}

#[test]
fn rows_become_experiments_variants_and_scores() {
    let text = "\u{feff}experiment,variant,seed,fold,n_train,n_test,train_accuracy,test_accuracy,nonzero_parameters\n\
                a,'=x,0,0,90,10,1.0,0.5,10\na,'=x,0,1,80,20,1.0,0.75,20\na,y,0,0,90,10,,0.25,5\nb,y,3,0,50,50,0.5,nan,5\n\
                b,y,4,0,50,50,0.5,0.5,5\n";
    let scores = read_text(text, None, None).unwrap();
    assert_eq!((scores.metric.as_str(), scores.experiments.len()), ("test_accuracy", 2));
    let [a, b] = &scores.experiments[..] else { panic!("two experiments") };
    assert_eq!((a.resampling, b.resampling), (Resampling::Kfold, Resampling::Holdout));
    assert_eq!(a.overlap, Overlap::Folds { test_per_train: 40.0 / 260.0 });
    let x = a.variant("=x").unwrap();
    assert_eq!(x.test[1], Score { seed: 0, fold: 1, value: 0.75 });
    assert_eq!((x.train.len(), x.size, a.variant("y").unwrap().train.len()), (2, Some(15.0), 0));
    assert_eq!(b.variants[0].test, [Score { seed: 4, fold: 0, value: 0.5 }]);
    assert!(scores.warnings[0].ends_with("scores.csv: 1 row has no test_accuracy and is left out"));
}

#[test]
fn points_are_variants_and_trials_without_a_network_are_left_out() {
    let text = "experiment,variant,remedies.l2.lambda,seed,fold,status,test_accuracy\n\
                a,l2,0.1,0,0,ok,0.5\na,l2,0.2,0,0,stopped_early,0.6\na,l2,0.2,1,0,diverged,0.7\na,none,,0,0,ok,0.4\n";
    let scores = read_text(text, Some("accuracy"), None).unwrap();
    let names: Vec<&str> = scores.experiments[0].variants.iter().map(|variant| variant.name.as_str()).collect();
    assert_eq!(names, ["l2 remedies.l2.lambda=0.1", "l2 remedies.l2.lambda=0.2", "none"]);
    assert_eq!(scores.experiments[0].variants[1].test.len(), 1);
    assert_eq!(scores.experiments[0].resampling, Resampling::Fixed);
}

#[test]
fn folds_without_their_rows_are_one_round() {
    let text = "experiment,variant,seed,fold,test_accuracy\na,x,0,0,0.5\na,x,0,1,0.5\na,x,0,2,0.5\n";
    let scores = read_text(text, None, None).unwrap();
    assert_eq!(scores.experiments[0].overlap, Overlap::Folds { test_per_train: 0.5 });
    assert!(scores.warnings[0].contains("taken for one round of 3 folds"));
    let error = read_text(text, None, Some(Resampling::Holdout)).err().unwrap();
    assert!(error.contains("needs columns n_train and n_test to be compared by resampling holdout"), "{error}");
}

#[test]
fn what_is_wrong_is_named_with_its_place() {
    assert_eq!(
        message("experiment,seed,test_accuracy\na,0,1\n"),
        "/scores.csv must have a column \"variant\", found experiment, seed, test_accuracy"
    );
    assert_eq!(
        message("experiment,variant,seed,test_accuracy\na,x,0,0.5\na,x,one,0.5\n"),
        "/scores.csv, line 3, column seed: expected a whole number from 0, found \"one\""
    );
    assert_eq!(
        message("experiment,variant,seed,test_accuracy\na,x,0,good\n"),
        "/scores.csv, line 2, column test_accuracy: expected a number, found \"good\""
    );
    assert_eq!(
        message("experiment,variant,seed,test_accuracy\na,x,0,0.5\na,x,0,0.6\n"),
        "/scores.csv, line 3: experiment \"a\" has variant \"x\", seed 0, fold 0 already; each may stand there once"
    );
    assert_eq!(
        message("experiment,variant,seed,test_accuracy\na,x,0,\n"),
        "/scores.csv holds no score of test_accuracy"
    );
    assert_eq!(
        message("experiment,variant,seed,f1,auc\na,x,0,1,1\n"),
        "/scores.csv must have a column of scores, as \"test_accuracy\", or --metric name one; found beside the keys: f1, auc"
    );
}

#[test]
fn the_only_column_that_is_nothing_else_is_the_metric() {
    let scores = read_text("experiment,variant,seed,fold,f1\na,x,0,0,0.25\n", None, None).unwrap();
    assert_eq!((scores.metric.as_str(), scores.experiments[0].variants[0].test[0].value), ("f1", 0.25));
}

#[test]
fn semicolons_and_decimal_commas_are_read_as_a_spreadsheet_writes_them() {
    let text = "experiment;variant;seed;n_train;n_test;test_loss\na;x;0;80;20;1,5\na;x;1.0;80;20;-0,25\n";
    let scores = read_text(text, Some("loss"), None).unwrap();
    let values: Vec<f64> = scores.experiments[0].variants[0].test.iter().map(|score| score.value).collect();
    assert_eq!((values, scores.experiments[0].resampling), (vec![1.5, -0.25], Resampling::Holdout));
    assert!(message("experiment,variant,seed,test_accuracy\na,x,0,\"1,5\"\n").contains("expected a number"));
}

#[test]
fn rows_without_their_counts_take_those_of_the_others() {
    let text = "experiment,variant,seed,n_train,n_test,test_accuracy\na,x,0,80,20,0.5\na,x,1,,,0.6\na,x,2,80,,0.6\n";
    let scores = read_text(text, None, None).unwrap();
    assert_eq!(scores.experiments[0].overlap, Overlap::Resampled { test_per_train: 0.25 });
    assert_eq!(scores.warnings, ["experiment \"a\": 2 of 3 rows lack n_train or n_test: the others count for all"]);
}

#[test]
fn one_warning_speaks_of_all_experiments_that_it_holds_of() {
    let mut text = "experiment,variant,seed,fold,test_accuracy\n".to_owned();
    for experiment in ["a", "b", "c", "d", "e"] {
        text.push_str(&format!("{experiment},x,0,0,0.5\n{experiment},x,0,1,0.5\n"));
    }
    let scores = read_text(&text, None, None).unwrap();
    assert_eq!(
        scores.warnings,
        ["experiments \"a\", \"b\", \"c\" and 2 more: no columns n_train and n_test: taken for one round of 2 folds"]
    );
}

#[test]
fn seeds_with_folds_of_their_own_are_told_from_seeds_that_share_them() {
    let of = |scores: [[f64; 3]; 4]| {
        let mut text = "experiment,variant,seed,fold,n_train,n_test,test_accuracy\n".to_owned();
        for (seed, row) in scores.iter().enumerate() {
            row.iter()
                .enumerate()
                .for_each(|(fold, score)| text.push_str(&format!("a,x,{seed},{fold},60,30,{score}\n")));
        }
        let read = read_text(&text, None, None).unwrap();
        (read.experiments[0].overlap, read.warnings.len())
    };
    let shared = of([[0.9, 0.8, 0.7], [0.91, 0.79, 0.7], [0.9, 0.81, 0.72], [0.89, 0.8, 0.71]]);
    assert_eq!(shared, (Overlap::Folds { test_per_train: 0.5 }, 0));
    let own = of([[0.9, 0.8, 0.7], [0.7, 0.9, 0.8], [0.8, 0.7, 0.9], [0.75, 0.85, 0.8]]);
    assert_eq!(own, (Overlap::Resampled { test_per_train: 0.5 }, 1));
}

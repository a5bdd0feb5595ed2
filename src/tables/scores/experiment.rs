//! The scores of one experiment from its rows: what each variant has, and how its trials relate to each other.

use std::collections::{BTreeMap, BTreeSet};

use super::columns::Row;
use super::{Remarks, ScoresError};
use crate::analysis::{ExperimentScores, Overlap, Score, VariantScores, mean, share_folds};
use crate::lab::Resampling;

/// The scores of an experiment; `resampling` says how its trials relate to each other where the user knows.
pub(super) fn experiment(
    name: String,
    rows: &[Row],
    resampling: Option<Resampling>,
    remarks: &mut Remarks,
) -> Result<ExperimentScores, ScoresError> {
    let variants = variants(rows);
    let folds = rows.iter().map(|row| row.score.fold).collect::<BTreeSet<_>>().len();
    let ratio = test_per_train(&name, rows, remarks);
    let resampling = resampling.unwrap_or(match (folds, ratio) {
        (2.., _) => Resampling::Kfold,
        (_, Some(_)) => Resampling::Holdout,
        (_, None) => Resampling::Fixed,
    });
    let test_per_train = match (resampling, ratio) {
        (Resampling::Fixed, _) => None,
        (_, Some(ratio)) => Some(ratio),
        (Resampling::Kfold, None) if folds >= 2 => {
            remarks.of(&name, format!("no columns n_train and n_test: taken for one round of {folds} folds"));
            Some(1.0 / (folds - 1) as f64)
        }
        (Resampling::Kfold, None) => return Err(ScoresError::NoRows { experiment: name, resampling: "kfold" }),
        (Resampling::Holdout, None) => return Err(ScoresError::NoRows { experiment: name, resampling: "holdout" }),
    };
    let overlap = match (resampling, test_per_train) {
        (Resampling::Kfold, Some(test_per_train)) if share_folds(&variants) => Overlap::Folds { test_per_train },
        (Resampling::Kfold, Some(test_per_train)) => {
            remarks.of(
                &name,
                "scores of one fold are no more alike over the seeds than those of others: each seed is taken to have folds \
                 of its own, and each row counts"
                    .to_owned(),
            );
            Overlap::Resampled { test_per_train }
        }
        (_, Some(test_per_train)) => Overlap::Resampled { test_per_train },
        (_, None) => Overlap::None,
    };
    Ok(ExperimentScores { name, resampling, overlap, variants })
}

/// The variants in the order in which they come first.
fn variants(rows: &[Row]) -> Vec<VariantScores> {
    let mut variants: Vec<VariantScores> = Vec::new();
    let mut places = BTreeMap::new();
    let mut sizes: Vec<Vec<f64>> = Vec::new();
    for row in rows {
        let place = *places.entry(row.variant.as_str()).or_insert_with(|| {
            let variant = row.variant.clone();
            variants.push(VariantScores { name: variant, test: Vec::new(), train: Vec::new(), size: None });
            sizes.push(Vec::new());
            variants.len() - 1
        });
        variants[place].test.push(row.score);
        variants[place].train.extend(row.train.map(|value| Score { value, ..row.score }));
        sizes[place].extend(row.size);
    }
    variants.iter_mut().zip(&sizes).for_each(|(variant, sizes)| variant.size = mean(sizes));
    variants
}

/// n_test/n_train over all rows that have both; `None` where none has.
fn test_per_train(name: &str, rows: &[Row], remarks: &mut Remarks) -> Option<f64> {
    let counts: Vec<(f64, f64)> = rows.iter().filter_map(|row| row.rows).collect();
    let without = rows.len() - counts.len();
    if counts.is_empty() {
        return None;
    }
    if without > 0 {
        let text = format!("{without} of {} rows lack n_train or n_test: the others count for all", rows.len());
        remarks.of(name, text);
    }
    let (train, test): (Vec<f64>, Vec<f64>) = counts.into_iter().unzip();
    Some(test.iter().sum::<f64>() / train.iter().sum::<f64>())
}

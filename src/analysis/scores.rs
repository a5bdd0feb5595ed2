//! Scores of any origin, and how each variant stands to the baseline within one experiment.
//!
//! In: scores of stored results ([`tuned`](mod@super::tuned)), or that were made elsewhere. Out: of each [`ExperimentScores`] its
//! [`ComparedVariant`]s: mean, paired difference, verdict. What one experiment says of its data set is here, what several say
//! together in [`Across`](super::Across).

use super::pairing::{Difference, Score, paired_difference};
use super::statistics::{Overlap, mean};
use super::verdict::{Case, Judgement, judge};
use crate::lab::Resampling;

/// Scores of an experiment, which is one data set.
#[derive(Debug, Clone, PartialEq)]
pub struct ExperimentScores {
    /// Its name.
    pub name: String,
    /// How its trials relate to each other.
    pub resampling: Resampling,
    /// How far they share training rows.
    pub overlap: Overlap,
    /// Its variants, in the order in which they came.
    pub variants: Vec<VariantScores>,
}

/// Scores of a variant.
#[derive(Debug, Clone, PartialEq)]
pub struct VariantScores {
    /// Its name.
    pub name: String,
    /// The metric of each trial.
    pub test: Vec<Score>,
    /// The same metric on the training rows, where it is known.
    pub train: Vec<Score>,
    /// The mean number of parameters that are not 0, where it is known.
    pub size: Option<f64>,
}

/// A variant beside the baseline.
#[derive(Debug, Clone, PartialEq)]
pub struct ComparedVariant {
    /// Its name.
    pub name: String,
    /// Whether this is the baseline.
    pub is_baseline: bool,
    /// How many trials it has.
    pub n: usize,
    /// Their mean.
    pub mean: Option<f64>,
    /// How far it is above the baseline; `None` for the baseline and without a partner.
    pub difference: Option<Difference>,
    /// What the difference comes to.
    pub judgement: Option<Judgement>,
}

impl ExperimentScores {
    /// A variant by name.
    pub fn variant(&self, name: &str) -> Option<&VariantScores> {
        self.variants.iter().find(|variant| variant.name == name)
    }

    /// Each variant beside the one called `baseline`; differences up to `rope` are taken for none.
    pub fn compare(&self, baseline: &str, rope: f64, lower_is_better: bool) -> Vec<ComparedVariant> {
        let partner = self.variant(baseline);
        let case = |variant: &VariantScores| {
            let partner = partner.filter(|partner| partner.name != variant.name)?;
            Some(Case {
                test: paired_difference(&variant.test, &partner.test, self.overlap)?,
                train: paired_difference(&variant.train, &partner.train, self.overlap),
                size: variant.size.zip(partner.size).map(|(own, other)| own / other),
            })
        };
        let cases: Vec<Option<Case>> = self.variants.iter().map(case).collect();
        let judged = judge(&cases, self.overlap, rope, lower_is_better);
        let rows = self.variants.iter().zip(cases.iter().zip(judged));
        rows.map(|(variant, (case, judgement))| ComparedVariant {
            name: variant.name.clone(),
            is_baseline: variant.name == baseline,
            n: variant.test.len(),
            mean: mean(&variant.test.iter().map(|score| score.value).collect::<Vec<_>>()),
            difference: case.map(|case| case.test),
            judgement,
        })
        .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::super::verdict::{ROPE, Verdict};
    use super::*;

    #[test]
    fn a_variant_is_compared_with_the_baseline_seed_by_seed() {
        let variant = |name: &str, values: [f64; 2]| VariantScores {
            name: name.to_owned(),
            test: (0..).zip(values).map(|(seed, value)| Score { seed, fold: 0, value }).collect(),
            train: Vec::new(),
            size: None,
        };
        let scores = ExperimentScores {
            name: "toy".to_owned(),
            resampling: Resampling::Holdout,
            overlap: Overlap::Resampled { test_per_train: 0.25 },
            variants: vec![variant("none", [0.7, 0.8]), variant("dropout", [0.8, 0.84])],
        };
        let compared = scores.compare("none", ROPE, false);
        assert_eq!((compared[0].is_baseline, compared[0].difference, compared[0].n), (true, None, 2));
        assert!((compared[1].difference.unwrap().mean - 0.07).abs() < 1e-15);
        assert!(matches!(compared[1].judgement.unwrap().verdict, Verdict::CantTell(_)));
    }
}

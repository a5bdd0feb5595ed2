//! Whether the network is as sure as it is right.

use super::super::Interrupted;
use super::probe::{Probe, to_predictions};
use super::score::{predicted, score};
use super::{Entry, Measurement, Subject};
use crate::data::Task;

pub(super) const ENTRY: Entry = Entry {
    names: &["calibration_error"],
    key: None,
    idea: "expected calibration error of a classification: sum over 15 equal bins of the predicted class's probability of \
           (share of the rows) * |accuracy - mean probability|",
    is_time: false,
    measure,
};

/// Bins of equal width (Guo et al., On calibration of modern neural networks, ICML 2017).
const BINS: usize = 15;

fn measure(subject: &Subject<'_>) -> Result<Vec<Measurement>, Interrupted> {
    let (data, test) = (subject.data, &subject.data.test);
    if data.task() == Task::Regression || test.rows.is_empty() {
        return Ok(Vec::new());
    }
    let mut bins = Bins::default();
    Probe::new(subject).run(
        test.rows.len(),
        |row, values| data.encode(test.rows[row], values),
        |row, outputs| {
            to_predictions(subject.recipe.loss, outputs);
            bins.add(outputs[predicted(outputs)], score(&test.targets, row, outputs));
        },
    )?;
    Ok(vec![Measurement::of("calibration_error", bins.error())])
}

/// What fell into each bin: rows, Σ probability, Σ hits. Bin b holds probabilities in (b/15, (b + 1)/15].
#[derive(Default)]
struct Bins([(f64, f64, f64); BINS]);

impl Bins {
    fn add(&mut self, probability: f64, hit: f64) {
        // A probability that is not a number comes into the first bin, and makes the error none.
        let bin = (libm::ceil(probability * BINS as f64) as usize).clamp(1, BINS) - 1;
        let (rows, confidence, hits) = &mut self.0[bin];
        *rows += 1.0;
        *confidence += probability;
        *hits += hit;
    }

    /// Σ (rows/all)·|hits/rows − confidence/rows|
    fn error(&self) -> f64 {
        let all: f64 = self.0.iter().map(|(rows, ..)| rows).sum();
        self.0.iter().map(|(_, confidence, hits)| (hits - confidence).abs()).sum::<f64>() / all
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::fixtures::Case;
    use super::*;

    fn error(rows: &[(f64, f64)]) -> f64 {
        let mut bins = Bins::default();
        rows.iter().for_each(|&(probability, hit)| bins.add(probability, hit));
        bins.error()
    }

    #[test]
    fn an_error_worked_by_hand() {
        // Bin (.6, .6667]: .62 and .64, one of them right: |.5 − .63|·2/4. Bin (.9333, 1]: .95 and 1, both right: |1 − .975|·2/4.
        let found = error(&[(0.62, 1.0), (0.64, 0.0), (0.95, 1.0), (1.0, 1.0)]);
        assert!((found - (0.13 * 0.5 + 0.025 * 0.5)).abs() < 1e-12, "{found}");
        assert!(error(&[(f64::NAN, 0.0)]).is_nan());
    }

    #[test]
    fn an_edge_belongs_to_the_bin_below() {
        // 0.6 = 9/15 lies with 0.59, not with 0.61: apart they would make .5·|1 − .6| + .5·|0 − .61|.
        let together = error(&[(9.0 / 15.0, 1.0), (0.59, 0.0)]);
        assert!((together - (0.5 - (0.6 + 0.59) / 2.0f64).abs()).abs() < 1e-12, "{together}");
    }

    #[test]
    fn of_a_network_that_says_half_for_two_classes_it_is_the_distance_of_the_accuracy_from_half() {
        let mut case = Case::classification();
        case.outcome.ensemble.members[0].layers[1].weights.fill(0.0);
        case.outcome.ensemble.members[0].layers[1].bias.fill(0.0);
        // All is predicted to be the first class, which 2 of the 4 test rows are.
        assert_eq!(measure(&case.subject()), Ok(vec![Measurement::of("calibration_error", 0.0)]));
        assert_eq!(measure(&Case::regression().subject()), Ok(vec![]), "a regression has none");
    }

    proptest! {
        #[test]
        fn it_is_what_the_formula_says_bin_by_bin(
            rows in prop::collection::vec((0.01..=1.0f64, any::<bool>()), 1..60),
        ) {
            let rows: Vec<(f64, f64)> = rows.into_iter().map(|(p, hit)| (p, f64::from(u8::from(hit)))).collect();
            let mut direct = 0.0;
            for bin in 0..15 {
                let (low, high) = (f64::from(bin) / 15.0, f64::from(bin + 1) / 15.0);
                let of_bin: Vec<_> = rows.iter().filter(|(p, _)| *p > low && *p <= high).collect();
                if !of_bin.is_empty() {
                    let n = of_bin.len() as f64;
                    let confidence = of_bin.iter().map(|(p, _)| p).sum::<f64>() / n;
                    let accuracy = of_bin.iter().map(|(_, hit)| hit).sum::<f64>() / n;
                    direct += n / rows.len() as f64 * (accuracy - confidence).abs();
                }
            }
            prop_assert!((error(&rows) - direct).abs() < 1e-9);
            prop_assert!((0.0..=1.0).contains(&direct));
            let mut reversed = rows.clone();
            reversed.reverse();
            prop_assert!((error(&reversed) - direct).abs() < 1e-9, "the order of the rows does not matter");
        }
    }
}

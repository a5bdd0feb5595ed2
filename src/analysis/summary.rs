//! What each variant reached at each point, and how far that is from the baseline.
//!
//! In: [`Results`], read once, record by record. Out: a [`Summary`] with one [`CellSummary`] per cell of the plan. Only
//! trials that ended with a network count; those that diverged or failed are counted apart. Figures are those of the chosen
//! epoch. The average rank of a test figure describes the trials that were run, and chooses none.

use std::collections::BTreeMap;

use super::diagnosis::{Diagnosis, MajorityDiagnosis};
use super::figures::{chosen_names, lower_is_better};
use super::outcomes::{Outcome, Outcomes, collect, overlap};
use super::pairing::{Difference, Score, paired_difference};
use super::ranks::{average_ranks, blocks};
use super::selection::{ChosenBy, Selected, has_choice, select};
use super::statistics::{Estimate, Overlap, mean};
use super::verdict::{Case, Judgement, ROPE, judge};
use crate::lab::{CellKey, Results, StoreError};

/// The figures of an experiment.
#[derive(Debug, Clone, PartialEq)]
pub struct Summary {
    /// The names of the figures in [`CellSummary::measures`].
    pub measures: Vec<String>,
    /// The figure that differences are of: `test_accuracy`, `test_r2` or another that was chosen.
    pub metric: String,
    /// How the intervals were widened for overlapping training sets.
    pub overlap: Overlap,
    /// Differences up to this size are taken for none.
    pub rope: f64,
    /// One per cell of the plan, in its order.
    pub cells: Vec<CellSummary>,
    /// Each variant at the points that validation figures choose; none where there is nothing to choose, or to choose by.
    pub selected: Vec<Selected>,
    /// The same by test figures, where that was asked for.
    pub oracle: Option<Vec<Selected>>,
    /// Whether there are points to choose among and no validation figure to choose by.
    pub is_untuned: bool,
    /// How many planned trials are not stored.
    pub missing: usize,
    /// What the curve of each stored trial says, in the order of the plan; `None` of one that crashed.
    pub diagnoses: Vec<Option<Diagnosis>>,
}

/// What a comparison is asked for beside the results.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Terms {
    /// Differences up to this size, in the metric's unit, are taken for none.
    pub rope: f64,
    /// Whether points are chosen by test figures too.
    pub oracle: bool,
}

impl Default for Terms {
    /// Differences up to [`ROPE`] are of no practical interest, and nobody looks at the test rows.
    fn default() -> Self {
        Self { rope: ROPE, oracle: false }
    }
}

/// What a variant reached at a point.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct CellSummary {
    /// How many trials count.
    pub n: usize,
    /// One estimate per name of [`Summary::measures`].
    pub measures: Vec<Estimate>,
    /// How far it is above the baseline at the same shared values, paired by seed and fold; `None` for the baseline
    /// itself, and where the baseline has several points of its own to compare with.
    pub difference: Option<Difference>,
    /// What the difference comes to, beside all others of the table.
    pub judgement: Option<Judgement>,
    /// Its rank by the test figure among the cells of the same shared values, 1 for the best, within each seed and fold that
    /// all of them have, and averaged over these.
    pub rank: Option<f64>,
    /// Whether this is the baseline.
    pub is_baseline: bool,
    /// What the curves of most trials say; `None` where none was diagnosed.
    pub diagnosis: Option<MajorityDiagnosis>,
    /// The mean epoch of the lowest monitored validation value.
    pub best_epoch: Option<f64>,
    /// The mean epoch that the figures are of.
    pub chosen_epoch: Option<f64>,
    /// The mean number of weights and biases at the chosen epoch.
    pub parameters: Option<f64>,
    /// The mean number of those that are not 0.
    pub nonzero_parameters: Option<f64>,
    /// The mean share of weights that are gone or 0.
    pub sparsity: Option<f64>,
    /// How many trials diverged.
    pub diverged: usize,
    /// How many trials failed.
    pub failed: usize,
    /// How many trials are not stored.
    pub missing: usize,
}

impl Summary {
    /// Reads all stored trials once.
    ///
    /// # Errors
    /// If a record cannot be read.
    pub fn of(results: &Results, terms: Terms) -> Result<Self, StoreError> {
        let Terms { rope, oracle } = terms;
        let outcomes = collect(results)?;
        let overlap = overlap(results.resampling, &outcomes);
        let mut cells: Vec<CellSummary> = outcomes.iter().map(|cell| summarise(cell, overlap)).collect();
        let metric = format!("test_{}", results.metric());
        let measures = chosen_names(results);
        let column = |name: &str| measures.iter().position(|measure| measure == name).unwrap_or_default();
        let (test, train) = (column(&metric), column(&format!("train_{}", results.metric())));
        let baselines = baselines(results);
        let mut cases = Vec::new();
        for (cell, key) in results.cells.iter().enumerate() {
            let baseline = baselines[cell];
            let difference = |column: usize| {
                paired_difference(&outcomes[cell].scores(column), &outcomes[baseline?].scores(column), overlap)
            };
            let size = || Some(cells[cell].nonzero_parameters? / cells[baseline?].nonzero_parameters?);
            let case = difference(test).map(|found| Case { test: found, train: difference(train), size: size() });
            cells[cell].is_baseline = key.variant == results.baseline;
            cells[cell].difference = case.map(|case| case.test);
            cases.push(case);
        }
        let judged = judge(&cases, overlap, rope, lower_is_better(&metric));
        let ranks = ranks_of(results, &outcomes, test, lower_is_better(&metric));
        for (cell, (judgement, rank)) in cells.iter_mut().zip(judged.into_iter().zip(ranks)) {
            (cell.judgement, cell.rank) = (judgement, rank);
        }
        for trial in results.trials.iter().filter(|trial| !results.store.contains(&trial.id)) {
            cells[trial.cell].missing += 1;
        }
        let select = |chosen_by| select(results, &outcomes, chosen_by, overlap, rope);
        let selected = select(ChosenBy::Validation);
        let oracle = oracle.then(|| select(ChosenBy::Oracle));
        let is_any_counted = cells.iter().any(|cell| cell.n > 0);
        let is_untuned = selected.is_empty() && is_any_counted && has_choice(results);
        let missing = cells.iter().map(|cell| cell.missing).sum();
        let diagnoses = in_the_order_of_the_plan(&outcomes);
        Ok(Self { measures, metric, overlap, rope, missing, diagnoses, cells, selected, oracle, is_untuned })
    }

    /// The estimate of a figure in a cell, by name.
    pub fn estimate(&self, cell: usize, measure: &str) -> Estimate {
        self.estimate_in(&self.cells[cell].measures, measure)
    }

    /// The estimate of a figure among those of a cell or of a variant that was tuned, by name.
    pub fn estimate_in(&self, estimates: &[Estimate], measure: &str) -> Estimate {
        let column = self.measures.iter().position(|name| name == measure);
        column.and_then(|column| estimates.get(column).copied()).unwrap_or_default()
    }
}

/// What the curve of each stored trial says, in the order of the plan; `None` of one that crashed. Of results that are
/// [compared](Results::compared), the summary has it.
///
/// # Errors
/// If a record cannot be read.
pub fn trial_diagnoses(results: &Results) -> Result<Vec<Option<Diagnosis>>, StoreError> {
    Ok(in_the_order_of_the_plan(&collect(results)?))
}

fn in_the_order_of_the_plan(outcomes: &[Outcomes]) -> Vec<Option<Diagnosis>> {
    let curves = || outcomes.iter().flat_map(|cell| &cell.curves);
    let mut diagnoses = vec![None; curves().map(|curve| curve.place + 1).max().unwrap_or(0)];
    curves().for_each(|curve| diagnoses[curve.place] = Some(curve.finding.diagnosis));
    diagnoses
}

fn summarise(outcomes: &Outcomes, overlap: Overlap) -> CellSummary {
    let measures = outcomes.counted.first().map_or(0, |outcome| outcome.figures.count());
    let mean_of =
        |figure: fn(&Outcome) -> Option<f64>| mean(&outcomes.counted.iter().filter_map(figure).collect::<Vec<_>>());
    CellSummary {
        n: outcomes.counted.len(),
        measures: (0..measures).map(|column| Estimate::of(&outcomes.scores(column), overlap)).collect(),
        best_epoch: mean_of(|outcome| outcome.best_epoch),
        chosen_epoch: mean_of(|outcome| outcome.chosen_epoch),
        parameters: mean_of(|outcome| outcome.parameters),
        nonzero_parameters: mean_of(|outcome| Some(outcome.nonzero_parameters)),
        sparsity: mean_of(|outcome| outcome.sparsity),
        diagnosis: MajorityDiagnosis::of(&outcomes.curves),
        diverged: outcomes.diverged,
        failed: outcomes.failed,
        ..CellSummary::default()
    }
}

/// The cell that each cell is compared with: the only one of the baseline with the same shared values and test rows.
fn baselines(results: &Results) -> Vec<Option<usize>> {
    // `None` where there are several.
    let mut only: BTreeMap<(usize, &str), Option<usize>> = BTreeMap::new();
    for (cell, key) in results.cells.iter().enumerate().filter(|(_, key)| key.variant == results.baseline) {
        only.entry((key.shared_point, &key.split)).and_modify(|found| *found = None).or_insert(Some(cell));
    }
    let baseline = |key: &CellKey| match key.variant == results.baseline {
        true => None,
        false => only.get(&(key.shared_point, &*key.split)).copied().flatten(),
    };
    results.cells.iter().map(baseline).collect()
}

/// The average rank of each cell by its test figure. Cells without any figure have none, and stand in nobody's way.
fn ranks_of(results: &Results, outcomes: &[Outcomes], test: usize, lower_is_better: bool) -> Vec<Option<f64>> {
    let mut groups: BTreeMap<(usize, &str), Vec<usize>> = BTreeMap::new();
    for (cell, key) in results.cells.iter().enumerate().filter(|&(cell, _)| !outcomes[cell].counted.is_empty()) {
        groups.entry((key.shared_point, &key.split)).or_default().push(cell);
    }
    let mut ranks = vec![None; outcomes.len()];
    for cells in groups.values() {
        let scores: Vec<Vec<Score>> = cells.iter().map(|&cell| outcomes[cell].scores(test)).collect();
        for (&cell, rank) in cells.iter().zip(average_ranks(&blocks(&scores), lower_is_better)) {
            ranks[cell] = Some(rank);
        }
    }
    ranks
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::Verdict;
    use crate::lab::{CellKey, Record, Resampling, Status, example_record, example_results};

    /// The example's record with this test accuracy at the chosen epoch.
    fn scoring(test_accuracy: f64) -> Record {
        let mut record = example_record("");
        record.curve.test[1][1] = test_accuracy;
        record
    }

    #[test]
    fn gives_mean_spread_and_paired_difference_by_hand() {
        let accuracies = [[0.7, 0.8], [0.8, 0.84]];
        let (_folder, results) = example_results(|cell, seed| Some(scoring(accuracies[cell][seed as usize])));
        let summary = Summary::of(&results, Terms::default()).unwrap();
        let baseline = summary.estimate(0, "test_accuracy");
        assert!((baseline.mean.unwrap() - 0.75).abs() < 1e-15);
        assert!((baseline.sd.unwrap() - 0.005_f64.sqrt()).abs() < 1e-15);
        assert!((summary.estimate(0, "gap").mean.unwrap() - 0.25).abs() < 1e-15);
        assert_eq!((summary.cells[0].difference, summary.cells[0].is_baseline), (None, true));
        assert_eq!((summary.cells[0].rank, summary.cells[1].rank), (Some(2.0), Some(1.0)));
        // Differences .1 and .04: s = .06/√2; test 20, outside 80: √(1/2 + 1/4)·s·12.7062.
        let difference = summary.cells[1].difference.unwrap();
        assert_eq!((difference.pairs, summary.metric.as_str()), (2, "test_accuracy"));
        assert!((difference.mean - 0.07).abs() < 1e-15);
        let half = 12.706_204_736 * (0.75_f64).sqrt() * 0.06 / 2.0_f64.sqrt();
        assert!((difference.interval.unwrap().high - (0.07 + half)).abs() < 1e-9);
        // t = .07/(√.75·.06/√2) = 1.90516 with one degree of freedom: p = 1 − 2/π·atan(t).
        assert!((difference.p_value.unwrap() - 0.307_717_349_453).abs() < 1e-9, "{difference:?}");
        let judgement = summary.cells[1].judgement.unwrap();
        assert_eq!(judgement.p_adjusted, difference.p_value);
        assert!(matches!(judgement.verdict, Verdict::CantTell(_)));
    }

    #[test]
    fn a_smaller_network_of_the_same_accuracy_is_told_from_the_parameters_that_are_left() {
        let (_folder, results) = example_results(|cell, seed| {
            let mut record = scoring([[0.8, 0.81], [0.8001, 0.81]][cell][seed as usize]);
            record.nonzero_parameters = [10, 6][cell];
            Some(record)
        });
        let verdict = |rope| {
            Summary::of(&results, Terms { rope, ..Terms::default() }).unwrap().cells[1].judgement.unwrap().verdict
        };
        assert_eq!(verdict(0.01), Verdict::SameSmaller);
        assert!(matches!(verdict(0.0001), Verdict::CantTell(_)));
    }

    #[test]
    fn the_seeds_of_one_fold_are_one_resample() {
        let accuracies = [[0.7, 0.8], [0.8, 0.84]];
        let (_folder, mut results) = example_results(|cell, seed| Some(scoring(accuracies[cell][seed as usize])));
        results.resampling = Resampling::Kfold;
        let summary = Summary::of(&results, Terms::default()).unwrap();
        let difference = summary.cells[1].difference.unwrap();
        assert_eq!((difference.pairs, difference.resamples, difference.interval), (2, 1, None));
        assert_eq!(summary.overlap, Overlap::Folds { test_per_train: 0.25 });
    }

    #[test]
    fn on_a_fixed_test_set_the_interval_is_the_plain_one() {
        let accuracies = [[0.7, 0.8], [0.8, 0.84]];
        let (_folder, mut results) = example_results(|cell, seed| Some(scoring(accuracies[cell][seed as usize])));
        results.resampling = Resampling::Fixed;
        let difference = Summary::of(&results, Terms::default()).unwrap().cells[1].difference.unwrap();
        assert!((difference.interval.unwrap().high - (0.07 + 12.706_204_736 * 0.03)).abs() < 1e-9);
    }

    #[test]
    fn trials_without_a_network_are_counted_apart() {
        let (_folder, results) = example_results(|cell, seed| match (cell, seed) {
            (1, 0) => Some(Record { status: Status::Diverged, ..scoring(0.1) }),
            (1, 1) => Some(Record { status: Status::Failed, ..scoring(0.1) }),
            (0, 1) => None,
            _ => Some(scoring(0.8)),
        });
        let summary = Summary::of(&results, Terms::default()).unwrap();
        let [baseline, other] = &summary.cells[..] else { panic!("two cells") };
        assert_eq!((baseline.n, baseline.missing, baseline.diverged), (1, 1, 0));
        assert_eq!((other.n, other.diverged, other.failed, other.difference), (0, 1, 1, None));
        assert_eq!(summary.missing, 1);
    }

    #[test]
    fn a_baseline_with_points_of_its_own_is_nobodys_partner() {
        let (_folder, mut results) = example_results(|_, _| Some(scoring(0.8)));
        results.cells.push(CellKey {
            variant: 0,
            swept: vec![Some("0.1".to_owned())],
            shared_point: 0,
            split: "".into(),
        });
        assert_eq!(Summary::of(&results, Terms::default()).unwrap().cells[1].difference, None);
    }

    #[test]
    fn size_is_that_of_the_chosen_epoch() {
        let mut record = scoring(0.8);
        record.curve.parameters = vec![10, 4];
        record.curve.sparsity = vec![0.0, 0.6];
        record.nonzero_parameters = 4;
        let (_folder, results) = example_results(|_, _| Some(record.clone()));
        let cell = &Summary::of(&results, Terms::default()).unwrap().cells[0];
        assert_eq!((cell.parameters, cell.nonzero_parameters, cell.sparsity), (Some(4.0), Some(4.0), Some(0.6)));
        assert_eq!((cell.best_epoch, cell.chosen_epoch), (Some(1.0), Some(1.0)));
    }
}

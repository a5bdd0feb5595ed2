//! Successive halving: which trials of a plan are run, rung by rung.
//!
//! In: the rungs of each variant, all trials that might be run, and the store. Out: the trials that are decided so far. In
//! each seed and fold by itself the points of a rung are ranked by their validation figures; the best go on to the next rung.
//! What is decided depends on stored results alone: not on the order in which they came, and on no test figure.

use std::cmp::Ordering;
use std::collections::hash_map::Entry;
use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};

use super::record::{Part, Record};
use super::store::{Store, StoreError};
use crate::experiment::{Experiment, Rung, Trial, TrialId};
use crate::metric::Metric;

/// The plan of an experiment under halving.
#[derive(Debug, Clone)]
pub struct Halving {
    /// The rungs of each variant.
    rungs: Vec<Vec<Rung>>,
    /// The cell of each variant, point and rung.
    cells: Vec<Vec<Vec<usize>>>,
    /// Whether a cell is on its variant's last rung.
    is_last: Vec<bool>,
    /// Epochs of each cell.
    epochs: Vec<u64>,
    /// Every trial that might be run, in the order of the plan: cell by cell.
    possible: Vec<Trial>,
    /// The place of the first trial of each cell.
    first: Vec<usize>,
    /// The figure that points are ranked by.
    metric: Metric,
    /// What was read of trials that are done: there may be many, and each rung asks for all below it again.
    merits: Arc<Mutex<HashMap<TrialId, Option<Merit>>>>,
}

/// What is ranked together: the points of a variant in a seed and fold.
#[derive(Clone, Copy)]
struct Group<'a> {
    rungs: &'a [Rung],
    /// The cells of each point, rung by rung.
    points: &'a [Vec<usize>],
    /// The number of its trial among those of each cell.
    number: usize,
}

/// What is decided of a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decided {
    /// The trials that are run, by their places among all that might be, in the order of the plan.
    pub places: Vec<usize>,
    /// How many more there will be, once the results of these are known.
    pub to_come: usize,
    /// How many of those to come are done already, as far as can be told: after a record of an earlier rung was lost.
    pub ahead: usize,
}

/// What a trial is judged by: figures of the validation rows alone, at the chosen epoch.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Merit {
    /// The metric, with its sign turned where less of it is better: larger is better.
    metric: f64,
    /// Smaller is better.
    loss: f64,
}

impl Halving {
    /// The plan of an experiment, if it is one of halving, whose points are ranked by `metric`.
    pub fn of(experiment: &Experiment, possible: &[Trial], metric: Metric) -> Option<Self> {
        if !experiment.is_sequential() {
            return None;
        }
        let mut cells: Vec<Vec<Vec<usize>>> = experiment.variants.iter().map(|_| Vec::new()).collect();
        for (index, cell) in experiment.cells.iter().enumerate() {
            let points = &mut cells[cell.variant];
            if points.len() <= cell.point {
                points.push(Vec::new());
            }
            points[cell.point].push(index);
        }
        let mut first = vec![0; experiment.cells.len()];
        for (place, trial) in possible.iter().enumerate().rev() {
            first[trial.cell] = place;
        }
        Some(Self {
            first,
            metric,
            merits: Arc::default(),
            rungs: experiment.rungs.clone(),
            cells,
            is_last: experiment.cells.iter().map(|cell| experiment.is_last_rung(cell)).collect(),
            epochs: experiment.cells.iter().map(|cell| cell.settings.train.epochs as u64).collect(),
            possible: possible.to_vec(),
        })
    }

    /// The trial at a place among all that might be run.
    pub fn trial(&self, place: usize) -> &Trial {
        &self.possible[place]
    }

    /// How many trials there will be in the end; equal ones are counted as often as they stand in the plan.
    pub fn count(&self) -> usize {
        self.groups().map(|group| group.rungs.iter().map(|rung| rung.points).sum::<usize>()).sum()
    }

    /// The epochs of these trials together, as a share of those of all points in full.
    pub fn share(&self) -> f64 {
        let epochs = |rungs: &[Rung]| rungs.iter().map(|rung| rung.epochs * rung.points as u64).sum::<u64>();
        let in_full = |group: Group<'_>| group.rungs.last().map_or(0, |last| last.epochs) * group.points.len() as u64;
        let spent: u64 = self.groups().map(|group| epochs(group.rungs)).sum();
        spent as f64 / self.groups().map(in_full).sum::<u64>().max(1) as f64
    }

    /// The groups in which points are compared: variant by variant, each seed and fold.
    fn groups(&self) -> impl Iterator<Item = Group<'_>> {
        self.rungs.iter().zip(&self.cells).flat_map(|(rungs, points)| {
            let cell = points.first().and_then(|cells| cells.first().copied());
            let begin = cell.map_or(self.possible.len(), |cell| self.first[cell]);
            // All cells have the same seeds, and those of a variant the same folds: no key of the data is swept.
            let trials = self.possible[begin..].iter().take_while(move |trial| Some(trial.cell) == cell).count();
            (0..trials).map(move |number| Group { rungs, points, number })
        })
    }

    /// Whether the figures of a cell are compared.
    pub fn is_last_rung(&self, cell: usize) -> bool {
        self.is_last[cell]
    }

    /// The rungs of each variant.
    pub fn rungs(&self) -> &[Vec<Rung>] {
        &self.rungs
    }

    /// The trials that are run as far as is known from the trials that are `done`.
    ///
    /// # Errors
    /// If a record cannot be read.
    pub fn decide(&self, store: &Store, done: impl Fn(&str) -> bool) -> Result<Decided, StoreError> {
        let mut merits = self.merits.lock().unwrap_or_else(PoisonError::into_inner);
        let mut chosen = BTreeSet::new();
        let (mut to_come, mut ahead) = (0, 0);
        for group in self.groups() {
            let on = |point: usize, rung: usize| self.first[group.points[point][rung]] + group.number;
            let mut left: Vec<usize> = (0..group.points.len()).collect();
            for rung in 0..group.rungs.len() {
                chosen.extend(left.iter().map(|&point| on(point, rung)));
                let Some(next) = group.rungs.get(rung + 1) else { break };
                let ids: Vec<TrialId> = left.iter().map(|&point| self.possible[on(point, rung)].id).collect();
                if !ids.iter().all(|id| done(&id.to_string())) {
                    for (later, Rung { points, .. }) in group.rungs.iter().enumerate().skip(rung + 1) {
                        let is_done = |point: &usize| done(&self.possible[on(*point, later)].id.to_string());
                        to_come += points;
                        ahead += (0..group.points.len()).filter(is_done).count().min(*points);
                    }
                    break;
                }
                let mut merit_of = |id: &TrialId| match merits.entry(*id) {
                    Entry::Occupied(known) => Ok(*known.get()),
                    Entry::Vacant(unknown) => Ok(*unknown.insert(merit(&store.get(&id.to_string())?, self.metric))),
                };
                let of_rung = ids.iter().map(&mut merit_of).collect::<Result<Vec<_>, StoreError>>()?;
                left = best(&left, &of_rung, next.points);
            }
        }
        Ok(Decided { places: chosen.into_iter().collect(), to_come, ahead })
    }

    /// The epochs that all points in full would take as planned; equal trials are trained once.
    pub fn epochs_in_full(&self) -> u64 {
        let mut seen = HashSet::new();
        let last = self.possible.iter().filter(|trial| self.is_last[trial.cell] && seen.insert(trial.id));
        last.map(|trial| self.epochs[trial.cell]).sum()
    }
}

/// Nothing of a trial that ended without a network, or without validation figures.
fn merit(record: &Record, metric: Metric) -> Option<Merit> {
    let epoch = record.chosen_epoch.filter(|_| record.status.has_figures())?;
    let figure = |metric: Metric| record.value(Part::Validation, metric.name(), epoch);
    let value = figure(metric)?;
    let metric = if metric.lower_is_better() { -value } else { value };
    Some(Merit { metric, loss: figure(Metric::Loss).unwrap_or(f64::INFINITY) })
}

/// The best `count` of the points, in the order of the plan: by metric, then by loss, then the first; those without figures
/// come last.
fn best(points: &[usize], merits: &[Option<Merit>], count: usize) -> Vec<usize> {
    let mut ranked: Vec<(usize, Option<Merit>)> = points.iter().copied().zip(merits.iter().copied()).collect();
    ranked.sort_by(|(_, a), (_, b)| match (a, b) {
        (Some(a), Some(b)) => b.metric.total_cmp(&a.metric).then(a.loss.total_cmp(&b.loss)),
        (Some(_), None) => Ordering::Less,
        (None, Some(_)) => Ordering::Greater,
        (None, None) => Ordering::Equal,
    });
    let mut left: Vec<usize> = ranked.into_iter().take(count).map(|(point, _)| point).collect();
    left.sort_unstable();
    left
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lab::{Status, example_record};

    fn some(metric: f64, loss: f64) -> Option<Merit> {
        Some(Merit { metric, loss })
    }

    #[test]
    fn the_best_go_on_by_metric_then_loss_then_order() {
        let merits = [some(0.8, 0.5), some(0.9, 0.7), some(0.9, 0.6), None, some(0.8, 0.5)];
        assert_eq!(best(&[0, 1, 2, 3, 4], &merits, 1), [2]);
        assert_eq!(best(&[0, 1, 2, 3, 4], &merits, 2), [1, 2]);
        assert_eq!(best(&[0, 1, 2, 3, 4], &merits, 3), [0, 1, 2]);
        assert_eq!(best(&[3, 7], &[None, None], 1), [3]);
    }

    #[test]
    fn a_trial_is_judged_by_validation_figures_of_its_chosen_epoch() {
        let mut record = example_record("");
        let merit = |record: &Record| super::merit(record, Metric::Accuracy);
        assert_eq!(merit(&record), some(0.75, 0.3));
        assert_eq!(super::merit(&record, Metric::Loss), some(-0.3, 0.3), "a smaller loss is better");
        assert_eq!(super::merit(&record, Metric::Auc), None, "it was not measured");
        record.curve.test.iter_mut().flatten().for_each(|figure| *figure = 0.0);
        record.curve.train.iter_mut().flatten().for_each(|figure| *figure = 0.0);
        assert_eq!(merit(&record), some(0.75, 0.3), "nothing else is looked at");
        record.status = Status::Diverged;
        assert_eq!(merit(&record), None);
    }
}

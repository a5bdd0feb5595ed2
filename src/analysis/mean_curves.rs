//! What charts and wide tables draw of each cell: the mean of every figure epoch by epoch, and of every measure place by place.
//!
//! In: [`Results`], of which the records of the wanted cells are read once, one at a time. Out: [`MeanCurves`]. Memory is
//! proportional to cells x epochs, however many trials there are.
//!
//! Only trials that ended with a network count, as everywhere; a cell of which none did has the curves of those that diverged,
//! as far as they are finite, and says so. Trials may end at different epochs: a mean is taken over those that reached the
//! epoch, and the curve ends where fewer than half of the trials are left, for what a few late ones do is not what the cell does.

use super::diagnosis::median;
use super::figures::{Figures, measure_names};
use crate::lab::{Measurement, Record, Results, Status, StoreError};

/// The mean of a figure over trials, and how far they scatter.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Spread {
    /// How many trials have the figure.
    pub n: usize,
    /// Their mean.
    pub mean: f64,
    /// The sum of the squared distances from it.
    squares: f64,
}

/// The curves of some cells.
#[derive(Debug, Clone, PartialEq)]
pub struct MeanCurves {
    /// The names of the figures: those of every row of `curves.csv`, then `sparsity`.
    pub figures: Vec<String>,
    /// The cells, in the order in which they were asked for.
    pub cells: Vec<CellCurves>,
}

/// The curves of a cell.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct CellCurves {
    /// Its place among the cells of the plan.
    pub cell: usize,
    /// Of how many trials they are.
    pub trials: usize,
    /// Whether these diverged, since no trial of the cell ended with a network.
    pub is_diverged: bool,
    /// The epochs, from 0 on.
    pub epochs: Vec<u32>,
    /// For each name of [`MeanCurves::figures`] one value per epoch; `None` where no trial has the figure.
    pub figures: Vec<Vec<Option<Spread>>>,
    /// The median epoch of the lowest monitored validation value.
    pub best_epoch: Option<f64>,
    /// The median epoch of the lowest validation loss, after which the network overfits.
    pub onset_epoch: Option<f64>,
    /// The median epoch that the figures of tables are of.
    pub chosen_epoch: Option<f64>,
    /// What was measured on the final networks, without what is about single layers, in the order in which it was found.
    pub measured: Vec<MeasuredSeries>,
}

/// A measure of a cell.
#[derive(Debug, Clone, PartialEq)]
pub struct MeasuredSeries {
    /// Its name.
    pub measure: String,
    /// Where it was taken, ascending, and what it was there; a single pair with 0 where it is about no place.
    pub places: Vec<(f64, Spread)>,
}

impl Spread {
    /// The standard deviation of a sample (n − 1); `None` of fewer than two trials.
    pub fn sd(self) -> Option<f64> {
        (self.n >= 2).then(|| (self.squares / (self.n - 1) as f64).sqrt())
    }

    /// Takes in the figure of a trial (Welford 1962).
    fn add(&mut self, value: f64) {
        self.n += 1;
        let from_before = value - self.mean;
        self.mean += from_before / self.n as f64;
        self.squares += from_before * (value - self.mean);
    }
}

impl MeanCurves {
    /// The curves of these cells, given by their places in the plan.
    ///
    /// # Errors
    /// If a record cannot be read.
    pub fn of(results: &Results, cells: &[usize]) -> Result<Self, StoreError> {
        let mut place = vec![None; results.cells.len()];
        cells.iter().enumerate().for_each(|(at, &cell)| place[cell] = Some(at));
        let mut sums: Vec<Sums> = cells.iter().map(|_| Sums::default()).collect();
        for found in results.records_where(|trial| place[trial.cell].is_some()) {
            let (trial, record) = found?;
            let Some(at) = place[trial.cell] else { continue };
            sums[at].add(&record, &results.metrics);
        }
        let mut figures = measure_names(&results.metrics);
        figures.push("sparsity".to_owned());
        let cells = cells.iter().zip(sums).map(|(&cell, sums)| sums.into_curves(cell, figures.len())).collect();
        Ok(Self { figures, cells })
    }

    /// The figure of this name of a cell among [`MeanCurves::cells`]; empty where there is none.
    pub fn figure<'a>(&self, cell: &'a CellCurves, name: &str) -> &'a [Option<Spread>] {
        let column = self.figures.iter().position(|figure| figure == name);
        column.and_then(|column| cell.figures.get(column)).map_or(&[], Vec::as_slice)
    }
}

impl CellCurves {
    /// A measure by name.
    pub fn measure(&self, name: &str) -> Option<&MeasuredSeries> {
        self.measured.iter().find(|series| series.measure == name)
    }
}

/// What the trials of a cell add up to.
#[derive(Debug, Default)]
struct Sums {
    trials: usize,
    is_diverged: bool,
    /// For each epoch, from 0 on, how many trials reached it, and the figures.
    epochs: Vec<(usize, Vec<Spread>)>,
    best: Vec<f64>,
    onset: Vec<f64>,
    chosen: Vec<f64>,
    measured: Vec<MeasuredSeries>,
}

impl Sums {
    fn add(&mut self, record: &Record, metrics: &[String]) {
        let is_diverged = match record.status {
            Status::Failed => return,
            status => !status.has_figures(),
        };
        if self.trials > 0 && is_diverged && !self.is_diverged {
            return;
        }
        if self.trials == 0 || self.is_diverged && !is_diverged {
            *self = Self { is_diverged, ..Self::default() };
        }
        self.trials += 1;
        for (row, &epoch) in record.curve.epoch.iter().enumerate() {
            let figures = Figures::of_row(record, metrics, row).values;
            let figures = figures.into_iter().chain([record.curve.sparsity.get(row).copied()]);
            self.add_row(epoch as usize, figures.collect());
        }
        self.best.extend(record.best_epoch.map(f64::from));
        self.onset.extend(record.onset_epoch.map(f64::from));
        self.chosen.extend(record.chosen_epoch.map(f64::from));
        record.measures.iter().filter(|found| found.layer.is_none()).for_each(|found| self.add_measure(found));
    }

    fn add_row(&mut self, epoch: usize, figures: Vec<Option<f64>>) {
        if self.epochs.len() <= epoch {
            self.epochs.resize_with(epoch + 1, || (0, vec![Spread::default(); figures.len()]));
        }
        let (reached, sums) = &mut self.epochs[epoch];
        *reached += 1;
        for (sum, value) in sums.iter_mut().zip(figures) {
            value.filter(|value| value.is_finite()).into_iter().for_each(|value| sum.add(value));
        }
    }

    fn add_measure(&mut self, found: &Measurement) {
        if !found.value.is_finite() {
            return;
        }
        let known = self.measured.iter().position(|series| series.measure == found.measure);
        let series = known.unwrap_or_else(|| {
            self.measured.push(MeasuredSeries { measure: found.measure.clone(), places: Vec::new() });
            self.measured.len() - 1
        });
        let (places, at) = (&mut self.measured[series].places, found.at.unwrap_or(0.0));
        let place = places.binary_search_by(|(place, _)| place.total_cmp(&at)).unwrap_or_else(|place| {
            places.insert(place, (at, Spread::default()));
            place
        });
        places[place].1.add(found.value);
    }

    fn into_curves(mut self, cell: usize, figures: usize) -> CellCurves {
        let end = self.epochs.iter().rposition(|(reached, _)| 2 * reached >= self.trials).map_or(0, |last| last + 1);
        self.epochs.truncate(end);
        let of = |epoch: &(usize, Vec<Spread>), figure: usize| Some(epoch.1[figure]).filter(|spread| spread.n > 0);
        let middle = |epochs: &[f64]| (!epochs.is_empty()).then(|| median(epochs));
        CellCurves {
            cell,
            trials: self.trials,
            is_diverged: self.is_diverged,
            epochs: (0..).take(end).collect(),
            figures: (0..figures).map(|figure| self.epochs.iter().map(|epoch| of(epoch, figure)).collect()).collect(),
            best_epoch: middle(&self.best),
            onset_epoch: middle(&self.onset),
            chosen_epoch: middle(&self.chosen),
            measured: self.measured,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lab::{example_record, example_results};

    /// The example's record, cut or stretched to these training losses.
    fn trained(losses: &[f64]) -> Record {
        let mut record = example_record("");
        let of = |value: f64| vec![value; losses.len()];
        record.curve.epoch = (0..losses.len() as u32).collect();
        record.curve.train = vec![losses.to_vec(), of(1.0)];
        record.curve.validation = vec![of(0.5), of(0.75)];
        record.curve.test = vec![of(0.6), of(0.7)];
        for column in [&mut record.curve.learning_rate, &mut record.curve.penalty, &mut record.curve.sparsity] {
            *column = of(0.25);
        }
        record.curve.parameters = vec![10; losses.len()];
        record
    }

    #[test]
    fn mean_and_deviation_by_hand() {
        let (_folder, results) = example_results(|_, seed| Some(trained(&[2.0, [1.0, 3.0][seed as usize]])));
        let curves = MeanCurves::of(&results, &[1]).unwrap();
        let [cell] = &curves.cells[..] else { panic!("one cell was asked for") };
        assert_eq!((cell.cell, cell.trials, cell.epochs.as_slice()), (1, 2, [0, 1].as_slice()));
        let loss: Vec<Spread> = curves.figure(cell, "train_loss").iter().map(|spread| spread.unwrap()).collect();
        assert_eq!((loss[0].mean, loss[0].sd()), (2.0, Some(0.0)));
        assert_eq!((loss[1].n, loss[1].mean, loss[1].sd()), (2, 2.0, Some(2.0_f64.sqrt())));
        assert_eq!(curves.figure(cell, "sparsity")[1].unwrap().mean, 0.25);
        assert_eq!(curves.figure(cell, "rubbish"), []);
    }

    #[test]
    fn a_curve_ends_where_fewer_than_half_of_the_trials_are_left() {
        let (_folder, mut results) = example_results(|_, seed| Some(trained(&[1.0; 4][..[2, 4][seed as usize]])));
        let length = |results: &Results| MeanCurves::of(results, &[0]).unwrap().cells[0].epochs.len();
        assert_eq!(length(&results), 4, "one of two is half");
        results.trials.push(results.trials[0].clone());
        assert_eq!(length(&results), 2, "one of three is less");
    }

    #[test]
    fn trials_that_diverged_are_drawn_only_where_no_other_is_there() {
        let (_folder, results) = example_results(|cell, seed| {
            let diverged = Record { status: Status::Diverged, ..trained(&[1.0, f64::INFINITY]) };
            Some(if cell == 0 && seed == 1 { trained(&[3.0, 2.0]) } else { diverged })
        });
        let curves = MeanCurves::of(&results, &[0, 1]).unwrap();
        let state = |cell: &CellCurves| (cell.trials, cell.is_diverged);
        assert_eq!((state(&curves.cells[0]), state(&curves.cells[1])), ((1, false), (2, true)));
        assert_eq!(curves.figure(&curves.cells[0], "train_loss")[0].unwrap().mean, 3.0);
        assert_eq!(curves.figure(&curves.cells[1], "train_loss")[1], None, "what is not finite is no figure");
    }

    #[test]
    fn epochs_are_medians_and_measures_stand_by_place() {
        let (_folder, results) = example_results(|_, seed| {
            let vote = |at, value| Measurement { measure: "vote".to_owned(), layer: None, at: Some(at), value };
            let mut record = trained(&[1.0, 0.5]);
            record.best_epoch = Some([1, 4][seed as usize]);
            record.measures = vec![vote(10.0, 0.9), vote(2.0, 0.5 + seed as f64)];
            Some(record)
        });
        let cell = MeanCurves::of(&results, &[0]).unwrap().cells.remove(0);
        assert_eq!(cell.best_epoch, Some(2.5));
        let votes = &cell.measure("vote").unwrap().places;
        assert_eq!(votes.iter().map(|(at, spread)| (*at, spread.mean)).collect::<Vec<_>>(), [(2.0, 1.0), (10.0, 0.9)]);
    }

    #[test]
    fn without_validation_rows_there_is_no_validation_curve() {
        let (_folder, results) = example_results(|_, _| {
            let mut record = trained(&[1.0, 0.5]);
            record.curve.validation.clear();
            Some(record)
        });
        let curves = MeanCurves::of(&results, &[0]).unwrap();
        assert_eq!(curves.figure(&curves.cells[0], "validation_loss"), [None, None]);
    }
}

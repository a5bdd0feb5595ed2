//! The comparison as bars: train beside test, the gap, and the difference from the baseline, each with its interval.

use super::axes::{axis, in_unit, shown};
use super::chart::{Bar, Bars, Chart, Group, Name, Plot, Role, Table, Unit};
use super::subject::Subject;
use crate::analysis::{Interval, Overlap};

/// The most rows that are drawn; the table has all.
const MOST_ROWS: usize = 40;

/// Scores and gaps; differences where there is a baseline to differ from.
pub(super) fn charts(subject: &Subject<'_>) -> Vec<Chart> {
    [scores(subject), gaps(subject), differences(subject)].into_iter().flatten().collect()
}

fn scores(subject: &Subject<'_>) -> Option<Chart> {
    let metric = subject.results.metric();
    let spoken = metric.replace('_', " ");
    let chart = Drawn {
        name: "scores",
        title: format!("Train and test {spoken}"),
        caption: format!(
            "Mean {spoken} on the training rows (light) and the test rows (full) at the chosen epoch. {}",
            intervals(subject)
        ),
        figure: metric.to_owned(),
        label: spoken,
        is_from_zero: false,
    };
    let estimate = |part: &'static str| {
        move |cell: usize| {
            let estimate = subject.summary.estimate(cell, &format!("{part}_{metric}"));
            Some((estimate.mean?, estimate.interval))
        }
    };
    chart.of(subject, &[(Role::Train, "train", &estimate("train")), (Role::Test, "test", &estimate("test"))])
}

fn gaps(subject: &Subject<'_>) -> Option<Chart> {
    let usual = subject.results.usual_metric();
    let chart = Drawn {
        name: "gaps",
        title: format!("Overfitting gap: train minus test {usual}"),
        caption: format!(
            "How much better each variant is on the rows that it has learnt than on new ones, at the chosen epoch; 0 is no \
             overfitting. {}",
            intervals(subject)
        ),
        figure: format!("gap_{usual}"),
        label: format!("gap in {usual}"),
        is_from_zero: true,
    };
    let gap = |cell: usize| {
        let estimate = subject.summary.estimate(cell, "gap");
        Some((estimate.mean?, estimate.interval))
    };
    chart.of(subject, &[(Role::Test, "gap", &gap)])
}

fn differences(subject: &Subject<'_>) -> Option<Chart> {
    let metric = subject.results.metric();
    let baseline = &subject.results.variants[subject.results.baseline];
    subject.summary.cells.iter().find(|cell| cell.difference.is_some())?;
    let spoken = metric.replace('_', " ");
    let chart = Drawn {
        name: "differences",
        title: format!("Difference of the test {spoken} from the baseline"),
        caption: format!(
            "Test {spoken} minus that of \"{baseline}\", paired by seed and fold. An interval that leaves out 0 is a \
             difference for a single comparison; the verdicts are corrected for all of them. {}",
            intervals(subject)
        ),
        figure: format!("difference_{metric}"),
        label: format!("difference in test {spoken}"),
        is_from_zero: true,
    };
    let difference = |cell: usize| {
        let difference = subject.summary.cells[cell].difference?;
        Some((difference.mean, difference.interval))
    };
    chart.of(subject, &[(Role::Test, "difference", &difference)])
}

/// A figure of a cell with its interval.
type FigureOf<'a> = &'a dyn Fn(usize) -> Option<(f64, Option<Interval>)>;

/// What the chart is called.
struct Drawn {
    name: &'static str,
    title: String,
    caption: String,
    figure: String,
    label: String,
    is_from_zero: bool,
}

impl Drawn {
    fn of(self, subject: &Subject<'_>, groups: &[(Role, &str, FigureOf<'_>)]) -> Option<Chart> {
        let cells = (0..subject.results.cells.len()).filter(|&cell| groups.iter().any(|(.., of)| of(cell).is_some()));
        let cells: Vec<usize> = cells.collect();
        let value = axis(&self.figure, &self.label);
        let bar = |of: FigureOf<'_>, cell: usize| {
            let (mean, interval) = of(cell)?;
            let scaled = |number: f64| in_unit(value.unit, number);
            Some(Bar { value: scaled(mean), interval: interval.map(|range| (scaled(range.low), scaled(range.high))) })
        };
        let drawn = &cells[..cells.len().min(MOST_ROWS)];
        let names = drawn.iter().map(|&cell| Name { name: subject.name(cell), colour: subject.colour(cell) });
        let bars = groups
            .iter()
            .map(|(role, _, of)| Group { role: *role, bars: drawn.iter().map(|&cell| bar(*of, cell)).collect() });
        let titles = groups.iter().flat_map(|(_, title, _)| [(*title).to_owned(), "95% interval".to_owned()]);
        let row = |&cell: &usize| {
            let figures = groups.iter().flat_map(|(.., of)| cells_of(value.unit, bar(*of, cell)));
            std::iter::once(subject.name(cell)).chain(figures).collect()
        };
        let table = Table {
            titles: std::iter::once("variant".to_owned()).chain(titles).collect(),
            rows: cells.iter().map(row).collect(),
        };
        let omitted = match cells.len() - drawn.len() {
            0 => String::new(),
            more => format!(" {more} more rows are in the table."),
        };
        let rules = if self.is_from_zero { vec![0.0] } else { Vec::new() };
        let (names, groups) = (names.collect(), bars.collect());
        let plot = Bars { names, groups, is_from_zero: self.is_from_zero, rules, value };
        (!cells.is_empty()).then(|| Chart {
            name: self.name.to_owned(),
            title: self.title,
            caption: format!("{}{omitted}", self.caption),
            plot: Plot::Bars(plot),
            table,
        })
    }
}

/// Mean and interval.
fn cells_of(unit: Unit, bar: Option<Bar>) -> [String; 2] {
    let end = |value: f64| shown(unit, Some(value));
    let interval = bar.and_then(|bar| bar.interval).map(|(low, high)| format!("{} to {}", end(low), end(high)));
    [shown(unit, bar.map(|bar| bar.value)), interval.unwrap_or_else(|| "-".to_owned())]
}

fn intervals(subject: &Subject<'_>) -> &'static str {
    match subject.summary.overlap {
        Overlap::None => "Whiskers: 95% intervals over the seeds of one fixed test set.",
        Overlap::Resampled { .. } => "Whiskers: 95% intervals, corrected for overlapping resamples.",
        Overlap::Folds { .. } => "Whiskers: 95% intervals over the folds, corrected for overlapping resamples.",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::{Summary, Terms};
    use crate::lab::{Record, Status, example_record, example_results};

    fn drawn(make: impl Fn(usize, u64) -> Option<Record>) -> Vec<Chart> {
        let (_folder, results) = example_results(make);
        let summary = Summary::of(&results, Terms::default()).unwrap();
        charts(&Subject::of(&results, &summary).unwrap())
    }

    /// The example's record with this test accuracy.
    fn scoring(test: f64) -> Record {
        let mut record = example_record("");
        record.curve.test[1][1] = test;
        record
    }

    #[test]
    fn train_and_test_stand_side_by_side_in_percent() {
        let charts = drawn(|cell, seed| Some(scoring([[0.7, 0.8], [0.8, 0.84]][cell][seed as usize])));
        let names: Vec<&str> = charts.iter().map(|chart| chart.name.as_str()).collect();
        assert_eq!(names, ["scores", "gaps", "differences"]);
        let Plot::Bars(bars) = &charts[0].plot else { panic!("bars") };
        assert_eq!(bars.groups.iter().map(|group| group.role).collect::<Vec<_>>(), [Role::Train, Role::Test]);
        let test = bars.groups[1].bars[1].unwrap();
        assert!((test.value - 82.0).abs() < 1e-9, "{test:?}");
        let (low, high) = test.interval.unwrap();
        assert!(low < test.value && test.value < high);
        assert_eq!(charts[0].table.titles, ["variant", "train", "95% interval", "test", "95% interval"]);
        assert_eq!(charts[0].table.rows[1][3], "82.0%");
        let Plot::Bars(differences) = &charts[2].plot else { panic!("bars") };
        assert_eq!(differences.names.len(), 1, "the baseline does not differ from itself");
        assert_eq!(differences.value.unit, Unit::Points);
    }

    #[test]
    fn a_variant_without_figures_has_no_bar_and_of_none_there_is_no_chart() {
        let charts = drawn(|cell, _| {
            Some(if cell == 0 { scoring(0.8) } else { Record { status: Status::Diverged, ..scoring(0.1) } })
        });
        assert_eq!(charts.iter().map(|chart| chart.table.rows.len()).collect::<Vec<_>>(), [1, 1]);
        assert_eq!(drawn(|_, _| None), []);
    }
}

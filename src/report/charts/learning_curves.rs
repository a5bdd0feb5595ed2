//! Learning curves: a figure epoch by epoch, on the training, validation and test rows, one chart for each metric and the gap.

use super::axes::{axis, in_unit, scale, shown};
use super::chart::{Axis, Chart, Curves, Event, EventKind, Plot, Point, Role, Scale, Series, Table, Unit};
use super::subject::Subject;
use crate::analysis::{CellCurves, Spread};

const PARTS: [Role; 3] = [Role::Train, Role::Validation, Role::Test];

/// The most epochs that the table behind a chart shows; `curves.csv` has all.
const TABLE_EPOCHS: usize = 11;

/// One chart for each metric, and one for the gap.
pub(super) fn charts(subject: &Subject<'_>) -> Vec<Chart> {
    let metrics = &subject.results.metrics;
    let usual = subject.results.usual_metric();
    let of_metric = |metric: &String| {
        let parts = PARTS.map(|role| (role, format!("{}_{metric}", role.name())));
        let title = format!("Learning curves: {metric}");
        chart(subject, &format!("learning-curve-{metric}"), title, axis(metric, metric), &parts)
    };
    let gap = || {
        let value = axis(&format!("gap_{usual}"), &format!("gap: train minus test {usual}"));
        let title = "Overfitting gap, epoch by epoch".to_owned();
        chart(subject, "learning-curve-gap", title, value, &[(Role::Test, "gap".to_owned())])
    };
    metrics.iter().filter_map(of_metric).chain(gap()).collect()
}

fn chart(subject: &Subject<'_>, name: &str, title: String, value: Axis, figures: &[(Role, String)]) -> Option<Chart> {
    let mut series = Vec::new();
    for cell in subject.cells() {
        series.extend(figures.iter().filter_map(|(role, figure)| line(subject, cell, value.unit, *role, figure)));
    }
    if series.iter().all(|line| line.points.len() < 2) {
        return None;
    }
    let is_loss = name.ends_with("loss");
    let heights = || series.iter().flat_map(|line| &line.points).map(|point| point.y);
    let spread = if is_loss || name.ends_with("rmse") { scale(heights()) } else { Scale::Linear };
    let rules = if name.ends_with("gap") { vec![0.0] } else { Vec::new() };
    let value = Axis { scale: spread, ..value };
    Some(Chart {
        name: name.to_owned(),
        title,
        caption: caption(subject, figures.len() > 1),
        table: table(&series, value.unit),
        plot: Plot::Curves(Curves { x: epochs(), y: value, series, rules }),
    })
}

fn epochs() -> Axis {
    Axis { label: "epoch".to_owned(), scale: Scale::Linear, unit: Unit::Plain }
}

/// The line of a figure of a cell; `None` where it has none.
fn line(subject: &Subject<'_>, cell: &CellCurves, unit: Unit, role: Role, figure: &str) -> Option<Series> {
    let values = subject.curves.figure(cell, figure);
    let epochs = cell.epochs.iter().zip(values).filter_map(|(&epoch, value)| Some((epoch, (*value)?)));
    let points: Vec<Point> = epochs.map(|(epoch, spread)| point(f64::from(epoch), spread, unit)).collect();
    let events = if role == Role::Test { events(cell, &points) } else { Vec::new() };
    let name = match cell.is_diverged {
        true => format!("{} (diverged)", subject.name(cell.cell)),
        false => subject.name(cell.cell),
    };
    (!points.is_empty()).then(|| Series {
        name,
        colour: subject.colour(cell.cell),
        role,
        has_marks: false,
        is_shown: subject.is_shown(cell.cell),
        points,
        events,
    })
}

/// A mean with the standard deviation around it.
pub(super) fn point(x: f64, spread: Spread, unit: Unit) -> Point {
    let y = in_unit(unit, spread.mean);
    let band = spread.sd().map(|sd| in_unit(unit, sd)).filter(|&sd| sd > 0.0).map(|sd| (y - sd, y + sd));
    Point { x, y, band }
}

fn events(cell: &CellCurves, points: &[Point]) -> Vec<Event> {
    let at = |kind: EventKind, epoch: Option<f64>| {
        let x = epoch?;
        let y = points.iter().min_by(|a, b| (a.x - x).abs().total_cmp(&(b.x - x).abs()))?.y;
        points.last().filter(|last| x <= last.x).map(|_| Event { kind, x, y })
    };
    let best = at(EventKind::Best, cell.best_epoch);
    let onset = at(EventKind::Onset, cell.onset_epoch.filter(|&onset| Some(onset) != cell.best_epoch));
    best.into_iter().chain(onset).collect()
}

fn caption(subject: &Subject<'_>, has_parts: bool) -> String {
    let parts = if has_parts { "Full lines: test rows; dashed: training rows; dotted: validation rows. " } else { "" };
    let trials = subject.cells().map(|cell| cell.trials).max().unwrap_or(0);
    let band = match trials {
        0 | 1 => "One trial each, hence no band.",
        _ => "Means over seeds and folds; band: one standard deviation of single trials to either side.",
    };
    format!(
        "{parts}{band} Marked on the test line are the best epoch (the lowest monitored validation value) and, where it is \
         another, the onset of overfitting (the lowest validation loss), medians over the trials; nothing was chosen by them. A \
         line ends where fewer than half of the trials go on; the first epochs may run out of the picture.{}",
        subject.omission()
    )
}

/// The lines at some epochs, evenly spread.
fn table(series: &[Series], unit: Unit) -> Table {
    let last = series.iter().filter_map(|line| line.points.last()).map(|point| point.x).fold(0.0, f64::max);
    let steps = (TABLE_EPOCHS - 1).min(last as usize).max(1);
    let epochs: Vec<f64> = (0..=steps).map(|step| (last * step as f64 / steps as f64).round()).collect();
    let titles = ["variant".to_owned(), "rows".to_owned()].into_iter().chain(epochs.iter().map(f64::to_string));
    let row = |line: &Series| {
        let at = |&epoch: &f64| line.points.iter().find(|point| point.x == epoch).map(|point| point.y);
        let values = epochs.iter().map(|epoch| shown(unit, at(epoch)));
        [line.name.clone(), line.role.name().to_owned()].into_iter().chain(values).collect()
    };
    Table { titles: titles.collect(), rows: series.iter().map(row).collect() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::{Summary, Terms};
    use crate::lab::{Results, example_record, example_results};

    fn of(results: &Results) -> Vec<Chart> {
        let summary = Summary::of(results, Terms::default()).unwrap();
        charts(&Subject::of(results, &summary).unwrap())
    }

    fn lines(chart: &Chart) -> &[Series] {
        let Plot::Curves(curves) = &chart.plot else { panic!("curves") };
        &curves.series
    }

    #[test]
    fn each_metric_has_a_line_for_each_part_of_each_variant_and_the_gap_one() {
        let (_folder, results) = example_results(|_, seed| {
            let mut record = example_record("");
            record.curve.test[1][1] = [0.7, 0.9][seed as usize];
            Some(record)
        });
        let charts = of(&results);
        let names: Vec<&str> = charts.iter().map(|chart| chart.name.as_str()).collect();
        assert_eq!(names, ["learning-curve-loss", "learning-curve-accuracy", "learning-curve-gap"]);
        assert_eq!(charts.iter().map(|chart| lines(chart).len()).collect::<Vec<_>>(), [6, 6, 2]);
        let test = &lines(&charts[1])[2];
        assert_eq!((test.role, test.points[0].y), (Role::Test, 50.0));
        assert!((test.points[1].y - 80.0).abs() < 1e-9);
        let (low, high) = test.points[1].band.unwrap();
        assert!((high - low - 2.0 * 10.0 * 2.0_f64.sqrt()).abs() < 1e-9, "{low} {high}");
        assert_eq!(test.events, [Event { kind: EventKind::Best, x: 1.0, y: test.points[1].y }]);
        assert_eq!(charts[1].table.titles, ["variant", "rows", "0", "1"]);
        assert_eq!(charts[1].table.rows[2][..3], ["none", "test", "50.0%"]);
    }

    #[test]
    fn without_validation_rows_there_is_no_dotted_line_and_of_one_epoch_no_chart() {
        let (_folder, results) = example_results(|_, _| {
            let mut record = example_record("");
            record.curve.validation.clear();
            Some(record)
        });
        assert!(lines(&of(&results)[0]).iter().all(|line| line.role != Role::Validation));
        let (_folder, empty) = example_results(|_, _| None);
        assert_eq!(of(&empty), []);
    }
}

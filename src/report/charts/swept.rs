//! Gap and score against a swept value: a line for each variant (and for each setting of the other axes).

use std::collections::BTreeMap;

use super::axes::{axis, in_unit, shown};
use super::chart::{Axis, Chart, Curves, Plot, Point, Role, Scale, Series, Table, Unit};
use super::subject::Subject;

/// From how many times the least value on an axis is logarithmic.
const WIDE: f64 = 50.0;
/// The most lines in a chart.
const MOST_LINES: usize = 24;

/// Two charts for each axis with numbers on it.
pub(super) fn charts(subject: &Subject<'_>) -> Vec<Chart> {
    (0..subject.results.axes.len()).flat_map(|place| of_axis(subject, place)).collect()
}

fn of_axis(subject: &Subject<'_>, place: usize) -> Vec<Chart> {
    let lines = Lines::of(subject, place);
    if lines.swept.is_empty() || lines.swept.len() > MOST_LINES {
        return Vec::new();
    }
    let key = &subject.results.axes[place];
    let short = key.rsplit('.').next().unwrap_or(key);
    let (metric, usual) = (subject.results.metric(), subject.results.usual_metric());
    let spoken = metric.replace('_', " ");
    let file = |what: &str| format!("{what}-by-{}", key.replace(['.', '_'], "-"));
    let gap = lines.chart(
        subject,
        (file("gap"), format!("Overfitting gap against {short}")),
        axis(&format!("gap_{usual}"), &format!("gap: train minus test {usual}")),
        &[(Role::Test, "gap".to_owned())],
    );
    let score = lines.chart(
        subject,
        (file("score"), format!("Train and test {spoken} against {short}")),
        axis(metric, &spoken),
        &[(Role::Train, format!("train_{metric}")), (Role::Test, format!("test_{metric}"))],
    );
    vec![gap, score]
}

/// Values on the axis, each with its cell.
type Places = Vec<(f64, usize)>;

/// The lines over an axis.
struct Lines {
    key: String,
    x: Axis,
    /// The cells of each line, by the value on the axis.
    swept: Vec<(String, Places)>,
    /// The cells that have no value there: the same everywhere.
    constant: Vec<usize>,
}

impl Lines {
    fn of(subject: &Subject<'_>, place: usize) -> Self {
        let results = subject.results;
        let mut groups: BTreeMap<(usize, Vec<Option<String>>), Places> = BTreeMap::new();
        let mut constant = Vec::new();
        for (cell, key) in results.cells.iter().enumerate() {
            let mut others = key.swept.clone();
            match others[place].take() {
                Some(value) => {
                    let value = value.parse::<f64>().ok().filter(|value| value.is_finite());
                    groups.entry((key.variant, others)).or_default().extend(value.map(|value| (value, cell)));
                }
                None if others.iter().all(Option::is_none) => constant.push(cell),
                None => {}
            }
        }
        let name = |variant: usize, others: &[Option<String>]| subject.name_at(variant, others);
        let mut swept: Vec<(String, Places)> = (groups.into_iter())
            .map(|((variant, others), mut cells)| {
                cells.sort_by(|a, b| a.0.total_cmp(&b.0));
                (name(variant, &others), cells)
            })
            .collect();
        swept.retain(|(_, cells)| cells.len() >= 2 && cells[0].0 < cells[cells.len() - 1].0);
        let values = || swept.iter().flat_map(|(_, cells)| cells).map(|&(value, _)| value);
        let (least, most) = values().fold((f64::INFINITY, 0.0_f64), |(a, b), value| (a.min(value), b.max(value)));
        let scale = if least > 0.0 && most >= WIDE * least { Scale::Log } else { Scale::Linear };
        let key = results.axes[place].clone();
        Self { x: Axis { label: key.clone(), scale, unit: Unit::Plain }, key, swept, constant }
    }

    fn chart(
        &self,
        subject: &Subject<'_>,
        (name, title): (String, String),
        value: Axis,
        figures: &[(Role, String)],
    ) -> Chart {
        let ends = |cells: &[(f64, usize)]| [cells[0].0, cells[cells.len() - 1].0];
        let ends = self.swept.iter().flat_map(|(_, cells)| ends(cells));
        let (left, right) = ends.fold((f64::INFINITY, f64::NEG_INFINITY), |(a, b), x| (a.min(x), b.max(x)));
        let mut series = Vec::new();
        for (role, figure) in figures {
            let unit = value.unit;
            let constant =
                self.constant.iter().map(|&cell| (subject.name(cell), vec![(left, cell), (right, cell)], false));
            let swept = self.swept.iter().map(|(name, cells)| (name.clone(), cells.clone(), true));
            series.extend(constant.chain(swept).filter_map(|(name, cells, has_marks)| {
                let points: Vec<Point> =
                    cells.iter().filter_map(|&(x, cell)| point(subject, unit, x, cell, figure)).collect();
                let colour = subject.colour_of(subject.results.cells[cells[0].1].variant);
                let is_empty = points.is_empty();
                let line = Series { name, colour, role: *role, has_marks, is_shown: true, points, events: Vec::new() };
                (!is_empty).then_some(line)
            }));
        }
        let rules = if name.starts_with("gap") { vec![0.0] } else { Vec::new() };
        let parts = if figures.len() > 1 { "Full lines: test rows; dashed: training rows. " } else { "" };
        let flat =
            if self.constant.is_empty() { "" } else { " Level lines are of variants that do not have the setting." };
        Chart {
            name,
            title,
            caption: format!(
                "{parts}Means at the chosen epoch over {}; band: 95% interval.{flat} The best of many points is the best by \
                 chance too: what validation chooses stands among the verdicts.",
                self.key
            ),
            table: table(&self.x.label, &series, value.unit),
            plot: Plot::Curves(Curves { x: self.x.clone(), y: value, series, rules }),
        }
    }
}

fn point(subject: &Subject<'_>, unit: Unit, x: f64, cell: usize, figure: &str) -> Option<Point> {
    let estimate = subject.summary.estimate(cell, figure);
    let band = estimate.interval.map(|range| (in_unit(unit, range.low), in_unit(unit, range.high)));
    Some(Point { x, y: in_unit(unit, estimate.mean?), band })
}

/// A row for each point of each line.
pub(super) fn table(x: &str, series: &[Series], unit: Unit) -> Table {
    let row = |line: &Series, point: &Point| {
        let band = point.band.map(|(low, high)| format!("{} to {}", shown(unit, Some(low)), shown(unit, Some(high))));
        let x = crate::report::number(Some(point.x));
        vec![
            line.name.clone(),
            line.role.name().to_owned(),
            x,
            shown(unit, Some(point.y)),
            band.unwrap_or("-".to_owned()),
        ]
    };
    Table {
        titles: ["variant", "rows", x, "mean", "band"].map(str::to_owned).to_vec(),
        rows: series.iter().flat_map(|line| line.points.iter().map(|point| row(line, point))).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::{Summary, Terms};
    use crate::lab::{CellKey, PlannedTrial, Results, example_record, example_results};

    fn swept(values: &[&str]) -> (tempfile::TempDir, Results) {
        let (folder, mut results) = example_results(|_, _| Some(example_record("")));
        results.cells.truncate(1);
        results.trials.truncate(2);
        for (place, value) in values.iter().enumerate() {
            let swept = vec![Some((*value).to_owned())];
            results.cells.push(CellKey { variant: 1, swept, shared_point: 0, split: "".into() });
            results.trials.push(PlannedTrial { cell: place + 1, seed: 0, fold: 0, id: "10".to_owned() });
        }
        (folder, results)
    }

    fn of(results: &Results) -> Vec<Chart> {
        let summary = Summary::of(results, Terms::default()).unwrap();
        charts(&Subject::of(results, &summary).unwrap())
    }

    #[test]
    fn a_swept_variant_is_a_line_in_the_order_of_the_values_and_the_baseline_a_level_one() {
        let (_folder, results) = swept(&["0.5", "0.1", "0.3"]);
        let charts = of(&results);
        let names: Vec<&str> = charts.iter().map(|chart| chart.name.as_str()).collect();
        assert_eq!(names, ["gap-by-remedies-dropout-hidden", "score-by-remedies-dropout-hidden"]);
        let Plot::Curves(curves) = &charts[0].plot else { panic!("curves") };
        let x = |line: &Series| line.points.iter().map(|point| point.x).collect::<Vec<_>>();
        let [level, line] = &curves.series[..] else { panic!("two lines") };
        assert_eq!((level.name.as_str(), x(level), level.has_marks), ("none", vec![0.1, 0.5], false));
        assert_eq!((line.name.as_str(), x(line), line.has_marks), ("dropout", vec![0.1, 0.3, 0.5], true));
        assert_eq!(charts[0].table.rows.len(), 5);
    }

    #[test]
    fn words_and_single_values_have_no_line_and_wide_ranges_a_logarithmic_axis() {
        assert_eq!(of(&swept(&["adam", "sgd"]).1), []);
        assert_eq!(of(&swept(&["0.5"]).1), []);
        let (_folder, results) = swept(&["0.001", "0.1"]);
        let Plot::Curves(curves) = &of(&results)[0].plot else { panic!("curves") };
        assert_eq!(curves.x.scale, Scale::Log);
    }
}

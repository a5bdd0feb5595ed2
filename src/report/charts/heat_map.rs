//! A figure by two swept values: a map for each variant that sweeps two axes and nothing else.

use super::axes::{axis, in_unit, shown};
use super::chart::{Axis, Chart, HeatMap, Plot, Table};
use super::subject::Subject;
use crate::lab::CellKey;

/// The most values of an axis that can be told apart.
const MOST_VALUES: usize = 40;
/// The most variants that get maps.
const MOST_VARIANTS: usize = 6;

/// Test score and gap of each variant with two axes.
pub(super) fn charts(subject: &Subject<'_>) -> Vec<Chart> {
    let (metric, usual) = (subject.results.metric(), subject.results.usual_metric());
    let spoken = metric.replace('_', " ");
    let maps = (0..subject.results.variants.len()).filter_map(|variant| Map::of(subject, variant));
    let maps: Vec<Map> = maps.take(MOST_VARIANTS).collect();
    let several = maps.len() > 1;
    let of = |map: &Map| {
        let file = |what: &str| match several {
            true => format!("{what}-map-{}", map.variant),
            false => format!("{what}-map"),
        };
        let test = axis(metric, &format!("test {spoken}"));
        let gap = axis(&format!("gap_{usual}"), "gap");
        [
            map.chart(subject, file("score"), format!("Test {spoken}"), test, &format!("test_{metric}")),
            map.chart(subject, file("gap"), "Overfitting gap".to_owned(), gap, "gap"),
        ]
    };
    maps.iter().flat_map(of).collect()
}

/// Where the cells of a variant lie.
struct Map {
    variant: usize,
    /// The two axes: the one with more values runs from left to right.
    axes: [usize; 2],
    columns: Vec<String>,
    rows: Vec<String>,
    /// For each row the cell of each column.
    cells: Vec<Vec<Option<usize>>>,
}

impl Map {
    fn of(subject: &Subject<'_>, variant: usize) -> Option<Self> {
        let results = subject.results;
        let own = || results.cells.iter().enumerate().filter(|(_, key)| key.variant == variant);
        let is_swept = |axis: &usize| own().any(|(_, key)| key.swept[*axis].is_some());
        let swept: Vec<usize> = (0..results.axes.len()).filter(is_swept).collect();
        let [first, second] = swept[..] else { return None };
        let values = |axis: usize| values(own().filter_map(|(_, key)| key.swept[axis].as_deref()));
        let (one, other) = (values(first), values(second));
        let axes = if one.len() >= other.len() { [first, second] } else { [second, first] };
        let (columns, rows) = if one.len() >= other.len() { (one, other) } else { (other, one) };
        let is_at = |key: &CellKey, x: &String, y: &String| {
            key.swept[axes[0]].as_ref() == Some(x) && key.swept[axes[1]].as_ref() == Some(y)
        };
        let place = |x: &String, y: &String| own().find(|(_, key)| is_at(key, x, y)).map(|(cell, _)| cell);
        let cells: Vec<Vec<Option<usize>>> =
            rows.iter().map(|y| columns.iter().map(|x| place(x, y)).collect()).collect();
        let known = cells.iter().flatten().flatten().count();
        let fits = rows.len() >= 2 && columns.len() <= MOST_VALUES;
        // Points that were drawn at random lie on no grid.
        (fits && 2 * known >= rows.len() * columns.len()).then_some(Self { variant, axes, columns, rows, cells })
    }

    fn chart(&self, subject: &Subject<'_>, name: String, what: String, value: Axis, figure: &str) -> Chart {
        let results = subject.results;
        let mean = |cell: usize| subject.summary.estimate(cell, figure).mean.map(|mean| in_unit(value.unit, mean));
        let figures = |cells: &Vec<Option<usize>>| cells.iter().map(|cell| cell.and_then(mean)).collect::<Vec<_>>();
        let cells: Vec<Vec<Option<f64>>> = self.cells.iter().map(figures).collect();
        let [x, y] = self.axes.map(|axis| results.axes[axis].clone());
        let row = |(label, values): (&String, &Vec<Option<f64>>)| {
            std::iter::once(label.clone()).chain(values.iter().map(|&mean| shown(value.unit, mean))).collect()
        };
        let corner = format!("{y} \\ {x}");
        let table = Table {
            titles: std::iter::once(corner).chain(self.columns.iter().cloned()).collect(),
            rows: self.rows.iter().zip(&cells).map(row).collect(),
        };
        Chart {
            name,
            title: format!("{what} of \"{}\"", crate::report::harmless(&results.variants[self.variant])),
            caption: "Means at the chosen epoch. The best of many points is the best by chance too.".to_owned(),
            plot: Plot::HeatMap(HeatMap { x, columns: self.columns.clone(), y, rows: self.rows.clone(), value, cells }),
            table,
        }
    }
}

/// Each value once: numbers ascending, otherwise in the order of the plan.
fn values<'a>(all: impl Iterator<Item = &'a str>) -> Vec<String> {
    let mut values: Vec<String> = Vec::new();
    for value in all {
        if !values.iter().any(|known| known == value) {
            values.push(value.to_owned());
        }
    }
    let number = |value: &String| value.parse::<f64>();
    if values.iter().all(|value| number(value).is_ok()) {
        values.sort_by(|a, b| number(a).unwrap_or(0.0).total_cmp(&number(b).unwrap_or(0.0)));
    }
    values
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::{Summary, Terms};
    use crate::lab::{PlannedTrial, Results, example_record, example_results};

    fn of(points: &[(&str, &str)]) -> Vec<Chart> {
        let (_folder, mut results) = example_results(|_, _| Some(example_record("")));
        results.axes = vec!["train.epochs".to_owned(), "remedies.dropout.hidden".to_owned()];
        (results.cells, results.trials) = (Vec::new(), Vec::new());
        for (cell, (epochs, rate)) in points.iter().enumerate() {
            let swept = vec![Some((*epochs).to_owned()), Some((*rate).to_owned())];
            results.cells.push(CellKey { variant: 1, swept, shared_point: 0, split: "".into() });
            results.trials.push(PlannedTrial { cell, seed: 0, fold: 0, id: "00".to_owned() });
        }
        drawn(&results)
    }

    fn drawn(results: &Results) -> Vec<Chart> {
        let summary = Summary::of(results, Terms::default()).unwrap();
        charts(&Subject::of(results, &summary).unwrap())
    }

    #[test]
    fn two_axes_make_a_map_with_the_longer_axis_across() {
        let points = [("20", "0.5"), ("20", "0.1"), ("20", "0.3"), ("10", "0.5"), ("10", "0.1")];
        let charts = of(&points);
        assert_eq!(charts.iter().map(|chart| chart.name.as_str()).collect::<Vec<_>>(), ["score-map", "gap-map"]);
        let Plot::HeatMap(map) = &charts[0].plot else { panic!("a map") };
        assert_eq!((map.columns.join(" "), map.rows.join(" ")), ("0.1 0.3 0.5".to_owned(), "10 20".to_owned()));
        assert_eq!((map.x.as_str(), map.y.as_str()), ("remedies.dropout.hidden", "train.epochs"));
        assert!(map.cells[0][0].is_some_and(|mean| mean > 1.0), "in percent");
        assert_eq!(map.cells[0][1], None, "a point that was left out");
        assert_eq!(charts[0].table.rows[0][2], "-");
    }

    #[test]
    fn one_axis_or_points_drawn_at_random_make_none() {
        let (_folder, results) = example_results(|_, _| Some(example_record("")));
        assert_eq!(drawn(&results), []);
        assert_eq!(of(&[("1", "0.11"), ("2", "0.37"), ("3", "0.52"), ("4", "0.9")]), []);
    }
}

//! Score against sparsity: what is left of a network, and how good it still is.

use std::collections::BTreeMap;

use super::axes::{axis, in_unit};
use super::chart::{Chart, Curves, Plot, Point, Role, Series};
use super::subject::Subject;
use super::swept::table;

/// Two cells are equally sparse below this difference, in percent.
const SAME: f64 = 0.5;

/// The chart, where the cells differ in sparsity.
pub(super) fn charts(subject: &Subject<'_>) -> Vec<Chart> {
    chart(subject).into_iter().collect()
}

fn chart(subject: &Subject<'_>) -> Option<Chart> {
    let metric = subject.results.metric();
    let spoken = metric.replace('_', " ");
    let value = axis(metric, &format!("test {spoken}"));
    let mut variants: BTreeMap<usize, Vec<Point>> = BTreeMap::new();
    for (cell, figures) in subject.summary.cells.iter().enumerate() {
        let estimate = subject.summary.estimate(cell, &format!("test_{metric}"));
        let (Some(sparsity), Some(mean)) = (figures.sparsity, estimate.mean) else { continue };
        let band = estimate.interval.map(|range| (in_unit(value.unit, range.low), in_unit(value.unit, range.high)));
        let point = Point { x: 100.0 * sparsity, y: in_unit(value.unit, mean), band };
        variants.entry(subject.results.cells[cell].variant).or_default().push(point);
    }
    let all = || variants.values().flatten().map(|point| point.x);
    let (least, most) = all().fold((f64::INFINITY, 0.0_f64), |(a, b), x| (a.min(x), b.max(x)));
    if most - least < SAME {
        return None;
    }
    let series = variants.into_iter().map(|(variant, mut points)| {
        points.sort_by(|a, b| a.x.total_cmp(&b.x));
        Series {
            name: crate::report::harmless(&subject.results.variants[variant]),
            colour: subject.colour_of(variant),
            role: Role::Test,
            has_marks: true,
            is_shown: true,
            points,
            events: Vec::new(),
        }
    });
    let series: Vec<Series> = series.collect();
    Some(Chart {
        name: "score-by-sparsity".to_owned(),
        title: format!("Test {spoken} against sparsity"),
        caption: "Each point is a row of the comparison, at the chosen epoch; band: 95% interval. Sparsity: the share of the \
                  weights that are gone or 0."
            .to_owned(),
        table: table("sparsity (%)", &series, value.unit),
        plot: Plot::Curves(Curves { x: axis("sparsity", "sparsity"), y: value, series, rules: Vec::new() }),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::{Summary, Terms};
    use crate::lab::{Record, example_record, example_results};

    fn of(sparsity: [f64; 2]) -> Vec<Chart> {
        let (_folder, results) = example_results(|cell, _| {
            let mut record: Record = example_record("");
            record.curve.sparsity[1] = sparsity[cell];
            Some(record)
        });
        let summary = Summary::of(&results, Terms::default()).unwrap();
        charts(&Subject::of(&results, &summary).unwrap())
    }

    #[test]
    fn pruned_networks_stand_beside_the_full_one() {
        let charts = of([0.0, 0.6]);
        let Plot::Curves(curves) = &charts[0].plot else { panic!("curves") };
        assert_eq!(curves.series.iter().map(|line| line.points[0].x).collect::<Vec<_>>(), [0.0, 60.0]);
    }

    #[test]
    fn where_nothing_is_pruned_there_is_no_chart() {
        assert_eq!(of([0.0, 0.0]), []);
    }
}

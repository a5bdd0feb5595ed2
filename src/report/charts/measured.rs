//! What was measured on the final networks at several places: votes of thinned networks, missing features, flips under noise.

use super::axes::{axis, in_unit, unit};
use super::chart::{Axis, Chart, Curves, Plot, Point, Role, Scale, Series, Unit};
use super::learning_curves::point;
use super::subject::Subject;
use super::swept::table;
use crate::analysis::CellCurves;

/// A measure that is drawn.
struct Drawn {
    name: &'static str,
    measures: &'static [&'static str],
    title: &'static str,
    caption: &'static str,
    x: &'static str,
    scale: Scale,
    /// A measure without places that is drawn beside it, and what it is called.
    beside: Option<(&'static [&'static str], &'static str)>,
}

const DRAWN: [Drawn; 3] = [
    Drawn {
        name: "votes",
        measures: &["vote_accuracy", "vote_r2"],
        title: "Votes of thinned networks",
        caption: "Test score of the mean prediction of so many of the networks that dropout has trained, drawn as in training; \
                  level: the full network, with all its units.",
        x: "networks that vote",
        scale: Scale::Log,
        beside: Some((&["full_network_accuracy", "full_network_r2"], "full network")),
    },
    Drawn {
        name: "feature-drop",
        measures: &["feature_drop_accuracy", "feature_drop_r2"],
        title: "Score with features missing at random",
        caption: "Test score where this share of the features is missing.",
        x: "missing share of the features",
        scale: Scale::Linear,
        beside: None,
    },
    Drawn {
        name: "feature-drop-block",
        measures: &["feature_drop_block_accuracy", "feature_drop_block_r2"],
        title: "Score with neighbouring features missing",
        caption: "Test score where a block of neighbouring columns of this share is missing: half a face.",
        x: "missing share of the features",
        scale: Scale::Linear,
        beside: None,
    },
];

/// A chart for each measure that was taken at two or more places.
pub(super) fn charts(subject: &Subject<'_>) -> Vec<Chart> {
    DRAWN.iter().filter_map(|drawn| drawn.chart(subject)).collect()
}

impl Drawn {
    fn chart(&self, subject: &Subject<'_>) -> Option<Chart> {
        let measure = self.measures.iter().find(|name| subject.cells().any(|cell| cell.measure(name).is_some()))?;
        let score = measure.rsplit('_').next().unwrap_or(measure);
        let y = axis(score, &format!("test {score}"));
        let share = self.x.contains("share");
        let mut series: Vec<Series> = Vec::new();
        for cell in subject.cells() {
            let Some(found) = cell.measure(measure) else { continue };
            let x = |at: f64| if share { 100.0 * at } else { at };
            let points: Vec<Point> = found.places.iter().map(|&(at, mean)| point(x(at), mean, y.unit)).collect();
            let ends = (points[0].x, points[points.len() - 1].x);
            series.push(line(subject, cell, subject.name(cell.cell), Role::Test, points));
            series.extend(self.level(subject, cell, ends, y.unit));
        }
        let is_line = series.iter().any(|line| line.has_marks && line.points.len() >= 2);
        let unit = if share { Unit::Percent } else { Unit::Plain };
        is_line.then(|| Chart {
            name: self.name.to_owned(),
            title: self.title.to_owned(),
            caption: format!(
                "{} Means over the trials; band: one standard deviation.{}",
                self.caption,
                subject.omission()
            ),
            table: table(self.x, &series, y.unit),
            plot: Plot::Curves(Curves {
                x: Axis { label: self.x.to_owned(), scale: self.scale, unit },
                y,
                series,
                rules: Vec::new(),
            }),
        })
    }

    /// A level line for what stands beside the measure.
    fn level(&self, subject: &Subject<'_>, cell: &CellCurves, ends: (f64, f64), unit: Unit) -> Option<Series> {
        let (names, word) = self.beside?;
        let (_, mean) = *names.iter().find_map(|name| cell.measure(name))?.places.first()?;
        let y = in_unit(unit, mean.mean);
        let points = [ends.0, ends.1].map(|x| Point { x, y, band: None }).to_vec();
        let name = format!("{}, {word}", subject.name(cell.cell));
        Some(Series { has_marks: false, ..line(subject, cell, name, Role::Reference, points) })
    }
}

fn line(subject: &Subject<'_>, cell: &CellCurves, name: String, role: Role, points: Vec<Point>) -> Series {
    let (colour, is_shown) = (subject.colour(cell.cell), subject.is_shown(cell.cell));
    Series { name, colour, role, has_marks: true, is_shown, points, events: Vec::new() }
}

/// The functions that networks with a single input have found.
pub(super) fn fits(subject: &Subject<'_>) -> Vec<Chart> {
    let y = Axis { label: "prediction".to_owned(), scale: Scale::Linear, unit: unit("prediction") };
    let curve = |cell: &CellCurves| {
        let found = cell.measure("prediction").filter(|found| found.places.len() >= 2)?;
        let points = found.places.iter().map(|&(at, mean)| point(at, mean, y.unit)).collect();
        Some(Series { has_marks: false, ..line(subject, cell, subject.name(cell.cell), Role::Test, points) })
    };
    let series: Vec<Series> = subject.cells().filter_map(curve).collect();
    if series.is_empty() {
        return Vec::new();
    }
    vec![Chart {
        name: "fit".to_owned(),
        title: "The fitted function".to_owned(),
        caption: format!(
            "Mean prediction over the trials by the only feature, in original units; band: one standard deviation of single \
             fits. A function that wiggles, or fits that differ much, have learnt noise.{}",
            subject.omission()
        ),
        table: table("x", &series, y.unit),
        plot: Plot::Curves(Curves {
            x: Axis { label: "x".to_owned(), scale: Scale::Linear, unit: Unit::Plain },
            y,
            series,
            rules: Vec::new(),
        }),
    }]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::{Summary, Terms};
    use crate::lab::{Measurement, example_record, example_results};

    fn of(build: fn(&Subject<'_>) -> Vec<Chart>, measures: &[(&str, Option<f64>, f64)]) -> Vec<Chart> {
        let (_folder, results) = example_results(|cell, _| {
            let mut record = example_record("");
            let of = |&(measure, at, value): &(&str, Option<f64>, f64)| Measurement {
                measure: measure.to_owned(),
                layer: None,
                at,
                value,
            };
            record.measures = measures.iter().filter(|_| cell == 1).map(of).collect();
            Some(record)
        });
        let summary = Summary::of(&results, Terms::default()).unwrap();
        build(&Subject::of(&results, &summary).unwrap())
    }

    fn lines(chart: &Chart) -> &[Series] {
        let Plot::Curves(curves) = &chart.plot else { panic!("curves") };
        &curves.series
    }

    #[test]
    fn votes_stand_beside_the_full_network() {
        let votes = [("vote_accuracy", Some(1.0), 0.5), ("vote_accuracy", Some(10.0), 0.75)];
        let charts = of(charts, &[votes[0], votes[1], ("full_network_accuracy", None, 0.8)]);
        let [vote, full] = lines(&charts[0]) else { panic!("two lines") };
        assert_eq!((vote.points[1].x, vote.points[1].y, vote.role), (10.0, 75.0, Role::Test));
        assert_eq!((full.points[1].x, full.points[1].y, full.role), (10.0, 80.0, Role::Reference));
        assert_eq!(full.name, "dropout hidden=0.5, full network");
    }

    #[test]
    fn missing_shares_are_percent_and_a_single_place_is_no_line() {
        let drop = [("feature_drop_accuracy", Some(0.0), 0.9), ("feature_drop_accuracy", Some(0.5), 0.4)];
        let charts = of(charts, &drop);
        assert_eq!(lines(&charts[0])[0].points.iter().map(|point| point.x).collect::<Vec<_>>(), [0.0, 50.0]);
        assert_eq!(of(super::charts, &drop[..1]), []);
        assert_eq!(of(super::charts, &[]), []);
    }

    #[test]
    fn a_fitted_function_is_in_original_units() {
        let charts = of(fits, &[("prediction", Some(-1.0), 3.0), ("prediction", Some(1.0), -300.0)]);
        assert_eq!(lines(&charts[0])[0].points[1], Point { x: 1.0, y: -300.0, band: None });
        assert_eq!(of(fits, &[]), []);
    }
}

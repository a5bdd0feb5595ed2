//! Critical differences of several experiments: average ranks on a line (Demšar 2006).

use super::chart::{Chart, Name, Plot, Ranks, Table};
use super::palette::Colour;
use crate::analysis::Study;
use crate::report::harmless;

/// The most variants of a diagram that can be read.
const MOST: usize = 30;

/// The diagram, where there are at least two experiments that have all variants.
pub fn rank_chart(study: &Study) -> Option<Chart> {
    let across = &study.across;
    let critical_difference = across.critical_difference?;
    let baseline = across.variants.iter().position(|variant| variant.is_baseline).unwrap_or(usize::MAX);
    let named = across.variants.iter().enumerate().map(|(place, variant)| {
        let name = Name { name: harmless(&variant.name), colour: Colour::of(place, baseline) };
        Some((name, variant.rank?))
    });
    let names: Vec<(Name, f64)> = named.collect::<Option<_>>()?;
    let mut order: Vec<usize> = (0..names.len()).collect();
    order.sort_by(|&a, &b| names[a].1.total_cmp(&names[b].1));
    let row = |&place: &usize| vec![names[place].0.name.clone(), format!("{:.2}", names[place].1)];
    let table = Table {
        titles: ["variant", "average rank"].map(str::to_owned).to_vec(),
        rows: order.iter().map(row).collect(),
    };
    let metric = study.metric.replace('_', " ");
    (names.len() <= MOST).then(|| Chart {
        name: "critical-differences".to_owned(),
        title: "Average ranks over the experiments".to_owned(),
        caption: format!(
            "Average rank by {metric} over {} experiments, 1 for the best. Variants joined by a bar do not differ: their ranks \
             are less than the critical difference of {critical_difference:.2} apart (Nemenyi's test, p < 0.05).",
            across.sets
        ),
        plot: Plot::Ranks(Ranks { names, critical_difference, groups: across.groups.clone() }),
        table,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::{ExperimentScores, Overlap, Score, VariantScores};
    use crate::lab::Resampling;

    fn study(experiments: usize) -> Study {
        let variant = |name: &str, value: f64| VariantScores {
            name: name.to_owned(),
            test: vec![Score { seed: 0, fold: 0, value }],
            train: Vec::new(),
            size: None,
        };
        let experiment = |number: usize| ExperimentScores {
            name: format!("set {number}"),
            resampling: Resampling::Fixed,
            overlap: Overlap::None,
            variants: vec![variant("none", 0.7), variant("dropout", 0.8)],
        };
        let experiments: Vec<ExperimentScores> = (0..experiments).map(experiment).collect();
        Study::of(&experiments, "test_accuracy", "none", 0.01)
    }

    #[test]
    fn ranks_stand_in_their_order_with_the_critical_difference() {
        let chart = rank_chart(&study(10)).unwrap();
        assert_eq!(chart.table.rows, [["dropout", "1.00"], ["none", "2.00"]]);
        let Plot::Ranks(ranks) = &chart.plot else { panic!("ranks") };
        assert!((ranks.critical_difference - 0.62).abs() < 0.01, "{ranks:?}");
        assert!(ranks.groups.is_empty());
        assert_eq!(ranks.names[0].0.colour.variant, None, "the baseline is grey");
    }

    #[test]
    fn a_single_experiment_has_no_diagram() {
        assert_eq!(rank_chart(&study(1)), None);
    }
}

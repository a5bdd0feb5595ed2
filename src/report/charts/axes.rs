//! The axes of figures: what they are called, in which unit they stand, and whether they are spread by logarithms.
//!
//! In: the name of a figure as the columns of every table name it. Out: an [`Axis`], and figures in its unit.

use super::chart::{Axis, Scale, Unit};

/// How many times its middle a loss may be before its axis is logarithmic.
const WIDE: f64 = 30.0;

/// The axis of a figure that is called `label`: accuracies in percent, gaps of them in percentage points.
pub(super) fn axis(figure: &str, label: &str) -> Axis {
    let unit = unit(figure);
    let label = match unit {
        Unit::Points => format!("{label} (percentage points)"),
        Unit::Percent | Unit::Plain => label.to_owned(),
    };
    Axis { label, scale: Scale::Linear, unit }
}

/// The unit of a figure. `gap` must be given as `gap_accuracy` where it is of accuracies.
pub(super) fn unit(figure: &str) -> Unit {
    let is_share = ["accuracy", "f1", "sparsity"].iter().any(|share| figure.ends_with(share));
    match is_share {
        true if figure.starts_with("gap") || figure.starts_with("difference") => Unit::Points,
        true => Unit::Percent,
        false => Unit::Plain,
    }
}

/// A number in the unit of its axis.
pub(super) fn in_unit(unit: Unit, value: f64) -> f64 {
    match unit {
        Unit::Plain => value,
        Unit::Percent | Unit::Points => 100.0 * value,
    }
}

/// A number as a table shows it.
pub(super) fn shown(unit: Unit, value: Option<f64>) -> String {
    match (unit, value) {
        (_, None) => "-".to_owned(),
        (Unit::Percent, Some(value)) => format!("{value:.1}%"),
        (Unit::Points, Some(value)) => format!("{value:.1}"),
        (Unit::Plain, Some(value)) => crate::report::comparison::significant(value),
    }
}

/// Logarithmic where some values are many times the middle one and all are above 0; so that the others can be seen.
pub(super) fn scale(values: impl Iterator<Item = f64>) -> Scale {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    match (values.first(), values.get(values.len() / 2), values.last()) {
        (Some(&least), Some(&middle), Some(&most)) if least > 0.0 && most > WIDE * middle => Scale::Log,
        _ => Scale::Linear,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accuracies_are_percent_and_their_gaps_points() {
        let units =
            ["test_accuracy", "gap_accuracy", "test_loss", "gap_r2", "sparsity", "train_balanced_accuracy"].map(unit);
        assert_eq!(units, [Unit::Percent, Unit::Points, Unit::Plain, Unit::Plain, Unit::Percent, Unit::Percent]);
        assert_eq!(in_unit(Unit::Percent, 0.875), 87.5);
        assert_eq!(axis("gap_accuracy", "gap").label, "gap (percentage points)");
        let texts = [shown(Unit::Percent, Some(87.46)), shown(Unit::Plain, Some(0.5)), shown(Unit::Points, None)];
        assert_eq!(texts, ["87.5%", "0.5000", "-"]);
    }

    #[test]
    fn a_loss_that_explodes_gets_a_logarithmic_axis() {
        assert_eq!(scale([1.0, 2.0, 2.0, 1e6].into_iter()), Scale::Log);
        assert_eq!(scale([0.0, 2.0, 2.0, 1e6].into_iter()), Scale::Linear, "0 has no logarithm");
        assert_eq!(scale([1.0, 2.0, 3.0].into_iter()), Scale::Linear);
        assert_eq!(scale(std::iter::empty()), Scale::Linear);
    }
}

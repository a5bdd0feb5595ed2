//! Levels, scatter and slope of a series of losses.
//!
//! In: finite numbers, an epoch each. Out: figures that a single odd epoch does not turn.

/// Neighbours on either side that make a level.
const NEIGHBOURS: usize = 2;

/// The median of a value and its neighbours.
pub(super) fn level_at(values: &[f64], place: usize) -> f64 {
    median(&values[place.saturating_sub(NEIGHBOURS)..(place + NEIGHBOURS + 1).min(values.len())])
}

/// The median of the last tenth, of three values at least.
pub(super) fn level_at_end(values: &[f64]) -> f64 {
    let tenth = (values.len() / 10).max(3).min(values.len());
    median(&values[values.len() - tenth..])
}

/// The median; NaN of nothing.
pub(in crate::analysis) fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    match sorted.len() {
        0 => f64::NAN,
        n if n % 2 == 1 => sorted[n / 2],
        n => f64::midpoint(sorted[n / 2 - 1], sorted[n / 2]),
    }
}

/// The standard deviation from epoch to epoch beside any trend: how far values lie from the middle of their two
/// neighbours, whose variance is 1.5 times that of a value. 0 of fewer than three.
pub(super) fn scatter(values: &[f64]) -> f64 {
    let squares: Vec<f64> =
        values.windows(3).map(|three| three[1] - f64::midpoint(three[0], three[2])).map(|off| off * off).collect();
    if squares.is_empty() { 0.0 } else { (squares.iter().sum::<f64>() / squares.len() as f64 / 1.5).sqrt() }
}

/// The straight line of least squares through equally spaced values.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Line {
    slope: f64,
    slope_error: f64,
    steps: f64,
}

impl Line {
    /// Through at least three values.
    pub fn through(values: &[f64]) -> Self {
        let n = values.len() as f64;
        let (middle, mean) = ((n - 1.0) / 2.0, values.iter().sum::<f64>() / n);
        let across = |place: usize| place as f64 - middle;
        let spread: f64 = (0..values.len()).map(|place| across(place) * across(place)).sum();
        let slope =
            values.iter().enumerate().map(|(place, value)| across(place) * (value - mean)).sum::<f64>() / spread;
        let residuals = values.iter().enumerate().map(|(place, value)| value - mean - slope * across(place));
        let variance = residuals.map(|residual| residual * residual).sum::<f64>() / (n - 2.0);
        Self { slope, slope_error: (variance / spread).sqrt(), steps: n - 1.0 }
    }

    /// By how much it rises from the first value to the last.
    pub fn change(&self) -> f64 {
        self.slope * self.steps
    }

    /// The standard error of that.
    pub fn change_error(&self) -> f64 {
        self.slope_error * self.steps
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_are_medians_of_what_is_there() {
        let values = [9.0, 1.0, 2.0, 50.0, 3.0, 4.0];
        assert_eq!([level_at(&values, 0), level_at(&values, 2), level_at(&values, 5)], [2.0, 3.0, 4.0]);
        assert_eq!(level_at_end(&values), 4.0);
        let long: Vec<f64> = (0..50).map(f64::from).collect();
        assert_eq!(level_at_end(&long), 47.0);
    }

    #[test]
    fn a_straight_line_does_not_scatter_and_a_zigzag_does() {
        assert_eq!(scatter(&[5.0, 4.0, 3.0, 2.0]), 0.0);
        // Each value lies 2 from the middle of its neighbours: √(4/1.5).
        assert!((scatter(&[1.0, -1.0, 1.0, -1.0]) - (4.0_f64 / 1.5).sqrt()).abs() < 1e-15);
        assert_eq!(scatter(&[1.0, 2.0]), 0.0);
    }

    #[test]
    fn the_line_of_least_squares_by_hand() {
        // Means 1 and 2, Σxy/Σxx = (−1·−2 + 0·1 + 1·1)/2 = 1.5; residuals .5, −1, .5: variance 1.5/1.
        let line = Line::through(&[0.0, 3.0, 3.0]);
        assert!((line.change() - 3.0).abs() < 1e-15 && (line.change_error() - 2.0 * 0.75_f64.sqrt()).abs() < 1e-15);
        let exact = Line::through(&[4.0, 3.0, 2.0, 1.0]);
        assert_eq!((exact.change(), exact.change_error()), (-3.0, 0.0));
    }
}
